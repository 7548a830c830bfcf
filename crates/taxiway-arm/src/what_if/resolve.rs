//! Reads values that a template takes from existing resources.

use std::borrow::Cow;

use indexmap::IndexMap;
use serde_json::Value;

use crate::bindings::{Binding, Bindings, Inputs, View};
use crate::expression::{Evaluator, Failure, Frame, Reduced, TemplateString, classify, parse};
use crate::runtime::{Resources, Runtime, Target};
use crate::{Context, EvaluatedResource, ResourceId, Scope};

/// Evaluates the `[reference(…)]` that are left in an evaluation against the resources that exist.
pub(super) struct Resolver<'r> {
    existing: &'r IndexMap<ResourceId, &'r Value>,
    bindings: Bindings,
    resources: Resources,
}

impl<'r> Resolver<'r> {
    pub(super) fn new(existing: &'r IndexMap<ResourceId, &'r Value>) -> Self {
        let (bindings, _) = Bindings::new(&Binding {
            template: &serde_json::Map::new(),
            inputs: &Inputs::new(),
            context: &Context::new(Scope::Tenant),
            view: View::Hidden,
            leaves_unknown_names: true,
            pointer: "",
        });
        Self {
            existing,
            bindings,
            resources: Resources::default(),
        }
    }

    /// The value with every expression replaced that has a value now.
    pub(super) fn resolve(&self, value: &Value) -> Value {
        match value {
            Value::String(text) => match classify(text) {
                TemplateString::Expression(inner) => {
                    self.expression(inner).unwrap_or_else(|| value.clone())
                }
                TemplateString::Text(_) => value.clone(),
            },
            Value::Array(elements) => elements
                .iter()
                .map(|element| self.resolve(element))
                .collect(),
            Value::Object(members) => Value::Object(
                members
                    .iter()
                    .map(|(name, member)| (name.clone(), self.resolve(member)))
                    .collect(),
            ),
            Value::Null | Value::Bool(_) | Value::Number(_) => value.clone(),
        }
    }

    /// The resource with its name and id, where they follow from what exists.
    pub(super) fn named<'e>(&self, resource: &'e EvaluatedResource) -> Cow<'e, EvaluatedResource> {
        let name = resource
            .unresolved
            .as_ref()
            .map(|name| self.resolve(&Value::from(name.as_str())));
        let id = match name {
            Some(Value::String(name)) if Some(&name) != resource.unresolved.as_ref() => resource
                .id
                .scope()
                .resource(&resource.resource_type, &name)
                .ok(),
            _ => None,
        };
        match id {
            Some(id) => Cow::Owned(EvaluatedResource {
                name: id.full_name(),
                id,
                unresolved: None,
                ..resource.clone()
            }),
            None => Cow::Borrowed(resource),
        }
    }

    fn expression(&self, text: &str) -> Option<Value> {
        let evaluator = Evaluator {
            bindings: &self.bindings,
            runtime: Some(self),
        };
        match evaluator
            .reduce(&parse(text).ok()?, &Frame::default())
            .ok()?
        {
            Reduced::Value(value) => Some(value.into_owned()),
            Reduced::Rest(_) => None,
        }
    }
}

impl Runtime for Resolver<'_> {
    fn resources(&self) -> &Resources {
        &self.resources
    }

    fn reference(&self, target: &Target, full: bool) -> Result<Reduced<'static>, Failure> {
        let missing = || Failure::with_code("ResourceNotFound", "the resource does not exist");
        let resource = self.existing.get(&target.id).ok_or_else(missing)?;
        if full {
            return Ok(Reduced::owned((*resource).clone()));
        }
        let properties = resource.get("properties").ok_or_else(missing)?;
        Ok(Reduced::owned(properties.clone()))
    }

    fn list(
        &self,
        _target: &Target,
        function: &str,
        _api_version: &str,
        _body: Option<&Value>,
    ) -> Result<Reduced<'static>, Failure> {
        Err(Failure::new(format!(
            "{function} gives secrets, which are not compared"
        )))
    }
}
