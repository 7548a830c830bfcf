//! An app cannot pull its first image with an identity that does not exist yet.

use crate::rules::prelude::*;

pub(crate) static RULE: Rule = Rule::new(
    "first-image-without-role",
    "an app cannot pull its first image with an identity that does not exist yet",
    include_str!("first_image_without_role.md"),
    look,
)
.confidence(Confidence::Medium);

fn look(graph: &Graph<'_>, report: &mut Report<'_>) {
    for app in graph.of(CONTAINER_APPS) {
        for registry in app.at("properties/configuration/registries").items() {
            let part = registry.at("identity");
            if part.is("system") {
                report.push(Found::at(&part, "the identity of the app is made with the app, and has no role when the first image is pulled").help("use a user-assigned identity that has AcrPull before the app is made"));
            }
        }
    }
}
