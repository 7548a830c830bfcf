//! Commands that start something.

use camino::{Utf8Path, Utf8PathBuf};
use taxiway_diagnostics::Place;

use super::shell::{Simple, commands};
use crate::repository::at_line;

/// Who runs a command.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Origin {
    /// A Procfile.
    Procfile,
    /// The specification of a platform: `fly.toml`, `render.yaml`, `.do/app.yaml` and so on.
    Platform,
    /// `CMD` or `ENTRYPOINT` of the production image.
    Image,
    /// supervisord, s6, systemd or uWSGI.
    Supervisor,
    /// A script that starts the app.
    Script,
    /// A compose service.
    Compose,
    /// Another image.
    OtherImage,
    /// A Makefile, a README, CI, a dev container.
    Development,
}

/// A command of one program, with what was around it taken off.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Command {
    pub(crate) origin: Origin,
    /// The process type or service it belongs to.
    pub(crate) name: Option<String>,
    pub(crate) variables: Vec<(String, String)>,
    /// The program first, without path.
    pub(crate) words: Vec<String>,
    /// The folder it runs in, relative to the repository, where a file says so.
    pub(crate) folder: Option<Utf8PathBuf>,
    pub(crate) place: Place,
}

impl Command {
    /// The program.
    pub(crate) fn program(&self) -> &str {
        self.words.first().map_or("", String::as_str)
    }

    /// The value of an option, as `--name value`, `--name=value` or `-nvalue`.
    pub(crate) fn option(&self, names: &[&str]) -> Option<&str> {
        let mut words = self.words.iter().skip(1);
        while let Some(word) = words.next() {
            for name in names {
                if word == name {
                    return words.next().map(String::as_str);
                }
                if let Some(rest) = word.strip_prefix(name) {
                    if let Some(value) = rest.strip_prefix('=') {
                        return Some(value);
                    }
                    if !name.starts_with("--") && name.len() == 2 && !rest.is_empty() {
                        return Some(rest);
                    }
                }
            }
        }
        None
    }

    /// All words as one text.
    pub(crate) fn text(&self) -> String {
        self.words.join(" ")
    }

    /// The subcommand of Django's `manage.py`, if that is what runs.
    pub(crate) fn manage(&self) -> Option<&str> {
        let at = self
            .words
            .iter()
            .position(|word| word.ends_with("manage.py") || word == "django-admin")?;
        (at <= 2)
            .then(|| self.words.get(at + 1).map(String::as_str))
            .flatten()
    }
}

/// What a text runs, program by program. `first_line` counts from 0.
pub(crate) fn parse(
    text: &str,
    origin: Origin,
    name: Option<&str>,
    path: &Utf8Path,
    first_line: usize,
) -> Vec<Command> {
    let mut found = Vec::new();
    let mut variables: Vec<(String, String)> = Vec::new();
    let mut folder = None;
    for (line, simple) in commands(text) {
        if simple.words.is_empty() {
            variables.extend(simple.variables);
            continue;
        }
        if let [cd, target] = &*simple.words
            && cd == "cd"
        {
            folder = Some(Utf8PathBuf::from(target));
            continue;
        }
        for simple in written_out(simple, &variables) {
            let mut own = variables.clone();
            own.extend(simple.variables.clone());
            unwrap(simple, 0, &mut |simple| {
                let mut variables = own.clone();
                variables.extend(simple.variables);
                found.push(Command {
                    origin,
                    name: name.map(str::to_owned),
                    variables,
                    words: simple.words,
                    folder: folder.clone(),
                    place: at_line(path, first_line + line),
                });
            });
        }
    }
    found
}

/// What `eval "$command"` and `$command --more` run, where the script writes that before.
fn written_out(simple: Simple, variables: &[(String, String)]) -> Vec<Simple> {
    let (name, rest) = match &*simple.words {
        [eval, name, rest @ ..] if eval == "eval" => (name, rest),
        [name, rest @ ..] => (name, rest),
        [] => return vec![simple],
    };
    let name = name
        .strip_prefix('$')
        .map(|name| name.trim_matches(['{', '}']));
    let texts = variables
        .iter()
        .filter(|(own, text)| Some(own.as_str()) == name && text.contains(' '));
    let mut found: Vec<Simple> = Vec::new();
    for (_, text) in texts.take(MOST_MEANINGS) {
        found.extend(commands(text).into_iter().map(|(_, inner)| inner));
        if let Some(last) = found.last_mut() {
            last.words.extend(rest.iter().cloned());
        }
    }
    if found.is_empty() {
        vec![simple]
    } else {
        found
    }
}

/// A script gives a variable few commands to choose from.
const MOST_MEANINGS: usize = 8;

/// Programs that run the rest of their words.
const LAUNCHERS: [&str; 17] = [
    "exec",
    "tini",
    "dumb-init",
    "nohup",
    "ddtrace-run",
    "opentelemetry-instrument",
    "sudo",
    "gosu",
    "su-exec",
    "chpst",
    "newrelic-admin",
    "doppler",
    "honcho",
    "time",
    "env",
    "setpriv",
    "nice",
];

/// Takes launchers off, and gives each program that remains.
fn unwrap(mut simple: Simple, depth: u8, found: &mut dyn FnMut(Simple)) {
    if depth > 8 {
        return;
    }
    loop {
        let Some(first) = simple.words.first() else {
            return;
        };
        let program = first.rsplit('/').next().unwrap_or(first).to_owned();
        if let Some(script) = shell_script(&program, &simple.words) {
            for (_, inner) in commands(script) {
                unwrap(inner, depth + 1, found);
            }
            return;
        }
        let skip = launcher_length(&program, &mut simple);
        if skip == 0 {
            simple.words[0] = program;
            found(simple);
            return;
        }
        if skip >= simple.words.len() {
            return;
        }
        simple.words.drain(..skip);
    }
}

