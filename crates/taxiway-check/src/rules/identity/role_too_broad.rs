//! An identity gets a role over everything.

use crate::rules::prelude::*;

pub(crate) static RULE: Rule = Rule::new(
    "role-too-broad",
    "an identity gets a role over everything",
    include_str!("role_too_broad.md"),
    look,
)
.warning()
.gate(Gate::Security)
.benchmarks(&[Mcsb("PA-7"), Cis("1.23")]);

fn look(graph: &Graph<'_>, report: &mut Report<'_>) {
    const BROAD: &[&str] = &["Owner", "Contributor", "User Access Administrator", "Role Based Access Control Administrator"];
    for assignment in graph.of(ROLES).filter(|assignment| assignment.id().extended().is_none()) {
        let part = assignment.at("properties/roleDefinitionId");
        let has_condition = assignment.at("properties/condition").is_present();
        let is_group = assignment.at("properties/principalType").is_any(&["User", "Group"]);
        if let Some(role) = role_of(assignment).filter(|role| BROAD.contains(role) && !has_condition && !is_group) {
            let scope = if assignment.id().resource_group().is_some() { "the resource group" } else { "the subscription" };
            report.push(Found::at(&part, format!("an identity becomes {role} of {scope}")).help("assign the role that it needs, at the resource that it needs"));
        }
    }
}
