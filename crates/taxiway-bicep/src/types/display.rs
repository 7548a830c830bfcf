//! How types are written in messages.

use std::fmt;

use super::{
    SCOPE_EXTENSION, SCOPE_MANAGEMENT_GROUP, SCOPE_RESOURCE_GROUP, SCOPE_SUBSCRIPTION,
    SCOPE_TENANT, Type,
};

/// How many members of a union are named.
const MAX_NAMED: usize = 12;
/// How deep a type is written out.
const MAX_DEPTH: usize = 4;

/// The names of scopes, with `|` between them.
pub(crate) fn scope_names(scopes: u8) -> String {
    let names = [
        (SCOPE_EXTENSION, "resource"),
        (SCOPE_TENANT, "tenant"),
        (SCOPE_MANAGEMENT_GROUP, "managementGroup"),
        (SCOPE_SUBSCRIPTION, "subscription"),
        (SCOPE_RESOURCE_GROUP, "resourceGroup"),
    ];
    let names: Vec<&str> = names
        .into_iter()
        .filter(|(scope, _)| scopes & scope != 0)
        .map(|(_, name)| name)
        .collect();
    names.join(" | ")
}

impl fmt::Display for Type {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&name(self, 0))
    }
}

fn name(kind: &Type, depth: usize) -> String {
    if depth > MAX_DEPTH {
        return "…".to_owned();
    }
    match kind {
        Type::Error => "error".to_owned(),
        Type::Any => "any".to_owned(),
        Type::Never => "never".to_owned(),
        Type::Null => "null".to_owned(),
        Type::Bool(_) => "bool".to_owned(),
        Type::BoolLiteral(value) => value.to_string(),
        Type::Int(_) => "int".to_owned(),
        Type::IntLiteral(value) => value.to_string(),
        Type::String(_) => "string".to_owned(),
        Type::StringLiteral(text) => {
            let escaped = text.replace('\\', "\\\\").replace('\'', "\\'");
            format!("'{}'", escaped.replace('\n', "\\n").replace('\r', "\\r"))
        }
        Type::Array(array) if array.is_untyped => "array".to_owned(),
        Type::Array(array) => match array.item.open() {
            item @ Type::Union(_) => format!("({})[]", name(&item, depth + 1)),
            item => format!("{}[]", name(&item, depth + 1)),
        },
        Type::Tuple(items) => {
            let mut names: Vec<String> = items
                .iter()
                .take(MAX_NAMED)
                .map(|item| name(item, depth + 1))
                .collect();
            if items.len() > MAX_NAMED {
                names.push("…".to_owned());
            }
            format!("[{}]", names.join(", "))
        }
        Type::Object(object) | Type::Namespace(object) | Type::Scope(_, object) => {
            if object.name.is_empty() {
                "object".to_owned()
            } else {
                object.name.to_string()
            }
        }
        Type::Tagged(tagged) => tagged.name.to_string(),
        Type::Union(members) => union(members, depth),
        Type::Lambda(lambda) => {
            let parameters: Vec<String> = lambda
                .parameters
                .iter()
                .map(|parameter| name(parameter, depth + 1))
                .collect();
            let result = name(&lambda.result, depth + 1);
            format!("({}) => {result}", parameters.join(", "))
        }
        Type::Resource(resource) => format!("{}@{}", resource.kind, resource.version),
        Type::Module(_) => "module".to_owned(),
        Type::ScopeOf(scopes) => scope_names(*scopes),
        Type::ParentOf(child) => child
            .rsplit_once('/')
            .map_or_else(|| child.to_string(), |(parent, _)| parent.to_owned()),
        Type::Dependency => "resource | module".to_owned(),
        Type::Azure(_) => name(&kind.open(), depth),
        Type::Recursive(_) => "object".to_owned(),
    }
}

fn union(members: &[Type], depth: usize) -> String {
    let mut names: Vec<String> = members
        .iter()
        .take(if depth == 0 { usize::MAX } else { MAX_NAMED })
        .map(|member| name(member, depth + 1))
        .collect();
    names.sort();
    names.dedup();
    if names.len() > MAX_NAMED {
        let more = names.len() - MAX_NAMED;
        names.truncate(MAX_NAMED);
        names.push(format!("{more} more"));
    }
    names.join(" | ")
}
