//! Federated credentials of one identity are written together.

use serde_json::Value;

use crate::rules::prelude::*;

const IDENTITIES: &str = "Microsoft.ManagedIdentity/userAssignedIdentities";

pub(crate) static RULE: Rule = Rule::new(
    "credentials-at-once",
    "federated credentials of one identity are written together",
    include_str!("credentials_at_once.md"),
    look,
)
.confidence(Confidence::Medium);

fn look(graph: &Graph<'_>, report: &mut Report<'_>) {
    let all: Vec<&Node<'_>> = graph.of(&format!("{IDENTITIES}/federatedIdentityCredentials")).collect();
    let mut said: Vec<&str> = Vec::new();
    for (index, credential) in all.iter().enumerate() {
        let pointer = credential.resource.pointer.as_str();
        let siblings = all[..index].iter().filter(|other| other.id().parent() == credential.id().parent());
        let together = siblings.into_iter().find(|other| {
            let is_loop = other.resource.pointer == pointer;
            let is_beside = !is_loop && list_of(&other.resource.pointer) == list_of(pointer);
            is_loop && is_parallel(graph, credential) || is_beside && !waits(graph, credential) && !waits(graph, other)
        });
        if let Some(other) = together.filter(|_| !said.contains(&pointer)) {
            said.push(pointer);
            let message = format!("`{}` and `{}` are written at the same time, and Azure takes one after the other", other.name(), credential.name());
            let found = Found::on(credential, message).help("write `@batchSize(1)` above the loop, or let one depend on the other");
            report.push(if other.resource.pointer == pointer { found } else { found.label(&other.whole(), "the other") });
        }
    }
}

/// The list of resources that a declaration is in: those of other templates are ordered by their deployments.
fn list_of(pointer: &str) -> &str {
    pointer.rsplit_once('/').map_or("", |(list, _)| list)
}

/// Whether the loop of the resource writes several at a time.
fn is_parallel(graph: &Graph<'_>, node: &Node<'_>) -> bool {
    let declared = graph.evaluated.template.pointer(&node.resource.pointer);
    let Some(copy) = declared.and_then(|declared| declared.get("copy")) else { return false };
    let is_serial = copy.get("mode").and_then(Value::as_str).is_some_and(|mode| mode.eq_ignore_ascii_case("serial"));
    !is_serial || copy.get("batchSize").and_then(Value::as_u64).is_some_and(|size| size > 1)
}

/// Whether the resource waits for anything besides its identity: that may wait for other credentials in turn.
fn waits(graph: &Graph<'_>, node: &Node<'_>) -> bool {
    let template = &graph.evaluated.template;
    let list = template.pointer(list_of(&node.resource.pointer));
    let is_identity = |entry: &Value| {
        let entry = entry.as_str().unwrap_or_default();
        let symbol = list.and_then(|list| list.get(entry)?.get("type")?.as_str());
        let is_id = entry.contains("/userAssignedIdentities'") && !entry.contains("federatedIdentityCredentials");
        is_id || symbol.is_some_and(|kind| kind.eq_ignore_ascii_case(IDENTITIES))
    };
    let declared = template.pointer(&node.resource.pointer).and_then(|declared| declared.get("dependsOn"));
    declared.and_then(Value::as_array).is_some_and(|entries| !entries.iter().all(is_identity))
}
