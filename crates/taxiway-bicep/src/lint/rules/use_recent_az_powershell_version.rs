//! `use-recent-az-powershell-version`: a deployment script on an old PowerShell module.

use serde_json::Value;

use super::super::{Linter, Rule, RuleLevel};

pub(super) const RULE: Rule = Rule {
    code: "use-recent-az-powershell-version",
    level: RuleLevel::Warning,
    summary: "deployment scripts run on a recent Az PowerShell",
    reason: "Old versions of the module lose support, and with it the services that they call.",
    bad: SCRIPT_OLD,
    good: SCRIPT,
    check,
};

const SCRIPT_OLD: &str = "resource script 'Microsoft.Resources/deploymentScripts@2023-08-01' = {\n  name: 'script'\n  location: 'westeurope'\n  kind: 'AzurePowerShell'\n  properties: {\n    azPowerShellVersion: '8.3'\n    retentionInterval: 'P1D'\n    scriptContent: 'Get-Date'\n  }\n}\n";
const SCRIPT: &str = "resource script 'Microsoft.Resources/deploymentScripts@2023-08-01' = {\n  name: 'script'\n  location: 'westeurope'\n  kind: 'AzurePowerShell'\n  properties: {\n    azPowerShellVersion: '12.3'\n    retentionInterval: 'P1D'\n    scriptContent: 'Get-Date'\n  }\n}\n";

/// The oldest version that is recent. Source: Bicep documentation, "Linter rule: use recent Az PowerShell version".
const MINIMUM: &str = "11.0";

fn check(linter: &mut Linter<'_>) {
    let setting = linter.setting("minimumVersion").and_then(Value::as_str);
    let Some(minimum) = version(setting.unwrap_or(MINIMUM)) else {
        return;
    };
    for resource in &linter.model.resources {
        let Some(body) = resource.syntax.body.object.as_ref() else {
            continue;
        };
        let is_script = resource
            .kind
            .eq_ignore_ascii_case("Microsoft.Resources/deploymentScripts");
        let kind = body.get("kind").and_then(|kind| kind.value.plain_string());
        if !is_script || !kind.is_some_and(|kind| kind.eq_ignore_ascii_case("AzurePowerShell")) {
            continue;
        }
        let used = body
            .get("properties")
            .and_then(|properties| linter.object(&properties.value)?.get("azPowerShellVersion"));
        if let Some(used) = used
            && let Some(text) = used.value.plain_string()
            && version(text).is_some_and(|used| used < minimum)
        {
            let name = &resource.syntax.name.text;
            linter.report(
                used.value.span,
                format!(
                    "`{name}` runs on Az PowerShell {text}; {} or later is recent",
                    setting.unwrap_or(MINIMUM)
                ),
            );
        }
    }
}

fn version(text: &str) -> Option<Vec<u32>> {
    let parts: Option<Vec<u32>> = text.split('.').map(|part| part.parse().ok()).collect();
    parts.filter(|parts| parts.len() >= 2)
}
