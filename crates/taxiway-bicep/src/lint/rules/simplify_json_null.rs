//! `simplify-json-null`: `json('null')`.

use super::super::{Linter, Rule, RuleLevel};

pub(super) const RULE: Rule = Rule {
    code: "simplify-json-null",
    level: RuleLevel::Warning,
    summary: "null is written `null`",
    reason: "`json('null')` is how templates in JSON said it before the language had the word.",
    bad: "param on bool\nvar value = on ? 'x' : json('null')\noutput result string? = value\n",
    good: "param on bool\nvar value = on ? 'x' : null\noutput result string? = value\n",
    check,
};

fn check(linter: &mut Linter<'_>) {
    for expr in linter.expressions() {
        if let Some(("json", [argument])) = linter.built_in(expr)
            && argument
                .plain_string()
                .is_some_and(|text| text.trim() == "null")
        {
            linter.report_with_fix(
                expr.span,
                "`json('null')` is `null`",
                "write `null`",
                [(expr.span, "null".to_owned())],
            );
        }
    }
}
