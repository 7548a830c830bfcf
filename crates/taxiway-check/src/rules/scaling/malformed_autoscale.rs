//! An autoscale setting is one that Azure refuses, or that never acts.

use crate::rules::prelude::*;

pub(crate) static RULE: Rule = Rule::new(
    "malformed-autoscale",
    "an autoscale setting has what Azure does not take",
    include_str!("malformed_autoscale.md"),
    look,
);

/// The metrics of a plan. Source: Supported metrics of Microsoft.Web/serverfarms.
const METRICS: &[&str] = &[
    "BytesReceived",
    "BytesSent",
    "CpuPercentage",
    "DiskQueueLength",
    "HttpQueueLength",
    "MemoryPercentage",
    "SocketInboundAll",
    "SocketLoopback",
    "SocketOutboundAll",
    "SocketOutboundEstablished",
    "SocketOutboundTimeWait",
    "TcpCloseWait",
    "TcpClosing",
    "TcpEstablished",
    "TcpFinWait1",
    "TcpFinWait2",
    "TcpLastAck",
    "TcpSynReceived",
    "TcpSynSent",
    "TcpTimeWait",
];

fn look(graph: &Graph<'_>, report: &mut Report<'_>) {
    let mut scaled = std::collections::BTreeMap::new();
    for setting in graph.of("Microsoft.Insights/autoscalesettings").filter(|node| graph.is_last(node)) {
        let target = setting.at("properties/targetResourceUri");
        if let Some(id) = target.text_or_expression().map(str::to_ascii_lowercase) && let Some(other) = scaled.insert(id, setting) {
            let message = format!("`{}` and `{}` scale the same resource, and it takes one setting", other.name(), setting.name());
            report.push(Found::at(&target, message).label(&other.whole(), "the other").help("put the rules of both into one setting"));
        }
        let profiles = setting.at("properties/profiles");
        let count = profiles.items().len();
        if count > 20 {
            report.push(Found::at(&profiles, format!("`{}` has {count} profiles, and takes 20", setting.name())));
        }
        for profile in profiles.items() {
            look_at_profile(&profile, report);
        }
    }
}

fn look_at_profile(profile: &Part<'_>, report: &mut Report<'_>) {
    let rules = profile.at("rules");
    let count = rules.items().len();
    if count > 10 {
        report.push(Found::at(&rules, format!("the profile has {count} rules, and takes 10")));
    }
    for name in ["minimum", "maximum", "default"] {
        let part = profile.at("capacity").at(name);
        if part.is_outside(0.0, 1000.0) {
            report.push(Found::at(&part, format!("the {name} is {}, and takes 0 to 1000", part.shown())));
        }
    }
    for rule in rules.items() {
        let (owner, part) = (rule.at("metricTrigger/metricResourceUri"), rule.at("metricTrigger/metricName"));
        let kind = owner.text().and_then(|id| taxiway_arm::ResourceId::parse(id).ok()).map(|id| id.resource_type());
        let is_plan = kind.is_some_and(|kind| kind.eq_ignore_ascii_case(PLANS));
        if is_plan && part.text().is_some() && !part.is_any(METRICS) {
            report.push(Found::at(&part, format!("a plan has no metric `{}`", part.shown())).help("it has CpuPercentage, MemoryPercentage, HttpQueueLength, DiskQueueLength and others; those of a site are another resource's"));
        }
    }
}
