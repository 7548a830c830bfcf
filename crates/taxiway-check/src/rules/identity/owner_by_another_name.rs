//! A role of your own may do everything.

use crate::rules::prelude::*;

pub(crate) static RULE: Rule = Rule::new(
    "owner-by-another-name",
    "a role of your own may do everything",
    include_str!("owner_by_another_name.md"),
    look,
)
.warning()
.gate(Gate::Security)
.benchmarks(&[Checkov("CKV_AZURE_39"), Mcsb("PA-7"), Cis("1.23")]);

fn look(graph: &Graph<'_>, report: &mut Report<'_>) {
    for role in graph.of("Microsoft.Authorization/roleDefinitions") {
        let permissions = role.at("properties/permissions").items();
        let everything = permissions.iter().filter(|permission| permission.at("notActions").items().is_empty()).flat_map(|permission| permission.at("actions").items()).find(|action| action.is("*"));
        if let Some(part) = everything {
            report.push(Found::at(&part, format!("the role `{}` may do everything", role.at("properties/roleName").shown())).help("name the actions that are needed"));
        }
    }
}
