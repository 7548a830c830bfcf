//! The firewall of a storage account shuts out the services of Azure.

use crate::rules::prelude::*;

pub(crate) static RULE: Rule = Rule::new(
    "storage-shuts-out-azure",
    "the firewall of a storage account shuts out the services of Azure",
    include_str!("storage_shuts_out_azure.md"),
    look,
)
.warning()
.pedantic()
.gate(Gate::Operations)
.benchmarks(&[Checkov("CKV_AZURE_36"), Cis("3.9")]);

fn look(graph: &Graph<'_>, report: &mut Report<'_>) {
    for account in graph.of(STORAGE) {
        let rules = account.at("properties/networkAcls");
        let part = rules.at("bypass");
        let is_open = part.text().is_none_or(|services| services.split(',').any(|name| name.trim().eq_ignore_ascii_case("AzureServices")));
        if rules.at("defaultAction").is("Deny") && !is_open {
            report.push(Found::at(&part, format!("the account `{}` shuts out backup, monitoring and other services of Azure", account.name())).help("set `bypass: 'AzureServices'`").safe_fix(&part, "AzureServices"));
        }
    }
}
