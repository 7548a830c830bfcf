//! What runs beside the web process.

use camino::Utf8Path;
use taxiway_diagnostics::Place;

use crate::document::{Process, ProcessKind};
use crate::evidence::{Command, Origin, Survey};
use crate::manifest::installation::Installation;
use crate::repository::{Repository, at_line};

/// The processes that files of the project start, and those that its code defines.
pub(crate) fn read(
    repository: &Repository<'_>,
    app_dir: &Utf8Path,
    survey: &Survey,
    installation: &Installation,
    installed_apps: &[String],
) -> Vec<Process> {
    let mut found: Vec<Process> = Vec::new();
    for command in &survey.commands {
        if command.origin == Origin::Development {
            continue;
        }
        let mut recognised = recognise(command);
        if recognised.is_empty() {
            recognised.extend(own_process(command).map(|kind| (kind, "custom", None)));
        }
        for (kind, tool, app) in recognised {
            push(
                &mut found,
                kind,
                tool,
                app,
                Some(command.text()),
                command.place.clone(),
            );
        }
    }
    let has = |name: &str| installation.installs(name);
    let uses = |name: &str| {
        installed_apps
            .iter()
            .any(|app| app == name || app.starts_with(&format!("{name}.")))
    };
    let celery = has("celery")
        .then(|| celery_app(repository, app_dir))
        .flatten();
    if let Some((app, place)) = &celery
        && !found.iter().any(|process| process.tool == "celery")
    {
        push(
            &mut found,
            ProcessKind::Worker,
            "celery",
            Some(app.clone()),
            None,
            place.clone(),
        );
        if uses("django_celery_beat") {
            push(
                &mut found,
                ProcessKind::Scheduler,
                "celery-beat",
                Some(app.clone()),
                None,
                place.clone(),
            );
        }
    }
    let by_app = [
        ("huey.contrib.djhuey", "huey", "huey"),
        ("django_rq", "rq", "django-rq"),
        ("django_dramatiq", "dramatiq", "django-dramatiq"),
        ("django_q", "django-q", "django-q2"),
    ];
    for (application, tool, distribution) in by_app {
        let is_installed = has(distribution) || (tool == "django-q" && has("django-q"));
        if uses(application) && is_installed && !found.iter().any(|process| process.tool == tool) {
            let place = installation
                .distributions
                .iter()
                .find(|own| own.name == distribution || own.name == "django-q")
                .map(|own| own.place.clone());
            if let Some(place) = place {
                push(&mut found, ProcessKind::Worker, tool, None, None, place);
            }
        }
    }
    found
}

fn push(
    found: &mut Vec<Process>,
    kind: ProcessKind,
    tool: &str,
    app: Option<String>,
    command: Option<String>,
    place: Place,
) {
    match found
        .iter_mut()
        .find(|process| process.kind == kind && process.tool == tool)
    {
        Some(known) => {
            if known.app.is_none() {
                known.app = app;
            }
            if !known.places.contains(&place) {
                known.places.push(place);
            }
        }
        None => found.push(Process {
            kind,
            tool: tool.to_owned(),
            app,
            command,
            places: vec![place],
        }),
    }
}

