//! The whole internet reaches the port of plain HTTP.

use crate::rules::prelude::*;

pub(crate) static RULE: Rule = Rule::new(
    "unencrypted-port-open",
    "the whole internet reaches the port of plain HTTP",
    include_str!("unencrypted_port_open.md"),
    look,
)
.warning()
.pedantic()
.gate(Gate::Security)
.benchmarks(&[Checkov("CKV_AZURE_160"), Mcsb("NS-1"), Cis("6.4")]);

fn look(graph: &Graph<'_>, report: &mut Report<'_>) {
    for (rule, name) in security_rules(graph) {
        let from = rule.at("sourceAddressPrefix");
        let open = ports(&rule).into_iter().find(|part| part.is("80"));
        if let Some(part) = open.filter(|_| lets_in(&rule) && is_everyone(&from)) {
            report.push(Found::at(&part, format!("the rule `{name}` lets the whole internet reach port 80")).label(&from, "from everywhere").help("allow 443 alone, and redirect at the front door"));
        }
    }
}
