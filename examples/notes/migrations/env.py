"""How Alembic reaches the database: as the service itself does."""

from alembic import context

from notes.database import engine
from notes.models import Base


def run():
    with engine.connect() as connection:
        context.configure(connection=connection, target_metadata=Base.metadata)
        with context.begin_transaction():
            context.run_migrations()


run()
