//! A pipeline signs in with a password that it keeps.

use crate::rules::prelude::*;

pub(crate) static RULE: Rule = Rule::of_files(
    "stored-cloud-credential",
    "a pipeline signs in to the cloud with a password that it keeps",
    include_str!("stored_cloud_credential.md"),
    look,
)
.warning()
.gate(Gate::Security)
.benchmarks(&[Mcsb("IM-3")]);

fn look(files: &Files, marks: &mut Marks<'_>) {
    for workflow in &files.workflows {
        for step in workflow.steps() {
            let input = match step.action().as_str() {
                "azure/login" => "creds",
                "azure/webapps-deploy" | "azure/functions-action" => "publish-profile",
                "google-github-actions/auth" => "credentials_json",
                _ => continue,
            };
            if let Some(node) = step.input(input).filter(|node| node.text().is_some_and(|text| text.contains("secrets."))) {
                let message = format!("`{input}` is a password that does not end, kept in the pipeline");
                marks.push(Mark::at(workflow.location(node), message).help("sign in with the token of the run: `permissions: id-token: write`, and a federated credential for this repository"));
            }
        }
    }
}
