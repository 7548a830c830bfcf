//! What runs beside the web process: which of the processes that were found, by which command, and on how many instances.
//!
//! A command of a file of the project is taken where it needs no shell and starts a known program; else the tool's usual one
//! is, where the application says all that it needs. What neither holds for is not run, and `taxiway.toml` can say how.

use taxiway_app::{FrameworkName, Process, ProcessKind, Service};
use taxiway_diagnostics::Place;

use super::environments::Asked;
use super::{Decisions, at};
use crate::background::is_plain;
use crate::{BackgroundProcess, BackgroundSettings, Config, Hosting, Source};

/// What works at once in a worker that nobody gave a number: it is small, and can be counted on.
const CONCURRENCY: u32 = 2;

/// The connections of a worker whose threads are not known.
const USUAL_CONNECTIONS: u32 = 5;

/// Programs that a virtual environment has when the process needs them.
const PROGRAMS: [&str; 15] = [
    "arq",
    "celery",
    "django-admin",
    "dramatiq",
    "flask",
    "huey_consumer",
    "huey_consumer.py",
    "procrastinate",
    "python",
    "python3",
    "rq",
    "rqscheduler",
    "rqworker",
    "saq",
    "taskiq",
];

/// Options by which Celery leaves the process that is watched, or runs its scheduler within a worker, of which there are several.
const NOT_HERE: [&str; 6] = ["-B", "--beat", "-D", "--detach", "multi", "--pidfile"];

/// The processes that run beside the service.
pub(super) fn decide(
    service: &Service,
    config: &Config,
    hosting: Hosting,
    decisions: &mut Decisions,
) -> Vec<BackgroundProcess> {
    let mut processes: Vec<BackgroundProcess> = Vec::new();
    let mut known: Vec<String> = Vec::new();
    for process in &service.processes {
        let mut name = name(process);
        if known.contains(&name) {
            name.push_str("-too");
        }
        let settings = config.background.get(&name);
        known.push(name.clone());
        if let Some(process) = found(service, process, name, settings, decisions) {
            processes.push(process);
        }
    }
    for (name, settings) in &config.background {
        if !known.contains(name) {
            processes.extend(added(name, settings, decisions));
        }
    }
    if hosting == Hosting::Container {
        not_in_a_container(&processes, decisions);
    }
    processes
}

/// A process that was found in the repository.
fn found(
    service: &Service,
    process: &Process,
    name: String,
    settings: Option<&BackgroundSettings>,
    decisions: &mut Decisions,
) -> Option<BackgroundProcess> {
    let place = process.places.first();
    let key = format!("background.{name}");
    if let Some(run) = settings.and_then(|it| it.run.as_ref())
        && !run.value
    {
        decisions.configured(key, "not run", &run.place, "configured");
        return None;
    }
    let configured = settings.and_then(|it| it.command.as_ref());
    if process.kind == ProcessKind::Monitor && configured.is_none() {
        decisions.warn(
            "process-not-run",
            format!(
                "{}{} is not run: it shows a page of its own, and beside the web process nothing is reached from outside",
                process.tool,
                at(place)
            ),
            "nothing waits for it; run it where you need it",
        );
        return None;
    }
    let (command, source, how) = if let Some(command) = configured {
        let source = Source::Configured {
            place: command.place.clone(),
        };
        (words(&command.value), source, "configured")
    } else if let Some(command) = own_command(process) {
        let source = Source::detected(place);
        (command, source, "as the project runs it")
    } else if let Some(command) = usual_command(service, process) {
        let source = Source::detected(place);
        (command, source, "as the tool is usually run")
    } else {
        decisions.warn(
            "process-not-run",
            format!(
                "the {} process{} is not run: how it is started can't be told, or takes a shell",
                process.tool,
                at(place)
            ),
            format!("in taxiway.toml: [background.{name}] command = \"…\""),
        );
        return None;
    };
    let single = settings.and_then(|it| it.single.as_ref());
    let is_single = single.map_or(process.kind == ProcessKind::Scheduler, |it| it.value);
    let connections = connections(&command, process.kind);
    Some(chosen(
        (key, name),
        (command, source, how),
        (is_single, connections),
        place.cloned(),
        decisions,
    ))
}

