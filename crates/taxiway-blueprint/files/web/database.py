"""A connection to the database of our own: no request's connection, and none of the project's pool, is in the way."""

import os

from taxiway_runtime import address, identity

try:
    import psycopg as driver
except ImportError:  # The project has the older one.
    import psycopg2 as driver

Error = driver.Error


def connect(lock_timeout_ms=None):
    """A connection where each statement counts by itself."""
    parts = address.parts()
    options = {
        "host": parts["host"],
        "port": parts["port"],
        "dbname": parts["name"],
        "user": parts["user"],
        "password": identity.token() if identity.signs_in() else parts["password"],
        "sslmode": parts["sslmode"],
        "connect_timeout": 2,
        "application_name": "taxiway",
    }
    if lock_timeout_ms is not None:
        options["options"] = f"-c lock_timeout={lock_timeout_ms}"
    try:
        connection = driver.connect(**options)
    except Error as error:
        refused = options["password"]
        new = (
            identity.signs_in()
            and identity.is_refusal(error)
            and identity.renew(refused)
        )
        if not new:
            raise
        connection = driver.connect(**dict(options, password=new))
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


def give_tokens_to_sqlalchemy():
    """Gives each new connection of SQLAlchemy to the app's own database a token as its password."""
    if not identity.signs_in():
        return
    from sqlalchemy import event
    from sqlalchemy.engine import Engine

    parts = address.parts()

    def connect(dialect, _, arguments, options):
        if not _is_ours(parts, arguments, options):
            return None
        options["password"] = identity.token()
        try:
            return dialect.connect(*arguments, **options)
        except Exception as error:
            new = identity.is_refusal(error) and identity.renew(options["password"])
            if not new:
                raise
        options["password"] = new
        return dialect.connect(*arguments, **options)

    event.listen(Engine, "do_connect", connect)


def _is_ours(parts, arguments, options):
    """By host and user: the project may have other databases, which must not see the token."""
    if arguments:
        return False
    host = options.get("host")
    return host == parts["host"] and options.get("user") == parts["user"]
