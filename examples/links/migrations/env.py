"""How Alembic reaches the database: through the application."""

from alembic import context
from flask import current_app

extension = current_app.extensions["migrate"].db

with extension.engine.connect() as connection:
    context.configure(connection=connection, target_metadata=extension.metadata)
    with context.begin_transaction():
        context.run_migrations()
