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
        } else if let Some(wide) = place(&over) {
            look_at_grains(alert, &over, |least| OVER.iter().position(|time| *time == least).is_some_and(|least| wide < least), report);
        }
    }
}

/// A metric that is not measured each minute has no value in a window below its grain.
fn look_at_grains(alert: &Node<'_>, window: &Part<'_>, is_below: impl Fn(&str) -> bool, report: &mut Report<'_>) {
    let watched = alert.at("properties/scopes/0").text().and_then(|id| taxiway_arm::ResourceId::parse(id).ok()).map(|id| id.resource_type());
    for criterion in alert.at("properties/criteria/allOf").items() {
        let (name, space) = (criterion.at("metricName"), criterion.at("metricNamespace"));
        let space = space.text().map(str::to_owned).or_else(|| watched.clone().filter(|_| space.is_absent()));
        let (Some(metric), Some(space)) = (name.text(), space) else { continue };
        let least = taxiway_arm::catalogue::metric_grain(&space, metric).filter(|least| is_below(least));
        if let Some(least) = least {
            report.push(Found::at(window, format!("`{metric}` is not measured over {}, but over {least} and more", window.shown())).label(&name, "the metric"));
        }
    }
}
