//! Links to other files: imports and modules.

use std::rc::Rc;

use camino::Utf8Path;
use serde_json::Value;
use taxiway_diagnostics::{Diagnostic, Location, Span};

use super::declarations::Collected;
use super::registry::RegistryReference;
use super::workspace::Unusable;
use super::{
    DeclarationKind, ImportSource, JsonFile, Model, ModuleTarget, Workspace, path as paths,
};
use crate::ast::{Ident, Import, ImportedSymbols, Statement, decorator};
use crate::suggestion;

/// Declares what the imports of a file bring in.
pub(super) fn resolve(
    workspace: &Workspace<'_>,
    path: &Utf8Path,
    statements: &[Statement],
    collected: &mut Collected,
) {
    for statement in statements {
        if let Statement::Import(import) = statement {
            resolve_import(workspace, path, import, collected);
        }
    }
}

fn resolve_import(
    workspace: &Workspace<'_>,
    path: &Utf8Path,
    import: &Import,
    collected: &mut Collected,
) {
    let source = import
        .path
        .as_ref()
        .and_then(|reference| import_source(workspace, path, reference.plain()?, reference.span));
    if let (Some(ImportSource::Bicep(model)), Some(reference)) = (&source, &import.path)
        && model.has_errors
    {
        let message = format!("`{}` has errors", model.path);
        workspace.error(path, reference.span, "BCP104", message);
    }
    match &import.symbols {
        ImportedSymbols::Wildcard(alias) => {
            let kind = source.map_or(DeclarationKind::Unknown, DeclarationKind::Wildcard);
            collected.declare(alias, kind);
        }
        ImportedSymbols::List(symbols) => {
            for (original, local) in symbols {
                let kind = source.as_ref().map_or(DeclarationKind::Unknown, |source| {
                    imported(workspace, path, source, original)
                });
                collected.declare(local, kind);
            }
        }
    }
}

fn imported(
    workspace: &Workspace<'_>,
    path: &Utf8Path,
    source: &ImportSource,
    original: &Ident,
) -> DeclarationKind {
    let exports = source.exports();
    if exports.iter().any(|export| **export == *original.text) {
        return DeclarationKind::Imported {
            source: source.clone(),
            name: Rc::clone(&original.text),
        };
    }
    if matches!(source, ImportSource::Bicep(model) if model.has_errors) {
        // That is what is wrong.
        return DeclarationKind::Unknown;
    }
    let similar = suggestion::closest(&original.text, exports.iter().map(|export| &**export));
    let hint = similar.map_or_else(String::new, |similar| {
        format!("; did you mean `{similar}`?")
    });
    let message = format!(
        "`{}` exports nothing called `{}`{hint}",
        source.path(),
        original.text
    );
    workspace.error(path, original.span, "BCP360", message);
    DeclarationKind::Unknown
}

/// The file that `reference`, written in the file `path`, names.
fn import_source(
    workspace: &Workspace<'_>,
    path: &Utf8Path,
    reference: &str,
    span: Span,
) -> Option<ImportSource> {
    if is_remote(reference) {
        return registry_module(workspace, path, reference, span).map(ImportSource::Json);
    }
    if let Some((code, message)) = paths::wrong(reference) {
        workspace.error(path, span, code, message);
        return None;
    }
    let target = paths::join(path, reference);
    if target == *path {
        let message = "a file cannot use itself";
        workspace.error(path, span, "BCP094", message);
        return None;
    }
    let loaded = if is_json(&target) {
        workspace.json_file(&target).map(ImportSource::Json)
    } else {
        workspace.model(&target).map(ImportSource::Bicep)
    };
    match loaded {
        Ok(source) => Some(source),
        Err(error) => {
            report_unusable(workspace, path, span, reference, &error);
            None
        }
    }
}

/// What a parameters file is for, if it is a file that can be read.
pub(crate) fn using(workspace: &Workspace<'_>, model: &Model) -> Option<ImportSource> {
    let path = model
        .statements
        .iter()
        .find_map(|statement| match statement {
            Statement::Using { path, .. } => path.as_ref(),
            _ => None,
        })?;
    let target = paths::join(&model.path, path.plain()?);
    if target.extension() == Some("json") {
        workspace.json_file(&target).ok().map(ImportSource::Json)
    } else {
        workspace.model(&target).ok().map(ImportSource::Bicep)
    }
}

pub(crate) fn registry_module(
    workspace: &Workspace<'_>,
    path: &Utf8Path,
    reference: &str,
    span: Span,
) -> Option<Rc<JsonFile>> {
    let configuration = workspace.configuration(path);
    let Some(parsed) = RegistryReference::parse(reference, &configuration) else {
        let message = format!(
            "`{reference}` is no reference to a module in a registry: `br:registry/path:version` or `br/alias:path:version`"
        );
        workspace.error(path, span, "BCP193", message);
        return None;
    };
    let location = Location::new(path, span);
    match workspace.registry_module(&parsed, location.clone()) {
        Ok(module) => Some(module),
        Err(_) => {
            let message = format!("`{parsed}` is not in the module cache");
            workspace.report(
                Diagnostic::error("BCP190", location, message)
                    .help("fetch it: `taxiway bicep restore FILE`"),
            );
            None
        }
    }
}

