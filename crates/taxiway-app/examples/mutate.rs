//! Reads mutated repositories for a time and says whether reading survived: `mutate SECONDS [SEED] FILE…`.
//!
//! Each FILE holds a small repository as one text, as the crate's samples are. Mutations cut, repeat, swap and splice pieces of
//! the files, also between repositories, and give a file another manifest's name. A panic or a reading of more than twenty
//! seconds is reported with the input that caused it, and ends the run.

#![expect(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a program for the terminal prints"
)]

use std::process::ExitCode;
use std::time::{Duration, Instant};

use camino::Utf8PathBuf;
use taxiway_diagnostics::{MemorySources, Sources as _};

/// Names under which a text is read by one of the readers.
const NAMES: [&str; 44] = [
    "pyproject.toml",
    "requirements.txt",
    "requirements/production.txt",
    "Pipfile",
    "Pipfile.lock",
    "setup.cfg",
    "setup.py",
    "uv.lock",
    "poetry.lock",
    "pdm.lock",
    "pylock.toml",
    "environment.yml",
    ".python-version",
    "runtime.txt",
    "Dockerfile",
    "docker-compose.yml",
    "Procfile",
    "app.json",
    "fly.toml",
    "render.yaml",
    "railway.json",
    "railway.toml",
    "azure.yaml",
    "k8s/web.yaml",
    "supervisord.conf",
    "uwsgi.ini",
    "production.ini",
    "web.service",
    "start.sh",
    "Makefile",
    "justfile",
    "tox.ini",
    "noxfile.py",
    "crontab",
    ".github/workflows/ci.yml",
    "package.json",
    "gunicorn.conf.py",
    "settings.toml",
    ".env",
    "shop/settings.py",
    "shop/wsgi.py",
    "shop/urls.py",
    "app.py",
    "shop/migrations/0001_initial.py",
];

/// Pieces that readers give a meaning to.
const PIECES: [&str; 48] = [
    "\"",
    "'",
    "[",
    "]",
    "{",
    "}",
    "(",
    ")",
    "\n",
    "\n  ",
    "\t",
    ":",
    "=",
    "==",
    "-r ",
    "-c ",
    "-e .",
    "&a ",
    "*a",
    "<<: *a",
    "${X:-",
    "$X",
    "$(",
    "`",
    "|",
    "&&",
    ";",
    "\\",
    "\\\n",
    "#",
    "from .base import *",
    "os.environ[",
    "env(",
    "include(",
    "%(here)s",
    "{{",
    "}}",
    "\u{0}",
    "\u{feff}",
    "é",
    "🦀",
    "0",
    "-1",
    "99999999999999999999",
    "ENV X=$X$X",
    "FROM python:3.12",
    "@",
    "None",
];

/// Numbers that only look random (xorshift), so that a run can be repeated.
struct Numbers(u64);

impl Numbers {
    fn next(&mut self) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0
    }

    fn below(&mut self, end: usize) -> usize {
        let end = u64::try_from(end.max(1)).unwrap_or(1);
        usize::try_from(self.next() % end).unwrap_or(0)
    }
}

type Files = Vec<(Utf8PathBuf, String)>;

fn main() -> ExitCode {
    let mut arguments = std::env::args().skip(1).peekable();
    let Some(seconds) = arguments.next().and_then(|text| text.parse().ok()) else {
        eprintln!("usage: mutate SECONDS [SEED] FILE…");
        return ExitCode::from(2);
    };
    let seed = arguments.peek().and_then(|text| text.parse().ok());
    if seed.is_some() {
        arguments.next();
    }
    let mut numbers = Numbers(seed.unwrap_or(0x9e37_79b9_7f4a_7c15));
    let corpus: Vec<Files> = arguments
        .filter_map(|path| std::fs::read_to_string(path).ok())
        .map(|text| files(&MemorySources::from_text(&text)))
        .filter(|files| !files.is_empty())
        .collect();
    if corpus.is_empty() {
        eprintln!("no file could be read");
        return ExitCode::from(2);
    }
    let end = Instant::now() + Duration::from_secs(seconds);
    let mut count = 0_u64;
    let mut slowest = Duration::ZERO;
    while Instant::now() < end {
        let repository = mutated(&corpus, &mut numbers);
        let started = Instant::now();
        let survived = std::panic::catch_unwind(|| read(&repository)).is_ok();
        let elapsed = started.elapsed();
        slowest = slowest.max(elapsed);
        count += 1;
        if !survived || elapsed > Duration::from_secs(20) {
            println!(
                "{} after {elapsed:?}:",
                if survived { "slow" } else { "panic" }
            );
            for (path, text) in &repository {
                println!("--- {path}\n{text}");
            }
            return ExitCode::FAILURE;
        }
    }
    println!("{count} repositories read, none failed; the slowest took {slowest:?}");
    ExitCode::SUCCESS
}

fn files(sources: &MemorySources) -> Files {
    sources
        .files()
        .into_iter()
        .filter_map(|path| {
            let text = sources.read_text(&path).ok()?;
            Some((path, text))
        })
        .collect()
}

/// Everything that the crate does with a repository.
fn read(files: &Files) {
    let sources: MemorySources = files
        .iter()
        .map(|(path, text)| (path.as_str(), text.as_str()))
        .collect();
    let app = taxiway_app::read(&sources);
    for service in &app.services {
        drop(taxiway_app::migrations(&sources, service));
        drop(taxiway_app::export_lock(&sources, service));
    }
    drop(serde_json::to_string(&app));
}

fn mutated(corpus: &[Files], numbers: &mut Numbers) -> Files {
    let mut files = corpus[numbers.below(corpus.len())].clone();
    for _ in 0..=numbers.below(4) {
        let other = &corpus[numbers.below(corpus.len())];
        let (_, foreign) = &other[numbers.below(other.len())];
        if numbers.below(4) == 0 {
            let name = NAMES[numbers.below(NAMES.len())];
            files.push((name.into(), foreign.clone()));
        }
        let at = numbers.below(files.len());
        let text = changed(&files[at].1, foreign, numbers);
        files[at].1 = text;
    }
    files
}

/// A text with one change.
fn changed(text: &str, foreign: &str, numbers: &mut Numbers) -> String {
    let characters: Vec<char> = text.chars().collect();
    let start = numbers.below(characters.len() + 1);
    let length = numbers.below(40).min(characters.len() - start);
    let (before, rest) = characters.split_at(start);
    let (piece, after) = rest.split_at(length);
    let joined = |parts: [&[char]; 3]| parts.concat().into_iter().collect::<String>();
    match numbers.below(6) {
        0 => joined([before, after, &[]]),
        1 => before.iter().collect(),
        2 => {
            let repeated: Vec<char> = piece.repeat(1 + numbers.below(200));
            joined([before, &repeated, after])
        }
        3 => {
            let lines: Vec<&str> = foreign.lines().collect();
            let line: Vec<char> = lines
                .get(numbers.below(lines.len()))
                .map_or(Vec::new(), |line| line.chars().collect());
            joined([before, &line, after])
        }
        _ => {
            let inserted: Vec<char> = PIECES[numbers.below(PIECES.len())].chars().collect();
            joined([before, &inserted, rest])
        }
    }
}
