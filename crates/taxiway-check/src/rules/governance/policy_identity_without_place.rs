//! A policy with an identity needs a location.

use crate::rules::prelude::*;

pub(crate) static RULE: Rule = Rule::new(
    "policy-identity-without-place",
    "a policy with an identity needs a location",
    include_str!("policy_identity_without_place.md"),
    look,
);

fn look(graph: &Graph<'_>, report: &mut Report<'_>) {
    for assignment in graph.of("Microsoft.Authorization/policyAssignments") {
        let part = assignment.at("identity");
        if part.is_present() && !part.at("type").is("None") && assignment.at("location").is_absent() {
            report.push(Found::at(&part, format!("the identity of `{}` has to be somewhere", assignment.name())).help("set `location`"));
        }
    }
}
