//! Images go to Container Registry, which is no more.

use crate::rules::prelude::*;

pub(crate) static RULE: Rule = Rule::of_files(
    "retired-registry",
    "images go to Google's Container Registry, which is no more",
    include_str!("retired_registry.md"),
    look,
)
.warning();

const HELP: &str = "make a repository in Artifact Registry, and write REGION-docker.pkg.dev/PROJECT/REPOSITORY/IMAGE";

fn look(files: &Files, marks: &mut Marks<'_>) {
    for script in files.all_scripts() {
        for command in script.commands() {
            let pushes = command.is(&["docker", "push"]) || command.is(&["docker", "tag"]) || command.is(&["gcloud", "builds", "submit"]) || command.is(&["podman", "push"]);
            let builds = command.is(&["docker", "build"]) || command.is(&["docker", "buildx", "build"]);
            let tagged = builds.then(|| command.option(&["--tag", "-t"])).flatten();
            let pushed = command.words.iter().rfind(|_| pushes);
            if let Some(word) = tagged.as_ref().or(pushed).filter(|word| is_retired(&word.text)) {
                marks.push(Mark::at(script.location(word.start, word.end), message(&word.text)).help(HELP));
            }
        }
    }
    for build in &files.builds {
        for image in build.root.get("images").map(YamlNode::one_or_more).unwrap_or_default() {
            if let Some(text) = image.text().filter(|text| is_retired(text)) {
                marks.push(Mark::at(build.value(image), message(text)).help(HELP));
            }
        }
    }
    for workflow in &files.workflows {
        for step in workflow.steps().filter(|step| step.action() == "docker/build-push-action") {
            if let Some(tags) = step.input("tags") && let Some(text) = tags.text() && let Some(tag) = text.split_whitespace().find(|tag| is_retired(tag)) {
                marks.push(Mark::at(workflow.within(tags, tag), message(tag)).help(HELP));
            }
        }
    }
}

/// The builders of Google itself are pulled from there, and that is fine.
fn is_retired(image: &str) -> bool {
    let image = image.trim_start_matches("--tag=").trim_start_matches("-t=");
    ["gcr.io/", "eu.gcr.io/", "us.gcr.io/", "asia.gcr.io/"].iter().any(|host| image.starts_with(host))
        && !image.contains("gcr.io/cloud-builders/")
}

fn message(image: &str) -> String {
    format!("`{image}`: Container Registry is shut down; Artifact Registry answers under its name, with a repository and roles of its own")
}
