//! The whole internet may send UDP.

use crate::rules::prelude::*;

pub(crate) static RULE: Rule = Rule::new(
    "udp-open",
    "the whole internet may send UDP",
    include_str!("udp_open.md"),
    look,
)
.warning()
.gate(Gate::Security)
.benchmarks(&[Checkov("CKV_AZURE_77"), Mcsb("NS-1"), Cis("6.3")]);

fn look(graph: &Graph<'_>, report: &mut Report<'_>) {
    for (rule, name) in security_rules(graph) {
        let from = rule.at("sourceAddressPrefix");
        if lets_in(&rule) && rule.at("protocol").is("Udp") && is_everyone(&from) {
            report.push(Found::at(&rule.at("protocol"), format!("the rule `{name}` lets the whole internet send UDP")).label(&from, "from everywhere").help("name the addresses; a web application needs no UDP"));
        }
    }
}
