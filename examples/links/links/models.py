"""What is kept."""

import secrets

from links import database


def new_code() -> str:
    return secrets.token_urlsafe(5)


class Link(database.Model):
    __tablename__ = "links"

    id = database.Column(database.Integer, primary_key=True)
    code = database.Column(database.String(16), unique=True, nullable=False, default=new_code)
    target = database.Column(database.Text, nullable=False)
    followed = database.Column(database.Integer, nullable=False, server_default="0")
