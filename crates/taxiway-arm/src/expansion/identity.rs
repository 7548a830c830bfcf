//! From scope, type and name to an id.

use serde_json::Value;

use crate::expression::{Expression, Failure};
use crate::{MANAGEMENT_GROUP_TYPE, ParseResourceIdError, ResourceId};

/// The scope that a `scope` member names: an id, `/` for the tenant, or an id relative to the current scope.
pub(super) fn scope_of(
    scope: &str,
    current: &ResourceId,
) -> Result<ResourceId, ParseResourceIdError> {
    if scope.starts_with('/') {
        return ResourceId::parse(scope);
    }
    let is_management_group = scope
        .get(..MANAGEMENT_GROUP_TYPE.len())
        .is_some_and(|start| start.eq_ignore_ascii_case(MANAGEMENT_GROUP_TYPE));
    let root = if is_management_group || current.as_str() == "/" {
        ""
    } else {
        current.as_str()
    };
    ResourceId::parse(&format!("{root}/providers/{scope}"))
}

pub(super) fn resource_id(
    scope: &ResourceId,
    resource_type: &str,
    name: &str,
) -> Result<ResourceId, Failure> {
    let types = resource_type.matches('/').count();
    let names = name.matches('/').count() + 1;
    if types != names {
        return Err(Failure::new(format!(
            "Deployment template validation failed: 'The template resource '{name}' for type '{resource_type}' has incorrect segment lengths. A nested resource type must have identical number of segments as its resource name. A root resource type must have segment length one greater than its resource name. Please see https://aka.ms/arm-syntax-resources for usage details.'."
        )));
    }
    // At a subscription, a resource group stands in the subscription even where the template is deployed to a group.
    scope
        .resource(resource_type, name)
        .map_err(|error| Failure::new(format!("Deployment template validation failed: '{error}'.")))
}

/// An id for a resource whose name is not known: the name's last segment is the text of its expression.
pub(super) fn stand_in_id(
    scope: &ResourceId,
    resource_type: &str,
    name: &str,
) -> Result<ResourceId, Failure> {
    let missing = resource_type
        .matches('/')
        .count()
        .saturating_sub(name.matches('/').count() + 1);
    let name = format!("{}{name}", "[unknown]/".repeat(missing));
    resource_id(scope, resource_type, &name)
}

/// A name that can stand in an id, for one that is known in part: `format('{0}/{1}', 'server', …)` keeps the server, as the
/// compiler writes the names of children.
pub(super) fn stand_in(rest: &Expression) -> String {
    if let Some([Expression::Literal(Value::String(template)), parts @ ..]) =
        rest.arguments_of("format")
        && let [known @ .., last] = parts
        && template
            .split('/')
            .enumerate()
            .all(|(index, part)| part == format!("{{{index}}}"))
        && template.split('/').count() == parts.len()
    {
        let known: Option<Vec<&str>> = known
            .iter()
            .map(|part| match part {
                Expression::Literal(Value::String(part)) => Some(part.as_str()),
                _ => None,
            })
            .collect();
        if let Some(known) = known {
            let last = as_segment(&format!("[{last}]"));
            return known
                .into_iter()
                .chain([last.as_str()])
                .collect::<Vec<_>>()
                .join("/");
        }
    }
    as_segment(&format!("[{rest}]"))
}

fn as_segment(expression: &str) -> String {
    expression
        .replace(['/', '?', '#'], ":")
        .replace(char::is_control, " ")
}
