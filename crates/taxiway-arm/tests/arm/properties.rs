//! What holds for every input: nothing panics, ids round-trip, large templates take no time.

use std::time::{Duration, Instant};

use proptest::prelude::*;
use serde_json::{Value, json};
use taxiway_arm::{Arguments, Deployment, ResourceId, evaluate};

use crate::support::{context, template};

/// Longer than any of these takes; a quadratic algorithm takes minutes.
const DEADLINE: Duration = Duration::from_secs(20);

fn expression() -> impl Strategy<Value = String> {
    let leaf = prop_oneof![
        "[a-z']{0,4}".prop_map(|text| format!("'{}'", text.replace('\'', "''"))),
        any::<i32>().prop_map(|number| number.to_string()),
        Just("null()".to_owned()),
        Just("true()".to_owned()),
        Just("resourceGroup()".to_owned()),
        Just("reference('/subscriptions/s', '1')".to_owned()),
    ];
    let functions = prop::sample::select(vec![
        "concat",
        "add",
        "div",
        "mod",
        "if",
        "and",
        "union",
        "format",
        "substring",
        "skip",
        "take",
        "range",
        "split",
        "createObject",
        "createArray",
        "tryGet",
        "padLeft",
        "indexOf",
        "cidrSubnet",
        "dateTimeAdd",
        "coalesce",
        "intersection",
        "items",
        "json",
        "base64ToJson",
        "flatten",
        "min",
        "copyIndex",
        "parameters",
        "uri",
        "resourceId",
        "map",
        "lambda",
        "lambdaVariables",
    ]);
    leaf.prop_recursive(4, 32, 4, move |inner| {
        prop_oneof![
            (
                functions.clone(),
                prop::collection::vec(inner.clone(), 0..4)
            )
                .prop_map(|(name, arguments)| format!("{name}({})", arguments.join(", "))),
            (inner.clone(), inner).prop_map(|(base, key)| format!("{base}[{key}]")),
        ]
    })
}

proptest! {
    #[test]
    fn any_text_is_evaluated_or_refused(text in "\\[?[\\PC]{0,60}\\]?") {
        let template = template(json!({"outputs": {"o": {"value": text}}}));
        evaluate(&template, &Arguments::new(), &context());
    }

    #[test]
    fn any_expression_is_evaluated_or_refused(expression in expression()) {
        let template = template(json!({"outputs": {"o": {"value": format!("[{expression}]")}}}));
        let evaluation = evaluate(&template, &Arguments::new(), &context());
        prop_assert!(evaluation.outputs.len() + evaluation.diagnostics.len() >= 1);
    }

    /// What stays as an expression gives the same when it is evaluated again.
    #[test]
    fn what_is_left_stands_for_itself(expression in expression()) {
        let of = |value: Value| {
            let template = template(json!({"outputs": {"o": {"value": value}}}));
            evaluate(&template, &Arguments::new(), &context())
        };
        let once = of(format!("[{expression}]").into());
        if let Some(output) = once.outputs.get("o")
            && let Some(text) = output.value.as_str()
            && text.contains("reference(")
            && text.starts_with('[')
        {
            let twice = of(text.into());
            prop_assert_eq!(twice.outputs.get("o"), Some(output));
        }
    }

    #[test]
    fn a_cut_expression_does_not_panic(expression in expression(), cut in any::<prop::sample::Index>()) {
        let characters: Vec<char> = expression.chars().collect();
        let text: String = characters[..cut.index(characters.len() + 1)].iter().collect();
        let template = template(json!({"outputs": {"o": {"value": format!("[{text}]")}}}));
        evaluate(&template, &Arguments::new(), &context());
    }

    #[test]
    fn ids_round_trip(
        subscription in "[a-zA-Z0-9-]{1,8}",
        group in "[a-zA-Z0-9._()-]{1,8}",
        parts in prop::collection::vec(("[A-Za-z.]{1,8}", prop::collection::vec(("[a-zA-Z]{1,6}", "[a-zA-Z0-9._-]{1,6}"), 1..3)), 0..3),
    ) {
        let mut text = format!("/subscriptions/{subscription}/resourceGroups/{group}");
        for (namespace, segments) in &parts {
            text = format!("{text}/providers/{namespace}");
            for (kind, name) in segments {
                // `providers` in the place of a type starts a new group.
                prop_assume!(!kind.eq_ignore_ascii_case("providers"));
                text = format!("{text}/{kind}/{name}");
            }
        }
        let id = ResourceId::parse(&text).unwrap();
        prop_assert_eq!(id.to_string(), text.clone());
        prop_assert_eq!(&id, &ResourceId::parse(&text.to_uppercase()).unwrap());
        prop_assert_eq!(id.names().len(), id.resource_type().matches('/').count());
        if !parts.is_empty() {
            let rebuilt = id.scope().resource(&id.resource_type(), &id.full_name()).unwrap();
            prop_assert_eq!(rebuilt.to_string(), text);
        }
    }

    #[test]
    fn any_text_is_an_id_or_none(text in "/?[a-zA-Z/]{0,40}") {
        if let Ok(id) = ResourceId::parse(&text) {
            prop_assert_eq!(&ResourceId::parse(id.as_str()).unwrap(), &id);
            let _ = (id.scope(), id.parent(), id.resource_type(), id.names().len(), id.extended());
        }
    }
}

#[test]
fn a_large_template_takes_no_time() {
    let list: Vec<Value> = (0..5_000)
        .map(|index| json!({"name": format!("n{index}"), "text": "x".repeat(20)}))
        .collect();
    let resources: Vec<Value> = (0..40)
        .map(|index| {
            json!({
                "type": "Microsoft.A/as", "apiVersion": "1",
                "name": format!("[concat('r{index}-', copyIndex())]"),
                "copy": {"name": format!("loop{index}"), "count": 20},
                "dependsOn": if index > 0 { json!([format!("loop{}", index - 1)]) } else { json!([]) },
                "properties": {"copy": [{"name": "items", "count": 20, "input": "[variables('list')[add(copyIndex('items'), sub(length(variables('list')), 5000))].name]"}]},
            })
        })
        .collect();
    let large = template(json!({"variables": {"list": list}, "resources": resources}));
    let start = Instant::now();
    let evaluation = evaluate(&large, &Arguments::new(), &context());
    assert_eq!(evaluation.diagnostics, []);
    assert_eq!(evaluation.resources.len(), 800);
    assert_eq!(
        evaluation.resources[799].body["properties"]["items"][19],
        "n19"
    );
    let deployment = Deployment::prepare(&large, &Arguments::new(), &context()).unwrap();
    assert_eq!(deployment.resources().len(), 800);
    assert!(start.elapsed() < DEADLINE, "{:?}", start.elapsed());
}
