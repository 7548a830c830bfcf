//! App settings are declared in two places.

use crate::rules::prelude::*;

pub(crate) static RULE: Rule = Rule::new(
    "settings-twice",
    "app settings are declared in two places",
    include_str!("settings_twice.md"),
    look,
)
.warning();

fn look(graph: &Graph<'_>, report: &mut Report<'_>) {
    for site in sites(graph) {
        let inline = site.node.at("properties/siteConfig/appSettings");
        if let Some(child) = site.config_child("appsettings") && inline.is_present() {
            let message = format!("the app settings of {} are declared twice; `config/appsettings` replaces these", site.title());
            report.push(Found::at(&inline, message).label(&child.whole(), "replaces them").help("keep one of them"));
        }
    }
}
