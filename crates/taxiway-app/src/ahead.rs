//! What is read before anybody asks, in a thread beside the one that will.
//!
//! It changes when a file is read and parsed, never what is found: whoever asks gets what they would have read themselves, and
//! warnings come from what was asked for only. Invariant: the work is bounded, and ends when nobody asks any more.

use std::collections::BTreeSet;
use std::num::NonZero;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Mutex, OnceLock, PoisonError};

use camino::{Utf8Path, Utf8PathBuf};
use ruff_python_ast::{Stmt, StmtImport, StmtImportFrom};

use crate::evidence::role::{integration_of, is_compose, is_vendored};
use crate::manifest::lockfile;
use crate::python::find_module;
use crate::repository::{Repository, name_of, parts_of};
use crate::web::is_factory;

/// Modules of one program that are parsed ahead.
const MOST_MODULES: usize = 150;

/// Files of other kinds that are read ahead.
const MOST_FILES: usize = 40;

/// The parser's recursion is bounded for the stack that a program begins with.
pub(crate) const STACK: usize = 8 << 20;

/// A module that will be executed, and where what it imports is looked for.
pub(crate) struct Program {
    pub(crate) name: String,
    pub(crate) path: Utf8PathBuf,
    pub(crate) is_package: bool,
    pub(crate) search: Vec<Utf8PathBuf>,
}

/// The way to the thread that reads ahead.
#[derive(Default)]
pub(crate) struct Ahead {
    programs: Mutex<Option<Sender<Program>>>,
    is_over: AtomicBool,
}

impl Ahead {
    /// Has a program parsed, where somebody reads ahead.
    pub(crate) fn parse(&self, program: Program) {
        let programs = self.programs.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(programs) = &*programs {
            // Nobody listens any more where reading ahead failed.
            let _unheard = programs.send(program);
        }
    }

    fn begin(&self, programs: Sender<Program>) {
        *self.programs.lock().unwrap_or_else(PoisonError::into_inner) = Some(programs);
    }

    fn end(&self) {
        self.is_over.store(true, Ordering::Relaxed);
        *self.programs.lock().unwrap_or_else(PoisonError::into_inner) = None;
    }

    fn is_over(&self) -> bool {
        self.is_over.load(Ordering::Relaxed)
    }
}

/// Ends the reading ahead, however the asking ended.
struct End<'a>(&'a Ahead);

impl Drop for End<'_> {
    fn drop(&mut self) {
        self.0.end();
    }
}

/// How many processors there are; to ask takes the time of reading a file or two.
pub(crate) fn processors() -> usize {
    static KNOWN: OnceLock<usize> = OnceLock::new();
    *KNOWN.get_or_init(|| std::thread::available_parallelism().map_or(1, NonZero::get))
}

/// Asks a repository, while another processor reads ahead.
pub(crate) fn beside<T>(repository: &Repository<'_>, ask: impl FnOnce() -> T) -> T {
    if processors() == 1 {
        return ask();
    }
    let (sender, receiver) = channel();
    std::thread::scope(|scope| {
        let started = std::thread::Builder::new()
            .stack_size(STACK)
            .spawn_scoped(scope, move || read(repository, &receiver));
        let _end = End(repository.ahead());
        if started.is_ok() {
            repository.ahead().begin(sender);
        }
        ask()
    })
}

fn read(repository: &Repository<'_>, programs: &Receiver<Program>) {
    for file in manifests(repository) {
        if repository.ahead().is_over() {
            return;
        }
        repository.prepare(file);
    }
    for program in programs {
        let mut parsing = Parsing {
            repository,
            search: &program.search,
            seen: BTreeSet::new(),
            later: Vec::new(),
        };
        parsing.module(&program.name, program.path.clone(), program.is_package);
        parsing.called();
    }
}

/// The files that take longest to read and that most services are asked for: locks, then pipelines from the last to the first,
/// as whoever asks begins with the first.
fn manifests<'r>(repository: &'r Repository<'_>) -> impl Iterator<Item = &'r Utf8Path> {
    let files = || {
        let files = repository.descriptions();
        files.filter(|file| parts_of(file).count() <= 3 && !is_vendored(file))
    };
    let is_lock = |file: &&Utf8Path| lockfile::is_lock(name_of(file));
    let is_pipeline = |file: &&Utf8Path| {
        integration_of(file).is_some() || is_compose(&name_of(file).to_lowercase())
    };
    let locks = files().filter(is_lock).take(MOST_FILES);
    let pipelines: Vec<&Utf8Path> = files().filter(is_pipeline).take(MOST_FILES).collect();
    locks.chain(pipelines.into_iter().rev())
}

/// Parses the modules of a program in the order in which it imports them.
struct Parsing<'p> {
    repository: &'p Repository<'p>,
    search: &'p [Utf8PathBuf],
    seen: BTreeSet<Utf8PathBuf>,
    /// The bodies of functions that make an application, with their packages.
    later: Vec<(&'p [Stmt], String)>,
}

impl<'p> Parsing<'p> {
    /// Parses what the functions import that make an application: they are called when the modules are executed.
    fn called(&mut self) {
        while let Some((body, package)) = self.later.pop() {
            self.imports(body, &package);
        }
    }

    fn module(&mut self, name: &str, path: Utf8PathBuf, is_package: bool) {
        let is_enough = self.seen.len() >= MOST_MODULES || self.repository.ahead().is_over();
        if is_enough || !self.seen.insert(path.clone()) {
            return;
        }
        let package = if is_package {
            name
        } else {
            name.rsplit_once('.').map_or("", |(package, _)| package)
        };
        if let Some(source) = self.repository.parsed(&path) {
            self.imports(source.body(), package);
        }
    }

    fn imports(&mut self, body: &'p [Stmt], package: &str) {
        for statement in body {
            match statement {
                Stmt::Import(import) => self.import(import),
                Stmt::ImportFrom(import) => self.import_from(import, package),
                Stmt::Try(attempt) => self.imports(&attempt.body, package),
                Stmt::If(branches) => self.imports(&branches.body, package),
                Stmt::With(with) => self.imports(&with.body, package),
                Stmt::FunctionDef(function) if is_factory(function.name.as_str()) => {
                    self.later.push((&function.body, package.to_owned()));
                }
                _ => {}
            }
        }
    }

    fn import(&mut self, import: &StmtImport) {
        for alias in &import.names {
            let name = alias.name.as_str();
            self.named(name);
            if let Some((top, _)) = name.split_once('.') {
                self.named(top);
            }
        }
    }

    fn import_from(&mut self, import: &StmtImportFrom, package: &str) {
        let module = import.module.as_ref().map_or("", |name| name.as_str());
        let mut above = Some(package);
        for _ in 1..import.level {
            above = above.and_then(|name| Some(name.rsplit_once('.')?.0));
        }
        let name = match (import.level, above) {
            (0, _) => module.to_owned(),
            (_, Some(above)) if module.is_empty() => above.to_owned(),
            (_, Some(above)) => format!("{above}.{module}"),
            (_, None) => return,
        };
        let Some(is_package) = self.named(&name) else {
            return;
        };
        if is_package {
            for alias in &import.names {
                self.named(&format!("{name}.{}", alias.name.as_str()));
            }
        }
    }

    /// Parses a module of the project, and what it imports; whether it is a package.
    fn named(&mut self, name: &str) -> Option<bool> {
        let (path, is_package) = find_module(self.repository, self.search, name)?;
        self.module(name, path, is_package);
        Some(is_package)
    }
}
