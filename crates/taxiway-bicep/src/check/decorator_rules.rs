//! What single decorators ask for, beyond the types of their arguments.

use taxiway_diagnostics::Span;

use super::Checker;
use super::declared::integer;
use super::narrow::Against;
use crate::ast::{Expr, ExprKind, ObjectItem, TypeExpr, TypeKind};
use crate::model::DeclarationKind;
use crate::types::{Type, assignable};

impl<'a> Checker<'a> {
    pub(super) fn allowed_decorator(
        &mut self,
        span: Span,
        arguments: &'a [Expr],
        target: &Type,
        written: Option<&'a TypeExpr>,
    ) {
        self.not_on_alias(span, "allowed", written);
        let mut bare = written;
        while let Some(TypeKind::Nullable(inner)) = bare.map(|bare| &bare.kind) {
            bare = Some(inner);
        }
        if matches!(
            bare.map(|bare| &bare.kind),
            Some(TypeKind::Literal(_) | TypeKind::Union(_))
        ) {
            self.not_on_literal(span, "allowed");
        }
        let Some(argument) = arguments.first() else {
            return;
        };
        if assignable(target, &Type::array())
            && let ExprKind::Array(items) = &argument.kind
            && items.iter().all(|item| match item {
                crate::ast::ArrayItem::Value(value) => !matches!(value.kind, ExprKind::Array(_)),
                crate::ast::ArrayItem::Spread(_) => true,
            })
        {
            return;
        }
        self.narrow(
            argument,
            &Type::array_of(target.clone()),
            Against::default(),
        );
    }

    pub(super) fn metadata_decorator(&mut self, arguments: &'a [Expr]) {
        let Some(ExprKind::Object(object)) = arguments.first().map(|argument| &argument.kind)
        else {
            return;
        };
        for item in &object.items {
            if let ObjectItem::Property(property) = item
                && property.key.plain() == Some("description")
            {
                let kind = self.infer(&property.value);
                if !kind.is_error() && !assignable(&kind, &Type::string()) {
                    let message = format!("`description` takes string, and this is `{kind}`");
                    self.error(property.value.span, "BCP036", message);
                }
            }
        }
    }

    pub(super) fn batch_size(&mut self, span: Span, arguments: &'a [Expr], target: &Type) {
        if !assignable(target, &Type::array()) {
            let message = "only resources and modules that a loop makes have batches";
            self.error(span, "BCP155", message);
        }
        if let Some(argument) = arguments.first()
            && integer(argument).is_some_and(|size| size < 1)
        {
            self.error(argument.span, "BCP154", "a batch holds at least 1");
        }
    }

    pub(super) fn sealed(&mut self, span: Span, written: Option<&'a TypeExpr>) {
        let mut bare = written;
        while let Some(TypeKind::Nullable(inner)) = bare.map(|bare| &bare.kind) {
            bare = Some(inner);
        }
        match bare.map(|bare| &bare.kind) {
            Some(TypeKind::Name(name, _))
                if name.text.starts_with("resource") && self.declaration(name).is_none() =>
            {
                let message = "a type that is derived from a resource cannot be sealed";
                self.error(span, "BCP386", message);
            }
            Some(TypeKind::Name(name, _)) if self.declaration(name).is_some() => {
                self.error(
                    span,
                    "BCP308",
                    "`sealed` belongs where the type is declared",
                );
            }
            Some(TypeKind::Object {
                additional: Some(_),
                ..
            }) => {
                let message = "a type with other members (`*`) cannot be sealed";
                self.error(span, "BCP316", message);
            }
            _ => {}
        }
    }

    pub(super) fn discriminator_decorator(
        &mut self,
        span: Span,
        arguments: &'a [Expr],
        target: &Type,
    ) {
        if target.is_any() {
            // A union that is still being read, as it holds itself.
            return;
        }
        let Type::Tagged(tagged) = target else {
            let message = "`discriminator` decorates unions of objects";
            self.error(span, "BCP363", message);
            return;
        };
        let name = arguments.first().and_then(Expr::plain_string);
        if name.is_some_and(|name| *name != *tagged.key) {
            let message = format!("these objects are told apart by `{}`", tagged.key);
            self.error(span, "BCP366", message);
        }
    }

    pub(super) fn export(&mut self, span: Span, written: Option<&'a TypeExpr>) {
        let model = self.model;
        let owner = model.declarations.iter().position(|declaration| {
            let decorators = match &declaration.kind {
                DeclarationKind::Variable(variable) => &variable.decorators,
                DeclarationKind::Function(function) => &function.decorators,
                DeclarationKind::Type(declared) => &declared.decorators,
                _ => return false,
            };
            decorators
                .iter()
                .any(|decorator| decorator.expr.span == span)
        });
        let Some(owner) = owner else {
            if written.is_some() {
                let message =
                    "only types, variables and functions at the top of a file are exported";
                self.error(span, "BCP361", message);
            }
            return;
        };
        let mut names = self.not_exportable(owner);
        if names.is_empty() {
            return;
        }
        names.sort();
        names.dedup();
        let message = format!(
            "this uses what belongs to this file alone: {}",
            names.join(", ")
        );
        self.error(span, "BCP372", message);
    }

    /// The parameters, resources and modules that a declaration leads to.
    fn not_exportable(&self, owner: usize) -> Vec<String> {
        let mut seen = std::collections::HashSet::new();
        let mut open = vec![owner];
        let mut found = Vec::new();
        while let Some(id) = open.pop() {
            if !seen.insert(id) {
                continue;
            }
            match &self.model.declarations[id].kind {
                DeclarationKind::Parameter(_)
                | DeclarationKind::Resource(_)
                | DeclarationKind::Module(_) => {
                    found.push(format!("`{}`", self.model.declarations[id].name.text));
                }
                _ => open.extend(crate::model::references(self.model, id)),
            }
        }
        found
    }
}
