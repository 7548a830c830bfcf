"""Django's backend for PostgreSQL, signing in as the site's identity."""
