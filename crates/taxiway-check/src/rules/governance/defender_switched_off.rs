//! A plan of Defender is switched off.

use crate::rules::prelude::*;

pub(crate) static RULE: Rule = Rule::new(
    "defender-switched-off",
    "a plan of Defender is switched off",
    include_str!("defender_switched_off.md"),
    look,
)
.warning()
.gate(Gate::Security)
.benchmarks(&[Checkov("CKV_AZURE_55"), Checkov("CKV_AZURE_61"), Checkov("CKV_AZURE_69"), Checkov("CKV_AZURE_86"), Checkov("CKV_AZURE_234"), Checkov("CKV_AZURE_19"), Checkov("CKV_AZURE_79"), Checkov("CKV_AZURE_84"), Checkov("CKV_AZURE_85"), Checkov("CKV_AZURE_87"), Mcsb("LT-1")]);

fn look(graph: &Graph<'_>, report: &mut Report<'_>) {
    for plan in graph.of("Microsoft.Security/pricings") {
        let part = plan.at("properties/pricingTier");
        if part.is("Free") {
            report.push(Found::at(&part, format!("Defender does not watch over `{}`", plan.name())).help("set `pricingTier: 'Standard'`, or leave the plan out: this one changes the whole subscription"));
        }
    }
}
