//! The logs of production stop for the day at a cap.

use crate::rules::prelude::*;

pub(crate) static RULE: Rule = Rule::new(
    "capped-production",
    "the logs of production stop for the day at a cap",
    include_str!("capped_production.md"),
    look,
)
.warning()
.gate(Gate::Operations);

fn look(graph: &Graph<'_>, report: &mut Report<'_>) {
    for workspace in graph.of("Microsoft.OperationalInsights/workspaces").filter(|_| graph.is_production()) {
        let part = workspace.at("properties/workspaceCapping/dailyQuotaGb");
        if part.number().is_some_and(|quota| quota >= 0.0) {
            report.push(Found::at(&part, format!("after {} GB a day the workspace `{}` takes no more, and alerts see nothing", part.shown(), workspace.name())).help("set `dailyQuotaGb: -1`, and alert on the volume"));
        }
    }
}
