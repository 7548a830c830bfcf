"""What is particular to this project. Read by the rest of this package."""

# Startup fails without these, and says which are not set.
REQUIRED = [
    "DATABASE_URL",
]

# Variables that the project reads parts of the database's address from.
DATABASE_VARIABLES = {}

# Variables that the project reads its hosts from, separated by commas.
HOST_VARIABLES = []

# What applies migrations; empty where there are none.
MIGRATIONS = "alembic"

# The folder that is published, as seen from the one that the project runs from.
ROOT = "."
