//! The types of resources, and their bodies.

use std::rc::Rc;

use taxiway_diagnostics::{Diagnostic, Span};

use super::Checker;
use super::function_place::Allowed;
use super::narrow::Against;
use super::narrow_object::Given;
use crate::ast::Body;
use crate::azure_types;
use crate::model::{Parent, ResourceId};
use crate::suggestion;
use crate::types::{BodyUse, Resource, Type, assignable, assignable_without_null};

/// How many letters at one end two names of types share before they are compared in full.
const NEAR: usize = 14;

/// What is known of a body once its loop and condition have been looked at.
pub(super) enum Ready {
    /// Its members can be held against a type.
    Yes,
    /// What is wrong was reported.
    No,
}

impl<'a> Checker<'a> {
    /// What the name of a resource stands for.
    pub(super) fn resource_symbol(&mut self, resource: ResourceId) -> Type {
        let kind = self.resource_kind(resource);
        let has_loop = self.model.resources[resource]
            .syntax
            .body
            .for_loop
            .is_some();
        if has_loop && !kind.is_error() && !kind.is_any() {
            Type::array_of(kind)
        } else {
            kind
        }
    }

    /// The type of a resource, of one of them if a loop makes several.
    pub(super) fn resource_kind(&mut self, resource: ResourceId) -> Type {
        if let Some(known) = self.resources.get(&resource) {
            return known.clone();
        }
        let kind = self.new_resource_kind(resource);
        self.resources.insert(resource, kind.clone());
        kind
    }

    fn new_resource_kind(&mut self, resource: ResourceId) -> Type {
        let model = self.model;
        let info = &model.resources[resource];
        let syntax = &info.syntax;
        if info.extension.is_some() {
            return Type::Any;
        }
        if !syntax.kind.parts.is_empty() || syntax.kind.span.is_empty() {
            return Type::Error;
        }
        let written = syntax.kind.plain().unwrap_or("");
        let (kind, version) = match info.parent {
            Some(Parent::Nested(parent)) => {
                if self.resource_kind(parent).is_error() {
                    let message = "the resource around this one has an invalid type";
                    return self.error(syntax.kind.span, "BCP157", message);
                }
                let segment = written.split('@').next().unwrap_or("");
                if segment.is_empty() || segment.contains('/') || !is_version(&info.api_version) {
                    let message = format!(
                        "`{written}` is no type of a nested resource; one is written `child` or `child@version`"
                    );
                    return self.error(syntax.kind.span, "BCP156", message);
                }
                (info.kind.clone(), info.api_version.clone())
            }
            _ => match self.resource_reference(written, syntax.kind.span) {
                Some((kind, version)) => {
                    let kind =
                        azure_types::canonical_name(&kind, &version).map_or(kind, str::to_owned);
                    (kind, version)
                }
                None => return Type::Error,
            },
        };
        let object = syntax.body.object.as_ref();
        let usage = BodyUse {
            is_existing: syntax.existing,
            is_nested: matches!(info.parent, Some(Parent::Nested(_))),
            has_parent: info.parent.is_some()
                || object.is_some_and(|object| object.get("parent").is_some()),
            is_derived: false,
        };
        let body = self.resource_body(&kind, &version, usage);
        // A known value of the member that decides which others there are settles it.
        let chosen = match &body.kind.body {
            Type::Tagged(tagged) => object
                .and_then(|object| object.get(&tagged.key))
                .and_then(|property| property.value.plain_string())
                .and_then(|value| tagged.variants.get(value))
                .map(|variant| Type::Object(Rc::clone(variant))),
            _ => None,
        };
        match chosen {
            None => Type::Resource(Rc::clone(&body.kind)),
            Some(body_type) => Type::Resource(Rc::new(crate::types::ResourceType {
                kind: Rc::clone(&body.kind.kind),
                version: Rc::clone(&body.kind.version),
                body: body_type,
                scopes: body.kind.scopes,
            })),
        }
    }

    /// The type of all resources of a type, as the catalogue has it.
    pub(super) fn resource_body(
        &mut self,
        kind: &str,
        version: &str,
        usage: BodyUse,
    ) -> Rc<Resource> {
        let key = (kind.to_owned(), version.to_owned(), usage);
        if let Some(known) = self.bodies.get(&key) {
            return Rc::clone(known);
        }
        let body = Rc::new(crate::types::resource(kind, version, usage));
        self.bodies.insert(key, Rc::clone(&body));
        body
    }

