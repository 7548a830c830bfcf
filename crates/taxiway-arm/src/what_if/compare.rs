//! Compares a resource as it is with the same resource as a template declares it.
//!
//! Source: ARM documentation, "What-if", on noise: properties that only the live side has (defaults, read-only ones)
//! and a different order of array elements say nothing about a change.

use std::collections::{HashMap, HashSet};

use serde_json::{Map, Value};

use super::{PropertyChange, PropertyChangeType, secrets};
use crate::ResourceId;
use crate::expression::{TemplateString, classify, member};

/// What identifies a resource and is the same by construction.
const IDENTIFYING: [&str; 6] = ["id", "name", "type", "apiVersion", "resourceGroup", "etag"];

/// The outcome of a comparison.
pub(super) struct Comparison {
    pub(super) delta: Vec<PropertyChange>,
    /// Whether every value was known; without a difference, only then nothing changes.
    pub(super) is_certain: bool,
}

pub(super) fn compare(id: &ResourceId, before: &Value, after: &Value) -> Comparison {
    let mut comparer = Comparer {
        replaces_properties: is_settings(id),
        hides_site_config: is_site(id),
        hidden: secrets::write_only(&id.resource_type()),
        is_certain: true,
    };
    let empty = Map::new();
    let before = before.as_object().unwrap_or(&empty);
    let after = after.as_object().unwrap_or(&empty);
    let mut delta = Vec::new();
    for (name, value) in after {
        if IDENTIFYING
            .iter()
            .any(|known| name.eq_ignore_ascii_case(known))
        {
            continue;
        }
        comparer.member(name, member(before, name), value, &mut delta);
    }
    delta.sort_by(|left, right| left.path.cmp(&right.path));
    Comparison {
        delta,
        is_certain: comparer.is_certain,
    }
}

/// Whether a deployment replaces the properties as a whole. Source: App Service documentation, "Update Application
/// Settings": a PUT replaces all.
fn is_settings(id: &ResourceId) -> bool {
    let is_config =
        id.is_type("Microsoft.Web/sites/config") || id.is_type("Microsoft.Web/sites/slots/config");
    is_config
        && ["appsettings", "connectionstrings", "metadata"]
            .iter()
            .any(|known| id.name().eq_ignore_ascii_case(known))
}

/// Whether the live side leaves out parts of `siteConfig`. Source: App Service documentation, "Web Apps - Get": the
/// configuration is read from `config/web`.
pub(super) fn is_site(id: &ResourceId) -> bool {
    id.is_type("Microsoft.Web/sites") || id.is_type("Microsoft.Web/sites/slots")
}

/// Whether it is a site's `config/web`, which holds the site's `siteConfig`.
pub(super) fn is_site_configuration(id: &ResourceId) -> bool {
    id.name().eq_ignore_ascii_case("web") && id.parent().is_some_and(|site| is_site(&site))
}

struct Comparer {
    replaces_properties: bool,
    hides_site_config: bool,
    /// The property that the live side never shows.
    hidden: Option<&'static str>,
    is_certain: bool,
}

impl Comparer {
    fn member(
        &mut self,
        path: &str,
        before: Option<&Value>,
        after: &Value,
        delta: &mut Vec<PropertyChange>,
    ) {
        if is_unknown(after) {
            // What the live side does not show (a password) cannot be compared.
            self.is_certain &= before.is_none_or(Value::is_null);
            return;
        }
        if before.is_none() && self.hidden == Some(path) {
            return;
        }
        let is_hidden = self.hides_site_config && is_site_config(path) && !is_empty(after);
        if before.is_none_or(Value::is_null) && is_hidden {
            self.is_certain = false;
            return;
        }
        match (before, after) {
            (None | Some(Value::Null), Value::Null) => {}
            (None | Some(Value::Null), _) => {
                if !is_empty(after) {
                    delta.push(change(path, PropertyChangeType::Create, None, Some(after)));
                }
            }
            (Some(Value::Object(before)), Value::Object(after)) => {
                self.members(path, before, after, delta);
            }
            (Some(Value::Array(before)), Value::Array(after)) => {
                let children = self.elements(before, after);
                if !children.is_empty() {
                    let mut array = change(
                        path,
                        PropertyChangeType::Array,
                        Some(&Value::Array(before.clone())),
                        Some(&Value::Array(after.clone())),
                    );
                    array.children = children;
                    delta.push(array);
                }
            }
            (Some(before), after) => {
                if !is_same(path, before, after) {
                    delta.push(change(
                        path,
                        PropertyChangeType::Modify,
                        Some(before),
                        Some(after),
                    ));
                }
            }
        }
    }

    fn members(
        &mut self,
        path: &str,
        before: &Map<String, Value>,
        after: &Map<String, Value>,
        delta: &mut Vec<PropertyChange>,
    ) {
        for (name, value) in after {
            self.member(&joined(path, name), member(before, name), value, delta);
        }
        let is_replaced =
            path.eq_ignore_ascii_case("tags") || (path == "properties" && self.replaces_properties);
        if !is_replaced {
            return;
        }
        for (name, value) in before {
            if member(after, name).is_none() {
                delta.push(change(
                    &joined(path, name),
                    PropertyChangeType::Delete,
                    Some(value),
                    None,
                ));
            }
        }
    }

