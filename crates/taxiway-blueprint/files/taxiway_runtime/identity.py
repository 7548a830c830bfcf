"""Tokens of the site's managed identity, by which it signs in to PostgreSQL.

A token is the password of a new connection and is looked at then only; open connections live on. Source: App Service
documentation, "Use managed identities", REST endpoint; Azure Database for PostgreSQL documentation, "Use Microsoft Entra ID".
"""

import json
import os
import threading
import time
import urllib.error
import urllib.parse
import urllib.request

from taxiway_runtime import project

# The audience of Azure Database for PostgreSQL.
RESOURCE = "https://ossrdbms-aad.database.windows.net"
# What stands for the password where there is none.
PLACEHOLDER = "managed-identity"
# A token that ends sooner is replaced.
RENEWAL_SECONDS = 300
TIMEOUT_SECONDS = 5
ATTEMPTS = 3

# Makes the app's role the owner of its database, and nobody else connect to it: those of other services of the server may sign
# in to the server, too. Source: PostgreSQL manual, "Privileges".
TAKE_DATABASE = """
DO $$ BEGIN
  IF NOT EXISTS (
    SELECT FROM pg_database JOIN pg_roles ON pg_roles.oid = datdba
    WHERE datname = current_database() AND rolname = current_user
  ) THEN
    EXECUTE format('ALTER DATABASE %I OWNER TO CURRENT_USER', current_database());
  END IF;
  EXECUTE format('REVOKE CONNECT, TEMPORARY ON DATABASE %I FROM PUBLIC', current_database());
END $$
"""

# The backend of Django that `taxiway_runtime.postgresql` extends; the settings say which.
wrapped_engine = "django.db.backends.postgresql"

_lock = threading.Lock()
_token = ""
_expires = 0.0


class NoToken(Exception):
    """The identity endpoint gave none."""


def signs_in():
    """Whether new connections get a token; the build has no identity, and connects to nothing."""
    is_build = os.environ.get("TAXIWAY_BUILD", "").lower() in ("1", "on", "true", "yes")
    return os.environ.get("DATABASE_SIGN_IN") == "identity" and not is_build


def takes_database():
    """Whether the database becomes the app's own: of several services each has one, under an identity of its own."""
    return signs_in() and getattr(project, "OWNS_DATABASE", False)


def token():
    """The token for a new connection."""
    global _token, _expires
    with _lock:
        if time.time() + RENEWAL_SECONDS >= _expires:
            _token, _expires = _ask()
        return _token


def renew(refused):
    """Another token than the one that was refused; `None` where the endpoint gives the same again."""
    global _expires
    with _lock:
        if _token == refused:
            _expires = 0.0
    new = token()
    return None if new == refused else new


def _ask():
    try:
        endpoint, header = os.environ["IDENTITY_ENDPOINT"], os.environ["IDENTITY_HEADER"]
    except KeyError as error:
        raise NoToken(f"{error} is not set: the site has no managed identity") from None
    query = {"api-version": "2019-08-01", "resource": RESOURCE}
    if os.environ.get("AZURE_CLIENT_ID"):
        query["client_id"] = os.environ["AZURE_CLIENT_ID"]
    request = urllib.request.Request(
        f"{endpoint}?{urllib.parse.urlencode(query)}",
        headers={"X-IDENTITY-HEADER": header},
    )
    # The endpoint is on this machine: a proxy that the environment names would not reach it.
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    for attempt in range(1, ATTEMPTS + 1):
        try:
            with opener.open(request, timeout=TIMEOUT_SECONDS) as response:
                answer = json.load(response)
            return answer["access_token"], float(answer["expires_on"])
        except urllib.error.HTTPError as error:
            # It is busy, or starts; everything else stays as it is.
            if attempt == ATTEMPTS or error.code not in (404, 429) and error.code < 500:
                raise NoToken(
                    f"the identity endpoint answered {error.code}"
                ) from None
        except (OSError, ValueError, KeyError) as error:
            if attempt == ATTEMPTS:
                raise NoToken(
                    f"the identity endpoint did not answer: {type(error).__name__}"
                ) from None
        time.sleep(attempt * 0.5)


def is_refusal(error):
    """Whether the server refused the password, by any driver's word for it."""
    state = getattr(error, "sqlstate", None) or getattr(error, "pgcode", None)
    # A connection that never was has no code in psycopg, which has the server's text instead.
    return state == "28P01" or "password authentication failed" in str(error)
