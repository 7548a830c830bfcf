//! What starts the web process: the server, what it is pointed at, and the port.

use camino::Utf8PathBuf;
use taxiway_diagnostics::Place;

use crate::document::{Entrypoint, Interface, Port};
use crate::evidence::{Command, Origin, Survey, paste};
use crate::manifest::installation::Installation;
use crate::repository::{Repository, join};

/// Servers, with the interface they speak unless told otherwise.
const SERVERS: [(&str, Interface); 16] = [
    ("gunicorn", Interface::Wsgi),
    ("uvicorn", Interface::Asgi),
    ("daphne", Interface::Asgi),
    ("hypercorn", Interface::Asgi),
    ("granian", Interface::Asgi),
    ("uwsgi", Interface::Wsgi),
    ("waitress-serve", Interface::Wsgi),
    ("waitress", Interface::Wsgi),
    ("mod_wsgi-express", Interface::Wsgi),
    ("fastapi", Interface::Asgi),
    ("gunicorn_conf", Interface::Wsgi),
    ("bjoern", Interface::Wsgi),
    ("gunicorn.app.wsgiapp", Interface::Wsgi),
    ("litestar", Interface::Asgi),
    ("pserve", Interface::Wsgi),
    ("sanic", Interface::Other),
];

/// What was found about the web process.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Start {
    /// The distribution of the server.
    pub(crate) server: String,
    pub(crate) interface: Interface,
    /// What it is pointed at, if the command says so.
    pub(crate) target: Option<Entrypoint>,
    /// The folder that it changes to.
    pub(crate) folder: Option<Utf8PathBuf>,
    pub(crate) port: Option<Port>,
    pub(crate) place: Place,
    pub(crate) origin: Origin,
    /// Whether FastAPI's own command starts it.
    pub(crate) is_fastapi: bool,
    /// Whether Litestar's own command starts it, which prefers Granian.
    pub(crate) is_litestar: bool,
    /// The file of settings that the command names.
    pub(crate) configuration: Option<String>,
}

/// The command that starts the web process in production, if some file has one.
pub(crate) fn find(
    repository: &Repository<'_>,
    survey: &Survey,
    folders: &[Utf8PathBuf],
) -> Option<Start> {
    let mut found = all(repository, survey, folders);
    let best = found.iter().position(|start| start.target.is_some());
    let mut chosen = match best {
        Some(at) => found.swap_remove(at),
        None => found
            .into_iter()
            .next()
            .or_else(|| by_paste(repository, folders))?,
    };
    if chosen.server == "gunicorn" {
        apply_configuration(repository, folders, &mut chosen);
    }
    Some(chosen)
}

/// Every command that starts a server, the most trusted first.
pub(crate) fn all(
    repository: &Repository<'_>,
    survey: &Survey,
    folders: &[Utf8PathBuf],
) -> Vec<Start> {
    let mut found: Vec<Start> = survey
        .commands
        .iter()
        .filter_map(|command| read(repository, command, folders))
        .collect();
    // A command that says what it starts is worth more than one that leaves it to a configuration file.
    found.sort_by_key(|start| (start.origin, start.target.is_none()));
    found
}

fn read(repository: &Repository<'_>, command: &Command, folders: &[Utf8PathBuf]) -> Option<Start> {
    let program = command.program();
    let (name, interface) = SERVERS.iter().find(|(name, _)| *name == program).copied()?;
    let runs = command.words.iter().any(|word| word == "run");
    if matches!(name, "fastapi" | "litestar") && !runs {
        return None;
    }
    let ini = match name {
        "pserve" => command
            .words
            .iter()
            .skip(1)
            .find(|word| word.contains(".ini"))
            .map(String::as_str),
        _ => command.option(&["--paste", "--paster"]),
    };
    let paste = ini.and_then(|ini| paste::named(repository, folders, ini));
    let served_by = paste.as_ref().and_then(|paste| paste.server.clone());
    let server = match name {
        "waitress-serve" => "waitress",
        "mod_wsgi-express" => "mod-wsgi",
        "fastapi" | "litestar" => "uvicorn",
        "gunicorn.app.wsgiapp" => "gunicorn",
        "pserve" => served_by.as_deref().unwrap_or("waitress"),
        name => name,
    };
    let class = command
        .option(&["-k", "--worker-class"])
        .unwrap_or_default();
    let mut interface = if class.contains("uvicorn") || class == "asgi" || class.contains("daphne")
    {
        Interface::Asgi
    } else {
        interface
    };
    match command.option(&["--interface"]) {
        Some("wsgi") => interface = Interface::Wsgi,
        Some("asgi" | "asginl" | "asgi3") => interface = Interface::Asgi,
        _ => {}
    }
    Some(Start {
        server: server.to_owned(),
        interface,
        target: target(repository, command, folders)
            .or_else(|| paste.as_ref().and_then(|paste| paste.factory.clone())),
        folder: command
            .option(&["--chdir", "--app-dir", "--working-dir"])
            .map(Utf8PathBuf::from)
            .or_else(|| command.folder.clone()),
        port: port(command).or_else(|| paste.and_then(|paste| paste.port)),
        place: command.place.clone(),
        origin: command.origin,
        is_fastapi: name == "fastapi",
        is_litestar: name == "litestar",
        configuration: command
            .option(&["--config", "-c"])
            .map(|file| file.trim_start_matches("file:").to_owned()),
    })
}

