//! The evaluator: modules, scopes, budget, and what it notes on its way.

use std::cell::Cell;
use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

use camino::{Utf8Path, Utf8PathBuf};
use ruff_python_ast::Stmt;
use ruff_text_size::Ranged as _;
use taxiway_diagnostics::Place;

use super::source::Source;
use super::value::{Binding, Scope, Value};
use crate::ahead::Program;
use crate::repository::{Repository, join};

/// Expressions and statements that one evaluation may execute.
const MOST_STEPS: u32 = 400_000;

/// Bytes of a file that are read for what one step costs.
const BYTES_OF_A_STEP: usize = 4;

/// Modules that one evaluation may load.
const MOST_MODULES: usize = 150;

/// Modules that are loaded beyond these where they are the configuration itself.
const MOST_CONFIGURATION: usize = 20;

/// How deep calls and expressions may be nested.
pub(crate) const DEEPEST: u32 = 120;

/// A place in a loaded module.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Spot {
    pub(crate) module: u32,
    pub(crate) offset: u32,
}

/// An environment variable that was read.
#[derive(Clone, Debug)]
pub(crate) struct Read<'a> {
    pub(crate) name: Rc<str>,
    pub(crate) spot: Spot,
    /// What is used without it; `None` where there is nothing.
    pub(crate) default: Option<Value<'a>>,
    /// Whether evaluation fails without it.
    pub(crate) required: bool,
    /// Whether it is a URL of a database or another service.
    pub(crate) is_connection: bool,
}

/// A module of the project.
pub(crate) struct Module<'a> {
    pub(crate) name: Rc<str>,
    pub(crate) path: Utf8PathBuf,
    /// Whether it is a package: `path` is its `__init__.py`, or its folder where it has none.
    pub(crate) is_package: bool,
    pub(crate) source: Option<&'a Source>,
    pub(crate) scope: Scope<'a>,
}

/// Where execution is.
#[derive(Default)]
pub(crate) struct Frame<'a> {
    pub(crate) module: usize,
    /// The variables of a function; `None` at the top of a module.
    pub(crate) locals: Option<Scope<'a>>,
    /// The variables of the functions around it.
    pub(crate) outer: Rc<Scope<'a>>,
    /// The names declared `global`.
    pub(crate) globals: BTreeSet<Rc<str>>,
    /// What was returned on some paths, and whether an empty environment takes that path.
    pub(crate) returned: Vec<(Value<'a>, bool)>,
    /// The variables that the conditions around depend on.
    pub(crate) blamed: Vec<BTreeSet<Rc<str>>>,
    /// Whether the variables are those of a class body.
    pub(crate) fields: Option<Vec<super::value::Field<'a>>>,
}

/// Executes modules of a repository on partly known values.
pub(crate) struct Evaluator<'a> {
    pub(crate) repository: &'a Repository<'a>,
    /// The folders that modules are looked for in.
    pub(crate) search: Vec<Utf8PathBuf>,
    pub(crate) modules: Vec<Module<'a>>,
    loaded: BTreeMap<Utf8PathBuf, usize>,
    pub(crate) reads: Vec<Read<'a>>,
    /// Variables that files of the project set.
    pub(crate) environment: BTreeMap<Rc<str>, Value<'a>>,
    /// How many conditions around do not hold with an empty environment.
    pub(crate) conditional: u32,
    /// How many `try` are around.
    pub(crate) tries: u32,
    /// Reads without a default so far, wherever they are.
    pub(crate) bare_reads: u32,
    /// Files of which it is not known whether they are there, opened so far.
    pub(crate) opened: u32,
    /// What `DEBUG` was when it was assigned last, before production's value was assumed.
    pub(crate) debug: Option<(Value<'a>, Spot)>,
    /// The modules that were asked for and are not in the repository though their package is.
    pub(crate) missing: BTreeSet<String>,
    /// Files that an image puts elsewhere: where they end up, and where the repository has them.
    pub(crate) placed: Vec<(String, Utf8PathBuf)>,
    /// How many modules more than usual may be loaded now.
    spare: usize,
    /// Where the outermost call stands.
    pub(crate) call_spot: Option<Spot>,
    pub(crate) depth: u32,
    steps: Cell<u32>,
}

impl<'a> Evaluator<'a> {
    pub(crate) fn new(repository: &'a Repository<'a>, search: Vec<Utf8PathBuf>) -> Self {
        Self {
            repository,
            search,
            modules: Vec::new(),
            loaded: BTreeMap::new(),
            reads: Vec::new(),
            environment: BTreeMap::new(),
            conditional: 0,
            tries: 0,
            bare_reads: 0,
            opened: 0,
            debug: None,
            missing: BTreeSet::new(),
            placed: Vec::new(),
            spare: 0,
            call_spot: None,
            depth: 0,
            steps: Cell::new(0),
        }
    }

