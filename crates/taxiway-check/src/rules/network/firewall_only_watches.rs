//! A web application firewall stops nothing.

use crate::rules::prelude::*;

pub(crate) static RULE: Rule = Rule::new(
    "firewall-only-watches",
    "a web application firewall stops nothing",
    include_str!("firewall_only_watches.md"),
    look,
)
.warning()
.gate(Gate::Security)
.benchmarks(&[Checkov("CKV_AZURE_122"), Checkov("CKV_AZURE_123"), Mcsb("NS-6")]);

fn look(graph: &Graph<'_>, report: &mut Report<'_>) {
    for kind in FIREWALLS {
        for policy in graph.of(kind) {
            let settings = policy.at("properties/policySettings");
            let (mode, state) = (settings.at("mode"), settings.at("enabledState"));
            let is_off = state.is("Disabled") || settings.at("state").is("Disabled");
            if mode.is("Detection") {
                report.push(Found::at(&mode, format!("the firewall `{}` only writes down what it sees", policy.name())).help("set `mode: 'Prevention'` once its log shows no visitor of yours").unsafe_fix(&mode, "Prevention"));
            } else if is_off {
                report.push(Found::at(if state.is_present() { &state } else { &settings }, format!("the firewall `{}` is off", policy.name())));
            }
        }
    }
}
