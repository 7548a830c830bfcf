//! The list of resources of a subscription or group, with the filters that clients send.

use serde_json::{Map, Value, json};

use crate::{
    catalogue,
    cloud::Cloud,
    error::ArmError,
    provider::{Outcome, Request, Response},
    store::StoredResource,
};

/// GET …/resources.
pub(super) fn list(cloud: &Cloud, request: &Request) -> Outcome {
    let filter = Filter::parse(request.query.get("$filter").map_or("", String::as_str))?;
    let expand = request
        .query
        .get("$expand")
        .map(|text| text.to_ascii_lowercase())
        .unwrap_or_default();
    let resources = cloud.store.resources_under(&request.id)?;
    let mut items: Vec<Value> = resources
        .iter()
        .filter(|resource| is_tracked(resource) && filter.matches(resource))
        .map(|resource| shape(resource, &expand))
        .collect();
    if let Some(top) = request.query.get("$top").and_then(|top| top.parse().ok()) {
        items.truncate(top);
    }
    Ok(Response::list(items))
}

/// Whether Azure lists it: a type that has a place of its own, unlike configuration and bookkeeping.
fn is_tracked(resource: &StoredResource) -> bool {
    catalogue::find(&resource.id.resource_type()).is_some_and(|entry| entry.needs_location)
}

fn shape(resource: &StoredResource, expand: &str) -> Value {
    let mut item = Map::new();
    item.insert("id".to_owned(), json!(resource.id.as_str()));
    item.insert("name".to_owned(), json!(resource.id.full_name()));
    item.insert("type".to_owned(), json!(resource.id.resource_type()));
    for name in ["location", "tags", "kind", "sku", "identity", "managedBy"] {
        if let Some(value) = resource.body.get(name) {
            item.insert(name.to_owned(), value.clone());
        }
    }
    if expand.contains("createdtime") {
        item.insert(
            "createdTime".to_owned(),
            json!(resource.created.to_string()),
        );
    }
    if expand.contains("changedtime") {
        item.insert(
            "changedTime".to_owned(),
            json!(resource.changed.to_string()),
        );
    }
    if expand.contains("provisioningstate") {
        let state = resource.body["properties"]["provisioningState"]
            .as_str()
            .unwrap_or("Succeeded");
        item.insert("provisioningState".to_owned(), json!(state));
    }
    Value::Object(item)
}

/// `name eq 'x' and resourceType eq 'y'`: all conditions have to hold.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Filter {
    conditions: Vec<(String, String)>,
}

impl Filter {
    /// Reads the OData of clients: comparisons with `eq`, joined by `and`.
    pub(super) fn parse(text: &str) -> Result<Self, ArmError> {
        let invalid = || {
            ArmError::bad_request(
                "InvalidFilterInQueryString",
                format!(
                    "Invalid $filter '{text}' specified in the query string. The local cloud knows name, resourceType, resourceGroup, location, tagName and tagValue, compared by 'eq' and joined by 'and'."
                ),
            )
        };
        let mut conditions = Vec::new();
        let mut rest = text.trim();
        while !rest.is_empty() {
            let (field, after) = rest.split_once(' ').ok_or_else(invalid)?;
            let after = after.trim_start();
            let value = after.strip_prefix("eq ").ok_or_else(invalid)?.trim_start();
            let (value, after) = quoted(value).ok_or_else(invalid)?;
            let field = field.to_ascii_lowercase();
            if ![
                "name",
                "resourcetype",
                "resourcegroup",
                "location",
                "tagname",
                "tagvalue",
            ]
            .contains(&field.as_str())
            {
                return Err(invalid());
            }
            conditions.push((field, value));
            rest = after.trim();
            if !rest.is_empty() {
                rest = rest.strip_prefix("and ").ok_or_else(invalid)?.trim_start();
            }
        }
        Ok(Self { conditions })
    }

    pub(super) fn matches(&self, resource: &StoredResource) -> bool {
        let value_of = |field: &str| {
            self.conditions
                .iter()
                .find(|(name, _)| name == field)
                .map(|(_, value)| value)
        };
        self.conditions
            .iter()
            .all(|(field, value)| match field.as_str() {
                "name" => resource.id.full_name().eq_ignore_ascii_case(value),
                "resourcetype" => resource.id.is_type(value),
                "resourcegroup" => resource
                    .id
                    .resource_group()
                    .is_some_and(|group| group.eq_ignore_ascii_case(value)),
                "location" => resource.body["location"] == super::location::normal(value).as_str(),
                "tagname" => tag(resource, value).is_some(),
                // Belongs to the tag's name.
                _ => value_of("tagname")
                    .and_then(|name| tag(resource, name))
                    .is_some_and(|found| found == value),
            })
    }
}

fn tag<'a>(resource: &'a StoredResource, name: &str) -> Option<&'a str> {
    resource
        .body
        .get("tags")?
        .as_object()?
        .iter()
        .find(|(key, _)| key.eq_ignore_ascii_case(name))
        .and_then(|(_, value)| value.as_str())
}

/// A text in single quotes, where two stand for one, and what follows it.
fn quoted(text: &str) -> Option<(String, &str)> {
    let mut value = String::new();
    let mut rest = text.strip_prefix('\'')?;
    loop {
        let (part, after) = rest.split_once('\'')?;
        value.push_str(part);
        match after.strip_prefix('\'') {
            Some(after) => {
                value.push('\'');
                rest = after;
            }
            None => return Some((value, after)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    type Conditions = &'static [(&'static str, &'static str)];

    #[test]
    fn filters_are_read() {
        let cases: [(&str, Option<Conditions>); 6] = [
            ("", Some(&[])),
            (
                "resourceType eq 'Microsoft.Web/sites'",
                Some(&[("resourcetype", "Microsoft.Web/sites")]),
            ),
            (
                "tagname eq 'a''b' and tagvalue eq 'c and d'",
                Some(&[("tagname", "a'b"), ("tagvalue", "c and d")]),
            ),
            ("name ne 'x'", None),
            ("owner eq 'x'", None),
            ("name eq 'x", None),
        ];
        for (text, expected) in cases {
            let filter = Filter::parse(text).ok().map(|filter| filter.conditions);
            let expected = expected.map(|pairs| {
                pairs
                    .iter()
                    .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
                    .collect::<Vec<_>>()
            });
            assert_eq!(filter, expected, "{text}");
        }
    }
}
