"""What the server loads: the project's application behind the platform's probes."""

from http import HTTPStatus

from taxiway_runtime import environment

# The project reads variables while it is imported: these must be there first.
environment.prepare()

from wsgi import app as _project  # noqa: E402

from taxiway_runtime import health, trace  # noqa: E402


def application(environ, start_response):
    """Answers the probes, and hands everything else on."""
    answer = health.answer(environ.get("PATH_INFO", ""))
    if answer is not None:
        status, headers, body = answer
        start_response(f"{status} {HTTPStatus(status).phrase}", headers)
        return [body]
    trace_id = trace.begin(environ.get("HTTP_TRACEPARENT"))
    # The front end appends the caller's address, with its port, to what the caller claims.
    forwarded = environ.get("HTTP_X_FORWARDED_FOR", "").rpartition(",")[2].strip()
    if forwarded:
        environ["REMOTE_ADDR"] = _without_port(forwarded)

    def start_with_id(status, headers, *rest):
        return start_response(status, [*headers, ("X-Trace-Id", trace_id)], *rest)

    return _project(environ, start_with_id)


def _without_port(address):
    if address.startswith("["):
        return address[1:].partition("]")[0]
    return address.partition(":")[0] if address.count(":") == 1 else address
