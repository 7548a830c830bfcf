//! What is said about files that are wrong.

use insta::assert_snapshot;
use taxiway_bicep::compile;
use taxiway_diagnostics::MemorySources;

fn diagnostics(text: &str) -> String {
    let sources = MemorySources::from_text(text);
    let compilation = compile(&sources, "main.bicep".into());
    assert!(
        compilation.template.is_none(),
        "a file with errors emits nothing"
    );
    super::lines(&sources, &compilation.diagnostics)
}

#[test]
fn syntax() {
    let text = "--- main.bicep
parm a string
param 5
param b string = 
var c = 'open
resource d = {}
var e = [1 2]
output f string = 'x' 'y'
var g = \"x\"
var h = '\\q'
";
    assert_snapshot!(diagnostics(text), @r#"
    main.bicep:1:1 BCP007 `parm` starts no declaration; there are `param`, `var`, `resource`, `module`, `output`, `type`, `func`, `import`, `metadata` and `targetScope`
    main.bicep:2:7 BCP013 a parameter name is expected here
    main.bicep:2:8 BCP279 a type is expected here
    main.bicep:3:18 BCP009 a value is expected here
    main.bicep:4:9 BCP004 this string has no closing quote; several lines need `'''`
    main.bicep:5:12 BCP068 a resource type is expected here, such as `'Microsoft.Storage/storageAccounts@2023-05-01'`
    main.bicep:5:16 BCP018 `=` is expected here
    main.bicep:6:12 BCP236 a comma, a new line or `]` is expected here
    main.bicep:7:23 BCP019 a new line is expected here
    main.bicep:8:9 BCP009 a value is expected here
    main.bicep:8:9 BCP103 strings are written in single quotes
    main.bicep:8:11 BCP103 strings are written in single quotes
    main.bicep:9:10 BCP006 no such escape; there are `\\`, `\'`, `\n`, `\r`, `\t`, `\$` and `\u{…}`
    "#);
}

#[test]
fn names() {
    let text = "--- main.bicep
param location string
param location string
var a = locaton
var b = nothing
var c = toUper('x')
param d strng
output e string = a.x::y
var f = { x: 1, x: 2 }
";
    assert_snapshot!(diagnostics(text), @r#"
    main.bicep:1:7 BCP028 `location` is declared more than once
    main.bicep:2:7 BCP028 `location` is declared more than once
    main.bicep:3:9 BCP057 nothing is called `locaton` here
    main.bicep:4:9 BCP057 nothing is called `nothing` here
    main.bicep:5:9 BCP082 nothing is called `toUper` here
    main.bicep:6:9 BCP302 there is no type `strng`; did you mean `string`?
    main.bicep:7:19 BCP062 the declaration of `a` has errors
    main.bicep:8:11 BCP025 `x` is given more than once in this object
    main.bicep:8:17 BCP025 `x` is given more than once in this object
    "#);
}

#[test]
fn circles() {
    let text = "--- main.bicep
var a = a
var b = c
var c = [d]
var d = b
";
    assert_snapshot!(diagnostics(text), @r#"
    main.bicep:1:9 BCP079 `a` refers to itself
    main.bicep:2:9 BCP080 these need each other in a circle: `c` → `d` → `b` → `c`
    main.bicep:3:10 BCP080 these need each other in a circle: `d` → `b` → `c` → `d`
    main.bicep:4:9 BCP080 these need each other in a circle: `b` → `c` → `d` → `b`
    "#);
}

#[test]
fn modules_and_imports() {
    let text = "--- main.bicep
import { nme } from 'names.bicep'
module missing 'missing.bicep' = { name: 'm' }
module incomplete 'web.bicep' = { name: 'i' }
module wrong 'web.bicep' = {
  name: 'w'
  params: { name: 4, tgas: {} }
}
module broken 'broken.bicep' = { name: 'b' }
module again 'main.bicep' = { name: 'self' }
--- names.bicep
@export()
var name = 'x'
--- web.bicep
param name string
param tags object = {}
param optional string?
--- broken.bicep
var x = y1
";
    assert_snapshot!(diagnostics(text), @r#"
    broken.bicep:1:9 BCP057 nothing is called `y1` here
    main.bicep:1:10 BCP360 `names.bicep` exports nothing called `nme`; did you mean `name`?
    main.bicep:2:16 BCP091 there is no file `missing.bicep`
    main.bicep:3:8 BCP035 `params` is missing here
    main.bicep:6:19 BCP036 `name` takes `string`, and this is `4`
    main.bicep:6:22 BCP037 `tgas` is no property of `params`
    main.bicep:8:15 BCP104 the module `broken.bicep` has errors
    main.bicep:9:14 BCP094 a file cannot use itself
    "#);
}

#[test]
fn values() {
    let text = "--- main.bicep
param a string = 5
output b int = 'x'
resource c 'nonsense' = { name: 'c' }
resource d 'Microsoft.Web/sites@2023-12-01' = { location: 'x' }
resource e 'Microsoft.Web/sites@2023-12-01' = { name: 'same' }
resource f 'Microsoft.Web/sites@2023-12-01' = { name: 'same' }
targetScope = 'moon'
";
    assert_snapshot!(diagnostics(text), @r#"
    main.bicep:1:18 BCP033 `string` is expected here, and this is `5`
    main.bicep:2:16 BCP033 `int` is expected here, and this is `'x'`
    main.bicep:3:12 BCP029 `nonsense` is no resource type; one is written `Namespace/type@version`
    main.bicep:4:10 BCP035 `name` is missing here
    main.bicep:5:10 BCP035 `location` is missing here
    main.bicep:5:55 BCP121 several resources of this type have this name in one place
    main.bicep:6:10 BCP035 `location` is missing here
    main.bicep:6:55 BCP121 several resources of this type have this name in one place
    main.bicep:7:15 BCP033 `'managementGroup' | 'resourceGroup' | 'subscription' | 'tenant'` is expected here, and this is `'moon'`
    "#);
}

#[test]
fn values_that_are_known_too_late() {
    let text = "--- main.bicep
resource site 'Microsoft.Web/sites@2023-12-01' existing = { name: 'site' }
var host = site.properties.defaultHostName
resource late 'Microsoft.Web/sites@2023-12-01' = if (site.properties.enabled) {
  name: host
}
var hosts = [for i in range(0, 2): '${host}-${site.id}']
";
    assert_snapshot!(diagnostics(text), @r#"
    main.bicep:3:10 BCP035 `location` is missing here
    main.bicep:3:54 BCP177 a condition must be known when the deployment starts, and this is not
    main.bicep:4:9 BCP120 this property must be known when the deployment starts, and this is not
    main.bicep:6:39 BCP182 a variable made by a loop must be known when the deployment starts, and this is not
    "#);
}

#[test]
fn long_chains_are_walked_and_refused_only_where_they_nest() {
    let chain = |first: &str| {
        let links: String = (1..20_000)
            .map(|link| format!("var a{link} = a{}\n", link - 1))
            .collect();
        format!(
            "--- main.bicep\nresource r 'Microsoft.Web/sites@2023-12-01' existing = {{ name: 'r' }}\nvar a0 = {first}\n{links}output o object = a19999\n"
        )
    };
    let sources = MemorySources::from_text(&chain("{ b: 1 }"));
    assert!(compile(&sources, "main.bicep".into()).template.is_some());
    let found = diagnostics(&chain("r.properties"));
    assert!(found.contains("too-long-a-chain"), "{found}");
}