/// What a command starts, if it is one of the tools.
fn recognise(command: &Command) -> Vec<(ProcessKind, &'static str, Option<String>)> {
    let program = command.program();
    let words: Vec<&str> = command.words.iter().map(String::as_str).collect();
    let has = |word: &str| words.contains(&word);
    let target = || {
        words
            .iter()
            .skip(1)
            .find(|word| !word.starts_with('-') && (word.contains('.') || word.contains(':')))
            .map(|word| (*word).to_owned())
    };
    match program {
        "celery" => {
            let app = command.option(&["-A", "--app"]).map(str::to_owned);
            let mut found = Vec::new();
            if has("worker") || has("multi") {
                found.push((ProcessKind::Worker, "celery", app.clone()));
            }
            if has("beat") || (has("worker") && (has("-B") || has("--beat"))) {
                found.push((ProcessKind::Scheduler, "celery-beat", app.clone()));
            }
            if has("flower") {
                found.push((ProcessKind::Monitor, "flower", app));
            }
            found
        }
        "flower" => vec![(ProcessKind::Monitor, "flower", None)],
        "rq" | "rqworker" => {
            if program == "rqworker" || has("worker") || has("worker-pool") {
                vec![(ProcessKind::Worker, "rq", None)]
            } else {
                Vec::new()
            }
        }
        "rqscheduler" => vec![(ProcessKind::Scheduler, "rq", None)],
        "dramatiq" => vec![(ProcessKind::Worker, "dramatiq", target())],
        "huey_consumer" | "huey_consumer.py" => vec![(ProcessKind::Worker, "huey", target())],
        "saq" => vec![(ProcessKind::Worker, "saq", target())],
        "arq" => vec![(ProcessKind::Worker, "arq", target())],
        "taskiq" if has("worker") => vec![(ProcessKind::Worker, "custom", target())],
        _ if words.iter().skip(1).take(2).any(|word| *word == "celery") => {
            let mut found = Vec::new();
            if has("worker") {
                found.push((ProcessKind::Worker, "celery", None));
            }
            if has("beat") {
                found.push((ProcessKind::Scheduler, "celery-beat", None));
            }
            found
        }
        _ => match command.manage() {
            // Flask's and others' own `manage.py rq worker`.
            Some("rq") if has("scheduler") => vec![(ProcessKind::Scheduler, "rq", None)],
            Some("rq") if has("worker") => vec![(ProcessKind::Worker, "rq", None)],
            Some("celery") if has("worker") => vec![(ProcessKind::Worker, "celery", None)],
            Some("celery") if has("beat") => vec![(ProcessKind::Scheduler, "celery-beat", None)],
            Some("run_huey") => vec![(ProcessKind::Worker, "huey", None)],
            Some("rqworker" | "rqworker-pool") => vec![(ProcessKind::Worker, "rq", None)],
            Some("rqscheduler") => vec![(ProcessKind::Scheduler, "rq", None)],
            Some("qcluster") => vec![(ProcessKind::Worker, "django-q", None)],
            Some("rundramatiq") => vec![(ProcessKind::Worker, "dramatiq", None)],
            Some("db_worker" | "procrastinate" | "process_tasks" | "runworker") => {
                vec![(ProcessKind::Worker, "custom", None)]
            }
            _ => Vec::new(),
        },
    }
}

/// What a process of the project's own is, by who starts it and under which name.
fn own_process(command: &Command) -> Option<ProcessKind> {
    const ONCE: [&str; 16] = [
        "migrate",
        "collectstatic",
        "runserver",
        "check",
        "compress",
        "loaddata",
        "createsuperuser",
        "compilemessages",
        "shell",
        "test",
        "createcachetable",
        "makemigrations",
        "wait_for_db",
        "compilescss",
        "flush",
        "clear_cache",
    ];
    let name = command.name.as_deref()?.to_lowercase();
    if name.contains("health") {
        return None;
    }
    let is_code = match command.manage() {
        Some(subcommand) => !ONCE.contains(&subcommand),
        None => matches!(
            command.program(),
            "python" | "python3" | "flask" | "dispatch"
        ),
    };
    let is_started = matches!(
        command.origin,
        Origin::Procfile | Origin::Platform | Origin::Supervisor
    );
    if !is_code || !is_started {
        return None;
    }
    let parts: Vec<&str> = name
        .split(|character: char| !character.is_ascii_alphanumeric())
        .collect();
    let has = |wanted: &[&str]| {
        parts
            .iter()
            .any(|part| wanted.contains(&part.trim_end_matches('s')))
    };
    if has(&["cron", "clock", "scheduler", "beat", "timer"]) {
        return Some(ProcessKind::Scheduler);
    }
    // What uWSGI keeps running beside the application.
    let is_daemon = name == "attach-daemon";
    (is_daemon
        || has(&[
            "worker", "consumer", "listener", "queue", "bot", "daemon", "qcluster",
        ]))
    .then_some(ProcessKind::Worker)
}

/// The module that makes the project's Celery application.
fn celery_app(repository: &Repository<'_>, app_dir: &Utf8Path) -> Option<(String, Place)> {
    let candidates = repository.below(app_dir).filter(|file| {
        matches!(
            file.file_name(),
            Some("celery.py" | "celery_app.py" | "celeryapp.py" | "celeryconf.py")
        ) && !crate::evidence::role::is_vendored(file)
    });
    for file in candidates {
        let Some(text) = repository.text(file) else {
            continue;
        };
        let Some(line) = text.lines().position(|line| {
            let bare = line.replace(' ', "");
            bare.contains("=Celery(") && !bare.starts_with('#')
        }) else {
            continue;
        };
        let relative = file.strip_prefix(app_dir).unwrap_or(file);
        let folder = relative.parent().unwrap_or("".into());
        let module = if file.file_name() == Some("celery.py") && !folder.as_str().is_empty() {
            folder.as_str().replace('/', ".")
        } else {
            relative.as_str().trim_end_matches(".py").replace('/', ".")
        };
        return Some((module, at_line(file, line)));
    }
    None
}
