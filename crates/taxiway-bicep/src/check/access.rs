//! `value.property` and `value[index]`.

use taxiway_diagnostics::{Diagnostic, Fix, FixSafety, Severity, Span};

use super::Checker;
use super::index::IndexAccess;
use crate::ast::{Expr, ExprKind};
use crate::types::{self, Flags, Type, assignable, nullable, union, without_null};

/// One step of a chain of accesses.
struct Step<'a> {
    expr: &'a Expr,
    is_safe: bool,
}

impl<'a> Checker<'a> {
    /// The type of a chain such as `a.b?.c[0]`: once a safe access met null, the rest of the chain is null too.
    pub(super) fn access(&mut self, expr: &'a Expr) -> Type {
        let mut steps = Vec::new();
        let mut base = expr;
        loop {
            base = match &base.kind {
                ExprKind::Property {
                    base: inner, safe, ..
                }
                | ExprKind::Index {
                    base: inner, safe, ..
                } => {
                    steps.push(Step {
                        expr: base,
                        is_safe: *safe,
                    });
                    inner
                }
                _ => break,
            };
        }
        let mut kind = self.infer(base);
        let mut may_be_null = false;
        let mut was_safe = false;
        let mut before = base;
        for step in steps.into_iter().rev() {
            if kind.is_error() {
                self.infer_index(step.expr);
                return self.rest_of_chain(expr);
            }
            let mut is_conditional = self.is_conditional(before);
            if was_safe || step.is_safe {
                if matches!(kind, Type::Null) {
                    self.infer_index(step.expr);
                    return self.rest_of_chain_null(expr);
                }
                if let Some(rest) = without_null(&kind) {
                    may_be_null = true;
                    kind = rest;
                } else if step.is_safe && is_conditional {
                    may_be_null = true;
                    is_conditional = false;
                }
            }
            kind = self.step(&step, kind, before, is_conditional);
            if !std::ptr::eq(step.expr, expr) {
                self.expressions.insert(Self::key(step.expr), kind.clone());
            }
            was_safe = step.is_safe;
            before = step.expr;
        }
        if may_be_null && !kind.is_error() {
            nullable(kind)
        } else {
            kind
        }
    }

    /// Looks into the indexes of a chain whose base is wrong.
    fn rest_of_chain(&mut self, expr: &'a Expr) -> Type {
        let mut at = expr;
        loop {
            self.infer_index(at);
            match &at.kind {
                ExprKind::Property { base, .. } | ExprKind::Index { base, .. } => at = base,
                _ => return Type::Error,
            }
        }
    }

    fn rest_of_chain_null(&mut self, expr: &'a Expr) -> Type {
        self.rest_of_chain(expr);
        Type::Null
    }

    fn infer_index(&mut self, expr: &'a Expr) {
        if let ExprKind::Index { index, .. } = &expr.kind {
            self.infer(index);
        }
    }

    fn step(
        &mut self,
        step: &Step<'a>,
        base: Type,
        before: &'a Expr,
        is_conditional: bool,
    ) -> Type {
        match &step.expr.kind {
            ExprKind::Property { name, .. } => {
                let span = if name.span.is_empty() {
                    step.expr.span
                } else {
                    name.span
                };
                let is_known = matches!(&*name.text, "id" | "name" | "type" | "apiVersion");
                if is_conditional && !is_known {
                    self.maybe_missing(span);
                }
                if name.text.is_empty() {
                    return Type::Error;
                }
                let mut base = base.body();
                if let Type::Tagged(tagged) = &base
                    && let Some(variant) = self.written_variant(before, tagged)
                {
                    base = Type::Object(variant);
                }
                self.property(&base, &name.text, span, step.is_safe)
            }
            ExprKind::Index {
                index, from_end, ..
            } => {
                let index_kind = self.infer(index);
                if index_kind.is_error() {
                    return Type::Error;
                }
                if is_conditional {
                    self.maybe_missing(index.span);
                }
                let access = IndexAccess {
                    before,
                    index,
                    is_safe: step.is_safe,
                    from_end: *from_end,
                };
                self.index(&base.body(), &index_kind, &access)
            }
            _ => Type::Error,
        }
    }

    fn maybe_missing(&mut self, span: Span) {
        let message = "what this belongs to is only deployed under a condition, so it may be null";
        let diagnostic = Diagnostic::warning("BCP318", self.location(span), message);
        self.push(
            diagnostic.help("access it with `.?`, or with `!` if the condition is known to hold"),
        );
    }

