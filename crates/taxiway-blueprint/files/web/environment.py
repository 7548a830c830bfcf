"""What the environment says, in the shape in which the project reads it."""

import json
import os
import socket
from pathlib import Path

# if database
from taxiway_runtime import identity, project
# else
from taxiway_runtime import project
# end

# The folder that the project runs from.
APP_DIR = Path(__file__).resolve().parent.parent

# What an app setting still holds when the platform could not read the vault.
UNRESOLVED = "@Microsoft.KeyVault("


class IncompleteEnvironment(Exception):
    """Variables without which the project cannot start."""


def prepare():
    """Makes sure that the variables which the project reads are there, or says which are not.

    The build (`TAXIWAY_BUILD=1`) has no secrets: it gets placeholders, and needs none.
    """
    is_build = os.environ.get("TAXIWAY_BUILD", "").lower() in ("1", "on", "true", "yes")
    if is_build:
        for name in project.REQUIRED:
            os.environ.setdefault(name, "1")
    else:
        _refuse_incomplete_environment()
    # if database
    from taxiway_runtime import address

    address.prepare(is_build)
    # end
    for name in project.HOST_VARIABLES:
        hosts = os.environ.get(name) or os.environ.get("WEBSITE_HOSTNAME", "localhost")
        # A request's host is held against these without its port.
        os.environ[name] = ",".join(host.partition(":")[0] for host in hosts.split(","))
    _name_release()
    # if database
    from taxiway_runtime import engines

    engines.name_drivers()
    if identity.signs_in():
        from taxiway_runtime import database

        database.give_tokens_to_sqlalchemy()
    # end


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
