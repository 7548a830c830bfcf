"""The links.

Revision ID: 0001
Revises:
"""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "links",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("code", sa.String(16), nullable=False, unique=True),
        sa.Column("target", sa.Text(), nullable=False),
        sa.Column("followed", sa.Integer(), server_default="0", nullable=False),
    )


def downgrade() -> None:
    op.drop_table("links")