    /// Reads `Namespace/type@version`; reports what is none.
    pub(super) fn resource_reference(
        &mut self,
        text: &str,
        span: Span,
    ) -> Option<(String, String)> {
        let (space, rest) = match text.split_once(':') {
            Some((space, rest)) if !space.contains('/') => (Some(space), rest),
            _ => (None, text),
        };
        let parsed = rest
            .split_once('@')
            .filter(|(kind, version)| is_kind(kind) && is_version(version));
        let Some((kind, version)) = parsed.filter(|_| space != Some("")) else {
            let message =
                format!("`{text}` is no resource type; one is written `Namespace/type@version`");
            self.error(span, "BCP029", message);
            return None;
        };
        if let Some(space) = space.filter(|space| *space != "az") {
            let is_extension = self
                .model
                .extensions
                .iter()
                .any(|extension| crate::model::extension_name(extension) == space);
            if !is_extension {
                let message = format!("there is no namespace `{space}`; there are `az` and `sys`");
                self.error(span, "BCP208", message);
            }
            return None;
        }
        Some((kind.to_owned(), version.to_owned()))
    }

    /// Warns of a type that the catalogue does not have.
    pub(super) fn unknown_resource_type(&mut self, kind: &str, version: &str, span: Span) {
        let segments: Vec<&str> = kind.split('/').collect();
        let last = segments.len().saturating_sub(1);
        let has_providers = segments.iter().enumerate().any(|(index, name)| {
            index > 1 && index < last && name.eq_ignore_ascii_case("providers")
        });
        if has_providers {
            let message = "resources on other resources are written with `scope:`, without `providers` in their type";
            return self.warning(span, "BCP174", message);
        }
        let versions = azure_types::versions(kind);
        let (message, help) = match versions.is_empty() {
            false => {
                let newest = versions
                    .iter()
                    .rev()
                    .find(|version| !version.contains('-') || version.len() == 10);
                let newest = newest.or(versions.last()).copied().unwrap_or("");
                (
                    format!(
                        "`{kind}` is known, but not in version `{version}`, so its properties cannot be checked"
                    ),
                    Some(format!("the newest version known here is `{newest}`")),
                )
            }
            true => {
                let lower = kind.to_lowercase();
                let similar = match self.similar_kinds.get(&lower) {
                    Some(similar) => *similar,
                    None => {
                        let similar = similar_kind(&lower);
                        self.similar_kinds.insert(lower, similar);
                        similar
                    }
                };
                (
                    format!("`{kind}` is not known here, so its properties cannot be checked"),
                    similar.map(|similar| {
                        let versions = azure_types::versions(similar);
                        let newest = versions.last().copied().unwrap_or("");
                        let name = azure_types::canonical_name(similar, newest).unwrap_or(similar);
                        format!("did you mean `{name}`?")
                    }),
                )
            }
        };
        let diagnostic = Diagnostic {
            help,
            ..Diagnostic::warning("BCP081", self.location(span), message)
        };
        self.push(diagnostic);
    }

    /// Checks a declared resource.
    pub(super) fn resource(&mut self, resource: ResourceId) {
        let model = self.model;
        let info = &model.resources[resource];
        let syntax: &'a crate::ast::Resource = &info.syntax;
        let kind = self.resource_kind(resource);
        let declared = self.resource_symbol(resource);
        self.check_decorators(
            &syntax.decorators,
            super::decorator::On::Resource,
            &declared,
            None,
        );
        let Type::Resource(known) = &kind else {
            if kind.is_any() {
                self.body(&syntax.body);
            }
            return;
        };
        self.resource_is_known(resource, &known.kind, &known.version);
        if matches!(info.parent, Some(Parent::Nested(parent)) if self.is_in_loop(parent)) {
            let message = "a resource cannot be nested in one that a loop makes";
            self.error(syntax.span, "BCP160", message);
        }
        if let Ready::Yes = self.body(&syntax.body) {
            self.resource_members(resource, &kind);
        }
        for decorators in syntax.body.object.iter().flat_map(|body| &body.dangling) {
            self.dangling(decorators);
        }
    }

    fn is_in_loop(&self, resource: ResourceId) -> bool {
        let info = &self.model.resources[resource];
        info.syntax.body.for_loop.is_some()
            || matches!(info.parent, Some(Parent::Nested(parent)) if self.is_in_loop(parent))
    }

