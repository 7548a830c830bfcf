//! A private endpoint asks for a group that its target does not have.

use crate::rules::prelude::*;

pub(crate) static RULE: Rule = Rule::new(
    "wrong-endpoint-group",
    "a private endpoint asks for a group that its target does not have",
    include_str!("wrong_endpoint_group.md"),
    look,
);

fn look(graph: &Graph<'_>, report: &mut Report<'_>) {
    for endpoint in endpoints(graph) {
        for group in endpoint.connection.at("properties/groupIds").items() {
            judge(&endpoint.connection.at("properties/privateLinkServiceId"), &group, report);
        }
    }
    for origin in graph.of(ORIGINS) {
        let link = origin.at("properties/sharedPrivateLinkResource");
        judge(&link.at("privateLink/id"), &link.at("groupId"), report);
    }
}

fn judge(target: &Part<'_>, group: &Part<'_>, report: &mut Report<'_>) {
    let Some(kind) = target.text().and_then(|id| taxiway_arm::ResourceId::parse(id).ok()).map(|id| id.resource_type()) else { return };
    let groups: Vec<&str> = taxiway_arm::catalogue::private_links(&kind).map(|link| link.group).collect();
    let fits = |group: &str| {
        let group = group.trim_end_matches("_secondary");
        groups.iter().any(|known| known.eq_ignore_ascii_case(group)) || (groups.contains(&"sites") && group.to_ascii_lowercase().starts_with("sites-"))
    };
    if !groups.is_empty() && group.text().is_some_and(|group| !fits(group)) {
        report.push(Found::at(group, format!("{kind} has no group `{}`", group.shown())).help(format!("it has {}", groups.join(", "))));
    }
}
