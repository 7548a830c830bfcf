//! What is never shown: values of properties that hold secrets.
//!
//! Values of secure parameters are not in an evaluation at all; this is for literals, and for what exists.

use serde_json::Value;

use super::PropertyChange;

/// What stands in place of a secret, as in Azure's what-if.
const MASK: &str = "*******";

/// Masks the secrets of a resource.
pub(super) fn mask(resource_type: &str, value: &mut Value) {
    mask_member(resource_type, "", value);
}

/// Masks the secrets of a change.
pub(super) fn mask_change(resource_type: &str, mut change: PropertyChange) -> PropertyChange {
    for value in [&mut change.before, &mut change.after]
        .into_iter()
        .flatten()
    {
        mask_member(resource_type, &change.path, value);
    }
    change.children = change
        .children
        .into_iter()
        .map(|child| mask_change(resource_type, child))
        .collect();
    change
}

/// The property of a type that only a PUT has. Source: type definitions, the flag `writeOnly`.
pub(super) fn write_only(resource_type: &str) -> Option<&'static str> {
    [
        ("Microsoft.KeyVault/vaults/secrets", "properties.value"),
        (
            "Microsoft.DBforPostgreSQL/flexibleServers",
            "properties.administratorLoginPassword",
        ),
    ]
    .into_iter()
    .find(|(known, _)| known.eq_ignore_ascii_case(resource_type))
    .map(|(_, path)| path)
}

fn mask_member(resource_type: &str, path: &str, value: &mut Value) {
    match value {
        Value::Object(members) => {
            let names_a_secret = members
                .get("name")
                .and_then(Value::as_str)
                .is_some_and(is_secret_name);
            for (name, member) in members {
                let path = if path.is_empty() {
                    name.clone()
                } else {
                    format!("{path}.{name}")
                };
                mask_member(resource_type, &path, member);
                if names_a_secret && name == "value" {
                    hide(member);
                }
            }
        }
        Value::Array(elements) => {
            for element in elements {
                mask_member(resource_type, path, element);
            }
        }
        Value::String(_) if is_secret(resource_type, path) => hide(value),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

/// Text of an expression and a reference to a vault say where a value comes from, not what it is.
fn hide(value: &mut Value) {
    let is_hidden = value.as_str().is_some_and(|text| {
        !(text.starts_with("@Microsoft.KeyVault(") || text.starts_with('[') && text.ends_with(']'))
    });
    if is_hidden {
        *value = MASK.into();
    }
}

fn is_secret(resource_type: &str, path: &str) -> bool {
    if resource_type.eq_ignore_ascii_case("Microsoft.KeyVault/vaults/secrets") {
        return path.eq_ignore_ascii_case("properties.value");
    }
    is_secret_name(path.rsplit('.').next().unwrap_or_default())
}

fn is_secret_name(name: &str) -> bool {
    let name: String = name
        .chars()
        .filter(|character| character.is_alphanumeric())
        .flat_map(char::to_lowercase)
        .collect();
    [
        "password",
        "secret",
        "secretvalue",
        "secretkey",
        "privatekey",
        "sharedkey",
        "apikey",
        "accesskey",
        "accountkey",
    ]
    .iter()
    .any(|ending| name.ends_with(ending))
}
