//! A log alert looks at times, or counts periods, as none does.

use crate::rules::prelude::*;

pub(crate) static RULE: Rule = Rule::new(
    "malformed-log-alert",
    "a log alert has times or periods that are not offered",
    include_str!("malformed_log_alert.md"),
    look,
);

fn look(graph: &Graph<'_>, report: &mut Report<'_>) {
    for alert in graph.of("Microsoft.Insights/scheduledQueryRules").filter(|alert| !alert.at("kind").is("LogToMetric")) {
        look_at_times(alert, report);
        for criterion in alert.at("properties/criteria/allOf").items() {
            look_at_periods(&criterion.at("failingPeriods"), report);
        }
        let (mute, mitigate) = (alert.at("properties/muteActionsDuration"), alert.at("properties/autoMitigate"));
        if mute.is_present() && mitigate.is_true() {
            report.push(Found::at(&mute, "an alert that resolves by itself cannot be muted").label(&mitigate, "resolves by itself").help("set `autoMitigate: false`, or leave `muteActionsDuration` out"));
        }
    }
}

fn look_at_times(alert: &Node<'_>, report: &mut Report<'_>) {
    const DAY: u32 = 24 * 60;
    const EVERY: &[u32] = &[1, 5, 10, 15, 30, 45, 60, 120, 180, 240, 300, 360, DAY];
    let (every, over) = (alert.at("properties/evaluationFrequency"), alert.at("properties/windowSize"));
    let (often, wide) = (every.text().and_then(minutes), over.text().and_then(minutes));
    if often.is_some_and(|often| !EVERY.contains(&often)) {
        report.push(Found::at(&every, format!("no log alert looks every {}", every.shown())).help("take PT1M, PT5M, PT10M, PT15M, PT30M, PT45M, PT1H to PT6H, or P1D"));
    } else if wide.is_some_and(|wide| !EVERY.contains(&wide) && wide != 2 * DAY) {
        report.push(Found::at(&over, format!("no log alert looks back over {}", over.shown())).help("take PT1M, PT5M, PT10M, PT15M, PT30M, PT45M, PT1H to PT6H, P1D or P2D"));
    } else if let (Some(often), Some(wide)) = (often, wide) && wide < often {
        report.push(Found::at(&over, "the window is shorter than the time between two looks").label(&every, "the frequency"));
    }
}

fn look_at_periods(periods: &Part<'_>, report: &mut Report<'_>) {
    let (all, failing) = (periods.at("numberOfEvaluationPeriods"), periods.at("minFailingPeriodsToAlert"));
    if let Some(part) = [&all, &failing].into_iter().find(|part| part.is_outside(1.0, 6.0)) {
        report.push(Found::at(part, format!("{} periods are counted, and 1 to 6 are offered", part.shown())));
    } else if let (Some(most), Some(least)) = (all.number(), failing.number()) && least > most {
        report.push(Found::at(&failing, format!("{least} of {most} periods never fail")).label(&all, "the periods"));
    }
}

/// The minutes of a time such as `PT1H30M` or `P1D`; none where it is written in another way.
fn minutes(text: &str) -> Option<u32> {
    let (days, rest) = text.strip_prefix('P')?.split_once('T').unwrap_or((&text[1..], ""));
    let days = if days.is_empty() { 0 } else { days.strip_suffix('D')?.parse::<u32>().ok()? };
    let (hours, rest) = match rest.split_once('H') {
        Some((hours, rest)) => (hours.parse::<u32>().ok()?, rest),
        None => (0, rest),
    };
    let minutes = if rest.is_empty() { 0 } else { rest.strip_suffix('M')?.parse::<u32>().ok()? };
    days.checked_mul(24)?.checked_add(hours)?.checked_mul(60)?.checked_add(minutes)
}
