//! Scopes: where resources and modules are deployed to, and whether they can be.

use taxiway_diagnostics::Span;

use super::Checker;
use super::module_type::scope_bit;
use crate::ast::{Body, Expr, ExprKind};
use crate::model::{DeclarationKind, ModuleId, ResourceId, TargetScope};
use crate::types::{
    SCOPE_EXTENSION, SCOPE_MANAGEMENT_GROUP, SCOPE_RESOURCE_GROUP, SCOPE_SUBSCRIPTION,
    SCOPE_TENANT, Type, scope_names,
};

/// Resources on resources on resources.
const MAX_DEPTH: usize = 32;

/// A scope that is asked for.
#[derive(Clone, Debug, Default)]
pub(super) struct Scope<'a> {
    pub(super) requested: u8,
    pub(super) management_group: Option<&'a Expr>,
    pub(super) subscription: Option<&'a Expr>,
    pub(super) resource_group: Option<&'a Expr>,
    /// The resource it is attached to.
    pub(super) resource: Option<ResourceId>,
    /// A scope of its own was written; two of them are the same only if they are literally one.
    pub(super) written: Option<Span>,
}

/// Whether a scope is one that is supported.
enum Validated<'a> {
    Fine(Scope<'a>),
    /// None was given, or it cannot be told.
    Default,
    /// What was given, or none where it cannot be told, and where.
    Unsupported(Option<u8>, Span),
}

impl<'a> Checker<'a> {
    pub(super) fn scope_rules(&mut self) {
        for resource in 0..self.model.resources.len() {
            self.resource_scope_rule(resource);
            self.parent_rule(resource);
        }
        for module in 0..self.model.modules.len() {
            self.module_scope_rule(module);
        }
    }

    fn target(&self) -> u8 {
        scope_bit(self.model.target_scope)
    }

