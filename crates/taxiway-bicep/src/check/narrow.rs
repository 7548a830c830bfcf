//! Values held against the place they stand in.

use std::rc::Rc;

use taxiway_diagnostics::{Diagnostic, Edit, Fix, FixSafety, Span};

use super::Checker;
use super::access::severity;
use crate::ast::{ArrayItem, Expr, ExprKind};
use crate::model::{DeclarationKind, Target};
use crate::types::{Array, Type, assignable, assignable_without_null, collapse};

/// How far a value is followed through variables.
pub(super) const MAX_DEPTH: usize = 24;

/// How a value is held against a type.
#[derive(Clone, Debug, Default)]
pub(super) struct Against {
    /// In the body of a resource, what does not fit is worth a warning.
    pub(super) is_resource: bool,
    /// The variable that the value came through: what is wrong is said there.
    pub(super) origin: Option<Span>,
    pub(super) mismatch: Mismatch,
    /// `any` may not stand here.
    pub(super) no_any: bool,
    /// Whether the value has been looked at for being written out.
    pub(super) is_constant_checked: bool,
    pub(super) depth: usize,
}

/// What to call a value that does not fit.
#[derive(Clone, Debug, Default)]
pub(super) enum Mismatch {
    #[default]
    Value,
    Member {
        name: Rc<str>,
        is_lenient: bool,
    },
    Item {
        is_lenient: bool,
    },
    Spread {
        is_lenient: bool,
    },
}

impl<'a> Checker<'a> {
    /// Holds a value against the type that is expected where it stands.
    pub(super) fn narrow(&mut self, expr: &'a Expr, target: &Type, against: Against) {
        let actual = self.infer(expr);
        self.narrow_typed(expr, &actual, target, &against);
    }

    pub(super) fn narrow_typed(
        &mut self,
        expr: &'a Expr,
        actual: &Type,
        target: &Type,
        against: &Against,
    ) {
        if against.depth > MAX_DEPTH {
            return;
        }
        if against.no_any && actual.is_any() {
            let span = against.origin.unwrap_or(expr.span);
            self.error(span, "BCP176", "a value of type `any` cannot stand here");
            return;
        }
        let target = target.open();
        let actual = actual.open();
        if actual.is_error() || target.is_error() || target.is_any() {
            return;
        }
        if let (Type::Array(array), ExprKind::For(for_loop)) = (&target, &expr.kind) {
            return self.narrow(&for_loop.body, &array.item, against.clone());
        }
        let target = match &target {
            Type::Union(_) => collapse(&target).unwrap_or(target),
            _ => target,
        };
        if !assignable(&actual, &target) {
            if let Some(rest) = assignable_without_null(&actual, &target) {
                self.possible_null(expr, &actual, &target);
                return self.narrow_typed(expr, &rest, &target, against);
            }
            return self.mismatch(expr, &actual, &target, against);
        }
        match &target {
            Type::Int(_) | Type::IntLiteral(_) => {
                self.integer_limits(expr.span, &actual, &target, against);
            }
            Type::String(text) => self.text_limits(expr.span, &actual, text, against),
            Type::Object(object) => self.narrow_object(expr, &actual, object, against),
            Type::Tagged(tagged) => self.narrow_tagged(expr, &actual, tagged, against),
            Type::Array(_) | Type::Tuple(_) => self.narrow_array(expr, &actual, &target, against),
            Type::Union(members) => match self.followed(expr) {
                Some((value, span)) => self.narrow(value, &target, through(against, span)),
                None => self.narrow_union(expr, &actual, members, against),
            },
            _ => {}
        }
    }

    /// The value of the variable that `expr` names.
    pub(super) fn followed(&self, expr: &'a Expr) -> Option<(&'a Expr, Span)> {
        let ExprKind::Name(name) = &expr.kind else {
            return None;
        };
        let Some(Target::Declaration(id)) = self.model.target(name) else {
            return None;
        };
        let model = self.model;
        match &model.declarations[id].kind {
            DeclarationKind::Variable(variable) if variable.kind.is_none() => {
                Some((&variable.value, expr.span))
            }
            _ => None,
        }
    }

    fn mismatch(&mut self, expr: &Expr, actual: &Type, target: &Type, against: &Against) {
        let span = against.origin.unwrap_or(expr.span);
        let (code, severity, message) = match &against.mismatch {
            Mismatch::Value => (
                "BCP033",
                severity(target.is_lenient()),
                format!("`{target}` is expected here, and this is `{actual}`"),
            ),
            Mismatch::Member { name, is_lenient } => {
                if let (Type::StringLiteral(text), None) = (actual, against.origin)
                    && let Some(similar) = similar_literal(text, target)
                {
                    return self.similar_value(span, name, (target, text, &similar), *is_lenient);
                }
                (
                    "BCP036",
                    severity(*is_lenient),
                    format!("`{name}` takes `{target}`, and this is `{actual}`"),
                )
            }
            Mismatch::Item { is_lenient } => (
                "BCP034",
                severity(*is_lenient),
                format!("this array holds `{target}`, and this is `{actual}`"),
            ),
            Mismatch::Spread { is_lenient } => (
                "BCP403",
                severity(*is_lenient),
                format!("`{target}` can be spread here, and this is `{actual}`"),
            ),
        };
        self.report(severity, span, code, message);
    }

