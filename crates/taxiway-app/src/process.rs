//! What runs beside the web process, and what runs inside of it that had better not.

mod code;
mod command;

use camino::Utf8Path;
use command::{named_for_work, own_process, recognise};
use taxiway_diagnostics::Place;

use crate::document::{Process, ProcessKind, Service};
use crate::evidence::{Origin, Survey};
use crate::manifest::installation::Installation;
use crate::repository::Repository;

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
            let own = own_process(command);
            recognised.extend(own.map(|kind| {
                let tool = code::library_of_script(repository, app_dir, command);
                (kind, tool.unwrap_or("custom"), None)
            }));
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
        .then(|| code::celery_app(repository, app_dir))
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
    // What is started without saying for what, is for the application that the code makes.
    if let Some((app, _)) = &celery {
        let own = found
            .iter_mut()
            .filter(|process| matches!(&*process.tool, "celery" | "celery-beat"));
        for process in own.filter(|process| process.app.is_none()) {
            process.app = Some(app.clone());
        }
    }
    if let Some((_, place)) = &celery
        && let Some(schedule) = code::schedule_beside(repository, place)
    {
        add_beat(&mut found, vec![schedule]);
    }
    for defined in code::defined(repository, app_dir, installation) {
        let is_known = found
            .iter()
            .any(|process| process.tool == defined.tool && process.kind == defined.kind);
        if !is_known {
            push(
                &mut found,
                defined.kind,
                defined.tool,
                defined.app,
                None,
                defined.place,
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
    if !found
        .iter()
        .any(|process| process.kind == ProcessKind::Worker)
    {
        let named = survey.commands.iter().find(|command| {
            let name = command.name.as_ref();
            name.is_some_and(|name| survey.own_services.contains(name)) && named_for_work(command)
        });
        if let Some(command) = named {
            let text = Some(command.text());
            let place = command.place.clone();
            push(&mut found, ProcessKind::Worker, "custom", None, text, place);
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

/// Adds the scheduler of Celery where the settings have a schedule and nothing is known to run it.
pub(crate) fn add_beat(processes: &mut Vec<Process>, places: Vec<Place>) {
    let is_known = processes
        .iter()
        .any(|process| process.tool == "celery-beat");
    let worker = processes.iter().find(|process| process.tool == "celery");
    if let (false, Some(worker)) = (is_known, worker) {
        processes.push(Process {
            kind: ProcessKind::Scheduler,
            tool: "celery-beat".to_owned(),
            app: worker.app.clone(),
            command: None,
            places,
        });
    }
}

/// Notes a scheduler that the web process starts inside of itself.
pub(crate) fn note_in_process(
    repository: &Repository<'_>,
    app_dir: &Utf8Path,
    installation: &Installation,
    service: &mut Service,
) {
    let Some(place) = code::in_process(repository, app_dir, installation) else {
        return;
    };
    service.warnings.push(format!(
        "{place}: a scheduler runs inside of the web process: with several workers or instances, each of them runs its \
         jobs; a process of its own runs them once"
    ));
    let seen = service.evidence.entry("in_process".to_owned());
    seen.or_default().push(place.clone());
    service.in_process.push(Process {
        kind: ProcessKind::Scheduler,
        tool: "apscheduler".to_owned(),
        app: None,
        command: None,
        places: vec![place],
    });
}