/// A process that only `taxiway.toml` knows.
fn added(
    name: &str,
    settings: &BackgroundSettings,
    decisions: &mut Decisions,
) -> Option<BackgroundProcess> {
    if settings.run.as_ref().is_some_and(|run| !run.value) {
        return None;
    }
    let Some(command) = &settings.command else {
        let first = settings.single.as_ref().or(settings.run.as_ref());
        decisions.refuse(
            "background-without-command",
            format!(
                "no process `{name}` was found in the repository{}, and nothing says how it is started",
                at(first.map(|it| &it.place))
            ),
            format!("[background.{name}] command = \"…\"; `taxiway detect` shows the processes that were found"),
        );
        return None;
    };
    let source = Source::Configured {
        place: command.place.clone(),
    };
    let words = words(&command.value);
    let is_single = settings.single.as_ref().is_some_and(|it| it.value);
    let connections = connections(&words, ProcessKind::Worker);
    Some(chosen(
        (format!("background.{name}"), name.to_owned()),
        (words, source, "configured"),
        (is_single, connections),
        Some(command.place.clone()),
        decisions,
    ))
}

fn chosen(
    (key, name): (String, String),
    (command, source, how): (Vec<String>, Source, &str),
    (is_single, connections): (bool, u32),
    place: Option<Place>,
    decisions: &mut Decisions,
) -> BackgroundProcess {
    let where_it_runs = if is_single {
        "on one instance, because two would each do all of it"
    } else {
        "on every instance"
    };
    let reason = format!(
        "{how}; a continuous WebJob of the release, {where_it_runs}, and not in the staging slot, where a release that nobody \
         is served by would take work from the queue"
    );
    decisions.choose(key, command.join(" "), source, reason);
    BackgroundProcess {
        name,
        command,
        is_single,
        connections,
        place,
    }
}

/// The storage of the site, where WebJobs lie, is not there for an image.
fn not_in_a_container(processes: &[BackgroundProcess], decisions: &mut Decisions) {
    for process in processes {
        decisions.warn(
            "background-not-in-a-container",
            format!(
                "with `hosting = \"container\"` the process `{}`{} runs in the local cloud only: a site that serves an image has \
                 no WebJobs, which are a part of published code",
                process.name,
                at(process.place.as_ref())
            ),
            format!(
                "`hosting = \"code\"` runs it; with an image, start `{}` in a container of its own from the same image",
                process.command_line()
            ),
        );
    }
}

/// Whether the processes run in an environment.
pub(super) fn runs(
    asked: &Asked<'_>,
    processes: &[BackgroundProcess],
    decisions: &mut Decisions,
) -> bool {
    let Some(wanted) = &asked.settings.background else {
        return true;
    };
    let reason = match (processes.is_empty(), wanted.value) {
        (true, _) => "configured; there is none",
        (false, true) => "configured",
        (false, false) => "configured; their work waits",
    };
    decisions.configured(
        asked.key("background"),
        wanted.value.to_string(),
        &wanted.place,
        reason,
    );
    wanted.value
}

/// What a process is called: its tool, or what its command says.
fn name(process: &Process) -> String {
    let says_so = process.tool == "celery-beat" || process.kind != ProcessKind::Scheduler;
    match process.tool.as_str() {
        "custom" => {}
        tool if says_so => return tool.to_owned(),
        tool => return format!("{tool}-scheduler"),
    }
    let words: Vec<&str> = process
        .command
        .iter()
        .flat_map(|it| it.split(' '))
        .collect();
    let after = |end: &str| {
        let at = words.iter().position(|word| word.ends_with(end))?;
        words.get(at + 1).copied()
    };
    let own = after("manage.py")
        .or_else(|| after("-m"))
        .unwrap_or_default();
    let own = own.rsplit('.').next().unwrap_or_default();
    let spelled = own.to_lowercase().replace('_', "-");
    if crate::background::is_name(&spelled) {
        return spelled;
    }
    match process.kind {
        ProcessKind::Worker => "worker",
        ProcessKind::Scheduler => "scheduler",
        ProcessKind::Monitor => "monitor",
    }
    .to_owned()
}

