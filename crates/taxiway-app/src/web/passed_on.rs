//! The applications of one module, also those that it gets from functions of other modules.
//!
//! Modules are parsed once, when someone asks. Invariant: a name is followed through at most [`MOST_HOPS`] modules.

use std::collections::BTreeMap;
use std::rc::Rc;

use camino::{Utf8Path, Utf8PathBuf};
use taxiway_diagnostics::Place;

use super::made::{Facts, facts};
use super::{CLASSES, WebApp, is_factory};
use crate::document::FrameworkName;
use crate::python::Source;
use crate::repository::{Repository, join};

/// `wsgi.py` asks the package, the package its `app.py`, that a class of another module, and so on.
const MOST_HOPS: u8 = 8;

/// Whether a function or a class may make an application, by its name: few names are worth the reading of other modules.
fn may_make(name: &str) -> bool {
    is_factory(name) || CLASSES.iter().any(|class| name.ends_with(class))
}

/// The modules of a repository, as far as somebody asked for them.
pub(super) struct Modules<'a> {
    repository: &'a Repository<'a>,
    known: BTreeMap<Utf8PathBuf, Option<(Rc<Facts>, &'a Source)>>,
}

impl<'a> Modules<'a> {
    pub(super) fn new(repository: &'a Repository<'a>) -> Self {
        Self {
            repository,
            known: BTreeMap::new(),
        }
    }

    /// Adds what a file makes that somebody looked at already.
    pub(super) fn insert(&mut self, file: &Utf8Path, facts: Option<Facts>) {
        let source = self.repository.module(file);
        let known = facts
            .zip(source)
            .map(|(facts, source)| (Rc::new(facts), source));
        self.known.insert(file.to_owned(), known);
    }

    /// The applications of the files that are known now, in the order of their paths.
    pub(super) fn all(&mut self) -> Vec<WebApp> {
        let files: Vec<Utf8PathBuf> = self.known.keys().cloned().collect();
        files.iter().flat_map(|file| self.apps(file)).collect()
    }

    fn load(&mut self, path: &Utf8Path) -> Option<(Rc<Facts>, &'a Source)> {
        if let Some(known) = self.known.get(path) {
            return known.clone();
        }
        let source = self.repository.module(path);
        let loaded = source.map(|source| (Rc::new(facts(source)), source));
        self.known.insert(path.to_owned(), loaded.clone());
        loaded
    }

    /// The applications of a file.
    pub(super) fn apps(&mut self, file: &Utf8Path) -> Vec<WebApp> {
        let Some((facts, source)) = self.load(file) else {
            return Vec::new();
        };
        let app = |symbol: &str, framework: FrameworkName, is_factory: bool, offset: u32| WebApp {
            framework,
            file: file.to_owned(),
            symbol: symbol.to_owned(),
            is_factory,
            place: Place::new(file, source.lines.line(offset)),
        };
        let mut found: Vec<WebApp> = Vec::new();
        for (name, framework, offset) in &facts.objects {
            found.push(app(name, *framework, false, *offset));
        }
        for (name, framework, offset) in &facts.factories {
            found.push(app(name, *framework, true, *offset));
        }
        for (name, function, offset) in &facts.calls {
            if let Some(framework) = self.made_by(file, &facts, function, 0) {
                found.push(app(name, framework, false, *offset));
            }
        }
        for (name, maker, offset) in &facts.passing {
            let is_maker = is_factory(name) && may_make(maker);
            if is_maker && let Some(framework) = self.made_by(file, &facts, maker, 0) {
                found.push(app(name, framework, true, *offset));
            }
        }
        if facts.uses_streamlit && facts.objects.is_empty() {
            found.push(app("", FrameworkName::Streamlit, false, 0));
        }
        if found.is_empty()
            && let Some((framework, offset)) = facts.script
        {
            found.push(app("", framework, false, offset));
        }
        found
    }

    /// The framework of what a function or a class makes, by the name it has in a module.
    fn made_by(
        &mut self,
        file: &Utf8Path,
        facts: &Facts,
        name: &str,
        hops: u8,
    ) -> Option<FrameworkName> {
        if hops > MOST_HOPS {
            return None;
        }
        let own = facts.factories.iter().find(|(own, ..)| own == name);
        let own = own.map(|(_, framework, _)| framework);
        if let Some(framework) = own.or_else(|| facts.classes.get(name)) {
            return Some(*framework);
        }
        let passing = facts.passing.iter().find(|(own, ..)| own == name);
        if let Some((_, maker, _)) = passing.filter(|(own, maker, _)| own != maker) {
            return self.made_by(file, facts, maker, hops + 1);
        }
        let bases = facts.extending.iter().filter(|(own, _)| own == name);
        for (_, base) in bases.filter(|(own, base)| own != base) {
            let framework = self.made_by(file, facts, base, hops + 1);
            if framework.is_some() {
                return framework;
            }
        }
        self.imported(file, facts.imports.get(name)?, hops + 1)
    }

    /// The framework of a function or a class that a module imports, by the dotted name it has there.
    fn imported(&mut self, file: &Utf8Path, dotted: &str, hops: u8) -> Option<FrameworkName> {
        let (module, name) = dotted.rsplit_once('.')?;
        self.candidates(file, module)
            .into_iter()
            .find_map(|candidate| {
                let (facts, _) = self.load(&candidate)?;
                let passed = facts.imports.get(name);
                // A module that imports a name from itself would never come to an end.
                if passed.is_some_and(|passed| passed == dotted) {
                    return None;
                }
                self.made_by(&candidate, &facts, name, hops)
            })
    }

    /// The files that a module name can mean in a file, the nearest first.
    fn candidates(&self, file: &Utf8Path, module: &str) -> Vec<Utf8PathBuf> {
        let name = module.trim_start_matches('.');
        let dots = module.len() - name.len();
        let relative = name.replace('.', "/");
        let folder = file.parent().unwrap_or("".into());
        let folders: Vec<&Utf8Path> = if dots > 0 {
            folder.ancestors().skip(dots - 1).take(1).collect()
        } else {
            folder.ancestors().collect()
        };
        folders
            .into_iter()
            .filter_map(|folder| join(folder, &relative))
            .flat_map(|base| {
                [
                    Utf8PathBuf::from(format!("{base}.py")),
                    base.join("__init__.py"),
                ]
            })
            .filter(|path| self.repository.is_file(path))
            .collect()
    }
}
