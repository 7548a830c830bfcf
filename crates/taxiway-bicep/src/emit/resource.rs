//! Resources of a template.

use super::Emitter;
use super::environment::Context;
use super::identity::{Element, Symbol};
use super::value::has_spread;
use crate::arm::Arm;
use crate::ast::{Decorator, Expr, ForHead, Object, decorator};
use crate::json::{Json, Members};
use crate::model::{Model, ResourceId, ResourceInfo};

/// What of a resource's body has its own place.
const TAKEN_OUT: &[&str] = &["parent", "scope", "dependsOn", "name"];

impl Emitter<'_> {
    /// Resources in the order of emission: of each scope, the nested ones of all its resources come first.
    pub(super) fn resource_order(&self) -> Vec<ResourceId> {
        let mut order = Vec::new();
        scope_order(&self.root, &self.root.top_resources, &mut order);
        order
    }

    /// Whether a resource is in the template.
    pub(super) fn is_emitted(&self, model: &Model, resource: ResourceId) -> bool {
        let info = &model.resources[resource];
        if !info.syntax.existing {
            return true;
        }
        model.symbolic && !crate::model::identifier_needs_runtime(model, resource)
    }

    pub(super) fn resource(&self, resource: ResourceId) -> Json {
        let element = self.indexed(&self.root, Symbol::Resource(resource), None);
        let info = &self.root.resources[resource];
        let syntax = &info.syntax;
        let context = &element.context;
        let mut members = Members::new();
        if let Some(head) = &syntax.body.for_loop {
            let copy = self.resource_copy(&info.symbolic_name, head, &syntax.decorators);
            members.insert("copy".to_owned(), copy);
        }
        if let Some(condition) = self.condition_json(&element) {
            members.insert("condition".to_owned(), condition);
        }
        if syntax.existing {
            members.insert("existing".to_owned(), true.into());
        }
        if let Some(extension) = &info.extension {
            return self.extension_resource(&element, info, extension, members);
        }
        if let Some(options) = self.options(context, &syntax.decorators) {
            members.insert("@options".to_owned(), options);
        }
        members.insert("type".to_owned(), info.kind.as_str().into());
        members.insert("apiVersion".to_owned(), info.api_version.as_str().into());
        self.scope_members(&element, &mut members);
        members.insert("name".to_owned(), self.full_name(&element).to_json());
        if let Some(object) = syntax.body.object.as_ref().filter(|_| !syntax.existing) {
            self.resource_body(context, object, &mut members);
        }
        if let Some(depends_on) = self.depends_on(&element) {
            members.insert("dependsOn".to_owned(), depends_on);
        }
        self.add_description(context, &syntax.decorators, &mut members);
        Json::from(members).at(self.origin(context, syntax.span))
    }

    /// A resource of an extension: its whole body is its properties.
    fn extension_resource(
        &self,
        element: &Element,
        info: &ResourceInfo,
        extension: &str,
        mut members: Members,
    ) -> Json {
        let context = &element.context;
        members.insert("import".to_owned(), extension.into());
        let kind = info.syntax.kind.plain().unwrap_or("");
        members.insert("type".to_owned(), kind.into());
        if let Some(object) = &info.syntax.body.object {
            let properties = self.object_except(context, object, &["dependsOn"]);
            members.insert("properties".to_owned(), properties.into());
        }
        if let Some(depends_on) = self.depends_on(element) {
            members.insert("dependsOn".to_owned(), depends_on);
        }
        self.add_description(context, &info.syntax.decorators, &mut members);
        Json::from(members).at(self.origin(context, info.syntax.span))
    }

    fn resource_body(&self, context: &Context, object: &Object, members: &mut Members) {
        if has_spread(object) {
            return;
        }
        for (key, value) in self.object_except(context, object, TAKEN_OUT) {
            members.insert(key, value);
        }
    }

    pub(super) fn condition_json(&self, element: &Element) -> Option<Json> {
        let body = element.symbol.body(element.model());
        if let Some(condition) = &body.condition
            && let crate::ast::ExprKind::Bool(value) = condition.bare().kind
            && self.condition_of(element) == Some(super::expression::boolean(value))
        {
            return Some(value.into());
        }
        let condition = self.condition_of(element)?;
        let json = condition.to_json();
        Some(match &body.condition {
            Some(condition) => json.at(self.origin(&element.context, condition.span)),
            None => json,
        })
    }

    pub(super) fn resource_copy(
        &self,
        name: &str,
        head: &ForHead,
        decorators: &[Decorator],
    ) -> Json {
        let context = Context::top(&self.root);
        let count = Arm::call("length", [self.arm(&context, &head.collection)]);
        let mut copy = Members::new();
        copy.insert("name".to_owned(), name.into());
        copy.insert("count".to_owned(), count.to_json());
        if let Some([size]) = decorator(decorators, "batchSize") {
            copy.insert("mode".to_owned(), "serial".into());
            copy.insert("batchSize".to_owned(), self.json(&context, size));
        }
        Json::from(copy).at(self.origin(&context, head.span))
    }

    pub(super) fn options(&self, context: &Context, decorators: &[Decorator]) -> Option<Json> {
        let mut options = Members::new();
        for name in ["onlyIfNotExists", "retryOn"] {
            if let Some(arguments) = decorator(decorators, name) {
                let arguments: Vec<Json> = arguments
                    .iter()
                    .map(|argument: &Expr| self.json(context, argument))
                    .collect();
                options.insert(name.to_owned(), arguments.into());
            }
        }
        (!options.is_empty()).then(|| options.into())
    }

    pub(super) fn add_description(
        &self,
        context: &Context,
        decorators: &[Decorator],
        members: &mut Members,
    ) {
        if let Some(description) = self.description(context, decorators) {
            let metadata = Json::from([("description", description)]);
            members.insert("metadata".to_owned(), metadata);
        }
    }
}

fn scope_order(model: &Model, scope: &[ResourceId], order: &mut Vec<ResourceId>) {
    for resource in scope {
        scope_order(model, &model.resources[*resource].nested, order);
    }
    order.extend(scope);
}
