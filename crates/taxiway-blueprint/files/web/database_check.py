"""Whether the database answers, as the readiness probe asks."""

import logging
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from concurrent.futures import TimeoutError as FutureTimeoutError

from taxiway_runtime import database

# A probe gets its answer in this time even when the database gives none.
TIMEOUT_SECONDS = 2.5
# Probes that come at once share one look at the database.
CACHE_SECONDS = 1

logger = logging.getLogger(__name__)


class _Check:
    """Asks in a thread: a question that hangs costs that thread, and no probe waits for it."""

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


state = _Check().state
