//! What the log of a site's build tells: why it failed, or what it installed.
//!
//! Pure. It knows the words of uv, pip, collectstatic and the system.

use taxiway_azure::{KuduDeployment, LogEntry};

use crate::{
    crash,
    failure::{Failure, FailureKind},
};

/// The longest cause that is printed, in characters; the log has the rest.
const LONGEST: usize = 300;

/// Words by which a tool says that it could not reach a server.
const UNREACHABLE: [&str; 6] = [
    "Failed to fetch: ",
    "dns error",
    "tcp connect error",
    "NewConnectionError",
    "Network is unreachable",
    "name resolution",
];

/// Why a build failed: the error of pip, uv, or the post-build command.
pub(super) fn failure(deployment: &KuduDeployment, log: &[LogEntry]) -> Failure {
    let text: String = log
        .iter()
        .map(|entry| format!("{}\n", entry.message))
        .collect();
    if text.contains("No space left on device")
        || deployment.status_text.contains("No space left on device")
    {
        return Failure::new(FailureKind::Disk, "the site's disk is full");
    }
    if let Some(failure) = unreachable(&text).or_else(|| unbuilt(&text)) {
        return failure;
    }
    let failure = Failure::new(FailureKind::Build, "the site's build failed");
    let cause = crash::last_error(&text, None)
        .map(|error| match static_file(&text) {
            Some(file) => format!("{file}: {error}"),
            None => error,
        })
        .or_else(|| telling_line(&text))
        .or_else(|| {
            let errors = log
                .iter()
                .rev()
                .find(|entry| entry.is_error && !entry.message.trim().is_empty());
            errors.map(|entry| entry.message.trim().to_owned())
        });
    match cause {
        Some(cause) => failure.because(cause),
        None => failure.because(super::publish::first_of(
            &deployment.status_text,
            "its log tells no reason",
        )),
    }
}

/// The failure of a build without a network.
fn unreachable(text: &str) -> Option<Failure> {
    let word = UNREACHABLE.iter().find(|word| text.contains(**word))?;
    let line = text.lines().find(|line| line.contains(word))?;
    let cause = match line.split_once("Failed to fetch: ") {
        Some((_, address)) => format!("cannot fetch {address}"),
        None => shortened(line.trim()),
    };
    let message = "the site's build cannot reach the package index";
    Some(
        Failure::new(FailureKind::Build, message)
            .because(cause)
            .hint("check the network, then the same command again: what was fetched is kept"),
    )
}

/// The failure of a package for which there is no wheel, and which does not build here either.
fn unbuilt(text: &str) -> Option<Failure> {
    let (_, after) = ["Failed to build `", "Failed building wheel for "]
        .iter()
        .find_map(|words| text.split_once(words))?;
    let package = after.split(['`', '\n']).next()?.trim();
    let failure = Failure::new(
        FailureKind::Build,
        format!("`{package}` has no wheel for this Python and cannot be built"),
    );
    let is_error = |line: &&str| {
        let word = line.split_once(':').map_or("", |(word, _)| word);
        (word.ends_with("Error") || word.ends_with("Exception")) && !word.contains(' ')
            || line.contains("fatal error:")
            || line.ends_with(": not found")
    };
    let told = after.lines().map(str::trim).rev().find(is_error);
    Some(
        told.into_iter()
            .fold(failure, |failure, line| failure.because(shortened(line)))
            .hint("require a release of it that has a wheel for this Python"),
    )
}

fn shortened(line: &str) -> String {
    line.chars().take(LONGEST).collect()
}

/// The static file that Django was at when it failed. Source: Django, `collectstatic`, "Post-processing '…' failed!".
fn static_file(text: &str) -> Option<&str> {
    text.split_once("Post-processing '")?
        .1
        .split_once('\'')
        .map(|(file, _)| file)
}

/// The first line that says what went wrong, in the words of the tools that build, with uv's reason where it gives one.
fn telling_line(text: &str) -> Option<String> {
    let words = ["ERROR:", "error:", "CommandError:", "× ", "fatal:"];
    let lines: Vec<&str> = text.lines().collect();
    let first = lines
        .iter()
        .position(|line| words.iter().any(|word| line.contains(word)))?;
    let below = lines.get(first + 1).copied().unwrap_or_default();
    let reason = below
        .split_once("╰─▶ ")
        .or_else(|| below.split_once("cause: "));
    let Some((_, reason)) = reason else {
        return Some(shortened(lines[first].trim()));
    };
    let more = lines[first + 2..]
        .iter()
        .take_while(|line| line.starts_with("     "))
        .map(|line| line.trim());
    let told: Vec<&str> = std::iter::once(reason.trim()).chain(more).collect();
    Some(shortened(&told.join(" ")))
}