    /// Sets a variable of the environment, as a file of the project does.
    pub(crate) fn set_environment(&mut self, name: &str, value: &str) {
        self.environment.insert(name.into(), Value::text(value));
    }

    /// Counts one step; false when the budget is used up.
    pub(crate) fn step(&mut self) -> bool {
        self.charge(1);
        self.steps.get() < MOST_STEPS
    }

    /// Takes what a reading of so many bytes costs out of the budget; false when that is used up.
    pub(crate) fn pay_for(&self, bytes: usize) -> bool {
        self.charge(u32::try_from(bytes / BYTES_OF_A_STEP).unwrap_or(u32::MAX));
        self.steps.get() < MOST_STEPS
    }

    fn charge(&self, steps: u32) {
        self.steps.set(self.steps.get().saturating_add(steps));
    }

    /// The place of a spot.
    pub(crate) fn place(&self, spot: Spot) -> Place {
        let module = &self.modules[spot.module as usize];
        let line = module
            .source
            .map_or(1, |source| source.lines.line(spot.offset));
        Place::new(&module.path, line)
    }

    /// Does something that may load configuration, for which there is room even where a large application used up the rest.
    pub(crate) fn with_spare<T>(&mut self, run: impl FnOnce(&mut Self) -> T) -> T {
        let before = std::mem::replace(&mut self.spare, MOST_CONFIGURATION);
        let result = run(self);
        self.spare = before;
        result
    }

    /// Loads and executes a module by its dotted name.
    pub(crate) fn import(&mut self, name: &str) -> Option<usize> {
        let (path, is_package) = self.find(name)?;
        self.load(name, path, is_package)
    }

    /// The file of a module by its dotted name, and whether it is a package.
    pub(crate) fn find(&self, name: &str) -> Option<(Utf8PathBuf, bool)> {
        find(self.repository, &self.search, &self.placed, name)
    }

    /// Has a module and what it imports parsed while something else is done.
    pub(crate) fn parse_ahead(&self, name: &str) {
        if let Some((path, is_package)) = self.find(name) {
            self.repository.ahead().parse(Program {
                name: name.to_owned(),
                path,
                is_package,
                search: self.search.clone(),
            });
        }
    }

    /// Calls a function of a module without arguments.
    pub(crate) fn call_by_name(&mut self, module: &str, function: &str) {
        let Some(index) = self.import(module) else {
            return;
        };
        let function = self.member(index, module, function);
        let spot = Spot {
            module: u32::try_from(index).unwrap_or(u32::MAX),
            offset: 0,
        };
        let mut frame = Frame {
            module: index,
            ..Frame::default()
        };
        self.invoke(
            &function,
            super::call::Arguments::default(),
            spot,
            &mut frame,
        );
    }

    /// Whether a module was executed already.
    pub(crate) fn is_loaded(&self, name: &str) -> bool {
        self.find(name)
            .is_some_and(|(path, _)| self.loaded.contains_key(&path))
    }

    /// Whether a dotted name starts in the project.
    pub(crate) fn is_own(&self, name: &str) -> bool {
        let top = name.split('.').next().unwrap_or(name);
        self.find(top).is_some()
    }

    /// Loads and executes a file as the module `name`.
    pub(crate) fn load(
        &mut self,
        name: &str,
        path: Utf8PathBuf,
        is_package: bool,
    ) -> Option<usize> {
        self.load_part(name, path, is_package, None)
    }

    /// Loads a file as the module `name`, and executes what begins before an offset.
    pub(crate) fn load_until(
        &mut self,
        name: &str,
        path: Utf8PathBuf,
        end: Option<u32>,
    ) -> Option<usize> {
        self.load_part(name, path, false, end)
    }

