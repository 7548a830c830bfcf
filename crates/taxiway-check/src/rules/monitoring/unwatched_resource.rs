//! A resource that keeps a log sends it nowhere.

use crate::rules::prelude::*;

pub(crate) static RULE: Rule = Rule::new(
    "unwatched-resource",
    "a resource that keeps a log sends it nowhere",
    include_str!("unwatched_resource.md"),
    look,
)
.warning()
.pedantic()
.gate(Gate::Operations)
.benchmarks(&[Checkov("CKV_AZURE_63"), Mcsb("LT-3"), Cis("5.4")]);

fn look(graph: &Graph<'_>, report: &mut Report<'_>) {
    if !graph.has("Microsoft.OperationalInsights/workspaces") {
        return;
    }
    for kind in [SITES, SLOTS, VAULTS, POSTGRESQL] {
        for node in graph.of(kind) {
            if graph.extensions(node, "Microsoft.Insights/diagnosticSettings").next().is_none() {
                report.push(Found::on(node, format!("the logs of `{}` go nowhere", node.name())).help("add a diagnostic setting that sends them to the workspace"));
            }
        }
    }
}
