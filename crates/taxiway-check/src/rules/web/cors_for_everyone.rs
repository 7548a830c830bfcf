//! A web app lets scripts of every origin call it.

use crate::rules::prelude::*;

pub(crate) static RULE: Rule = Rule::new(
    "cors-for-everyone",
    "a web app lets scripts of every origin call it",
    include_str!("cors_for_everyone.md"),
    look,
)
.warning()
.gate(Gate::Security)
.benchmarks(&[Checkov("CKV_AZURE_62"), Checkov("CKV_AZURE_57"), Mcsb("PV-2")]);

fn look(graph: &Graph<'_>, report: &mut Report<'_>) {
    for site in sites(graph) {
        for part in site.config("cors").at("allowedOrigins").items() {
            if part.is("*") {
                let message = format!("{} lets scripts of every origin call it", site.title());
                report.push(Found::at(&part, message).help("name the origins"));
            }
        }
    }
}
