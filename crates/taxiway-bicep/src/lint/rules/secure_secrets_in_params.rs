//! `secure-secrets-in-params`: a parameter that sounds like a secret and is not marked as one.

use taxiway_diagnostics::Span;

use super::super::{Linter, Rule, RuleLevel};
use crate::ast::walk::descendants;

pub(super) const RULE: Rule = Rule {
    code: "secure-secrets-in-params",
    level: RuleLevel::Warning,
    summary: "parameters that hold secrets are `@secure()`",
    reason: "The value of any other parameter stays readable in the history of deployments.",
    bad: "param adminPassword string\nmodule inner 'inner.bicep' = {\n  name: 'inner'\n  params: { value: adminPassword }\n}\n--- inner.bicep\n@secure()\nparam value string\n",
    good: "@secure()\nparam adminPassword string\nmodule inner 'inner.bicep' = {\n  name: 'inner'\n  params: { value: adminPassword }\n}\n--- inner.bicep\n@secure()\nparam value string\n",
    check,
};

/// Words of secrets, and those that only name or place one. Source: Bicep documentation, "Linter rule: secure secrets in
/// params".
const WORDS: [&str; 5] = ["password", "pwd", "secret", "accountkey", "acctkey"];
const HARMLESS: [&str; 5] = [
    "secretpermissions",
    "secretversion",
    "secreturi",
    "secreturl",
    "secretname",
];

fn check(linter: &mut Linter<'_>) {
    if linter.model.path.extension() == Some("bicepparam") {
        return;
    }
    for parameter in linter.parameters() {
        let (kind, is_secure) = linter.parameter_type(parameter);
        if is_secure {
            continue;
        }
        let name = parameter.name.text.to_ascii_lowercase();
        let has = |words: &[&str]| words.iter().any(|word| name.contains(word));
        let sounds_secret =
            matches!(kind, Some("string" | "object")) && has(&WORDS) && !has(&HARMLESS);
        let mut reads_secret = false;
        if let Some(default) = &parameter.default {
            descendants(default, &mut |expr| {
                reads_secret |= linter.secure_parameter(expr).is_some()
            });
        }
        if sounds_secret || reads_secret {
            linter.report_with_fix(
                parameter.name.span,
                format!(
                    "`{}` may hold a secret, and is not `@secure()`",
                    parameter.name.text
                ),
                "mark it as secure",
                [(Span::at(parameter.span.start), "@secure()\n".to_owned())],
            );
        }
    }
}
