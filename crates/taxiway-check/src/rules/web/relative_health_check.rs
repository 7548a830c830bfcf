//! A health check path does not begin with a slash.

use crate::rules::prelude::*;

pub(crate) static RULE: Rule = Rule::new(
    "relative-health-check",
    "a health check path does not begin with a slash",
    include_str!("relative_health_check.md"),
    look,
);

fn look(graph: &Graph<'_>, report: &mut Report<'_>) {
    for site in sites(graph) {
        let part = site.config("healthCheckPath");
        if part.text().is_some_and(|path| !path.is_empty() && !path.starts_with('/')) {
            let message = format!("the health check path `{}` does not begin with `/`", part.shown());
            report.push(Found::at(&part, message).safe_fix(&part, format!("/{}", part.shown())));
        }
        for name in ["WEBSITE_SWAP_WARMUP_PING_PATH", "WEBSITE_WARMUP_PATH"] {
            let Some(part) = site.setting(name) else { continue };
            if part.text().is_some_and(|path| !path.is_empty() && !path.starts_with('/')) {
                let message = format!("`{name}` is `{}`, which does not begin with `/`", part.shown());
                report.push(Found::at(&part, message).safe_fix(&part, format!("/{}", part.shown())));
            }
        }
    }
}
