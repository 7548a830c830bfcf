//! The overlay around applications that are objects to call, with a driver and applications that are made up.

use crate::python::python;
use crate::sample::generate;

/// Stands in for PostgreSQL's driver: `DATABASE` in the environment says what the database does.
const DRIVER: &str = r#"
import os

class Error(Exception):
    pass

def connect(**options):
    if os.environ.get("DATABASE") == "down":
        raise Error("refused")
    return Connection()

class Connection:
    def cursor(self):
        return self
    def __enter__(self):
        return self
    def __exit__(self, *_):
        return False
    def execute(self, statement, parameters=None):
        self.description = None
    def close(self):
        pass
"#;

const WSGI: &str = r#"
def app(environ, start_response):
    start_response("200 OK", [("Content-Type", "text/plain")])
    return [f"{environ['HTTP_HOST']} {environ['REMOTE_ADDR']}".encode()]
"#;

const ASGI: &str = r#"
async def app(scope, receive, send):
    if scope["type"] == "lifespan":
        print("lifespan")
        return
    await send({"type": "http.response.start", "status": 200, "headers": []})
    await send({"type": "http.response.body", "body": b"theirs"})
"#;

/// Stands in for the library that gives Starlette's plain functions their threads.
const ANYIO: &str = r#"
class Limiter:
    total_tokens = 40

limiter = Limiter()

def current_default_thread_limiter():
    return limiter
"#;

/// Stands in for gunicorn's master, told to stop while a worker still answers.
const STOP: &str = r#"
import os, runpy, signal, threading

stopped = threading.Event()
signal.signal(signal.SIGTERM, lambda number, frame: stopped.set())

class Master:
    WORKERS = {1: "answers"}
    manage_workers = None

hooks = runpy.run_path("gunicorn.conf.py")
hooks["when_ready"].__globals__["LINGER_SECONDS"] = 3600
hooks["when_ready"](Master)
os.kill(os.getpid(), signal.SIGTERM)
print("at once" if stopped.wait(0.3) else "lets in what has knocked")
Master.WORKERS.clear()
print("then stops" if stopped.wait(30) else "never stops")
"#;

const ASK_WSGI: &str = r#"
import json
from taxiway_runtime.application import application

def ask(path, **headers):
    environ = {"PATH_INFO": path, "REMOTE_ADDR": "169.254.1.1", "HTTP_HOST": "shop.example", **headers}
    seen = []
    body = b"".join(application(environ, lambda status, headers: seen.extend([status, dict(headers)])))
    report = json.loads(body)["checks"] if path.endswith("ready") else body.decode()
    trace_id = seen[1].get("X-Trace-Id", "none")
    print(seen[0], report, trace_id[:4] if trace_id[:4] in ("abcd", "none") else "made")

ask("/healthz/ready", HTTP_HOST="wrong.example")
ask("/", HTTP_X_FORWARDED_FOR="10.0.0.9, 203.0.113.7:5123", HTTP_TRACEPARENT="00-abcd0000000000000000000000000001-00000000000000aa-01")
ask("/", HTTP_X_FORWARDED_FOR="[2001:db8::1]:99")
"#;

const ASK_ASGI: &str = r#"
import asyncio, json
from taxiway_runtime.application import application

async def ask(path, host=b"shop.example"):
    sent = []
    async def send(message):
        sent.append(message)
    await application({"type": "http", "path": path, "headers": [(b"host", host)]}, None, send)
    body = sent[1]["body"]
    names = sorted(name.decode() for name, _ in sent[0]["headers"])
    print(sent[0]["status"], json.loads(body)["checks"] if path.endswith("ready") else body.decode(), names)

async def main():
    await ask("/healthz/ready", b"wrong.example")
    await ask("/")
    await application({"type": "lifespan"}, None, None)

asyncio.run(main())
"#;

/// What `script` prints beside the overlay of `sample`.
fn overlay(sample: &str, script: &str, variables: &[(&str, &str)]) -> String {
    let folder = tempfile::tempdir().unwrap();
    let mut files: Vec<(String, String)> = generate(sample)
        .into_iter()
        .map(|file| (file.path.into_string(), file.text))
        .collect();
    for (path, text) in [
        ("psycopg.py", DRIVER),
        ("wsgi.py", WSGI),
        ("notes/main.py", ASGI),
        ("anyio/__init__.py", ""),
        ("anyio/to_thread.py", ANYIO),
    ] {
        files.push((path.to_owned(), text.to_owned()));
    }
    for (path, text) in files {
        let path = folder.path().join(path);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    }
    let mut all = vec![
        ("DATABASE_URL", "postgresql://user:p%40ss@db.example/app"),
        ("SECRET_KEY", "secret"),
    ];
    all.extend(variables);
    all.retain(|(_, value)| !value.is_empty());
    let output = python(folder.path(), &["-c", script], &all);
    let text = String::from_utf8(output.stdout).unwrap();
    if output.status.success() {
        text
    } else {
        let error = String::from_utf8(output.stderr).unwrap();
        error.lines().last().unwrap_or_default().to_owned()
    }
}

