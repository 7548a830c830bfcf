//! An app setting is set under a name that the platform sets itself.

use crate::rules::prelude::*;

pub(crate) static RULE: Rule = Rule::new(
    "setting-of-platform",
    "an app setting has a name that the platform sets",
    include_str!("setting_of_platform.md"),
    look,
)
.warning();

/// What App Service sets in every app. Source: Environment variables and app settings in Azure App Service.
const NAMES: &[&str] = &["WEBSITE_HOSTNAME", "WEBSITE_SITE_NAME", "WEBSITE_INSTANCE_ID", "WEBSITE_RESOURCE_GROUP", "REGION_NAME"];

fn look(graph: &Graph<'_>, report: &mut Report<'_>) {
    for site in sites(graph) {
        for (name, part) in site.settings().unwrap_or_default() {
            if NAMES.iter().any(|known| known.eq_ignore_ascii_case(&name)) {
                let message = format!("{} sets `{name}`, which the platform sets itself", site.title());
                report.push(Found::at(&part, message).help("leave it out, or give your own value a name of its own"));
            }
        }
    }
}
