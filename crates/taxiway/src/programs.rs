//! Short questions to programs of this machine: which Python interpreters there are, which commit is checked out.

use std::process::{Command, Stdio};

use taxiway_platform::{Environment, Platform};

use crate::failure::Failure;

/// The minor versions that are looked for, the newest first.
const MINORS: std::ops::RangeInclusive<u32> = 9..=15;

/// What the local rehearsal runs on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Interpreter {
    /// `major.minor`.
    pub(crate) version: String,
    /// Whether the platform asked for another one, which this machine lacks and the project does not insist on.
    pub(crate) is_substitute: bool,
}

/// Chooses the interpreter for the local environment.
///
/// # Errors
/// [`Failure`] with the command that gets one, where no interpreter of this machine suits the project.
pub(crate) fn choose(
    platform: &Platform,
    environment: &Environment,
) -> Result<Interpreter, Failure> {
    pick(platform, environment, &available(environment))
}

fn pick(
    platform: &Platform,
    environment: &Environment,
    available: &[String],
) -> Result<Interpreter, Failure> {
    let wanted = &environment.python.version;
    if available.contains(wanted) {
        return Ok(Interpreter {
            version: wanted.clone(),
            is_substitute: false,
        });
    }
    let suits = |version: &&String| environment.python.accepts(version);
    if let Some(version) = available.iter().find(suits) {
        return Ok(Interpreter {
            version: version.clone(),
            is_substitute: true,
        });
    }
    let source = platform
        .choice(&format!("{}.python", environment.name))
        .map_or_else(String::new, |choice| format!(" ({})", choice.source));
    let needed = environment
        .python
        .constraint
        .clone()
        .unwrap_or_else(|| wanted.clone());
    let found = match available {
        [] => "this machine has none".to_owned(),
        some => format!("this machine has {}", some.join(", ")),
    };
    Err(Failure::lacking(format!(
        "this project needs Python {needed}{source}; {found}"
    ))
    .next("get one", format!("uv python install {wanted}"))
    .next("then", "taxiway up"))
}

/// The versions that answer, in the order of preference. Each question costs a process, so it is asked only while no answer
/// suits: first for the version that is wanted, then for the one that the user calls `python3`, then for all others.
fn available(environment: &Environment) -> Vec<String> {
    let has = |version: &String| {
        answers(&format!("python{version}")).as_ref() == Some(version) || uv_finds(version)
    };
    let wanted = &environment.python.version;
    if has(wanted) {
        return vec![wanted.clone()];
    }
    let mut versions: Vec<String> = answers("python3").into_iter().collect();
    if !versions
        .iter()
        .any(|version| environment.python.accepts(version))
    {
        let others = MINORS.rev().map(|minor| format!("3.{minor}"));
        versions.extend(others.filter(|version| version != wanted).filter(has));
        versions.dedup();
    }
    versions
}

fn answers(program: &str) -> Option<String> {
    let script = "import sys; print('%d.%d' % sys.version_info[:2])";
    output(program, &["-c", script])
}

/// The commit that is checked out in `folder`, if Git knows one.
pub(crate) fn commit(folder: &camino::Utf8Path) -> Option<String> {
    output(
        "git",
        &["-C", folder.as_str(), "rev-parse", "--short=12", "HEAD"],
    )
}

/// The files below `folder` that Git tracks, relative to it; none where Git or a repository is missing.
pub(crate) fn tracked(folder: &camino::Utf8Path) -> Vec<camino::Utf8PathBuf> {
    let listed = output(
        "git",
        &["-C", folder.as_str(), "ls-files", "-z", "--cached", "."],
    );
    let listed = listed.unwrap_or_default();
    listed
        .split('\0')
        .filter(|path| !path.is_empty())
        .map(Into::into)
        .collect()
}

/// The address of the remote `origin` of the repository in `folder`, if Git knows one.
pub(crate) fn origin(folder: &camino::Utf8Path) -> Option<String> {
    output(
        "git",
        &["-C", folder.as_str(), "remote", "get-url", "origin"],
    )
}