    /// A literal that is nearly one of those that are expected.
    pub(super) fn similar_value(
        &mut self,
        span: Span,
        name: &str,
        (target, text, similar): (&Type, &str, &str),
        is_lenient: bool,
    ) {
        let message = format!("`{name}` takes `{target}`, and this is '{text}'");
        let edit = Edit {
            location: self.location(span),
            replacement: format!("'{similar}'"),
        };
        let diagnostic = Diagnostic {
            location: Some(self.location(span)),
            help: Some(format!("did you mean `'{similar}'`?")),
            fix: Some(Fix {
                title: format!("write `'{similar}'`"),
                safety: FixSafety::Unsafe,
                edits: vec![edit],
            }),
            ..Diagnostic::new(severity(is_lenient), "BCP088", message)
        };
        self.push(diagnostic);
    }

    fn narrow_array(&mut self, expr: &'a Expr, actual: &Type, target: &Type, against: &Against) {
        if let ExprKind::Array(items) = &expr.kind {
            return self.narrow_items(expr, items, actual, target, against);
        }
        if let Some((value, span)) = self.followed(expr) {
            return self.narrow(value, target, through(against, span));
        }
        if let (Type::Tuple(items), Type::Tuple(wanted)) = (actual, target) {
            if items.len() == wanted.len() {
                for (item, wanted) in items.iter().zip(wanted.iter()) {
                    self.narrow_typed(expr, item, wanted, &deeper(against));
                }
            }
            return;
        }
        if let Type::Array(array) = target {
            self.length_limits(expr.span, actual, (array.least, array.greatest), against);
        }
        let item = super::results::item(target);
        let found = super::results::item(actual);
        // A collection of resources cannot stand here at all, which is said elsewhere.
        if matches!(found, Type::Resource(_)) {
            return;
        }
        if !matches!(actual, Type::Tuple(items) if items.is_empty()) {
            self.narrow_typed(expr, &found, &item, &deeper(against));
        }
    }

    fn narrow_items(
        &mut self,
        expr: &'a Expr,
        items: &'a [ArrayItem],
        actual: &Type,
        target: &Type,
        against: &Against,
    ) {
        if self.has_syntax_error(expr.span) {
            return;
        }
        let is_lenient = target.is_lenient();
        let wanted = super::results::item(target);
        let mut has_spread = false;
        for (index, item) in items.iter().enumerate() {
            let mut inner = deeper(against);
            match item {
                ArrayItem::Value(value) => {
                    inner.mismatch = Mismatch::Item { is_lenient };
                    let own = match target {
                        Type::Tuple(wanted) if !has_spread => {
                            wanted.get(index).cloned().unwrap_or(Type::Any)
                        }
                        _ => wanted.clone(),
                    };
                    self.narrow(value, &own, inner);
                }
                ArrayItem::Spread(value) => {
                    has_spread = true;
                    inner.mismatch = Mismatch::Spread { is_lenient };
                    let whole = Type::Array(Rc::new(Array {
                        item: wanted.clone(),
                        least: None,
                        greatest: None,
                        is_untyped: wanted.is_any(),
                        is_lenient,
                    }));
                    self.narrow(value, &whole, inner);
                }
            }
        }
        if has_spread {
            return;
        }
        let limits = match target {
            Type::Array(array) => (array.least, array.greatest),
            Type::Tuple(wanted) => {
                let length = i64::try_from(wanted.len()).ok();
                (length, length)
            }
            _ => return,
        };
        self.length_limits(expr.span, actual, limits, against);
    }

    fn narrow_union(&mut self, expr: &'a Expr, actual: &Type, members: &[Type], against: &Against) {
        if let Type::Union(sources) = actual {
            for source in sources.iter() {
                self.narrow_union(expr, &source.open(), members, against);
            }
            return;
        }
        let mut clean = false;
        let mut warned: Vec<Diagnostic> = Vec::new();
        let mut failed: Vec<Diagnostic> = Vec::new();
        for member in members {
            if !assignable(actual, member) {
                continue;
            }
            let before = std::mem::take(&mut self.diagnostics);
            self.narrow_typed(expr, actual, member, &deeper(against));
            let found = std::mem::replace(&mut self.diagnostics, before);
            if found.is_empty() {
                clean = true;
                break;
            }
            if found.iter().any(Diagnostic::is_error) {
                failed.extend(found);
            } else {
                warned.extend(found);
            }
        }
        if clean {
            return;
        }
        let told = if warned.is_empty() { failed } else { warned };
        self.diagnostics.extend(told);
    }
}

/// The same, one level further in.
pub(super) fn deeper(against: &Against) -> Against {
    Against {
        depth: against.depth + 1,
        ..against.clone()
    }
}

/// The same, of the value of a variable that is named at `span`.
pub(super) fn through(against: &Against, span: Span) -> Against {
    Against {
        origin: Some(against.origin.unwrap_or(span)),
        ..deeper(against)
    }
}

/// One of the literals that are expected, if `text` is nearly it.
pub(super) fn similar_literal(text: &str, target: &Type) -> Option<String> {
    let literals: Vec<String> = match target {
        Type::StringLiteral(literal) => vec![literal.to_string()],
        Type::Union(members) => {
            let literals = members
                .iter()
                .filter(|member| !matches!(member, Type::Null))
                .map(|member| match member {
                    Type::StringLiteral(literal) => Some(literal.to_string()),
                    _ => None,
                });
            let mut literals = literals.collect::<Option<Vec<String>>>()?;
            literals.sort();
            literals
        }
        _ => return None,
    };
    // Names are compared as they are written, quotes included.
    let quoted: Vec<String> = literals
        .iter()
        .map(|literal| format!("'{literal}'"))
        .collect();
    let written = format!("'{text}'");
    let similar = super::spelling::similar(&written, quoted.iter().map(String::as_str))?;
    Some(similar.trim_matches('\'').to_owned())
}
