//! A web app accepts TLS 1.0 or 1.1.

use crate::rules::prelude::*;

pub(crate) static RULE: Rule = Rule::new(
    "old-tls",
    "a web app accepts TLS 1.0 or 1.1",
    include_str!("old_tls.md"),
    look,
)
.gate(Gate::Security)
.benchmarks(&[Checkov("CKV_AZURE_154"), Checkov("CKV_AZURE_15"), Checkov("CKV_AZURE_145"), Mcsb("DP-3"), Cis("9.3")]);

fn look(graph: &Graph<'_>, report: &mut Report<'_>) {
    for site in sites(graph) {
        for name in ["minTlsVersion", "scmMinTlsVersion"] {
            let part = site.config(name);
            if part.is_any(&["1.0", "1.1"]) {
                let message = format!("{} accepts TLS {}", site.title(), part.shown());
                report.push(Found::at(&part, message).help(format!("set `{name}: '1.2'` or higher")).safe_fix(&part, "1.2"));
            }
        }
    }
}
