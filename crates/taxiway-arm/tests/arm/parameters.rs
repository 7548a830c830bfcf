//! Parameters: defaults, types and limits, and what Azure says where a value does not fit.

use serde_json::{Value, json};
use taxiway_arm::{Argument, Arguments, Deployment};

use crate::support::{Deployed, arguments, context, lines, template};

/// The values of a template's parameters, or what is wrong with them.
fn values(parameters: Value, given: Value) -> Result<Value, String> {
    let template = template(json!({"parameters": parameters}));
    match Deployment::prepare(&template, &arguments(given), &context()) {
        Ok(deployment) => Ok(deployment
            .parameters()
            .iter()
            .map(|(name, parameter)| (name.clone(), parameter.value.clone()))
            .collect()),
        Err(diagnostics) => Err(lines(&diagnostics)),
    }
}

#[test]
fn defaults_may_use_other_parameters_in_any_order() {
    let parameters = json!({
        "name": {"type": "string", "defaultValue": "[concat(parameters('prefix'), '-', parameters('count'))]"},
        "prefix": {"type": "string", "defaultValue": "[resourceGroup().name]"},
        "count": {"type": "int"},
        "optional": {"type": "string", "nullable": true},
        "now": {"type": "string", "defaultValue": "[utcNow()]"},
        "day": {"type": "string", "defaultValue": "[utcNow('yyyy-MM-dd')]"},
        "from_null": {"type": "string", "defaultValue": "d"},
    });
    assert_eq!(
        values(parameters, json!({"COUNT": 3, "from_null": null})),
        Ok(json!({
            "name": "shop-3", "prefix": "shop", "count": 3, "optional": null,
            "now": "20260304T050607Z", "day": "2026-03-04", "from_null": "d",
        }))
    );
}

#[test]
fn new_guids_differ_and_are_the_same_for_the_same_seed() {
    let parameters = json!({
        "a": {"type": "string", "defaultValue": "[newGuid()]"},
        "b": {"type": "string", "defaultValue": "[newGuid()]"},
        "two": {"type": "array", "defaultValue": ["[newGuid()]", "[newGuid()]"]},
    });
    let first = values(parameters.clone(), json!({})).unwrap();
    assert_eq!(first, values(parameters, json!({})).unwrap());
    assert_ne!(first["a"], first["b"]);
    assert_ne!(first["two"][0], first["two"][1]);
}

#[test]
fn what_does_not_fit_is_refused_in_azures_words() {
    let cases = [
        (
            json!({"type": "string"}),
            json!({}),
            "The value for the template parameter 'p' is not provided.",
        ),
        (
            json!({"type": "string"}),
            json!({"p": 1}),
            "Expected a value of type 'String, Uri', but received a value of type 'Integer'.",
        ),
        (
            json!({"type": "int"}),
            json!({"p": "1"}),
            "Expected a value of type 'Integer', but received a value of type 'String'.",
        ),
        (
            json!({"type": "bool"}),
            json!({"p": "true"}),
            "Expected a value of type 'Boolean', but received a value of type 'String'.",
        ),
        (
            json!({"type": "array"}),
            json!({"p": {}}),
            "Expected a value of type 'Array', but received a value of type 'Object'.",
        ),
        (
            json!({"type": "object"}),
            json!({"p": null}),
            "Expected a value of type 'Object', but received a value of type 'Null'.",
        ),
        (
            json!({"type": "string", "allowedValues": ["a", "b"]}),
            json!({"p": "c"}),
            "The value 'c' is not part of the allowed value(s): 'a,b'.",
        ),
        (
            json!({"type": "securestring", "allowedValues": ["a"]}),
            json!({"p": "hunter2"}),
            "The value '*******' is not part of the allowed value(s): 'a'.",
        ),
        (
            json!({"type": "string", "minLength": 3}),
            json!({"p": "ab"}),
            "Length of the value should be greater than or equal to '3'.",
        ),
        (
            json!({"type": "array", "maxLength": 1}),
            json!({"p": [1, 2]}),
            "Length of the value should be less than or equal to '1'.",
        ),
        (
            json!({"type": "int", "minValue": 1}),
            json!({"p": 0}),
            "The value should be greater than or equal to '1'.",
        ),
        (
            json!({"type": "int", "maxValue": 1}),
            json!({"p": 2}),
            "The value should be less than or equal to '1'.",
        ),
        (
            json!({"type": "array", "items": {"type": "int"}}),
            json!({"p": [1, "a"]}),
            "received a value of type 'String' (path '[1]').",
        ),
        (
            json!({"type": "array", "prefixItems": [{"type": "int"}], "items": false}),
            json!({"p": [1, 2]}),
            "No element is expected (path '[1]').",
        ),
        (
            json!({"type": "object", "properties": {"a": {"type": "int"}}}),
            json!({"p": {}}),
            "The required property 'a' is missing.",
        ),
        (
            json!({"type": "object", "properties": {"a": {"type": "int"}}}),
            json!({"p": {"a": "x"}}),
            "received a value of type 'String' (path 'a').",
        ),
        (
            json!({"type": "object", "additionalProperties": false}),
            json!({"p": {"b": 1}}),
            "The property 'b' is not expected.",
        ),
        (
            json!({"type": "frob"}),
            json!({"p": 1}),
            "The type \"frob\" is not valid.",
        ),
        (
            json!({"$ref": "#/definitions/none"}),
            json!({"p": 1}),
            "The definition '#/definitions/none' is not found.",
        ),
        (
            json!({"type": "string", "defaultValue": "[parameters('p')]"}),
            json!({}),
            "depends on itself",
        ),
        (
            json!({"type": "string", "defaultValue": "[reference('x')]"}),
            json!({}),
            "cannot be evaluated at the start of a deployment",
        ),
    ];
    for (schema, given, expected) in cases {
        let message = values(json!({"p": schema}), given).unwrap_err();
        assert!(message.contains(expected), "{message}\n  lacks {expected}");
        assert!(message.starts_with("/parameters/p "), "{message}");
        assert!(!message.contains("hunter2"));
    }
}

