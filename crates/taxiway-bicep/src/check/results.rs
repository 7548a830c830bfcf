//! What functions give where it depends on what they are given.

use std::rc::Rc;

use crate::types::{
    Additional, Array, Flags, Object, SCOPE_MANAGEMENT_GROUP, SCOPE_RESOURCE_GROUP,
    SCOPE_SUBSCRIPTION, SCOPE_TENANT, Type, limits, nullable, union, without_null,
};

/// What the elements of an array are.
pub(super) fn item(array: &Type) -> Type {
    match array.open() {
        Type::Array(array) => array.item.clone(),
        Type::Tuple(items) if items.is_empty() => Type::Any,
        Type::Tuple(items) => union(items.iter().cloned()),
        Type::Union(members) => union(members.iter().map(item)),
        _ => Type::Any,
    }
}

fn argument(arguments: &[Type], index: usize) -> Type {
    arguments.get(index).map_or(Type::Any, Type::open)
}

fn lambda_result(arguments: &[Type], index: usize) -> Type {
    match argument(arguments, index) {
        Type::Lambda(lambda) => lambda.result.clone(),
        _ => Type::Any,
    }
}

pub(super) fn concat(arguments: &[Type]) -> Type {
    let mut all = Vec::new();
    for argument in arguments {
        match argument.open() {
            Type::Tuple(items) => all.extend(items.iter().cloned()),
            _ => {
                let items: Vec<Type> = arguments.iter().map(item).collect();
                if items.iter().any(Type::is_any) {
                    return Type::array();
                }
                return Type::array_of(union(items));
            }
        }
    }
    if all.len() > super::expression::MAX_LITERAL {
        return Type::array();
    }
    Type::Tuple(all.into())
}

/// What `split` gives: there is always something before the first separator.
pub(super) fn parts(_: &[Type]) -> Type {
    Type::Array(Rc::new(Array {
        item: Type::string(),
        least: Some(1),
        greatest: None,
        is_untyped: false,
        is_lenient: false,
    }))
}

pub(super) fn same_items(arguments: &[Type]) -> Type {
    match argument(arguments, 0) {
        Type::Array(array) => Type::Array(Rc::new(Array {
            item: array.item.clone(),
            least: None,
            greatest: array.greatest,
            is_untyped: array.is_untyped,
            is_lenient: false,
        })),
        tuple @ Type::Tuple(_) => Type::array_of(item(&tuple)),
        _ => Type::array(),
    }
}

pub(super) fn first(arguments: &[Type]) -> Type {
    edge(arguments, |items| items.first())
}

pub(super) fn last(arguments: &[Type]) -> Type {
    edge(arguments, |items| items.last())
}

fn edge(arguments: &[Type], of: fn(&[Type]) -> Option<&Type>) -> Type {
    match argument(arguments, 0) {
        Type::Tuple(items) => of(&items).cloned().unwrap_or(Type::Null),
        Type::Array(array) if array.least.is_some_and(|least| least > 0) => array.item.clone(),
        Type::Array(array) => nullable(array.item.clone()),
        _ => Type::Any,
    }
}

pub(super) fn flatten(arguments: &[Type]) -> Type {
    let inner = item(&argument(arguments, 0));
    match inner.open() {
        Type::Array(_) | Type::Tuple(_) | Type::Union(_) => match item(&inner) {
            Type::Any => Type::array(),
            item => Type::array_of(item),
        },
        _ => Type::array(),
    }
}

pub(super) fn map(arguments: &[Type]) -> Type {
    Type::array_of(lambda_result(arguments, 1))
}

fn map_of(kind: Type) -> Type {
    Type::Object(Rc::new(Object {
        name: Rc::from("object"),
        additional: Some(Additional {
            kind,
            flags: Flags::NONE,
        }),
        ..Object::default()
    }))
}

pub(super) fn map_values(arguments: &[Type]) -> Type {
    map_of(lambda_result(arguments, 1))
}

pub(super) fn reduce(arguments: &[Type]) -> Type {
    lambda_result(arguments, 2)
}

pub(super) fn to_object(arguments: &[Type]) -> Type {
    map_of(if arguments.len() > 2 {
        lambda_result(arguments, 2)
    } else {
        item(&argument(arguments, 0))
    })
}

pub(super) fn group_by(arguments: &[Type]) -> Type {
    map_of(Type::array_of(if arguments.len() > 2 {
        lambda_result(arguments, 2)
    } else {
        item(&argument(arguments, 0))
    }))
}

