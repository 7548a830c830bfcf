//! The administrator of a server has a reserved name.

use crate::rules::prelude::*;

pub(crate) static RULE: Rule = Rule::new(
    "reserved-login",
    "the administrator of a server has a reserved name",
    include_str!("reserved_login.md"),
    look,
);

fn look(graph: &Graph<'_>, report: &mut Report<'_>) {
    for server in graph.of(POSTGRESQL) {
        let part = server.at("properties/administratorLogin");
        if part.text().is_some_and(taxiway_arm::catalogue::is_reserved_login) {
            report.push(Found::at(&part, format!("`{}` cannot be the name of an administrator", part.shown())).help("choose another; it can never change"));
        } else if part.text().is_some_and(taxiway_arm::catalogue::is_doubtful_login) {
            report.push(Found::at(&part, format!("Azure may not take `{}` as the name of an administrator", part.shown())).help("choose another, to be sure: it can never change").note());
        }
    }
}
