"""What the server loads: the project's application behind the platform's probes."""

from taxiway_runtime import environment

# The project reads variables while it is imported: these must be there first.
environment.prepare()

from main import app as _project  # noqa: E402

from taxiway_runtime import health, trace  # noqa: E402


async def application(scope, receive, send):
    """Answers the probes, and hands everything else on, `lifespan` included."""
    if scope["type"] != "http":
        await _project(scope, receive, send)
        return
    if scope["path"] in (health.LIVE, health.READY):
        status, headers, body = health.answer(scope["path"])
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
