//! Whole templates without anything deployed: golden files, and secrets that never show.

use serde_json::{Value, json};
use taxiway_arm::{Arguments, Evaluation, evaluate};

use crate::support::{GROUP, arguments, context, lines, template};

/// An evaluation as one document.
fn document(evaluation: &Evaluation) -> Value {
    let resources: Vec<Value> = evaluation
        .resources
        .iter()
        .map(|resource| {
            json!({
                "id": resource.id, "apiVersion": resource.api_version, "pointer": resource.pointer,
                "unresolved": resource.unresolved, "body": resource.body,
            })
        })
        .collect();
    let outputs: serde_json::Map<String, Value> = evaluation
        .outputs
        .iter()
        .map(|(name, output)| {
            (
                name.clone(),
                json!({"type": output.output_type, "value": output.value, "secure": output.secure}),
            )
        })
        .collect();
    json!({"resources": resources, "outputs": outputs, "diagnostics": lines(&evaluation.diagnostics)})
}

/// `templates/<name>/template.json` gives `templates/<name>/evaluation.json`; `INSTA_UPDATE=always` writes the latter.
fn check(name: &str, given: Value) {
    let folder = format!("{}/tests/templates/{name}", env!("CARGO_MANIFEST_DIR"));
    let text = std::fs::read_to_string(format!("{folder}/template.json")).unwrap();
    let template: Value = serde_json::from_str(&text).unwrap();
    let evaluation = evaluate(&template, &arguments(given), &context());
    let actual = serde_json::to_string_pretty(&document(&evaluation)).unwrap() + "\n";
    let golden = format!("{folder}/evaluation.json");
    #[expect(
        clippy::disallowed_methods,
        reason = "the same switch as for inline snapshots"
    )]
    let is_update = std::env::var("INSTA_UPDATE").is_ok_and(|mode| mode == "always");
    if is_update {
        std::fs::write(&golden, &actual).unwrap();
    }
    let expected = std::fs::read_to_string(&golden).unwrap_or_default();
    assert!(
        actual == expected,
        "{golden} differs; the evaluation is now:\n{actual}"
    );
}

#[test]
fn a_web_app_with_its_vault_and_database() {
    check(
        "web-app",
        json!({"databasePassword": "hunter2", "names": ["a", "b"]}),
    );
}

#[test]
fn modules_across_scopes() {
    check("modules", json!({"secret": "hunter2"}));
}

#[test]
fn no_secret_is_in_an_evaluation() {
    let nested = |scope: &str, properties: Value| {
        let mut all =
            json!({"mode": "Incremental", "expressionEvaluationOptions": {"scope": scope}});
        for (name, value) in properties.as_object().unwrap() {
            all[name] = value.clone();
        }
        json!({"type": "Microsoft.Resources/deployments", "apiVersion": "1", "name": scope, "properties": all})
    };
    let resource = |expression: &str| {
        json!({
            "type": "Microsoft.A/as", "apiVersion": "1", "name": "x",
            "condition": format!("[not(empty({expression}))]"),
            "properties": {"p": format!("[concat('a', {expression})]"), "o": {"[concat('k', string(1))]": format!("[{expression}]")}},
        })
    };
    let inner = template(json!({
        "parameters": {"p": {"type": "string"}, "q": {"type": "secureObject"}},
        "resources": [resource("parameters('p')")],
        "outputs": {"plain": {"type": "string", "value": "[parameters('p')]"}, "part": {"type": "string", "value": "[parameters('q').x]"}},
    }));
    let template = template(json!({
        "parameters": {
            "password": {"type": "securestring"},
            "copy": {"type": "string", "defaultValue": "[toUpper(parameters('password'))]"},
        },
        "variables": {"url": "[format('postgresql://{0}', parameters('password'))]"},
        "resources": [
            resource("variables('url')"),
            nested("inner", json!({"template": inner, "parameters": {"p": {"value": "[parameters('password')]"}, "q": {"value": {"x": "[parameters('password')]"}}}})),
            nested("outer", json!({"template": {"$schema": "s", "contentVersion": "1.0.0.0", "resources": [{
                "type": "Microsoft.A/as", "apiVersion": "1", "name": "y", "properties": {"p": "[parameters('password')]"},
            }]}})),
        ],
        "outputs": {
            "out": {"type": "string", "value": "[parameters('copy')]"},
            "nested": {"type": "string", "value": "[reference('inner').outputs.plain.value]"},
            "part": {"type": "string", "value": "[reference('inner').outputs.part.value]"},
        },
    }));
    let evaluation = evaluate(
        &template,
        &arguments(json!({"password": "hunter2"})),
        &context(),
    );
    let text = document(&evaluation).to_string();
    assert_eq!(evaluation.diagnostics, []);
    assert!(!text.to_lowercase().contains("hunter2"), "{text}");
    assert_eq!(evaluation.resources.len(), 3);
    assert_eq!(
        evaluation.resources[0].body["properties"]["p"],
        "[concat('a', format('postgresql://{0}', parameters('password')))]"
    );
    assert_eq!(
        evaluation.outputs["nested"].value,
        "[parameters('password')]"
    );
}

