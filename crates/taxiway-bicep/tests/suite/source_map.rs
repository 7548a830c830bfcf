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
