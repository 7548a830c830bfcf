//! A budget has a date, a threshold or a notification that is not taken.

use crate::rules::prelude::*;

pub(crate) static RULE: Rule = Rule::new(
    "malformed-budget",
    "a budget has a date, a threshold or a notification that is not taken",
    include_str!("malformed_budget.md"),
    look,
);

fn look(graph: &Graph<'_>, report: &mut Report<'_>) {
    for budget in graph.of("Microsoft.Consumption/budgets") {
        let start = budget.at("properties/timePeriod/startDate");
        if start.text().is_some_and(|date| date.get(8..10).is_some_and(|day| day != "01")) {
            report.push(Found::at(&start, format!("a budget starts on the first of a month, and not on {}", start.shown())));
        }
        if start.text().is_some_and(|date| date < "2017-06" && date.starts_with("20")) {
            report.push(Found::at(&start, format!("a budget starts on 1 June 2017 at the earliest, and not on {}", start.shown())));
        }
        let notifications = budget.at("properties/notifications");
        if notifications.members().len() > 5 {
            report.push(Found::at(&notifications, format!("a budget has up to 5 notifications, and not {}", notifications.members().len())));
        }
        for (name, notification) in notifications.members() {
            let threshold = notification.at("threshold");
            if threshold.is_outside(0.0, 1000.0) {
                report.push(Found::at(&threshold, format!("the threshold of `{name}` is {}, and takes 0 to 1000", threshold.shown())));
            }
            let lists = ["contactEmails", "contactGroups", "contactRoles"].map(|list| notification.at(list));
            for list in &lists {
                let count = list.items().len();
                if count > 50 {
                    report.push(Found::at(list, format!("`{name}` tells {count} at once, and takes 50")));
                }
            }
            if lists.iter().all(|list| !list.is_unknown() && list.items().is_empty()) {
                report.push(Found::at(&notification, format!("`{name}` tells nobody")).help("add `contactEmails` or `contactGroups`"));
            }
        }
    }
}
