//! What Python says about the generated Python: it compiles, and it imports what the project has.

use std::path::Path;
use std::process::{Command, Output, Stdio};

use crate::sample::{SAMPLES, generate};

/// As much of Django as `environment.py` asks: its version and one exception. The real one is no dependency of a unit test.
const DJANGO: [(&str, &str); 3] = [
    ("django/__init__.py", "VERSION = (5, 2, 0)\n"),
    ("django/core/__init__.py", ""),
    (
        "django/core/exceptions.py",
        "class ImproperlyConfigured(Exception):\n    pass\n",
    ),
];

/// Runs Python with nothing but `variables` in its environment.
pub(crate) fn python(folder: &Path, arguments: &[&str], variables: &[(&str, &str)]) -> Output {
    #[expect(
        clippy::disallowed_methods,
        reason = "a test may run Python, with the PATH that finds it"
    )]
    let (mut command, path) = (Command::new("python3"), std::env::var("PATH").unwrap());
    command
        .args(arguments)
        .current_dir(folder)
        .env_clear()
        .env("PATH", path)
        .envs(variables.iter().copied())
        .stdin(Stdio::null())
        .output()
        .expect("python3 is on PATH")
}

/// What `script` prints, or the last line of its traceback, in the folder of the sample `shop` with its overlay.
fn overlay(script: &str, variables: &[(&str, &str)]) -> String {
    let folder = tempfile::tempdir().unwrap();
    let files = generate("shop")
        .into_iter()
        .map(|file| (file.path.into_string(), file.text));
    let django = DJANGO.map(|(path, text)| (path.to_owned(), text.to_owned()));
    for (path, text) in files.chain(django) {
        let path = folder.path().join(path);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    }
    let output = python(folder.path(), &["-B", "-c", script], variables);
    let shown = if output.status.success() {
        output.stdout
    } else {
        output.stderr
    };
    let text = String::from_utf8(shown).unwrap();
    if output.status.success() {
        text
    } else {
        text.lines().last().unwrap_or_default().to_owned()
    }
}

const COMPLETE: [(&str, &str); 6] = [
    (
        "DATABASE_URL",
        "postgresql://own%40er:p%2Fw@127.0.0.1:5433/shop?sslmode=prefer",
    ),
    ("SECRET_KEY", "k"),
    ("STRIPE_SECRET_KEY", "s"),
    ("EMAIL_HOST", "smtp"),
    ("WEBSITE_HOSTNAME", "shop.localhost:8080"),
    (
        "DJANGO_ALLOWED_HOSTS",
        "shop.localhost:8080,shop-staging.localhost:8080,shop.example",
    ),
];

#[test]
fn an_incomplete_environment_is_refused_with_everything_that_is_missing() {
    insta::assert_snapshot!(
        overlay(
            "from taxiway_runtime import environment; environment.prepare()",
            &[("SECRET_KEY", "@Microsoft.KeyVault(SecretUri=https://v/secrets/k)"), ("EMAIL_HOST", "smtp")],
        ),
        @"django.core.exceptions.ImproperlyConfigured: the environment is incomplete; not set: DATABASE_URL, STRIPE_SECRET_KEY; not read from the vault: SECRET_KEY"
    );
}

#[test]
fn a_wrong_address_is_refused_without_being_shown() {
    let mut variables = COMPLETE;
    variables[0].1 = "postgresql://owner:hidden@host:port/shop";
    let message = overlay(
        "from taxiway_runtime import environment; environment.prepare()",
        &variables,
    );
    insta::assert_snapshot!(message, @"django.core.exceptions.ImproperlyConfigured: DATABASE_URL is no valid URL");
}

