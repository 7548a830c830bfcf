//! What is certainly wrong although every name means something. In doubt nothing is reported.

use std::collections::HashMap;
use std::rc::Rc;

use taxiway_diagnostics::{Diagnostic, Location, Span};

use super::{DeclarationKind, Model, ModuleInfo, ModuleTarget, ResourceInfo, Workspace};
use crate::ast::{Expr, ExprKind, Object, ObjectItem, UnaryOperator};
use crate::parameters_target::{json_parameters, plain_type, required_parameters};
use crate::suggestion;

/// Checks a resolved file.
pub(super) fn run(workspace: &Workspace<'_>, model: &Model) {
    let checks = Checks { workspace, model };
    for module in &model.modules {
        checks.module(module);
    }
    for resource in &model.resources {
        checks.resource(resource);
    }
    checks.duplicate_resources();
    checks.duplicate_modules();
    checks.declared_types();
}

struct Checks<'a, 's> {
    workspace: &'a Workspace<'s>,
    model: &'a Model,
}

/// Whether every key of an object is known, and nothing in it was left unfinished.
fn is_closed(object: &Object) -> bool {
    object.items.iter().all(|item| match item {
        ObjectItem::Property(property) => {
            property.key.plain().is_some_and(|key| !key.is_empty())
                && !matches!(property.value.kind, ExprKind::Missing)
        }
        ObjectItem::Spread(_) => false,
        ObjectItem::Resource(_) => true,
    })
}

/// The scope of a module as text, where equal texts are certainly equal scopes.
fn scope_key(object: &Object) -> Option<String> {
    let Some(scope) = object.get("scope") else {
        return Some(String::new());
    };
    let (ExprKind::Call { name, arguments }
    | ExprKind::Method {
        name, arguments, ..
    }) = &scope.value.bare().kind
    else {
        return None;
    };
    let arguments: Option<Vec<String>> = arguments
        .iter()
        .map(|argument| match &argument.bare().kind {
            ExprKind::Name(name) => Some(name.text.to_string()),
            _ => argument
                .plain_string()
                .map(|text| format!("'{}'", text.to_lowercase())),
        })
        .collect();
    Some(format!("{}({})", name.text, arguments?.join(",")))
}

/// The type of a literal.
fn literal_type(expr: &Expr) -> Option<&'static str> {
    Some(match &expr.bare().kind {
        ExprKind::Bool(_) => "bool",
        ExprKind::Int(_) => "int",
        ExprKind::Unary(UnaryOperator::Minus, operand)
            if matches!(operand.kind, ExprKind::Int(_)) =>
        {
            "int"
        }
        ExprKind::String(_) => "string",
        ExprKind::Object(_) => "object",
        ExprKind::Array(_) | ExprKind::For(_) => "array",
        _ => return None,
    })
}

impl Checks<'_, '_> {
    fn error(&self, span: Span, code: &'static str, message: String) {
        self.workspace.error(&self.model.path, span, code, message);
    }

    fn module(&self, module: &ModuleInfo) {
        let Some(object) = &module.syntax.body.object else {
            return;
        };
        let (known, required): (Vec<Rc<str>>, Vec<Rc<str>>) = match &module.target {
            ModuleTarget::Bicep(target) => (
                target
                    .declarations
                    .iter()
                    .filter(|declaration| matches!(declaration.kind, DeclarationKind::Parameter(_)))
                    .map(|declaration| Rc::clone(&declaration.name.text))
                    .collect(),
                required_parameters(target),
            ),
            ModuleTarget::Json(json) => (
                json_parameters(json)
                    .map(|(name, _)| Rc::from(name))
                    .collect(),
                Vec::new(),
            ),
            ModuleTarget::TemplateSpec(_) | ModuleTarget::Unknown => return,
        };
        let parameters = object.get("params");
        let given = match parameters.map(|property| &property.value.bare().kind) {
            Some(ExprKind::Object(given)) => Some(given),
            Some(_) => return,
            None => None,
        };
        self.missing_parameters(
            module,
            object,
            given,
            parameters.map(|found| found.key.span),
            &required,
        );
        if let Some(given) = given {
            self.given_parameters(module, given, &known);
        }
    }

    fn missing_parameters(
        &self,
        module: &ModuleInfo,
        object: &Object,
        given: Option<&Object>,
        key: Option<Span>,
        required: &[Rc<str>],
    ) {
        if !is_closed(object) || given.is_some_and(|given| !is_closed(given)) {
            return;
        }
        let missing: Vec<String> = required
            .iter()
            .filter(|name| given.is_none_or(|given| given.get(name).is_none()))
            .map(|name| format!("`{name}`"))
            .collect();
        if missing.is_empty() {
            return;
        }
        let span = key.unwrap_or(module.syntax.name.span);
        let path = module.syntax.path.plain().unwrap_or("");
        let message = format!("the module `{path}` needs {}", missing.join(", "));
        let location = Location::new(self.model.path.as_path(), span);
        self.workspace
            .report(Diagnostic::error("BCP035", location, message).help("give it under `params`"));
    }

