"""What the server loads: the project's application behind the platform's probes."""

# if database
import asyncio

# end
from taxiway_runtime import environment

# The project reads variables while it is imported: these must be there first.
environment.prepare()

from project import app as _project  # noqa: E402

from taxiway_runtime import health, trace  # noqa: E402


# if database
# Starlette gives plain functions 40 threads. When all of them wait for a connection to the database, the requests that hold
# the connections find no thread to end in, and all stand still until the pool gives up. Waiting threads cost little.
THREADS = 256


def _make_threads():
    """Before the project starts, which may want another number."""
    try:
        from anyio.to_thread import current_default_thread_limiter
    except ImportError:
        return
    limiter = current_default_thread_limiter()
    limiter.total_tokens = max(limiter.total_tokens, THREADS)


# end
async def application(scope, receive, send):
    """Answers the probes, and hands everything else on, `lifespan` included."""
    if scope["type"] != "http":
        # if database
        if scope["type"] == "lifespan":
            _make_threads()
        # end
        await _project(scope, receive, send)
        return
    if scope["path"] in (health.LIVE, health.READY):
        # if database
        # The database would hold up every other request of the loop.
        status, headers, body = await asyncio.to_thread(health.answer, scope["path"])
        # else
        status, headers, body = health.answer(scope["path"])
        # end
        await send(
            {
                "type": "http.response.start",
                "status": status,
                "headers": [
                    (name.lower().encode(), value.encode()) for name, value in headers
                ],
            }
        )
        await send({"type": "http.response.body", "body": body})
        return
    trace_id = trace.begin(_header(scope, b"traceparent"))

    async def send_with_id(message):
        if message["type"] == "http.response.start":
            headers = [*message.get("headers", ()), (b"x-trace-id", trace_id.encode())]
            message = {**message, "headers": headers}
        await send(message)

    await _project(scope, receive, send_with_id)


def _header(scope, name):
    for known, value in scope["headers"]:
        if known == name:
            return value.decode("latin-1")
    return None