/// What GitHub's own program answers, or why it does not.
#[expect(
    clippy::disallowed_methods,
    reason = "a short question to a program of this machine, before any supervisor exists"
)]
pub(crate) fn gh(arguments: &[&str]) -> Result<String, String> {
    let answer = Command::new("gh")
        .args(arguments)
        // Nobody sits there to answer it.
        .env("GH_PROMPT_DISABLED", "1")
        .stdin(Stdio::null())
        .output()
        .map_err(|error| match error.kind() {
            std::io::ErrorKind::NotFound => "there is no `gh` on PATH".to_owned(),
            _ => error.to_string(),
        })?;
    if answer.status.success() {
        return Ok(String::from_utf8_lossy(&answer.stdout).trim().to_owned());
    }
    let said = String::from_utf8_lossy(&answer.stderr);
    let last = said.lines().rfind(|line| !line.trim().is_empty());
    Err(last.map_or_else(|| format!("gh ended with {}", answer.status), str::to_owned))
}

/// Opens an address in the user's browser; whether one was found.
pub(crate) fn open(url: &str) -> bool {
    ["xdg-open", "open"]
        .iter()
        .any(|program| succeeds(program, &[url]))
}

/// uv knows interpreters that are not on `PATH`, its own among them.
fn uv_finds(version: &str) -> bool {
    output("uv", &["python", "find", "--no-python-downloads", version]).is_some()
}

#[expect(
    clippy::disallowed_methods,
    reason = "short questions to programs of this machine, before any supervisor exists"
)]
pub(crate) fn output(program: &str, arguments: &[&str]) -> Option<String> {
    let output = Command::new(program)
        .args(arguments)
        .stdin(Stdio::null())
        .stderr(Stdio::null())
        .output()
        .ok()?;
    let text = String::from_utf8(output.stdout).ok()?;
    output
        .status
        .success()
        .then(|| text.trim().to_owned())
        .filter(|text| !text.is_empty())
}

#[expect(
    clippy::disallowed_methods,
    reason = "the user's browser is nobody's child"
)]
pub(crate) fn succeeds(program: &str, arguments: &[&str]) -> bool {
    let mut command = Command::new(program);
    command
        .args(arguments)
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null());
    command.status().is_ok_and(|status| status.success())
}

#[cfg(test)]
mod tests {
    use super::*;
    use taxiway_platform::Python;

    fn platform_for(python: Python) -> (Platform, Environment) {
        let sources = taxiway_diagnostics::MemorySources::from_text(DJANGO);
        let app = taxiway_app::read(&sources);
        let platform =
            taxiway_platform::decide(&app, &taxiway_platform::Config::default()).unwrap();
        let mut environment = platform.environments[0].clone();
        environment.python = python;
        (platform, environment)
    }

    const DJANGO: &str = "# The smallest Django project that can be decided about.
--- manage.py
import os
os.environ.setdefault('DJANGO_SETTINGS_MODULE', 'site1.settings')
from django.core.management import execute_from_command_line
execute_from_command_line()
--- requirements.txt
Django==5.2.1
--- site1/__init__.py
--- site1/wsgi.py
import os
from django.core.wsgi import get_wsgi_application
os.environ.setdefault('DJANGO_SETTINGS_MODULE', 'site1.settings')
application = get_wsgi_application()
--- site1/settings.py
SECRET_KEY = 'x'
DATABASES = {'default': {'ENGINE': 'django.db.backends.postgresql', 'NAME': 'site1'}}
ROOT_URLCONF = 'site1.urls'
WSGI_APPLICATION = 'site1.wsgi.application'
";

    #[test]
    fn a_preference_may_be_departed_from_and_a_constraint_may_not() {
        let available = ["3.13".to_owned(), "3.11".to_owned()];
        let pick_for = |version: &str, constraint: Option<&str>| {
            let python = Python {
                version: version.into(),
                constraint: constraint.map(str::to_owned),
            };
            let (platform, environment) = platform_for(python);
            pick(&platform, &environment, &available)
                .map(|found| (found.version, found.is_substitute))
                .map_err(|failure| failure.message)
        };
        assert_eq!(pick_for("3.11", None).unwrap(), ("3.11".into(), false));
        assert_eq!(pick_for("3.12", None).unwrap(), ("3.13".into(), true));
        assert_eq!(
            pick_for("3.12", Some("<3.12")).unwrap(),
            ("3.11".into(), true)
        );
        assert!(
            pick_for("3.14", Some(">=3.14"))
                .unwrap_err()
                .starts_with("this project needs Python >=3.14")
        );
    }
}
