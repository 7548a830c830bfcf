//! Functions of where a template is deployed: resource ids, scopes, time and identities.

use jiff::tz::TimeZone;
use serde_json::{Value, json};
use uuid::Uuid;

use super::super::evaluate::{failed, rest, values};
use super::super::{Evaluator, Expression, Failure, Frame, Reduced};
use super::argument;
use super::date_format::write;
use super::{MANY, Scoped};
use crate::{Context, MANAGEMENT_GROUP_TYPE, RESOURCE_GROUP_TYPE, ResourceId, Scope, TENANT_TYPE};

pub(super) const FUNCTIONS: &[Scoped] = &[
    scoped("resourceGroup", 0, 0, |context, _| {
        let group = context.scope.resource_group().ok_or(NOT_HERE)?;
        Ok(Some(json!({
            "id": context.scope.id(),
            "name": group.name,
            "type": RESOURCE_GROUP_TYPE,
            "location": group.location,
            "tags": group.tags,
            "properties": {"provisioningState": "Succeeded"},
        })))
    }),
    scoped("subscription", 0, 0, |context, _| {
        let subscription = context.scope.subscription().ok_or(NOT_HERE)?;
        Ok(Some(json!({
            "id": format!("/subscriptions/{}", subscription.id),
            "subscriptionId": subscription.id,
            "tenantId": context.tenant_id,
            "displayName": subscription.display_name,
        })))
    }),
    scoped("managementGroup", 0, 0, |context, _| {
        let Scope::ManagementGroup(name) = &context.scope else {
            return Err(NOT_HERE.to_owned());
        };
        Ok(Some(json!({
            "id": context.scope.id(),
            "name": name,
            "type": format!("/providers/{MANAGEMENT_GROUP_TYPE}"),
            "properties": {"tenantId": context.tenant_id, "displayName": name},
        })))
    }),
    scoped("tenant", 0, 0, |context, _| {
        Ok(Some(json!({
            "id": format!("/tenants/{}", context.tenant_id),
            "type": TENANT_TYPE,
            "tenantId": context.tenant_id,
            "displayName": context.tenant_display_name,
        })))
    }),
    scoped("environment", 0, 0, |context, _| {
        Ok(Some(context.environment.clone()))
    }),
    scoped("deployer", 0, 0, |context, _| {
        Ok(Some(json!({
            "objectId": context.deployer.object_id,
            "tenantId": context.deployer.tenant_id,
            "userPrincipalName": context.deployer.user_principal_name,
        })))
    }),
    scoped("resourceId", 2, MANY, resource_id),
    scoped("subscriptionResourceId", 2, MANY, |context, arguments| {
        let (before, resource) = split(arguments)?;
        let scope = subscription_scope(context, before.first().copied())?;
        if before.len() > 1 {
            return Err("only a subscription may stand before the type".to_owned());
        }
        build(&scope, &resource)
    }),
    scoped("tenantResourceId", 2, MANY, |_, arguments| {
        let (before, resource) = split(arguments)?;
        if !before.is_empty() {
            return Err("nothing may stand before the type".to_owned());
        }
        build(&ResourceId::tenant(), &resource)
    }),
    scoped(
        "managementGroupResourceId",
        2,
        MANY,
        |context, arguments| {
            let (before, resource) = split(arguments)?;
            let scope = match (before.as_slice(), &context.scope) {
                ([name], _) => ResourceId::for_management_group(name).map_err(text)?,
                ([], Scope::ManagementGroup(_)) => context.scope.id(),
                ([], _) => return Err("the deployment is not at a management group".to_owned()),
                _ => return Err("only a management group may stand before the type".to_owned()),
            };
            build(&scope, &resource)
        },
    ),
    scoped("extensionResourceId", 3, MANY, |_, arguments| {
        let scope = ResourceId::parse(argument::text(arguments, 0)?).map_err(text)?;
        let (before, resource) = split(&arguments[1..])?;
        if !before.is_empty() {
            return Err("nothing may stand between the scope and the type".to_owned());
        }
        build(&scope, &resource)
    }),
    scoped("roleDefinitions", 1, 1, crate::roles::definition),
    scoped("providers", 1, 2, |_, _| not_offered("providers")),
    scoped("pickZones", 3, 5, |_, _| not_offered("pickZones")),
    scoped("toLogicalZone", 3, 3, |_, _| not_offered("toLogicalZone")),
    scoped("toLogicalZones", 3, 3, |_, _| not_offered("toLogicalZones")),
    scoped("toPhysicalZone", 3, 3, |_, _| not_offered("toPhysicalZone")),
    scoped("toPhysicalZones", 3, 3, |_, _| {
        not_offered("toPhysicalZones")
    }),
];

const NOT_HERE: &str = "the function is not available at the scope of this deployment";

const fn scoped(
    name: &'static str,
    least: usize,
    most: usize,
    run: fn(&Context, &[&Value]) -> Result<Option<Value>, String>,
) -> Scoped {
    Scoped {
        name,
        arity: (least, most),
        run,
    }
}