#[test]
fn the_projects_variables_get_the_parts_of_the_address() {
    let script = "
import os
from taxiway_runtime import environment
environment.prepare()
for name in ('DB_ENGINE', 'DB_HOST', 'DB_NAME', 'DB_USER', 'DB_PASSWORD', 'ALLOWED_HOSTS'):
    print(name, os.environ[name])
";
    insta::assert_snapshot!(overlay(script, &COMPLETE), @"
    DB_ENGINE django.db.backends.postgresql
    DB_HOST 127.0.0.1
    DB_NAME shop
    DB_USER own@er
    DB_PASSWORD p/w
    ALLOWED_HOSTS shop.localhost,shop-staging.localhost,shop.example
    ");
}

/// An identity endpoint that gives `token-1`, `token-2`, …, after saying once that it is busy, and the script that asks it.
const TOKENS: &str = "
import http.server, json, os, threading, time
asked = []
class Endpoint(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        asked.append((self.path, self.headers['X-IDENTITY-HEADER']))
        busy = len(asked) == 1
        self.send_response(429 if busy else 200)
        self.end_headers()
        life = 60 if len(asked) == 2 else 4000
        answer = {'access_token': f'token-{len(asked) - 1}', 'expires_on': str(int(time.time()) + life)}
        self.wfile.write(json.dumps(answer).encode())
    def log_message(self, *arguments):
        pass
server = http.server.HTTPServer(('127.0.0.1', 0), Endpoint)
threading.Thread(target=server.serve_forever, daemon=True).start()
os.environ['IDENTITY_ENDPOINT'] = f'http://127.0.0.1:{server.server_port}/msi/token'
from taxiway_runtime import environment, identity
identity.time.sleep = lambda seconds: None
";

#[test]
fn tokens_are_kept_until_they_end_and_replaced_when_refused() {
    let script = format!(
        "{TOKENS}
print(identity.signs_in(), identity.token(), identity.token(), identity.token())
print(identity.renew('an older one'), identity.renew('token-2'), identity.token())
print(asked[0])
print(environment.database_parts()['password'])
"
    );
    let mut variables = COMPLETE.to_vec();
    variables[0].1 = "postgresql://id-shop@127.0.0.1:5433/shop?sslmode=prefer";
    variables.extend([
        ("DATABASE_SIGN_IN", "identity"),
        ("AZURE_CLIENT_ID", "c"),
        ("IDENTITY_HEADER", "h"),
        ("HTTP_PROXY", "http://127.0.0.1:9"),
    ]);
    insta::assert_snapshot!(overlay(&script, &variables), @"
    True token-1 token-2 token-2
    token-2 token-3 token-3
    ('/msi/token?api-version=2019-08-01&resource=https%3A%2F%2Fossrdbms-aad.database.windows.net&client_id=c', 'h')
    managed-identity
    ");
}

/// Libraries still write the name that Django gave up: dj-database-url before 1.0, for one.
#[test]
fn the_former_name_of_djangos_backend_is_the_backend() {
    let script = "
from taxiway_runtime import environment, identity
engine = environment.databases({'default': {'ENGINE': 'django.db.backends.postgresql_psycopg2'}})['default']['ENGINE']
print(engine, identity.wrapped_engine)
";
    let mut variables = COMPLETE.to_vec();
    variables.push(("DATABASE_SIGN_IN", "identity"));
    insta::assert_snapshot!(overlay(script, &variables), @"taxiway_runtime.postgresql django.db.backends.postgresql");
}

#[test]
fn a_database_behind_a_pooler_gets_no_cursors_that_outlive_a_transaction() {
    let script = "
from taxiway_runtime import environment
default = environment.databases({})['default']
print(default['ENGINE'], default.get('DISABLE_SERVER_SIDE_CURSORS', False), 'pool' in default['OPTIONS'])
";
    let mut variables = COMPLETE.to_vec();
    let plain = overlay(script, &variables);
    variables.extend([("DATABASE_SIGN_IN", "identity"), ("DATABASE_POOLER", "on")]);
    let pooled = overlay(script, &variables);
    insta::assert_snapshot!(plain + &pooled, @"
    django.db.backends.postgresql False False
    taxiway_runtime.postgresql True False
    ");
}

#[test]
fn uploads_go_to_the_storage_account_where_there_is_one() {
    let script = "
import sys, types
azure = types.ModuleType('azure.identity')
azure.ManagedIdentityCredential = lambda client_id: f'identity {client_id}'
sys.modules['azure'] = types.ModuleType('azure')
sys.modules['azure.identity'] = azure
from taxiway_runtime import environment
environment.project.KEEP_MEDIA = True
for version in ((5, 2), (3, 2)):
    environment.django.VERSION = version
    settings = {}
    environment.keep_media(settings)
    print(settings)
";
    let mut variables = COMPLETE.to_vec();
    let without = overlay(script, &variables);
    variables.extend([
        ("AZURE_STORAGE_ACCOUNT_NAME", "stshop"),
        ("AZURE_CLIENT_ID", "c"),
    ]);
    insta::assert_snapshot!(without + &overlay(script, &variables), @"
    {}
    {}
    {'STORAGES': {'staticfiles': {'BACKEND': 'django.contrib.staticfiles.storage.StaticFilesStorage'}, 'default': {'BACKEND': 'storages.backends.azure_storage.AzureStorage', 'OPTIONS': {'account_name': 'stshop', 'azure_container': 'media', 'token_credential': 'identity c', 'expiration_secs': 3600, 'overwrite_files': False}}}}
    {'DEFAULT_FILE_STORAGE': 'storages.backends.azure_storage.AzureStorage', 'AZURE_ACCOUNT_NAME': 'stshop', 'AZURE_CONTAINER': 'media', 'AZURE_TOKEN_CREDENTIAL': 'identity c', 'AZURE_URL_EXPIRATION_SECS': 3600, 'AZURE_OVERWRITE_FILES': False}
    ");
}

#[test]
fn a_site_without_an_identity_says_so() {
    let variables = [("DATABASE_SIGN_IN", "identity")];
    insta::assert_snapshot!(overlay("from taxiway_runtime import identity; identity.token()", &variables), @"taxiway_runtime.identity.NoToken: 'IDENTITY_ENDPOINT' is not set: the site has no managed identity");
}

#[test]
fn error_trackers_hear_of_the_release_and_keep_what_the_project_says() {
    let script = "
import os, pathlib
pathlib.Path('taxiway-release.json').write_text('{\"release\": \"0123456789ab\"}')
from taxiway_runtime import environment
environment.prepare()
print(os.environ['SENTRY_RELEASE'], os.environ['SENTRY_ENVIRONMENT'])
print(environment.rollbar({'access_token': 't', 'environment': 'theirs'}))
";
    let mut variables = COMPLETE.to_vec();
    variables.extend([
        ("TAXIWAY_ENVIRONMENT", "production"),
        ("SENTRY_ENVIRONMENT", "shop-live"),
    ]);
    insta::assert_snapshot!(overlay(script, &variables), @"
    0123456789ab shop-live
    {'code_version': '0123456789ab', 'environment': 'theirs', 'access_token': 't'}
    ");
}

#[test]
fn a_middleware_that_telemetry_inserts_comes_after_the_probes() {
    let script = "
import os, sys, types
for name in ('shop', 'shop.settings', 'shop.settings.production'):
    sys.modules[name] = types.ModuleType(name)
from taxiway_runtime import settings
middleware = list(settings.MIDDLEWARE)
middleware.insert(int(os.environ['OTEL_PYTHON_DJANGO_MIDDLEWARE_POSITION']), 'telemetry')
print(middleware[:2])
";
    insta::assert_snapshot!(overlay(script, &COMPLETE), @"['taxiway_runtime.health.middleware', 'telemetry']");
}

#[test]
fn settings_that_ask_which_command_runs_hear_of_migrate() {
    let script = "
import django, sys
from unittest.mock import MagicMock
for name in ('django.db', 'django.db.backends.signals', 'django.db.utils'):
    sys.modules[name] = MagicMock()
django.setup = lambda: sys.exit(print(sys.argv[1:]))
from taxiway_runtime import migrate
migrate.main()
";
    insta::assert_snapshot!(overlay(script, &COMPLETE), @"['migrate']");
}

#[test]
fn the_build_needs_neither_secrets_nor_a_database() {
    let script = "
import os
from taxiway_runtime import environment
environment.prepare()
print(os.environ['STRIPE_SECRET_KEY'], os.environ['DB_HOST'], os.environ['SECRET_KEY'][:20])
";
    let variables = [
        ("TAXIWAY_BUILD", "1"),
        (
            "STRIPE_SECRET_KEY",
            "@Microsoft.KeyVault(SecretUri=https://v/secrets/s)",
        ),
    ];
    insta::assert_snapshot!(overlay(script, &variables), @"1 localhost only-used-while-buil");
}

#[test]
fn the_projects_own_settings_are_kept_where_the_platform_has_no_say() {
    let script = "
from taxiway_runtime import environment as it
kept = it.databases({'default': {'ENGINE': 'django_prometheus.db.backends.postgresql', 'CONN_MAX_AGE': 5, 'OPTIONS': {'connect_timeout': 3}}, 'other': {}})
print(sorted(kept), kept['default']['ENGINE'], kept['default']['CONN_MAX_AGE'], kept['default']['OPTIONS'])
replaced = it.databases({'default': {'ENGINE': 'django.db.backends.sqlite3', 'OPTIONS': {'timeout': 20}, 'ATOMIC_REQUESTS': True}})['default']
print(replaced['ENGINE'], replaced['OPTIONS'], replaced['ATOMIC_REQUESTS'], replaced['PORT'])
print(it.allowed_hosts(['*', 'old.example']))
print(it.trusted_origins(['https://partner.example'], False))
print(it.hsts_seconds(0, True), it.hsts_seconds(31536000, True), it.hsts_seconds(31536000, False))
";
    insta::assert_snapshot!(overlay(script, &COMPLETE), @"
    ['default', 'other'] django_prometheus.db.backends.postgresql 5 {'connect_timeout': 3, 'sslmode': 'prefer'}
    django.db.backends.postgresql {'connect_timeout': 10, 'sslmode': 'prefer'} True 5433
    ['shop.localhost', 'shop-staging.localhost', 'shop.example', 'old.example']
    ['http://shop.localhost:8080', 'http://shop-staging.localhost:8080', 'http://shop.example', 'https://partner.example']
    3600 31536000 0
    ");
}

#[test]
fn whitenoise_is_added_where_nothing_else_serves_static_files() {
    let script = r#"
from taxiway_runtime import environment as it
security = 'django.middleware.security.SecurityMiddleware'
def check(**settings):
    settings = {'INSTALLED_APPS': ['django.contrib.staticfiles'], 'MIDDLEWARE': ['health', security, 'last'], **settings}
    it.serve_static_files(settings)
    print([name.rpartition('.')[2] for name in settings['MIDDLEWARE']], settings.get('STORAGES', {}).get('staticfiles'))
check()
check(MIDDLEWARE=['health', 'last'], STORAGES={'staticfiles': {'BACKEND': 'django.contrib.staticfiles.storage.ManifestStaticFilesStorage'}})
check(MIDDLEWARE=['health', 'whitenoise.middleware.WhiteNoiseMiddleware'])
check(STORAGES={'staticfiles': {'BACKEND': 'storages.backends.gcloud.GoogleCloudStorage'}})
check(INSTALLED_APPS=[])
"#;
    insta::assert_snapshot!(overlay(script, &COMPLETE), @"
    ['health', 'SecurityMiddleware', 'WhiteNoiseMiddleware', 'last'] {'BACKEND': 'whitenoise.storage.CompressedStaticFilesStorage'}
    ['health', 'WhiteNoiseMiddleware', 'last'] {'BACKEND': 'django.contrib.staticfiles.storage.ManifestStaticFilesStorage'}
    ['health', 'WhiteNoiseMiddleware'] None
    ['health', 'SecurityMiddleware', 'last'] {'BACKEND': 'storages.backends.gcloud.GoogleCloudStorage'}
    ['health', 'SecurityMiddleware', 'last'] None
    ");
}

#[test]
fn pages_name_the_front_end_that_was_built() {
    let script = r#"
from taxiway_runtime import environment as it
def check(**settings):
    it.use_built_front_end(settings)
    print(settings)
check(DJANGO_VITE={'default': {'dev_mode': True, 'manifest_path': 'dist/manifest.json'}, 'other': {}})
check(DJANGO_VITE_DEV_MODE=True, DJANGO_VITE_ASSETS_PATH='dist')
check(DEBUG=False)
"#;
    insta::assert_snapshot!(overlay(script, &COMPLETE), @"
    {'DJANGO_VITE': {'default': {'dev_mode': False, 'manifest_path': 'dist/manifest.json'}, 'other': {'dev_mode': False}}}
    {'DJANGO_VITE_DEV_MODE': False, 'DJANGO_VITE_ASSETS_PATH': 'dist'}
    {'DEBUG': False}
    ");
}

#[test]
fn a_log_line_is_one_object_and_names_the_projects_own_line() {
    let script = r#"
import json, logging, pathlib
pathlib.Path('views.py').write_text('def total(items):\n    return sum(items) / len(items)\n')
import views
from taxiway_runtime.logging import JsonFormatter, NoProbes
try:
    views.total([])
except ZeroDivisionError as error:
    record = logging.LogRecord('shop', logging.ERROR, __file__ if '__file__' in globals() else '', 1, 'no %s', ('total',), (type(error), error, error.__traceback__))
record.order = 7
line = JsonFormatter().format(record)
event = json.loads(line)
print(len(line.splitlines()), event['level'], event['message'], event['place'], event['order'])
probe = logging.LogRecord('gunicorn.access', logging.INFO, '', 1, '', ({'m': 'GET', 'U': '/healthz/ready', 's': '200', 'B': 2, 'M': 1, 'h': '-'},), None)
print(NoProbes().filter(probe))
"#;
    insta::assert_snapshot!(overlay(script, &[]), @"
    1 ERROR no total views.py:2 7
    False
    ");
}

#[test]
fn every_python_file_compiles() {
    for sample in SAMPLES {
        let folder = tempfile::tempdir().unwrap();
        let mut paths = Vec::new();
        for file in generate(sample) {
            if file.path.extension() == Some("py") {
                let path = folder.path().join(&file.path);
                std::fs::create_dir_all(path.parent().unwrap()).unwrap();
                std::fs::write(&path, &file.text).unwrap();
                paths.push(path);
            }
        }
        let mut arguments = vec!["-W", "error", "-m", "py_compile"];
        arguments.extend(paths.iter().map(|path| path.to_str().unwrap()));
        let output = python(folder.path(), &arguments, &[]);
        assert!(
            output.status.success(),
            "{}",
            String::from_utf8_lossy(&output.stderr)
        );
        let expected = match sample {
            "chat" | "shop" => 12,
            "links" => 15,
            "two" => 26,
            "hello" => 8,
            _ => 14,
        };
        assert_eq!(paths.len(), expected, "{sample}");
    }
}

#[test]
fn the_settings_import_those_of_the_project() {
    for (sample, import) in [
        ("shop", "from shop.settings.production import *"),
        ("chat", "from chat.settings import *"),
    ] {
        let files = generate(sample);
        let settings = files
            .iter()
            .find(|file| file.path.ends_with("taxiway_runtime/settings.py"));
        let text = &settings.unwrap().text;
        assert_eq!(text.matches(import).count(), 1, "{sample}");
        assert!(!text.contains("from project.settings"), "{sample}");
    }
}

/// What the shop's WebJob for Celery prints, with a Celery that says how it was started and waits for its end.
fn worker(setting: Option<&str>) -> String {
    const CELERY: &str = "#!/bin/sh\ntrap 'echo finishes; exit 0' TERM\necho \"celery $*\"\n: > ready\nwhile :; do sleep 0.05; done\n";
    const END: &str = r#"
import os, subprocess, sys, time
job = "App_Data/jobs/continuous/celery/run.sh"
process = subprocess.Popen(["sh", job], stdout=subprocess.PIPE, text=True)
if os.environ.get("TAXIWAY_BACKGROUND") == "on":
    while not os.path.exists("ready"):
        time.sleep(0.01)
else:
    print(process.stdout.readline(), end="")
open("shutdown", "w").close()
print(process.stdout.read(), end="")
print("code", process.wait())
"#;
    let folder = tempfile::tempdir().unwrap();
    let celery = ("bin/celery".to_owned(), CELERY.to_owned());
    let files = generate("shop")
        .into_iter()
        .map(|file| (file.path.into_string(), file.text));
    for (path, text) in files.chain([celery]) {
        let path = folder.path().join(path);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(&path, text).unwrap();
        let mode = std::os::unix::fs::PermissionsExt::from_mode(0o755);
        std::fs::set_permissions(&path, mode).unwrap();
    }
    let path = format!("{}/bin:/usr/bin:/bin", folder.path().display());
    let mut variables = vec![("WEBJOBS_SHUTDOWN_FILE", "shutdown"), ("PATH", &path)];
    variables.extend(setting.map(|setting| ("TAXIWAY_BACKGROUND", setting)));
    let output = python(folder.path(), &["-c", END], &variables);
    String::from_utf8(output.stdout).unwrap()
}

#[test]
fn a_worker_works_where_that_is_on_and_ends_when_it_is_told_to() {
    insta::assert_snapshot!(worker(Some("on")), @"
    celery -A shop worker --loglevel INFO --concurrency 2
    finishes
    code 0
    ");
    insta::assert_snapshot!(worker(Some("off")), @"
    TAXIWAY_BACKGROUND is not on here: no work is taken up
    code 0
    ");
    insta::assert_snapshot!(worker(None), @"
    TAXIWAY_BACKGROUND is not on here: no work is taken up
    code 0
    ");
}

#[test]
fn without_a_database_nothing_asks_for_one() {
    const SCRIPT: &str = "
from taxiway_runtime import environment, project
project.HAS_DATABASE = False
project.REQUIRED.remove('DATABASE_URL')
environment.prepare()
print(environment.databases({'default': {'ENGINE': 'django.db.backends.sqlite3'}}))
";
    let variables: Vec<(&str, &str)> = COMPLETE
        .into_iter()
        .filter(|(name, _)| *name != "DATABASE_URL")
        .collect();
    insta::assert_snapshot!(overlay(SCRIPT, &variables), @"{}");
}
