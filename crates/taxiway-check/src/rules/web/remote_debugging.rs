//! A web app lets debuggers in.

use crate::rules::prelude::*;

pub(crate) static RULE: Rule = Rule::new(
    "remote-debugging",
    "a web app lets debuggers in",
    include_str!("remote_debugging.md"),
    look,
)
.warning()
.gate(Gate::Security)
.benchmarks(&[Checkov("CKV_AZURE_72"), Checkov("CKV_AZURE_155"), Mcsb("PV-2")]);

fn look(graph: &Graph<'_>, report: &mut Report<'_>) {
    for site in sites(graph) {
        let part = site.config("remoteDebuggingEnabled");
        if part.is_true() {
            let message = format!("{} lets debuggers in", site.title());
            report.push(Found::at(&part, message).help("set `remoteDebuggingEnabled: false`").safe_fix(&part, false));
        }
    }
}
