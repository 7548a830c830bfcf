//! The logs of a storage account are asked of the account, and not of its services.

use crate::rules::prelude::*;

pub(crate) static RULE: Rule = Rule::new(
    "logs-of-account",
    "a diagnostic setting asks a storage account for logs, which its services have",
    include_str!("logs_of_account.md"),
    look,
)
.warning();

fn look(graph: &Graph<'_>, report: &mut Report<'_>) {
    for setting in graph.of("Microsoft.Insights/diagnosticSettings") {
        let is_of_account = setting.id().extended().is_some_and(|of| of.is_type(STORAGE));
        let logs = setting.at("properties/logs").items();
        let asked = logs.iter().filter(|log| !log.at("enabled").is_false()).find_map(|log| ["category", "categoryGroup"].into_iter().map(|name| log.at(name)).find(|part| part.text().is_some()));
        if let Some(part) = asked.filter(|_| is_of_account) {
            report.push(Found::at(&part, format!("a storage account has no logs `{}`: its services have them", part.shown())).help("put the setting on `blobServices/default`, and leave `metrics` here"));
        }
    }
}
