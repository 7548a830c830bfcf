//! The rule against Log4j is switched off.

use crate::rules::prelude::*;

pub(crate) static RULE: Rule = Rule::new(
    "log4j-rule-off",
    "the rule against Log4j is switched off",
    include_str!("log4j_rule_off.md"),
    look,
)
.gate(Gate::Security)
.benchmarks(&[Checkov("CKV_AZURE_133"), Checkov("CKV_AZURE_135"), Mcsb("NS-6")]);

fn look(graph: &Graph<'_>, report: &mut Report<'_>) {
    for kind in FIREWALLS {
        for policy in graph.of(kind) {
            let sets = policy.at("properties/managedRules/managedRuleSets").items();
            let groups = sets.iter().flat_map(|set| set.at("ruleGroupOverrides").items());
            for rule in groups.flat_map(|group| group.at("rules").items()).filter(|rule| rule.at("ruleId").is("944240")) {
                let off = [rule.at("enabledState"), rule.at("state")].into_iter().find(|part| part.is("Disabled"));
                if let Some(part) = off {
                    report.push(Found::at(&part, format!("the firewall `{}` lets attacks on Log4j through", policy.name())).help("remove the override"));
                }
            }
        }
    }
}
