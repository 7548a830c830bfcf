//! What several rules ask about a file.

use std::collections::HashSet;

use taxiway_diagnostics::Span;

use super::Linter;
use crate::ast::walk::descendants;
use crate::ast::{Expr, ExprKind, Ident, Object, Parameter, TypeExpr, TypeKind, decorator};
use crate::check::Text;
use crate::model::{
    DeclarationId, DeclarationKind, ImportSource, Model, ResourceId, Target, Workspace,
};

/// Variables that lead to variables: how many in a row are followed.
const MAX_DEPTH: u32 = 50;

/// What is computed once for a file.
#[derive(Debug)]
pub(crate) struct Facts {
    used: HashSet<DeclarationId>,
    /// What a parameters file is for.
    using: Option<ImportSource>,
}

impl Facts {
    pub(super) fn of(model: &Model, workspace: &Workspace<'_>) -> Self {
        let used = model.bindings.values().filter_map(|target| match target {
            Target::Declaration(id) => Some(*id),
            Target::Local(_) | Target::Namespace => None,
        });
        Self {
            used: used.collect(),
            using: crate::model::using(workspace, model),
        }
    }

    /// Whether the template that a parameters file is for takes a secret as this parameter; `None` where that is not known.
    pub(super) fn takes_secret(&self, parameter: &str) -> Option<bool> {
        let parameters = &self.using.as_ref()?.interface().parameters;
        Some(parameters.get(parameter)?.is_secret)
    }

    /// Whether anything in the file names this declaration.
    pub(super) fn is_used(&self, id: DeclarationId) -> bool {
        self.used.contains(&id)
    }
}

/// Where an expression would hand on a secret.
pub(super) struct Secret {
    pub(super) span: Span,
    /// `secure parameter …`, `function …`.
    pub(super) what: String,
}

/// What a type says of strings and secrets, followed through the file's own types.
fn type_name<'a>(model: &'a Model, kind: &'a TypeExpr, depth: u32) -> Option<(&'a str, bool)> {
    match &kind.kind {
        TypeKind::Name(name, _) => {
            let Some(declaration) = model.declaration(name) else {
                return Some((&name.text, false));
            };
            let DeclarationKind::Type(declared) = &declaration.kind else {
                return None;
            };
            let is_secure = decorator(&declared.decorators, "secure").is_some();
            if depth == 0 {
                return None;
            }
            let inner = type_name(model, &declared.value, depth - 1);
            inner.map(|(name, inner_secure)| (name, is_secure || inner_secure))
        }
        TypeKind::Paren(inner) => type_name(model, inner, depth.checked_sub(1)?),
        TypeKind::Literal(value) => value.plain_string().map(|_| ("string", false)),
        TypeKind::Union(members) => {
            let mut names = members
                .iter()
                .map(|member| type_name(model, member, depth.checked_sub(1)?));
            let first = names.next()??;
            names
                .all(|name| name.is_some_and(|name| name.0 == first.0))
                .then_some(first)
        }
        _ => None,
    }
}

impl<'a> Linter<'a> {
    /// The name of the primitive type of a parameter, where it is certain, and whether it holds a secret.
    pub(super) fn parameter_type(&self, parameter: &'a Parameter) -> (Option<&'a str>, bool) {
        let is_secure = decorator(&parameter.decorators, "secure").is_some();
        let kind = parameter.kind.as_ref();
        match kind.and_then(|kind| type_name(self.model, kind, MAX_DEPTH)) {
            Some((name, inner_secure)) => (Some(name), is_secure || inner_secure),
            None => (None, is_secure),
        }
    }

    pub(super) fn is_secure(&self, parameter: &'a Parameter) -> bool {
        self.parameter_type(parameter).1
    }

    /// Whether an expression is certainly a string.
    pub(super) fn is_string(&self, expr: &Expr) -> bool {
        self.text(expr) == Some(Text::Always)
    }

