"""Applies the project's migrations, one runner at a time: `python -m taxiway_runtime.migrate`.

The lock is a row in a table, because a lock of the session is lost or shared behind a connection pooler. Its owner renews
it while it works; a runner that died leaves a row that the next one takes over once it is old. Each step is one line of
JSON on standard output. Exit code 0: the schema is up to date; 1: a migration failed; 2: another runner had the lock.
"""

import importlib
import json
import os
import sys
import threading
import time
import traceback
import uuid
from contextlib import contextmanager, suppress

from taxiway_runtime import database, environment, identity, project
from taxiway_runtime.logging import place

TABLE = "taxiway_migration_lock"
# Renewed every few seconds; a row older than this has lost its owner.
STALE_SECONDS = 15
RENEW_SECONDS = 3
# How long to wait for another runner.
WAIT_SECONDS = int(os.environ.get("TAXIWAY_MIGRATION_WAIT_SECONDS", "300"))
# How long one statement waits for a table that requests are using. Longer, and every request queues behind it.
LOCK_TIMEOUT_MS = int(os.environ.get("TAXIWAY_LOCK_TIMEOUT_MS", "5000"))


class LockTaken(Exception):
    """Another runner has been at work for as long as we were ready to wait."""


def main():
    # Past the pooler: a migration needs a session that lasts.
    if os.environ.get("DATABASE_DIRECT_URL"):
        os.environ["DATABASE_URL"] = os.environ["DATABASE_DIRECT_URL"]
    started = time.monotonic()
    applied = []
    try:
        environment.prepare()
        with _lock():
            applied = _migrate()
    except LockTaken as error:
        report("locked", owner=str(error), waited_seconds=WAIT_SECONDS)
        return 2
    except Exception as error:
        report(
            "failed",
            migration=None,
            error=f"{type(error).__name__}: {str(error).strip()}",
            place=place(error),
        )
        traceback.print_exc()
        return 1
    for revision in applied:
        report("applied", migration=revision, fake=False)
    seconds = round(time.monotonic() - started, 3)
    report("done", applied=len(applied), seconds=seconds)
    return 0


def report(event, **fields):
    print(json.dumps({"event": event, **fields}, ensure_ascii=False), flush=True)


# The migrations


def _migrate():
    """Upgrades to the newest revision, and says which revisions that were."""
    if not project.MIGRATIONS:
        return []
    before = _revisions()
    database.limit_lock_waits(LOCK_TIMEOUT_MS)
    script = _upgrade_flask() if project.MIGRATIONS == "flask-migrate" else _upgrade()
    after = _revisions()
    known = set()
    for revision in before:
        known.update(
            entry.revision for entry in script.iterate_revisions(revision, "base")
        )
    new = {}
    for revision in after:
        for entry in script.iterate_revisions(revision, "base"):
            new[entry.revision] = entry
    return [name for name in reversed(list(new)) if name not in known]


def _upgrade():
    from alembic import command
    from alembic.config import Config
    from alembic.script import ScriptDirectory

    folder = _folder_with("alembic.ini")
    # Its paths are relative to it, and its env.py imports the project.
    os.chdir(folder)
    sys.path[:0] = [str(environment.APP_DIR), str(folder)]
    config = Config("alembic.ini")
    command.upgrade(config, "head")
    return ScriptDirectory.from_config(config)


def _upgrade_flask():
    from alembic.script import ScriptDirectory
    from flask import current_app

    module = importlib.import_module("taxiway_runtime.application")
    with module._project.app_context():
        from flask_migrate import upgrade

        upgrade()
        migrate = current_app.extensions["migrate"].migrate
        return ScriptDirectory.from_config(migrate.get_config())


def _folder_with(name):
    root = (environment.APP_DIR / project.ROOT).resolve()
    for folder in (environment.APP_DIR, *environment.APP_DIR.parents):
        if (folder / name).is_file():
            return folder
        if folder == root:
            break
    raise FileNotFoundError(f"{name} is neither in {environment.APP_DIR} nor above it")


def _revisions():
    connection = database.connect()
    try:
        exists = database.execute(
            connection, "SELECT to_regclass('alembic_version') IS NOT NULL"
        )
        if not exists[0][0]:
            return []
        rows = database.execute(connection, "SELECT version_num FROM alembic_version")
        return [row[0] for row in rows]
    finally:
        connection.close()


# The lock


@contextmanager
def _lock():
    owner = f"{environment.instance()}/{os.getpid()}/{uuid.uuid4().hex}"
    connection = database.connect()
    stop = threading.Event()
    renewal = None
    try:
        _take_database(connection)
        _create_table(connection)
        _take(connection, owner)
        renewal = threading.Thread(target=_renew, args=(owner, stop), daemon=True)
        renewal.start()
        yield
    finally:
        stop.set()
        if renewal is not None:
            renewal.join()
            # A row that stays grows old, and the next runner takes it over.
            with suppress(database.Error):
                database.execute(
                    connection, f"DELETE FROM {TABLE} WHERE owner = %s", [owner]
                )
        connection.close()


def _take_database(connection):
    if not identity.takes_database():
        return
    try:
        database.execute(connection, identity.TAKE_DATABASE)
    except database.Error as error:
        # The app works all the same, beside others that could read along.
        report("shared", error=str(error).strip())


def _create_table(connection):
    statement = (
        f"CREATE TABLE IF NOT EXISTS {TABLE} (id smallint PRIMARY KEY CHECK (id = 1),"
        " owner text NOT NULL, renewed_at timestamptz NOT NULL)"
    )
    try:
        database.execute(connection, statement)
    except database.Error:
        # Two runners that create it at once: one is refused, and finds it there.
        database.execute(connection, statement)


def _take(connection, owner):
    deadline = time.monotonic() + WAIT_SECONDS
    statement = (
        f"INSERT INTO {TABLE} AS held (id, owner, renewed_at) VALUES (1, %s, now())"
        " ON CONFLICT (id) DO UPDATE SET owner = excluded.owner, renewed_at = now()"
        " WHERE held.renewed_at < now() - make_interval(secs => %s) RETURNING owner"
    )
    waits_for = None
    while not database.execute(connection, statement, [owner, STALE_SECONDS]):
        rows = database.execute(connection, f"SELECT owner FROM {TABLE}")
        holder = rows[0][0] if rows else None
        if holder and holder != waits_for:
            report("waiting", owner=holder)
            waits_for = holder
        if time.monotonic() >= deadline:
            raise LockTaken(waits_for or "")
        time.sleep(0.5)


def _renew(owner, stop):
    connection = database.connect()
    statement = f"UPDATE {TABLE} SET renewed_at = now() WHERE owner = %s"
    try:
        while not stop.wait(RENEW_SECONDS):
            with suppress(database.Error):
                database.execute(connection, statement, [owner])
    finally:
        connection.close()


if __name__ == "__main__":
    sys.exit(main())
