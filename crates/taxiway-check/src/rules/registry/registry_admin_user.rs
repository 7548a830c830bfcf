//! A registry has its admin user on.

use crate::rules::prelude::*;

pub(crate) static RULE: Rule = Rule::new(
    "registry-admin-user",
    "a registry has its admin user on",
    include_str!("registry_admin_user.md"),
    look,
)
.gate(Gate::Security)
.benchmarks(&[Checkov("CKV_AZURE_137"), Mcsb("PA-1")]);

fn look(graph: &Graph<'_>, report: &mut Report<'_>) {
    for registry in graph.of(REGISTRIES) {
        let part = registry.at("properties/adminUserEnabled");
        if part.is_true() {
            report.push(Found::at(&part, format!("the registry `{}` has a user with one shared password for everything", registry.name())).help("set `adminUserEnabled: false`, and assign AcrPull to the identity that pulls").unsafe_fix(&part, false));
        }
    }
}
