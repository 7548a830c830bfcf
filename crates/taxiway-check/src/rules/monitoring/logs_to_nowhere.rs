//! A diagnostic setting has no destination, or nothing to send.

use crate::rules::prelude::*;

pub(crate) static RULE: Rule = Rule::new(
    "logs-to-nowhere",
    "a diagnostic setting has no destination, or nothing to send",
    include_str!("logs_to_nowhere.md"),
    look,
);

fn look(graph: &Graph<'_>, report: &mut Report<'_>) {
    for setting in graph.of("Microsoft.Insights/diagnosticSettings") {
        let properties = setting.at("properties");
        let has = |names: &[&str]| names.iter().any(|name| properties.at(name).is_present());
        if !has(&["workspaceId", "storageAccountId", "eventHubAuthorizationRuleId", "marketplacePartnerId"]) {
            report.push(Found::on(setting, format!("the diagnostic setting `{}` has no destination", setting.name())).help("set `workspaceId`"));
        } else if !has(&["logs", "metrics"]) {
            report.push(Found::on(setting, format!("the diagnostic setting `{}` sends nothing", setting.name())).help("list `logs` or `metrics`"));
        }
        let groups = properties.at("logs").items();
        let has_group = groups.iter().any(|log| log.at("categoryGroup").is_present() && !log.at("enabled").is_false());
        if let Some(part) = groups.iter().map(|log| log.at("category")).find(Part::is_present).filter(|_| has_group) {
            report.push(Found::at(&part, "single categories cannot be chosen beside a group"));
        }
    }
}
