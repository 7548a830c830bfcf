//! A role is given on a whole project or subscription.

use crate::rules::prelude::*;

pub(crate) static RULE: Rule = Rule::of_files(
    "project-wide-role",
    "a role is given on a whole project or subscription",
    include_str!("project_wide_role.md"),
    look,
)
.warning()
.gate(Gate::Security);

fn look(files: &Files, marks: &mut Marks<'_>) {
    for script in files.all_scripts() {
        for command in script.commands() {
            if command.is(&["gcloud", "projects", "add-iam-policy-binding"]) {
                let wide = ["roles/storage.objectAdmin", "roles/storage.admin", "roles/editor", "roles/owner", "roles/cloudsql.admin", "roles/secretmanager.admin"];
                if let Some(role) = command.option(&["--role"]).filter(|role| wide.contains(&role.text.as_str())) && command.option(&["--condition"]).is_none_or(|condition| condition.text == "None") {
                    let message = format!("`{}` is given on the whole project", role.text);
                    marks.push(Mark::at(script.location(role.start, role.end), message).help("give it on the one bucket, secret or service"));
                }
            } else if command.is(&["az", "ad", "sp", "create-for-rbac"]) || command.is(&["az", "role", "assignment", "create"]) {
                let is_wide = command.option(&["--role"]).is_some_and(|role| matches!(role.text.to_lowercase().as_str(), "contributor" | "owner"));
                let scope = command.option(&["--scopes", "--scope"]);
                if let Some(scope) = scope.filter(|scope| is_wide && scope.text.starts_with("/subscriptions/") && !scope.text.to_lowercase().contains("/resourcegroups/")) {
                    marks.push(
                        Mark::at(script.location(scope.start, scope.end), "a deployer gets the whole subscription, production included")
                            .help("one identity for each environment, with the roles that it needs on that environment's resource group"),
                    );
                }
            }
        }
    }
}
