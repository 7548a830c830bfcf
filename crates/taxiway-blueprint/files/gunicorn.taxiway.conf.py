"""How gunicorn serves the project: as its own gunicorn.conf.py says, with what the platform dictates."""

import os
import signal
import threading
import time

_own = os.path.join(os.path.dirname(os.path.abspath(__file__)), "gunicorn.conf.py")
with open(_own, encoding="utf-8") as _file:
    exec(compile(_file.read(), _own, "exec"))

# The platform chooses the port, and reaches the container from outside.
bind = "0.0.0.0:" + os.environ.get("PORT", "8000")

# The health report says how many workers there are to hear from.
workers = int(os.environ.get("WEB_CONCURRENCY") or globals().get("workers") or 2)
os.environ["TAXIWAY_WORKERS"] = str(workers)

# Less than WEBSITES_CONTAINER_STOP_TIME_LIMIT: requests that run when the site stops get to finish.
graceful_timeout = 25

# The container's own folders may not be writable.
control_socket_disable = True

_own_when_ready = globals().get("when_ready")

# How long the door stays open after the platform has said that the site stops.
LINGER_SECONDS = 1


def when_ready(server):
    """Told to stop, the server lets in what has knocked before: closing the door at once would turn it away."""
    if _own_when_ready is not None:
        _own_when_ready(server)
    stop = signal.getsignal(signal.SIGTERM)

    def wait(number):
        until = time.monotonic() + LINGER_SECONDS
        # Nobody is waited for where the workers were told as well.
        while server.WORKERS and time.monotonic() < until:
            time.sleep(0.05)
        stop(number, None)

    def linger(number, _frame):
        # Once more, and it stops at once.
        signal.signal(number, stop)
        # A worker that ends now is not replaced.
        server.manage_workers = lambda: None
        threading.Thread(target=wait, args=(number,), daemon=True).start()

    signal.signal(signal.SIGTERM, linger)


_own_post_fork = globals().get("post_fork")


def post_fork(server, worker):
    """Loads the settings before the app: one whose module assigns DJANGO_SETTINGS_MODULE would load others."""
    if _own_post_fork is not None:
        _own_post_fork(server, worker)
    os.environ["DJANGO_SETTINGS_MODULE"] = "taxiway_runtime.settings"
    from django.conf import settings

    # Settings are read on first use.
    settings.is_overridden("DEBUG")
