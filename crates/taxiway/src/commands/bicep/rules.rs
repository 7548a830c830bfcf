//! `taxiway bicep rules`: what the linter looks for, and why.

use taxiway_bicep::{Rule, RuleLevel, lint_rules};

use crate::exit::Exit;
use crate::failure::{Failure, Outcome};
use crate::terminal::{BOLD, Terminal, columns};

/// Lists the rules, or explains one.
pub(super) fn run(code: Option<&str>, terminal: &Terminal) -> Outcome {
    let rules: Vec<&Rule> = match code {
        None => lint_rules().iter().collect(),
        Some(code) => lint_rules()
            .iter()
            .filter(|rule| rule.code == code)
            .collect(),
    };
    if rules.is_empty() {
        return Err(
            Failure::usage(format!("there is no rule `{}`", code.unwrap_or_default()))
                .next("all of them", "taxiway bicep rules"),
        );
    }
    if terminal.is_json() {
        let rules: Vec<_> = rules.iter().map(|rule| record(rule)).collect();
        terminal
            .print_json(&serde_json::json!({ "schema": "taxiway.bicep-rules/v1", "rules": rules }));
    } else if let ([rule], Some(_)) = (rules.as_slice(), code) {
        terminal.print(explanation(rule));
    } else {
        let rows: Vec<Vec<String>> = rules
            .iter()
            .map(|rule| {
                vec![
                    rule.code.to_owned(),
                    level(rule).to_owned(),
                    rule.summary.to_owned(),
                ]
            })
            .collect();
        terminal.print(columns(&rows, 0));
    }
    Ok(Exit::Done)
}

const fn level(rule: &Rule) -> &'static str {
    match rule.level {
        RuleLevel::Off => "off",
        RuleLevel::Info => "info",
        RuleLevel::Warning => "warning",
        RuleLevel::Error => "error",
    }
}

fn record(rule: &Rule) -> serde_json::Value {
    serde_json::json!({
        "code": rule.code, "level": level(rule), "summary": rule.summary, "reason": rule.reason, "bad": rule.bad, "good": rule.good,
    })
}

fn explanation(rule: &Rule) -> String {
    let indented =
        |text: &str| -> String { text.lines().map(|line| format!("    {line}\n")).collect() };
    let mut text = format!(
        "{BOLD}{}{BOLD:#}: {} ({})\n\n{}\n",
        rule.code,
        rule.summary,
        level(rule),
        rule.reason
    );
    if !rule.bad.is_empty() {
        text.push_str("\nNot like this:\n\n");
        text.push_str(&indented(rule.bad));
        text.push_str("\nbut like this:\n\n");
        text.push_str(&indented(rule.good));
    }
    text.trim_end().to_owned()
}
