//! A storage account has more network rules or CORS rules than Azure takes.

use crate::rules::prelude::*;

pub(crate) static RULE: Rule = Rule::new(
    "too-many-storage-rules",
    "a storage account has more rules than it takes",
    include_str!("too_many_storage_rules.md"),
    look,
);

fn look(graph: &Graph<'_>, report: &mut Report<'_>) {
    for account in graph.of(STORAGE) {
        for (name, what) in [("ipRules", "addresses"), ("virtualNetworkRules", "subnets")] {
            let part = account.at("properties/networkAcls").at(name);
            let count = part.items().len();
            if count > 400 {
                report.push(Found::at(&part, format!("`{}` lets {count} {what} in, and takes 400 rules", account.name())));
            }
        }
    }
    for service in ["blobServices", "fileServices", "queueServices", "tableServices"] {
        for node in graph.of(&format!("{STORAGE}/{service}")) {
            let part = node.at("properties/cors/corsRules");
            let count = part.items().len();
            if count > 5 {
                report.push(Found::at(&part, format!("the service has {count} CORS rules, and takes 5")).help("one rule takes several origins"));
            }
        }
    }
}
