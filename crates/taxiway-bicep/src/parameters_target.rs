//! The template that a parameters file is for, and whether the two go together.

use std::rc::Rc;

use serde_json::Value;
use taxiway_diagnostics::{Diagnostic, Location, Span};

use crate::ast::{Statement, TypeExpr, TypeKind};
use crate::model::{DeclarationKind, JsonFile, Model, Workspace, is_remote, join, registry_module};
use crate::suggestion;

/// What a parameters file is `using`.
pub(crate) enum Using {
    None,
    Bicep(Rc<Model>),
    Json(Rc<JsonFile>),
}

impl Using {
    /// Reads it; what cannot be read is reported.
    pub(crate) fn of(workspace: &Workspace<'_>, model: &Model) -> Option<Self> {
        let found = model
            .statements
            .iter()
            .find_map(|statement| match statement {
                Statement::Using { path, span, .. } => Some((path, *span)),
                _ => None,
            });
        let Some((path, _)) = found else {
            let message = "a parameters file says what it is `using`: a file, or `none`";
            workspace.error(&model.path, Span::at(0), "BCP261", message);
            return None;
        };
        let Some(path) = path else {
            return Some(Self::None);
        };
        let reference = path.plain()?;
        if is_remote(reference) {
            let module = registry_module(workspace, &model.path, reference, path.span);
            return module.map(Self::Json);
        }
        let target = join(&model.path, reference);
        let loaded = if target.extension() == Some("json") {
            workspace.json_file(&target).map(Self::Json)
        } else {
            workspace.model(&target).map(Self::Bicep)
        };
        match loaded {
            Ok(using) => {
                if matches!(&using, Self::Bicep(template) if template.has_errors) {
                    let message = format!("`{reference}` has errors");
                    workspace.error(&model.path, path.span, "BCP104", message);
                }
                Some(using)
            }
            Err(_) => {
                let message = format!("there is no file `{reference}` that can be read");
                workspace.error(&model.path, path.span, "BCP091", message);
                None
            }
        }
    }

    /// The parameters that can be assigned; `None` where any can.
    pub(crate) fn declared(&self) -> Option<Vec<Rc<str>>> {
        match self {
            Self::None => None,
            Self::Bicep(model) => Some(
                model
                    .declarations
                    .iter()
                    .filter(|declaration| matches!(declaration.kind, DeclarationKind::Parameter(_)))
                    .map(|declaration| Rc::clone(&declaration.name.text))
                    .collect(),
            ),
            Self::Json(json) => Some(
                json_parameters(json)
                    .map(|(name, _)| Rc::from(name))
                    .collect(),
            ),
        }
    }

    /// Reports parameters that are missing, unknown, or of the wrong type.
    pub(crate) fn check(&self, workspace: &Workspace<'_>, model: &Model, assigned: &[Rc<str>]) {
        let Some(declared) = self.declared() else {
            return;
        };
        self.check_missing(workspace, model, assigned);
        for declaration in &model.declarations {
            let DeclarationKind::Parameter(_) = &declaration.kind else {
                continue;
            };
            let name = &declaration.name;
            if !declared.contains(&name.text) {
                let similar =
                    suggestion::closest(&name.text, declared.iter().map(|known| &**known));
                let hint =
                    similar.map_or_else(String::new, |known| format!("; did you mean `{known}`?"));
                let message = format!("the template has no parameter `{}`{hint}", name.text);
                workspace.error(&model.path, name.span, "BCP259", message);
                continue;
            }
        }
    }

    fn check_missing(&self, workspace: &Workspace<'_>, model: &Model, assigned: &[Rc<str>]) {
        let required: Vec<Rc<str>> = match self {
            Self::None => Vec::new(),
            Self::Bicep(model) => required_parameters(model),
            Self::Json(json) => json_parameters(json)
                .filter(|(_, parameter)| {
                    parameter.get("defaultValue").is_none()
                        && parameter.get("nullable") != Some(&Value::Bool(true))
                })
                .map(|(name, _)| Rc::from(name))
                .collect(),
        };
        let missing: Vec<String> = required
            .iter()
            .filter(|name| assigned.iter().all(|assigned| assigned != *name))
            .map(|name| format!("`{name}`"))
            .collect();
        if missing.is_empty() {
            return;
        }
        let span = model
            .statements
            .iter()
            .find_map(|statement| match statement {
                Statement::Using { span, .. } => Some(*span),
                _ => None,
            });
        let location = Location::new(model.path.as_path(), span.unwrap_or(Span::at(0)));
        let message = format!("these parameters have no value: {}", missing.join(", "));
        workspace.report(
            Diagnostic::error("BCP258", location, message)
                .help("assign them with `param name = value`"),
        );
    }
}

/// The parameters of a file that have to be given.
pub(crate) fn required_parameters(model: &Model) -> Vec<Rc<str>> {
    model
        .declarations
        .iter()
        .filter_map(|declaration| match &declaration.kind {
            DeclarationKind::Parameter(parameter) => {
                let kind = parameter.kind.as_ref()?;
                (parameter.default.is_none() && !may_be_null(model, kind, 0))
                    .then(|| Rc::clone(&declaration.name.text))
            }
            _ => None,
        })
        .collect()
}

/// Whether a type admits null, or may do so as far as can be told here.
fn may_be_null(model: &Model, kind: &TypeExpr, depth: usize) -> bool {
    match &kind.kind {
        TypeKind::Nullable(_) | TypeKind::Missing => true,
        TypeKind::Paren(inner) => may_be_null(model, inner, depth),
        TypeKind::Union(members) => members
            .iter()
            .any(|member| may_be_null(model, member, depth)),
        TypeKind::Literal(literal) => matches!(literal.kind, crate::ast::ExprKind::Null),
        TypeKind::Name(name, _) => {
            if let Some(declaration) = model.declaration(name) {
                return match &declaration.kind {
                    DeclarationKind::Type(declared) if depth < 16 => {
                        may_be_null(model, &declared.value, depth + 1)
                    }
                    _ => true,
                };
            }
            &*name.text == "any"
        }
        TypeKind::Array(_)
        | TypeKind::Object { .. }
        | TypeKind::Tuple(_)
        | TypeKind::NonNull(_) => false,
        TypeKind::Property(..)
        | TypeKind::AdditionalOf(_)
        | TypeKind::ItemOf(_)
        | TypeKind::IndexOf(..) => true,
    }
}

pub(crate) fn json_parameters(json: &JsonFile) -> impl Iterator<Item = (&str, &Value)> {
    json.template
        .get("parameters")
        .and_then(Value::as_object)
        .into_iter()
        .flatten()
        .map(|(name, parameter)| (name.as_str(), parameter))
}
