"""A developer's machine: debug pages, e-mail on the console, SQLite unless DATABASE_URL is set."""

from .base import *

DEBUG = True
SECRET_KEY = "only-for-development-never-for-anything-that-others-can-reach"
ALLOWED_HOSTS = ["localhost", "127.0.0.1", "[::1]", ".localhost"]

EMAIL_BACKEND = "django.core.mail.backends.console.EmailBackend"
