//! Deployments inside deployments, as a real deployment meets them.

use serde_json::{Value, json};
use taxiway_arm::{Argument, Arguments, Deployment, ResourceGroup, Scope, Step};

use crate::support::{Deployed, GROUP, context, id, template};

#[test]
fn an_inner_deployment_gets_its_parameters_and_keeps_its_expressions() {
    let inner = template(json!({
        "parameters": {"host": {"type": "string"}, "password": {"type": "securestring"}},
        "outputs": {"url": {"type": "string", "value": "[format('https://{0}', parameters('host'))]"}},
    }));
    let outer = template(json!({
        "resources": {
            "source": {"type": "Microsoft.A/as", "apiVersion": "1", "name": "source"},
            "module": {
                "type": "Microsoft.Resources/deployments", "apiVersion": "2025-04-01", "name": "module",
                "subscriptionId": "s2", "resourceGroup": "g2",
                "properties": {
                    "expressionEvaluationOptions": {"scope": "inner"}, "mode": "Incremental",
                    "parameters": {
                        "host": {"value": "[reference('source').host]"},
                        "password": {"reference": {"keyVault": {"id": "[format('/subscriptions/s/resourceGroups/g/providers/Microsoft.KeyVault/vaults/{0}', 'v')]"}, "secretName": "n", "secretVersion": "1"}},
                    },
                    "template": inner,
                },
            },
        },
        "outputs": {"url": {"type": "string", "value": "[reference('module').outputs.url.value]"}},
    }));
    let deployment = Deployment::prepare(&outer, &Arguments::new(), &context()).unwrap();
    let source = format!("{GROUP}/providers/Microsoft.A/as/source");
    let state = Deployed::default().with(&source, json!({"properties": {"host": "h"}}));
    assert_eq!(deployment.resources()[1].dependencies, [0]);
    let Step::Nested(nested) = deployment.evaluate(1, &state).unwrap() else {
        panic!("not nested");
    };
    assert_eq!(
        nested.id,
        id("/subscriptions/s2/resourceGroups/g2/providers/Microsoft.Resources/deployments/module")
    );
    assert_eq!(nested.scope, id("/subscriptions/s2/resourceGroups/g2"));
    assert_eq!(nested.pointer, "/resources/module/properties/template");
    assert_eq!(
        nested.arguments.get("host"),
        Some(&Argument::Value(json!("h")))
    );
    let (_, reference) = nested.arguments.key_vault_references().next().unwrap();
    assert_eq!(
        (reference.vault.name(), reference.secret_version.as_deref()),
        ("v", Some("1"))
    );

    let mut given = nested.arguments.clone();
    given.set("password", json!("hunter2"));
    let subscription = taxiway_arm::Subscription {
        id: "s2".to_owned(),
        display_name: String::new(),
    };
    let group = ResourceGroup {
        name: "g2".to_owned(),
        location: "x".to_owned(),
        tags: serde_json::Map::new(),
    };
    let inner_context = nested.context(&context(), Scope::ResourceGroup(subscription, group));
    let inner = Deployment::prepare(&nested.template, &given, &inner_context).unwrap();
    assert_eq!(inner.outputs(&state).unwrap()["url"].value, "https://h");

    let done = state.with(
        nested.id.as_str(),
        json!({"properties": {"outputs": {"url": {"type": "String", "value": "https://h"}}}}),
    );
    assert_eq!(deployment.outputs(&done).unwrap()["url"].value, "https://h");
}