    fn own_scope(&self) -> Scope<'a> {
        Scope {
            requested: self.target(),
            ..Scope::default()
        }
    }

    fn scope_of(body: &'a Body) -> Option<&'a Expr> {
        let property = body.object.as_ref()?.get("scope")?;
        (!matches!(property.value.kind, ExprKind::Missing)).then_some(&property.value)
    }

    /// Where a body begins, to blame it as a whole.
    fn body_span(body: &Body) -> Option<Span> {
        match (&body.for_loop, &body.object) {
            (Some(head), _) => Some(head.span),
            (None, Some(object)) => Some(object.span),
            _ => None,
        }
    }

    fn validate(&mut self, supported: u8, at: Span, scope: Option<&'a Expr>) -> Validated<'a> {
        let Some(scope) = scope else {
            return if supported & self.target() == 0 {
                Validated::Unsupported(Some(self.target()), at)
            } else {
                Validated::Default
            };
        };
        let kind = self.known(scope);
        if let Type::Scope(requested, _) = kind {
            if supported & requested == 0 {
                return Validated::Unsupported(Some(requested), scope.span);
            }
            return Validated::Fine(Self::called(scope, requested));
        }
        let (symbol, is_indexed) = match &scope.kind {
            ExprKind::Index { base, .. } => (&**base, true),
            _ => (scope, false),
        };
        let (ExprKind::Name(name) | ExprKind::Nested { name, .. }) = &symbol.kind else {
            return match &kind {
                Type::Union(members)
                    if members
                        .iter()
                        .all(|member| matches!(member, Type::Scope(..))) =>
                {
                    Validated::Unsupported(None, scope.span)
                }
                _ => Validated::Default,
            };
        };
        match self.declaration(name).map(|(_, kind)| kind) {
            Some(DeclarationKind::Resource(resource)) => {
                self.scope_of_resource(*resource, supported, scope, is_indexed)
            }
            Some(DeclarationKind::Module(_)) if self.is_collection(symbol) == is_indexed => {
                Validated::Unsupported(Some(0), scope.span)
            }
            _ => Validated::Default,
        }
    }

    /// A scope that a function names.
    fn called(scope: &'a Expr, requested: u8) -> Scope<'a> {
        let arguments = match &scope.kind {
            ExprKind::Call { arguments, .. } | ExprKind::Method { arguments, .. } => {
                arguments.as_slice()
            }
            _ => &[],
        };
        let mut found = Scope {
            requested,
            written: (!arguments.is_empty()).then_some(scope.span),
            ..Scope::default()
        };
        match (requested, arguments) {
            (SCOPE_MANAGEMENT_GROUP, [name]) => found.management_group = Some(name),
            (SCOPE_SUBSCRIPTION, [id]) => found.subscription = Some(id),
            (SCOPE_RESOURCE_GROUP, [name]) => found.resource_group = Some(name),
            (SCOPE_RESOURCE_GROUP, [id, name]) => {
                found.subscription = Some(id);
                found.resource_group = Some(name);
            }
            _ => {}
        }
        found
    }

    fn scope_of_resource(
        &mut self,
        resource: ResourceId,
        supported: u8,
        scope: &'a Expr,
        is_indexed: bool,
    ) -> Validated<'a> {
        let model = self.model;
        let info = &model.resources[resource];
        let body: &'a Body = &info.syntax.body;
        if body.for_loop.is_some() != is_indexed {
            return Validated::Default;
        }
        let name = body
            .object
            .as_ref()
            .and_then(|object| object.get("name"))
            .map(|property| &property.value);
        let is_kind = |kind: &str| info.kind.eq_ignore_ascii_case(kind);
        if is_kind("Microsoft.Resources/resourceGroups") {
            if supported & SCOPE_RESOURCE_GROUP == 0 {
                return Validated::Unsupported(Some(SCOPE_RESOURCE_GROUP), scope.span);
            }
            return Validated::Fine(Scope {
                requested: SCOPE_RESOURCE_GROUP,
                resource_group: name,
                written: Some(scope.span),
                ..Scope::default()
            });
        }
        if is_kind("Microsoft.Management/managementGroups") {
            if supported & SCOPE_MANAGEMENT_GROUP == 0 {
                return Validated::Unsupported(Some(SCOPE_MANAGEMENT_GROUP), scope.span);
            }
            return Validated::Fine(Scope {
                requested: SCOPE_MANAGEMENT_GROUP,
                management_group: name,
                written: Some(scope.span),
                ..Scope::default()
            });
        }
        if supported & SCOPE_EXTENSION == 0 {
            return Validated::Unsupported(Some(SCOPE_EXTENSION), scope.span);
        }
        Validated::Fine(Scope {
            requested: SCOPE_EXTENSION,
            resource: Some(resource),
            written: is_indexed.then_some(scope.span),
            ..Scope::default()
        })
    }

    /// The scope of a resource; what is wrong about it has been or will be said once.
    pub(super) fn resource_scope(&mut self, resource: ResourceId, depth: usize) -> Scope<'a> {
        let model = self.model;
        let info = &model.resources[resource];
        if depth > MAX_DEPTH {
            return self.own_scope();
        }
        if let Some(parent) = info.parent {
            return self.resource_scope(parent.resource(), depth + 1);
        }
        let Type::Resource(kind) = self.resource_kind(resource) else {
            return self.own_scope();
        };
        let body: &'a Body = &info.syntax.body;
        match self.validate(kind.scopes, info.syntax.span, Self::scope_of(body)) {
            Validated::Fine(scope) => scope,
            Validated::Default | Validated::Unsupported(..) => self.own_scope(),
        }
    }

    fn resource_scope_rule(&mut self, resource: ResourceId) {
        let model = self.model;
        let info = &model.resources[resource];
        let Type::Resource(kind) = self.resource_kind(resource) else {
            return;
        };
        let body: &'a Body = &info.syntax.body;
        let Some(at) = Self::body_span(body) else {
            return;
        };
        let scope = Self::scope_of(body);
        if let Some(parent) = info.parent {
            if let Some(scope) = scope {
                let message = "a child is where its parent is, so it has no `scope` of its own";
                self.error(scope.span, "BCP164", message);
                return;
            }
            let mut first = parent.resource();
            let mut depth = 0;
            while let (Some(parent), true) = (model.resources[first].parent, depth < MAX_DEPTH) {
                first = parent.resource();
                depth += 1;
            }
            let is_existing = model.resources[first].syntax.existing;
            if !info.syntax.existing && is_existing {
                let scope = self.resource_scope(first, 0);
                if !self.is_deployable(&scope, 0) {
                    let name = &model.resources[first].syntax.name.text;
                    let message = format!(
                        "`{name}` is elsewhere, and this file cannot deploy anything there; use a module"
                    );
                    self.error(at, "BCP165", message);
                    return;
                }
            }
            return;
        }
        let validated = self.validate(kind.scopes, at, scope);
        match validated {
            Validated::Unsupported(Some(given), span) => {
                let message = format!(
                    "resources of this type cannot be deployed to the scope {}, only to {}",
                    scope_name(given),
                    scope_names(kind.scopes)
                );
                self.error(span, "BCP135", message);
            }
            Validated::Unsupported(None, span) => {
                self.error(
                    span,
                    "BCP420",
                    "the scope cannot be told before the deployment runs",
                );
            }
            Validated::Fine(_) | Validated::Default => {}
        }
        if info.syntax.existing || self.is_in_cycle(resource) {
            return;
        }
        let own = self.resource_scope(resource, 0);
        let root = self.root_scope(&own, 0);
        if !self.is_deployable(&root, 0) {
            let span = scope.map_or(at, |scope| scope.span);
            let message = "this file cannot deploy a resource there; use a module with that scope";
            self.error(span, "BCP139", message);
        }
    }

    fn is_in_cycle(&self, resource: ResourceId) -> bool {
        let own = self.model.declarations.iter().position(|declaration| {
            matches!(declaration.kind, DeclarationKind::Resource(id) if id == resource)
        });
        own.is_some_and(|id| self.cycles.contains_key(&id))
    }

    fn root_scope(&mut self, scope: &Scope<'a>, depth: usize) -> Scope<'a> {
        match scope.resource {
            Some(resource) if depth < MAX_DEPTH => {
                let outer = self.resource_scope(resource, 0);
                self.root_scope(&outer, depth + 1)
            }
            _ => scope.clone(),
        }
    }

    fn is_deployable(&mut self, scope: &Scope<'a>, depth: usize) -> bool {
        if let Some(resource) = scope.resource {
            if depth > MAX_DEPTH {
                return true;
            }
            let outer = self.resource_scope(resource, 0);
            return self.is_deployable(&outer, depth + 1);
        }
        scope.requested == SCOPE_TENANT
            || (scope.requested == self.target()
                && scope.management_group.is_none()
                && scope.subscription.is_none()
                && scope.resource_group.is_none())
    }

    /// The scope of a module.
    pub(super) fn module_scope(&mut self, module: ModuleId) -> Scope<'a> {
        let model = self.model;
        let body: &'a Body = &model.modules[module].syntax.body;
        let supported = self.module_supports(module).unwrap_or(0);
        let at = model.modules[module].syntax.span;
        match self.validate(supported, at, Self::scope_of(body)) {
            Validated::Fine(scope) => scope,
            _ => self.own_scope(),
        }
    }

    fn module_supports(&mut self, module: ModuleId) -> Option<u8> {
        let kind = match self.module_symbol(module) {
            Type::Array(array) => array.item.clone(),
            kind => kind,
        };
        match kind {
            Type::Module(kind) => Some(kind.scope),
            _ => None,
        }
    }

    fn module_scope_rule(&mut self, module: ModuleId) {
        let model = self.model;
        let body: &'a Body = &model.modules[module].syntax.body;
        let (Some(supported), Some(at)) = (self.module_supports(module), Self::body_span(body))
        else {
            return;
        };
        let scope = Self::scope_of(body);
        let validated = self.validate(supported, at, scope);
        let requested = match validated {
            Validated::Unsupported(Some(given), span) => {
                let message = format!(
                    "this module cannot be deployed to the scope {}, only to {}",
                    scope_name(given),
                    scope_names(supported)
                );
                self.error(span, "BCP134", message);
                self.own_scope()
            }
            Validated::Unsupported(None, span) => {
                self.error(
                    span,
                    "BCP420",
                    "the scope cannot be told before the deployment runs",
                );
                self.own_scope()
            }
            Validated::Fine(requested) => requested,
            Validated::Default => self.own_scope(),
        };
        if self.reaches(&requested) {
            return;
        }
        let code = match model.target_scope {
            TargetScope::Tenant => "BCP113",
            TargetScope::ManagementGroup => "BCP114",
            TargetScope::Subscription => "BCP115",
            TargetScope::ResourceGroup => "BCP116",
        };
        let span = scope.map_or(at, |scope| scope.span);
        let message = format!(
            "a file with the scope {} cannot deploy a module there",
            scope_name(self.target())
        );
        self.error(span, code, message);
    }

    /// Whether a file of this scope can deploy a module to another one.
    fn reaches(&self, scope: &Scope<'_>) -> bool {
        let from = self.model.target_scope;
        match scope.requested {
            SCOPE_TENANT => true,
            SCOPE_MANAGEMENT_GROUP => {
                matches!(from, TargetScope::Tenant | TargetScope::ManagementGroup)
            }
            SCOPE_SUBSCRIPTION => {
                scope.subscription.is_some()
                    || matches!(from, TargetScope::Subscription | TargetScope::ResourceGroup)
            }
            SCOPE_RESOURCE_GROUP => match (scope.subscription, scope.resource_group) {
                (Some(_), Some(_)) => true,
                (None, Some(_)) => {
                    matches!(from, TargetScope::Subscription | TargetScope::ResourceGroup)
                }
                _ => from == TargetScope::ResourceGroup,
            },
            _ => false,
        }
    }

    fn parent_rule(&mut self, resource: ResourceId) {
        let model = self.model;
        let body: &'a Body = &model.resources[resource].syntax.body;
        let Some(property) = body.object.as_ref().and_then(|object| object.get("parent")) else {
            return;
        };
        let value = match &property.value.kind {
            ExprKind::Index { base, .. } => &**base,
            _ => &property.value,
        };
        let is_resource = match &value.kind {
            ExprKind::Name(name) | ExprKind::Nested { name, .. } => matches!(
                self.declaration(name),
                Some((_, DeclarationKind::Resource(_)))
            ),
            _ => false,
        };
        if !is_resource && !self.known(value).is_error() {
            let message = "a parent is named directly, not computed";
            self.error(property.value.span, "BCP240", message);
        }
    }
}

fn scope_name(scope: u8) -> String {
    if scope == 0 {
        "of another module".to_owned()
    } else {
        format!("`{}`", scope_names(scope))
    }
}
