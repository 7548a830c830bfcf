//! The files of one compilation: each is read, parsed and resolved once.

use std::cell::RefCell;
use std::collections::HashMap;
use std::rc::Rc;

use camino::{Utf8Path, Utf8PathBuf};
use taxiway_diagnostics::{Diagnostic, Location, ReadError, Sources, Span};

use super::registry::RegistryReference;
use super::{JsonFile, Model, binder, path};
use crate::ast;
use crate::configuration::Configuration;
use crate::lint::Suppressions;
use crate::syntax;

/// Files that lead to files: how many in a row.
const MAX_DEPTH: usize = 64;

enum State {
    /// Its imports and modules are being read; who asks for it now closes a cycle.
    Loading,
    Ready(Rc<Model>),
}

/// Why a file cannot be used.
#[derive(Debug)]
pub(crate) enum Unusable {
    Missing,
    Unreadable(String),
    Cycle,
}

pub(crate) struct Workspace<'s> {
    pub(crate) sources: &'s dyn Sources,
    module_cache: Option<&'s Utf8Path>,
    files: RefCell<Vec<Utf8PathBuf>>,
    models: RefCell<HashMap<Utf8PathBuf, State>>,
    json: RefCell<HashMap<Utf8PathBuf, Rc<JsonFile>>>,
    configurations: RefCell<HashMap<Utf8PathBuf, Rc<Configuration>>>,
    diagnostics: RefCell<Vec<Diagnostic>>,
    /// Modules of registries, and where they are named.
    references: RefCell<Vec<(RegistryReference, Location)>>,
    /// What each file asks not to hear.
    suppressions: RefCell<HashMap<Utf8PathBuf, Suppressions>>,
    /// How many files are being read, each for the one before.
    depth: RefCell<usize>,
}

impl std::fmt::Debug for Workspace<'_> {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter
            .debug_struct("Workspace")
            .field("files", &self.files)
            .finish_non_exhaustive()
    }
}

impl<'s> Workspace<'s> {
    pub(crate) fn new(sources: &'s dyn Sources, module_cache: Option<&'s Utf8Path>) -> Self {
        Self {
            sources,
            module_cache,
            files: RefCell::default(),
            models: RefCell::default(),
            json: RefCell::default(),
            configurations: RefCell::default(),
            diagnostics: RefCell::default(),
            references: RefCell::default(),
            suppressions: RefCell::default(),
            depth: RefCell::default(),
        }
    }

    pub(crate) fn report(&self, diagnostic: Diagnostic) {
        self.diagnostics.borrow_mut().push(diagnostic);
    }

    pub(crate) fn error(
        &self,
        model_path: &Utf8Path,
        span: Span,
        code: &'static str,
        message: impl Into<String>,
    ) {
        self.report(Diagnostic::error(
            code,
            Location::new(model_path, span),
            message,
        ));
    }

    /// Everything said so far that no file silences, in the order of its places, each thing once.
    pub(crate) fn take_diagnostics(&self) -> Vec<Diagnostic> {
        let mut diagnostics = self.diagnostics.take();
        let suppressions = self.suppressions.borrow();
        diagnostics.retain(|diagnostic| {
            let location = diagnostic.location.as_ref();
            let own = location.and_then(|location| suppressions.get(location.path()));
            own.is_none_or(|own| !own.silences(diagnostic))
        });
        diagnostics.sort_by(|left, right| left.sort_key().cmp(&right.sort_key()));
        diagnostics.dedup();
        diagnostics
    }

    pub(crate) fn has_errors(&self) -> bool {
        self.diagnostics.borrow().iter().any(Diagnostic::is_error)
    }

    /// Whether an error was found in this file itself.
    pub(crate) fn has_errors_in(&self, path: &Utf8Path) -> bool {
        self.diagnostics.borrow().iter().any(|diagnostic| {
            let location = diagnostic.location.as_ref();
            diagnostic.is_error() && location.is_some_and(|location| location.path() == path)
        })
    }

    /// Every Bicep file that was read, in the order of reading.
    pub(crate) fn models(&self) -> Vec<Rc<Model>> {
        let models = self.models.borrow();
        self.files
            .borrow()
            .iter()
            .filter_map(|path| match models.get(path)? {
                State::Ready(model) => Some(Rc::clone(model)),
                State::Loading => None,
            })
            .collect()
    }

    /// Whether an error was found within a stretch of a file.
    pub(crate) fn has_errors_at(&self, path: &Utf8Path, span: Span) -> bool {
        self.diagnostics.borrow().iter().any(|diagnostic| {
            let location = diagnostic.location.as_ref();
            diagnostic.is_error()
                && location.is_some_and(|location| {
                    location.path() == path && span.contains(location.span.start)
                })
        })
    }

    pub(crate) fn paths(&self) -> Vec<Utf8PathBuf> {
        self.files.borrow().clone()
    }

