"""What is particular to this project. Read by the rest of this package."""

# The variable that holds Django's secret key.
KEY_VARIABLE = "SECRET_KEY"

# Startup fails without these, and says which are not set.
REQUIRED = [
    "DATABASE_URL",
    "SECRET_KEY",
    "EMAIL_HOST",
    "STRIPE_SECRET_KEY",
]

# Whether the platform gives the project a database.
HAS_DATABASE = True

# Variables that the project reads parts of the database's address from.
DATABASE_VARIABLES = {
    "DB_ENGINE": "engine",
    "DB_HOST": "host",
    "DB_NAME": "name",
    "DB_PASSWORD": "password",
    "DB_USER": "user",
}

# How the project spells the kind of its database.
DATABASE_ENGINE = "django.db.backends.postgresql"

# Variables that the project reads its hosts from, separated by commas.
HOST_VARIABLES = [
    "ALLOWED_HOSTS",
]

# How the server talks to the project: wsgi or asgi.
INTERFACE = "wsgi"

# Whether WhiteNoise is added, because nothing else serves the static files.
ADD_WHITENOISE = True

# Whether uploads go to the environment's storage account, where it has one.
KEEP_MEDIA = False

# The folder that is published, as seen from the one that the project runs from.
ROOT = "."

# Whether the database is taken from the other services of its server, before the first migration.
OWNS_DATABASE = True
