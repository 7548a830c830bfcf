//! An access restriction asks for a header that it cannot see, or has a priority that is none.

use crate::rules::prelude::*;

pub(crate) static RULE: Rule = Rule::new(
    "malformed-access-restriction",
    "an access restriction has a header or a priority that is not taken",
    include_str!("malformed_access_restriction.md"),
    look,
);

const HEADERS: &[&str] = &["X-Forwarded-For", "X-Forwarded-Host", "X-Azure-FDID", "X-FD-HealthProbe"];

fn look(graph: &Graph<'_>, report: &mut Report<'_>) {
    for site in sites(graph) {
        for list in ["ipSecurityRestrictions", "scmIpSecurityRestrictions"] {
            for item in site.config(list).items() {
                let priority = item.at("priority");
                if priority.is_outside(1.0, 2_147_483_647.0) {
                    report.push(Found::at(&priority, format!("a priority is 1 to 2147483647, and not {}", priority.shown())));
                }
                for (name, part) in item.at("headers").members() {
                    if !HEADERS.iter().any(|known| known.eq_ignore_ascii_case(name)) && !name.starts_with('[') {
                        report.push(Found::at(&part, format!("an access restriction does not look at the header `{name}`")).help(format!("it looks at {}", HEADERS.join(", "))));
                    }
                }
            }
        }
    }
}
