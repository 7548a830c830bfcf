"""The connections to PostgreSQL."""

import os
from collections.abc import Iterator

from sqlalchemy import create_engine
from sqlalchemy.engine import make_url
from sqlalchemy.orm import Session

# Hosting platforms hand out plain postgresql:// addresses; the driver is our business.
url = make_url(os.environ["DATABASE_URL"]).set(drivername="postgresql+psycopg")
engine = create_engine(url, pool_size=4, max_overflow=0, pool_pre_ping=True)


def session() -> Iterator[Session]:
    with Session(engine) as session:
        yield session