#[test]
fn a_name_that_only_a_deployment_knows_is_said_to_be_unknown() {
    let inner = template(json!({
        "parameters": {"principal": {"type": "string"}},
        "resources": [{
            "type": "Microsoft.Authorization/roleAssignments", "apiVersion": "2022-04-01",
            "name": "[guid(resourceGroup().id, parameters('principal'))]", "properties": {"principalId": "[parameters('principal')]"},
        }],
    }));
    let template = template(json!({
        "resources": {
            "identity": {"type": "Microsoft.ManagedIdentity/userAssignedIdentities", "apiVersion": "2023-01-31", "name": "i"},
            "access": {
                "type": "Microsoft.Resources/deployments", "apiVersion": "2025-04-01", "name": "access",
                "properties": {"mode": "Incremental", "expressionEvaluationOptions": {"scope": "inner"}, "template": inner,
                    "parameters": {"principal": {"value": "[reference('identity').principalId]"}}},
            },
        },
    }));
    let evaluation = evaluate(&template, &Arguments::new(), &context());
    assert_eq!(evaluation.diagnostics, []);
    let assignment = &evaluation.resources[1];
    let identity = "/subscriptions/11111111-1111-1111-1111-111111111111/resourceGroups/shop/providers/Microsoft.ManagedIdentity/userAssignedIdentities/i";
    let reference = format!("reference('{identity}', '2023-01-31').principalId");
    assert_eq!(
        assignment.body["properties"]["principalId"],
        format!("[{reference}]")
    );
    assert_eq!(
        assignment.id.resource_type(),
        "Microsoft.Authorization/roleAssignments"
    );
    assert_eq!(assignment.id.resource_group(), Some("shop"));
    assert_eq!(
        assignment.unresolved,
        Some(format!("[guid('{GROUP}', {reference})]"))
    );
}

#[test]
fn what_can_be_evaluated_is_given_beside_what_is_wrong() {
    let good = json!({"type": "Microsoft.A/as", "apiVersion": "1", "name": "good"});
    let bad = json!({"type": "Microsoft.A/as", "apiVersion": "1", "name": "bad", "properties": {"x": "[nonsense()]"}});
    let evaluation = evaluate(
        &template(json!({"resources": [bad, good]})),
        &Arguments::new(),
        &context(),
    );
    assert_eq!(evaluation.resources.len(), 1);
    assert_eq!(
        evaluation.diagnostics[0].pointer,
        "/resources/0/properties/x"
    );
}

#[test]
fn a_missing_parameter_is_said_once() {
    let template = template(json!({
        "parameters": {"p": {"type": "string"}},
        "variables": {"v": "[parameters('p')]"},
        "resources": [{"type": "Microsoft.A/as", "apiVersion": "1", "name": "[variables('v')]"}],
        "outputs": {"o": {"type": "string", "value": "[variables('v')]"}},
    }));
    let evaluation = evaluate(&template, &Arguments::new(), &context());
    assert_eq!(
        evaluation.diagnostics.len(),
        1,
        "{}",
        lines(&evaluation.diagnostics)
    );
    assert_eq!(evaluation.diagnostics[0].pointer, "/parameters/p");
}

/// Modules name a key of the caller's only where the caller gives one.
#[test]
fn a_name_of_what_is_not_read_is_not_looked_at() {
    let of = |existing: bool, condition: &str| {
        let template = template(json!({
            "languageVersion": "2.0",
            "parameters": {"key": {"type": "object", "nullable": true}},
            "resources": {
                "key": {
                    "existing": existing, "condition": condition, "type": "Microsoft.A/as/bs", "apiVersion": "1",
                    "resourceGroup": "[split(tryGet(parameters('key'), 'vault'), '/')[4]]",
                    "name": "[format('{0}/{1}', last(split(tryGet(parameters('key'), 'vault'), '/')), 'k')]",
                },
                "made": {"type": "Microsoft.A/as", "apiVersion": "1", "name": "made", "dependsOn": ["key"]},
            },
        }));
        let evaluation = evaluate(&template, &Arguments::new(), &context());
        let names = evaluation.resources.iter().map(|it| it.name.clone());
        (names.collect::<Vec<_>>(), evaluation.diagnostics.len())
    };
    let absent = "[not(empty(parameters('key')))]";
    assert_eq!(of(true, absent), (vec!["made".to_owned()], 0));
    // One that would be made is named, and so is one that is read.
    assert_eq!(of(false, absent).1, 1);
    assert_eq!(of(true, "[empty(parameters('key'))]").1, 1);
}

/// A nested deployment with parameters that the outer template takes from a resource.
fn around(inner: Value, parameters: Value) -> Value {
    template(json!({
        "resources": {
            "identity": {"type": "Microsoft.ManagedIdentity/userAssignedIdentities", "apiVersion": "2023-01-31", "name": "i"},
            "inner": {
                "type": "Microsoft.Resources/deployments", "apiVersion": "2025-04-01", "name": "inner",
                "properties": {"mode": "Incremental", "expressionEvaluationOptions": {"scope": "inner"},
                    "template": template(inner), "parameters": parameters},
            },
        },
    }))
}

