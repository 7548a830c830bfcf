//! A container app does not say whether `/home` is shared.

use crate::rules::prelude::*;

pub(crate) static RULE: Rule = Rule::new(
    "unsaid-container-storage",
    "a container app does not say whether `/home` is shared",
    include_str!("unsaid_container_storage.md"),
    look,
)
.info()
.pedantic();

fn look(graph: &Graph<'_>, report: &mut Report<'_>) {
    for site in sites(graph).filter(Site::is_container) {
        let settings = site.settings();
        let says = |settings: &Vec<(String, Part<'_>)>| settings.iter().any(|(name, _)| name.eq_ignore_ascii_case("WEBSITES_ENABLE_APP_SERVICE_STORAGE"));
        if settings.is_some_and(|settings| !says(&settings)) {
            let message = format!("{} does not say whether `/home` is mounted from shared storage", site.title());
            report.push(Found::on(site.node, message).help("set `WEBSITES_ENABLE_APP_SERVICE_STORAGE`, to `false` for an image that carries its code"));
        }
    }
}
