//! How gunicorn serves the application: by a file of ours, or by one that loads the project's own first.

use camino::Utf8PathBuf;
use taxiway_app::Service;
use taxiway_platform::{Platform, Server, WebService};

use crate::{relative, sections};

const GUNICORN: &str = include_str!("../../files/gunicorn.conf.py");
/// The part of [`GUNICORN`] that differs by platform, as it is for threads.
const GUNICORN_WORKERS: &str = "\
# The parameters of an environment set both variables:
worker_class = \"gthread\"
workers = int(os.environ.get(\"WEB_CONCURRENCY\") or 2)
threads = int(os.environ.get(\"GUNICORN_THREADS\") or 4)
";
/// What uvicorn's worker needs besides.
const GUNICORN_FOR_UVICORN: &str = include_str!("../../files/gunicorn.uvicorn.py");
const GUNICORN_OVER_THEIRS: &str = include_str!("../../files/gunicorn.taxiway.conf.py");

/// Which file configures the server.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum ServerFile {
    /// A file of ours.
    Ours,
    /// A file of ours that loads the project's own first.
    OverTheirs,
}

impl ServerFile {
    /// Whether the project has a configuration of its own.
    pub(crate) fn find(service: &Service, web: &WebService) -> Self {
        match own_configuration(service, web) {
            Some(_) => Self::OverTheirs,
            None => Self::Ours,
        }
    }

    /// Its name, in the folder that is published.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Ours => "gunicorn.conf.py",
            Self::OverTheirs => "gunicorn.taxiway.conf.py",
        }
    }

    pub(super) fn text(self, service: &Service, platform: &Platform) -> String {
        match self {
            Self::Ours => gunicorn(platform),
            Self::OverTheirs => gunicorn_over_theirs(service, platform),
        }
    }
}

/// The project's own configuration, as seen from the folder that is published; `None` where it is not published.
fn own_configuration(service: &Service, web: &WebService) -> Option<Utf8PathBuf> {
    let path = &service.server_configuration.as_ref()?.path;
    let is_published = web.root == "." || path.starts_with(&web.root);
    is_published.then(|| relative::below(path, &web.root))
}

/// Our defaults, the project's own over them, and what the platform decides over both.
fn gunicorn_over_theirs(service: &Service, platform: &Platform) -> String {
    let web = &platform.service;
    let ours = gunicorn(platform);
    let (_, defaults) = ours
        .split_once("\n\n# As many as")
        .expect("our configuration says how many workers after where it listens");
    let (defaults, _) = defaults
        .split_once("# The health report")
        .expect("our configuration tells the health report how many workers there are");
    let own = own_configuration(service, web).unwrap_or_else(|| "gunicorn.conf.py".into());
    let (threads, class) = match web.server {
        Server::Gunicorn => (
            "threads = int(os.environ.get(\"GUNICORN_THREADS\") or threads)\n",
            "if worker_class == \"asgi\" or \"uvicorn\" in str(worker_class):\n    worker_class = \"gthread\"\n",
        ),
        Server::Uvicorn | Server::Aiohttp => (
            "",
            "if worker_class in (\"sync\", \"gthread\", \"gevent\", \"eventlet\", \"tornado\"):\n    worker_class = \"@WORKER@\"\n",
        ),
    };
    let text = GUNICORN_OVER_THEIRS
        .replace("@DEFAULTS@\n", &format!("# As many as{defaults}"))
        .replace("@OWN@", own.as_str())
        .replace("@WORKERS@", &least_workers(platform).to_string())
        .replace("@THREADS@\n", &format!("{threads}\n"))
        .replace("@CLASS@\n", &format!("{class}\n"))
        .replace("@WORKER@", worker_class(web.server))
        .replace("\"8000\"", &format!("\"{}\"", web.port));
    without_fork_hook(web, text, "\n\n_own_post_fork") + &hook_of_worker_over_theirs(web)
}

/// The fewest processes of any environment.
fn least_workers(platform: &Platform) -> u32 {
    let processes = platform.environments.iter().map(|it| it.workers.processes);
    processes.min().unwrap_or(1)
}

/// What gunicorn runs the application in.
const fn worker_class(server: Server) -> &'static str {
    match server {
        Server::Gunicorn => "gthread",
        Server::Uvicorn => "uvicorn_worker.UvicornWorker",
        Server::Aiohttp => "aiohttp.GunicornWebWorker",
    }
}

/// gunicorn's configuration. What it does after a fork is Django's alone.
fn gunicorn(platform: &Platform) -> String {
    let web = &platform.service;
    let class = worker_class(web.server);
    let (variables, threads) = match web.server {
        Server::Gunicorn => (
            "both variables",
            "threads = int(os.environ.get(\"GUNICORN_THREADS\") or 4)\n",
        ),
        Server::Uvicorn | Server::Aiohttp => ("the variable", ""),
    };
    let least = least_workers(platform);
    let connections = connections(platform);
    let ours = format!(
        "# The parameters of an environment set {variables}:\n{connections}worker_class = \"{class}\"\n\
         workers = int(os.environ.get(\"WEB_CONCURRENCY\") or {least})\n{threads}"
    );
    let text = sections::choose(GUNICORN, &[("database", web.has_database)])
        .replace(GUNICORN_WORKERS, &ours)
        .replace("\"8000\"", &format!("\"{}\"", web.port));
    let text = without_fork_hook(web, text, "\n\ndef post_fork");
    text + hook_of_worker(web)
}

/// What each environment's workers come to, as comments.
fn connections(platform: &Platform) -> String {
    let has_database = platform.service.has_database;
    let environments = platform.environments.iter().filter(|_| has_database);
    let lines = environments.map(|environment| {
        let sum = environment.workers.arithmetic().replace('×', "*");
        format!("#   {}: {sum}\n", environment.name)
    });
    lines.collect()
}

fn hook_of_worker(web: &WebService) -> &'static str {
    match web.server {
        Server::Gunicorn => "",
        Server::Uvicorn => GUNICORN_FOR_UVICORN,
        Server::Aiohttp => "",
    }
}

/// The same, after the hook of the project's own configuration.
fn hook_of_worker_over_theirs(web: &WebService) -> String {
    let theirs = "\n\n_own_post_worker_init = globals().get(\"post_worker_init\")\n";
    let call = "\n    if _own_post_worker_init is not None:\n        _own_post_worker_init(worker)\n    import asyncio\n";
    match hook_of_worker(web) {
        "" => String::new(),
        hook => theirs.to_owned() + &hook.replace("\n    import asyncio\n", call),
    }
}

fn without_fork_hook(web: &WebService, text: String, hook: &str) -> String {
    match text.split_once(hook) {
        Some((before, _)) if web.settings_module.is_none() => before.to_owned(),
        Some(_) | None => text,
    }
}