    /// The type of `base.name`.
    pub(super) fn property(&mut self, base: &Type, name: &str, span: Span, is_safe: bool) -> Type {
        let base = base.body();
        if let Some(rest) = without_null(&base) {
            let message = format!("this is `{base}`, which may be null");
            let diagnostic = Diagnostic::warning("BCP318", self.location(span), message);
            self.push(diagnostic.help("access it with `.?`, or with `!` if it cannot be null"));
            return self.property(&rest, name, span, is_safe);
        }
        match &base {
            Type::Error => Type::Error,
            Type::Object(object) | Type::Scope(_, object) | Type::Namespace(object) => {
                let is_lenient = is_safe || base.has_lenient_members();
                self.member_of(object, &base, name, span, is_lenient)
            }
            Type::Union(members) => self.property_of_union(&base, members, name, span, is_safe),
            Type::Tagged(tagged) => self.property_of_tagged(tagged, name),
            other if assignable(other, &Type::object()) => Type::Any,
            other => {
                let message = format!("only objects have properties, and this is `{other}`");
                self.error(span, "BCP055", message)
            }
        }
    }

    pub(super) fn property_of_tagged(&self, tagged: &types::Tagged, name: &str) -> Type {
        if *tagged.key == *name {
            let values = tagged.variants.keys();
            return union(values.map(|value| Type::StringLiteral(value.clone())));
        }
        Type::Any
    }

    fn property_of_union(
        &mut self,
        base: &Type,
        members: &[Type],
        name: &str,
        span: Span,
        is_safe: bool,
    ) -> Type {
        let opened: Vec<Type> = members.iter().map(Type::body).collect();
        let mut found = Vec::new();
        for member in &opened {
            // Of alternatives that are no objects at all the official compiler says nothing either.
            let Type::Object(object) = member else {
                return Type::Any;
            };
            match (object.members.get(name), &object.additional) {
                (Some(member), _) => found.push(member.kind.clone()),
                (None, Some(more)) => found.push(more.kind.clone()),
                (None, None) => {}
            }
        }
        if found.is_empty() {
            if let Some(Type::Object(object)) = opened.first() {
                let is_lenient = is_safe || base.has_lenient_members();
                return self.unknown_member(object, base, name, span, is_lenient);
            }
            return Type::Any;
        }
        if found.len() < opened.len() {
            found.push(Type::Null);
        }
        union(found)
    }

    pub(super) fn member_of(
        &mut self,
        object: &types::Object,
        base: &Type,
        name: &str,
        span: Span,
        is_lenient: bool,
    ) -> Type {
        let member = object.members.get(name);
        let found = member
            .map(|member| (&member.kind, member.flags))
            .or_else(|| {
                let additional = object.additional.as_ref();
                additional.map(|additional| (&additional.kind, additional.flags))
            });
        let Some((kind, flags)) = found else {
            return self.unknown_member(object, base, name, span, is_lenient);
        };
        if flags.has(Flags::WRITE_ONLY) {
            let message = format!("`{name}` of `{base}` can be given, but not read");
            self.report(severity(is_lenient), span, "BCP077", message);
            if !is_lenient {
                return Type::Error;
            }
        }
        if flags.has(Flags::FALLBACK) && member.is_some() {
            let message = format!(
                "`{name}` is not in the definition of `{base}`; this may be a mistake, or a gap in it"
            );
            self.warning(span, "BCP187", message);
        }
        kind.open()
    }

    fn unknown_member(
        &mut self,
        object: &types::Object,
        base: &Type,
        name: &str,
        span: Span,
        is_lenient: bool,
    ) -> Type {
        let mut known: Vec<&str> = object
            .members
            .iter()
            .filter(|(_, member)| !member.flags.has(Flags::WRITE_ONLY))
            .map(|(name, _)| &**name)
            .collect();
        known.sort_unstable();
        let similar = super::spelling::similar(name, known.iter().copied());
        let (code, help) = match similar {
            // The types that `sys` holds are no properties, but listed as such.
            _ if known.is_empty() && base.to_string() != "sys" => ("BCP052", None),
            Some(similar) => ("BCP083", Some(format!("did you mean `{similar}`?"))),
            None => ("BCP053", Some(available(&known))),
        };
        let message = format!("`{base}` has no property `{name}`");
        let mut diagnostic = Diagnostic {
            location: Some(self.location(span)),
            help,
            ..Diagnostic::new(severity(is_lenient), code, message)
        };
        if let Some(similar) = similar {
            let edit = taxiway_diagnostics::Edit {
                location: self.location(span),
                replacement: similar.to_owned(),
            };
            diagnostic = diagnostic.fix(Fix {
                title: format!("write `{similar}`"),
                safety: FixSafety::Unsafe,
                edits: vec![edit],
            });
        }
        self.push(diagnostic);
        if is_lenient { Type::Any } else { Type::Error }
    }
}

pub(super) const fn severity(is_lenient: bool) -> Severity {
    if is_lenient {
        Severity::Warning
    } else {
        Severity::Error
    }
}

/// Names some of what there is.
pub(super) fn available(known: &[&str]) -> String {
    const MOST: usize = 12;
    let named: Vec<String> = known
        .iter()
        .take(MOST)
        .map(|name| format!("`{name}`"))
        .collect();
    let more = known.len().saturating_sub(MOST);
    let rest = if more > 0 {
        format!(" and {more} more")
    } else {
        String::new()
    };
    format!("there are {}{rest}", named.join(", "))
}
