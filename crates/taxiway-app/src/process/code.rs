//! What the project's code defines to run beside the web process, where no file starts it.

use camino::{Utf8Path, Utf8PathBuf};
use taxiway_diagnostics::Place;

use crate::django::project::is_decoy;
use crate::document::ProcessKind;
use crate::evidence::Command;
use crate::evidence::role::is_vendored;
use crate::manifest::installation::Installation;
use crate::repository::{Repository, at_line, folder_of, is_python, join, name_of, seen_from};

/// A process that code defines.
pub(super) struct Defined {
    pub(super) kind: ProcessKind,
    pub(super) tool: &'static str,
    pub(super) app: Option<String>,
    pub(super) place: Place,
}

/// What code of a library looks like that needs a process of its own.
struct Sign {
    /// One of these is installed where the sign means anything.
    distributions: &'static [&'static str],
    kind: ProcessKind,
    tool: &'static str,
    /// The line that tells.
    text: &'static str,
    /// The object in that module that the tool is pointed at; `None` where it is pointed at the module.
    object: Option<&'static str>,
}

const SIGNS: [Sign; 6] = [
    Sign {
        distributions: &["arq"],
        kind: ProcessKind::Worker,
        tool: "arq",
        text: "class WorkerSettings",
        object: Some("WorkerSettings"),
    },
    Sign {
        distributions: &["litestar-saq"],
        kind: ProcessKind::Worker,
        tool: "saq",
        text: "SAQPlugin(",
        object: None,
    },
    Sign {
        distributions: &["saq"],
        kind: ProcessKind::Worker,
        tool: "saq",
        text: "settings = {",
        object: Some("settings"),
    },
    Sign {
        distributions: &["dramatiq"],
        kind: ProcessKind::Worker,
        tool: "dramatiq",
        text: "@dramatiq.actor",
        object: None,
    },
    Sign {
        distributions: &["taskiq"],
        kind: ProcessKind::Worker,
        tool: "custom",
        text: "broker = ",
        object: Some("broker"),
    },
    Sign {
        distributions: &["apscheduler"],
        kind: ProcessKind::Scheduler,
        tool: "custom",
        text: "BlockingScheduler(",
        object: None,
    },
];

/// Schedulers of APScheduler and its extensions that run beside other code in one process.
const IN_PROCESS: [&str; 6] = [
    "BackgroundScheduler(",
    "AsyncIOScheduler(",
    "AsyncScheduler(",
    "GeventScheduler(",
    "TornadoScheduler(",
    "APScheduler(",
];

/// Files of one service that are looked through.
const MOST_FILES: usize = 5000;

/// The processes that signs in the code ask for.
pub(super) fn defined(
    repository: &Repository<'_>,
    app_dir: &Utf8Path,
    installation: &Installation,
) -> Vec<Defined> {
    let mut found = Vec::new();
    for sign in &SIGNS {
        let is_installed = sign
            .distributions
            .iter()
            .any(|name| installation.installs(name));
        if !is_installed {
            continue;
        }
        let library = sign.tool == "saq" || sign.tool == "custom";
        let place = modules(repository, app_dir).find_map(|file| {
            let text = repository.text(file)?;
            let names_library = !library
                || sign
                    .distributions
                    .iter()
                    .any(|name| text.contains(&name.replace('-', "_")));
            if !names_library {
                return None;
            }
            let line = line_with(text, sign.text)?;
            Some((file, line))
        });
        if let Some((file, line)) = place {
            let app = sign.object.map(|object| {
                let module = dotted(app_dir, file);
                let separator = if sign.tool == "custom" { ':' } else { '.' };
                format!("{module}{separator}{object}")
            });
            found.push(Defined {
                kind: sign.kind,
                tool: sign.tool,
                app,
                place: at_line(file, line),
            });
        }
    }
    found
}

/// Where a scheduler is made that runs inside of the web process.
pub(super) fn in_process(
    repository: &Repository<'_>,
    app_dir: &Utf8Path,
    installation: &Installation,
) -> Option<Place> {
    let is_installed = ["apscheduler", "flask-apscheduler", "django-apscheduler"]
        .iter()
        .any(|name| installation.installs(name));
    if !is_installed {
        return None;
    }
    modules(repository, app_dir)
        // A management command is a process of its own.
        .filter(|file| !file.as_str().contains("management/commands/"))
        .find_map(|file| {
            let text = repository.text(file)?;
            if !text.contains("apscheduler") {
                return None;
            }
            let line = IN_PROCESS
                .iter()
                .filter_map(|sign| line_with(text, sign))
                .min()?;
            Some(at_line(file, line))
        })
}

