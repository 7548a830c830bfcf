//! What Azure's limits forbid. Source: ARM documentation, "Template limits".

use serde_json::{Map, Value, json};
use taxiway_arm::{Arguments, Context, Deployment, Scope, evaluate};

use crate::support::{arguments, context, lines, template};

fn refusal(template: &Value, context: &Context) -> String {
    match Deployment::prepare(template, &Arguments::new(), context) {
        Ok(_) => "accepted".to_owned(),
        Err(diagnostics) => lines(&diagnostics),
    }
}

fn many(count: usize, value: &Value) -> Value {
    let members: Map<String, Value> = (0..count)
        .map(|index| (format!("m{index}"), value.clone()))
        .collect();
    Value::Object(members)
}

#[test]
fn counts_are_limited() {
    let parameter = json!({"type": "int", "defaultValue": 1});
    let output = json!({"type": "int", "value": 1});
    let cases = [
        ("parameters", parameter, 256),
        ("variables", json!(1), 256),
        ("outputs", output, 64),
    ];
    for (section, value, limit) in cases {
        let of = |count| template(json!({section: many(count, &value)}));
        assert_eq!(refusal(&of(limit), &context()), "accepted");
        assert_eq!(
            refusal(&of(limit + 1), &context()),
            format!(
                "/{section} InvalidTemplate: Deployment template validation failed: 'The number of template {section} limit exceeded. Limit: '{limit}' and actual: '{}'. Please see https://aka.ms/arm-limits for usage details.'.",
                limit + 1
            )
        );
    }
}

#[test]
fn copies_count_as_resources() {
    let of = |count: usize| {
        let resource = |name: &str, count: usize| {
            json!({
                "type": "Microsoft.A/as", "apiVersion": "1", "name": format!("[concat('{name}', copyIndex())]"),
                "copy": {"name": name, "count": count},
            })
        };
        template(json!({"resources": [resource("a", 400), resource("b", count - 400)]}))
    };
    assert_eq!(refusal(&of(800), &context()), "accepted");
    assert!(
        refusal(&of(801), &context()).contains("limit exceeded. Limit: '800' and actual: '801'")
    );
}

#[test]
fn a_loop_has_0_to_800_elements() {
    let of = |count: Value| {
        template(json!({"resources": [{
            "type": "Microsoft.A/as", "apiVersion": "1", "name": "[string(copyIndex())]",
            "copy": {"name": "l", "count": count},
        }]}))
    };
    assert_eq!(refusal(&of(json!(0)), &context()), "accepted");
    assert!(
        refusal(&of(json!(801)), &context())
            .contains("The template copy count '801' exceeds the maximum of '800'")
    );
    assert!(refusal(&of(json!(-1)), &context()).contains("must not be negative"));
    assert!(refusal(&of(json!("x")), &context()).contains("must be an integer"));
}

#[test]
fn a_template_has_at_most_4_mb() {
    let large = "x".repeat(4 * 1024 * 1024);
    let refused = refusal(&template(json!({"variables": {"v": large}})), &context());
    assert!(
        refused.contains("exceeds the limit of 4194304 bytes"),
        "{refused}"
    );
}

#[test]
fn a_deployment_has_a_name_of_1_to_64_characters() {
    let named = |length: usize| Context {
        deployment_name: "n".repeat(length),
        ..context()
    };
    assert_eq!(refusal(&template(json!({})), &named(64)), "accepted");
    for length in [0, 65] {
        assert!(refusal(&template(json!({})), &named(length)).contains("InvalidDeploymentName"));
    }
}

#[test]
fn what_is_no_template_is_refused() {
    for not_a_template in [
        json!([]),
        json!("x"),
        json!({}),
        json!({"$schema": "s", "contentVersion": "1.0.0.0"}),
    ] {
        assert_ne!(refusal(&not_a_template, &context()), "accepted");
    }
    let mut wrong = template(json!({}));
    wrong["parameters"] = json!([]);
    assert!(refusal(&wrong, &context()).contains("The template parameters must be an object"));
    wrong = template(json!({"resources": 1}));
    assert!(
        refusal(&wrong, &context())
            .contains("The template resources must be an array or an object")
    );
}

#[test]
fn parameters_and_the_expanded_template_have_at_most_4_mb() {
    let large = "x".repeat(1100 * 1024);
    let template = template(json!({
        "parameters": {"p": {"type": "string"}},
        "resources": [{
            "type": "Microsoft.A/as", "apiVersion": "1", "name": "[string(copyIndex())]",
            "copy": {"name": "l", "count": 4}, "properties": {"p": "[parameters('p')]"},
        }],
    }));
    let expanded = evaluate(&template, &arguments(json!({"p": large})), &context());
    assert_eq!(
        lines(&expanded.diagnostics),
        " RequestContentTooLarge: The template, expanded, has more bytes than the limit of 4194304: loops, variables and parameters count with their values."
    );
    let larger = arguments(json!({"p": large.repeat(4)}));
    let refused = Deployment::prepare(&template, &larger, &context()).unwrap_err();
    assert!(lines(&refused).contains("The parameters have 4505602 bytes"));
}

#[test]
fn a_scope_that_no_id_can_hold_is_refused() {
    let mut context = context();
    if let Scope::ResourceGroup(_, group) = &mut context.scope {
        group.name = "a/b".to_owned();
    }
    assert!(refusal(&template(json!({})), &context).contains("InvalidScope"));
}

#[test]
fn variables_that_double_stop_at_the_limit() {
    let long = "x".repeat(20_000);
    for first in [
        format!("'{long}'"),
        format!("reference('/subscriptions/{long}', '1').x"),
    ] {
        let mut variables = Map::new();
        variables.insert("v0".to_owned(), format!("[createArray({first})]").into());
        for index in 1..200 {
            let before = index - 1;
            variables.insert(
                format!("v{index}"),
                format!("[createArray(variables('v{before}'), variables('v{before}'))]").into(),
            );
        }
        let template = template(
            json!({"variables": variables, "outputs": {"o": {"value": "[variables('v199')]"}}}),
        );
        let evaluation = evaluate(&template, &Arguments::new(), &context());
        assert_eq!(evaluation.diagnostics[0].code, "RequestContentTooLarge");
    }
    let doubled = "concat(variables('t'), variables('t'), variables('t'))";
    let template = template(
        json!({"variables": {"t": "x".repeat(2 * 1024 * 1024)}, "outputs": {"o": {"value": format!("[{doubled}]")}}}),
    );
    let evaluation = evaluate(&template, &Arguments::new(), &context());
    assert!(
        evaluation.diagnostics[0]
            .message
            .contains("its parameters are larger than a template may be")
    );
}
