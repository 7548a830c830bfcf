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
pub(crate) fn diagnose(log: &str, since: Option<Timestamp>) -> Option<Failure> {
    let lines = lines::expand(log);
    let start = lines
        .iter()
        .rposition(|line| line.text.contains("Starting gunicorn"));
    let recent: &[Line] = match (start, since) {
        (Some(start), Some(since)) if lines[start].time.is_some_and(|time| time < since) => {
            // Nothing was started since; what failed before gunicorn itself came up has a time of its own.
            after(&lines, since)
        }
        (Some(start), _) => &lines[start..],
        (None, Some(since)) => after(&lines, since),
        (None, None) => &lines,
    };
    boot_failure(recent)
}

/// The last error that the app itself has logged since a moment.
pub(crate) fn last_error(log: &str, since: Option<Timestamp>) -> Option<String> {
    let lines = lines::expand(log);
    let recent = since.map_or(lines.as_slice(), |since| after(&lines, since));
    Traceback::last(recent).map(|traceback| traceback.to_string())
}

/// The lines from the first one on that carries a time not before `since`.
fn after(lines: &[Line], since: Timestamp) -> &[Line] {
    let start = lines
        .iter()
        .position(|line| line.time.is_some_and(|time| time >= since));
    start.map_or(&[], |start| &lines[start..])
}

fn boot_failure(lines: &[Line]) -> Option<Failure> {
    let has = |needle: &str| lines.iter().any(|line| line.text.contains(needle));
    let count = |needle: &str| {
        lines
            .iter()
            .filter(|line| line.text.contains(needle))
            .count()
    };
    let stopped =
        has("Worker failed to boot") || has("App failed to load") || has("Shutting down: Master");
    let traceback = Traceback::last(lines);

    if has("No space left on device") {
        return Some(Failure::new(FailureKind::Disk, "the site's disk is full"));
    }
    if has("WORKER TIMEOUT") {
        let failure = Failure::new(
            FailureKind::Timeout,
            "a worker hung, and gunicorn killed it",
        );
        return Some(with(failure, traceback));
    }
    if count("SIGKILL! Perhaps out of memory") >= KILLED
        || has("Container was killed due to memory")
    {
        let hint = "use a larger plan, or fewer workers: WEB_CONCURRENCY";
        return Some(
            Failure::new(
                FailureKind::Memory,
                "workers were killed by SIGKILL, most likely for memory",
            )
            .hint(hint),
        );
    }
    if let Some(reason) = app_not_found(lines) {
        return Some(
            Failure::new(FailureKind::Boot, "gunicorn did not find the application")
                .because(reason),
        );
    }
    if !stopped {
        return None;
    }
    let code = exit_code(lines);
    let message = code.map_or_else(
        || "a worker failed to boot".to_owned(),
        |code| format!("worker exited with code {code}"),
    );
    let Some(traceback) = traceback else {
        return Some(Failure::new(FailureKind::Boot, message));
    };
    let kind = traceback.kind();
    let message = if kind == FailureKind::Configuration {
        "the app's configuration is incomplete".to_owned()
    } else {
        message
    };
    Some(Failure::new(kind, message).because(traceback.to_string()))
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
            r#"{"time": "2026-11-22T08:00:06.000+00:00", "level": "ERROR", "logger": "gunicorn.error", "message": "Shutting down: Master"}"#,
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
            ("OSError: [Errno 28] No space left on device".to_owned(), "Disk: the site's disk is full"),
            (String::new(), "nothing"),
        ] {
            assert_eq!(shown(&log, None), expected, "{log}");
        }
    }
}
