//! An internal environment needs a subnet.

use crate::rules::prelude::*;

pub(crate) static RULE: Rule = Rule::new(
    "internal-without-network",
    "an internal environment needs a subnet",
    include_str!("internal_without_network.md"),
    look,
);

fn look(graph: &Graph<'_>, report: &mut Report<'_>) {
    for environment in graph.of("Microsoft.App/managedEnvironments") {
        let network = environment.at("properties/vnetConfiguration");
        let part = network.at("internal");
        if part.is_true() && network.at("infrastructureSubnetId").is_absent() {
            report.push(Found::at(&part, format!("the environment `{}` is internal, and in no network", environment.name())).help("set `infrastructureSubnetId`; neither can be changed later"));
        }
    }
}
