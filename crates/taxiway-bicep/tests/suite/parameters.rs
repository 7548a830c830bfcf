//! Parameters files.

use insta::{assert_json_snapshot, assert_snapshot};
use taxiway_bicep::{ParameterCompilation, compile_parameters};
use taxiway_diagnostics::MemorySources;

fn compiled(sources: &MemorySources) -> ParameterCompilation {
    let environment = |name: &str| (name == "REGION").then(|| "westeurope".to_owned());
    compile_parameters(sources, "main.bicepparam".into(), &environment)
}

#[test]
fn everything_is_evaluated() {
    let sources = MemorySources::from_text(
        "--- main.bicep
param region string
param sizes array
param tags object
param secret string
param deferred string
param level string
--- shared.bicep
@export()
func tag(name string) object => { owner: toUpper(name), note: '[${name}]' }
--- base.bicepparam
using none
param level = 'basic'
--- main.bicepparam
using 'main.bicep'
extends 'base.bicepparam'
import { tag } from 'shared.bicep'

var numbers = [for i in range(1, 3): i * 2]
param region = readEnvironmentVariable('REGION')
param sizes = filter(numbers, size => size > 2)
param tags = { ...tag('me'), region: region, again: readEnvironmentVariable('NONE', 'unset') }
param secret = az.getSecret('sub', 'group', 'vault', 'name')
param deferred = '${region}-${externalInput('sys.cli', 'suffix')}'
",
    );
    let compilation = compiled(&sources);
    assert_eq!(super::lines(&sources, &compilation.diagnostics), "");
    assert!(compilation.template.is_some());
    assert_json_snapshot!(compilation.parameters, @r#"
    {
      "$schema": "https://schema.management.azure.com/schemas/2019-04-01/deploymentParameters.json#",
      "contentVersion": "1.0.0.0",
      "parameters": {
        "region": {
          "value": "westeurope"
        },
        "sizes": {
          "value": [
            4,
            6
          ]
        },
        "tags": {
          "value": {
            "owner": "ME",
            "note": "[me]",
            "region": "westeurope",
            "again": "unset"
          }
        },
        "secret": {
          "reference": {
            "keyVault": {
              "id": "/subscriptions/sub/resourceGroups/group/providers/Microsoft.KeyVault/vaults/vault"
            },
            "secretName": "name"
          }
        },
        "deferred": {
          "expression": "[format('{0}-{1}', 'westeurope', externalInputs('sys_cli_0'))]"
        },
        "level": {
          "value": "basic"
        }
      },
      "externalInputDefinitions": {
        "sys_cli_0": {
          "kind": "sys.cli",
          "config": "suffix"
        }
      }
    }
    "#);
}

#[test]
fn what_does_not_go_with_the_template_is_reported() {
    let sources = MemorySources::from_text(
        "--- main.bicep
param name string
param count int
param flag bool?
--- main.bicepparam
using 'main.bicep'
param nam = 'x'
param count = 'many'
param flag = readEnvironmentVariable('NONE')
",
    );
    let compilation = compiled(&sources);
    assert!(compilation.parameters.is_none() && compilation.template.is_none());
    assert_snapshot!(super::lines(&sources, &compilation.diagnostics), @r#"
    main.bicepparam:1:1 BCP258 these parameters have no value: `name`
    main.bicepparam:2:7 BCP259 the template has no parameter `nam`; did you mean `name`?
    main.bicepparam:3:15 BCP033 `int` is expected here, and this is `'many'`
    main.bicepparam:4:14 BCP033 `bool | null` is expected here, and this is `string`
    "#);
}
