"""What the environment says, in the shape in which Django wants it."""

import json
import os
import socket
from pathlib import Path
from urllib.parse import parse_qsl, unquote, urlsplit

import django
from django.core.exceptions import ImproperlyConfigured

from taxiway_runtime import identity, project

# The folder that the project runs from.
APP_DIR = Path(__file__).resolve().parent.parent

# What an app setting still holds when the platform could not read the vault.
UNRESOLVED = "@Microsoft.KeyVault("


def prepare():
    """Makes sure that the variables which the project's settings read are there, or says which are not.

    The build (`TAXIWAY_BUILD=1`) has neither secrets nor a database: it gets placeholders, and needs none.
    """
    if is_on("TAXIWAY_BUILD", default=False):
        _fill_in_placeholders()
    else:
        _refuse_incomplete_environment()
    if project.HAS_DATABASE:
        parts = database_parts()
        for name, part in project.DATABASE_VARIABLES.items():
            os.environ[name] = parts[part]
    for name in project.HOST_VARIABLES:
        os.environ.setdefault(name, ",".join(_hosts_without_ports()))
    # Where OpenTelemetry puts its middleware: not before ours, for it refuses the hosts that probes come with.
    os.environ.setdefault("OTEL_PYTHON_DJANGO_MIDDLEWARE_POSITION", "1")
    _name_release()


def _name_release():
    """Tells Sentry, whose library reads these, which release an error came with and where; the project's own words stay."""
    for name, value in (
        ("SENTRY_RELEASE", release()),
        ("SENTRY_ENVIRONMENT", os.environ.get("TAXIWAY_ENVIRONMENT")),
    ):
        if value:
            os.environ.setdefault(name, value)


def _refuse_incomplete_environment():
    missing = [name for name in project.REQUIRED if not os.environ.get(name)]
    unresolved = sorted(
        name for name, value in os.environ.items() if value.startswith(UNRESOLVED)
    )
    problems = []
    if missing:
        problems.append("not set: " + ", ".join(missing))
    if unresolved:
        problems.append("not read from the vault: " + ", ".join(unresolved))
    if problems:
        raise ImproperlyConfigured(
            "the environment is incomplete; " + "; ".join(problems)
        )


def _fill_in_placeholders():
    """Gives every required variable some value that reads as a text, as a number and as a switch."""
    placeholders = dict.fromkeys(project.REQUIRED, "1")
    if project.HAS_DATABASE:
        placeholders["DATABASE_URL"] = "postgresql://build:build@localhost/build"
    placeholders[project.KEY_VARIABLE] = (
        "only-used-while-building-signs-nothing-that-is-ever-served"
    )
    for name, value in placeholders.items():
        if not os.environ.get(name) or os.environ[name].startswith(UNRESOLVED):
            os.environ[name] = value
    os.environ.setdefault("WEBSITE_HOSTNAME", "localhost")


def is_on(name, default):
    """Whether a switch is on."""
    value = os.environ.get(name, "").strip().lower()
    if not value:
        return default
    if value in ("on", "1", "true", "yes"):
        return True
    if value in ("off", "0", "false", "no"):
        return False
    raise ImproperlyConfigured(f"{name} is `{value}`, neither on nor off")


def words(name):
    """The values of a variable that holds several, separated by commas."""
    return [
        word.strip() for word in os.environ.get(name, "").split(",") if word.strip()
    ]


# The database


def database_parts():
    """The parts of DATABASE_URL, as texts."""
    url = os.environ["DATABASE_URL"]
    try:
        address = urlsplit(url)
        port = address.port or 5432
    except ValueError:
        # The value itself is a secret, and stays out of the message.
        raise ImproperlyConfigured("DATABASE_URL is no valid URL") from None
    if address.scheme not in ("postgres", "postgresql") or not address.hostname:
        raise ImproperlyConfigured(
            "DATABASE_URL is not like postgresql://user:password@host/name"
        )
    options = dict(parse_qsl(address.query))
    known = {
        "url": url,
        "engine": project.DATABASE_ENGINE,
        "host": address.hostname,
        "port": str(port),
        "name": unquote(address.path.lstrip("/")),
        "user": unquote(address.username or ""),
        # Never used where each connection gets a token; a project may insist that there is one.
        "password": unquote(address.password or identity.PLACEHOLDER),
        "sslmode": options.get("sslmode", "prefer"),
    }
    # As Azure's Service Connector writes it.
    words = "dbname={name} host={host} port={port} sslmode={sslmode} user={user}"
    known["keywords"] = (words + " password={password}").format(**known)
    return known


