//! Resources in resources, those that name a parent, and those of extensions.

use std::collections::HashMap;
use std::rc::Rc;

use super::Binder;
use crate::ast::{Expr, ExprKind, Ident, ObjectItem, Resource};
use crate::model::{DeclarationKind, Parent, ResourceId, Target, extension_name};

impl Binder<'_, '_> {
    fn resource_of(&self, syntax: &Resource) -> Option<ResourceId> {
        self.collected
            .resources_by_place
            .get(&syntax.span.start)
            .copied()
    }

    pub(super) fn resource(&mut self, resource: &Rc<Resource>) {
        self.decorators(&resource.decorators);
        if let Some(part) = resource.kind.parts.first() {
            self.error(
                part.span,
                "BCP047",
                "the type of a resource cannot be computed".to_owned(),
            );
        }
        let scope = self.nested_scope(resource);
        if scope.is_empty() {
            return self.body(&resource.body);
        }
        self.scopes.push(scope);
        self.body(&resource.body);
        self.scopes.pop();
    }

    /// The resources in the body of `resource`, visible within it.
    fn nested_scope(&mut self, resource: &Resource) -> HashMap<Rc<str>, Target> {
        let has_nested = resource.body.object.as_ref().is_some_and(|object| {
            object
                .items
                .iter()
                .any(|item| matches!(item, ObjectItem::Resource(_)))
        });
        let id = has_nested.then(|| self.resource_of(resource)).flatten();
        let Some(id) = id else {
            return HashMap::new();
        };
        let mut scope = HashMap::new();
        let mut declared: HashMap<Rc<str>, Ident> = HashMap::new();
        for nested in self.collected.resources[id].nested.clone() {
            let name = self.collected.resources[nested].syntax.name.clone();
            let first = declared.get(&name.text);
            if let Some(first) = first.filter(|_| !name.text.is_empty()) {
                self.collected.duplicate(first, &name, None);
            }
            let declaration = self.collected.resource_declarations[nested];
            scope.insert(Rc::clone(&name.text), Target::Declaration(declaration));
            declared.entry(Rc::clone(&name.text)).or_insert(name);
        }
        scope
    }

    pub(super) fn nested_resource(&mut self, base: &Expr, name: &Ident) {
        let Some(parent) = self.resource_at(base) else {
            if !self.has_errors {
                let message = "only resources hold other resources".to_owned();
                self.error(name.span, "BCP158", message);
            }
            return;
        };
        let nested = self.collected.resources[parent]
            .nested_by_name
            .get(&name.text)
            .copied();
        match nested {
            Some(nested) => {
                let declaration = self.collected.resource_declarations[nested];
                self.bindings
                    .insert(name.span.start, Target::Declaration(declaration));
            }
            None => {
                let parent = &self.collected.resources[parent].syntax.name.text;
                let message = format!("`{parent}` holds no resource called `{}`", name.text);
                self.error(name.span, "BCP159", message);
            }
        }
    }

    /// The resource that an expression names, indexed or not.
    fn resource_at(&self, expr: &Expr) -> Option<ResourceId> {
        let name = match &expr.kind {
            ExprKind::Name(name) | ExprKind::Nested { name, .. } => name,
            ExprKind::Paren(inner) | ExprKind::NonNull(inner) => return self.resource_at(inner),
            ExprKind::Index { base, .. } => return self.resource_at(base),
            _ => return None,
        };
        match self.bindings.get(&name.span.start)? {
            Target::Declaration(id) => match self.collected.declarations[*id].kind {
                DeclarationKind::Resource(resource) => Some(resource),
                _ => None,
            },
            Target::Local(_) | Target::Namespace => None,
        }
    }

    /// Links children to the resources that their `parent` property names.
    pub(super) fn parents(&mut self) {
        for id in 0..self.collected.resources.len() {
            if self.collected.resources[id].parent.is_some() {
                continue;
            }
            let syntax = Rc::clone(&self.collected.resources[id].syntax);
            let property = syntax
                .body
                .object
                .as_ref()
                .and_then(|object| object.get("parent"));
            let parent = property.and_then(|property| self.resource_at(&property.value));
            self.collected.resources[id].parent =
                parent.filter(|parent| *parent != id).map(Parent::Property);
        }
    }

    /// Marks the resources whose types are those of an extension.
    pub(super) fn extension_resources(&mut self) {
        let kubernetes = self
            .collected
            .extensions
            .iter()
            .find(|extension| extension_name(extension) == "kubernetes");
        let Some(kubernetes) = kubernetes else {
            return;
        };
        let symbol = match &kubernetes.alias {
            Some(alias) => alias.text.to_string(),
            None => "kubernetes".to_owned(),
        };
        for resource in &mut self.collected.resources {
            let namespace = resource.kind.split('/').next().unwrap_or("");
            if !namespace.to_lowercase().starts_with("microsoft.") {
                resource.extension = Some(symbol.clone());
            }
        }
    }
}