    fn file_id(&self, path: &Utf8Path) -> u32 {
        let mut files = self.files.borrow_mut();
        let position = files.iter().position(|known| known == path);
        let id = position.unwrap_or_else(|| {
            files.push(path.to_owned());
            files.len() - 1
        });
        u32::try_from(id).unwrap_or(u32::MAX)
    }

    /// The resolved file at `path`, a `.bicep` or `.bicepparam` file.
    pub(crate) fn model(&self, path: &Utf8Path) -> Result<Rc<Model>, Unusable> {
        match self.models.borrow().get(path) {
            Some(State::Loading) => return Err(Unusable::Cycle),
            Some(State::Ready(model)) => return Ok(Rc::clone(model)),
            None => {}
        }
        if *self.depth.borrow() >= MAX_DEPTH {
            return Err(Unusable::Unreadable(
                "modules and imports lead too far down".to_owned(),
            ));
        }
        let text = self.text(path)?;
        self.models
            .borrow_mut()
            .insert(path.to_owned(), State::Loading);
        *self.depth.borrow_mut() += 1;
        let model = Rc::new(self.build(path, &text));
        *self.depth.borrow_mut() -= 1;
        self.models
            .borrow_mut()
            .insert(path.to_owned(), State::Ready(Rc::clone(&model)));
        Ok(model)
    }

    fn build(&self, path: &Utf8Path, text: &str) -> Model {
        let file = self.file_id(path);
        let (tree, errors) = syntax::parse(text);
        let has_errors = !errors.is_empty();
        let spans = errors.iter().map(|error| error.span).collect();
        let is_parameters_file = path.extension() == Some("bicepparam");
        for error in errors {
            let code = match error.code {
                "BCP007" if is_parameters_file => "BCP337",
                code => code,
            };
            self.error(path, error.span, code, error.message);
        }
        if let Some(suppressions) = Suppressions::of(&tree) {
            let mut all = self.suppressions.borrow_mut();
            all.insert(path.to_owned(), suppressions);
        }
        let statements = ast::lower(&tree);
        let mut model = binder::bind(self, path, file, statements, spans);
        model.has_errors |= has_errors;
        model
    }

    /// The text of a file; a byte order mark is not part of it.
    pub(crate) fn text(&self, path: &Utf8Path) -> Result<String, Unusable> {
        self.sources.read_text(path).map_err(|error| match error {
            ReadError::NotFound => Unusable::Missing,
            ReadError::Failed(cause) => Unusable::Unreadable(cause.to_string()),
        })
    }

    /// The ARM template in JSON at `path`.
    pub(crate) fn json_file(&self, path: &Utf8Path) -> Result<Rc<JsonFile>, Unusable> {
        self.json_at(path, None)
    }

    /// Every reference to a registry so far.
    pub(crate) fn registry_references(&self) -> Vec<(RegistryReference, Location)> {
        self.references.take()
    }

    /// A module of a registry, out of the cache.
    pub(crate) fn registry_module(
        &self,
        reference: &RegistryReference,
        location: Location,
    ) -> Result<Rc<JsonFile>, Unusable> {
        let mut references = self.references.borrow_mut();
        references.push((reference.clone(), location));
        let cache = self.module_cache.ok_or(Unusable::Missing)?;
        self.json_at(&reference.template(cache), Some(reference.to_string()))
    }

    fn json_at(
        &self,
        path: &Utf8Path,
        reference: Option<String>,
    ) -> Result<Rc<JsonFile>, Unusable> {
        if let Some(json) = self.json.borrow().get(path) {
            return Ok(Rc::clone(json));
        }
        let text = self.text(path)?;
        let template = crate::configuration::parse_json_with_comments(&text)
            .map_err(|error| Unusable::Unreadable(error.to_string()))?;
        let json = Rc::new(JsonFile {
            file: self.file_id(path),
            path: path.to_owned(),
            reference,
            template,
            interface: std::cell::OnceCell::new(),
        });
        self.json
            .borrow_mut()
            .insert(path.to_owned(), Rc::clone(&json));
        Ok(json)
    }

    /// The configuration that holds for a file: the `bicepconfig.json` nearest above it.
    pub(crate) fn configuration(&self, path: &Utf8Path) -> Rc<Configuration> {
        let folder = path.parent().unwrap_or_else(|| Utf8Path::new(""));
        if let Some(configuration) = self.configurations.borrow().get(folder) {
            return Rc::clone(configuration);
        }
        let found = folder
            .ancestors()
            .map(|ancestor| path::join(&ancestor.join("x"), "bicepconfig.json"))
            .find_map(|candidate| self.sources.read_text(&candidate).ok());
        let configuration =
            Rc::new(found.map_or_else(Configuration::default, |text| Configuration::parse(&text)));
        self.configurations
            .borrow_mut()
            .insert(folder.to_owned(), Rc::clone(&configuration));
        configuration
    }
}
