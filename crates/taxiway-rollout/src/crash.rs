//! Finds in a site's log why an app did not start.
//!
//! Pure. It knows Python's tracebacks, gunicorn's words about its workers, the runtime overlay's JSON
//! lines, and the platform's own lines. Sources: gunicorn, `arbiter.py` and `workers/base.py`; Python
//! documentation, "traceback".

mod lines;
mod traceback;

use jiff::Timestamp;

use crate::failure::{Failure, FailureKind};
use lines::Line;

pub(crate) use traceback::Traceback;

/// How many workers must have been killed before that counts: one may be the platform's own doing.
const KILLED: usize = 2;

/// Why the app that was started at `since` or later is not coming up, if the log tells; without
/// `since`, the app that was started last.
///
/// Another app may write into the same log meanwhile, such as the one that is being replaced; gunicorn's
/// process ids tell them apart.
pub(crate) fn diagnose(log: &str, since: Option<Timestamp>) -> Option<Failure> {
    let lines = lines::expand(log);
    let recent = since.map_or(lines.as_slice(), |since| after(&lines, since));
    let starts: Vec<usize> = (0..recent.len())
        .filter(|index| recent[*index].text.contains("Starting gunicorn"))
        .collect();
    let considered = match since {
        None => &starts[starts.len().saturating_sub(1)..],
        Some(_) => &starts,
    };
    considered
        .iter()
        .rev()
        .find_map(|start| failed_start(&recent[*start..]))
        .or_else(|| not_even_started(recent, starts.is_empty()))
}

/// Why the app is not ready, in its own words since a moment: what the overlay's readiness check found, else the last error.
pub(crate) fn last_error(log: &str, since: Option<Timestamp>) -> Option<String> {
    let lines = lines::expand(log);
    let recent = since.map_or(lines.as_slice(), |since| after(&lines, since));
    let is_check = |line: &&Line| UNREADY.iter().any(|words| line.text.contains(words));
    let check = recent.iter().rev().find(is_check);
    check
        .map(|line| line.message().trim().to_owned())
        .or_else(|| Traceback::last(recent).map(|traceback| traceback.to_string()))
}

/// The overlay's words for what its readiness check found.
const UNREADY: [&str; 2] = [
    "the database is not usable: ",
    "the database gave no answer within ",
];

/// The status that an app gave to the platform's own probes last, if the log has it. Source: the local cloud's words;
/// Azure's log has no status.
pub(crate) fn probed_status(log: &str, since: Timestamp) -> Option<u16> {
    let lines = lines::expand(log);
    after(&lines, since).iter().rev().find_map(|line| {
        let (_, told) = line.text.split_once("[taxiway] ")?;
        let (_, status) = told.rsplit_once(" answered ")?;
        status.split_whitespace().next()?.parse().ok()
    })
}

/// gunicorn's last words when it gives up by itself.
const STOPPED: [&str; 2] = ["Worker failed to boot", "App failed to load"];

/// The system's words for a full disk.
const NO_SPACE: &str = "No space left on device";

/// The lines from the first one on that carries a time not before `since`.
fn after(lines: &[Line], since: Timestamp) -> &[Line] {
    let start = lines
        .iter()
        .position(|line| line.time.is_some_and(|time| time >= since));
    start.map_or(&[], |start| &lines[start..])
}

/// Why the gunicorn that `lines` begin with has failed, if it has.
fn failed_start(lines: &[Line]) -> Option<Failure> {
    let arbiter = lines.first()?.process;
    let is_own =
        |line: &&Line| line.process.is_none() || arbiter.is_none() || line.process == arbiter;
    let own: Vec<&Line> = lines.iter().filter(is_own).collect();
    let count = |needle: &str| own.iter().filter(|line| line.text.contains(needle)).count();
    if count("WORKER TIMEOUT") > 0 {
        let failure = Failure::new(
            FailureKind::Timeout,
            "a worker hung, and gunicorn killed it",
        );
        return Some(with(failure, Traceback::last(lines)));
    }
    if count("SIGKILL! Perhaps out of memory") >= KILLED {
        let hint = "use a larger plan, or fewer workers: WEB_CONCURRENCY";
        let message = "workers were killed by SIGKILL, most likely for memory";
        return Some(Failure::new(FailureKind::Memory, message).hint(hint));
    }
    let is_end = |line: &Line| STOPPED.iter().any(|words| line.text.contains(words));
    let end = lines
        .iter()
        .position(|line| is_own(&line) && is_end(line))?;
    Some(stopped(&lines[..=end]))
}

/// Why gunicorn stopped, from its start to its end.
fn stopped(lines: &[Line]) -> Failure {
    if let Some(reason) = app_not_found(lines) {
        return Failure::new(FailureKind::Boot, "gunicorn did not find the application")
            .because(reason);
    }
    let message = exit_code(lines).map_or_else(
        || "a worker failed to boot".to_owned(),
        |code| format!("worker exited with code {code}"),
    );
    match Traceback::last(lines) {
        Some(traceback) => blamed(message, &traceback),
        None if lines.iter().any(|line| line.text.contains(NO_SPACE)) => disk_full(),
        None => Failure::new(FailureKind::Boot, message),
    }
}

