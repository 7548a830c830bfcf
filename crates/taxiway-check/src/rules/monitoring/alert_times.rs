//! An alert looks at times that are not offered.

use crate::rules::prelude::*;

pub(crate) static RULE: Rule = Rule::new(
    "alert-times",
    "an alert looks at times that are not offered",
    include_str!("alert_times.md"),
    look,
);

fn look(graph: &Graph<'_>, report: &mut Report<'_>) {
    const EVERY: &[&str] = &["PT1M", "PT5M", "PT15M", "PT30M", "PT1H"];
    const OVER: &[&str] = &["PT1M", "PT5M", "PT15M", "PT30M", "PT1H", "PT6H", "PT12H", "P1D"];
    for alert in graph.of("Microsoft.Insights/metricAlerts") {
        let (every, over) = (alert.at("properties/evaluationFrequency"), alert.at("properties/windowSize"));
        let place = |part: &Part<'_>| OVER.iter().position(|time| part.is(time));
        if every.text().is_some() && !every.is_any(EVERY) {
            report.push(Found::at(&every, format!("`evaluationFrequency` is one of {}", EVERY.join(", "))));
        } else if over.text().is_some() && !over.is_any(OVER) {
            report.push(Found::at(&over, format!("`windowSize` is one of {}", OVER.join(", "))));
        } else if let (Some(often), Some(wide)) = (place(&every), place(&over)) && wide < often {
            report.push(Found::at(&over, "the window is shorter than the time between two looks").label(&every, "the frequency"));
        }
    }
}
