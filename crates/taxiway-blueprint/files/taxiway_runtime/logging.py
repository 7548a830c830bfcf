"""One JSON object per line: what log stores can search without guessing."""

import json
import logging
import traceback
from datetime import datetime, timezone
from pathlib import Path

from taxiway_runtime import trace

APP_DIR = Path(__file__).resolve().parent.parent

# What every record has; anything else was given by the caller as `extra`.
_STANDARD = set(vars(logging.makeLogRecord({}))) | {
    "message",
    "asctime",
    "color_message",
    "taskName",
    "request",
}


class JsonFormatter(logging.Formatter):
    """Formats records of the app, and the access logs of gunicorn, uvicorn and aiohttp."""

    def format(self, record):
        event = {
            "time": datetime.fromtimestamp(record.created, timezone.utc).isoformat(
                timespec="milliseconds"
            ),
            "level": record.levelname,
            "logger": record.name,
        }
        access = _access(record)
        if access:
            event.update(access)
        else:
            event["message"] = record.getMessage()
            event.update(_request(record))
        event["process"] = record.process
        trace_id = trace.current()
        if trace_id:
            event["trace_id"] = trace_id
        if record.exc_info and record.exc_info[0]:
            event["exception"] = self.formatException(record.exc_info)
            event["place"] = place(record.exc_info[1])
        for name, value in vars(record).items():
            if not access and name not in _STANDARD and name not in event:
                event[name] = value
        return json.dumps(event, default=str, ensure_ascii=False)


def _access(record):
    """The fields of an access log line, if it is one."""
    if record.name == "gunicorn.access" and isinstance(record.args, dict):
        atoms = record.args
        return {
            "method": atoms["m"],
            "path": atoms["U"],
            "status": int(atoms["s"]),
            "bytes": atoms["B"],
            "milliseconds": int(atoms["M"]),
            "client": atoms["h"],
        }
    if (
        record.name == "uvicorn.access"
        and isinstance(record.args, tuple)
        and len(record.args) == 5
    ):
        client, method, path, _, status = record.args
        # A query may hold personal data, and its values are the caller's.
        return {
            "method": method,
            "path": path.partition("?")[0],
            "status": status,
            "client": client,
        }
    line = getattr(record, "first_request_line", "")
    if record.name == "gunicorn.access" and line.count(" ") > 1:
        # aiohttp's.
        method, path, *_ = line.split(" ")
        return {
            "method": method,
            "path": path.partition("?")[0],
            "status": record.response_status,
            "bytes": record.response_size,
            "client": record.remote_address,
        }
    return None


def _request(record):
    """The request that a record is about, where Django says."""
    request = getattr(record, "request", None)
    if request is None or not hasattr(request, "path"):
        return {}
    return {"method": request.method, "path": request.path}


class NoProbes(logging.Filter):
    """Leaves the platform's probes out: they come every second. What is wrong, `health.py` logs itself."""

    def filter(self, record):
        path = (_access(record) or _request(record)).get("path", "")
        return not str(path).startswith("/healthz/")


def place(error):
    """Where in the project's own files an exception came from, as `path:line`; `None` where it never was in them."""
    if isinstance(error, SyntaxError) and error.filename and _own_path(error.filename):
        return f"{_own_path(error.filename)}:{error.lineno}"
    found = None
    for frame, line in traceback.walk_tb(error.__traceback__ if error else None):
        path = _own_path(frame.f_code.co_filename)
        if path:
            found = f"{path}:{line}"
    cause = error and (error.__cause__ or error.__context__)
    return found or (place(cause) if cause else None)


def _own_path(filename):
    """The path below the project's folder; empty for what was installed, and for this package."""
    if filename.startswith("<"):
        return ""
    try:
        path = Path(filename).resolve().relative_to(APP_DIR)
    except (OSError, ValueError):
        return ""
    installed = {"site-packages", "dist-packages", "taxiway_runtime"}
    return "" if installed.intersection(path.parts) else path.as_posix()