/// What ended before gunicorn itself was up: a missing command, a wrong option, a broken configuration.
fn not_even_started(lines: &[Line], no_start: bool) -> Option<Failure> {
    if lines.iter().any(|line| line.text.contains(NO_SPACE)) {
        return Some(disk_full());
    }
    let ended = lines.iter().any(|line| {
        let local = line.text.contains("[taxiway] site ") && line.text.contains("exited with code");
        local || line.text.contains("failing site start")
    });
    if !(no_start && ended) {
        return None;
    }
    let message = "the start command ended before it served".to_owned();
    if let Some(traceback) = Traceback::last(lines) {
        return Some(blamed(message, &traceback));
    }
    let is_platforms =
        |line: &&Line| line.text.contains("[taxiway]") || line.text.contains("site start");
    let said = lines
        .iter()
        .rev()
        .filter(|line| !is_platforms(line))
        .map(Line::message)
        .find(|text| !text.is_empty());
    let failure = Failure::new(FailureKind::Boot, message);
    Some(said.into_iter().fold(failure, Failure::because))
}

fn blamed(message: String, traceback: &Traceback) -> Failure {
    let kind = traceback.kind();
    if kind == FailureKind::Disk {
        return disk_full();
    }
    let message = match kind {
        FailureKind::Configuration => "the app's configuration is incomplete".to_owned(),
        _ => message,
    };
    Failure::new(kind, message).because(traceback.to_string())
}

fn disk_full() -> Failure {
    Failure::new(FailureKind::Disk, "the site's disk is full")
}

fn with(failure: Failure, traceback: Option<Traceback>) -> Failure {
    match traceback {
        Some(traceback) => failure.because(traceback.to_string()),
        None => failure,
    }
}

/// gunicorn's own words when `module:callable` leads nowhere.
fn app_not_found(lines: &[Line]) -> Option<String> {
    let words = [
        "Failed to find attribute",
        "Failed to parse",
        "Application object must be callable",
        "Failed to find application object",
    ];
    lines
        .iter()
        .rev()
        .find(|line| words.iter().any(|word| line.text.contains(word)))
        .map(|line| line.message().to_owned())
}

