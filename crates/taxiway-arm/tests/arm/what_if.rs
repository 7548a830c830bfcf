//! What a deployment would change.

use serde_json::{Value, json};
use taxiway_arm::{Arguments, Change, Mode, evaluate, what_if};

use crate::support::{GROUP, arguments, context, template};

/// One resource `x`, as it is and as declared; the change as lines.
fn check(before: Value, declared: Value) -> String {
    let mut existing = json!({"id": format!("{GROUP}/providers/Microsoft.A/as/x"), "name": "x", "type": "Microsoft.A/as"});
    let mut resource = json!({"type": "Microsoft.A/as", "apiVersion": "1", "name": "x"});
    for (target, members) in [(&mut existing, before), (&mut resource, declared)] {
        for (name, value) in members.as_object().unwrap() {
            target[name] = value.clone();
        }
    }
    let evaluation = evaluate(
        &template(
            json!({"parameters": {"secret": {"type": "securestring"}}, "resources": [resource]}),
        ),
        &arguments(json!({"secret": "hunter2"})),
        &context(),
    );
    assert_eq!(evaluation.diagnostics, []);
    let other = json!({"id": format!("{GROUP}/providers/Microsoft.A/as/other"), "properties": {"host": "h"}});
    let changes = what_if(&[existing, other], &evaluation, Mode::Incremental);
    let change = changes
        .iter()
        .find(|change| change.resource_id.name() == "x")
        .unwrap();
    let text = serde_json::to_string(change).unwrap();
    assert!(!text.contains("hunter2"));
    shown(change)
}

fn shown(change: &Change) -> String {
    let mut lines = vec![format!("{:?}", change.change_type)];
    for delta in &change.delta {
        let of = |value: &Option<Value>| value.as_ref().map(Value::to_string).unwrap_or_default();
        lines.push(format!(
            "{:?} {}: {} → {}",
            delta.property_change_type,
            delta.path,
            of(&delta.before),
            of(&delta.after)
        ));
        for child in &delta.children {
            lines.push(format!(
                "  {:?} {}: {} → {}",
                child.property_change_type,
                child.path,
                of(&child.before),
                of(&child.after)
            ));
            for member in &child.children {
                lines.push(format!(
                    "    {:?} {}",
                    member.property_change_type, member.path
                ));
            }
        }
    }
    lines.join("\n")
}

