//! A server takes neither passwords nor Entra identities.

use crate::rules::prelude::*;

pub(crate) static RULE: Rule = Rule::new(
    "nobody-can-sign-in",
    "a server takes neither passwords nor Entra identities",
    include_str!("nobody_can_sign_in.md"),
    look,
);

fn look(graph: &Graph<'_>, report: &mut Report<'_>) {
    for server in graph.of(POSTGRESQL) {
        let config = server.at("properties/authConfig");
        let (password, entra) = (config.at("passwordAuth"), config.at("activeDirectoryAuth"));
        if password.is("Disabled") && (entra.is("Disabled") || entra.is_absent()) {
            report.push(Found::at(&password, format!("nobody can sign in to the server `{}`", server.name())).help("set `activeDirectoryAuth: 'Enabled'`").unsafe_fix(&entra, "Enabled"));
        }
    }
}
