//! A maintenance window is at a time that there is not.

use crate::rules::prelude::*;

pub(crate) static RULE: Rule = Rule::new(
    "maintenance-window-out-of-range",
    "a maintenance window is at a time that there is not",
    include_str!("maintenance_window_out_of_range.md"),
    look,
);

fn look(graph: &Graph<'_>, report: &mut Report<'_>) {
    for server in graph.of(POSTGRESQL) {
        for (name, most) in [("dayOfWeek", 6.0), ("startHour", 23.0), ("startMinute", 59.0)] {
            let part = server.at("properties/maintenanceWindow").at(name);
            if part.is_outside(0.0, most) {
                report.push(Found::at(&part, format!("`{name}` is {}, and takes 0 to {most}", part.shown())));
            }
        }
    }
}
