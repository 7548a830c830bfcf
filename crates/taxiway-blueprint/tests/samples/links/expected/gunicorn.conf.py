"""How gunicorn serves the project. `gunicorn --config gunicorn.conf.py` loads it; its start command names the app."""

import os
import signal
import threading
import time

bind = "0.0.0.0:" + os.environ.get("PORT", "8000")

# As many as the plan's processors and memory carry, and the database takes; the host's processors say nothing about either.
# The parameters of an environment set both variables:
#   local: 2 workers * 5 connections * 1 instance * 2 (site and slot) = 20, and 3 * 1 instance of processes beside it: 23 of 844
#   production: 2 workers * 5 connections * 5 instances * 2 (site and slot) = 100, and 3 * 5 instances of processes beside it: 115 of 844
worker_class = "gthread"
workers = int(os.environ.get("WEB_CONCURRENCY") or 2)
threads = int(os.environ.get("GUNICORN_THREADS") or 4)

# A worker that says nothing for this long is replaced. The platform's front end gives up after 230 seconds.
timeout = 60
# Less than WEBSITES_CONTAINER_STOP_TIME_LIMIT: requests that run when the site stops get to finish.
graceful_timeout = 25
# Longer than the front end keeps a connection idle, so that it never sends into one that we just closed.
keepalive = 65

# Workers start anew after a while, which bounds leaks; far apart, because nobody answers while all of them start.
max_requests = 10000
max_requests_jitter = 5000

# Heartbeats belong into memory: the container's own file system may stall.
worker_tmp_dir = "/dev/shm" if os.path.isdir("/dev/shm") else None
control_socket_disable = True

# The container is reached through the front end alone, which overwrites these headers.
forwarded_allow_ips = "*"

# One JSON object per line, the access log included; the platform's probes are left out of it.
accesslog = "-"
logconfig_dict = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"json": {"()": "taxiway_runtime.logging.JsonFormatter"}},
    "filters": {"no_probes": {"()": "taxiway_runtime.logging.NoProbes"}},
    "handlers": {
        "stdout": {
            "class": "logging.StreamHandler",
            "stream": "ext://sys.stdout",
            "formatter": "json",
        },
        "access": {
            "class": "logging.StreamHandler",
            "stream": "ext://sys.stdout",
            "formatter": "json",
            "filters": ["no_probes"],
        },
    },
    "root": {"level": "INFO", "handlers": ["stdout"]},
    "loggers": {
        # Azure's libraries write two lines for each of their requests, below this.
        "azure": {"level": "WARNING"},
        "gunicorn.error": {"level": "INFO", "handlers": ["stdout"], "propagate": False},
        "gunicorn.access": {
            "level": "INFO",
            "handlers": ["access"],
            "propagate": False,
        },
    },
}

# The health report says how many workers there are to hear from.
os.environ["TAXIWAY_WORKERS"] = str(workers)

# How long the door stays open after the platform has said that the site stops.
LINGER_SECONDS = 1


def when_ready(server):
    """Told to stop, the server lets in what has knocked before: closing the door at once would turn it away."""
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