/// What Pyramid's own command would serve, where no file has a command.
fn by_paste(repository: &Repository<'_>, folders: &[Utf8PathBuf]) -> Option<Start> {
    let paste = folders
        .iter()
        .find_map(|folder| paste::of_production(repository, folder))?;
    Some(Start {
        server: paste.server?,
        interface: Interface::Wsgi,
        target: paste.factory,
        folder: None,
        port: paste.port,
        place: paste.place,
        origin: Origin::Script,
        is_fastapi: false,
        is_litestar: false,
        configuration: None,
    })
}

/// The `module:attribute` in the words of a command.
fn target(
    repository: &Repository<'_>,
    command: &Command,
    folders: &[Utf8PathBuf],
) -> Option<Entrypoint> {
    if command.program() == "uwsgi" {
        if let Some(module) = command.option(&["--module", "--wsgi", "-w"]) {
            let callable = command.option(&["--callable"]).unwrap_or("application");
            let text = if module.contains(':') {
                module.to_owned()
            } else {
                format!("{module}:{callable}")
            };
            return text.parse().ok();
        }
        let file = command.option(&["--wsgi-file"])?;
        let file = file.trim_start_matches("./");
        if !file.ends_with(".py") {
            return None;
        }
        let module = file.trim_end_matches(".py").replace('/', ".");
        let callable = command.option(&["--callable"]).unwrap_or("application");
        let module = folders
            .iter()
            .find_map(|folder| {
                let inside = file.strip_prefix(&format!("{folder}/"))?;
                (!folder.as_str().is_empty())
                    .then(|| inside.trim_end_matches(".py").replace('/', "."))
            })
            .unwrap_or(module);
        return Some(Entrypoint::callable(
            module.trim_start_matches('.'),
            callable,
        ));
    }
    command.words.iter().skip(1).find_map(|word| {
        let bare = word.trim_matches(['"', '\'']);
        let (module, attribute) = match bare.split_once(':') {
            Some((module, attribute)) => (module, attribute),
            None if bare.contains('.') => (bare, "application"),
            None => return None,
        };
        if !is_dotted(module) || !is_importable(repository, module, folders) {
            return None;
        }
        let (attribute, is_factory) = match attribute.split_once('(') {
            Some((name, _)) => (name, true),
            None => (
                attribute,
                command.words.iter().any(|word| word == "--factory"),
            ),
        };
        (!attribute.is_empty()).then(|| {
            if is_factory {
                Entrypoint::factory(module, attribute)
            } else {
                Entrypoint::callable(module, attribute)
            }
        })
    })
}

fn is_dotted(text: &str) -> bool {
    !text.is_empty()
        && text.split('.').all(|part| {
            !part.is_empty()
                && !part.starts_with(|first: char| first.is_ascii_digit())
                && part
                    .chars()
                    .all(|character| character.is_alphanumeric() || character == '_')
        })
}

/// Whether a module is in one of the folders.
pub(crate) fn is_importable(
    repository: &Repository<'_>,
    module: &str,
    folders: &[Utf8PathBuf],
) -> bool {
    let relative = module.replace('.', "/");
    folders.iter().any(|folder| {
        join(folder, &relative).is_some_and(|base| {
            repository.is_file(&Utf8PathBuf::from(format!("{base}.py")))
                || repository.is_file(&base.join("__init__.py"))
        })
    })
}

/// The port that a command listens on.
fn port(command: &Command) -> Option<Port> {
    // What the same script sets before.
    let set = |written: &str| {
        let name = written.strip_prefix('$')?.trim_matches(['{', '}']);
        let set = command.variables.iter().rev().find(|(own, _)| own == name);
        set.map(|(_, value)| match value.split_once(":-") {
            Some((_, default)) => default.trim_end_matches('}').to_owned(),
            None => value.clone(),
        })
    };
    if let Some(value) = command
        .option(&["--bind", "-b", "--port", "-p"])
        .and_then(set)
    {
        return parse_port(value.rsplit(':').next().unwrap_or(&value));
    }
    let written = command.option(&["--port", "-p"]).or_else(|| {
        let bound = command.option(&["--bind", "-b", "--http", "--http-socket", "--listen"])?;
        // A colon may stand inside of `${PORT:-8000}`.
        let start = bound
            .rfind("${")
            .unwrap_or_else(|| bound.rfind(':').map_or(0, |at| at + 1));
        Some(&bound[start..])
    })?;
    parse_port(written)
}