#[test]
fn properties_are_compared_one_by_one() {
    let before = json!({"location": "West Europe", "kind": "Linux", "properties": {"a": 1, "b": {"c": "x", "d": true}, "id": "/Subscriptions/S", "n": 1.0}});
    let after = json!({"location": "westeurope", "kind": "linux", "properties": {"a": 2, "b": {"c": "X", "e": 1}, "id": "/subscriptions/s", "n": 1}});
    insta::assert_snapshot!(check(before, after), @r#"
    Modify
    Modify properties.a: 1 → 2
    Modify properties.b.c: "x" → "X"
    Create properties.b.e:  → 1
    "#);
}

#[test]
fn what_only_the_live_side_has_is_no_change() {
    let before = json!({"etag": "1", "properties": {"provisioningState": "Succeeded", "default": true, "nested": {"state": "Ready"}, "list": [{"name": "a", "state": "x"}]}});
    let after = json!({"properties": {"nested": {}, "empty": [], "nothing": null, "list": [{"name": "a"}]}});
    assert_eq!(check(before, after), "NoChange");
}

#[test]
fn tags_are_replaced_as_a_whole() {
    let changed = check(
        json!({"tags": {"a": "1", "b": "2"}}),
        json!({"tags": {"A": "1", "c": "3"}}),
    );
    insta::assert_snapshot!(changed, @r#"
    Modify
    Delete tags.b: "2" → 
    Create tags.c:  → "3"
    "#);
    assert_eq!(check(json!({"tags": {"a": "1"}}), json!({})), "NoChange");
}

#[test]
fn arrays_ignore_the_order_and_match_elements_by_name() {
    let before = json!({"properties": {"plain": [1, 2, 3], "named": [{"name": "a", "v": 1}, {"name": "b", "v": 2}], "objects": [{"v": 1, "state": "x"}]}});
    let same = json!({"properties": {"plain": [3, 2, 1], "named": [{"name": "b", "v": 2}, {"name": "a", "v": 1}], "objects": [{"v": 1}]}});
    assert_eq!(check(before.clone(), same), "NoChange");
    let other = json!({"properties": {"plain": [1, 2, 4], "named": [{"name": "a", "v": 9}]}});
    insta::assert_snapshot!(check(before, other), @r#"
    Modify
    Array properties.named: [{"name":"a","v":1},{"name":"b","v":2}] → [{"name":"a","v":9}]
      Modify 0: {"name":"a","v":1} → {"name":"a","v":9}
        Modify v
      Delete 1: {"name":"b","v":2} → 
    Array properties.plain: [1,2,3] → [1,2,4]
      Create 2:  → 4
      Delete 2: 3 → 
    "#);
}

#[test]
fn references_are_read_from_what_exists() {
    let reference =
        "[format('https://{0}', reference(resourceId('Microsoft.A/as', 'other'), '1').host)]";
    assert_eq!(
        check(
            json!({"properties": {"u": "https://h"}}),
            json!({"properties": {"u": reference}})
        ),
        "NoChange"
    );
    insta::assert_snapshot!(check(json!({"properties": {"u": "old"}}), json!({"properties": {"u": reference}})), @r#"
    Modify
    Modify properties.u: "old" → "https://h"
    "#);
}

#[test]
fn what_cannot_be_known_is_deployed_and_not_called_a_change() {
    let unknown = json!({"properties": {"u": "[reference(resourceId('Microsoft.A/as', 'later'), '1').host]"}});
    assert_eq!(
        check(json!({"properties": {"u": "old"}}), unknown),
        "Deploy"
    );
    // A password is never shown by the live side, so that it cannot be compared at all.
    assert_eq!(
        check(
            json!({"properties": {}}),
            json!({"properties": {"p": "[parameters('secret')]"}})
        ),
        "NoChange"
    );
}

#[test]
fn secrets_are_masked_on_both_sides() {
    let before = json!({"properties": {"adminPassword": "old", "settings": [{"name": "DJANGO_SECRET_KEY", "value": "old"}, {"name": "DEBUG", "value": "0"}]}});
    let after = json!({"properties": {"adminPassword": "new", "settings": [{"name": "DJANGO_SECRET_KEY", "value": "@Microsoft.KeyVault(SecretUri=https://v)"}, {"name": "DEBUG", "value": "0"}]}});
    insta::assert_snapshot!(check(before, after), @r#"
    Modify
    Modify properties.adminPassword: "*******" → "*******"
    Array properties.settings: [{"name":"DJANGO_SECRET_KEY","value":"*******"},{"name":"DEBUG","value":"0"}] → [{"name":"DJANGO_SECRET_KEY","value":"@Microsoft.KeyVault(SecretUri=https://v)"},{"name":"DEBUG","value":"0"}]
      Modify 0: {"name":"DJANGO_SECRET_KEY","value":"*******"} → {"name":"DJANGO_SECRET_KEY","value":"@Microsoft.KeyVault(SecretUri=https://v)"}
        Modify value
    "#);
}

#[test]
fn app_settings_are_replaced_as_a_whole() {
    let settings = format!("{GROUP}/providers/Microsoft.Web/sites/s/config/appsettings");
    let template = template(json!({"resources": [{
        "type": "Microsoft.Web/sites/config", "apiVersion": "1", "name": "s/appsettings", "properties": {"A": "1"},
    }]}));
    let evaluation = evaluate(&template, &Arguments::new(), &context());
    let before = [json!({"id": settings, "properties": {"A": "1", "B": "2"}})];
    let changes = what_if(&before, &evaluation, Mode::Incremental);
    insta::assert_snapshot!(shown(&changes[0]), @r#"
    Modify
    Delete properties.B: "2" → 
    "#);
}

#[test]
fn new_and_undeclared_resources_show_by_mode() {
    let evaluation = evaluate(
        &template(
            json!({"resources": [{"type": "Microsoft.A/as", "apiVersion": "1", "name": "new", "location": "x"}]}),
        ),
        &Arguments::new(),
        &context(),
    );
    let before = [
        json!({"id": format!("{GROUP}/providers/Microsoft.A/as/old")}),
        json!({"no": "id"}),
    ];
    let of = |mode| serde_json::to_value(what_if(&before, &evaluation, mode)).unwrap();
    assert_eq!(
        of(Mode::Incremental),
        json!([
            {
                "resourceId": format!("{GROUP}/providers/Microsoft.A/as/new"), "changeType": "Create",
                "after": {"apiVersion": "1", "id": format!("{GROUP}/providers/Microsoft.A/as/new"), "name": "new", "type": "Microsoft.A/as", "resourceGroup": "shop", "location": "x"},
            },
            {
                "resourceId": format!("{GROUP}/providers/Microsoft.A/as/old"), "changeType": "Ignore",
                "before": {"id": format!("{GROUP}/providers/Microsoft.A/as/old")},
            },
        ])
    );
    assert_eq!(of(Mode::Complete)[1]["changeType"], "Delete");
}

#[test]
fn a_name_made_of_what_exists_is_found() {
    let inner = template(json!({
        "parameters": {"host": {"type": "string"}},
        "resources": [{"type": "Microsoft.A/as", "apiVersion": "1", "name": "[concat('for-', parameters('host'))]", "properties": {"v": 1}}],
    }));
    let nested = json!({
        "type": "Microsoft.Resources/deployments", "apiVersion": "1", "name": "n",
        "properties": {
            "mode": "Incremental", "expressionEvaluationOptions": {"scope": "inner"}, "template": inner,
            "parameters": {"host": {"value": "[reference(resourceId('Microsoft.A/as', 'other'), '1').host]"}},
        },
    });
    let evaluation = evaluate(
        &template(json!({"resources": [nested]})),
        &Arguments::new(),
        &context(),
    );
    let other = json!({"id": format!("{GROUP}/providers/Microsoft.A/as/other"), "properties": {"host": "h"}});
    let named =
        json!({"id": format!("{GROUP}/providers/Microsoft.A/as/for-h"), "properties": {"v": 1}});
    let unknown = what_if(&[other.clone(), named.clone()], &evaluation, Mode::Complete);
    let unsupported = &unknown[2];
    assert_eq!(shown(unsupported), "Unsupported");
    assert!(
        unsupported
            .unsupported_reason
            .as_ref()
            .unwrap()
            .starts_with("its name is known only while it is deployed: [concat('for-', reference(")
    );

    let evaluation = evaluation.named_by(std::slice::from_ref(&other));
    assert_eq!(evaluation.resources[0].id.name(), "for-h");
    let found = what_if(&[other, named], &evaluation, Mode::Complete);
    let text: Vec<String> = found
        .iter()
        .map(|change| format!("{} {}", shown(change), change.resource_id.name()))
        .collect();
    assert_eq!(text, ["Delete other", "NoChange for-h"]);
    assert!(evaluation.named_by(&[]).resources[0].unresolved.is_none());
}

#[test]
fn the_configuration_of_a_site_is_compared_with_its_config_web() {
    let evaluation = evaluate(
        &template(json!({"resources": [{
            "type": "Microsoft.Web/sites", "apiVersion": "1", "name": "s",
            "properties": {"httpsOnly": true, "siteConfig": {"alwaysOn": true, "linuxFxVersion": "PYTHON|3.12", "acrUserManagedIdentityID": null}},
        }]})),
        &Arguments::new(),
        &context(),
    );
    let site = json!({"id": format!("{GROUP}/providers/Microsoft.Web/sites/s"), "properties": {"httpsOnly": true, "siteConfig": {"alwaysOn": null}}});
    let web = |version: &str| json!({"id": format!("{GROUP}/providers/Microsoft.Web/sites/s/config/web"), "properties": {"alwaysOn": true, "linuxFxVersion": version, "ftpsState": "Disabled"}});
    let of = |before: &[Value]| {
        let changes = what_if(before, &evaluation, Mode::Complete);
        // The configuration is the site's: it is not one that would go.
        let [change] = changes.as_slice() else {
            panic!("{changes:?}");
        };
        shown(change)
    };
    assert_eq!(of(std::slice::from_ref(&site)), "Deploy");
    assert_eq!(of(&[site.clone(), web("PYTHON|3.12")]), "NoChange");
    insta::assert_snapshot!(of(&[site, web("PYTHON|3.11")]), @r#"
    Modify
    Modify properties.siteConfig.linuxFxVersion: "PYTHON|3.11" → "PYTHON|3.12"
    "#);
}

#[test]
fn what_a_get_never_shows_is_no_change() {
    let of = |kind: &str, name: &str, properties: Value, live: Value| {
        let evaluation = evaluate(
            &template(
                json!({"resources": [{"type": kind, "apiVersion": "1", "name": name, "properties": properties}]}),
            ),
            &Arguments::new(),
            &context(),
        );
        let id = evaluation.resources[0].id.as_str();
        let before = json!({"id": id, "properties": live});
        shown(&what_if(&[before], &evaluation, Mode::Incremental)[0])
    };
    let secret = "Microsoft.KeyVault/vaults/secrets";
    let value = json!({"value": "postgresql://shop@db/shop", "contentType": "text/plain"});
    assert_eq!(
        of(
            secret,
            "kv/url",
            value.clone(),
            json!({"contentType": "text/plain"})
        ),
        "NoChange"
    );
    insta::assert_snapshot!(of(secret, "kv/url", value, json!({})), @r#"
    Modify
    Create properties.contentType:  → "text/plain"
    "#);
    let server = "Microsoft.DBforPostgreSQL/flexibleServers";
    let password = json!({"administratorLoginPassword": "long-enough-1"});
    assert_eq!(of(server, "db", password, json!({})), "NoChange");
    // A setting with such a name is shown by a GET, so a new one is a change.
    let settings = json!({"administratorLoginPassword": "long-enough-1"});
    assert!(
        of(
            "Microsoft.Web/sites/config",
            "s/appsettings",
            settings,
            json!({})
        )
        .starts_with("Modify")
    );
}
