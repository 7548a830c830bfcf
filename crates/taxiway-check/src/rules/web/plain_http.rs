//! A web app or slot answers plain HTTP.

use crate::rules::prelude::*;

pub(crate) static RULE: Rule = Rule::new(
    "plain-http",
    "a web app or slot answers plain HTTP",
    include_str!("plain_http.md"),
    look,
)
.gate(Gate::Security)
.benchmarks(&[Checkov("CKV_AZURE_70"), Checkov("CKV_AZURE_14"), Checkov("CKV_AZURE_153"), Mcsb("DP-3"), Cis("9.2")]);

fn look(graph: &Graph<'_>, report: &mut Report<'_>) {
    for site in sites(graph) {
        let part = site.node.at("properties/httpsOnly");
        if part.is_false_or_absent() {
            let message = format!("{} answers plain HTTP", site.title());
            report.push(Found::at(&part, message).help("set `httpsOnly: true`").safe_fix(&part, true));
        }
    }
}
