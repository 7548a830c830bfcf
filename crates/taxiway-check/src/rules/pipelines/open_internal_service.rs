//! A service that is meant for insiders lets everybody in.

use crate::rules::prelude::*;

pub(crate) static RULE: Rule = Rule::of_files(
    "open-internal-service",
    "a service that is meant for insiders lets everybody in",
    include_str!("open_internal_service.md"),
    look,
)
.confidence(Confidence::Medium)
.gate(Gate::Security);

fn look(files: &Files, marks: &mut Marks<'_>) {
    for script in files.all_scripts() {
        for command in script.commands().iter().filter(|command| command.is(&["gcloud", "run", "deploy"])) {
            let Some(open) = command.words.iter().find(|word| word.text == "--allow-unauthenticated") else { continue };
            let name = command.call().get(3).map_or("", |word| word.text.as_str());
            let is_named = name.split(['-', '_', '.']).any(|part| matches!(part, "internal" | "admin" | "private" | "backoffice" | "worker"));
            let ingress = command.option(&["--ingress"]).is_some_and(|ingress| ingress.text.starts_with("internal"));
            if is_named || ingress {
                let message = format!("`{name}` is an internal service, and this lets everybody call it");
                marks.push(Mark::at(script.location(open.start, open.end), message).help("--no-allow-unauthenticated, and `roles/run.invoker` for those who call it"));
            }
        }
    }
}