def databases(own):
    """The project's databases, with the default one at DATABASE_URL."""
    if not project.HAS_DATABASE:
        # A file on the disk would be lost with every release: whatever asks for a database is told that there is none.
        return {}
    parts = database_parts()
    default = dict(own.get("default", {}))
    engine = default.get("ENGINE", "")
    if not _speaks_postgresql(engine):
        default = {
            key: default[key] for key in ("ATOMIC_REQUESTS", "TEST") if key in default
        }
        engine = "django.db.backends.postgresql"
    # The name of before Django 1.9; Django itself still reads it, and has no module of that name.
    if engine == "django.db.backends.postgresql_psycopg2":
        engine = "django.db.backends.postgresql"
    if identity.signs_in():
        identity.wrapped_engine, engine = engine, "taxiway_runtime.postgresql"
    options = dict(default.get("OPTIONS", {}))
    options.setdefault("connect_timeout", 10)
    options["sslmode"] = parts["sslmode"]
    if is_on("DATABASE_POOLER", default=False):
        # The next part of such a cursor's rows may be asked of another session.
        default["DISABLE_SERVER_SIDE_CURSORS"] = True
    if identity.signs_in():
        # A pool would give every connection the token of its first one.
        options.pop("pool", None)
    default.update(
        ENGINE=engine,
        NAME=parts["name"],
        USER=parts["user"],
        PASSWORD=parts["password"],
        HOST=parts["host"],
        PORT=parts["port"],
        OPTIONS=options,
    )
    # Under ASGI, and with psycopg's own pool, Django must not keep connections itself.
    keeps_connections = project.INTERFACE == "wsgi" and "pool" not in options
    default.setdefault("CONN_MAX_AGE", 60 if keeps_connections else 0)
    if django.VERSION >= (4, 1):
        default.setdefault("CONN_HEALTH_CHECKS", True)
    return dict(own, default=default)


def _speaks_postgresql(engine):
    return any(
        word in engine for word in ("postgresql", "postgis", "psqlextra", "timescale")
    )


# Hosts


def _hosts():
    """The hosts that the site answers to, with their ports: those it is given, and the platform's own name for it."""
    hosts = words("DJANGO_ALLOWED_HOSTS") + words("WEBSITE_HOSTNAME")
    return list(dict.fromkeys(hosts))


def _hosts_without_ports():
    return list(
        dict.fromkeys(urlsplit("//" + host).hostname or host for host in _hosts())
    )


def allowed_hosts(own):
    """The site's hosts and those that the project names; a lone `*` would let anybody choose the host in our links."""
    return list(
        dict.fromkeys([*_hosts_without_ports(), *(host for host in own if host != "*")])
    )


def trusted_origins(own, https):
    """Where forms may come from. Before Django 4.0 an origin was a host alone."""
    if django.VERSION < (4, 0):
        origins = _hosts_without_ports()
    else:
        scheme = "https" if https else "http"
        origins = [f"{scheme}://{host}" for host in _hosts()]
    return list(dict.fromkeys([*origins, *own]))


def hsts_seconds(own, https):
    """For how long browsers insist on HTTPS: as the environment says, else the project, else an hour to begin with."""
    if not https:
        return 0
    return int(os.environ.get("DJANGO_HSTS_SECONDS") or own or 3600)


def unprefixed(cookie):
    """The name of a cookie without the prefixes that browsers accept over HTTPS only."""
    for prefix in ("__Host-", "__Secure-"):
        if cookie.startswith(prefix):
            return cookie[len(prefix) :]
    return cookie


# Static files


def existing_folders(own):
    """The folders among STATICFILES_DIRS that exist; an entry may be a pair of prefix and folder."""
    folders = [
        (entry, entry[1] if isinstance(entry, (list, tuple)) else entry)
        for entry in own
    ]
    return [entry for entry, folder in folders if Path(folder).is_dir()]


def use_built_front_end(settings):
    """Lets pages name the files that were built: settings that follow the project's own DEBUG may name a development server.

    Source: django-vite, "Configuration", with the names of its releases before 3.0.
    """
    if "DJANGO_VITE_DEV_MODE" in settings:
        settings["DJANGO_VITE_DEV_MODE"] = False

    def built(options):
        return {**options, "dev_mode": False} if isinstance(options, dict) else options

    applications = settings.get("DJANGO_VITE")
    if isinstance(applications, dict):
        settings["DJANGO_VITE"] = {
            name: built(options) for name, options in applications.items()
        }


def serve_static_files(settings):
    """Adds WhiteNoise, unless the project serves its static files in some way of its own."""
    middleware = settings["MIDDLEWARE"]
    backend = _static_storage(settings)
    if "django.contrib.staticfiles" not in settings.get("INSTALLED_APPS", []):
        return
    if _is_object_storage(backend):
        # The build has no access to it, and only proves that the files can be collected.
        if is_on("TAXIWAY_BUILD", default=False):
            _set_static_storage(settings, PLAIN_STORAGE)
        return
    if not project.ADD_WHITENOISE or any("whitenoise" in name for name in middleware):
        return
    # Right behind SecurityMiddleware, as WhiteNoise's documentation asks; else right behind the probes.
    security = "django.middleware.security.SecurityMiddleware"
    position = middleware.index(security) + 1 if security in middleware else 1
    middleware.insert(position, "whitenoise.middleware.WhiteNoiseMiddleware")
    if backend == PLAIN_STORAGE:
        # Compressed, but under their own names: a project that never had hashed names may refer to files that don't
        # exist, which the hashing storage refuses.
        _set_static_storage(settings, "whitenoise.storage.CompressedStaticFilesStorage")