    fn load_part(
        &mut self,
        name: &str,
        path: Utf8PathBuf,
        is_package: bool,
        end: Option<u32>,
    ) -> Option<usize> {
        if let Some(index) = self.loaded.get(&path) {
            return Some(*index);
        }
        if self.modules.len() >= MOST_MODULES + self.spare {
            return None;
        }
        let source = self.repository.module(&path);
        let index = self.modules.len();
        let mut scope = Scope::new();
        let file = format!("{}/{path}", super::value::ROOT);
        for (key, value) in [("__file__", file.as_str()), ("__name__", name)] {
            scope.insert(
                key.into(),
                Binding {
                    value: Value::text(value),
                    spots: Vec::new(),
                },
            );
        }
        self.loaded.insert(path.clone(), index);
        self.modules.push(Module {
            name: name.into(),
            path,
            is_package,
            source,
            scope,
        });
        if let Some(source) = source
            && self.depth < DEEPEST
        {
            let mut frame = Frame {
                module: index,
                ..Frame::default()
            };
            let (spot, tries) = (self.call_spot.take(), std::mem::take(&mut self.tries));
            let body = source.body();
            let begins_before =
                |statement: &Stmt| end.is_none_or(|end| u32::from(statement.start()) < end);
            let count = body.partition_point(begins_before);
            self.depth += 10;
            self.execute(&body[..count], &mut frame);
            self.depth -= 10;
            self.tries = tries;
            self.call_spot = spot;
        }
        Some(index)
    }

    /// Executes a file's statements in the scope of another module, as `include` of split-settings does.
    pub(crate) fn include(&mut self, path: &Utf8Path, into: usize) {
        if self.modules.len() >= MOST_MODULES + self.spare || self.depth >= DEEPEST {
            return;
        }
        let Some(source) = self.repository.module(path) else {
            return;
        };
        // The file is a module of its own for its places, with the scope of the module that includes it.
        let index = self.modules.len();
        let (name, scope) = {
            let module = &mut self.modules[into];
            (module.name.clone(), std::mem::take(&mut module.scope))
        };
        self.modules.push(Module {
            name,
            path: path.to_owned(),
            is_package: false,
            source: Some(source),
            scope,
        });
        let mut frame = Frame {
            module: index,
            ..Frame::default()
        };
        let spot = self.call_spot.take();
        self.depth += 10;
        self.execute(source.body(), &mut frame);
        self.depth -= 10;
        self.call_spot = spot;
        let scope = std::mem::take(&mut self.modules[index].scope);
        self.modules[into].scope = scope;
    }

    /// The variables that a frame assigns to.
    pub(crate) fn scope<'s>(&'s mut self, frame: &'s mut Frame<'a>) -> &'s mut Scope<'a> {
        match &mut frame.locals {
            Some(locals) => locals,
            None => &mut self.modules[frame.module].scope,
        }
    }

    /// Assigns a variable.
    pub(crate) fn assign(
        &mut self,
        frame: &mut Frame<'a>,
        name: &str,
        value: Value<'a>,
        spot: Spot,
    ) {
        let value = if name == "DEBUG" && frame.locals.is_none() {
            // What happens under a condition only is not what production starts with.
            if self.conditional == 0 || self.debug.is_none() {
                let names: BTreeSet<Rc<str>> = frame.blamed.iter().flatten().cloned().collect();
                let known = if names.is_empty() {
                    value.clone()
                } else {
                    let other = value
                        .truth()
                        .map_or(Value::unknown(), |on| Value::Bool(!on));
                    Value::decided(Some(value.clone()), vec![other], &Rc::new(names))
                };
                self.debug = Some((known, spot));
            }
            without_debug(value)
        } else {
            value
        };
        let binding = Binding {
            value,
            spots: vec![spot],
        };
        if frame.globals.contains(name) {
            self.modules[frame.module]
                .scope
                .insert(name.into(), binding);
        } else {
            self.scope(frame).insert(name.into(), binding);
        }
    }

    /// The value of a variable, if there is one.
    pub(crate) fn lookup(&self, frame: &Frame<'a>, name: &str) -> Option<Value<'a>> {
        let binding = frame
            .locals
            .as_ref()
            .and_then(|locals| locals.get(name))
            .or_else(|| frame.outer.get(name))
            .or_else(|| self.modules[frame.module].scope.get(name))?;
        Some(match &binding.value {
            Value::Maybe(value) => (**value).clone(),
            value => value.clone(),
        })
    }

    /// Changes a variable in place.
    pub(crate) fn change(
        &mut self,
        frame: &mut Frame<'a>,
        name: &str,
        spot: Spot,
        change: &mut dyn FnMut(&Value<'a>) -> Value<'a>,
    ) {
        let local = frame
            .locals
            .as_mut()
            .is_some_and(|locals| locals.contains_key(name));
        let scope = if local {
            self.scope(frame)
        } else {
            &mut self.modules[frame.module].scope
        };
        if let Some(binding) = scope.get_mut(name) {
            binding.value = binding.value.map(&mut *change);
            if !binding.spots.contains(&spot) && binding.spots.len() < 8 {
                binding.spots.push(spot);
            }
        }
    }

    pub(crate) fn spot(&self, frame: &Frame<'a>, offset: impl Into<u32>) -> Spot {
        Spot {
            module: u32::try_from(frame.module).unwrap_or(u32::MAX),
            offset: offset.into(),
        }
    }

    /// Notes that evaluation fails unless the variables that led here are set.
    pub(crate) fn blame(&mut self, frame: &Frame<'a>) {
        if self.conditional > 0 {
            return;
        }
        let names: BTreeSet<Rc<str>> = frame.blamed.iter().flatten().cloned().collect();
        // A switch is never what is missing.
        let is_blamed = |read: &&mut Read<'_>| {
            names.contains(&read.name) && !read.name.contains("DEBUG") && !is_switch(&read.default)
        };
        let mut blamed: Vec<&mut Read<'a>> = self.reads.iter_mut().filter(is_blamed).collect();
        let is_one =
            |blamed: &[&mut Read<'a>]| blamed.windows(2).all(|pair| pair[0].name == pair[1].name);
        // Where all have defaults, that of the only one in the last condition is what is refused.
        let refuses_default = !blamed.iter().any(|read| is_empty(&read.default));
        if refuses_default {
            blamed.retain(|read| {
                frame
                    .blamed
                    .last()
                    .is_some_and(|last| last.contains(&read.name))
            });
            if !is_one(&blamed) {
                return;
            }
        }
        for read in &mut blamed {
            read.required |= refuses_default || is_empty(&read.default);
        }
    }
}

impl Evaluator<'_> {
    /// Notes that evaluation fails where a value is `None` because its variables are not set: it is asked for a method, or to
    /// be a number.
    pub(super) fn fails_without(&mut self, value: &Value<'_>) {
        let is_certain = self.conditional == 0 && self.tries == 0;
        if !is_certain || !matches!(value, Value::Choice(_)) {
            return;
        }
        if !matches!(value.default(), Some(Value::None)) {
            return;
        }
        let names = value.names();
        for read in &mut self.reads {
            read.required |= is_empty(&read.default) && names.contains(&read.name);
        }
    }
}

