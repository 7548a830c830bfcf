"""What is particular to this project. Read by the rest of this package."""

# Startup fails without these, and says which are not set.
REQUIRED = []

# Variables that the project reads its hosts from, separated by commas.
HOST_VARIABLES = []

# The folder that is published, as seen from the one that the project runs from.
ROOT = "."
