//! `no-module-name`: a name that the compiler would make up.

use super::super::{Linter, Rule, RuleLevel};

pub(super) const RULE: Rule = Rule {
    code: "no-module-name",
    level: RuleLevel::Off,
    summary: "modules need no name of their own",
    reason: "Without one the compiler makes a name that does not clash with another deployment that runs at the same time.",
    bad: "module inner 'inner.bicep' = {\n  name: 'inner'\n}\n--- inner.bicep\noutput done bool = true\n",
    good: "module inner 'inner.bicep' = {}\n--- inner.bicep\noutput done bool = true\n",
    check,
};

fn check(linter: &mut Linter<'_>) {
    for module in &linter.model.modules {
        let Some(name) = module
            .syntax
            .body
            .object
            .as_ref()
            .and_then(|object| object.get("name"))
        else {
            continue;
        };
        let rows = linter.rows(name.span);
        let is_alone = linter.slice(rows).trim() == linter.slice(name.span);
        let message = "the compiler makes a name for the deployment of a module";
        if is_alone {
            linter.report_with_fix(
                name.span,
                message,
                "remove the name",
                [(rows, String::new())],
            );
        } else {
            linter.report(name.span, message);
        }
    }
}
