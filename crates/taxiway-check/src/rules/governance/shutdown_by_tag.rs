//! A resource is to be shut down by a tag that nothing reads.

use crate::rules::prelude::*;

pub(crate) static RULE: Rule = Rule::new(
    "shutdown-by-tag",
    "a resource is to be shut down by a tag that nothing reads",
    include_str!("shutdown_by_tag.md"),
    look,
)
.warning()
.gate(Gate::Cost)
.confidence(Confidence::Medium);

fn look(graph: &Graph<'_>, report: &mut Report<'_>) {
    const TAGS: &[&str] = &["auto-shutdown", "autoshutdown", "auto_shutdown", "shutdown", "shutdown-schedule", "autoshutdownschedule", "shutdowntime", "auto-stop"];
    let has_reader = ["Microsoft.Automation/automationAccounts", "Microsoft.Logic/workflows", "Microsoft.DevTestLab/schedules", "Microsoft.Web/sites/functions"].into_iter().any(|kind| graph.has(kind));
    for node in graph.nodes.iter().filter(|_| !has_reader) {
        for (name, part) in node.at("tags").members() {
            if TAGS.contains(&name.to_ascii_lowercase().as_str()) && !part.is_any(&["false", "off", "no", "disabled"]) {
                report.push(Found::at(&part, format!("nothing reads the tag `{name}`, and so nothing shuts `{}` down", node.name())).help("add what reads it, or remove it"));
            }
        }
    }
}
