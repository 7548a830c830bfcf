//! Objects held against the members they should have.

use std::collections::HashMap;
use std::rc::Rc;

use taxiway_diagnostics::{Diagnostic, Span};

use super::Checker;
use super::access::severity;
use super::narrow::{Against, MAX_DEPTH, Mismatch, deeper, similar_literal, through};
use super::unknown_member::Unknown;
use crate::ast::{Expr, ExprKind, Object, ObjectItem, Property};
use crate::types::{self, Flags, Strictness, Tagged, Type, assignable, nullable, union};

/// An object, as it is written or as far as its type tells.
#[derive(Clone, Copy)]
pub(super) struct Given<'a, 't> {
    /// The object as it is written, if it is written here.
    pub(super) syntax: Option<&'a Object>,
    /// What stands for it in messages.
    pub(super) span: Span,
    pub(super) actual: &'t types::Object,
    /// Where to say that members are missing.
    pub(super) missing_at: Span,
    /// Whether it is the body of a resource that is there already.
    pub(super) is_existing: bool,
}

/// How deep types are compared that are not written at the place.
const MAX_TYPE_DEPTH: usize = 12;

impl<'a, 't> Given<'a, 't> {
    /// An object that is written elsewhere.
    const fn of_type(span: Span, actual: &'t types::Object) -> Self {
        Self {
            syntax: None,
            span,
            actual,
            missing_at: span,
            is_existing: false,
        }
    }

    fn property(&self, name: &str) -> Option<&'a Property> {
        self.syntax.and_then(|syntax| syntax.get(name))
    }

    /// The properties by name, to look up many; the first of each name, as [`Given::property`] has it.
    pub(super) fn properties(&self) -> HashMap<&'a str, &'a Property> {
        let mut properties = HashMap::new();
        for item in self.syntax.iter().flat_map(|syntax| &syntax.items) {
            if let ObjectItem::Property(property) = item
                && let Some(name) = property.key.plain()
            {
                properties.entry(name).or_insert(property);
            }
        }
        properties
    }
}

impl<'a> Checker<'a> {
    pub(super) fn narrow_object(
        &mut self,
        expr: &'a Expr,
        actual: &Type,
        target: &types::Object,
        against: &Against,
    ) {
        if against.depth > MAX_DEPTH {
            return;
        }
        if let Some((value, span)) = self.followed(expr) {
            return self.narrow_object(value, actual, target, &through(against, span));
        }
        if let Type::Object(object) = actual.body() {
            let given = self.given(expr, &object);
            self.narrow_members(given, target, against);
        }
    }

