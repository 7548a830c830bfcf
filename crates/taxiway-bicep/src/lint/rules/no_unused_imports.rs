//! `no-unused-imports`: an import that nothing names.

use super::super::{Linter, Rule, RuleLevel};
use crate::model::{DeclarationKind, ImportSource};

pub(super) const RULE: Rule = Rule {
    code: "no-unused-imports",
    level: RuleLevel::Warning,
    summary: "imports are used",
    reason: "Each import is a file that has to be read, and perhaps fetched, to compile this one.",
    bad: "import { size, colour } from 'types.bicep'\nparam plan size\noutput chosen string = plan\n--- types.bicep\n@export()\ntype size = 'small' | 'large'\n@export()\ntype colour = 'red'\n",
    good: "import { size } from 'types.bicep'\nparam plan size\noutput chosen string = plan\n--- types.bicep\n@export()\ntype size = 'small' | 'large'\n",
    check,
};

fn check(linter: &mut Linter<'_>) {
    let model = linter.model;
    for (id, declaration) in model.declarations.iter().enumerate() {
        let is_import = matches!(
            declaration.kind,
            DeclarationKind::Imported { .. } | DeclarationKind::Wildcard(_)
        );
        // What a broken file would offer is not known.
        let is_broken = matches!(
            &declaration.kind,
            DeclarationKind::Wildcard(ImportSource::Bicep(source)) if source.has_errors
        );
        if is_import && !is_broken && !declaration.name.text.is_empty() && !linter.facts.is_used(id)
        {
            let name = &declaration.name;
            linter.report(
                name.span,
                format!("nothing uses the import `{}`", name.text),
            );
        }
    }
}