#[test]
fn unknown_parameters_are_named_together() {
    let message = values(
        json!({"a": {"type": "int"}}),
        json!({"a": 1, "b": 2, "c": 3}),
    )
    .unwrap_err();
    insta::assert_snapshot!(message, @"/parameters InvalidTemplate: Deployment template validation failed: 'The following parameters were supplied, but do not correspond to any parameters defined in the template: 'b, c'. The parameters defined in the template are: 'a'. Please see https://aka.ms/arm-pass-parameter-values for usage details.'.");
}

#[test]
fn definitions_and_variants_are_followed() {
    let definitions = json!({
        "name": {"type": "string", "minLength": 2},
        "tree": {"type": "object", "properties": {
            "name": {"$ref": "#/definitions/name"},
            "children": {"type": "array", "items": {"$ref": "#/definitions/tree"}, "nullable": true},
        }},
        "shape": {"type": "object", "discriminator": {"propertyName": "kind", "mapping": {
            "circle": {"properties": {"radius": {"type": "int"}}},
        }}},
    });
    let check = |reference: &str, value: Value| {
        let template = template(json!({
            "definitions": definitions,
            "parameters": {"p": {"$ref": format!("#/definitions/{reference}")}},
        }));
        Deployment::prepare(&template, &arguments(json!({"p": value})), &context())
            .map(|deployment| deployment.parameters()["p"].parameter_type.clone())
            .map_err(|diagnostics| lines(&diagnostics))
    };
    assert_eq!(
        check("tree", json!({"name": "ab", "children": [{"name": "cd"}]})),
        Ok("Object".to_owned())
    );
    let deep = check("tree", json!({"name": "ab", "children": [{"name": "c"}]})).unwrap_err();
    assert!(deep.contains("'2' (path 'children[0].name')"), "{deep}");
    assert!(check("shape", json!({"kind": "circle", "radius": 1})).is_ok());
    assert!(
        check("shape", json!({"kind": "square"}))
            .unwrap_err()
            .contains("must be one of 'circle'")
    );
    assert!(
        check("shape", json!({"kind": "circle"}))
            .unwrap_err()
            .contains("'radius' is missing")
    );
}

