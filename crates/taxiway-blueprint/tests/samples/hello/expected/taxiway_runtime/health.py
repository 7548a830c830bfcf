"""Answers the platform's probes, whatever the project does with hosts, logins and redirects.

`/healthz/live` says that the process answers, without any I/O. `/healthz/ready` says whether it can serve: the platform
sends traffic only to instances that answer 200, and a rollout waits until every worker of the new release does.
"""

import json
import os

from taxiway_runtime import environment

LIVE = "/healthz/live"
READY = "/healthz/ready"

RELEASE = environment.release()
INSTANCE = environment.instance()


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
    report = {
        "status": "ok",
        "release": RELEASE,
        "worker": os.getpid(),
        # The server's configuration says how many workers there are.
        "workers": int(os.environ.get("TAXIWAY_WORKERS", "1")),
        "instance": INSTANCE,
        # It needs nothing but itself.
        "checks": {},
    }
    return 200, report
