//! The expression language, by tables of expressions and their values.

use serde_json::{Value, json};
use taxiway_arm::evaluate;

use crate::support::{arguments, context, template};

/// Each line of a table: `expression => JSON`, or `expression !! the end of the error's message`.
fn check(table: &str) {
    let mut wrong = Vec::new();
    for line in table.lines() {
        if line.is_empty() || line.starts_with('#') {
            continue;
        }
        let actual = match line.split_once(" => ").or_else(|| line.split_once(" !! ")) {
            Some((expression, _)) => outcome(expression),
            None => panic!("`{line}` has neither ` => ` nor ` !! `"),
        };
        let is_right = match (line.split_once(" => "), &actual) {
            (Some((_, expected)), Ok(actual)) => {
                serde_json::from_str::<Value>(expected).unwrap() == *actual
            }
            (None, Err(message)) => {
                let (_, expected) = line.split_once(" !! ").unwrap();
                message.trim_end_matches('.').ends_with(expected)
                    || message.contains(&format!("{expected}. Please see"))
            }
            _ => false,
        };
        if !is_right {
            wrong.push(match actual {
                Ok(actual) => format!("{line}\n    gave {actual}"),
                Err(message) => format!("{line}\n    failed with {message}"),
            });
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

fn outcome(expression: &str) -> Result<Value, String> {
    let template = template(json!({"outputs": {"o": {"value": format!("[{expression}]")}}}));
    let evaluation = evaluate(&template, &arguments(json!({})), &context());
    match evaluation.diagnostics.first() {
        Some(diagnostic) => Err(diagnostic.message.clone()),
        None => Ok(evaluation.outputs["o"].value.clone()),
    }
}

#[test]
fn functions_of_strings() {
    check(include_str!("../expressions/text.txt"));
}

#[test]
fn functions_of_arrays_and_objects() {
    check(include_str!("../expressions/array.txt"));
}

#[test]
fn truth_comparison_and_numbers() {
    check(include_str!("../expressions/logic.txt"));
}

#[test]
fn encodings_dates_addresses_and_names() {
    check(include_str!("../expressions/encoding.txt"));
}

#[test]
fn scopes_runtime_functions_and_mistakes() {
    check(include_str!("../expressions/scope.txt"));
}

#[test]
fn a_string_is_an_expression_only_in_brackets() {
    let cases = [
        ("plain", "plain"),
        ("[concat('a', 'b')]", "ab"),
        ("[[escaped]", "[escaped]"),
        ("[open", "[open"),
        ("[[open", "[[open"),
        ("closed]", "closed]"),
        ("[]x[]", "[]x[]"),
    ];
    for (text, expected) in cases {
        let template = template(json!({"outputs": {"o": {"value": text}}}));
        let evaluation = evaluate(&template, &arguments(json!({})), &context());
        if text == "[]x[]" {
            // It starts and ends with brackets, so it is one, and a broken one.
            assert_eq!(evaluation.diagnostics.len(), 1);
        } else {
            assert_eq!(evaluation.outputs["o"].value, expected, "{text}");
        }
    }
}

#[test]
fn a_failure_names_the_expression_and_its_place() {
    let template = template(json!({
        "variables": {"a/b": {"list": [1, "[frobnicate('x')]"]}},
        "outputs": {"o": {"value": "[variables('a/b')]"}},
    }));
    let evaluation = evaluate(&template, &arguments(json!({})), &context());
    insta::assert_snapshot!(
        crate::support::lines(&evaluation.diagnostics),
        @"/variables/a~1b/list/1 InvalidTemplate: Unable to process template language expression '[frobnicate('x')]': The template function 'frobnicate' is not valid. Please see https://aka.ms/arm-functions for usage details."
    );
}

#[test]
fn depth_is_bounded() {
    let deep = format!("{}1{}", "createArray(".repeat(300), ")".repeat(300));
    assert!(
        outcome(&deep)
            .unwrap_err()
            .contains("nests deeper than 100 levels")
    );
    let chain = format!("createObject(){}", ".a".repeat(300));
    assert!(
        outcome(&chain)
            .unwrap_err()
            .contains("nests deeper than 100 levels")
    );
    let long = format!("concat('{}')", "x".repeat(24_576));
    assert!(
        outcome(&long)
            .unwrap_err()
            .contains("The language expression length limit exceeded. Limit: '24576'")
    );
    let allowed = format!("{}1{}", "createArray(".repeat(99), ")".repeat(99));
    assert!(outcome(&allowed).is_ok());
}

#[test]
fn a_function_that_calls_itself_ends() {
    let template = template(json!({
        "functions": [{"namespace": "__bicep", "members": {"f": {
            "parameters": [],
            "output": {"type": "int", "value": "[add(1, __bicep.f())]"},
        }}}],
        "outputs": {"o": {"type": "int", "value": "[__bicep.f()]"}},
    }));
    let evaluation = evaluate(&template, &arguments(json!({})), &context());
    assert!(
        evaluation.diagnostics[0]
            .message
            .contains("The evaluation nests deeper than 250 levels")
    );
}