/// Whether nothing stands in where a variable is not set.
fn is_empty(default: &Option<Value<'_>>) -> bool {
    match default {
        None => true,
        Some(default) => matches!(default, Value::None) || default.as_text() == Some(""),
    }
}

/// Whether a default is one of a choice rather than a value.
fn is_switch(default: &Option<Value<'_>>) -> bool {
    match default {
        Some(Value::Bool(_) | Value::Int(_)) => true,
        Some(default) => default.as_text().is_some_and(|text| {
            matches!(
                text.to_lowercase().as_str(),
                "0" | "1" | "true" | "false" | "yes" | "no" | "on" | "off"
            )
        }),
        None => false,
    }
}

/// `DEBUG` as production sets it: off wherever the environment can switch it.
fn without_debug(value: Value<'_>) -> Value<'_> {
    match &value {
        Value::Choice(_) => Value::choice(Some(Value::Bool(false)), vec![value]),
        Value::Unknown { names, .. } if !names.is_empty() => {
            Value::choice(Some(Value::Bool(false)), vec![value])
        }
        _ => value,
    }
}

/// The file of a module that is looked for in some folders, and whether it is a package.
pub(crate) fn find_module(
    repository: &Repository<'_>,
    search: &[Utf8PathBuf],
    name: &str,
) -> Option<(Utf8PathBuf, bool)> {
    find(repository, search, &[], name)
}

fn find(
    repository: &Repository<'_>,
    search: &[Utf8PathBuf],
    placed: &[(String, Utf8PathBuf)],
    name: &str,
) -> Option<(Utf8PathBuf, bool)> {
    let relative = name.replace('.', "/");
    if name.is_empty() {
        return None;
    }
    let mut namespace = None;
    for root in search {
        let base = join(root, &relative)?;
        let package = base.join("__init__.py");
        if repository.is_file(&package) {
            return Some((package, true));
        }
        let module = Utf8PathBuf::from(format!("{base}.py"));
        if repository.is_file(&module) {
            return Some((module, false));
        }
        let is_there = |target: &str| {
            target == module.as_str() || target.ends_with(&format!("/{relative}.py"))
        };
        if let Some((_, source)) = placed.iter().find(|(target, _)| is_there(target)) {
            return Some((source.clone(), false));
        }
        if namespace.is_none() && repository.is_folder(&base) && holds_python(repository, &base) {
            namespace = Some((base, true));
        }
    }
    namespace
}

fn holds_python(repository: &Repository<'_>, folder: &Utf8Path) -> bool {
    repository
        .below(folder)
        .take(200)
        .any(crate::repository::is_python)
}