    fn given<'t>(&self, expr: &'a Expr, actual: &'t types::Object) -> Given<'a, 't> {
        let syntax = match &expr.kind {
            ExprKind::Object(object) => Some(object),
            _ => None,
        };
        Given {
            syntax,
            span: expr.span,
            actual,
            missing_at: expr.span,
            is_existing: false,
        }
    }

    pub(super) fn narrow_tagged(
        &mut self,
        expr: &'a Expr,
        actual: &Type,
        target: &Tagged,
        against: &Against,
    ) {
        if let Type::Object(object) = actual.body() {
            let given = self.given(expr, &object);
            self.narrow_variant(given, target, against);
        }
    }

    /// Holds an object against the variant that one of its members selects.
    pub(super) fn narrow_variant(
        &mut self,
        given: Given<'a, '_>,
        target: &Tagged,
        against: &Against,
    ) {
        if given
            .syntax
            .is_some_and(|object| self.has_syntax_error(object.span))
        {
            return;
        }
        let key = &target.key;
        let values = union(
            target
                .variants
                .keys()
                .map(|value| Type::StringLiteral(Rc::clone(value))),
        );
        let is_lenient = target.strictness == Strictness::Lenient;
        let Some(member) = given.actual.members.get(key) else {
            return self.missing_tag(given, target, &values, against);
        };
        let property = given.property(key);
        let at = property.map_or(given.span, |property| property.value.span);
        let span = against.origin.unwrap_or(at);
        match member.kind.open() {
            Type::Any => {}
            Type::StringLiteral(text) => match target.variants.get(&text) {
                Some(variant) => self.narrow_members(given, variant, against),
                None => {
                    let lenient = against.is_resource || is_lenient;
                    if let Some(similar) = similar_literal(&text, &values)
                        && against.origin.is_none()
                    {
                        return self.similar_value(span, key, (&values, &text, &similar), lenient);
                    }
                    let message = format!("`{key}` takes `{values}`, and this is '{text}'");
                    self.report(severity(lenient), span, "BCP036", message);
                }
            },
            other if assignable(&other, &values) => {
                let message =
                    format!("which members belong here depends on `{key}`, which is not known yet");
                self.warning(span, "BCP225", message);
            }
            other => {
                let is_system = target.key_flags.has(Flags::SYSTEM);
                let lenient = (against.is_resource && !is_system) || is_lenient;
                let message = format!("`{key}` takes `{values}`, and this is `{other}`");
                self.report(severity(lenient), span, "BCP036", message);
            }
        }
    }

    fn missing_tag(
        &mut self,
        given: Given<'a, '_>,
        target: &Tagged,
        values: &Type,
        against: &Against,
    ) {
        if let Some(additional) = &given.actual.additional
            && !additional.flags.has(Flags::FALLBACK)
        {
            return;
        }
        let key = &target.key;
        let is_lenient = target.strictness == Strictness::Lenient;
        let span = against.origin.unwrap_or(given.missing_at);
        let message = format!("`{key}` is missing; it takes `{values}`");
        self.report(severity(is_lenient), span, "BCP078", message);
        let known = given.actual.members.keys().map(|name| &**name);
        if let Some(similar) = super::spelling::similar(key, known) {
            let similar = similar.to_owned();
            let at = given
                .property(&similar)
                .map_or(given.span, |property| property.key.span);
            let name = Unknown {
                name: &similar,
                span: against.origin.unwrap_or(at),
                is_lenient,
            };
            self.unknown_with_hint(&name, key);
        }
    }

    /// Holds the members of an object against those that are expected.
    pub(super) fn narrow_members(
        &mut self,
        given: Given<'a, '_>,
        target: &types::Object,
        against: &Against,
    ) {
        if given
            .syntax
            .is_some_and(|object| self.has_syntax_error(object.span))
        {
            return;
        }
        self.missing_members(given, target, against);
        for (name, expected) in &target.members {
            if given.actual.members.contains_key(name) {
                self.given_member(given, name, expected, target, against);
            }
        }
        self.extra_members(given, target, against);
    }

    fn missing_members(&mut self, given: Given<'a, '_>, target: &types::Object, against: &Against) {
        if given.actual.additional.is_some() {
            return;
        }
        let mut missing: Vec<(&Rc<str>, Flags)> = target
            .members
            .iter()
            .filter(|(name, member)| {
                member.flags.has(Flags::REQUIRED)
                    && !member.flags.has(Flags::READ_ONLY)
                    && !given.actual.members.contains_key(*name)
                    && !assignable(&Type::Null, &member.kind)
            })
            .map(|(name, member)| (name, member.flags))
            .collect();
        if missing.is_empty() {
            return;
        }
        missing.sort_by(|left, right| left.0.cmp(right.0));
        let is_lenient = (against.is_resource
            && missing.iter().all(|(_, flags)| !flags.has(Flags::SYSTEM)))
            || target.strictness == Strictness::Lenient;
        let names: Vec<String> = missing
            .iter()
            .map(|(name, _)| format!("`{name}`"))
            .collect();
        let what = if names.len() == 1 { "is" } else { "are" };
        let message = format!("{} {what} missing here", names.join(", "));
        let span = against.origin.unwrap_or(given.missing_at);
        let diagnostic = Diagnostic {
            location: Some(self.location(span)),
            help: needed_inside(&missing, target),
            ..Diagnostic::new(severity(is_lenient), "BCP035", message)
        };
        self.push(diagnostic);
    }

    fn given_member(
        &mut self,
        given: Given<'a, '_>,
        name: &Rc<str>,
        expected: &types::Member,
        target: &types::Object,
        against: &Against,
    ) {
        let property = given.property(name);
        let flags = expected.flags;
        let key_span = || {
            let own = property.map_or(given.span, |property| property.key.span);
            against.origin.unwrap_or(own)
        };
        let mut inner = deeper(against);
        if flags.has(Flags::CONSTANT) && !against.is_constant_checked {
            if let Some(property) = property {
                self.must_be_constant(&property.value);
            }
            inner.is_constant_checked = true;
        }
        let actual = &given.actual.members[name];
        if flags.has(Flags::READ_ONLY) {
            if given.is_existing {
                let message = format!("`{name}` of a resource that is there already cannot be set");
                self.error(key_span(), "BCP173", message);
            } else if !actual.flags.has(Flags::READ_ONLY) {
                let inaccurate = !flags.has(Flags::SYSTEM) && against.is_resource;
                let is_lenient = inaccurate || target.strictness == Strictness::Lenient;
                let message = format!("`{name}` can be read, but not set");
                self.report(severity(is_lenient), key_span(), "BCP073", message);
            }
            return;
        }
        if flags.has(Flags::FALLBACK) {
            let message = format!(
                "`{name}` is not in the definition of `{}`; this may be a mistake, or a gap in it",
                target.name
            );
            self.warning(key_span(), "BCP187", message);
        }
        let is_system = flags.has(Flags::SYSTEM);
        inner.no_any = flags.has(Flags::NO_ANY);
        inner.mismatch = Mismatch::Member {
            name: Rc::clone(name),
            is_lenient: (against.is_resource && !is_system) || flags.has(Flags::LENIENT),
        };
        let takes = if flags.has(Flags::OPTIONAL_NULL) && !flags.has(Flags::REQUIRED) {
            nullable(expected.kind.open())
        } else {
            expected.kind.clone()
        };
        self.narrow_value(given, property, &actual.kind, &takes, &inner);
    }

    /// Holds one value against its type: as it is written, or as far as its type tells.
    fn narrow_value(
        &mut self,
        given: Given<'a, '_>,
        property: Option<&'a Property>,
        actual: &Type,
        takes: &Type,
        against: &Against,
    ) {
        match property {
            Some(property) => {
                self.narrow_typed(&property.value, actual, takes, against);
            }
            None => self.narrow_type(given.span, actual, takes, against),
        }
    }

    /// Holds a value that is not written here against a type.
    fn narrow_type(&mut self, span: Span, actual: &Type, takes: &Type, against: &Against) {
        let (actual, takes) = (actual.body(), takes.open());
        let takes = types::collapse(&takes).unwrap_or(takes);
        if actual.is_error() || takes.is_error() || against.depth > MAX_TYPE_DEPTH {
            return;
        }
        if !assignable(&actual, &takes) {
            if let Some(rest) = types::assignable_without_null(&actual, &takes) {
                return self.narrow_type(span, &rest, &takes, &deeper(against));
            }
            if let Mismatch::Member { name, is_lenient } = &against.mismatch {
                let message = format!("`{name}` takes `{takes}`, and this is `{actual}`");
                let span = against.origin.unwrap_or(span);
                self.report(severity(*is_lenient), span, "BCP036", message);
            }
            return;
        }
        let takes = types::without_null(&takes).unwrap_or(takes);
        match (&actual, &takes.open()) {
            (Type::Object(object), Type::Object(target)) => {
                self.narrow_members(Given::of_type(span, object), target, &deeper(against));
            }
            (Type::Object(object), Type::Tagged(target)) => {
                self.narrow_variant(Given::of_type(span, object), target, &deeper(against));
            }
            (_, target @ (Type::Int(_) | Type::IntLiteral(_))) => {
                self.integer_limits(span, &actual, target, against);
            }
            (_, Type::String(text)) => self.text_limits(span, &actual, text, against),
            (Type::Array(_) | Type::Tuple(_), Type::Array(_) | Type::Tuple(_)) => {
                if let Type::Array(array) = takes.open() {
                    let limits = (array.least, array.greatest);
                    self.length_limits(span, &actual, limits, against);
                }
                let found = super::results::item(&actual);
                let wanted = super::results::item(&takes);
                self.narrow_type(span, &found, &wanted, &deeper(against));
            }
            _ => {}
        }
    }

    fn extra_members(&mut self, given: Given<'a, '_>, target: &types::Object, against: &Against) {
        let is_fallback = target
            .additional
            .as_ref()
            .is_some_and(|more| more.flags.has(Flags::FALLBACK));
        match &target.additional {
            Some(additional) if !(is_fallback && given.syntax.is_some()) => {
                let properties = given.properties();
                for (name, member) in &given.actual.members {
                    if target.members.contains_key(name) {
                        continue;
                    }
                    let property = properties.get(&**name).copied();
                    let mut inner = deeper(against);
                    if additional.flags.has(Flags::CONSTANT) && !against.is_constant_checked {
                        if let Some(property) = property {
                            self.must_be_constant(&property.value);
                        }
                        inner.is_constant_checked = true;
                    }
                    inner.no_any = additional.flags.has(Flags::NO_ANY);
                    inner.mismatch = Mismatch::Member {
                        name: Rc::clone(name),
                        is_lenient: additional.flags.has(Flags::LENIENT),
                    };
                    let takes = if additional.flags.has(Flags::OPTIONAL_NULL) {
                        nullable(additional.kind.open())
                    } else {
                        additional.kind.clone()
                    };
                    self.narrow_value(given, property, &member.kind, &takes, &inner);
                }
            }
            _ => self.unknown_members(given, target, against, is_fallback),
        }
    }
}

/// What has to be given inside of the one thing that is missing.
fn needed_inside(missing: &[(&Rc<str>, Flags)], target: &types::Object) -> Option<String> {
    let [(name, _)] = missing else {
        return None;
    };
    let Type::Object(inner) = target.members.get(*name)?.kind.open() else {
        return None;
    };
    let needed: Vec<String> = inner
        .members
        .iter()
        .filter(|(_, member)| member.flags.has(Flags::REQUIRED))
        .map(|(name, _)| format!("`{name}`"))
        .collect();
    (!needed.is_empty()).then(|| format!("`{name}` needs {}", needed.join(", ")))
}
