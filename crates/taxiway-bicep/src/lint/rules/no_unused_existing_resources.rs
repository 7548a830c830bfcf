//! `no-unused-existing-resources`: an existing resource that nothing refers to.

use super::super::{Linter, Rule, RuleLevel};
use crate::model::DeclarationKind;

pub(super) const RULE: Rule = Rule {
    code: "no-unused-existing-resources",
    level: RuleLevel::Warning,
    summary: "existing resources are used",
    reason: "An existing resource deploys nothing; declared and not referred to, it has no effect at all.",
    bad: "resource vault 'Microsoft.KeyVault/vaults@2023-07-01' existing = {\n  name: 'vault'\n}\n",
    good: "resource vault 'Microsoft.KeyVault/vaults@2023-07-01' existing = {\n  name: 'vault'\n}\noutput id string = vault.id\n",
    check,
};

fn check(linter: &mut Linter<'_>) {
    let model = linter.model;
    for (id, declaration) in model.declarations.iter().enumerate() {
        let DeclarationKind::Resource(resource) = declaration.kind else {
            continue;
        };
        let resource = &model.resources[resource];
        if resource.syntax.existing && resource.nested.is_empty() && !linter.facts.is_used(id) {
            let name = &declaration.name;
            linter.report_with_fix(
                name.span,
                format!("nothing uses the existing resource `{}`", name.text),
                "remove the resource",
                [(linter.rows(resource.syntax.span), String::new())],
            );
        }
    }
}
