//! A server takes Entra identities only, and has no administrator.

use crate::rules::prelude::*;

pub(crate) static RULE: Rule = Rule::new(
    "entra-without-administrator",
    "a server takes Entra identities only, and has no administrator",
    include_str!("entra_without_administrator.md"),
    look,
);

fn look(graph: &Graph<'_>, report: &mut Report<'_>) {
    for server in graph.of(POSTGRESQL) {
        let part = server.at("properties/authConfig/activeDirectoryAuth");
        let is_alone = server.at("properties/authConfig/passwordAuth").is("Disabled");
        if part.is("Enabled") && is_alone && graph.children(server, "administrators").next().is_none() {
            let message = format!("the server `{}` has no administrator who could sign in", server.name());
            report.push(Found::at(&part, message).help("add a child resource `administrators`"));
        }
    }
}
