//! A route does not wait for the origins that it leads to.

use serde_json::Value;

use crate::rules::prelude::*;

pub(crate) static RULE: Rule = Rule::new(
    "route-before-origins",
    "a route does not wait for the origins that it leads to",
    include_str!("route_before_origins.md"),
    look,
)
.confidence(Confidence::Medium);

fn look(graph: &Graph<'_>, report: &mut Report<'_>) {
    for route in graph.of("Microsoft.Cdn/profiles/afdEndpoints/routes") {
        let part = route.at("properties/originGroup");
        let Some(group) = graph.referred(&part.at("id")) else { continue };
        let waits = declared(graph, route).map(waits_of).unwrap_or_default();
        // Origins of another template are made by a deployment of their own, which a route waits for by its outputs.
        let mut origins = graph.children(group, "origins").filter(|origin| layer(origin) == layer(route)).peekable();
        if origins.peek().is_some() && !origins.any(|origin| is_waited_for(graph, origin, &waits)) {
            let message = format!("the route `{}` waits for its origin group `{}`, and not for its origins", route.name(), group.name());
            report.push(Found::at(&part, message).help("add the origins to `dependsOn` of the route"));
        }
    }
}

/// The template that a resource is declared in.
fn layer<'n>(node: &'n Node<'_>) -> &'n str {
    node.resource.pointer.rsplit_once("/resources/").map_or("", |(layer, _)| layer)
}

fn declared<'g>(graph: &'g Graph<'_>, node: &Node<'_>) -> Option<&'g Value> {
    graph.evaluated.template.pointer(&node.resource.pointer)
}

fn waits_of(declaration: &Value) -> Vec<&str> {
    let waits = declaration.get("dependsOn").and_then(Value::as_array);
    waits.into_iter().flatten().filter_map(Value::as_str).collect()
}

/// By its type in an id, its symbolic name, or the name of its loop.
fn is_waited_for(graph: &Graph<'_>, origin: &Node<'_>, waits: &[&str]) -> bool {
    let in_loop = declared(graph, origin).and_then(|declaration| declaration.pointer("/copy/name")).and_then(Value::as_str);
    let symbol = origin.resource.symbolic_name.as_deref();
    waits.iter().any(|wait| {
        wait.to_ascii_lowercase().contains("/origingroups/origins'") || Some(*wait) == symbol || Some(*wait) == in_loop
    })
}