    /// Whether an expression is a string, or may be.
    pub(super) fn text(&self, expr: &Expr) -> Option<Text> {
        match expr.kind {
            ExprKind::String(_) => Some(Text::Always),
            _ => self.model.texts.get(&expr.span).copied(),
        }
    }

    /// Whether `expr` is `resourceGroup()`, `deployment()` or the like.
    pub(super) fn is_scope(&self, expr: &'a Expr) -> bool {
        self.built_in(expr).is_some_and(|(name, arguments)| {
            arguments.is_empty() && matches!(name, "resourceGroup" | "deployment")
        })
    }

    fn declared(&self, name: &Ident) -> Option<&'a DeclarationKind> {
        self.model
            .declaration(name)
            .map(|declaration| &declaration.kind)
    }

    /// What a name stands for; only for names as such.
    pub(super) fn named(&self, expr: &'a Expr) -> Option<&'a DeclarationKind> {
        match &expr.bare().kind {
            ExprKind::Name(name) => self.declared(name),
            _ => None,
        }
    }

    /// The resource that an expression names, indexed or not.
    pub(super) fn resource(&self, expr: &'a Expr) -> Option<ResourceId> {
        let name = match &expr.bare().kind {
            ExprKind::Name(name) | ExprKind::Nested { name, .. } => name,
            ExprKind::Index { base, .. } | ExprKind::NonNull(base) => return self.resource(base),
            _ => return None,
        };
        match self.declared(name)? {
            DeclarationKind::Resource(id) => Some(*id),
            _ => None,
        }
    }

    /// The text that an expression certainly stands for: a literal, or a variable that holds one.
    pub(super) fn literal(&self, expr: &'a Expr) -> Option<&'a str> {
        let mut expr = expr.bare();
        for _ in 0..MAX_DEPTH {
            if let Some(text) = expr.plain_string() {
                return Some(text);
            }
            match self.named(expr)? {
                DeclarationKind::Variable(variable) => expr = variable.value.bare(),
                _ => return None,
            }
        }
        None
    }

    /// The object that an expression stands for: a literal, or a variable that holds one.
    pub(super) fn object(&self, expr: &'a Expr) -> Option<&'a Object> {
        match &expr.bare().kind {
            ExprKind::Object(object) => Some(object),
            ExprKind::Name(_) => match self.named(expr)? {
                DeclarationKind::Variable(variable) => match &variable.value.bare().kind {
                    ExprKind::Object(object) => Some(object),
                    _ => None,
                },
                _ => None,
            },
            _ => None,
        }
    }

    /// Every place in `expr` that hands on a secret: a secure parameter, or what a `list…` function answers.
    pub(super) fn secrets(&self, expr: &'a Expr) -> Vec<Secret> {
        let mut found = Vec::new();
        descendants(expr, &mut |expr| match &expr.kind {
            ExprKind::Name(name) => {
                if let Some(parameter) = self.secure_parameter(expr) {
                    found.push(Secret {
                        span: name.span,
                        what: format!("secure parameter `{parameter}`"),
                    });
                }
            }
            ExprKind::Call { name, .. } | ExprKind::Method { name, .. } => {
                let is_list = name.text.to_ascii_lowercase().starts_with("list");
                let on_resource = matches!(&expr.kind, ExprKind::Method { base, .. } if self.resource(base).is_some());
                if is_list && (on_resource || self.built_in(expr).is_some()) {
                    found.push(Secret {
                        span: expr.span,
                        what: format!("function `{}`", name.text),
                    });
                }
            }
            _ => {}
        });
        found
    }

    /// The name of the secure parameter that a name stands for, through variables.
    pub(super) fn secure_parameter(&self, expr: &'a Expr) -> Option<&'a str> {
        let mut expr = expr;
        for _ in 0..MAX_DEPTH {
            match self.named(expr)? {
                DeclarationKind::Parameter(parameter) => {
                    return self.is_secure(parameter).then_some(&*parameter.name.text);
                }
                DeclarationKind::Variable(variable) => expr = &variable.value,
                _ => return None,
            }
        }
        None
    }
}
