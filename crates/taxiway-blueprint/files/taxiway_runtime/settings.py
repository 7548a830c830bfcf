"""Production settings: the project's own, then what the environment dictates.

`DJANGO_SETTINGS_MODULE` names this module. The project's files stay as they are, and whatever is not named here stays as
the project has it. Names that start with `_` are none of the project's.
"""

import os as _os

import django as _django

from taxiway_runtime import environment as _environment
from taxiway_runtime import project as _project

# The project's settings read variables while they are imported: these must be there first.
_environment.prepare()

from project.settings import *  # noqa: E402,F401,F403

_own = globals()
_https = _environment.is_on("DJANGO_HTTPS", default=True)

DEBUG = False

# Secrets and addresses

SECRET_KEY = _os.environ[_project.KEY_VARIABLE]
if _django.VERSION >= (4, 1):
    # The keys before the last rotation: what they signed stays valid until they are removed here.
    SECRET_KEY_FALLBACKS = [
        *_environment.words("DJANGO_SECRET_KEY_FALLBACKS"),
        *_own.get("SECRET_KEY_FALLBACKS", []),
    ]

DATABASES = _environment.databases(_own.get("DATABASES", {}))

# Hosts and HTTPS. TLS ends at the platform's front end, which overwrites X-Forwarded-Proto.

ALLOWED_HOSTS = _environment.allowed_hosts(_own.get("ALLOWED_HOSTS", []))
CSRF_TRUSTED_ORIGINS = _environment.trusted_origins(
    _own.get("CSRF_TRUSTED_ORIGINS", []), _https
)
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if _https else None
SECURE_SSL_REDIRECT = _https
SESSION_COOKIE_SECURE = _https
CSRF_COOKIE_SECURE = _https
# Browsers remember this even when HTTPS breaks: raise it to a year (31536000) once HTTPS has proven itself.
SECURE_HSTS_SECONDS = _environment.hsts_seconds(
    _own.get("SECURE_HSTS_SECONDS", 0), _https
)
# Whether subdomains and browsers' own lists join in is the project's choice: their checks would ask for it forever.
SILENCED_SYSTEM_CHECKS = [
    *_own.get("SILENCED_SYSTEM_CHECKS", []),
    "security.W005",
    "security.W021",
]
if not _https:
    # Browsers refuse these names without HTTPS.
    SESSION_COOKIE_NAME = _environment.unprefixed(
        _own.get("SESSION_COOKIE_NAME", "sessionid")
    )
    CSRF_COOKIE_NAME = _environment.unprefixed(
        _own.get("CSRF_COOKIE_NAME", "csrftoken")
    )

# Requests: the probes of the platform are answered before any other middleware sees them.

MIDDLEWARE = ["taxiway_runtime.health.middleware", *_own.get("MIDDLEWARE", [])]

# Static files

STATIC_URL = _own.get("STATIC_URL") or "/static/"
STATIC_ROOT = _own.get("STATIC_ROOT") or str(_environment.APP_DIR / "staticfiles")
# Git keeps no empty folders: one that is named but absent would stop collectstatic.
STATICFILES_DIRS = _environment.existing_folders(_own.get("STATICFILES_DIRS", []))
_environment.serve_static_files(_own)
_environment.use_built_front_end(_own)

# Media

_environment.keep_media(_own)

# Rollbar, where the project has it, hears which release and which environment an error came from.

if isinstance(_own.get("ROLLBAR"), dict):
    ROLLBAR = _environment.rollbar(_own["ROLLBAR"])

# Logs

LOGGING_CONFIG = "logging.config.dictConfig"
LOGGING = _environment.logging_config(_own.get("LOGGING") or {})
