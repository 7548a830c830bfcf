//! A Python app is on a Windows plan.

use crate::rules::prelude::*;

pub(crate) static RULE: Rule = Rule::new(
    "python-on-windows",
    "a Python app is on a Windows plan",
    include_str!("python_on_windows.md"),
    look,
);

fn look(graph: &Graph<'_>, report: &mut Report<'_>) {
    for site in sites(graph).filter(Site::is_builtin_python) {
        let Some(plan) = site.plan() else { continue };
        let part = plan.at("properties/reserved");
        let says_linux = plan.at("kind").text_or_expression().is_some_and(|kind| kind.to_ascii_lowercase().contains("linux"));
        if part.is_false_or_absent() && !says_linux {
            let message = format!("{} runs Python on the Windows plan `{}`", site.title(), plan.name());
            report.push(Found::at(&site.config("linuxFxVersion"), message).label(&plan.whole(), "a Windows plan").help("set `kind: 'linux'` and `reserved: true` on the plan"));
        }
    }
}
