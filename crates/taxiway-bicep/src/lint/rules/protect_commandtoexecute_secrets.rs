//! `protect-commandtoexecute-secrets`: a secret in the command line of a script extension.

use super::super::{Linter, Rule, RuleLevel};

pub(super) const RULE: Rule = Rule {
    code: "protect-commandtoexecute-secrets",
    level: RuleLevel::Warning,
    summary: "commands with secrets stand in `protectedSettings`",
    reason: "`settings` are shown to whoever may read the machine; `protectedSettings` are encrypted.",
    bad: "@secure()\nparam password string\nresource script 'Microsoft.Compute/virtualMachines/extensions@2023-09-01' = {\n  name: 'machine/script'\n  location: 'westeurope'\n  properties: {\n    publisher: 'Microsoft.Compute'\n    type: 'CustomScriptExtension'\n    settings: { commandToExecute: 'setup ${password}' }\n  }\n}\n",
    good: "@secure()\nparam password string\nresource script 'Microsoft.Compute/virtualMachines/extensions@2023-09-01' = {\n  name: 'machine/script'\n  location: 'westeurope'\n  properties: {\n    publisher: 'Microsoft.Compute'\n    type: 'CustomScriptExtension'\n    protectedSettings: { commandToExecute: 'setup ${password}' }\n  }\n}\n",
    check,
};

/// Publisher and type of the extensions that run a command.
const EXTENSIONS: [(&str, &str); 3] = [
    ("Microsoft.Azure.Extensions", "CustomScript"),
    ("Microsoft.Compute", "CustomScriptExtension"),
    ("Microsoft.OSTCExtensions", "CustomScriptForLinux"),
];

fn check(linter: &mut Linter<'_>) {
    for resource in &linter.model.resources {
        if !resource.kind.to_ascii_lowercase().ends_with("/extensions") {
            continue;
        }
        let body = resource.syntax.body.object.as_ref();
        let Some(properties) = body.and_then(|body| linter.object(&body.get("properties")?.value))
        else {
            continue;
        };
        let text = |name: &str| {
            properties
                .get(name)
                .and_then(|property| property.value.plain_string())
        };
        let (Some(publisher), Some(kind)) = (text("publisher"), text("type")) else {
            continue;
        };
        let runs_command = EXTENSIONS.iter().any(|(known, name)| {
            known.eq_ignore_ascii_case(publisher) && name.eq_ignore_ascii_case(kind)
        });
        let command = properties
            .get("settings")
            .and_then(|settings| linter.object(&settings.value)?.get("commandToExecute"));
        if let Some(command) = command.filter(|_| runs_command)
            && let Some(secret) = linter.secrets(&command.value).first()
        {
            linter.report(
                command.key.span,
                format!("this command holds a secret ({}) and is shown in clear: put it into `protectedSettings`", secret.what),
            );
        }
    }
}