/// The library whose worker a script of the project runs, as RQ has it: `python worker.py`, `python manage.py run_worker`.
pub(super) fn library_of_script(
    repository: &Repository<'_>,
    app_dir: &Utf8Path,
    command: &Command,
) -> Option<&'static str> {
    let script = command.words.iter().find(|word| word.ends_with(".py"))?;
    let folders = [app_dir, "".into()];
    let text = folders
        .iter()
        .find_map(|folder| repository.text(&join(folder, script)?))?;
    // A program with several commands defines each by a function.
    if let Some(name) = command.manage()
        && !text.contains(&format!("def {name}("))
    {
        return None;
    }
    let runs_rq = text.lines().map(str::trim_start).any(|line| {
        (line.starts_with("from rq") && line.contains("Worker")) || line.contains("rq.Worker(")
    });
    runs_rq.then_some("rq")
}

/// The module that makes the project's Celery application.
pub(super) fn celery_app(
    repository: &Repository<'_>,
    app_dir: &Utf8Path,
) -> Option<(String, Place)> {
    let is_usual = |file: &&Utf8Path| {
        matches!(
            file.file_name(),
            Some("celery.py" | "celery_app.py" | "celeryapp.py" | "celeryconf.py")
        )
    };
    modules(repository, app_dir)
        .filter(is_usual)
        .find_map(|file| celery_in(repository, app_dir, file))
        .or_else(|| {
            modules(repository, app_dir)
                .filter(|file| !is_usual(file))
                .find_map(|file| celery_in(repository, app_dir, file))
        })
}

fn celery_in(
    repository: &Repository<'_>,
    app_dir: &Utf8Path,
    file: &Utf8Path,
) -> Option<(String, Place)> {
    let text = repository
        .text(file)
        .filter(|text| text.contains("Celery("))?;
    let line = text.lines().position(|line| {
        let bare = line.replace(' ', "");
        bare.contains("=Celery(") && !bare.starts_with('#')
    })?;
    let relative = file.strip_prefix(app_dir).unwrap_or(file);
    let folder = relative.parent().unwrap_or("".into());
    let module = if file.file_name() == Some("celery.py") && !folder.as_str().is_empty() {
        folder.as_str().replace('/', ".")
    } else {
        dotted(app_dir, file)
    };
    Some((module, at_line(file, line)))
}

/// Where the module of the Celery application says what runs at which times.
pub(super) fn schedule_beside(repository: &Repository<'_>, application: &Place) -> Option<Place> {
    const SCHEDULES: [&str; 3] = ["beat_schedule", "CELERYBEAT_SCHEDULE", "add_periodic_task("];
    let text = repository.text(application.path())?;
    let line = SCHEDULES
        .iter()
        .filter_map(|sign| line_with(text, sign))
        .min()?;
    Some(at_line(application.path(), line))
}

/// Modules below a folder that are neither tests nor somebody else's.
fn modules<'r>(
    repository: &'r Repository<'_>,
    app_dir: &'r Utf8Path,
) -> impl Iterator<Item = &'r Utf8Path> {
    repository
        .below(app_dir)
        .filter(move |file| {
            let relative = seen_from(app_dir, file);
            let name = name_of(file);
            is_python(file)
                && !is_vendored(relative)
                && !is_decoy(folder_of(relative))
                && !relative.as_str().contains("migrations/")
                && !name.starts_with("test")
                && name != "conftest.py"
        })
        .take(MOST_FILES)
}

fn dotted(app_dir: &Utf8Path, file: &Utf8Path) -> String {
    let relative: Utf8PathBuf = file.strip_prefix(app_dir).unwrap_or(file).to_owned();
    let module = relative.as_str().trim_end_matches(".py");
    module.trim_end_matches("/__init__").replace('/', ".")
}

/// The first line of code that holds a text.
fn line_with(text: &str, needle: &str) -> Option<usize> {
    if !text.contains(needle) {
        return None;
    }
    text.lines()
        .position(|line| line.contains(needle) && !line.trim_start().starts_with('#'))
}