#[test]
fn probes_are_answered_whatever_the_host_and_requests_get_an_id() {
    insta::assert_snapshot!(overlay("links", ASK_WSGI, &[]), @"
    200 OK {'database': 'ok'} none
    200 OK shop.example 203.0.113.7 abcd
    200 OK shop.example 2001:db8::1 made
    ");
    insta::assert_snapshot!(overlay("notes", ASK_ASGI, &[]), @"
    200 {'database': 'ok'} ['cache-control', 'content-length', 'content-type']
    200 theirs ['x-trace-id']
    lifespan
    ");
}

#[test]
fn requests_that_hold_a_connection_find_a_thread_to_end_in() {
    let ask = "import asyncio
from anyio.to_thread import limiter
from taxiway_runtime.application import application
asyncio.run(application({'type': 'lifespan'}, None, None))
print(limiter.total_tokens)";
    assert_eq!(overlay("notes", ask, &[]), "lifespan\n256\n");
}

/// How the project's application is brought in, and what serves it.
fn brought_in(framework: &str, interface: &str, entrypoint: &str, seen: &str) -> String {
    let service = serde_json::json!({
        "name": "site", "root": ".", "app_dir": "src",
        "framework": {"name": framework}, "interface": interface, "entrypoint": entrypoint,
        "dependencies": {"manager": "pip", "manifests": ["requirements.txt"]},
        "evidence": {"entrypoint": [seen]}
    });
    let app =
        serde_json::json!({"schema": "taxiway.detect/v1", "kind": "app", "services": [service]});
    let app: taxiway_app::App = serde_json::from_value(app).unwrap();
    let platform = taxiway_platform::decide(&app, &taxiway_platform::Config::default()).unwrap();
    let sources = taxiway_diagnostics::MemorySources::new();
    let files = taxiway_blueprint::files(&sources, &app, &platform);
    let text = |name: &str| {
        let file = files.iter().find(|it| it.path == name);
        file.unwrap().text.as_str()
    };
    let application = text("src/taxiway_runtime/application.py");
    let (_, after) = application.split_once("environment.prepare()\n\n").unwrap();
    let (import, _) = after
        .split_once("\nfrom taxiway_runtime import health")
        .unwrap();
    let mut lines = text("gunicorn.conf.py").lines();
    let class = lines.find(|it| it.starts_with("worker_class"));
    format!("{framework}: {}\n{import}", class.unwrap())
}

#[test]
fn applications_of_every_framework_are_brought_in_as_they_are_made() {
    let all = [
        brought_in("starlette", "asgi", "main:app", "src/main.py:3"),
        brought_in("sanic", "other", "main:app", "src/main.py:3"),
        brought_in("aiohttp", "other", "main:make_app()", "src/main.py:3"),
        brought_in("dash", "wsgi", "main:app.server", "src/main.py:3"),
        brought_in("pyramid", "wsgi", "site1:main()", "production.ini:1"),
        brought_in("pyramid", "wsgi", "site1.wsgi:app", "production.ini:1"),
    ];
    insta::assert_snapshot!(all.join("\n"), @r#"
    starlette: worker_class = "uvicorn_worker.UvicornWorker"
    from main import app as _project  # noqa: E402

    sanic: worker_class = "uvicorn_worker.UvicornWorker"
    from main import app as _project  # noqa: E402

    import logging  # noqa: E402

    # Its loggers have handlers of their own, which know nothing of JSON.
    for _name in ("sanic.root", "sanic.error", "sanic.access", "sanic.server"):
        logging.getLogger(_name).handlers.clear()
        logging.getLogger(_name).propagate = True

    aiohttp: worker_class = "aiohttp.GunicornWebWorker"
    from aiohttp import web  # noqa: E402
    from main import make_app as _make  # noqa: E402

    _project = _make()

    dash: worker_class = "gthread"
    from main import app as _object  # noqa: E402

    _project = _object.server

    pyramid: worker_class = "gthread"
    from site1 import main as _make  # noqa: E402

    from taxiway_runtime import paste, project  # noqa: E402

    _project = paste.load(environment.APP_DIR / project.ROOT / "production.ini", _make)

    pyramid: worker_class = "gthread"
    from site1.wsgi import app as _project  # noqa: E402
    "#);
}

/// Stands in for aiohttp, as far as the overlay asks it, and for an application that is made in the loop.
const AIOHTTP: &str = r#"
class Response:
    def __init__(self, status=200, headers=(), body=b""):
        self.status, self.headers, self.body = status, dict(headers), body

class Application:
    def __init__(self):
        self.middlewares, self.on_response_prepare = [], []

def middleware(function):
    return function

async def make():
    return Application()
"#;

const ASK_AIOHTTP: &str = r#"
import asyncio, json
from aiohttp import web
from taxiway_runtime.application import application

class Request(dict):
    def __init__(self, path):
        self.path, self.headers = path, {}

async def theirs(request):
    return web.Response(body=b"theirs")

async def ask(app, path):
    request = Request(path)
    response = await app.middlewares[0](request, theirs)
    for prepare in app.on_response_prepare:
        await prepare(request, response)
    body = json.loads(response.body)["checks"] if path.endswith("ready") else response.body.decode()
    print(response.status, body, "X-Trace-Id" in response.headers)

async def main():
    app = await application()
    await ask(app, "/healthz/ready")
    await ask(app, "/")

asyncio.run(main())
"#;

#[test]
fn aiohttps_application_answers_probes_before_its_own_middleware() {
    let application = include_str!("../../files/web/aiohttp.py").replace(
        "from project import app as _project  # noqa: E402\n",
        "_project = web.make()\n",
    );
    let write = format!(
        "import os, pathlib\nos.mkdir('aiohttp')\npathlib.Path('aiohttp/__init__.py').touch()\n\
         pathlib.Path('aiohttp/web.py').write_text({AIOHTTP:?})\n\
         pathlib.Path('taxiway_runtime/application.py').write_text({application:?})\n"
    );
    let ask =
        |variables: &[(&str, &str)]| overlay("notes", &(write.clone() + ASK_AIOHTTP), variables);
    insta::assert_snapshot!(ask(&[]), @"
    200 {'database': 'ok'} False
    200 theirs True
    ");
    assert!(ask(&[("DATABASE", "down")]).starts_with("503 {'database': 'unreachable'}"));
}

/// The project's own configuration: what of it holds, with hooks of both.
const OWN: &str = r#"
import multiprocessing, os
beside = os.path.basename(__file__)
bind = "127.0.0.1:5000"
workers = multiprocessing.cpu_count() * 2 + 1
threads = 7
worker_class = "WORKER_CLASS"
timeout = 600
graceful_timeout = 120
keepalive = 3
preload_app = daemon = True
errorlog = "/var/log/nowhere/error.log"
forwarded_allow_ips = "10.0.0.1"
logger_class = "theirs.Logger"

def when_ready(server):
    print("their hook")
"#;

const LOAD: &str = r#"
import runpy
values = runpy.run_path("gunicorn.taxiway.conf.py")
names = "beside bind workers worker_class timeout graceful_timeout keepalive max_requests preload_app daemon errorlog accesslog forwarded_allow_ips logconfig_dict"
for name in names.split():
    print(name, values[name])
class Master:
    WORKERS = {}
values["when_ready"](Master)
"#;

#[test]
fn the_projects_own_server_configuration_holds_as_far_as_the_platform_lets_it() {
    let loaded = |sample: &str, class: &str| {
        let (mut app, platform) = crate::sample::platform(sample);
        app.services[0].server_configuration = Some(taxiway_app::ServerConfiguration {
            path: "etc/web.py".into(),
            settings: Vec::new(),
        });
        let folder = tempfile::tempdir().unwrap();
        let files =
            taxiway_blueprint::files(&taxiway_diagnostics::MemorySources::new(), &app, &platform);
        let server = files
            .iter()
            .find(|it| it.path == "gunicorn.taxiway.conf.py");
        std::fs::write(
            folder.path().join("gunicorn.taxiway.conf.py"),
            &server.unwrap().text,
        )
        .unwrap();
        std::fs::create_dir(folder.path().join("etc")).unwrap();
        std::fs::write(
            folder.path().join("etc/web.py"),
            OWN.replace("WORKER_CLASS", class),
        )
        .unwrap();
        let output = python(
            folder.path(),
            &["-c", LOAD],
            &[("WEB_CONCURRENCY", "3"), ("PORT", "8123")],
        );
        String::from_utf8(output.stdout).unwrap() + &String::from_utf8(output.stderr).unwrap()
    };
    insta::assert_snapshot!(loaded("links", "gevent"), @r"
    beside web.py
    bind 0.0.0.0:8123
    workers 3
    worker_class gevent
    timeout 230
    graceful_timeout 25
    keepalive 3
    max_requests 10000
    preload_app False
    daemon False
    errorlog -
    accesslog -
    forwarded_allow_ips *
    logconfig_dict {}
    their hook
    ");
    assert!(loaded("links", "uvicorn.workers.UvicornWorker").contains("worker_class gthread\n"));
    assert!(loaded("notes", "sync").contains("worker_class uvicorn_worker.UvicornWorker\n"));
    assert!(loaded("notes", "theirs.Worker").contains("worker_class theirs.Worker\n"));
}

#[test]
fn a_server_that_is_told_to_stop_lets_in_what_has_knocked() {
    for sample in ["links", "notes"] {
        let told = overlay(sample, STOP, &[]);
        assert_eq!(told, "lets in what has knocked\nthen stops\n", "{sample}");
    }
}

#[test]
fn a_database_that_is_down_makes_a_worker_unready_and_nothing_else() {
    let down = [("DATABASE", "down")];
    assert!(
        overlay("links", ASK_WSGI, &down)
            .starts_with("503 Service Unavailable {'database': 'unreachable'}")
    );
    assert!(overlay("notes", ASK_ASGI, &down).starts_with("503 {'database': 'unreachable'}"));
    assert!(overlay("notes", ASK_ASGI, &down).contains("200 theirs"));
}

#[test]
fn an_incomplete_environment_is_named_and_no_value_of_it() {
    insta::assert_snapshot!(overlay("links", ASK_WSGI, &[("SECRET_KEY", "@Microsoft.KeyVault(SecretUri=x)")]), @"taxiway_runtime.environment.IncompleteEnvironment: the environment is incomplete; not read from the vault: SECRET_KEY");
    insta::assert_snapshot!(overlay("links", ASK_WSGI, &[("DATABASE_URL", "mysql://user:hidden@db/app")]), @"taxiway_runtime.environment.IncompleteEnvironment: DATABASE_URL is not like postgresql://user:password@host/name");
}

#[test]
fn a_build_needs_neither_secrets_nor_a_database() {
    let script = "from taxiway_runtime.application import application; print('loads')";
    let build = [("TAXIWAY_BUILD", "1")];
    assert_eq!(overlay("links", script, &build), "loads\n");
}

/// Frameworks hold the host of a request against these without its port, and in the local cloud a site has one.
#[test]
fn hosts_that_the_project_asks_for_have_no_ports() {
    let script = "import os\nfrom taxiway_runtime import environment, project\nproject.HOST_VARIABLES = ['HOSTS']\n\
                  environment.prepare()\nprint(os.environ['HOSTS'])\n";
    for (given, expected) in [
        (
            [
                (
                    "HOSTS",
                    "app.localhost:8080,app-staging.localhost:8080,a.example",
                ),
                ("WEBSITE_HOSTNAME", "x"),
            ],
            "app.localhost,app-staging.localhost,a.example\n",
        ),
        (
            [("HOSTS", ""), ("WEBSITE_HOSTNAME", "app.localhost:8080")],
            "app.localhost\n",
        ),
        ([("HOSTS", ""), ("WEBSITE_HOSTNAME", "")], "localhost\n"),
    ] {
        assert_eq!(overlay("links", script, &given), expected);
    }
}

/// As Azure's Service Connector writes it, which Azure's own samples take apart.
#[test]
fn a_project_may_read_its_address_as_words() {
    let script = "import os\nfrom taxiway_runtime import environment, project\nproject.DATABASE_VARIABLES = {'WORDS': 'keywords'}\n\
                  environment.prepare()\nprint(os.environ['WORDS'])\n";
    insta::assert_snapshot!(overlay("notes", script, &[]), @"dbname=app host=db.example port=5432 sslmode=prefer user=user password=p@ss");
}

/// SQLAlchemy as far as addresses go, with the drivers that are named in `DRIVERS`.
const ENGINES: &str = r#"
import importlib, os, pathlib

def module(path, text=""):
    path = pathlib.Path(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)

REGISTRY = "class registry:\n    known = {}\n    @classmethod\n    def register(cls, name, module, attribute):\n        cls.known[name] = module\n"
URL = """
from urllib.parse import parse_qsl, urlsplit

def make_url(text):
    parts = urlsplit(text)
    return Url(parts.scheme, dict(parse_qsl(parts.query)))

class Url:
    def __init__(self, drivername, query):
        self.drivername, self.query = drivername, query
    def set(self, **changed):
        return Url(**{"drivername": self.drivername, "query": self.query, **changed})
"""
module("sqlalchemy/__init__.py")
module("sqlalchemy/engine.py", URL)
module("sqlalchemy/dialects/__init__.py", REGISTRY)
module("sqlalchemy/dialects/postgresql/__init__.py")
module("sqlalchemy/dialects/postgresql/psycopg.py")
module("sqlalchemy/dialects/postgresql/psycopg2.py")
module("sqlalchemy/ext/__init__.py")
module("sqlalchemy/ext/asyncio/__init__.py", "from . import engine\nfrom .engine import create_async_engine\n")
module("sqlalchemy/ext/asyncio/engine.py", "def create_async_engine(url, **options):\n    return url\n")
module("greenlet.py")
for driver in os.environ["DRIVERS"].split():
    module(f"{driver}.py")
if "no-greenlet" in os.environ["DRIVERS"]:
    os.remove("greenlet.py")
if "psycopg2" in os.environ["DRIVERS"] and "alone" in os.environ["DRIVERS"]:
    os.remove("psycopg.py")
importlib.invalidate_caches()
from taxiway_runtime import engines
engines.name_drivers()
engines.name_drivers()
from sqlalchemy.dialects import registry
from sqlalchemy.engine import make_url
from sqlalchemy.ext.asyncio import create_async_engine
for address in ("postgresql://db.example/app?sslmode=require", "postgresql+asyncpg://db.example/app?sslmode=require&x=1", "sqlite+aiosqlite:///x"):
    url = create_async_engine(address)
    url = url if hasattr(url, "query") else make_url(url)
    print(url.drivername, url.query)
print(registry.known)
"#;

/// Nearly every application that opens its database asynchronously hands its address on as it is.
#[test]
fn an_address_without_a_driver_gets_the_one_that_is_installed() {
    let told = |drivers| overlay("notes", ENGINES, &[("DRIVERS", drivers)]);
    insta::assert_snapshot!(told("asyncpg"), @"
    postgresql+asyncpg {'ssl': 'require'}
    postgresql+asyncpg {'x': '1', 'ssl': 'require'}
    sqlite+aiosqlite {}
    {'postgresql': 'sqlalchemy.dialects.postgresql.psycopg'}
    ");
    insta::assert_snapshot!(told("psycopg2"), @"
    postgresql+psycopg {'sslmode': 'require'}
    postgresql+asyncpg {'x': '1', 'ssl': 'require'}
    sqlite+aiosqlite {}
    {}
    ");
    assert!(told("asyncpg no-greenlet").starts_with("postgresql {'sslmode': 'require'}\n"));
    let alone = told("psycopg2 alone");
    assert!(
        alone.ends_with("{'postgresql': 'sqlalchemy.dialects.postgresql.psycopg2'}\n"),
        "{alone}"
    );
}

/// Commands of the project, started as its WebJobs start them; `tool` is installed, and its entry point is `tool:main`.
#[test]
fn a_command_of_the_project_meets_the_variables_that_the_platform_prepares() {
    const PREPARE: &str = r#"
import os, pathlib, subprocess, sys
pathlib.Path("tool.py").write_text("import os, sys\ndef main():\n    print(os.path.basename(sys.argv[0]), *sys.argv[1:], os.environ['SENTRY_ENVIRONMENT'])\n    return 3\nif __name__ == '__main__':\n    sys.exit(main())\n")
pathlib.Path("tool-1.0.dist-info").mkdir()
pathlib.Path("tool-1.0.dist-info/METADATA").write_text("Metadata-Version: 2.1\nName: tool\nVersion: 1.0\n")
pathlib.Path("tool-1.0.dist-info/entry_points.txt").write_text("[console_scripts]\ntool-run = tool:main\n")
for command in ("tool-run -x 1", "python tool.py -y", "python -m tool z", "nothing"):
    ran = subprocess.run([sys.executable, "-m", "taxiway_runtime.run", *command.split()], capture_output=True, text=True)
    print(ran.returncode, ran.stdout + ran.stderr, end="")
"#;
    insta::assert_snapshot!(overlay("links", PREPARE, &[("TAXIWAY_ENVIRONMENT", "test")]), @"
    3 tool-run -x 1 test
    3 tool.py -y test
    3 tool.py z test
    1 no package that is installed here has a command nothing
    ");
}
