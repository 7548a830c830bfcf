//! The password of a database stands in the template.

use crate::rules::prelude::*;

pub(crate) static RULE: Rule = Rule::new(
    "password-in-template",
    "the password of a database stands in the template",
    include_str!("password_in_template.md"),
    look,
)
.gate(Gate::Security)
.benchmarks(&[Mcsb("IM-8")]);

fn look(graph: &Graph<'_>, report: &mut Report<'_>) {
    for server in graph.of(POSTGRESQL) {
        let part = server.at("properties/administratorLoginPassword");
        if part.text().is_some_and(|text| !text.is_empty()) {
            report.push(Found::at(&part, format!("the password of the server `{}` stands in the open", server.name())).help("take it from a parameter with `@secure()`"));
        }
    }
}