#[test]
fn an_outer_deployment_is_evaluated_with_the_names_around_it() {
    let nested = json!({
        "type": "Microsoft.Resources/deployments", "apiVersion": "2025-04-01", "name": "[concat('n', copyIndex())]",
        "copy": {"name": "outer", "count": 2},
        "properties": {
            "mode": "Incremental",
            "template": {
                "$schema": "s", "contentVersion": "1.0.0.0",
                "variables": {"v": "never seen"},
                "resources": [
                    {"type": "Microsoft.A/as", "apiVersion": "1", "name": "[concat(variables('v'), copyIndex())]", "properties": {"text": "[[kept]", "list": {"copy": [{"name": "xs", "count": 2, "input": "[copyIndex('xs')]"}]}}},
                    {"type": "Microsoft.A/as", "apiVersion": "1", "name": "[concat(variables('v'), 'loop', copyIndex())]", "copy": {"name": "inner", "count": 2}},
                ],
            },
        },
    });
    let outer = template(json!({"variables": {"v": "outer-"}, "resources": [nested]}));
    let deployment = Deployment::prepare(&outer, &Arguments::new(), &context()).unwrap();
    let Step::Nested(nested) = deployment.evaluate(1, &Deployed::default()).unwrap() else {
        panic!("not nested");
    };
    assert_eq!(nested.template["resources"][0]["name"], "outer-1");
    assert_eq!(
        nested.template["resources"][1]["name"],
        "[concat('outer-', 'loop', copyIndex())]"
    );
    let inner = Deployment::prepare(&nested.template, &nested.arguments, &context()).unwrap();
    let names: Vec<String> = inner
        .resources()
        .iter()
        .map(|resource| resource.id.full_name())
        .collect();
    assert_eq!(names, ["outer-1", "outer-loop0", "outer-loop1"]);
    let Step::Resource(resource) = inner.evaluate(0, &Deployed::default()).unwrap() else {
        panic!("not a resource");
    };
    assert_eq!(
        resource.body,
        json!({"properties": {"text": "[kept]", "list": {"xs": [0, 1]}}})
    );
}

#[test]
fn nested_deployments_that_cannot_be_run_are_refused() {
    let of = |properties: Value| {
        let nested = json!({"type": "Microsoft.Resources/deployments", "apiVersion": "1", "name": "n", "properties": properties});
        let deployment = Deployment::prepare(
            &template(json!({"resources": [nested]})),
            &Arguments::new(),
            &context(),
        )
        .unwrap();
        deployment
            .evaluate(0, &Deployed::default())
            .unwrap_err()
            .message
    };
    assert!(
        of(json!({"templateLink": {"uri": "https://x"}}))
            .contains("'templateLink' is not supported")
    );
    assert!(of(json!({"mode": "Complete", "template": {}})).contains("only 'Incremental' is"));
    assert!(
        of(json!({"mode": "[concat('Com', 'plete')]", "template": {}}))
            .contains("'Complete' is not supported")
    );
    assert!(of(json!({"mode": "Incremental"})).contains("has no template"));
    assert!(of(json!({"mode": "[concat('Incre', 'mental')]"})).contains("has no template"));
    assert!(of(json!({"template": {}, "parameters": {}})).contains("must not have parameters"));
}

#[test]
fn nested_deployments_make_guids_of_their_own() {
    let nested = |name: &str| {
        json!({
            "type": "Microsoft.Resources/deployments", "apiVersion": "1", "name": name,
            "properties": {"mode": "Incremental", "expressionEvaluationOptions": {"scope": "inner"}, "template": template(json!({
                "parameters": {"id": {"type": "string", "defaultValue": "[newGuid()]"}},
                "resources": [{"type": "Microsoft.A/as", "apiVersion": "1", "name": "[parameters('id')]"}],
            }))},
        })
    };
    let root = template(json!({"resources": [nested("one"), nested("two")]}));
    let evaluation = taxiway_arm::evaluate(&root, &Arguments::new(), &context());
    let ids: Vec<&str> = evaluation
        .resources
        .iter()
        .map(|resource| resource.id.name())
        .collect();
    assert_ne!(ids[0], ids[1]);
    let deployment = Deployment::prepare(&root, &Arguments::new(), &context()).unwrap();
    let Step::Nested(one) = deployment.evaluate(0, &Deployed::default()).unwrap() else {
        panic!("not nested");
    };
    let inner = Deployment::prepare(
        &one.template,
        &one.arguments,
        &one.context(&context(), context().scope),
    )
    .unwrap();
    assert_eq!(inner.resources()[0].id.name(), ids[0]);
}
