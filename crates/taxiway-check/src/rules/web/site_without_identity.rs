//! A site has no identity of its own.

use crate::rules::prelude::*;

pub(crate) static RULE: Rule = Rule::new(
    "site-without-identity",
    "a site has no identity of its own",
    include_str!("site_without_identity.md"),
    look,
)
.warning()
.pedantic()
.gate(Gate::Security)
.benchmarks(&[Checkov("CKV_AZURE_16"), Checkov("CKV_AZURE_71"), Mcsb("IM-3"), Cis("9.5")]);

fn look(graph: &Graph<'_>, report: &mut Report<'_>) {
    for site in sites(graph) {
        let part = site.node.at("identity/type");
        if part.is_absent() || part.is("None") {
            report.push(Found::at(&part, format!("{} has no identity", site.title())).help("assign a user-assigned identity, and give it the roles that it needs"));
        }
    }
}
