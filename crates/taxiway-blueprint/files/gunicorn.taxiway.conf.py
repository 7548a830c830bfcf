"""How gunicorn serves the project: as its own gunicorn.conf.py says, with what the platform dictates."""

import os

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

_own_post_fork = globals().get("post_fork")


def post_fork(server, worker):
    """Loads the settings before the app: one whose module assigns DJANGO_SETTINGS_MODULE would load others."""
    if _own_post_fork is not None:
        _own_post_fork(server, worker)
    os.environ["DJANGO_SETTINGS_MODULE"] = "taxiway_runtime.settings"
    from django.conf import settings

    # Settings are read on first use.
    settings.is_overridden("DEBUG")
