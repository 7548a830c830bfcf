"""Applies the project's migrations, one runner at a time: `python -m taxiway_runtime.migrate`.

The lock is a row in a table, because a lock of the session is lost or shared behind a connection pooler. Its owner renews
it while it works; a runner that died leaves a row that the next one takes over once it is old. Each step is one line of
JSON on standard output. Exit code 0: the schema is up to date; 1: a migration failed; 2: another runner had the lock.
"""

import json
import os
import sys
import threading
import time
import traceback
import uuid
from contextlib import contextmanager, suppress

import django
from django.db import DEFAULT_DB_ALIAS, connections
from django.db.backends.signals import connection_created
from django.db.utils import DatabaseError

from taxiway_runtime import identity, project
from taxiway_runtime.environment import instance
from taxiway_runtime.logging import place

TABLE = "taxiway_migration_lock"
# Renewed every few seconds; a row older than this has lost its owner.
STALE_SECONDS = 15
RENEW_SECONDS = 3
# How long to wait for another runner.
WAIT_SECONDS = int(os.environ.get("TAXIWAY_MIGRATION_WAIT_SECONDS", "300"))
# How long one statement waits for a table that requests are using. Longer, and every request queues behind it.
LOCK_TIMEOUT_MS = int(os.environ.get("TAXIWAY_LOCK_TIMEOUT_MS", "5000"))
LOCK_ATTEMPTS = 5
# SQLSTATE of a statement that gave up waiting. Source: PostgreSQL manual, "PostgreSQL Error Codes".
LOCK_NOT_AVAILABLE = "55P03"


class LockTaken(Exception):
    """Another runner has been at work for as long as we were ready to wait."""


def main():
    if not project.HAS_DATABASE:
        report("done", applied=0, seconds=0)
        return 0
    os.environ["DJANGO_SETTINGS_MODULE"] = "taxiway_runtime.settings"
    # Settings that ask which command runs read it there.
    sys.argv[1:] = ["migrate"]
    # Past the pooler: a migration needs a session that lasts.
    if os.environ.get("DATABASE_DIRECT_URL"):
        os.environ["DATABASE_URL"] = os.environ["DATABASE_DIRECT_URL"]
    started = time.monotonic()
    progress = Progress()
    try:
        django.setup()
        with _lock():
            _migrate(progress)
    except LockTaken as error:
        report("locked", owner=str(error), waited_seconds=WAIT_SECONDS)
        return 2
    except Exception as error:
        report(
            "failed",
            migration=progress.current,
            error=f"{type(error).__name__}: {str(error).strip()}",
            place=place(error) or progress.current_file,
        )
        traceback.print_exc()
        return 1
    report(
        "done", applied=progress.applied, seconds=round(time.monotonic() - started, 3)
    )
    return 0


def report(event, **fields):
    print(json.dumps({"event": event, **fields}, ensure_ascii=False), flush=True)


# The migrations


class Progress:
    """Which migration is being applied, and how many have been."""

    def __init__(self):
        self.applied = 0
        self.current = None
        self.current_file = None
        self.is_atomic = True
        self._since = 0.0

    def __call__(self, action, migration=None, fake=False):
        if action == "apply_start":
            self.current = f"{migration.app_label}.{migration.name}"
            self.current_file = _file_of(migration)
            self.is_atomic = migration.atomic
            self._since = time.monotonic()
        elif action == "apply_success":
            self.applied += 1
            seconds = round(time.monotonic() - self._since, 3)
            report("applied", migration=self.current, seconds=seconds, fake=fake)
            self.current = self.current_file = None


def _file_of(migration):
    path = getattr(sys.modules.get(type(migration).__module__), "__file__", None)
    if path is None:
        return None
    relative = os.path.relpath(path)
    is_own = not relative.startswith("..") and "site-packages" not in relative
    return f"{relative}:1" if is_own else None