/// The script in `sh -c 'script'`.
fn shell_script<'w>(program: &str, words: &'w [String]) -> Option<&'w String> {
    if !matches!(program, "sh" | "bash" | "ash" | "zsh") {
        return None;
    }
    let at = words
        .iter()
        .position(|word| word.starts_with('-') && word.ends_with('c'))?;
    words.get(at + 1)
}

/// How many words a launcher and its options take; 0 where the program is none.
fn launcher_length(program: &str, simple: &mut Simple) -> usize {
    const RUNNERS: [&str; 7] = ["poetry", "uv", "pipenv", "pdm", "hatch", "rye", "conda"];
    let runs = simple.words.get(1).is_some_and(|word| word == "run");
    if RUNNERS.contains(&program) && runs {
        return runner_length(&simple.words);
    }
    if matches!(program, "python" | "python3" | "pypy3") || program.starts_with("python3.") {
        return interpreter_length(simple);
    }
    if LAUNCHERS.contains(&program) {
        return wrapper_length(program, simple);
    }
    let waits = program.starts_with("wait-for")
        || matches!(program, "wait_for_it.sh" | "dockerize" | "watchmedo");
    let end = simple.words.iter().position(|word| word == "--");
    if waits {
        return end.map_or(0, |at| at + 1);
    }
    usize::from(is_own_wrapper(&simple.words))
}

/// Whether a script of the project is given a server as its words: `bin/start-nginx gunicorn …`.
fn is_own_wrapper(words: &[String]) -> bool {
    const STARTED: [&str; 9] = [
        "gunicorn",
        "uvicorn",
        "daphne",
        "hypercorn",
        "granian",
        "uwsgi",
        "waitress-serve",
        "celery",
        "supervisord",
    ];
    let is_script = words
        .first()
        .is_some_and(|word| word.contains('/') || word.ends_with(".sh"));
    is_script
        && words
            .get(1)
            .is_some_and(|word| STARTED.contains(&word.as_str()))
}

/// `poetry run`, `uv run --no-dev` and the like.
fn runner_length(words: &[String]) -> usize {
    const WITH_VALUE: [&str; 10] = [
        "--with",
        "--group",
        "--extra",
        "--env-file",
        "--python",
        "-p",
        "-n",
        "--project",
        "--directory",
        "--package",
    ];
    let mut length = 2;
    while let Some(word) = words.get(length).filter(|word| word.starts_with('-')) {
        length += 1 + usize::from(WITH_VALUE.contains(&word.as_str()));
    }
    length
}

/// `python -u -m`; other options are taken off.
fn interpreter_length(simple: &mut Simple) -> usize {
    let options = simple.words[1..]
        .iter()
        .take_while(|word| {
            matches!(
                word.as_str(),
                "-u" | "-O" | "-B" | "-E" | "-I" | "-W" | "ignore"
            )
        })
        .count();
    if simple
        .words
        .get(1 + options)
        .is_some_and(|word| word == "-m")
    {
        return 2 + options;
    }
    simple.words.drain(1..=options);
    0
}

/// A launcher with its options and the variables that it sets.
fn wrapper_length(program: &str, simple: &mut Simple) -> usize {
    let mut length = 1;
    while let Some(word) = simple.words.get(length) {
        let assignment = super::shell::assignment(word);
        let is_own = word.starts_with('-')
            || assignment.is_some()
            || (matches!(program, "newrelic-admin" | "doppler")
                && matches!(word.as_str(), "run-program" | "run" | "run-python"))
            || (matches!(program, "gosu" | "su-exec") && length == 1)
            || (program == "sudo" && simple.words[length - 1] == "-u");
        if !is_own {
            break;
        }
        if let Some((name, value)) = assignment {
            let pair = (name.to_owned(), value.to_owned());
            simple.variables.push(pair);
        }
        length += 1;
    }
    length
}

#[cfg(test)]
mod tests {
    use super::*;

    fn programs(text: &str) -> Vec<String> {
        parse(text, Origin::Procfile, None, "Procfile".into(), 0)
            .iter()
            .map(Command::text)
            .collect()
    }

    #[test]
    fn commands_in_variables_are_written_out() {
        insta::assert_debug_snapshot!(
            programs("cmd=\"exec gunicorn a:b \\\n -b :$PORT\"\nif x; then\n cmd=\"su - abc -c '$cmd'\"\nfi\neval \"$cmd\"\nrun='uvicorn m:app'\nexec $run --port 1\n$other now"),
            @r#"
        [
            "x",
            "fi",
            "gunicorn a:b -b :$PORT",
            "su - abc -c $cmd",
            "uvicorn m:app --port 1",
            "$other now",
        ]
        "#
        );
    }

    #[test]
    fn launchers_are_taken_off() {
        insta::assert_debug_snapshot!(
            programs("exec poetry run gunicorn a:b\nsh -c 'python -m celery -A x worker && uv run --no-dev python manage.py migrate'\nnewrelic-admin run-program uvicorn m:app\n./wait-for-it.sh db:5432 -- daphne m:app\ngosu app python3 -u manage.py qcluster"),
            @r#"
        [
            "gunicorn a:b",
            "celery -A x worker",
            "python manage.py migrate",
            "uvicorn m:app",
            "daphne m:app",
            "python3 manage.py qcluster",
        ]
        "#
        );
    }
}
