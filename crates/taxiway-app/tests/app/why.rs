//! Why facts are what they are.

use taxiway_diagnostics::MemorySources;

const SHOP: &str = "\
--- Procfile
web: gunicorn shop.wsgi
worker: celery -A shop worker
--- Dockerfile
FROM python:3.12
RUN pip install -r requirements.txt
ENV DJANGO_SETTINGS_MODULE=shop.settings.production
CMD [\"uvicorn\", \"shop.asgi:application\"]
--- requirements.txt
Django==5.2
gunicorn
uvicorn
celery
psycopg[binary]
--- requirements-dev.txt
pytest
--- manage.py
import os
os.environ.setdefault('DJANGO_SETTINGS_MODULE', 'shop.settings.development')
from django.core.management import execute_from_command_line
--- shop/__init__.py
--- shop/wsgi.py
from django.core.wsgi import get_wsgi_application
application = get_wsgi_application()
--- shop/asgi.py
from django.core.asgi import get_asgi_application
application = get_asgi_application()
--- shop/settings/__init__.py
--- shop/settings/development.py
DEBUG = True
--- shop/settings/production.py
import os
SECRET_KEY = os.environ['SECRET_KEY']
DATABASES = {'default': {'ENGINE': 'django.db.backends.postgresql', 'PASSWORD': os.environ['DB_PASSWORD']}}
";

fn why(fact: &str) -> String {
    let sources = MemorySources::from_text(SHOP);
    let app = taxiway_app::read(&sources);
    match taxiway_app::explain(&app, &sources, fact) {
        Ok(found) => serde_json::to_string_pretty(&found).expect("explanations are JSON"),
        Err(unknown) => format!("near: {}", unknown.near.join(", ")),
    }
}

#[test]
fn a_choice_names_what_was_rejected() {
    insta::assert_snapshot!("why_entrypoint", why("entrypoint"));
    insta::assert_snapshot!("why_settings_module", why("settings_module"));
}

#[test]
fn lines_that_could_hold_a_credential_are_left_out() {
    insta::assert_snapshot!("why_secret", why("env.DB_PASSWORD"));
}

#[test]
fn an_absent_fact_says_what_was_looked_for() {
    insta::assert_snapshot!("why_absent", why("health"));
}

#[test]
fn an_unknown_fact_has_neighbours() {
    insta::assert_snapshot!(
        "why_unknown",
        ["entrypont", "settings", "redis", "SECRET_KEY", "env.SECRET"]
            .map(why)
            .join("\n")
    );
}
