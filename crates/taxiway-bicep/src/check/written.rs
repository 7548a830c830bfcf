//! Values that the file itself says, through variables, and through what it gives to resources.

use std::rc::Rc;

use super::Checker;
use crate::ast::{Expr, ExprKind, Object, StringLiteral};
use crate::model::DeclarationKind;
use crate::types::{self, Tagged, Type};

/// How many steps are followed to where something is written.
const MAX_STEPS: usize = 32;
/// How many parts a text is put together from: each may be a variable of as many parts.
const MAX_PARTS: usize = 1_000;

/// Where a value is written.
#[derive(Clone, Copy)]
enum Written<'a> {
    Value(&'a Expr),
    /// The body of a resource.
    Body(&'a Object),
}

impl<'a> Written<'a> {
    fn object(self) -> Option<&'a Object> {
        match self {
            Self::Body(object) => Some(object),
            Self::Value(value) => match &value.kind {
                ExprKind::Object(object) => Some(object),
                _ => None,
            },
        }
    }
}

impl<'a> Checker<'a> {
    /// The text that an expression is, if the file says it.
    pub(super) fn written_text(&self, expr: &'a Expr) -> Option<String> {
        let mut left = MAX_PARTS;
        self.text_within(expr, MAX_STEPS, &mut left)
    }

    /// The variant of `tagged` that an expression is, if the file says which.
    pub(super) fn written_variant(
        &self,
        expr: &'a Expr,
        tagged: &Tagged,
    ) -> Option<Rc<types::Object>> {
        let object = self.written(expr, MAX_STEPS)?.object()?;
        let tag = self.written_text(&object.get(&tagged.key)?.value)?;
        tagged.variants.get(tag.as_str()).cloned()
    }

    fn text_within(&self, expr: &'a Expr, steps: usize, left: &mut usize) -> Option<String> {
        *left = left.checked_sub(1)?;
        if let Type::StringLiteral(text) = self.known(expr) {
            return Some(text.to_string());
        }
        let Written::Value(value) = self.written(expr, steps)? else {
            return None;
        };
        match (&value.kind, self.known(value)) {
            (_, Type::StringLiteral(text)) => Some(text.to_string()),
            (ExprKind::String(literal), _) => {
                self.interpolated(literal, steps.checked_sub(1)?, left)
            }
            _ => None,
        }
    }

    fn interpolated(
        &self,
        literal: &'a StringLiteral,
        steps: usize,
        left: &mut usize,
    ) -> Option<String> {
        let mut text = literal.segments.first()?.clone();
        for (part, segment) in literal.parts.iter().zip(&literal.segments[1..]) {
            text.push_str(&self.text_within(part, steps, left)?);
            text.push_str(segment);
        }
        Some(text)
    }

    fn written(&self, expr: &'a Expr, steps: usize) -> Option<Written<'a>> {
        let steps = steps.checked_sub(1)?;
        if is_open(&self.known(expr)) {
            return None;
        }
        match &expr.kind {
            ExprKind::Paren(inner) | ExprKind::NonNull(inner) => self.written(inner, steps),
            ExprKind::Name(name) | ExprKind::Nested { name, .. } => {
                match self.declaration(name)?.1 {
                    DeclarationKind::Variable(variable) if variable.kind.is_none() => {
                        self.written(&variable.value, steps)
                    }
                    DeclarationKind::Resource(resource) => {
                        let body = &self.model.resources[*resource].syntax.body;
                        let is_one = body.for_loop.is_none();
                        body.object.as_ref().filter(|_| is_one).map(Written::Body)
                    }
                    _ => None,
                }
            }
            ExprKind::Property { base, name, .. } => self.member_written(base, &name.text, steps),
            ExprKind::Index { base, index, .. } => match self.known(index) {
                Type::StringLiteral(name) => self.member_written(base, &name, steps),
                Type::IntLiteral(_) | Type::Int(_) => self.one_of(base).map(Written::Body),
                _ => None,
            },
            _ => Some(Written::Value(expr)),
        }
    }

    fn member_written(&self, base: &'a Expr, name: &str, steps: usize) -> Option<Written<'a>> {
        let object = self.written(base, steps)?.object()?;
        self.written(&object.get(name)?.value, steps)
    }

    /// The body of each of the resources that a loop makes.
    fn one_of(&self, base: &'a Expr) -> Option<&'a Object> {
        let (ExprKind::Name(name) | ExprKind::Nested { name, .. }) = &base.kind else {
            return None;
        };
        match self.declaration(name)?.1 {
            DeclarationKind::Resource(resource) => {
                let body = &self.model.resources[*resource].syntax.body;
                body.object.as_ref().filter(|_| body.for_loop.is_some())
            }
            _ => None,
        }
    }
}

/// Whether it names some values and takes any other text as well; of such a member, the type says no more.
fn is_open(kind: &Type) -> bool {
    let Type::Union(members) = kind else {
        return false;
    };
    let has = |is: fn(&Type) -> bool| members.iter().any(is);
    has(|member| matches!(member, Type::String(_))) && has(Type::is_literal)
}
