//! A site has a Linux image, and its plan is for Windows.

use crate::rules::prelude::*;

pub(crate) static RULE: Rule = Rule::new(
    "image-on-windows-plan",
    "a Linux image is to run on a Windows plan",
    include_str!("image_on_windows_plan.md"),
    look,
);

fn look(graph: &Graph<'_>, report: &mut Report<'_>) {
    for site in sites(graph).filter(Site::is_container) {
        let Some(plan) = site.plan() else { continue };
        let says_linux = plan.at("kind").text_or_expression().is_some_and(|kind| kind.to_ascii_lowercase().contains("linux"));
        if plan.at("properties/reserved").is_false_or_absent() && !says_linux {
            let message = format!("{} runs a Linux image on the Windows plan `{}`", site.title(), plan.name());
            report.push(Found::at(&site.config("linuxFxVersion"), message).label(&plan.whole(), "a Windows plan").help("set `kind: 'linux'` and `reserved: true` on the plan"));
        }
    }
}
