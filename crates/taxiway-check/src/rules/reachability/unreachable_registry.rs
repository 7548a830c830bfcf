//! A site cannot pull its image from a closed registry.

use crate::rules::prelude::*;

pub(crate) static RULE: Rule = Rule::new(
    "unreachable-registry",
    "a site cannot pull its image from a closed registry",
    include_str!("unreachable_registry.md"),
    look,
);

fn look(graph: &Graph<'_>, report: &mut Report<'_>) {
    // The local cloud is one machine.
    if graph.stage() == Stage::Local {
        return;
    }
    for registry in graph.of(REGISTRIES).filter(|registry| registry.at("properties/publicNetworkAccess").is("Disabled")) {
        report_barred(graph, registry, &[443], report);
    }
    for site in sites(graph).filter(Site::is_container) {
        let image = site.config("linuxFxVersion");
        let text = image.text().unwrap_or_default().to_ascii_lowercase();
        for registry in graph.of(REGISTRIES) {
            let closed = registry.at("properties/publicNetworkAccess");
            let is_meant = registry.known_name().is_some_and(|name| text.contains(&format!("{}.azurecr.io", name.to_ascii_lowercase())));
            if !closed.is("Disabled") || !is_meant {
                continue;
            }
            let pulls = ["properties/outboundVnetRouting/imagePullTraffic", "properties/outboundVnetRouting/allTraffic", "properties/vnetImagePullEnabled"];
            let goes_inside = pulls.iter().any(|path| !site.node.at(path).is_false_or_absent()) || site.setting("WEBSITE_PULL_IMAGE_OVER_VNET").is_some();
            if !reaches(graph, &site, registry) {
                report.push(Found::at(&image, format!("{} cannot reach the registry `{}`", site.title(), registry.name())).label(&closed, "closed here").help("integrate the site into a network with a private endpoint of the registry"));
            } else if !goes_inside {
                report.push(Found::at(&image, format!("{} pulls its image past the network, and the registry `{}` is closed", site.title(), registry.name())).label(&closed, "closed here").help("set `outboundVnetRouting.imagePullTraffic: true`"));
            }
        }
    }
}
