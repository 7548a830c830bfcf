//! An app setting of the platform has a value that it does not take.

use crate::rules::prelude::*;

pub(crate) static RULE: Rule = Rule::new(
    "setting-out-of-range",
    "an app setting of the platform has a value that it does not take",
    include_str!("setting_out_of_range.md"),
    look,
);

fn look(graph: &Graph<'_>, report: &mut Report<'_>) {
    const LIMITS: &[(&str, f64, f64)] = &[
        ("WEBSITES_CONTAINER_START_TIME_LIMIT", 10.0, 1800.0),
        ("WEBSITES_CONTAINER_STOP_TIME_LIMIT", 0.0, 120.0),
        ("WEBSITE_HEALTHCHECK_MAXPINGFAILURES", 2.0, 10.0),
        ("WEBSITE_HEALTHCHECK_MAXUNHEALTHYWORKERPERCENT", 1.0, 100.0),
    ];
    for site in sites(graph) {
        for (name, part) in site.settings().unwrap_or_default() {
            let limit = LIMITS.iter().find(|(known, ..)| known.eq_ignore_ascii_case(&name));
            if let Some((_, least, most)) = limit.filter(|(_, least, most)| part.is_outside(*least, *most)) {
                let message = format!("`{name}` is {}, and takes {least} to {most}", part.shown());
                report.push(Found::at(&part, message));
            }
        }
    }
}
