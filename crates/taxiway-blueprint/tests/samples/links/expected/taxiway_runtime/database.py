"""A connection to the database of our own: no request's connection, and none of the project's pool, is in the way."""

import os

from taxiway_runtime import environment

try:
    import psycopg as driver
except ImportError:  # The project has the older one.
    import psycopg2 as driver

Error = driver.Error


def connect(lock_timeout_ms=None):
    """A connection where each statement counts by itself."""
    parts = environment.database_parts()
    options = {
        "host": parts["host"],
        "port": parts["port"],
        "dbname": parts["name"],
        "user": parts["user"],
        "password": parts["password"],
        "sslmode": parts["sslmode"],
        "connect_timeout": 2,
        "application_name": "taxiway",
    }
    if lock_timeout_ms is not None:
        options["options"] = f"-c lock_timeout={lock_timeout_ms}"
    connection = driver.connect(**options)
    connection.autocommit = True
    return connection


def execute(connection, statement, parameters=None):
    """The rows of one statement, if it has any."""
    with connection.cursor() as cursor:
        cursor.execute(statement, parameters)
        return cursor.fetchall() if cursor.description else []


def limit_lock_waits(milliseconds):
    """Makes every connection of this process give up waiting for a lock after a while; libpq reads it."""
    os.environ["PGOPTIONS"] = f"-c lock_timeout={milliseconds}"