# What Django uses where nothing is said.
PLAIN_STORAGE = "django.contrib.staticfiles.storage.StaticFilesStorage"


def _is_object_storage(backend):
    kinds = ("storages.backends.", "s3", "boto", "gcloud", "googlecloud", "azure")
    return any(kind in backend.lower() for kind in kinds)


def _has_storages(settings):
    """Whether STORAGES counts. Between Django 4.2 and 5.1 the older settings may be used instead, never with it."""
    older = {"STATICFILES_STORAGE", "DEFAULT_FILE_STORAGE"}
    return django.VERSION >= (5, 1) or (
        django.VERSION >= (4, 2) and older.isdisjoint(settings)
    )


def _static_storage(settings):
    if _has_storages(settings):
        static = settings.get("STORAGES", {}).get("staticfiles", {})
        return static.get("BACKEND", PLAIN_STORAGE)
    return settings.get("STATICFILES_STORAGE", PLAIN_STORAGE)


def _set_static_storage(settings, backend):
    if _has_storages(settings):
        default = {"BACKEND": "django.core.files.storage.FileSystemStorage"}
        settings["STORAGES"] = {
            "default": default,
            **settings.get("STORAGES", {}),
            "staticfiles": {"BACKEND": backend},
        }
    else:
        settings["STATICFILES_STORAGE"] = backend


# Media


def keep_media(settings):
    """Keeps uploads in the environment's storage account, where it has one and the project knows of no better place.

    The account has no keys that anybody may use: the app comes as its identity, and visitors get addresses that end.
    """
    account = os.environ.get("AZURE_STORAGE_ACCOUNT_NAME")
    if not (project.KEEP_MEDIA and account) or is_on("TAXIWAY_BUILD", default=False):
        return
    from azure.identity import ManagedIdentityCredential

    backend = "storages.backends.azure_storage.AzureStorage"
    options = {
        "account_name": account,
        "azure_container": getattr(project, "MEDIA_CONTAINER", "media"),
        "token_credential": ManagedIdentityCredential(
            client_id=os.environ.get("AZURE_CLIENT_ID")
        ),
        "expiration_secs": 3600,
        "overwrite_files": False,
    }
    if _has_storages(settings):
        default = {"BACKEND": backend, "OPTIONS": options}
        static = {"BACKEND": PLAIN_STORAGE}
        own = {"staticfiles": static, **settings.get("STORAGES", {})}
        settings["STORAGES"] = {**own, "default": default}
        return
    settings["DEFAULT_FILE_STORAGE"] = backend
    for name, value in options.items():
        settings[_OLDER_OPTIONS.get(name, f"AZURE_{name.upper()}")] = value


# What django-storages calls these as settings of their own.
_OLDER_OPTIONS = {
    "azure_container": "AZURE_CONTAINER",
    "expiration_secs": "AZURE_URL_EXPIRATION_SECS",
}


# Logs


def logging_config(own):
    """JSON on standard output for everybody. The project's levels stay; its handlers, such as files and e-mail, go."""
    level = os.environ.get("DJANGO_LOG_LEVEL", "INFO").upper()
    # These have handlers of their own by Django's default, which would write a second line in another format.
    loggers = {name: {"level": level} for name in ("django", "django.server")}
    # Two lines for each of its requests, below this.
    loggers["azure"] = {"level": "WARNING"}
    for name, logger in own.get("loggers", {}).items():
        if name:
            loggers[name] = {"level": logger.get("level", level)}
    loggers.setdefault("django.request", {"level": level})["filters"] = ["no_probes"]
    for logger in loggers.values():
        logger.update(handlers=[], propagate=True)
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {"json": {"()": "taxiway_runtime.logging.JsonFormatter"}},
        "filters": {"no_probes": {"()": "taxiway_runtime.logging.NoProbes"}},
        "handlers": {
            "stdout": {
                "class": "logging.StreamHandler",
                "stream": "ext://sys.stdout",
                "formatter": "json",
            }
        },
        "root": {"handlers": ["stdout"], "level": level},
        "loggers": loggers,
    }


# The release


def rollbar(own):
    """The project's configuration of Rollbar, with what it leaves out."""
    known = {
        "code_version": release(),
        "environment": os.environ.get("TAXIWAY_ENVIRONMENT"),
    }
    return {**{name: value for name, value in known.items() if value}, **own}


def release():
    """The id of the running release; empty where this is no published package."""
    for folder in (APP_DIR, *APP_DIR.parents):
        path = folder / "taxiway-release.json"
        if path.is_file():
            return json.loads(path.read_text(encoding="utf-8"))["release"]
        if folder == (APP_DIR / project.ROOT).resolve():
            break
    return ""


def instance():
    """What tells this instance from the others."""
    return os.environ.get("WEBSITE_INSTANCE_ID") or socket.gethostname()
