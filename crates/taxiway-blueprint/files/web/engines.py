"""Which driver SQLAlchemy takes for an address that names none, as DATABASE_URL does."""

import functools
from importlib.util import find_spec


def name_drivers():
    """Lets SQLAlchemy's engines take the drivers that are installed; an address that names one keeps it."""
    if find_spec("sqlalchemy") is None:
        return
    from sqlalchemy.dialects import registry

    # SQLAlchemy's own choice is psycopg2 before 2.1 and psycopg from then on, installed or not.
    installed = [driver for driver in ("psycopg2", "psycopg") if find_spec(driver)]
    dialects = [f"sqlalchemy.dialects.postgresql.{driver}" for driver in installed]
    if len(dialects) == 1 and find_spec(dialects[0]):
        registry.register("postgresql", dialects[0], "dialect")
    # Asynchronous engines came with SQLAlchemy 1.4, and want greenlet; trying leaves a part of them behind.
    if not (find_spec("greenlet") and find_spec("sqlalchemy.ext.asyncio")):
        return
    from sqlalchemy.ext import asyncio

    create = asyncio.create_async_engine
    if getattr(create, "names_drivers", False):
        return

    @functools.wraps(create)
    def create_async_engine(url, **options):
        return create(_for_asyncio(url), **options)

    create_async_engine.names_drivers = True
    # Under both names: the second is what a configuration is read with, as Alembic does.
    asyncio.create_async_engine = create_async_engine
    asyncio.engine.create_async_engine = create_async_engine


def _for_asyncio(url):
    from sqlalchemy.engine import make_url

    url = make_url(url)
    if url.drivername == "postgresql":
        driver = "asyncpg" if find_spec("asyncpg") else "psycopg"
        url = url.set(drivername=f"postgresql+{driver}")
    if url.drivername == "postgresql+asyncpg" and "sslmode" in url.query:
        # What libpq calls sslmode has another name there, and the same values.
        query = dict(url.query)
        query["ssl"] = query.pop("sslmode")
        url = url.set(query=query)
    return url