/// What only Azure's own catalogue of regions and providers could answer.
fn not_offered(name: &str) -> Result<Option<Value>, String> {
    Err(format!(
        "{name} needs Azure's own data about regions and providers, which are not known here"
    ))
}

#[expect(clippy::needless_pass_by_value, reason = "the form that map_err wants")]
fn text(error: crate::ParseResourceIdError) -> String {
    error.to_string()
}

/// A type with its names, as the arguments of the functions that make ids.
struct TypedName<'v> {
    resource_type: &'v str,
    names: Vec<&'v str>,
}

/// The arguments before the type, and the type with its names: the first argument with a slash is the type.
fn split<'v>(arguments: &[&'v Value]) -> Result<(Vec<&'v str>, TypedName<'v>), String> {
    let texts = argument::texts(arguments)?;
    let position = texts
        .iter()
        .position(|text| text.contains('/'))
        .ok_or("no parameter is a resource type with its namespace")?;
    let resource_type = texts[position].trim_matches('/');
    let names = texts[position + 1..].to_vec();
    let wanted = resource_type.matches('/').count();
    if names.len() != wanted {
        return Err(format!(
            "the type '{resource_type}' requires '{wanted}' resource name argument(s)"
        ));
    }
    if let Some(name) = names
        .iter()
        .find(|name| name.is_empty() || name.contains('/'))
    {
        return Err(format!("'{name}' is not a single resource name"));
    }
    Ok((
        texts[..position].to_vec(),
        TypedName {
            resource_type,
            names,
        },
    ))
}

fn build(scope: &ResourceId, resource: &TypedName<'_>) -> Result<Option<Value>, String> {
    scope
        .resource(resource.resource_type, &resource.names.join("/"))
        .map(|id| Some(String::from(id).into()))
        .map_err(text)
}

fn subscription_scope(context: &Context, given: Option<&str>) -> Result<ResourceId, String> {
    let subscription = match given {
        Some(given) => given,
        None => &context.scope.subscription().ok_or(NOT_HERE)?.id,
    };
    ResourceId::for_subscription(subscription).map_err(text)
}

fn resource_id(context: &Context, arguments: &[&Value]) -> Result<Option<Value>, String> {
    let (before, resource) = split(arguments)?;
    let scope = match before.as_slice() {
        [] => context.scope.id(),
        [subscription, group] => {
            ResourceId::for_resource_group(subscription, group).map_err(text)?
        }
        [one] => match (context.scope.subscription(), is_uuid(one)) {
            (Some(subscription), false) => {
                ResourceId::for_resource_group(&subscription.id, one).map_err(text)?
            }
            _ => match context.scope.resource_group() {
                Some(group) => ResourceId::for_resource_group(one, &group.name).map_err(text)?,
                None => ResourceId::for_subscription(one).map_err(text)?,
            },
        },
        _ => {
            return Err(
                "only a subscription and a resource group may stand before the type".to_owned(),
            );
        }
    };
    build(&scope, &resource)
}

fn is_uuid(text: &str) -> bool {
    Uuid::parse_str(text).is_ok()
}

/// `utcNow([format])`, in default values of parameters only.
pub(in crate::expression) fn utc_now<'f>(
    evaluator: &Evaluator<'_>,
    arguments: &[Expression],
    frame: &Frame<'f>,
) -> Result<Reduced<'f>, Failure> {
    if !frame.is_parameter_default() {
        return Err(only_in_defaults("utcNow"));
    }
    let reduced = evaluator.all(arguments, frame)?;
    let Some(values) = values(&reduced) else {
        return Ok(rest(
            "utcNow",
            reduced.into_iter().map(Reduced::into_static).collect(),
        ));
    };
    let format = match values.first() {
        Some(format) => format
            .as_str()
            .ok_or_else(|| failed("utcNow", "the format must be of type 'String'"))?,
        None => "yyyyMMddTHHmmssZ",
    };
    let now = evaluator.bindings.context().utc_now.to_zoned(TimeZone::UTC);
    write(&now, format)
        .map(|text| Reduced::owned(text.into()))
        .map_err(|message| failed("utcNow", &message))
}

/// `newGuid()`, in default values of parameters only: made from the context's seed, so that it stays a function.
pub(in crate::expression) fn new_guid<'f>(
    evaluator: &Evaluator<'_>,
    frame: &Frame<'f>,
) -> Result<Reduced<'f>, Failure> {
    let (parameter, number) = frame
        .next_guid()
        .ok_or_else(|| only_in_defaults("newGuid"))?;
    let seed = evaluator.bindings.context().guid_seed;
    let name = format!("{}\n{number}", parameter.to_lowercase());
    Ok(Reduced::owned(
        Uuid::new_v5(&seed, name.as_bytes()).to_string().into(),
    ))
}

fn only_in_defaults(name: &str) -> Failure {
    Failure::new(format!(
        "The template function '{name}' is not expected at this location. It can only be used in the default value of a parameter. Please see https://aka.ms/arm-functions for usage details."
    ))
}
