"""The id that ties together what one request caused: the caller's, where it sends one. Source: W3C, Trace Context."""

import re
import uuid
from contextvars import ContextVar

_TRACEPARENT = re.compile(r"[0-9a-f]{2}-([0-9a-f]{32})-[0-9a-f]{16}-[0-9a-f]{2}")
_current = ContextVar("taxiway_trace_id", default=None)


def begin(traceparent):
    """Starts a request: takes its id from the header, or makes one."""
    match = _TRACEPARENT.fullmatch(traceparent or "")
    is_valid = match is not None and set(match[1]) != {"0"}
    trace_id = match[1] if is_valid else uuid.uuid4().hex
    _current.set(trace_id)
    return trace_id


def current():
    """The id of the request that this thread or task works for; `None` outside of one."""
    return _current.get()
