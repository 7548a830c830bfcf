"""Answers the platform's probes, whatever the project does with hosts, logins and redirects.

`/healthz/live` says that the process answers, without any I/O. `/healthz/ready` says whether it can serve: the platform
sends traffic only to instances that answer 200, and a rollout waits until every worker of the new release does.
"""

import json
import logging
import os
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from concurrent.futures import TimeoutError as FutureTimeoutError

from taxiway_runtime import environment, project

if project.HAS_DATABASE:
    from taxiway_runtime import database

LIVE = "/healthz/live"
READY = "/healthz/ready"

# A probe gets its answer in this time even when the database gives none.
TIMEOUT_SECONDS = 2.5
# Probes that come at once share one look at the database.
CACHE_SECONDS = 1

RELEASE = environment.release()
INSTANCE = environment.instance()

logger = logging.getLogger(__name__)


def answer(path):
    """Status, headers and body for a probe; `None` for what is none."""
    if path == LIVE:
        status, report = 200, {"status": "ok", "release": RELEASE}
    elif path == READY:
        status, report = _ready()
    else:
        return None
    body = json.dumps(report).encode()
    headers = [
        ("Content-Type", "application/json"),
        ("Cache-Control", "no-store"),
        ("Content-Length", str(len(body))),
    ]
    return status, headers, body


def _ready():
    checks = {"database": _database.state()} if project.HAS_DATABASE else {}
    is_ready = all(state == "ok" for state in checks.values())
    report = {
        "status": "ok" if is_ready else "failing",
        "release": RELEASE,
        "worker": os.getpid(),
        # The server's configuration says how many workers there are.
        "workers": int(os.environ.get("TAXIWAY_WORKERS", "1")),
        "instance": INSTANCE,
        "checks": checks,
    }
    return (200 if is_ready else 503), report


class DatabaseCheck:
    """Asks the database for an answer, in a thread: one that hangs costs that thread, and no probe waits for it."""

    def __init__(self):
        self._lock = threading.Lock()
        self._executor = None
        self._running = None
        self._state = "ok"
        self._until = 0.0

    def state(self):
        """`ok`, or why not, in words that give nothing away; the log has the rest."""
        with self._lock:
            if time.monotonic() >= self._until:
                self._state = self._look()
                self._until = time.monotonic() + CACHE_SECONDS
            return self._state

    def _look(self):
        if self._executor is None:
            # Not at import: threads don't survive the server's fork.
            self._executor = ThreadPoolExecutor(
                max_workers=1, thread_name_prefix="health"
            )
        if self._running is None:
            self._running = self._executor.submit(_select_one)
        try:
            self._running.result(timeout=TIMEOUT_SECONDS)
        except FutureTimeoutError:
            logger.warning("the database did not answer in %s s", TIMEOUT_SECONDS)
            if self._running.done():
                self._running = None
            return "timeout"
        except Exception:
            self._running = None
            logger.warning("the database cannot be used", exc_info=True)
            return "unreachable"
        self._running = None
        return "ok"


def _select_one():
    connection = database.connect()
    try:
        database.execute(connection, "SELECT 1")
    finally:
        connection.close()


_database = DatabaseCheck()
