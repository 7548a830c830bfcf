//! A web app does not say whether the internet may reach it.

use crate::rules::prelude::*;

pub(crate) static RULE: Rule = Rule::new(
    "implicit-public-access",
    "a web app does not say whether the internet may reach it",
    include_str!("implicit_public_access.md"),
    look,
)
.info()
.pedantic()
.gate(Gate::Security)
.benchmarks(&[Mcsb("NS-2")]);

fn look(graph: &Graph<'_>, report: &mut Report<'_>) {
    for site in sites(graph) {
        let part = site.node.at("properties/publicNetworkAccess");
        if part.is_absent() {
            let message = format!("{} does not say whether the internet may reach it", site.title());
            report.push(Found::at(&part, message).help("set `publicNetworkAccess`: unset means open, and closed as soon as a private endpoint exists"));
        }
    }
}
