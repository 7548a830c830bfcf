//! A Python app runs from its package, where no build happens.

use crate::rules::prelude::*;

pub(crate) static RULE: Rule = Rule::new(
    "run-from-package",
    "a Python app runs from its package, where no build happens",
    include_str!("run_from_package.md"),
    look,
)
.warning();

fn look(graph: &Graph<'_>, report: &mut Report<'_>) {
    for site in sites(graph).filter(Site::is_builtin_python) {
        if let Some(part) = site.setting("WEBSITE_RUN_FROM_PACKAGE") && part.is("1") {
            let message = format!("{} runs from its package, which Python apps do not support", site.title());
            report.push(Found::at(&part, message).help("remove `WEBSITE_RUN_FROM_PACKAGE`, and set `SCM_DO_BUILD_DURING_DEPLOYMENT: 'true'`"));
        }
    }
}
