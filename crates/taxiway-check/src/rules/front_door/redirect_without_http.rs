//! A redirect from HTTP needs HTTP.

use crate::rules::prelude::*;

pub(crate) static RULE: Rule = Rule::new(
    "redirect-without-http",
    "a redirect from HTTP needs HTTP",
    include_str!("redirect_without_http.md"),
    look,
);

fn look(graph: &Graph<'_>, report: &mut Report<'_>) {
    for route in graph.of("Microsoft.Cdn/profiles/afdEndpoints/routes") {
        let part = route.at("properties/httpsRedirect");
        let protocols = route.at("properties/supportedProtocols");
        let known = protocols.items();
        let has = |name: &str| known.iter().any(|protocol| protocol.is(name) || protocol.is_unknown());
        if part.is("Enabled") && !known.is_empty() && !(has("Http") && has("Https")) {
            report.push(Found::at(&part, format!("the route `{}` redirects from HTTP, and takes only {}", route.name(), known[0].shown())).label(&protocols, "the protocols").help("name both `Http` and `Https`"));
        }
    }
}
