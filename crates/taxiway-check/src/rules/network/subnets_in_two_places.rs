//! A network has subnets inside, and others as resources of their own.

use crate::rules::prelude::*;

pub(crate) static RULE: Rule = Rule::new(
    "subnets-in-two-places",
    "a network has subnets inside, and others as resources of their own",
    include_str!("subnets_in_two_places.md"),
    look,
);

fn look(graph: &Graph<'_>, report: &mut Report<'_>) {
    for network in graph.of(NETWORKS) {
        let inline = network.at("properties/subnets");
        let names: Vec<&str> = inline.items().iter().filter_map(|item| item.at("name").text()).collect();
        let child = graph.children(network, "subnets").find(|child| {
            child.known_name().is_some_and(|name| !names.iter().any(|known| known.eq_ignore_ascii_case(name)))
        });
        if let Some(child) = child.filter(|_| inline.value().is_some_and(serde_json::Value::is_array)) {
            report.push(Found::on(child, format!("the next deployment tries to delete the subnet `{}`", child.name())).label(&inline, "it is not in this list").help("declare all subnets in `properties.subnets`"));
        }
    }
}
