//! A pipeline uses the administrator of a container registry.

use crate::rules::prelude::*;

pub(crate) static RULE: Rule = Rule::of_files(
    "registry-admin-in-pipeline",
    "a pipeline uses the administrator of a container registry",
    include_str!("registry_admin_in_pipeline.md"),
    look,
)
.warning()
.gate(Gate::Security)
.benchmarks(&[Mcsb("PA-1")]);

fn look(files: &Files, marks: &mut Marks<'_>) {
    for script in files.all_scripts() {
        for command in script.commands() {
            let is_switched_on = (command.is(&["az", "acr", "update"]) || command.is(&["az", "acr", "create"])) && command.option(&["--admin-enabled"]).is_some_and(|on| on.text == "true");
            let is_shown = command.is(&["az", "acr", "credential", "show"]);
            let is_set = command.words.iter().any(|word| word.text.starts_with("DOCKER_REGISTRY_SERVER_PASSWORD="));
            if is_switched_on || is_shown || is_set {
                let message = "the registry's administrator has one password that may do everything and belongs to nobody";
                marks.push(Mark::at(script.place(&command), message).help("push with `az acr login` as the identity of the run, and let the site pull as its own, with the role AcrPull"));
            }
        }
    }
}
