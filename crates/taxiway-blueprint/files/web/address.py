"""Where the database is, as DATABASE_URL says."""

import os
from urllib.parse import parse_qsl, unquote, urlsplit

from taxiway_runtime import environment, identity, project


def prepare(is_build):
    """Gives the project the address in the shape in which it reads it; a build gets one that nobody ever uses."""
    if is_build:
        os.environ["DATABASE_URL"] = "postgresql://build:build@localhost/build"
    address = parts()
    for name, part in project.DATABASE_VARIABLES.items():
        os.environ[name] = address[part]


def parts():
    """The parts of the address, as texts."""
    url = os.environ["DATABASE_URL"]
    try:
        address = urlsplit(url)
        port = address.port or 5432
    except ValueError:
        # The value itself is a secret, and stays out of the message.
        raise environment.IncompleteEnvironment("DATABASE_URL is no valid URL") from None
    if address.scheme.partition("+")[0] not in ("postgres", "postgresql"):
        raise environment.IncompleteEnvironment(
            "DATABASE_URL is not like postgresql://user:password@host/name"
        )
    options = dict(parse_qsl(address.query))
    known = {
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
    # As Azure's Service Connector writes it.
    words = "dbname={name} host={host} port={port} sslmode={sslmode} user={user}"
    known["keywords"] = (words + " password={password}").format(**known)
    return known
