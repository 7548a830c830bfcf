//! An origin at a site has no host header, and the site knows no other name.

use crate::rules::prelude::*;

pub(crate) static RULE: Rule = Rule::new(
    "origin-without-host-header",
    "a site behind Front Door is asked by a name that it does not know",
    include_str!("origin_without_host_header.md"),
    look,
)
.confidence(Confidence::Medium);

fn look(graph: &Graph<'_>, report: &mut Report<'_>) {
    for origin in graph.of(ORIGINS) {
        let (host, header) = (origin.at("properties/hostName"), origin.at("properties/originHostHeader"));
        let is_left_out = header.is_absent() || header.text().is_some_and(str::is_empty);
        let text = host.text_or_expression().unwrap_or_default().to_ascii_lowercase();
        let has_own_name = graph.has("Microsoft.Web/sites/hostNameBindings");
        let mut here = sites(graph).filter(|site| crate::graph::mentions(&text, site.node.id()));
        if is_left_out && !has_own_name && (text.ends_with(".azurewebsites.net") || here.any(|_| text.contains("defaulthostname"))) {
            let message = format!("the origin `{}` asks the site by the name that the visitor used, and the site does not have it", origin.name());
            report.push(Found::at(&host, message).help("set `originHostHeader` to the same as `hostName`, or bind the domain to the site too"));
        }
    }
}
