//! An origin behind a private link needs its name checked.

use crate::rules::prelude::*;

pub(crate) static RULE: Rule = Rule::new(
    "private-origin-unchecked",
    "an origin behind a private link needs its name checked",
    include_str!("private_origin_unchecked.md"),
    look,
);

fn look(graph: &Graph<'_>, report: &mut Report<'_>) {
    for origin in graph.of(ORIGINS) {
        let part = origin.at("properties/enforceCertificateNameCheck");
        if part.is_false() && origin.at("properties/sharedPrivateLinkResource").is_present() {
            report.push(Found::at(&part, format!("the origin `{}` is behind a private link, and its certificate is not compared with its name", origin.name())).safe_fix(&part, true));
        }
    }
}