fn is_json(path: &Utf8Path) -> bool {
    matches!(path.extension(), Some("json" | "jsonc" | "arm"))
}

pub(crate) fn is_remote(reference: &str) -> bool {
    reference.starts_with("br:") || reference.starts_with("br/") || is_template_spec(reference)
}

fn is_template_spec(reference: &str) -> bool {
    reference.starts_with("ts:") || reference.starts_with("ts/")
}

pub(super) fn report_unusable(
    workspace: &Workspace<'_>,
    path: &Utf8Path,
    span: Span,
    reference: &str,
    error: &Unusable,
) {
    let (code, message) = match error {
        Unusable::Missing if reference.ends_with('/') => (
            "BCP275",
            format!("`{reference}` is a folder, and a file is expected"),
        ),
        Unusable::Missing => ("BCP091", format!("there is no file `{reference}`")),
        Unusable::Unreadable(cause) => ("BCP091", format!("`{reference}` cannot be read: {cause}")),
        Unusable::Cycle => (
            "BCP095",
            format!("`{reference}` leads back to this file, so neither can be compiled"),
        ),
    };
    workspace.error(path, span, code, message);
}

impl ImportSource {
    /// The names that can be imported.
    pub(crate) fn exports(&self) -> Vec<Rc<str>> {
        match self {
            Self::Bicep(model) => model.exports(),
            Self::Json(json) => json.exports(),
        }
    }
}

impl Model {
    fn exports(&self) -> Vec<Rc<str>> {
        let exported = |decorators| decorator(decorators, "export").is_some();
        self.declarations
            .iter()
            .filter(|declaration| match &declaration.kind {
                DeclarationKind::Variable(variable) => exported(&variable.decorators),
                DeclarationKind::Function(function) => exported(&function.decorators),
                DeclarationKind::Type(declared) => exported(&declared.decorators),
                _ => false,
            })
            .map(|declaration| Rc::clone(&declaration.name.text))
            .collect()
    }
}

impl JsonFile {
    /// Whether it has what no template can do without.
    fn is_template(&self) -> bool {
        let has_text = |name: &str| self.template.get(name).is_some_and(Value::is_string);
        self.interface().scope.is_some()
            && has_text("contentVersion")
            && self.template.get("resources").is_some()
    }

    fn exports(&self) -> Vec<Rc<str>> {
        let mut names: Vec<Rc<str>> = Vec::new();
        let is_exported =
            |value: &Value| value.pointer("/metadata/__bicep_export!") == Some(&Value::Bool(true));
        let definitions = self.template.get("definitions").and_then(Value::as_object);
        for (name, definition) in definitions.into_iter().flatten() {
            if is_exported(definition) {
                names.push(Rc::from(name.as_str()));
            }
        }
        for (name, function) in self.functions() {
            if is_exported(function) {
                names.push(Rc::from(name));
            }
        }
        let variables = self
            .template
            .pointer("/metadata/__bicep_exported_variables!");
        for variable in variables.and_then(Value::as_array).into_iter().flatten() {
            if let Some(name) = variable.get("name").and_then(Value::as_str) {
                names.push(Rc::from(name));
            }
        }
        names
    }

    /// The functions of the namespace that Bicep writes its own into.
    pub(crate) fn functions(&self) -> impl Iterator<Item = (&str, &Value)> {
        self.template
            .get("functions")
            .and_then(Value::as_array)
            .into_iter()
            .flatten()
            .filter_map(|namespace| namespace.get("members")?.as_object())
            .flatten()
            .map(|(name, function)| (name.as_str(), function))
    }
}

/// Loads the modules of a file.
pub(super) fn modules(workspace: &Workspace<'_>, model: &mut Model) {
    for index in 0..model.modules.len() {
        let syntax = Rc::clone(&model.modules[index].syntax);
        let Some(reference) = syntax.path.plain() else {
            workspace.error(
                &model.path,
                syntax.path.span,
                "BCP092",
                "the path of a module cannot be computed",
            );
            model.has_errors = true;
            continue;
        };
        if syntax.path.span.is_empty() {
            continue;
        }
        if is_template_spec(reference) {
            model.modules[index].target = ModuleTarget::TemplateSpec(reference.to_owned());
            continue;
        }
        let source = import_source(workspace, &model.path, reference, syntax.path.span);
        let broken = match &source {
            Some(ImportSource::Bicep(module)) => module.has_errors,
            Some(ImportSource::Json(_)) => false,
            None => true,
        };
        model.has_errors |= broken;
        if broken && source.is_some() {
            let message = format!("the module `{reference}` has errors");
            workspace.error(&model.path, syntax.path.span, "BCP104", message);
        }
        if let Some(ImportSource::Json(json)) = &source
            && !json.is_template()
        {
            model.has_errors = true;
            let message = format!(
                "`{reference}` is no template: it lacks a known `$schema`, a `contentVersion` or `resources`"
            );
            workspace.error(&model.path, syntax.path.span, "BCP188", message);
        }
        model.modules[index].target = match source {
            Some(ImportSource::Bicep(module)) => ModuleTarget::Bicep(module),
            Some(ImportSource::Json(json)) => ModuleTarget::Json(json),
            None => ModuleTarget::Unknown,
        };
    }
}
