//! Only TCP has an exposed port.

use crate::rules::prelude::*;

pub(crate) static RULE: Rule = Rule::new(
    "exposed-port-without-tcp",
    "only TCP has an exposed port",
    include_str!("exposed_port_without_tcp.md"),
    look,
);

fn look(graph: &Graph<'_>, report: &mut Report<'_>) {
    for app in graph.of(CONTAINER_APPS) {
        let ingress = app.at("properties/configuration/ingress");
        let (part, transport) = (ingress.at("exposedPort"), ingress.at("transport"));
        let is_tcp = transport.is("tcp") || transport.is_unknown();
        if part.number().is_some_and(|port| port > 0.0) && !is_tcp {
            report.push(Found::at(&part, "`exposedPort` needs `transport: 'tcp'`").label(&transport, "the transport").help("leave it out: HTTP is served on 80 and 443"));
        }
    }
}
