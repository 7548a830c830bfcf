//! A web app ties each client to one instance.

use crate::rules::prelude::*;

pub(crate) static RULE: Rule = Rule::new(
    "affinity-cookie",
    "a web app ties each client to one instance",
    include_str!("affinity_cookie.md"),
    look,
)
.info()
.pedantic();

fn look(graph: &Graph<'_>, report: &mut Report<'_>) {
    for site in sites(graph).filter(|site| !site.is_slot()) {
        let part = site.node.at("properties/clientAffinityEnabled");
        if part.is_true() || part.is_absent() {
            let message = format!("{} ties each client to one instance by a cookie", site.title());
            report.push(Found::at(&part, message).help("set `clientAffinityEnabled: false` where sessions are in the database or a cache").unsafe_fix(&part, false));
        }
    }
}