#[test]
fn a_list_with_unknown_parts_has_its_length() {
    let inner = json!({
        "parameters": {"roles": {"type": "array"}},
        "resources": [{
            "type": "Microsoft.A/as", "apiVersion": "1", "name": "[format('a{0}', copyIndex())]",
            "copy": {"name": "all", "count": "[length(coalesce(parameters('roles'), createArray()))]"},
        }],
    });
    let roles = json!({"roles": {"value": [{"principal": "[reference('identity').principalId]"}, {"principal": "x"}]}});
    let evaluation = evaluate(&around(inner, roles), &Arguments::new(), &context());
    assert_eq!(evaluation.diagnostics, []);
    let names = evaluation.resources.iter().map(|it| it.name.as_str());
    assert_eq!(names.collect::<Vec<_>>(), ["i", "a0", "a1"]);
}

#[test]
fn what_a_module_takes_from_a_resource_may_count_and_place_its_resources() {
    let module = |name: &str| {
        json!({
            "type": "Microsoft.Resources/deployments", "apiVersion": "2025-04-01", "name": name,
            "resourceGroup": "[parameters('group')]",
            "properties": {"mode": "Incremental", "expressionEvaluationOptions": {"scope": "inner"},
                "template": template(json!({"resources": [{"type": "Microsoft.A/as", "apiVersion": "1", "name": "there"}]}))},
        })
    };
    let counted = |count: &str| json!({"type": "Microsoft.A/as", "apiVersion": "1", "name": "[format('a{0}', copyIndex())]", "copy": {"name": "all", "count": count}});
    let inner = |count: &str| {
        let resources = json!([
            counted(count),
            module("elsewhere"),
            module("[format('m-{0}', parameters('group'))]")
        ]);
        json!({"parameters": {"group": {"type": "string"}, "items": {"type": "array"}}, "resources": resources})
    };
    let parameters = json!({"group": {"value": "[reference('identity').clientId]"}, "items": {"value": "[reference('identity').items]"}});
    let open = around(inner("[length(parameters('items'))]"), parameters.clone());
    let evaluation = evaluate(&open, &Arguments::new(), &context());
    assert_eq!(
        evaluation.diagnostics,
        [],
        "{}",
        lines(&evaluation.diagnostics)
    );
    let names = evaluation.resources.iter().map(|it| it.name.as_str());
    assert_eq!(names.collect::<Vec<_>>(), ["i", "a0", "there", "there"]);
    // A template's own look at a resource comes too late for its count, and nothing around the outermost one gives it values.
    let own = around(inner("[length(reference('x', '1').items)]"), parameters);
    let late = template(json!({"resources": [counted("[length(reference('x', '1').items)]")]}));
    for wrong in [own, late] {
        let evaluation = evaluate(&wrong, &Arguments::new(), &context());
        assert!(lines(&evaluation.diagnostics).contains("known only while the deployment runs"));
    }
}

#[test]
fn a_module_that_is_not_deployed_needs_no_place() {
    let template = |condition: &str| {
        template(json!({
            "parameters": {"key": {"type": "object", "defaultValue": {}}},
            "resources": [{
                "condition": condition, "type": "Microsoft.Resources/deployments", "apiVersion": "2025-04-01", "name": "keys",
                "resourceGroup": "[split(tryGet(parameters('key'), 'vault'), '/')[4]]",
                "properties": {"mode": "Incremental", "template": {"resources": []}},
            }],
        }))
    };
    let found = |condition: &str| {
        evaluate(&template(condition), &Arguments::new(), &context())
            .diagnostics
            .len()
    };
    assert_eq!(found("[not(empty(parameters('key')))]"), 0);
    assert_eq!(found("[empty(parameters('key'))]"), 1);
}

#[test]
fn what_is_looked_up_by_text_that_stands_for_another_is_unknown() {
    let found = |location: &str| {
        let resource = json!({
            "type": "Microsoft.A/as", "apiVersion": "1", "name": "a",
            "properties": {"pair": "[variables('pairs')[parameters('location')]]", "group": "[split(parameters('location'), '/')[4]]"},
        });
        let template = template(json!({
            "parameters": {"location": {"type": "string"}},
            "variables": {"pairs": {"swedencentral": "swedensouth"}},
            "resources": [resource],
        }));
        let arguments = Arguments::from_json(&json!({"location": {"value": location}})).unwrap();
        evaluate(&template, &arguments, &context())
    };
    let mark = taxiway_arm::STAND_IN;
    let open = found(&format!("{mark}location{mark}"));
    assert_eq!(open.diagnostics, []);
    let pair = open.resources[0].body["properties"]["pair"].as_str();
    assert!(pair.unwrap().starts_with("[createObject('swedencentral'"));
    assert_eq!(found("nowhere").diagnostics.len(), 1);
}
