//! An availability test is not tied to its component.

use crate::rules::prelude::*;

pub(crate) static RULE: Rule = Rule::new(
    "detached-availability-test",
    "an availability test is not tied to its component",
    include_str!("detached_availability_test.md"),
    look,
);

fn look(graph: &Graph<'_>, report: &mut Report<'_>) {
    for test in graph.of("Microsoft.Insights/webtests") {
        let tags = test.at("tags");
        let is_tied = tags.is_unknown() || tags.members().iter().any(|(name, _)| name.starts_with("hidden-link:") || name.starts_with('['));
        if !is_tied {
            report.push(Found::on(test, format!("the test `{}` is tied to no Application Insights", test.name())).help("add the tag `'hidden-link:${insights.id}': 'Resource'`"));
        }
        let timeout = test.at("properties/Timeout");
        if timeout.is_outside(1.0, 120.0) {
            report.push(Found::at(&timeout, format!("the test waits {} s for an answer; up to 120 are offered", timeout.shown())));
        }
        let part = test.at("properties/Frequency");
        if part.number().is_some_and(|seconds| ![300.0, 600.0, 900.0].contains(&seconds)) {
            report.push(Found::at(&part, format!("the test runs every {} s; 300, 600 or 900 are offered", part.shown())));
        }
    }
}
