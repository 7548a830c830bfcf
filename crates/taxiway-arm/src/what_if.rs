//! What a deployment would change.

mod compare;
mod resolve;
mod secrets;

use std::collections::HashSet;

use indexmap::IndexMap;
use serde::Serialize;
use serde_json::{Map, Value};

use crate::{EvaluatedResource, Evaluation, ResourceId};
use compare::compare;
use resolve::Resolver;

/// What happens to resources that a template does not declare.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mode {
    /// They stay.
    Incremental,
    /// They go.
    Complete,
}

/// What would happen to a resource. Source: Azure REST API, "Deployments - What If", ChangeType.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub enum ChangeType {
    /// It is made.
    Create,
    /// It goes.
    Delete,
    /// It stays as it is, outside of the template.
    Ignore,
    /// It is deployed; whether it changes is not known.
    Deploy,
    /// It is deployed, and does not change.
    NoChange,
    /// It changes.
    Modify,
    /// What-if cannot tell.
    Unsupported,
}

/// What would happen to a property. Source: Azure REST API, "Deployments - What If", PropertyChangeType.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub enum PropertyChangeType {
    /// It is new.
    Create,
    /// It goes.
    Delete,
    /// It gets another value.
    Modify,
    /// Elements of it change.
    Array,
    /// It is deployed, and has no effect.
    NoEffect,
}

/// The change of a property.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct PropertyChange {
    /// Where in the resource (`properties.siteConfig`); in `children`, where in the parent's value.
    pub path: String,
    /// What happens.
    pub property_change_type: PropertyChangeType,
    /// The value now.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub before: Option<Value>,
    /// The value afterwards.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub after: Option<Value>,
    /// The changes of its elements.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub children: Vec<PropertyChange>,
}

/// The change of a resource.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Change {
    /// The resource.
    pub resource_id: ResourceId,
    /// What happens.
    pub change_type: ChangeType,
    /// Why what-if cannot tell.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub unsupported_reason: Option<String>,
    /// The resource now.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub before: Option<Value>,
    /// The resource afterwards.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub after: Option<Value>,
    /// What changes in it.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub delta: Vec<PropertyChange>,
}

/// Compares the resources that exist (`before`, each with its `id`) with those that a template declares.
///
/// What only the live side has is no change: defaults and read-only properties. The exceptions are tags and the
/// settings of a site (`config/appsettings`), which a deployment replaces as a whole; since a GET does not show these
/// settings, the caller adds them to `before`, and likewise a site's `config/web` for its `siteConfig`. Values that the template takes from existing resources
/// (`[reference(…)]`) are read from `before`; where that is not possible, and the live side has a value,
/// the resource is of type [`ChangeType::Deploy`]. A resource whose name is not known is of type
/// [`ChangeType::Unsupported`]; see [`Evaluation::named_by`]. Secrets are never shown, and a new value of a secret is
/// no change that could be seen.
pub fn what_if(before: &[Value], after: &Evaluation, mode: Mode) -> Vec<Change> {
    let existing = by_id(before);
    let resolver = Resolver::new(&existing);
    let mut declared = HashSet::new();
    let mut changes: Vec<Change> = after
        .resources
        .iter()
        .map(|resource| {
            declared.insert(&resource.id);
            change(resource, live(&resource.id, &existing).as_ref(), &resolver)
        })
        .collect();
    for (id, resource) in &existing {
        let is_of_declared = compare::is_site_configuration(id)
            && id.parent().is_some_and(|site| declared.contains(&site));
        if !declared.contains(id) && !is_of_declared {
            changes.push(undeclared(id, resource, mode));
        }
    }
    changes.sort_by(|left, right| {
        (left.change_type, &left.resource_id).cmp(&(right.change_type, &right.resource_id))
    });
    changes
}

