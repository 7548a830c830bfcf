//! A Python app overrides the port that the platform gives it.

use crate::rules::prelude::*;

pub(crate) static RULE: Rule = Rule::new(
    "port-overridden",
    "a Python app overrides the port that the platform gives it",
    include_str!("port_overridden.md"),
    look,
)
.warning()
.confidence(Confidence::Medium);

fn look(graph: &Graph<'_>, report: &mut Report<'_>) {
    for site in sites(graph).filter(Site::is_builtin_python) {
        if let Some(part) = site.setting("PORT") {
            let message = format!("{} sets `PORT`, which the platform sets itself", site.title());
            report.push(Found::at(&part, message).help("remove it, and let the app listen on `$PORT`"));
        }
    }
}