/// How many packages the build has installed.
pub(super) fn summary(log: &[LogEntry]) -> String {
    let count = log
        .iter()
        .flat_map(|entry| entry.message.lines())
        .find_map(installed);
    match count {
        Some(1) => "1 package installed".to_owned(),
        Some(count) => format!("{count} packages installed"),
        None => "built".to_owned(),
    }
}

/// `Installed 38 packages in 20ms` (uv), `Successfully installed a-1 b-2` (pip).
fn installed(line: &str) -> Option<usize> {
    if let Some((_, rest)) = line.split_once("Successfully installed ") {
        return Some(rest.split_whitespace().count());
    }
    let (_, rest) = line.split_once("Installed ")?;
    let mut words = rest.split_whitespace();
    let count = words.next()?.parse().ok()?;
    words.next()?.starts_with("package").then_some(count)
}

#[cfg(test)]
mod tests {
    use taxiway_azure::KuduStatus;

    use super::*;

    fn entry(message: &str, is_error: bool) -> LogEntry {
        LogEntry {
            id: "1".to_owned(),
            message: message.to_owned(),
            is_error,
            has_details: false,
        }
    }

    fn deployment() -> KuduDeployment {
        KuduDeployment {
            id: "d".to_owned(),
            status: KuduStatus::Failed,
            status_text: String::new(),
            progress: String::new(),
            active: false,
            complete: true,
            start_time: None,
            end_time: None,
        }
    }

    #[test]
    fn a_failed_build_names_its_cause() {
        let traceback = "Traceback (most recent call last):\n  File \"/tmp/zipdeploy/app/shop/settings.py\", line 4, in <module>\nImportError: no catalog";
        for (log, expected) in [
            (
                vec![
                    entry("Running build", false),
                    entry("ERROR: No matching distribution found for djang0", true),
                ],
                "the site's build failed: ERROR: No matching distribution found for djang0",
            ),
            (
                vec![entry(traceback, true)],
                "the site's build failed: shop/settings.py:4  ImportError: no catalog",
            ),
            (
                vec![entry("OSError: [Errno 28] No space left on device", true)],
                "the site's disk is full",
            ),
            (
                vec![
                    entry("  × No solution found when resolving dependencies:", false),
                    entry("  ╰─▶ Because djang0 was not found", false),
                ],
                "the site's build failed: Because djang0 was not found",
            ),
            (
                vec![entry(
                    "error: No solution found when resolving dependencies\n  cause: Because django==5.2 depends on asgiref>=3.8.1 and you require django==5.2,\n         we can conclude that you require asgiref>=3.8.1.",
                    true,
                )],
                "the site's build failed: Because django==5.2 depends on asgiref>=3.8.1 and you require django==5.2, we can conclude that you require asgiref>=3.8.1.",
            ),
            (
                vec![entry(
                    "error: Failed to build `mysqlclient==1.4.6`\n  cause: The build backend returned an error\n\n         [stderr]\n         /bin/sh: 1: mysql_config: not found\n         Traceback (most recent call last):\n           File \"<string>\", line 14, in <module>\n         OSError: mysql_config not found\n\nhint: Build failures usually indicate a problem",
                    true,
                )],
                "`mysqlclient==1.4.6` has no wheel for this Python and cannot be built: OSError: mysql_config not found",
            ),
            (
                vec![entry(
                    "error: Request failed after 3 retries in 11.1s\n  cause: Failed to fetch: https://index.example/simple/django/\n  cause: client error (Connect)\n  cause: dns error",
                    true,
                )],
                "the site's build cannot reach the package index: cannot fetch https://index.example/simple/django/",
            ),
            (
                vec![entry("it broke", true)],
                "the site's build failed: it broke",
            ),
            (vec![], "the site's build failed: its log tells no reason"),
        ] {
            assert_eq!(failure(&deployment(), &log).line(), expected);
        }
    }

    #[test]
    fn installed_packages_are_counted() {
        for (line, expected) in [
            ("Installed 38 packages in 21ms", "38 packages installed"),
            ("  Installed 1 package in 3ms", "1 package installed"),
            (
                "Successfully installed asgiref-3.8 django-5.2",
                "2 packages installed",
            ),
            ("Installed the thing", "built"),
        ] {
            assert_eq!(summary(&[entry(line, false)]), expected);
        }
    }
}