impl Evaluation {
    /// The evaluation with the names and ids that follow from resources that exist (`before`).
    ///
    /// A name may be made of what only a running deployment knows, such as the principal of an identity. Once that
    /// identity exists, the name is known; a caller that wants to compare such resources reads them, by these ids,
    /// before it calls [`what_if()`].
    #[must_use]
    pub fn named_by(&self, before: &[Value]) -> Self {
        let existing = by_id(before);
        let resolver = Resolver::new(&existing);
        Self {
            resources: self
                .resources
                .iter()
                .map(|resource| resolver.named(resource).into_owned())
                .collect(),
            ..self.clone()
        }
    }
}

fn by_id(resources: &[Value]) -> IndexMap<ResourceId, &Value> {
    resources
        .iter()
        .filter_map(|resource| Some((id_of(resource)?, resource)))
        .collect()
}

fn id_of(resource: &Value) -> Option<ResourceId> {
    ResourceId::parse(resource.get("id")?.as_str()?).ok()
}

fn change(resource: &EvaluatedResource, before: Option<&Value>, resolver: &Resolver<'_>) -> Change {
    let after = whole(resource);
    let mut change = Change {
        resource_id: resource.id.clone(),
        change_type: ChangeType::Create,
        unsupported_reason: None,
        before: before.map(|before| shown(&resource.resource_type, before)),
        after: Some(shown(&resource.resource_type, &after)),
        delta: Vec::new(),
    };
    if let Some(name) = &resource.unresolved {
        change.change_type = ChangeType::Unsupported;
        change.unsupported_reason = Some(format!(
            "its name is known only while it is deployed: {name}"
        ));
        return change;
    }
    let Some(before) = before else {
        return change;
    };
    let comparison = compare(&resource.id, before, &resolver.resolve(&after));
    change.change_type = match (comparison.delta.is_empty(), comparison.is_certain) {
        (false, _) => ChangeType::Modify,
        (true, true) => ChangeType::NoChange,
        (true, false) => ChangeType::Deploy,
    };
    change.delta = comparison
        .delta
        .into_iter()
        .map(|delta| secrets::mask_change(&resource.resource_type, delta))
        .collect();
    change
}

/// The resource as it is; the configuration of a site is completed from its `config/web`, where the caller gave that.
fn live(id: &ResourceId, existing: &IndexMap<ResourceId, &Value>) -> Option<Value> {
    let mut live = (*existing.get(id)?).clone();
    let web = compare::is_site(id)
        .then(|| id.child("config", "web").ok())
        .flatten()
        .and_then(|web| existing.get(&web)?.get("properties")?.as_object());
    if let (Some(web), Some(properties)) = (
        web,
        live.get_mut("properties").and_then(Value::as_object_mut),
    ) {
        properties.insert("siteConfig".to_owned(), Value::Object(web.clone()));
    }
    Some(live)
}

fn undeclared(id: &ResourceId, resource: &Value, mode: Mode) -> Change {
    Change {
        resource_id: id.clone(),
        change_type: match mode {
            Mode::Incremental => ChangeType::Ignore,
            Mode::Complete => ChangeType::Delete,
        },
        unsupported_reason: None,
        before: Some(shown(&id.resource_type(), resource)),
        after: None,
        delta: Vec::new(),
    }
}

/// The resource as Azure shows it: its body with what identifies it.
fn whole(resource: &EvaluatedResource) -> Value {
    let mut members = Map::new();
    members.insert(
        "apiVersion".to_owned(),
        resource.api_version.as_str().into(),
    );
    members.insert("id".to_owned(), resource.id.as_str().into());
    members.insert("name".to_owned(), resource.id.name().into());
    members.insert("type".to_owned(), resource.resource_type.as_str().into());
    if let Some(group) = resource.id.resource_group() {
        members.insert("resourceGroup".to_owned(), group.into());
    }
    members.extend(resource.body.as_object().cloned().unwrap_or_default());
    Value::Object(members)
}

fn shown(resource_type: &str, resource: &Value) -> Value {
    let mut resource = resource.clone();
    secrets::mask(resource_type, &mut resource);
    resource
}
