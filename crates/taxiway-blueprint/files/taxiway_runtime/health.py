"""Answers the platform's probes, before host validation and the redirect to HTTPS can refuse them.

`/healthz/live` says that the process answers, without any I/O. `/healthz/ready` says whether it can serve: the platform
sends traffic only to instances that answer 200, and a rollout waits until every worker of the new release does.
"""

import logging
import os
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from concurrent.futures import TimeoutError as FutureTimeoutError

from django.db import DEFAULT_DB_ALIAS, connections
from django.http import JsonResponse
from django.urls import get_resolver

from taxiway_runtime import environment, project, trace

try:
    from asgiref.sync import iscoroutinefunction, sync_to_async
except (
    ImportError
):  # Django before 3.0 has no asgiref, an old asgiref no such function.
    from asyncio import iscoroutinefunction

LIVE = "/healthz/live"
READY = "/healthz/ready"

# A probe gets its answer in this time even when the database gives none.
TIMEOUT_SECONDS = 2
# Probes that come at once share one look at the database.
CACHE_SECONDS = 1

RELEASE = environment.release()
INSTANCE = environment.instance()

logger = logging.getLogger(__name__)


def middleware(get_response):
    """Answers the probes and hands everything else on, in both of Django's worlds."""
    # Django loads the URLs with the first request: a release whose every page fails would count as ready until then.
    _ = get_resolver().url_patterns
    if iscoroutinefunction(get_response):

        async def answer(request):
            if request.path_info == READY:
                # The database would hold up every other request of the loop.
                return await sync_to_async(ready, thread_sensitive=False)()
            if request.path_info == LIVE:
                return live()
            trace_id = trace.begin(request.META.get("HTTP_TRACEPARENT"))
            return _with_id(await get_response(request), trace_id)

    else:

        def answer(request):
            if request.path_info == READY:
                return ready()
            if request.path_info == LIVE:
                return live()
            trace_id = trace.begin(request.META.get("HTTP_TRACEPARENT"))
            return _with_id(get_response(request), trace_id)

    return answer


middleware.sync_capable = True
middleware.async_capable = True


def _with_id(response, trace_id):
    """The response with the id under which the log has the request."""
    response["X-Trace-Id"] = trace_id
    return response


def live():
    """The process answers."""
    return _respond({"status": "ok", "release": RELEASE}, 200)


def ready():
    """Whether this worker can serve, and which release it is."""
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
    return _respond(report, 200 if is_ready else 503)


def _respond(report, status):
    response = JsonResponse(report, status=status)
    response["Cache-Control"] = "no-store"
    response["Content-Length"] = str(len(response.content))
    return response


class DatabaseCheck:
    """Asks the database for an answer over a connection of its own, so that no request's connection is in the way.

    The look happens in a thread: a connection that hangs costs that thread, and no probe waits longer than the limit.
    """

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
            if self._running.done():
                # A timeout that the driver itself reports.
                self._running = None
            logger.warning(
                "the database gave no answer within %s seconds", TIMEOUT_SECONDS
            )
            return "timeout"
        except Exception as error:
            self._running = None
            logger.warning("the database is not usable: %s", error)
            return type(error).__name__
        self._running = None
        return "ok"


def _select_one():
    connection = connections[DEFAULT_DB_ALIAS].copy()
    options = dict(
        connection.settings_dict.get("OPTIONS", {}), connect_timeout=TIMEOUT_SECONDS
    )
    options.pop("pool", None)
    connection.settings_dict = dict(connection.settings_dict, OPTIONS=options)
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
            cursor.fetchone()
    finally:
        connection.close()


_database = DatabaseCheck()
