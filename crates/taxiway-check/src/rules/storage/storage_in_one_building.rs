//! Files of production are kept in one building.

use crate::rules::prelude::*;

pub(crate) static RULE: Rule = Rule::new(
    "storage-in-one-building",
    "files of production are kept in one building",
    include_str!("storage_in_one_building.md"),
    look,
)
.warning()
.gate(Gate::Operations)
.benchmarks(&[Checkov("CKV_AZURE_206")]);

fn look(graph: &Graph<'_>, report: &mut Report<'_>) {
    if !graph.is_production() {
        return;
    }
    for account in graph.of(STORAGE) {
        let part = account.at("sku/name");
        if part.is_any(&["Standard_LRS", "Premium_LRS"]) {
            report.push(Found::at(&part, format!("all copies of `{}` are in one building", account.name())).help("choose ZRS, or GZRS where another region may have a copy; a later change is a request to Azure, not a deployment"));
        }
    }
}
