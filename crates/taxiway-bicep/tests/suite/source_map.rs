//! From places in the template back to the source.

use taxiway_bicep::compile;
use taxiway_diagnostics::{MemorySources, Sources};

#[test]
fn places_are_found_through_modules_and_loops() {
    let sources = MemorySources::from_text(
        "--- main.bicep
module web 'web.bicep' = {
  name: 'web'
  params: { name: 'shop' }
}
--- web.bicep
param name string
resource site 'Microsoft.Web/sites@2023-12-01' = [for i in range(0, 2): {
  name: '${name}-${i}'
  location: 'westeurope'
  properties: {
    httpsOnly: true
  }
}]
",
    );
    let compilation = compile(&sources, "main.bicep".into());
    let web = "/resources/0/properties/template/resources/0";
    let cases = [
        (
            "/resources/0/properties/parameters/name",
            "main.bicep",
            "name: 'shop'",
        ),
        (
            &format!("{web}/properties/httpsOnly"),
            "web.bicep",
            "httpsOnly: true",
        ),
        (
            &format!("{web}/location"),
            "web.bicep",
            "location: 'westeurope'",
        ),
        (
            &format!("{web}/properties/httpsOnly/nothing"),
            "web.bicep",
            "httpsOnly: true",
        ),
    ];
    for (pointer, path, text) in cases {
        let location = compilation.source_map.locate(pointer).unwrap();
        assert_eq!(location.path(), path, "{pointer}");
        let file = sources.read_text(location.path()).unwrap();
        assert_eq!(&file[location.span.range()], text, "{pointer}");
    }
    let whole = compilation.source_map.locate(web).unwrap();
    assert_eq!(whole.path(), "web.bicep");
}

#[test]
fn values_are_followed_through_variables_parameters_and_loops() {
    let sources = MemorySources::from_text(
        "--- main.bicep
module web 'web.bicep' = {
  name: 'web'
  params: {
    settings: {
      site: { httpsOnly: true }
    }
  }
}
--- web.bicep
param settings object
var rules = {
  first: { allow: '10.0.0.0/8' }
}
resource site 'Microsoft.Web/sites@2023-12-01' = {
  name: 'site'
  location: 'westeurope'
  properties: settings.site
  tags: rules.first
}
resource account 'Microsoft.Storage/storageAccounts@2023-05-01' = {
  name: 'account'
  location: 'westeurope'
  sku: { name: 'Standard_LRS' }
  kind: 'StorageV2'
  properties: {
    networkAcls: {
      defaultAction: 'Deny'
      ipRules: [for rule in [1, 2]: {
        value: rules.first.allow
      }]
    }
  }
}
",
    );
    let compilation = compile(&sources, "main.bicep".into());
    let template = compilation.template.unwrap();
    let inner = "/resources/0/properties/template/resources";
    assert!(
        template
            .pointer(&format!("{inner}/0/properties/httpsOnly"))
            .is_none(),
        "an expression stands there"
    );
    for (pointer, path, text) in [
        ("0/properties/httpsOnly", "main.bicep", "httpsOnly: true"),
        ("0/tags/allow", "web.bicep", "allow: '10.0.0.0/8'"),
        (
            "1/properties/networkAcls/ipRules/1/value",
            "web.bicep",
            "value: rules.first.allow",
        ),
    ] {
        let location = compilation
            .source_map
            .locate(&format!("{inner}/{pointer}"))
            .unwrap();
        let file = sources.read_text(location.path()).unwrap();
        assert_eq!(
            (location.path().as_str(), &file[location.span.range()]),
            (path, text),
            "{pointer}"
        );
    }
}
