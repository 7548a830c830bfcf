//! An access restriction lets every customer's Front Door in.

use crate::rules::prelude::*;

pub(crate) static RULE: Rule = Rule::new(
    "any-front-door",
    "an access restriction lets every customer's Front Door in",
    include_str!("any_front_door.md"),
    look,
)
.gate(Gate::Security)
.benchmarks(&[Mcsb("NS-2")]);

fn look(graph: &Graph<'_>, report: &mut Report<'_>) {
    for site in sites(graph) {
        for item in site.config("ipSecurityRestrictions").items() {
            let part = item.at("ipAddress");
            let headers = item.at("headers");
            let is_pinned = headers.is_unknown() || headers.members().iter().any(|(name, _)| name.eq_ignore_ascii_case("x-azure-fdid"));
            if part.is("AzureFrontDoor.Backend") && !item.at("action").is("Deny") && !is_pinned {
                let message = format!("{} lets the Front Door of every customer in", site.title());
                report.push(Found::at(&part, message).help("add the header filter `x-azure-fdid` with the profile's `frontDoorId`"));
            }
        }
    }
}
