"""What the server loads: the project's application with the platform's probes before all else."""

# if database
import asyncio
# end
import inspect

from taxiway_runtime import environment

# The project reads variables while it is imported: these must be there first.
environment.prepare()

from aiohttp import web  # noqa: E402
from project import app as _project  # noqa: E402

from taxiway_runtime import health, trace  # noqa: E402

TRACE_ID = "taxiway.trace-id"


@web.middleware
async def _answer_probes(request, handler):
    """Answers the probes, and hands everything else on."""
    if request.path in (health.LIVE, health.READY):
        # if database
        # The database would hold up every other request of the loop.
        status, headers, body = await asyncio.to_thread(health.answer, request.path)
        # else
        status, headers, body = health.answer(request.path)
        # end
        return web.Response(status=status, headers=dict(headers), body=body)
    request[TRACE_ID] = trace.begin(request.headers.get("traceparent"))
    return await handler(request)


async def _add_trace_id(request, response):
    if TRACE_ID in request:
        response.headers["X-Trace-Id"] = request[TRACE_ID]


async def application():
    """Called once by each worker, in the loop that serves."""
    made = await _project if inspect.isawaitable(_project) else _project
    made.middlewares.insert(0, _answer_probes)
    made.on_response_prepare.append(_add_trace_id)
    return made