#[test]
fn parameter_files_and_vault_references_are_read() {
    let arguments = Arguments::from_json(&json!({
        "$schema": "…", "contentVersion": "1.0.0.0",
        "parameters": {
            "a": {"value": 1},
            "password": {"reference": {
                "keyVault": {"id": "/subscriptions/s/resourceGroups/g/providers/Microsoft.KeyVault/vaults/v"},
                "secretName": "n",
            }},
        },
    }))
    .unwrap();
    assert_eq!(arguments.get("A"), Some(&Argument::Value(json!(1))));
    let (name, reference) = arguments.key_vault_references().next().unwrap();
    assert_eq!(
        (name, reference.vault.name(), reference.secret_name.as_str()),
        ("password", "v", "n")
    );
    let template = template(
        json!({"parameters": {"a": {"type": "int"}, "password": {"type": "securestring"}}}),
    );
    let unfetched = Deployment::prepare(&template, &arguments, &context()).unwrap_err();
    assert_eq!(unfetched[0].code, "KeyVaultParameterReferenceNotResolved");
    let mut fetched = arguments;
    fetched.set("password", json!("hunter2"));
    let deployment = Deployment::prepare(&template, &fetched, &context()).unwrap();
    assert!(deployment.parameters()["password"].secure);
    assert!(!deployment.parameters()["a"].secure);
    for wrong in [
        json!([]),
        json!({"a": {}}),
        json!({"a": {"reference": {}}}),
        json!({"a": 1}),
    ] {
        assert!(Arguments::from_json(&wrong).is_err(), "{wrong}");
    }
}

#[test]
fn variables_may_use_each_other_and_loops() {
    let template = template(json!({
        "variables": {
            "copy": [{"name": "names", "count": "[length(variables('list'))]", "input": {"n": "[concat(variables('prefix'), variables('list')[copyIndex('names')])]", "i": "[copyIndex('names', 10)]"}}],
            "list": ["a", "b"],
            "prefix": "[toUpper(variables('lower'))]",
            "lower": "x",
            "dynamic": "[variables(concat('pre', 'fix'))]",
        },
        "outputs": {
            "names": {"type": "array", "value": "[variables('names')]"},
            "dynamic": {"type": "string", "value": "[variables('DYNAMIC')]"},
        },
    }));
    let deployment = Deployment::prepare(&template, &Arguments::new(), &context()).unwrap();
    let outputs = deployment.outputs(&Deployed::default()).unwrap();
    assert_eq!(
        outputs["names"].value,
        json!([{"n": "Xa", "i": 10}, {"n": "Xb", "i": 11}])
    );
    assert_eq!(outputs["dynamic"].value, "X");
}

#[test]
fn a_variable_that_depends_on_itself_is_refused() {
    let template =
        template(json!({"variables": {"a": "[variables('b')]", "b": "[variables('a')]"}}));
    let diagnostics = Deployment::prepare(&template, &Arguments::new(), &context()).unwrap_err();
    assert!(lines(&diagnostics).contains("The template variable 'a' depends on itself"));
}

#[test]
fn functions_of_the_template_see_only_their_parameters() {
    let functions = json!([{"namespace": "__bicep", "members": {
        "double": {
            "parameters": [{"name": "n", "type": "int"}],
            "output": {"type": "int", "value": "[mul(parameters('n'), 2)]"},
        },
        "url": {
            "parameters": [{"name": "host", "type": "string"}],
            "output": {"type": "object", "value": {"url": "[format('https://{0}', parameters('host'))]", "n": "[__bicep.double(4)]"}},
        },
    }}]);
    let output = |expression: &str| {
        let template = template(json!({
            "functions": functions,
            "parameters": {"outer": {"type": "string", "defaultValue": "o"}},
            "outputs": {"o": {"value": expression}},
        }));
        Deployment::prepare(&template, &Arguments::new(), &context())
            .and_then(|deployment| deployment.outputs(&Deployed::default()))
            .map(|outputs| outputs["o"].value.clone())
            .map_err(|diagnostics| lines(&diagnostics))
    };
    assert_eq!(
        output("[__BICEP.url('h')]"),
        Ok(json!({"url": "https://h", "n": 8}))
    );
    assert!(
        output("[__bicep.double('x')]")
            .unwrap_err()
            .contains("parameter 'n': Expected a value of type 'Integer'")
    );
    assert!(
        output("[__bicep.double()]")
            .unwrap_err()
            .contains("it expects 1 parameters and was given 0")
    );
}

#[test]
fn a_given_value_is_found_whatever_its_case() {
    let mut arguments = Arguments::new();
    arguments.set("Name", json!("a"));
    arguments.set("name", json!("b"));
    assert_eq!(arguments.iter().count(), 1);
    assert_eq!(arguments.get("NAME"), Some(&Argument::Value(json!("b"))));
}