fn words(command: &str) -> Vec<String> {
    command.split_whitespace().map(str::to_owned).collect()
}

/// The command of a file of the project, where it means the same in a WebJob.
fn own_command(process: &Process) -> Option<Vec<String>> {
    let command = process.command.as_deref().filter(|it| is_plain(it))?;
    let mut words = words(command);
    let is_known = PROGRAMS.contains(&words.first()?.as_str());
    let leaves = words
        .iter()
        .any(|word| NOT_HERE.contains(&word.split('=').next().unwrap_or_default()));
    if !is_known || leaves {
        return None;
    }
    // The folder that the application runs from is the one with manage.py in it.
    for word in &mut words {
        if word.ends_with("/manage.py") {
            "manage.py".clone_into(word);
        }
    }
    Some(words)
}

/// How a tool is run where nothing of the project says so.
fn usual_command(service: &Service, process: &Process) -> Option<Vec<String>> {
    let is_django = service
        .framework
        .as_ref()
        .is_some_and(|framework| framework.name == FrameworkName::Django);
    let manage = |command: &str| is_django.then(|| format!("python manage.py {command}"));
    let app = process.app.as_deref().filter(|app| is_plain(app));
    let uses = |name: &str| service.installed_apps.iter().any(|app| app == name);
    let command = match (process.kind, process.tool.as_str()) {
        (_, "celery") => format!(
            "celery -A {} worker --loglevel INFO --concurrency {CONCURRENCY}",
            app?
        ),
        (_, "celery-beat") if uses("django_celery_beat") => format!(
            "celery -A {} beat --loglevel INFO --scheduler django_celery_beat.schedulers:DatabaseScheduler",
            app?
        ),
        // What it remembers is on the disk of the instance: the storage of the site is shared, and slow to lock.
        (_, "celery-beat") => format!(
            "celery -A {} beat --loglevel INFO --schedule /tmp/celerybeat-schedule",
            app?
        ),
        (ProcessKind::Worker, "rq") => manage("rqworker default")?,
        (ProcessKind::Scheduler, "rq") => manage("rqscheduler")?,
        (_, "huey") if is_django => manage("run_huey")?,
        (_, "huey") => format!("huey_consumer.py {}", app?),
        (_, "dramatiq") if is_django && uses("django_dramatiq") => {
            manage("rundramatiq --processes 1 --threads 4")?
        }
        (_, "dramatiq") => format!("dramatiq {} --processes 1 --threads 4", app?),
        (_, "django-q") => manage("qcluster")?,
        (_, tool @ ("arq" | "saq")) => format!("{tool} {}", app?),
        (ProcessKind::Worker, "custom") if service.installs("taskiq") => {
            format!("taskiq worker --workers 1 {}", app?)
        }
        _ => return None,
    };
    Some(words(&command))
}

/// What it may hold: a scheduler one, a worker one for each thing that it works at, and one of its own.
fn connections(command: &[String], kind: ProcessKind) -> u32 {
    if kind == ProcessKind::Scheduler {
        return 1;
    }
    let option = command.iter().enumerate().find_map(|(at, word)| {
        if matches!(word.as_str(), "-c" | "--concurrency") {
            return command.get(at + 1)?.parse::<u32>().ok();
        }
        let value = word.strip_prefix("--concurrency=")?;
        value.parse().ok()
    });
    option.map_or(USUAL_CONNECTIONS, |each| each.saturating_add(1))
}