/// `8000`, `$PORT`, `${PORT:-8000}`.
pub(crate) fn parse_port(text: &str) -> Option<Port> {
    let text = text.trim_matches(['"', '\'', ' ']);
    if let Ok(number) = text.parse() {
        return Some(Port::Number(number));
    }
    let name = text
        .strip_prefix("$(")
        .or_else(|| text.strip_prefix("${"))
        .or_else(|| text.strip_prefix('$'))?;
    let name: String = name
        .chars()
        .take_while(|character| character.is_ascii_alphanumeric() || *character == '_')
        .collect();
    if let Some((_, default)) = text.split_once(":-")
        && let Ok(number) = default.trim_end_matches(['}', ')']).parse()
    {
        return Some(Port::Number(number));
    }
    (!name.is_empty()).then(|| Port::Variable(format!("${name}")))
}

/// What Gunicorn's own file adds: the worker class, the port, the application.
fn apply_configuration(repository: &Repository<'_>, folders: &[Utf8PathBuf], start: &mut Start) {
    let Some(text) = configuration(repository, folders, start.configuration.as_deref()) else {
        return;
    };
    for line in text.lines() {
        let Some((name, value)) = line.split_once('=') else {
            continue;
        };
        let value = value.trim();
        match name.trim() {
            "worker_class" if value.contains("uvicorn") => start.interface = Interface::Asgi,
            "bind" if start.port.is_none() => start.port = port_in(value),
            "wsgi_app" if start.target.is_none() => {
                start.target = value.trim_matches(['"', '\'']).parse().ok();
            }
            _ => {}
        }
    }
}

/// The file that the command names, else one that Gunicorn finds by itself or that is usual.
fn configuration<'r>(
    repository: &'r Repository<'_>,
    folders: &[Utf8PathBuf],
    named: Option<&str>,
) -> Option<&'r str> {
    const NAMES: [&str; 6] = [
        "gunicorn.conf.py",
        "gunicorn_config.py",
        "gunicorn_conf.py",
        "gunicorn.py",
        "config/gunicorn.py",
        "conf/gunicorn.conf.py",
    ];
    let names = named.into_iter().chain(NAMES);
    names
        .flat_map(|name| folders.iter().map(move |folder| (folder, name)))
        .find_map(|(folder, name)| repository.text(&join(folder, name)?))
}

/// The port at the end of an address in Python source: `"0.0.0.0:8000"`, `f"…:{os.environ.get('PORT', '8000')}"`.
fn port_in(value: &str) -> Option<Port> {
    let value = value.trim().trim_matches(['f', '[', ']', '"', '\'']);
    let after = value.rsplit(':').next()?;
    let digits: String = after.chars().filter(char::is_ascii_digit).collect();
    if after.chars().all(|character| character.is_ascii_digit()) && !digits.is_empty() {
        return digits.parse().ok().map(Port::Number);
    }
    if value.contains("PORT") {
        let number: String = value
            .chars()
            .rev()
            .skip_while(|character| !character.is_ascii_digit())
            .take_while(char::is_ascii_digit)
            .collect();
        let number: String = number.chars().rev().collect();
        return Some(match number.parse::<u16>() {
            Ok(number) if number > 0 => Port::Number(number),
            _ => Port::Variable("$PORT".to_owned()),
        });
    }
    None
}

/// The port by other files, where no command names one.
pub(crate) fn port_of_files(survey: &Survey) -> Option<(Port, Place)> {
    survey
        .ports
        .iter()
        .filter(|(text, origin, _)| {
            let is_of_a_database = matches!(
                text.as_str(),
                "5432" | "6379" | "3306" | "5672" | "9200" | "11211" | "27017" | "1025" | "8025"
            );
            *origin != Origin::OtherImage && !is_of_a_database
        })
        .find_map(|(text, _, place)| Some((parse_port(text)?, place.clone())))
}

/// Distributions of servers, with the interface they speak.
const DISTRIBUTIONS: [(&str, Interface); 9] = [
    ("gunicorn", Interface::Wsgi),
    ("uwsgi", Interface::Wsgi),
    ("pyuwsgi", Interface::Wsgi),
    ("daphne", Interface::Asgi),
    ("uvicorn", Interface::Asgi),
    ("hypercorn", Interface::Asgi),
    ("granian", Interface::Asgi),
    ("waitress", Interface::Wsgi),
    ("mod-wsgi", Interface::Wsgi),
];

/// The servers among the requirements.
pub(crate) fn declared_servers(installation: &Installation) -> Vec<&'static str> {
    DISTRIBUTIONS
        .iter()
        .map(|(name, _)| *name)
        .filter(|name| installation.installs(name))
        .collect()
}

/// A server among the requirements.
pub(crate) fn declared_server(installation: &Installation) -> Option<(&'static str, Interface)> {
    DISTRIBUTIONS
        .iter()
        .find(|(name, _)| installation.installs(name))
        .map(|(name, interface)| (if *name == "pyuwsgi" { "uwsgi" } else { *name }, *interface))
}