    fn resource_is_known(&mut self, resource: ResourceId, kind: &str, version: &str) {
        let syntax = &self.model.resources[resource].syntax;
        let usage = BodyUse {
            is_existing: syntax.existing,
            is_nested: false,
            has_parent: false,
            is_derived: false,
        };
        let span = syntax.kind.span;
        let found = azure_types::find(kind, version);
        if found.is_none() {
            return self.unknown_resource_type(kind, version, span);
        }
        let body = self.resource_body(kind, version, usage);
        if body.is_read_only && !usage.is_existing {
            let message = format!("`{kind}` can only be read, not deployed; write `existing`");
            self.warning(span, "BCP245", message);
        }
    }

    /// Looks into the loop, the condition and the object of a body.
    pub(super) fn body(&mut self, body: &'a Body) -> Ready {
        let outer = std::mem::replace(&mut self.allowed, Allowed::RUNTIME);
        let mut is_ready = true;
        if let Some(head) = &body.for_loop {
            let collection = self.infer(&head.collection);
            self.loop_locals(&collection, &head.item, head.index.as_ref());
            is_ready &= !collection.is_error() && self.is_walkable(&head.collection, &collection);
        }
        if let Some(condition) = &body.condition {
            self.allowed = Allowed::NOTHING;
            let kind = self.infer(condition);
            self.allowed = Allowed::RUNTIME;
            self.is_condition(condition, &kind);
        }
        is_ready &= match &body.object {
            Some(object) => !self.object(object).is_error(),
            None => false,
        };
        self.allowed = outer;
        if is_ready { Ready::Yes } else { Ready::No }
    }

    fn is_condition(&mut self, condition: &'a crate::ast::Expr, kind: &Type) {
        if kind.is_error() || assignable(kind, &Type::BOOL) {
            return;
        }
        if assignable_without_null(kind, &Type::BOOL).is_some() {
            return self.possible_null(condition, kind, &Type::BOOL);
        }
        let message = format!("a condition is a `bool`, and this is `{kind}`");
        self.error(condition.span, "BCP046", message);
    }

    fn resource_members(&mut self, resource: ResourceId, kind: &Type) {
        let model = self.model;
        let syntax: &'a crate::ast::Resource = &model.resources[resource].syntax;
        let Some(object) = &syntax.body.object else {
            return;
        };
        let Type::Object(actual) = self.object_again(object) else {
            return;
        };
        let given = Given {
            syntax: Some(object),
            span: object.span,
            actual: &actual,
            missing_at: syntax.name.span,
            is_existing: syntax.existing,
        };
        let against = Against {
            is_resource: true,
            ..Against::default()
        };
        match kind.body() {
            Type::Object(target) => self.narrow_members(given, &target, &against),
            Type::Tagged(target) => self.narrow_variant(given, &target, &against),
            _ => {}
        }
    }

    /// The type of an object that has been inferred before: members are known, and nothing is reported again.
    pub(super) fn object_again(&mut self, object: &'a crate::ast::Object) -> Type {
        let before = std::mem::take(&mut self.diagnostics);
        let kind = self.object(object);
        self.diagnostics = before;
        kind
    }
}

/// `Namespace.Name/type/child`
fn is_kind(kind: &str) -> bool {
    let mut segments = kind.split('/');
    let space = segments.next().unwrap_or("");
    let is_space = space.starts_with(|first: char| first.is_ascii_alphanumeric())
        && space
            .chars()
            .all(|letter| letter.is_ascii_alphanumeric() || letter == '.');
    let mut count = 0;
    let are_types = segments.all(|segment| {
        count += 1;
        !segment.is_empty()
            && segment
                .chars()
                .all(|letter| letter.is_ascii_alphanumeric() || letter == '-')
    });
    is_space && are_types && count > 0
}

/// `2024-01-01`, with or without `-preview` and the like.
fn is_version(version: &str) -> bool {
    let lower = version.to_lowercase();
    let (date, rest) = lower.split_at_checked(10).unwrap_or((&lower, ""));
    let is_date = date.len() == 10
        && date.bytes().enumerate().all(|(index, byte)| match index {
            4 | 7 => byte == b'-',
            _ => byte.is_ascii_digit(),
        });
    is_date
        && matches!(
            rest,
            "" | "-preview" | "-alpha" | "-beta" | "-rc" | "-privatepreview"
        )
}

/// The type of Azure that a type in lower case is nearly.
fn similar_kind(lower: &str) -> Option<&'static str> {
    let near = azure_types::kinds().filter(|known| {
        known.len().abs_diff(lower.len()) <= 2
            && (known.get(..NEAR) == lower.get(..NEAR)
                || known.get(known.len().saturating_sub(NEAR)..)
                    == lower.get(lower.len().saturating_sub(NEAR)..))
    });
    suggestion::closest(lower, near)
}