    fn given_parameters(&self, module: &ModuleInfo, given: &Object, known: &[Rc<str>]) {
        for item in &given.items {
            let ObjectItem::Property(property) = item else {
                continue;
            };
            let Some(name) = property.key.plain() else {
                continue;
            };
            if known.iter().all(|known| **known != *name) {
                let similar = suggestion::closest(name, known.iter().map(|known| &**known));
                let hint =
                    similar.map_or_else(String::new, |known| format!("; did you mean `{known}`?"));
                let path = module.syntax.path.plain().unwrap_or("");
                let message = format!("the module `{path}` has no parameter `{name}`{hint}");
                self.error(property.key.span, "BCP037", message);
                continue;
            }
            if let ModuleTarget::Bicep(target) = &module.target
                && let Some(id) = target.globals.get(name)
                && let DeclarationKind::Parameter(parameter) = &target.declarations[*id].kind
                && let Some(expected) = parameter
                    .kind
                    .as_ref()
                    .and_then(|kind| plain_type(target, kind))
                && let Some(actual) = literal_type(&property.value)
                && actual != expected
            {
                let message =
                    format!("`{name}` is of type `{expected}`, and this is of type `{actual}`");
                self.error(property.value.span, "BCP036", message);
            }
        }
    }

    fn resource(&self, resource: &ResourceInfo) {
        let syntax = &resource.syntax;
        let written = syntax.kind.plain().unwrap_or("");
        let is_nested = matches!(resource.parent, Some(super::Parent::Nested(_)));
        let (kind, version) = written.split_once('@').unwrap_or((written, ""));
        let is_valid = if is_nested {
            !kind.is_empty()
        } else {
            kind.contains('/') && !version.is_empty()
        };
        if !is_valid && !syntax.kind.span.is_empty() && syntax.kind.parts.is_empty() {
            let message =
                format!("`{written}` is no resource type; one is written `Namespace/type@version`");
            self.error(syntax.kind.span, "BCP029", message);
            return;
        }
        if !self.model.extensions.is_empty() {
            return;
        }
        if let Some(object) = &syntax.body.object
            && is_valid
            && is_closed(object)
            && object.get("name").is_none()
        {
            let message = format!("the resource `{}` has no `name`", syntax.name.text);
            self.error(syntax.name.span, "BCP035", message);
        }
    }

    /// Resources that would overwrite each other.
    fn duplicate_resources(&self) {
        let mut seen: HashMap<String, Vec<&ResourceInfo>> = HashMap::new();
        let mut order = Vec::new();
        for resource in &self.model.resources {
            let body = &resource.syntax.body;
            let object = body.object.as_ref();
            let name = object
                .and_then(|object| object.get("name"))
                .and_then(|name| name.value.plain_string());
            let has_scope = object.is_some_and(|object| object.get("scope").is_some());
            let Some(name) = name else {
                continue;
            };
            // Whether two with conditions are there at once cannot be told.
            if resource.syntax.existing
                || has_scope
                || body.for_loop.is_some()
                || body.condition.is_some()
            {
                continue;
            }
            let parent = resource.parent.map(super::Parent::resource);
            let key = format!(
                "{}|{parent:?}|{}",
                resource.kind.to_lowercase(),
                name.to_lowercase()
            );
            let same = seen.entry(key.clone()).or_default();
            if same.is_empty() {
                order.push(key);
            }
            same.push(resource);
        }
        for key in order {
            let same = &seen[&key];
            if same.len() > 1 {
                for resource in same {
                    let object = resource.syntax.body.object.as_ref();
                    let span = object
                        .and_then(|object| object.get("name"))
                        .map_or(resource.syntax.name.span, |name| name.value.span);
                    let message = "several resources of this type have this name".to_owned();
                    self.error(span, "BCP121", message);
                }
            }
        }
    }

    fn duplicate_modules(&self) {
        let mut seen: HashMap<String, Vec<Span>> = HashMap::new();
        for module in &self.model.modules {
            let body = &module.syntax.body;
            let Some(object) = &body.object else {
                continue;
            };
            let is_unknown = matches!(module.target, ModuleTarget::Unknown);
            let Some(scope) = scope_key(object) else {
                continue;
            };
            if is_unknown || body.for_loop.is_some() || body.condition.is_some() {
                continue;
            }
            let Some(name) = object.get("name") else {
                continue;
            };
            if let Some(text) = name.value.plain_string() {
                let key = format!("{scope}|{}", text.to_lowercase());
                let same = seen.entry(key).or_default();
                same.push(name.value.span);
            }
        }
        let mut repeated: Vec<Span> = seen
            .into_values()
            .filter(|spans| spans.len() > 1)
            .flatten()
            .collect();
        repeated.sort();
        for span in repeated {
            let message = "several modules have this name".to_owned();
            self.error(span, "BCP122", message);
        }
    }

    /// Literals where something else is declared.
    fn declared_types(&self) {
        for declaration in &self.model.declarations {
            let (kind, value) = match &declaration.kind {
                DeclarationKind::Parameter(parameter) => (&parameter.kind, &parameter.default),
                DeclarationKind::Variable(variable) => {
                    self.declared_type(variable.kind.as_ref(), Some(&variable.value));
                    continue;
                }
                _ => continue,
            };
            self.declared_type(kind.as_ref(), value.as_ref());
        }
        for output in &self.model.outputs {
            self.declared_type(Some(&output.kind), Some(&output.value));
        }
    }

    fn declared_type(&self, kind: Option<&crate::ast::TypeExpr>, value: Option<&Expr>) {
        let expected = kind.and_then(|kind| plain_type(self.model, kind));
        if let (Some(expected), Some(value)) = (expected, value)
            && let Some(actual) = literal_type(value)
            && actual != expected
        {
            let message =
                format!("a value of type `{expected}` is expected, and this is of type `{actual}`");
            self.error(value.span, "BCP033", message);
        }
    }
}
