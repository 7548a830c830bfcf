//! A web app can be published to with a password.

use crate::rules::prelude::*;

pub(crate) static RULE: Rule = Rule::new(
    "basic-publishing-credentials",
    "a web app can be published to with a password",
    include_str!("basic_publishing_credentials.md"),
    look,
)
.warning()
.gate(Gate::Security)
.benchmarks(&[Mcsb("IM-1")]);

fn look(graph: &Graph<'_>, report: &mut Report<'_>) {
    for site in sites(graph) {
        let is_off = |name: &str| {
            graph.children(site.node, "basicPublishingCredentialsPolicies").any(|child| {
                child.id().name().eq_ignore_ascii_case(name) && !child.at("properties/allow").is_true()
            })
        };
        let open: Vec<&str> = ["ftp", "scm"].into_iter().filter(|name| !is_off(name)).collect();
        if !open.is_empty() {
            let message = format!("{} takes a password for publishing ({})", site.title(), open.join(", "));
            report.push(Found::on(site.node, message).help("add `basicPublishingCredentialsPolicies` `ftp` and `scm` with `allow: false`, for each slot too"));
        }
    }
}
