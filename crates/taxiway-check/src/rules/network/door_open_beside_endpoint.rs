//! A resource with a private endpoint is open to the internet too.

use crate::rules::prelude::*;

pub(crate) static RULE: Rule = Rule::new(
    "door-open-beside-endpoint",
    "a resource with a private endpoint is open to the internet too",
    include_str!("door_open_beside_endpoint.md"),
    look,
)
.warning()
.gate(Gate::Security)
.benchmarks(&[Checkov("CKV_AZURE_68"), Checkov("CKV_AZURE_139"), Checkov("CKV_AZURE_189"), Mcsb("NS-2")]);

fn look(graph: &Graph<'_>, report: &mut Report<'_>) {
    for endpoint in endpoints(graph) {
        let Some(target) = endpoint.target else { continue };
        let path = if target.is(POSTGRESQL) { "properties/network/publicNetworkAccess" } else { "properties/publicNetworkAccess" };
        let part = target.at(path);
        let is_closed = part.is("Disabled") || part.is("SecuredByPerimeter") || part.is_unknown() || target.at("properties/networkAcls/defaultAction").is("Deny");
        let is_site = target.is(SITES) && part.is_absent();
        let has_rules = target.is(SITES) && !Site { graph, node: target }.config("ipSecurityRestrictions").is_absent();
        if !is_closed && !is_site && !has_rules {
            report.push(Found::at(&part, format!("`{}` is open to the internet beside its private endpoint", target.name())).label(&endpoint.node.whole(), "the endpoint").help("set `publicNetworkAccess: 'Disabled'`").unsafe_fix(&part, "Disabled"));
        }
    }
}
