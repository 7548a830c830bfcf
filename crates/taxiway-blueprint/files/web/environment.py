"""What the environment says, in the shape in which the project reads it."""

import json
import os
import socket
from pathlib import Path
from urllib.parse import parse_qsl, unquote, urlsplit

from taxiway_runtime import identity, project

# The folder that the project runs from.
APP_DIR = Path(__file__).resolve().parent.parent

# What an app setting still holds when the platform could not read the vault.
UNRESOLVED = "@Microsoft.KeyVault("


class IncompleteEnvironment(Exception):
    """Variables without which the project cannot start."""


def prepare():
    """Makes sure that the variables which the project reads are there, or says which are not.

    The build (`TAXIWAY_BUILD=1`) has neither secrets nor a database: it gets placeholders, and needs none.
    """
    if os.environ.get("TAXIWAY_BUILD", "").lower() in ("1", "on", "true", "yes"):
        for name in project.REQUIRED:
            os.environ.setdefault(name, "1")
        if project.HAS_DATABASE:
            os.environ["DATABASE_URL"] = "postgresql://build:build@localhost/build"
    else:
        _refuse_incomplete_environment()
    if project.HAS_DATABASE:
        parts = database_parts()
        for name, part in project.DATABASE_VARIABLES.items():
            os.environ[name] = parts[part]
    for name in project.HOST_VARIABLES:
        hosts = os.environ.get(name) or os.environ.get("WEBSITE_HOSTNAME", "localhost")
        # A request's host is held against these without its port.
        os.environ[name] = ",".join(host.partition(":")[0] for host in hosts.split(","))
    _name_release()
    if project.HAS_DATABASE and identity.signs_in():
        from taxiway_runtime import database

        database.give_tokens_to_sqlalchemy()


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
        raise IncompleteEnvironment(
            "the environment is incomplete; " + "; ".join(problems)
        )


def database_parts():
    """The parts of DATABASE_URL, as texts."""
    url = os.environ["DATABASE_URL"]
    try:
        address = urlsplit(url)
        port = address.port or 5432
    except ValueError:
        # The value itself is a secret, and stays out of the message.
        raise IncompleteEnvironment("DATABASE_URL is no valid URL") from None
    if address.scheme.partition("+")[0] not in ("postgres", "postgresql"):
        raise IncompleteEnvironment(
            "DATABASE_URL is not like postgresql://user:password@host/name"
        )
    options = dict(parse_qsl(address.query))
    return {
        "url": url,
        "engine": "postgresql",
        "host": address.hostname or "",
        "port": str(port),
        "name": unquote(address.path.lstrip("/")),
        "user": unquote(address.username or ""),
        # Never used where each connection gets a token; a project may insist that there is one.
        "password": unquote(address.password or identity.PLACEHOLDER),
        "sslmode": options.get("sslmode", "prefer"),
    }


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