    /// The changed elements of an array; the order of elements is none.
    fn elements(&mut self, before: &[Value], after: &[Value]) -> Vec<PropertyChange> {
        let identity = identity(before, after);
        let by_identity: HashMap<String, usize> = before
            .iter()
            .enumerate()
            .filter_map(|(index, element)| Some((key(index, element, identity)?, index)))
            .collect();
        let mut matched = HashSet::new();
        let mut children = Vec::new();
        for (index, element) in after.iter().enumerate() {
            let partner = if is_unknown(element) {
                None
            } else {
                key(index, element, identity).and_then(|key| by_identity.get(&key).copied())
            };
            let Some(partner) = partner else {
                if is_unknown(element) {
                    self.is_certain = false;
                    matched.insert(index);
                } else {
                    let path = index.to_string();
                    children.push(change(
                        &path,
                        PropertyChangeType::Create,
                        None,
                        Some(element),
                    ));
                }
                continue;
            };
            matched.insert(partner);
            let mut delta = Vec::new();
            self.member("", Some(&before[partner]), element, &mut delta);
            if !delta.is_empty() {
                let mut modified = change(
                    &index.to_string(),
                    PropertyChangeType::Modify,
                    Some(&before[partner]),
                    Some(element),
                );
                modified.children = delta;
                children.push(modified);
            }
        }
        for (index, element) in before.iter().enumerate() {
            if !matched.contains(&index) {
                let path = index.to_string();
                children.push(change(
                    &path,
                    PropertyChangeType::Delete,
                    Some(element),
                    None,
                ));
            }
        }
        children
    }
}

/// How elements of two arrays are told apart.
#[derive(Clone, Copy)]
enum Identity {
    /// By a member that all of them have.
    Member(&'static str),
    /// Other objects and arrays by where they stand, since the live side may have members of its own in each.
    Position,
    /// Plain values by themselves.
    Whole,
}

fn identity(before: &[Value], after: &[Value]) -> Identity {
    let all = |holds: &dyn Fn(&Value) -> bool| before.iter().chain(after).all(holds);
    if all(&|element| !element.is_object() && !element.is_array()) {
        return Identity::Whole;
    }
    ["name", "id", "key"]
        .into_iter()
        .find(|name| all(&|element| element.get(name).is_some_and(Value::is_string)))
        .map_or(Identity::Position, Identity::Member)
}

fn key(index: usize, element: &Value, identity: Identity) -> Option<String> {
    match identity {
        Identity::Member(name) => Some(element.get(name)?.as_str()?.to_lowercase()),
        Identity::Position => Some(index.to_string()),
        Identity::Whole => Some(element.to_string()),
    }
}

fn is_site_config(path: &str) -> bool {
    let prefix = "properties.siteConfig";
    path.get(..prefix.len())
        .is_some_and(|start| start.eq_ignore_ascii_case(prefix))
}

fn is_unknown(value: &Value) -> bool {
    value
        .as_str()
        .is_some_and(|text| matches!(classify(text), TemplateString::Expression(_)))
}

fn is_empty(value: &Value) -> bool {
    match value {
        Value::Array(elements) => elements.is_empty(),
        Value::Object(members) => members.is_empty(),
        Value::Null => true,
        Value::Bool(_) | Value::Number(_) | Value::String(_) => false,
    }
}

/// Equality as Azure sees it: ids, locations and kinds without case.
fn is_same(path: &str, before: &Value, after: &Value) -> bool {
    let (Value::String(left), Value::String(right)) = (before, after) else {
        return before == after || (before.is_number() && before.as_f64() == after.as_f64());
    };
    if left == right {
        return true;
    }
    let name = path.rsplit('.').next().unwrap_or(path);
    if name.eq_ignore_ascii_case("location") {
        return location(left) == location(right);
    }
    let ignores_case = name.eq_ignore_ascii_case("kind") || left.starts_with('/');
    ignores_case && left.eq_ignore_ascii_case(right)
}

/// A location by its short name: `West Europe` is `westeurope`.
fn location(name: &str) -> String {
    name.chars()
        .filter(|character| !character.is_whitespace())
        .collect::<String>()
        .to_lowercase()
}

fn change(
    path: &str,
    property_change_type: PropertyChangeType,
    before: Option<&Value>,
    after: Option<&Value>,
) -> PropertyChange {
    PropertyChange {
        path: path.to_owned(),
        property_change_type,
        before: before.cloned(),
        after: after.cloned(),
        children: Vec::new(),
    }
}

fn joined(path: &str, name: &str) -> String {
    if path.is_empty() {
        name.to_owned()
    } else {
        format!("{path}.{name}")
    }
}