pub(super) fn range(arguments: &[Type]) -> Type {
    let (first, last) = limits(&argument(arguments, 0));
    let (fewest, most) = limits(&argument(arguments, 1));
    let end = last
        .zip(most)
        .and_then(|(last, count)| last.checked_add(count)?.checked_sub(1));
    Type::Array(Rc::new(Array {
        item: Type::integer(first, end),
        least: fewest,
        greatest: most,
        is_untyped: false,
        is_lenient: false,
    }))
}

/// How long a text or an array is, or how many members an object has.
pub(super) fn length(arguments: &[Type]) -> Type {
    let (least, greatest) = match argument(arguments, 0).body() {
        Type::String(text) => (text.least.unwrap_or(0), text.greatest),
        Type::Array(array) => (array.least.unwrap_or(0), array.greatest),
        Type::Tuple(items) => (count(items.len()), Some(count(items.len()))),
        Type::Object(object) => members_of(&object),
        Type::Tagged(tagged) => {
            let counts = || tagged.variants.values().map(|variant| members_of(variant));
            let greatest: Option<Vec<i64>> = counts().map(|(_, greatest)| greatest).collect();
            (
                counts().map(|(least, _)| least).min().unwrap_or(0),
                greatest.and_then(|all| all.into_iter().max()),
            )
        }
        _ => return Type::INT,
    };
    Type::integer(Some(least), greatest)
}

fn count(number: usize) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}

/// How many members an object has, at least and at most.
fn members_of(object: &Object) -> (i64, Option<i64>) {
    let given = object.members.values().filter(|member| {
        member.flags.has(Flags::REQUIRED) && without_null(&member.kind.open()).is_none()
    });
    let all = object.members.len();
    let greatest = object.additional.is_none().then(|| count(all));
    (count(given.count()), greatest)
}

pub(super) fn least(arguments: &[Type]) -> Type {
    let all = || arguments.iter().map(limits_of);
    let least: Option<Vec<i64>> = all().map(|(least, _)| least).collect();
    let greatest = all().filter_map(|(_, greatest)| greatest).min();
    Type::integer(least.and_then(|all| all.into_iter().min()), greatest)
}

pub(super) fn greatest(arguments: &[Type]) -> Type {
    let all = || arguments.iter().map(limits_of);
    let greatest: Option<Vec<i64>> = all().map(|(_, greatest)| greatest).collect();
    let least = all().filter_map(|(least, _)| least).max();
    Type::integer(least, greatest.and_then(|all| all.into_iter().max()))
}

pub(super) fn least_of_array(arguments: &[Type]) -> Type {
    of_array(arguments, least)
}

pub(super) fn greatest_of_array(arguments: &[Type]) -> Type {
    of_array(arguments, greatest)
}

fn of_array(arguments: &[Type], of: fn(&[Type]) -> Type) -> Type {
    match argument(arguments, 0) {
        Type::Tuple(items) if !items.is_empty() => of(&items),
        Type::Array(array) => match array.item.open() {
            item @ (Type::Int(_) | Type::IntLiteral(_)) => item,
            _ => Type::INT,
        },
        _ => Type::INT,
    }
}

/// The official compiler looks into no unions here.
fn limits_of(kind: &Type) -> (Option<i64>, Option<i64>) {
    match kind {
        Type::Union(_) => (None, None),
        other => limits(other),
    }
}

/// What the members of an object are.
pub(super) fn member_values(object: &Type) -> Type {
    let Type::Object(object) = object.body() else {
        return Type::Any;
    };
    let members = object.members.values().map(|member| member.kind.open());
    let additional = object.additional.iter().map(|more| more.kind.open());
    match union(members.chain(additional)) {
        Type::Never => Type::Any,
        kind => kind,
    }
}

pub(super) fn items(arguments: &[Type]) -> Type {
    let values = member_values(&argument(arguments, 0));
    Type::array_of(Type::object_of(
        "object",
        [("key", Type::string()), ("value", values)],
    ))
}

fn texts<'n>(name: &str, members: impl IntoIterator<Item = &'n str>) -> Type {
    Type::object_of(
        name,
        members.into_iter().map(|member| (member, Type::string())),
    )
}

pub(super) fn deployer(_: &[Type]) -> Type {
    texts("deployer", ["objectId", "tenantId", "userPrincipalName"])
}

/// The template's own members are given by the one who asks.
pub(super) fn deployment(_: &[Type]) -> Type {
    let template = Type::object_of(
        "templateProperties",
        [("contentVersion", Type::string()), ("metadata", Type::Any)],
    );
    let link = texts("templateLinkProperties", ["id", "uri"]);
    let properties = Type::object_of(
        "properties",
        [("template", template), ("templateLink", link)],
    );
    Type::object_of(
        "deployment",
        [("name", Type::string()), ("properties", properties)],
    )
}