/// The code that a worker exited with, in gunicorn's words.
fn exit_code(lines: &[Line]) -> Option<u32> {
    lines.iter().rev().find_map(|line| {
        let rest = line.text.split("exited with code ").nth(1)?;
        let digits: String = rest.chars().take_while(char::is_ascii_digit).collect();
        digits.parse().ok()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(log: &str, since: Option<&str>) -> String {
        let since = since.map(|since| since.parse().unwrap());
        match diagnose(log, since) {
            Some(failure) => format!("{:?}: {}", failure.kind, failure.line()),
            None => "nothing".to_owned(),
        }
    }

    #[test]
    fn what_the_readiness_check_found_comes_before_other_errors() {
        assert_eq!(
            last_error(NAME_ERROR, None).unwrap(),
            "shop/urls.py:12  NameError: name 'catalog' is not defined"
        );
        let check = r#"{"time": "2026-11-22T08:00:06.000+00:00", "level": "WARNING", "logger": "taxiway_runtime.health", "message": "the database is not usable: connection refused\nIs the server running?"}"#;
        assert_eq!(
            last_error(&format!("{check}\n{NAME_ERROR}"), None).unwrap(),
            "the database is not usable: connection refused"
        );
    }

    #[test]
    fn the_status_of_the_last_probe_is_found() {
        let since = "2026-11-22T08:00:00Z".parse().unwrap();
        let at = "2026-11-22T08:00:05Z [taxiway] site shop-staging";
        let log = [
            format!("{at} is not ready: nothing listens on its port yet"),
            format!("{at} is not ready: /healthz/ready answered 500"),
            "2026-11-22T08:00:05Z the app answered 418".to_owned(),
        ]
        .join("\n");
        assert_eq!(probed_status(&log, since), Some(500));
        let given_up =
            format!("{log}\n{at} was not ready after 60 seconds: /healthz/ready answered 503");
        assert_eq!(probed_status(&given_up, since), Some(503));
        assert_eq!(
            probed_status(&log, "2026-11-22T08:00:06Z".parse().unwrap()),
            None
        );
        assert_eq!(probed_status("", since), None);
    }

    const NAME_ERROR: &str = r#"[2026-11-22 08:00:05 +0000] [10] [INFO] Starting gunicorn 23.0.0
[2026-11-22 08:00:05 +0000] [12] [ERROR] Exception in worker process
Traceback (most recent call last):
  File "/antenv/lib/python3.11/site-packages/gunicorn/arbiter.py", line 608, in spawn_worker
    worker.init_process()
  File "/home/site/wwwroot/shop/urls.py", line 12, in <module>
    path("", catalog.index),
NameError: name 'catalog' is not defined
[2026-11-22 08:00:05 +0000] [10] [ERROR] Worker (pid:12) exited with code 3
[2026-11-22 08:00:05 +0000] [10] [ERROR] Shutting down: Master
[2026-11-22 08:00:05 +0000] [10] [ERROR] Reason: Worker failed to boot.
"#;

    #[test]
    fn the_own_line_of_a_traceback_is_named() {
        assert_eq!(
            shown(NAME_ERROR, None),
            "Boot: worker exited with code 3: shop/urls.py:12  NameError: name 'catalog' is not defined"
        );
    }

    #[test]
    fn an_earlier_start_is_not_blamed_on_this_release() {
        assert_eq!(shown(NAME_ERROR, Some("2026-11-22T08:00:06Z")), "nothing");
        // The release that is replaced ends in the ordinary way, or badly, after this one has started.
        let started = "[2026-11-22 08:00:04 +0000] [40] [INFO] Starting gunicorn 23.0.0\n";
        let old = "[2026-11-22 08:00:06 +0000] [9] [INFO] Shutting down: Master\n[2026-11-22 08:00:07 +0000] [9] [ERROR] Reason: Worker failed to boot.\n";
        assert_eq!(
            shown(&format!("{started}{old}"), Some("2026-11-22T08:00:04Z")),
            "nothing"
        );
        assert!(shown(NAME_ERROR, Some("2026-11-22T08:00:05Z")).starts_with("Boot"));
    }

    #[test]
    fn a_start_that_went_well_is_no_failure() {
        let log = format!(
            "{NAME_ERROR}[2026-11-22 08:01:00 +0000] [20] [INFO] Starting gunicorn 23.0.0\n[2026-11-22 08:01:01 +0000] [21] [INFO] Booting worker with pid: 21\n"
        );
        assert_eq!(shown(&log, None), "nothing");
    }

    #[test]
    fn json_lines_are_read_too() {
        let log = [
            r#"{"time": "2026-11-22T08:00:05.000+00:00", "level": "INFO", "logger": "gunicorn.error", "message": "Starting gunicorn 27.0.0"}"#,
            r#"{"time": "2026-11-22T08:00:06.000+00:00", "level": "ERROR", "logger": "gunicorn.error", "message": "Exception in worker process", "exception": "Traceback (most recent call last):\n  File \"/app/orders/models.py\", line 3, in <module>\n    import stripe\nModuleNotFoundError: No module named 'stripe'", "place": "orders/models.py:3"}"#,
            r#"{"time": "2026-11-22T08:00:06.000+00:00", "level": "ERROR", "logger": "gunicorn.error", "message": "Worker (pid:7) exited with code 3"}"#,
            r#"{"time": "2026-11-22T08:00:06.000+00:00", "level": "ERROR", "logger": "gunicorn.error", "message": "Reason: Worker failed to boot."}"#,
        ]
        .join("\n");
        assert_eq!(
            shown(&log, None),
            "Boot: worker exited with code 3: orders/models.py:3  ModuleNotFoundError: No module named 'stripe'"
        );
    }

    #[test]
    fn each_way_of_dying_has_its_kind() {
        let trace = |error: &str| {
            format!(
                "Starting gunicorn\nTraceback (most recent call last):\n  File \"/tmp/8de1/shop/settings.py\", line 4, in <module>\n    x\n{error}\nWorker failed to boot.\n"
            )
        };
        let killed = "[ERROR] Worker (pid:5) was sent SIGKILL! Perhaps out of memory?\n";
        for (log, expected) in [
            (trace("django.core.exceptions.ImproperlyConfigured: the environment is incomplete; not set: DATABASE_URL"), "Configuration: the app's configuration is incomplete: not set: DATABASE_URL"),
            (trace("django.db.utils.ProgrammingError: relation \"shop_item\" does not exist\nLINE 1: SELECT"), "Schema: a worker failed to boot: shop/settings.py:4  ProgrammingError: relation \"shop_item\" does not exist"),
            (format!("Starting gunicorn\n{killed}"), "nothing"),
            (format!("Starting gunicorn\n{killed}{killed}"), "Memory: workers were killed by SIGKILL, most likely for memory"),
            ("Starting gunicorn\n[CRITICAL] WORKER TIMEOUT (pid:5)\n".to_owned() + killed + killed, "Timeout: a worker hung, and gunicorn killed it"),
            ("[1] [INFO] Starting gunicorn\nFailed to find attribute 'app' in 'shop.wsgi'.\n[1] [INFO] App failed to load.".to_owned(), "Boot: gunicorn did not find the application: Failed to find attribute 'app' in 'shop.wsgi'."),
            ("sh: 1: gunicorn: not found\n2026-11-22T08:00:05Z [taxiway] site shop-staging exited with code 127".to_owned(), "Boot: the start command ended before it served: sh: 1: gunicorn: not found"),
            ("OSError: [Errno 28] No space left on device".to_owned(), "Disk: the site's disk is full"),
            (String::new(), "nothing"),
        ] {
            assert_eq!(shown(&log, None), expected, "{log}");
        }
    }
}
