"""Short links: a Flask application with a factory."""

import os

from flask import Flask
from flask_migrate import Migrate
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy.engine import make_url

database = SQLAlchemy()
migrate = Migrate()


def create_app() -> Flask:
    app = Flask(__name__)
    # Hosting platforms hand out plain postgresql:// addresses; the driver is our business.
    address = make_url(os.environ["DATABASE_URL"]).set(drivername="postgresql+psycopg")
    app.config.update(
        SECRET_KEY=os.environ["SECRET_KEY"],
        SQLALCHEMY_DATABASE_URI=address,
        SQLALCHEMY_ENGINE_OPTIONS={"pool_size": 4, "max_overflow": 0, "pool_pre_ping": True},
        SITE_TITLE=os.environ.get("LINKS_TITLE", "Links"),
    )
    database.init_app(app)
    migrate.init_app(app, database)
    from links import views

    app.register_blueprint(views.pages)
    return app
