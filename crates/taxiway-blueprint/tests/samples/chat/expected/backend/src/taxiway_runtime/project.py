"""What is particular to this project. Read by the rest of this package."""

# The variable that holds Django's secret key.
KEY_VARIABLE = "DJANGO_SECRET_KEY"

# Startup fails without these, and says which are not set.
REQUIRED = [
    "DATABASE_URL",
    "DJANGO_SECRET_KEY",
]

# Whether the platform gives the project a database.
HAS_DATABASE = True

# Variables that the project reads parts of the database's address from.
DATABASE_VARIABLES = {}

# How the project spells the kind of its database.
DATABASE_ENGINE = "django.db.backends.postgresql"

# Variables that the project reads its hosts from, separated by commas.
HOST_VARIABLES = []

# How the server talks to the project: wsgi or asgi.
INTERFACE = "asgi"

# Whether WhiteNoise is added, because nothing else serves the static files.
ADD_WHITENOISE = False

# Whether uploads go to the environment's storage account, where it has one.
KEEP_MEDIA = False

# The folder that is published, as seen from the one that the project runs from.
ROOT = ".."
