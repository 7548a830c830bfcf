//! A Linux app is to swap by itself, which it cannot.

use crate::rules::prelude::*;

pub(crate) static RULE: Rule = Rule::new(
    "auto-swap-on-linux",
    "a Linux app is to swap by itself, which it cannot",
    include_str!("auto_swap_on_linux.md"),
    look,
);

fn look(graph: &Graph<'_>, report: &mut Report<'_>) {
    for site in sites(graph) {
        let part = site.config("autoSwapSlotName");
        if part.text().is_some_and(|name| !name.is_empty()) && site.is_linux() == Some(true) {
            let message = format!("{} is to swap by itself, which Linux apps cannot", site.title());
            report.push(Found::at(&part, message).help("swap as a step of the deployment"));
        }
    }
}
