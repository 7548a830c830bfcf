//! `prefer-interpolation`: `concat` of strings.

use taxiway_diagnostics::Span;

use super::super::{Linter, Rule, RuleLevel};
use crate::ast::{Expr, ExprKind};

pub(super) const RULE: Rule = Rule {
    code: "prefer-interpolation",
    level: RuleLevel::Warning,
    summary: "strings are put together by interpolation",
    reason: "`'${name}-plan'` shows the result; `concat(name, '-plan')` has to be put together in the reader's head.",
    bad: "param name string\noutput plan string = concat(name, '-plan')\n",
    good: "param name string\noutput plan string = '${name}-plan'\n",
    check,
};

fn check(linter: &mut Linter<'_>) {
    for expr in linter.expressions() {
        let Some(("concat", arguments)) = linter.built_in(expr) else {
            continue;
        };
        let makes_text = linter.is_string(expr) && !linter.has_syntax_error(expr.span);
        if arguments.len() < 2 || !makes_text {
            continue;
        }
        let message = "strings are joined by `concat`; interpolation says the same in place";
        match interpolation(linter, arguments) {
            Some(text) => {
                linter.report_with_fix(expr.span, message, "interpolate", [(expr.span, text)]);
            }
            None => linter.report(expr.span, message),
        }
    }
}

/// The arguments as one string; `None` where one of them is a string of several lines.
fn interpolation(linter: &Linter<'_>, arguments: &[Expr]) -> Option<String> {
    let mut text = String::from("'");
    for argument in arguments {
        let source = linter.slice(argument.span);
        match &argument.kind {
            ExprKind::String(literal) if literal.multiline => return None,
            ExprKind::String(literal) => {
                let inner = Span::new(literal.span.start + 1, literal.span.end.checked_sub(1)?);
                text.push_str(linter.slice(inner));
            }
            _ => {
                text.push_str("${");
                text.push_str(source);
                text.push('}');
            }
        }
    }
    text.push('\'');
    Some(text)
}
