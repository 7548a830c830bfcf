//! The names of a private endpoint go into a zone where nobody looks for them.

use crate::rules::prelude::*;

pub(crate) static RULE: Rule = Rule::new(
    "wrong-endpoint-zone",
    "the names of a private endpoint go into a zone where nobody looks for them",
    include_str!("wrong_endpoint_zone.md"),
    look,
);

fn look(graph: &Graph<'_>, report: &mut Report<'_>) {
    for endpoint in endpoints(graph) {
        let groups: Vec<&str> = endpoint.connection.at("properties/groupIds").items().iter().filter_map(Part::text).collect();
        let Some(kind) = endpoint.connection.at("properties/privateLinkServiceId").text().and_then(|id| taxiway_arm::ResourceId::parse(id).ok()).map(|id| id.resource_type()) else { continue };
        let link = taxiway_arm::catalogue::private_links(&kind).find(|link| groups.iter().any(|group| group.eq_ignore_ascii_case(link.group)));
        let Some(link) = link else { continue };
        for group in graph.children(endpoint.node, "privateDnsZoneGroups") {
            for config in group.at("properties/privateDnsZoneConfigs").items() {
                let part = config.at("properties/privateDnsZoneId");
                let name = part.text().and_then(|id| id.rsplit('/').next());
                if name.is_some_and(|name| !name.eq_ignore_ascii_case(link.zone)) {
                    report.push(Found::at(&part, format!("the names of this endpoint belong into `{}`", link.zone)));
                }
            }
        }
    }
}
