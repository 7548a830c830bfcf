//! A real deployment, resource by resource.

use serde_json::{Value, json};
use taxiway_arm::{Arguments, Deployment, ResourceId, Step};

use crate::support::{Deployed, GROUP, arguments, context, id, lines, template};

fn prepare(resources: Value) -> Result<Deployment, String> {
    Deployment::prepare(
        &template(json!({"resources": resources})),
        &Arguments::new(),
        &context(),
    )
    .map_err(|diagnostics| lines(&diagnostics))
}

/// Resources in order, one a line: name, what each waits for.
fn order(deployment: &Deployment) -> String {
    let resources = deployment.resources();
    let lines: Vec<String> = resources
        .iter()
        .map(|resource| {
            let needs: Vec<String> = resource
                .dependencies
                .iter()
                .map(|index| resources[*index].id.full_name())
                .collect();
            format!("{} ← {}", resource.id.full_name(), needs.join(", "))
        })
        .collect();
    lines.join("\n")
}

fn a(name: &str, depends_on: &[&str]) -> Value {
    json!({"type": "Microsoft.A/as", "apiVersion": "1", "name": name, "dependsOn": depends_on})
}

#[test]
fn depends_on_takes_ids_names_types_with_names_and_loops() {
    let mut looped = a("[concat('l', copyIndex())]", &[]);
    looped["copy"] = json!({"name": "loop", "count": 2});
    let by_id = a("by-id", &["[resourceId('Microsoft.A/as', 'last')]"]);
    let by_name = a("by-name", &["LAST"]);
    let by_type = a(
        "by-type",
        &[
            "Microsoft.A/as/last",
            "[resourceId('Microsoft.A/as/bs', 'last', 'child')]",
        ],
    );
    let mut child = a("last/child", &[]);
    child["type"] = json!("Microsoft.A/as/bs");
    let resources = json!([
        by_id,
        by_name,
        by_type,
        a("after", &["loop"]),
        looped,
        child,
        a("last", &[])
    ]);
    insta::assert_snapshot!(order(&prepare(resources).unwrap()), @r"
    l0 ← 
    l1 ← 
    after ← l0, l1
    last/child ← 
    last ← 
    by-id ← last
    by-name ← last
    by-type ← last/child, last
    ");
}

#[test]
fn reference_by_name_is_a_dependency_and_by_id_with_a_version_is_none() {
    let mut reader = a("reader", &[]);
    reader["properties"] =
        json!({"x": ["[reference('source').x]"], "k": "[listKeys(concat('sou', 'rce2'), '1').k]"});
    let mut other = a("other", &[]);
    other["properties"] = json!({
        "with": "[reference(resourceId('Microsoft.A/as', 'source'), '1').x]",
        "without": "[reference(resourceId('Microsoft.A/as', 'source2')).x]",
        "self": "[reference('other').x]",
    });
    let resources = json!([reader, other, a("source", &[]), a("source2", &[])]);
    insta::assert_snapshot!(order(&prepare(resources).unwrap()), @r"
    source ← 
    source2 ← 
    reader ← source, source2
    other ← source2
    ");
}

#[test]
fn symbolic_names_name_resources_and_elements() {
    let resources = json!({
        "reader": {"type": "Microsoft.A/as", "apiVersion": "1", "name": "reader", "properties": {"x": "[reference('copies[1]').x]"}},
        "all": {"type": "Microsoft.A/as", "apiVersion": "1", "name": "all", "dependsOn": ["copies"]},
        "one": {"type": "Microsoft.A/as", "apiVersion": "1", "name": "one", "dependsOn": ["[format('copies[{0}]', 0)]", "seen"]},
        "copies": {"type": "Microsoft.A/as", "apiVersion": "1", "name": "[format('c{0}', copyIndex())]", "copy": {"name": "copies", "count": 2}},
        "none": {"type": "Microsoft.A/as", "apiVersion": "1", "name": "[format('n{0}', copyIndex())]", "copy": {"name": "none", "count": 0}},
        "after_none": {"type": "Microsoft.A/as", "apiVersion": "1", "name": "after-none", "dependsOn": ["none"]},
        "seen": {"existing": true, "type": "Microsoft.A/as", "apiVersion": "1", "name": "seen", "resourceGroup": "elsewhere"},
    });
    let deployment = prepare(resources).unwrap();
    insta::assert_snapshot!(order(&deployment), @r"
    c0 ← 
    c1 ← 
    reader ← c1
    all ← c0, c1
    after-none ← 
    seen ← 
    one ← c0, seen
    ");
    let seen = &deployment.resources()[5];
    assert!(seen.existing);
    assert_eq!(seen.id.resource_group(), Some("elsewhere"));
    assert_eq!(
        deployment.evaluate(5, &Deployed::default()),
        Ok(Step::Existing)
    );
}

#[test]
fn serial_loops_wait_batch_by_batch() {
    let mut looped = a("[concat('l', copyIndex())]", &[]);
    looped["copy"] = json!({"name": "loop", "count": 5, "mode": "serial", "batchSize": 2});
    insta::assert_snapshot!(order(&prepare(json!([looped])).unwrap()), @r"
    l0 ← 
    l1 ← 
    l2 ← l0, l1
    l3 ← l0, l1
    l4 ← l2, l3
    ");
}

#[test]
fn cycles_and_unknown_dependencies_are_refused() {
    let cycle = prepare(json!([
        a("free", &[]),
        a("x", &["y"]),
        a("y", &["z"]),
        a("z", &["x"])
    ]))
    .unwrap_err();
    insta::assert_snapshot!(cycle, @"/resources/1 InvalidTemplate: Deployment template validation failed: 'Circular dependency detected on resource: '/subscriptions/11111111-1111-1111-1111-111111111111/resourceGroups/shop/providers/Microsoft.A/as/x'. The resources wait for one another: Microsoft.A/as/x → Microsoft.A/as/y → Microsoft.A/as/z → Microsoft.A/as/x. Please see https://aka.ms/arm-syntax-resources for usage details.'.");
    let unknown = prepare(json!([a("x", &["y"])])).unwrap_err();
    assert!(
        unknown.starts_with("/resources/0/dependsOn/0 InvalidTemplate"),
        "{unknown}"
    );
    assert!(unknown.contains("The resource 'y' is not defined in the template"));
}

#[test]
fn what_is_wrong_with_resources_is_refused() {
    let cases = [
        (
            json!([{"type": "Microsoft.A/as", "name": "x"}]),
            "Required property 'apiVersion' not found",
        ),
        (
            json!([{"apiVersion": "1", "name": "x"}]),
            "Required property 'type' not found",
        ),
        (json!([a("", &[])]), "Required property 'name' not found"),
        (
            json!([a("x/y", &[])]),
            "The template resource 'x/y' for type 'Microsoft.A/as' has incorrect segment lengths",
        ),
        (
            json!([a("x", &[]), a("X", &[])]),
            "The resource 'Microsoft.A/as/X' is defined multiple times in a template",
        ),
        (
            json!([a("[reference('x').name]", &[])]),
            "is not expected at this location: its value is known only while the deployment runs",
        ),
        (
            json!([{"type": "core/Service@v1", "import": "kubernetes"}]),
            "Resources of the extension \"kubernetes\" are not supported",
        ),
        (json!([3]), "The template resource is not an object"),
        (
            json!([{"type": "Microsoft.A/as", "apiVersion": "1", "name": "x", "condition": "yes"}]),
            "must evaluate to a value of type 'Boolean'",
        ),
    ];
    for (resources, expected) in cases {
        let message = prepare(resources).unwrap_err();
        assert!(message.contains(expected), "{message}\n  lacks {expected}");
    }
}

#[test]
fn nested_classic_resources_take_type_and_name_of_their_parent() {
    let mut site = a("site", &[]);
    site["type"] = json!("Microsoft.Web/sites");
    site["resources"] = json!([{
        "type": "slots", "apiVersion": "1", "name": "staging", "dependsOn": ["[resourceId('Microsoft.Web/sites', 'site')]"],
        "resources": [{"type": "config", "apiVersion": "1", "name": "web"}],
    }]);
    let deployment = prepare(json!([site])).unwrap();
    let found: Vec<String> = deployment
        .resources()
        .iter()
        .map(|resource| {
            format!(
                "{} {} {}",
                resource.pointer,
                resource.resource_type,
                resource.id.full_name()
            )
        })
        .collect();
    assert_eq!(
        found,
        [
            "/resources/0 Microsoft.Web/sites site",
            "/resources/0/resources/0 Microsoft.Web/sites/slots site/staging",
            "/resources/0/resources/0/resources/0 Microsoft.Web/sites/slots/config site/staging/web",
        ]
    );
}

#[test]
fn a_resource_is_evaluated_when_its_turn_comes() {
    let template = template(json!({
        "parameters": {"password": {"type": "securestring"}},
        "resources": [
            a("source", &[]),
            {
                "type": "Microsoft.A/as", "apiVersion": "2024-01-01", "name": "[concat('c', copyIndex())]",
                "condition": "[equals(length(parameters('password')), 7)]",
                "copy": {"name": "loop", "count": 2},
                "location": "[resourceGroup().location]",
                "dependsOn": ["source"],
                "comments": "no part of the resource",
                "metadata": {"description": "neither"},
                "properties": {
                    "copy": [{"name": "items", "count": 2, "input": {"n": "[add(mul(copyIndex(), 10), copyIndex('items'))]"}}],
                    "password": "[parameters('password')]",
                    "host": "[reference('source').host]",
                    "full": "[reference('source', '1', 'Full').location]",
                    "key": "[listKeys('source', '2').function]",
                    "[concat('k', copyIndex())]": "[[literal]",
                },
            },
            {"type": "Microsoft.A/as", "apiVersion": "1", "name": "skipped", "condition": false, "properties": {"x": "[reference('source').missing]"}},
        ],
        "outputs": {
            "host": {"type": "string", "value": "[reference('source').host]"},
            "secret": {"type": "securestring", "value": "[parameters('password')]"},
            "left_out": {"condition": false, "type": "string", "value": "x"},
            "list": {"type": "array", "copy": {"count": 2, "input": "[copyIndex(1)]"}},
        },
    }));
    let given = arguments(json!({"password": "hunter2"}));
    let deployment = Deployment::prepare(&template, &given, &context()).unwrap();
    let source = format!("{GROUP}/providers/Microsoft.A/as/source");
    let state = Deployed::default().with(
        &source,
        json!({"location": "here", "properties": {"host": "h"}}),
    );
    let Step::Resource(resource) = deployment.evaluate(2, &state).unwrap() else {
        panic!("not a resource");
    };
    assert_eq!(resource.name, "c1");
    assert_eq!(resource.copy_index, Some(1));
    assert_eq!(resource.api_version, "2024-01-01");
    assert_eq!(
        resource.body,
        json!({
            "location": "swedencentral",
            "properties": {
                "items": [{"n": 10}, {"n": 11}], "password": "hunter2", "host": "h", "full": "here",
                "key": "listKeys", "k1": "[literal]",
            },
        })
    );
    assert_eq!(deployment.evaluate(3, &state), Ok(Step::Skipped));
    let outputs = deployment.outputs(&state).unwrap();
    assert_eq!(
        outputs.keys().collect::<Vec<_>>(),
        ["host", "secret", "list"]
    );
    assert_eq!(outputs["host"].value, "h");
    assert_eq!(
        (
            outputs["secret"].output_type.as_str(),
            outputs["secret"].secure
        ),
        ("SecureString", true)
    );
    assert_eq!(outputs["list"].value, json!([1, 2]));

    let missing = deployment.evaluate(1, &Deployed::default()).unwrap_err();
    assert_eq!(missing.code, "ResourceNotFound");
    assert_eq!(missing.pointer, "/resources/1/properties/host");
    assert!(missing.message.contains(
        "The Resource 'Microsoft.A/as/source' under resource group 'shop' was not found"
    ));
    assert!(deployment.evaluate(9, &state).is_err());
    let failed = deployment.outputs(&Deployed::default()).unwrap_err();
    assert_eq!(failed[0].code, "DeploymentOutputEvaluationFailed");
}

#[test]
fn an_output_must_have_the_declared_type() {
    let template = template(json!({"outputs": {"o": {"type": "string", "value": 1}}}));
    let deployment = Deployment::prepare(&template, &Arguments::new(), &context()).unwrap();
    let failed = lines(&deployment.outputs(&Deployed::default()).unwrap_err());
    insta::assert_snapshot!(failed, @"/outputs/o DeploymentOutputEvaluationFailed: The template output 'o' is not valid: Expected a value of type 'String, Uri', but received a value of type 'Integer'.");
}

#[test]
fn references_reads_a_whole_loop() {
    let template = template(json!({
        "languageVersion": "2.0",
        "resources": {
            "copies": {"type": "Microsoft.A/as", "apiVersion": "1", "name": "[format('c{0}', copyIndex())]", "copy": {"name": "copies", "count": 2}},
        },
        "outputs": {
            "hosts": {"type": "array", "value": "[map(references('copies'), lambda('r', lambdaVariables('r').host))]"},
            "full": {"type": "array", "value": "[references('copies', 'full')]"},
        },
    }));
    let deployment = Deployment::prepare(&template, &Arguments::new(), &context()).unwrap();
    let mut state = Deployed::default();
    for name in ["c0", "c1"] {
        state = state.with(
            &format!("{GROUP}/providers/Microsoft.A/as/{name}"),
            json!({"properties": {"host": name}}),
        );
    }
    let outputs = deployment.outputs(&state).unwrap();
    assert_eq!(outputs["hosts"].value, json!(["c0", "c1"]));
    assert_eq!(outputs["full"].value[1]["properties"]["host"], "c1");
}

#[test]
fn scopes_are_ids_relative_ids_or_the_tenant() {
    let of = |scope: &str| {
        let resource = json!({"type": "Microsoft.Authorization/locks", "apiVersion": "1", "name": "l", "scope": scope});
        prepare(json!([resource])).map(|deployment| deployment.resources()[0].id.clone())
    };
    let vault = format!("{GROUP}/providers/Microsoft.KeyVault/vaults/v");
    let lock = |scope: &str| {
        id(&format!(
            "{scope}/providers/Microsoft.Authorization/locks/l"
        ))
    };
    assert_eq!(of(&vault), Ok(lock(&vault)));
    assert_eq!(of("Microsoft.KeyVault/vaults/v"), Ok(lock(&vault)));
    assert_eq!(of("/"), Ok(lock("")));
    assert_eq!(
        of("Microsoft.Management/managementGroups/m"),
        Ok(lock("/providers/Microsoft.Management/managementGroups/m"))
    );
    assert!(
        of("nonsense")
            .unwrap_err()
            .contains("The scope is not valid")
    );
    let group =
        json!({"type": "Microsoft.Resources/resourceGroups", "apiVersion": "1", "name": "g"});
    let deployment = prepare(json!([group])).unwrap();
    assert_eq!(
        deployment.resources()[0].id,
        ResourceId::for_resource_group("11111111-1111-1111-1111-111111111111", "g").unwrap()
    );
}

#[test]
fn a_deployment_may_be_shared_between_threads() {
    fn shareable<T: Send + Sync>(_: &T) {}
    shareable(&prepare(json!([])).unwrap());
}

#[test]
fn a_resource_may_be_left_alone_where_it_exists() {
    let mut once = a("once", &[]);
    once["@options"] = json!({"onlyIfNotExists": []});
    let deployment = prepare(json!([once])).unwrap();
    let there =
        Deployed::default().with(&format!("{GROUP}/providers/Microsoft.A/as/once"), json!({}));
    assert_eq!(deployment.evaluate(0, &there), Ok(Step::Existing));
    assert!(matches!(
        deployment.evaluate(0, &Deployed::default()),
        Ok(Step::Resource(_))
    ));
}

#[test]
fn assertions_hold_or_stop_the_deployment() {
    let of = |condition: &str| {
        let template = template(json!({"asserts": {"a": condition}, "resources": []}));
        Deployment::prepare(&template, &Arguments::new(), &context())
            .map(|_| "accepted".to_owned())
            .unwrap_or_else(|diagnostics| lines(&diagnostics))
    };
    assert_eq!(of("[equals(1, 1)]"), "accepted");
    assert_eq!(
        of("[equals(1, 2)]"),
        "/asserts/a AssertionFailed: The assertion 'a' does not hold."
    );
}

#[test]
fn what_is_printed_holds_no_secret() {
    let template = template(json!({
        "parameters": {"password": {"type": "securestring"}, "name": {"type": "string"}},
        "resources": [{"type": "Microsoft.A/as", "apiVersion": "1", "name": "x", "properties": {"p": "[parameters('password')]"}}],
        "outputs": {"o": {"type": "securestring", "value": "[parameters('password')]"}},
    }));
    let given = arguments(json!({"password": "hunter2", "name": "shown"}));
    let deployment = Deployment::prepare(&template, &given, &context()).unwrap();
    let state = Deployed::default();
    let printed = format!(
        "{given:?} {deployment:?} {:?} {:?}",
        deployment.evaluate(0, &state),
        deployment.outputs(&state)
    );
    assert!(!printed.contains("hunter2"), "{printed}");
    assert!(printed.contains("shown"));
}
