//! What waits for what: credentials that are written one after the other, and deployments that delete nothing.

use taxiway_check::{Entry, Evaluated, Options, Run, Surroundings};
use taxiway_diagnostics::MemorySources;

fn opened(name: &str, text: &str) -> Result<(MemorySources, Evaluated), String> {
    let mut sources = MemorySources::new();
    sources.insert(name, text);
    match Evaluated::open(&sources, &Entry::new(name), &Surroundings::none()) {
        Ok(evaluated) => Ok((sources, evaluated)),
        Err(errors) => Err(format!("{errors:#?}")),
    }
}

/// How many findings two credentials of one identity give, in an ARM template without symbolic names.
fn found(second_waits_for: &str, parents: [&str; 2]) -> usize {
    let credential = |name: &str, parent: &str, waits: &str| {
        format!(
            r#"{{"type": "Microsoft.ManagedIdentity/userAssignedIdentities/federatedIdentityCredentials", "apiVersion": "2023-01-31",
            "name": "{parent}/{name}", "dependsOn": [{waits}], "properties": {{"issuer": "https://token.actions.githubusercontent.com",
            "subject": "repo:example/shop:environment:{name}", "audiences": ["api://AzureADTokenExchange"]}}}}"#
        )
    };
    let text = format!(
        r#"{{"$schema": "https://schema.management.azure.com/schemas/2019-04-01/deploymentTemplate.json#", "contentVersion": "1.0.0.0",
        "resources": [{}, {}]}}"#,
        credential("a", parents[0], ""),
        credential("b", parents[1], second_waits_for)
    );
    let (sources, evaluated) = opened("main.json", &text).unwrap();
    let options = Options {
        only: Some(vec!["credentials-at-once".to_owned()]),
        ..Options::default()
    };
    let mut run = Run::new(&sources, options);
    run.judge(&evaluated);
    run.finish().len()
}

#[test]
fn credentials_that_wait_or_have_other_identities_are_fine() {
    const FIRST: &str = r#""[resourceId('Microsoft.ManagedIdentity/userAssignedIdentities/federatedIdentityCredentials', 'id-shop', 'a')]""#;
    assert_eq!(found("", ["id-shop", "id-shop"]), 1);
    assert_eq!(found(FIRST, ["id-shop", "id-shop"]), 0);
    assert_eq!(found("", ["id-shop", "id-plan"]), 0);
}

#[test]
fn a_nested_deployment_in_complete_mode_is_an_error() {
    let of = |mode: &str| {
        let text = format!(
            "resource inner 'Microsoft.Resources/deployments@2022-09-01' = {{\n  name: 'inner'\n  properties: {{\n    mode: '{mode}'\n    \
             template: {{\n      '$schema': 'https://schema.management.azure.com/schemas/2019-04-01/deploymentTemplate.json#'\n      \
             contentVersion: '1.0.0.0'\n      resources: []\n    }}\n  }}\n}}\n"
        );
        opened("main.bicep", &text)
    };
    assert!(of("Incremental").is_ok());
    let refused = of("Complete").unwrap_err();
    assert!(refused.contains("only 'Incremental' is"), "{refused}");
}
