//! Modules of registries, out of a cache.

use insta::assert_snapshot;
use taxiway_bicep::{Options, compile, compile_with};
use taxiway_diagnostics::{MemorySources, Sources};

fn sources() -> MemorySources {
    let schema = "\"$schema\": \"https://schema.management.azure.com/schemas/2019-04-01/deploymentTemplate.json#\", \"contentVersion\": \"1.0.0.0\"";
    let text = "--- main.bicep
import { tagsType } from 'br/public:avm/types:1.0'
module site 'br:own.example/web/site:v2' = {
  name: 'site'
  params: { name: 'x' }
}
param tags tagsType?
--- cache/br/mcr.microsoft.com/bicep$avm$types/1.0$/main.json
{ SCHEMA, \"definitions\": { \"tagsType\": { \"type\": \"object\", \"metadata\": { \"__bicep_export!\": true } } }, \"resources\": {} }
--- cache/br/own.example/web$site/v2$/main.json
{ SCHEMA, \"parameters\": { \"name\": { \"type\": \"string\" } }, \"resources\": [] }
";
    MemorySources::from_text(&text.replace("SCHEMA", schema))
}

#[test]
fn restored_modules_are_embedded_and_imported_from() {
    let options = Options {
        module_cache: Some("cache".into()),
        lint: false,
    };
    let template = compile_with(&sources(), "main.bicep".into(), &options)
        .template
        .unwrap();
    assert_eq!(
        template["definitions"]["tagsType"]["metadata"]["__bicep_imported_from!"]["sourceTemplate"],
        "br:mcr.microsoft.com/bicep/avm/types:1.0"
    );
    assert_eq!(
        template["resources"]["site"]["properties"]["template"]["parameters"]["name"]["type"],
        "string"
    );
}

#[test]
fn what_is_not_restored_is_reported() {
    let sources = sources();
    let compilation = compile(&sources, "main.bicep".into());
    assert!(compilation.template.is_none());
    assert!(sources.is_file("cache/br/own.example/web$site/v2$/main.json".into()));
    assert_snapshot!(super::lines(&sources, &compilation.diagnostics), @r#"
    main.bicep:1:26 BCP190 `br:mcr.microsoft.com/bicep/avm/types:1.0` is not in the module cache
    main.bicep:2:13 BCP190 `br:own.example/web/site:v2` is not in the module cache
    "#);
}