pub(super) fn environment(_: &[Type]) -> Type {
    let authentication = Type::object_of(
        "authenticationProperties",
        [
            ("audiences", Type::array_of(Type::string())),
            ("identityProvider", Type::string()),
            ("loginEndpoint", Type::string()),
            ("tenant", Type::string()),
        ],
    );
    let suffixes = texts(
        "suffixesProperties",
        [
            "acrLoginServer",
            "azureDatalakeAnalyticsCatalogAndJob",
            "azureDatalakeStoreFileSystem",
            "azureFrontDoorEndpointSuffix",
            "keyvaultDns",
            "sqlServerHostname",
            "storage",
        ],
    );
    let plain = [
        "activeDirectoryDataLake",
        "batch",
        "gallery",
        "graph",
        "graphAudience",
        "media",
        "name",
        "portal",
        "resourceManager",
        "sqlManagement",
        "vmImageAliasDoc",
    ];
    let members = plain
        .into_iter()
        .map(|name| (name, Type::string()))
        .chain([("authentication", authentication), ("suffixes", suffixes)]);
    Type::object_of("environment", members)
}

pub(super) fn parse_cidr(_: &[Type]) -> Type {
    let mut members: Vec<(&str, Type)> = [
        "network",
        "netmask",
        "broadcast",
        "firstUsable",
        "lastUsable",
    ]
    .into_iter()
    .map(|name| (name, Type::string()))
    .collect();
    members.push(("cidr", Type::INT));
    Type::object_of("parseCidr", members)
}

pub(super) fn parse_uri(_: &[Type]) -> Type {
    Type::object_of(
        "uri",
        [
            ("scheme", Type::string()),
            ("host", Type::string()),
            ("port", nullable(Type::INT)),
            ("path", nullable(Type::string())),
            ("query", nullable(Type::string())),
        ],
    )
}

pub(super) fn role_definition(_: &[Type]) -> Type {
    texts("roleDefinition", ["id", "roleDefinitionId"])
}

fn scope(scope: u8, object: Type) -> Type {
    match object {
        Type::Object(object) => Type::Scope(scope, object),
        other => other,
    }
}

pub(super) fn tenant(_: &[Type]) -> Type {
    scope(
        SCOPE_TENANT,
        texts(
            "tenant",
            ["tenantId", "country", "countryCode", "displayName"],
        ),
    )
}

pub(super) fn management_group(_: &[Type]) -> Type {
    let summary = texts("summaryProperties", ["id", "name", "type"]);
    let details = Type::object_of(
        "detailsProperties",
        [
            ("version", Type::string()),
            ("updatedTime", Type::string()),
            ("updatedBy", Type::string()),
            ("parent", summary),
        ],
    );
    let properties = Type::object_of(
        "properties",
        [
            ("tenantId", Type::string()),
            ("displayName", Type::string()),
            ("details", details),
        ],
    );
    let group = [
        ("id", Type::string()),
        ("name", Type::string()),
        ("type", Type::string()),
        ("properties", properties),
    ];
    scope(
        SCOPE_MANAGEMENT_GROUP,
        Type::object_of("managementGroup", group),
    )
}

/// Of a scope that is named, only the name is known.
pub(super) fn other_management_group(_: &[Type]) -> Type {
    scope(SCOPE_MANAGEMENT_GROUP, texts("managementGroup", []))
}

pub(super) fn subscription(_: &[Type]) -> Type {
    let members = ["id", "subscriptionId", "tenantId", "displayName"];
    scope(SCOPE_SUBSCRIPTION, texts("subscription", members))
}

pub(super) fn other_subscription(_: &[Type]) -> Type {
    scope(SCOPE_SUBSCRIPTION, texts("subscription", []))
}

pub(super) fn resource_group(_: &[Type]) -> Type {
    let tags = map_of(Type::string());
    let members = ["id", "name", "type", "location", "managedBy"]
        .into_iter()
        .map(|name| (name, Type::string()))
        .chain([
            ("tags", tags),
            ("properties", texts("properties", ["provisioningState"])),
        ]);
    scope(
        SCOPE_RESOURCE_GROUP,
        Type::object_of("resourceGroup", members),
    )
}

pub(super) fn other_resource_group(_: &[Type]) -> Type {
    scope(SCOPE_RESOURCE_GROUP, texts("resourceGroup", []))
}
