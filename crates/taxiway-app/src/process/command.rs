//! What the commands that files of the project run start beside the web process.

use crate::document::ProcessKind;
use crate::evidence::{Command, Origin};

/// What a command starts, if it is one of the tools.
pub(super) fn recognise(command: &Command) -> Vec<(ProcessKind, &'static str, Option<String>)> {
    let program = command.program();
    let words: Vec<&str> = command.words.iter().map(String::as_str).collect();
    let has = |word: &str| words.contains(&word);
    let target = || {
        let is_target =
            |word: &&str| !word.starts_with('-') && (word.contains('.') || word.contains(':'));
        // What follows an option may be its value; where nothing else is left, it is no value.
        words
            .windows(2)
            .filter(|pair| !pair[0].starts_with('-') || pair[0].contains('='))
            .map(|pair| pair[1])
            .find(is_target)
            .or_else(|| words.iter().skip(1).copied().find(|word| is_target(word)))
            .map(str::to_owned)
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
        // litestar-saq adds its workers to the command of Litestar.
        "litestar" if has("workers") && has("run") => vec![(ProcessKind::Worker, "saq", None)],
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

/// Whether a compose service hands one word of its own to its image's entry point, and is called after work in the background.
///
/// A path is a script, which is read for itself.
pub(super) fn named_for_work(command: &Command) -> bool {
    let is_word = command.words.len() == 1 && !command.program().contains(['/', '.', '$']);
    let name = command.name.as_deref().unwrap_or_default().to_lowercase();
    let mut parts = name.split(|character: char| !character.is_ascii_alphanumeric());
    let is_work = |part: &str| matches!(part.trim_end_matches('s'), "worker" | "processor");
    command.origin == Origin::Compose && is_word && parts.any(is_work)
}

/// What a process of the project's own is, by who starts it and under which name.
pub(super) fn own_process(command: &Command) -> Option<ProcessKind> {
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
        Origin::Procfile | Origin::Platform | Origin::Supervisor | Origin::Compose
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