def _migrate(progress):
    from django.core.management import call_command, get_commands, load_command_class

    # The project may have a command of that name of its own.
    app = get_commands()["migrate"]
    own = app if not isinstance(app, str) else load_command_class(app, "migrate")

    class Command(type(own)):
        def migration_progress_callback(self, action, migration=None, fake=False):
            progress(action, migration, fake)

    connection_created.connect(_limit_lock_waits)
    for attempt in range(1, LOCK_ATTEMPTS + 1):
        try:
            call_command(
                Command(), interactive=False, verbosity=0, database=DEFAULT_DB_ALIAS
            )
            return
        except DatabaseError as error:
            # What ran in a transaction left nothing behind, and may be tried again.
            if not (
                _gave_up_waiting(error)
                and progress.is_atomic
                and attempt < LOCK_ATTEMPTS
            ):
                raise
            report(
                "retrying",
                migration=progress.current,
                attempt=attempt,
                error=str(error).strip(),
            )
            connections[DEFAULT_DB_ALIAS].close()
            time.sleep(attempt)


def _limit_lock_waits(sender, connection, **_):
    if connection.alias == DEFAULT_DB_ALIAS and connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute(f"SET lock_timeout = {LOCK_TIMEOUT_MS}")


def _gave_up_waiting(error):
    cause = error.__cause__
    state = getattr(cause, "sqlstate", None) or getattr(cause, "pgcode", None)
    return state == LOCK_NOT_AVAILABLE


# The lock


@contextmanager
def _lock():
    owner = f"{instance()}/{os.getpid()}/{uuid.uuid4().hex}"
    connection = connections[DEFAULT_DB_ALIAS].copy()
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
            _release(connection, owner)
        connection.close()


def _take_database(connection):
    if not identity.takes_database():
        return
    try:
        _execute(connection, identity.TAKE_DATABASE)
    except DatabaseError as error:
        # The app works all the same, beside others that could read along.
        report("shared", error=str(error).strip())
        connection.close()


def _create_table(connection):
    statement = (
        f"CREATE TABLE IF NOT EXISTS {TABLE} (id smallint PRIMARY KEY CHECK (id = 1),"
        " owner text NOT NULL, renewed_at timestamptz NOT NULL)"
    )
    try:
        _execute(connection, statement)
    except DatabaseError:
        # Two runners that create it at once: one is refused, and finds it there.
        connection.close()
        _execute(connection, statement)


def _take(connection, owner):
    deadline = time.monotonic() + WAIT_SECONDS
    statement = (
        f"INSERT INTO {TABLE} AS held (id, owner, renewed_at) VALUES (1, %s, now())"
        " ON CONFLICT (id) DO UPDATE SET owner = excluded.owner, renewed_at = now()"
        " WHERE held.renewed_at < now() - make_interval(secs => %s) RETURNING owner"
    )
    waits_for = None
    while not _execute(connection, statement, [owner, STALE_SECONDS]):
        rows = _execute(connection, f"SELECT owner FROM {TABLE}")
        holder = rows[0][0] if rows else None
        if holder and holder != waits_for:
            report("waiting", owner=holder)
            waits_for = holder
        if time.monotonic() >= deadline:
            raise LockTaken(waits_for or "")
        time.sleep(0.5)


def _renew(owner, stop):
    connection = connections[DEFAULT_DB_ALIAS].copy()
    statement = f"UPDATE {TABLE} SET renewed_at = now() WHERE owner = %s"
    try:
        while not stop.wait(RENEW_SECONDS):
            try:
                _execute(connection, statement, [owner])
            except DatabaseError:
                # The next round tries a new connection.
                connection.close()
    finally:
        connection.close()


def _release(connection, owner):
    # A row that stays grows old, and the next runner takes it over.
    with suppress(DatabaseError):
        _execute(connection, f"DELETE FROM {TABLE} WHERE owner = %s", [owner])


def _execute(connection, statement, parameters=None):
    with connection.cursor() as cursor:
        cursor.execute(statement, parameters)
        return cursor.fetchall() if cursor.description else []


if __name__ == "__main__":
    sys.exit(main())
