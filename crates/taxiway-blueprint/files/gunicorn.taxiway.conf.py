"""How gunicorn serves the project: as its own configuration says, over Taxiway's defaults and below what the platform decides."""

import os
import signal
import threading
import time

# Defaults, for what the project does not say.

@DEFAULTS@
# The project's own.
_here = __file__
__file__ = os.path.join(os.path.dirname(os.path.abspath(_here)), "@OWN@")
with open(__file__, encoding="utf-8") as _file:
    exec(compile(_file.read(), __file__, "exec"))
__file__ = _here

# What the platform decides; `taxiway explain` has the reasons.

# The platform chooses the port, and reaches the container from outside.
bind = "0.0.0.0:" + os.environ.get("PORT", "8000")

# Processes and threads are what the plan carries and the database takes.
workers = int(os.environ.get("WEB_CONCURRENCY") or @WORKERS@)
@THREADS@
# Only one of these speaks the interface of the application.
@CLASS@
# The front end gives up after 230 seconds, and the site is stopped for good 30 seconds after it is told to.
timeout = min(timeout or 230, 230)
graceful_timeout = min(graceful_timeout, 25)

# Threads and connections that are opened before the fork are dead after it.
preload_app = False

# The site lives as long as this process, which a container runs, behind a front end that ends TLS.
daemon = reload = spew = False
certfile = keyfile = pidfile = user = group = None
forwarded_allow_ips = "*"

# The container's own folders may not be writable, and are lost with it.
control_socket_disable = True
accesslog = "-" if accesslog else None
errorlog = "-"
if {"logconfig", "logconfig_json", "logger_class"} & set(globals()):
    logconfig_dict = {}

# The health report says how many workers there are to hear from.
os.environ["TAXIWAY_WORKERS"] = str(workers)

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
