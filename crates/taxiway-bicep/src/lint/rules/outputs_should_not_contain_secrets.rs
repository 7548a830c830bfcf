//! `outputs-should-not-contain-secrets`: outputs are kept in clear text.

use super::super::{Linter, Rule, RuleLevel};
use crate::ast::decorator;

pub(super) const RULE: Rule = Rule {
    code: "outputs-should-not-contain-secrets",
    level: RuleLevel::Warning,
    summary: "no output hands on a secret",
    reason: "Outputs stay readable in the history of deployments for everybody who may read the resource group; `@secure()` keeps them out of it.",
    bad: "@secure()\nparam password string\noutput login string = 'admin:${password}'\n",
    good: "@secure()\nparam password string\n@secure()\noutput login string = 'admin:${password}'\n",
    check,
};

fn check(linter: &mut Linter<'_>) {
    for output in &linter.model.outputs {
        if decorator(&output.decorators, "secure").is_some() {
            continue;
        }
        if output.name.text.to_ascii_lowercase().contains("password") {
            linter.report(
                output.span,
                format!(
                    "the name of the output `{}` says that it holds a password",
                    output.name.text
                ),
            );
        }
        for secret in linter.secrets(&output.value) {
            linter.report(
                secret.span,
                format!(
                    "the output `{}` hands on a secret: {}",
                    output.name.text, secret.what
                ),
            );
        }
    }
}
