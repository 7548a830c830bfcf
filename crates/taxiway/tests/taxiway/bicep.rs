//! `taxiway bicep`: several files at once, standard input, formats, exit codes, and modules out of a registry.

use std::io::Write as _;
use std::process::{Command, Stdio};

use serde_json::Value;
use taxiway_diagnostics::{MemorySources, Sources as _};
use tempfile::TempDir;

use crate::registry::{ModuleRegistry, Published};

/// A folder with Bicep files.
struct Folder {
    folder: TempDir,
}

struct Ran {
    code: i32,
    stdout: String,
    stderr: String,
}

impl Folder {
    fn new(files: &[(&str, &str)]) -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder");
        for (path, text) in files {
            let path = folder.path().join(path);
            std::fs::create_dir_all(path.parent().expect("it is in the folder")).expect("a folder");
            std::fs::write(path, text).expect("a file");
        }
        Self { folder }
    }

    fn read(&self, path: &str) -> String {
        std::fs::read_to_string(self.folder.path().join(path)).expect(path)
    }

    fn run(&self, arguments: &[&str]) -> Ran {
        self.run_with(arguments, "")
    }

    #[expect(clippy::disallowed_methods, reason = "the program under test")]
    fn run_with(&self, arguments: &[&str], input: &str) -> Ran {
        let mut program = Command::new(env!("CARGO_BIN_EXE_taxiway"))
            .arg("bicep")
            .args(arguments)
            .current_dir(self.folder.path())
            .env("HOME", self.folder.path())
            .env("TAXIWAY_MODULE_CACHE", self.folder.path().join("cache"))
            .env("DOCKER_CONFIG", self.folder.path().join("docker"))
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("the program starts");
        let mut stdin = program.stdin.take().expect("it is piped");
        // It may have ended without reading.
        let _ = stdin.write_all(input.as_bytes());
        drop(stdin);
        let output = program.wait_with_output().expect("it ends");
        Ran {
            code: output.status.code().unwrap_or(-1),
            stdout: String::from_utf8_lossy(&output.stdout).into_owned(),
            stderr: String::from_utf8_lossy(&output.stderr).into_owned(),
        }
    }
}

const GOOD: &str = "param name string\noutput greeting string = 'hello ${name}'\n";
const WARNED: &str = "param unused string\noutput joined string = concat('a', 'b')\n";
const WRONG: &str = "output value string = nothing\n";

#[test]
fn files_and_folders_are_built_and_errors_of_one_do_not_stop_the_others() {
    let folder = Folder::new(&[
        ("a/good.bicep", GOOD),
        ("a/b/also.bicep", GOOD),
        ("wrong.bicep", WRONG),
    ]);
    let ran = folder.run(&["build", "a", "wrong.bicep", "--outdir", "out"]);
    assert_eq!(ran.code, 1, "{}", ran.stderr);
    assert!(
        ran.stderr.contains("wrong.bicep(1,23) : Error BCP057"),
        "{}",
        ran.stderr
    );
    for file in ["out/good.json", "out/also.json"] {
        assert!(folder.read(file).contains("greeting"), "{file}");
    }
    let ran = folder.run(&["build", "a/good.bicep", "--outfile", "out/named.json"]);
    assert_eq!(ran.code, 0, "{}", ran.stderr);
    assert_eq!(folder.read("out/named.json"), folder.read("out/good.json"));
    assert_eq!(folder.run(&["build", "a", "--stdout"]).code, 2);
    assert_eq!(folder.run(&["build", "missing"]).code, 2);
}

#[test]
fn parameters_are_printed_with_their_template_as_the_azure_cli_wants_them() {
    let folder = Folder::new(&[
        ("main.bicep", GOOD),
        ("other.bicep", GOOD),
        (
            "main.bicepparam",
            "using 'main.bicep'\n\nparam name = 'file'\n",
        ),
    ]);
    let arguments = [
        "build-params",
        "main.bicepparam",
        "--stdout",
        "--bicep-file",
    ];
    let ran = folder.run(&[&arguments[..], &["main.bicep"]].concat());
    assert_eq!(ran.code, 0, "{}", ran.stderr);
    let document: Value = serde_json::from_str(&ran.stdout).expect("a document");
    let inner = |name: &str| {
        let text = document[name].as_str().expect("a text");
        serde_json::from_str::<Value>(text).expect("JSON")
    };
    assert_eq!(
        inner("parametersJson")["parameters"]["name"]["value"],
        "file"
    );
    assert!(inner("templateJson")["outputs"]["greeting"].is_object());
    assert_eq!(document["templateSpecId"], Value::Null);
    let ran = folder.run(&[&arguments[..], &["other.bicep"]].concat());
    assert_eq!(ran.code, 2);
    assert!(
        ran.stderr.contains("and not for `other.bicep`"),
        "{}",
        ran.stderr
    );
}

#[test]
fn standard_input_goes_to_standard_output() {
    let folder = Folder::new(&[("inner.bicep", "param name string\n")]);
    let text = "module inner 'inner.bicep' = {\n  name: 'inner'\n  params: { name: 'x' }\n}\n";
    let ran = folder.run_with(&["build", "-"], text);
    assert_eq!(ran.code, 0, "{}", ran.stderr);
    let template: Value = serde_json::from_str(&ran.stdout).expect("a template");
    assert_eq!(
        template["resources"][0]["type"],
        "Microsoft.Resources/deployments"
    );
    let ran = folder.run_with(&["format", "-"], "param   name   string");
    assert_eq!((ran.code, ran.stdout.as_str()), (0, "param name string\n"));
}

#[test]
fn findings_are_told_once_and_end_with_1() {
    let folder = Folder::new(&[
        (
            "main.bicep",
            "module one 'shared.bicep' = {\n  name: 'one'\n}\n",
        ),
        ("shared.bicep", "var left = 1\n"),
    ]);
    let ran = folder.run(&["lint", "."]);
    assert_eq!(ran.code, 1);
    assert_eq!(
        ran.stderr.matches("no-unused-vars").count(),
        1,
        "{}",
        ran.stderr
    );
    let ran = folder.run(&["lint", ".", "--fix"]);
    assert_eq!(ran.code, 0, "{}", ran.stderr);
    assert_eq!(folder.read("shared.bicep"), "");
    let ran = folder.run(&["rules", "no-unused-vars"]);
    assert!(ran.stdout.contains("Not like this"), "{}", ran.stdout);
    assert_eq!(folder.run(&["rules", "no-such-rule"]).code, 2);
}

#[test]
fn diagnostics_are_json_and_sarif() {
    let folder = Folder::new(&[("a b.bicep", WARNED), ("wrong.bicep", WRONG)]);
    let ran = folder.run(&["lint", ".", "--format", "json"]);
    let document: Value = serde_json::from_str(&ran.stdout).expect("JSON");
    assert_eq!(document["schema"], "taxiway.diagnostics/v1");
    let first = &document["diagnostics"][0];
    assert_eq!(
        (
            &first["code"],
            &first["path"],
            &first["line"],
            &first["endColumn"]
        ),
        (
            &"no-unused-params".into(),
            &"a b.bicep".into(),
            &1.into(),
            &13.into()
        )
    );
    let ran = folder.run(&["lint", ".", "--format", "sarif"]);
    assert_eq!(ran.code, 1);
    let log: Value = serde_json::from_str(&ran.stdout).expect("JSON");
    assert_sarif(&log);
    let results = log["runs"][0]["results"].as_array().expect("results");
    assert_eq!(results.len(), 3);
    let place = &results[0]["locations"][0]["physicalLocation"];
    assert_eq!(place["artifactLocation"]["uri"], "a%20b.bicep");
    assert_eq!(results[2]["level"], "error");
    let ran = folder.run(&["build", "a b.bicep", "--stdout", "--format", "sarif"]);
    serde_json::from_str::<Value>(&ran.stdout).expect("the template alone");
    assert_sarif(&serde_json::from_str(&ran.stderr).expect("the log"));
}

/// What the standard requires of what is in here: SARIF 2.1.0, sections 3.13, 3.14, 3.19, 3.27, 3.29, 3.30, 3.55.
fn assert_sarif(log: &Value) {
    assert_eq!(log["version"], "2.1.0");
    for run in log["runs"].as_array().expect("runs is an array") {
        let driver = &run["tool"]["driver"];
        assert!(driver["name"].is_string(), "a driver has a name");
        let rules = driver["rules"].as_array().expect("rules is an array");
        let mut ids: Vec<&str> = rules
            .iter()
            .filter_map(|rule| rule["id"].as_str())
            .collect();
        assert_eq!(ids.len(), rules.len(), "each rule has an id");
        ids.dedup();
        assert_eq!(ids.len(), rules.len(), "rules are there once");
        assert!(
            ["utf16CodeUnits", "unicodeCodePoints"]
                .contains(&run["columnKind"].as_str().unwrap_or(""))
        );
        for result in run["results"].as_array().expect("results is an array") {
            assert!(
                result["message"]["text"]
                    .as_str()
                    .is_some_and(|text| !text.is_empty())
            );
            assert!(
                ["none", "note", "warning", "error"]
                    .contains(&result["level"].as_str().unwrap_or(""))
            );
            let index = result["ruleIndex"]
                .as_u64()
                .and_then(|index| usize::try_from(index).ok());
            assert_eq!(index.map(|index| ids[index]), result["ruleId"].as_str());
            for place in result["locations"]
                .as_array()
                .expect("locations is an array")
            {
                assert_physical(&place["physicalLocation"]);
            }
            for fix in result["fixes"].as_array().into_iter().flatten() {
                let changes = fix["artifactChanges"].as_array().expect("changes");
                assert!(!changes.is_empty(), "a fix changes something");
                for change in changes {
                    assert_uri(&change["artifactLocation"]);
                    for replacement in change["replacements"].as_array().expect("replacements") {
                        assert_region(&replacement["deletedRegion"]);
                        assert!(replacement["insertedContent"]["text"].is_string());
                    }
                }
            }
        }
    }
}

fn assert_physical(place: &Value) {
    assert_uri(&place["artifactLocation"]);
    assert_region(&place["region"]);
}

fn assert_uri(location: &Value) {
    let uri = location["uri"].as_str().expect("a place has a URI");
    assert!(!uri.is_empty() && !uri.contains([' ', '\\']), "{uri}");
}

fn assert_region(region: &Value) {
    let number = |name: &str| region[name].as_u64().expect("regions have numbers");
    let start = (number("startLine"), number("startColumn"));
    let end = (number("endLine"), number("endColumn"));
    assert!(start.0 >= 1 && start.1 >= 1 && end >= start, "{region}");
}

#[test]
fn formatting_is_checked_shown_and_done() {
    let folder = Folder::new(&[
        ("a.bicep", "param   x string\n"),
        ("b.bicep", "param x string\n"),
        ("c.bicep", "param\n"),
    ]);
    let ran = folder.run(&["format", "a.bicep", "b.bicep", "--check"]);
    assert_eq!(ran.code, 1);
    assert!(
        ran.stderr.contains("a.bicep is not formatted") && !ran.stderr.contains("b.bicep is"),
        "{}",
        ran.stderr
    );
    let ran = folder.run(&["format", "a.bicep", "--diff"]);
    assert!(
        ran.stdout.contains("-param   x string\n+param x string"),
        "{}",
        ran.stdout
    );
    assert_eq!(folder.read("a.bicep"), "param   x string\n");
    assert_eq!(folder.run(&["format", "a.bicep", "b.bicep"]).code, 0);
    assert_eq!(folder.read("a.bicep"), "param x string\n");
    let ran = folder.run(&["format", "c.bicep"]);
    assert_eq!(ran.code, 1);
    assert!(ran.stderr.contains("cannot be parsed"), "{}", ran.stderr);
}

const MODULE: &str = r#"{ "$schema": "https://schema.management.azure.com/schemas/2019-04-01/deploymentTemplate.json#", "contentVersion": "1.0.0.0", "parameters": { "name": { "type": "string" } }, "resources": [] }"#;

fn using(registry: &ModuleRegistry) -> Folder {
    let host = registry.host();
    let main = format!(
        "module site 'br:{host}/web/site:V1' = {{\n  name: 'site'\n  params: {{ name: 'x' }}\n}}\nmodule again 'br/own:site:V1' = {{\n  name: 'again'\n  params: {{ name: 'x' }}\n}}\n"
    );
    let configuration = format!(
        r#"{{ "moduleAliases": {{ "br": {{ "own": {{ "registry": "{host}", "modulePath": "web" }} }} }} }}"#
    );
    Folder::new(&[("main.bicep", &main), ("bicepconfig.json", &configuration)])
}

#[test]
fn modules_are_restored_once_and_built_from_the_cache() {
    let registry = ModuleRegistry::serve(vec![Published::new("web/site", "V1", MODULE)]);
    let folder = using(&registry);
    let ran = folder.run(&["build", "main.bicep"]);
    assert_eq!(ran.code, 1);
    assert!(
        ran.stderr.contains("is not in the module cache"),
        "{}",
        ran.stderr
    );
    let ran = folder.run(&["restore", "main.bicep"]);
    assert_eq!(ran.code, 0, "{}", ran.stderr);
    let cached = format!(
        "cache/br/{}/web$site/V1$1",
        registry.host().replace(':', "$")
    );
    assert_eq!(folder.read(&format!("{cached}/main.json")), MODULE);
    assert!(
        folder
            .read(&format!("{cached}/manifest"))
            .contains("vnd.ms.bicep.module")
    );
    let ran = folder.run(&["build", "main.bicep"]);
    assert_eq!(ran.code, 0, "{}", ran.stderr);
    assert!(folder.read("main.json").contains("\"again\""));
    let pulls = registry.requests();
    assert_eq!(folder.run(&["restore", "main.bicep"]).code, 0);
    assert_eq!(registry.requests(), pulls, "nothing is fetched again");
    assert_eq!(folder.run(&["restore", "main.bicep", "--force"]).code, 0);
    assert!(registry.requests() > pulls);
}

#[test]
fn a_registry_that_asks_for_a_token_gets_nobodys_or_the_stored_one() {
    for (login, code) in [
        (None, 0),
        (Some(("me", "secret")), 0),
        (Some(("me", "wrong")), 3),
    ] {
        let registry = ModuleRegistry::serve_with_tokens(
            vec![Published::new("web/site", "V1", MODULE)],
            login.map(|_| "me:secret"),
        );
        let folder = using(&registry);
        if let Some((name, password)) = login {
            registry.store_login(&folder.folder.path().join("docker"), name, password);
        }
        let ran = folder.run(&["restore", "main.bicep"]);
        assert_eq!(ran.code, code, "{login:?}: {}", ran.stderr);
        assert!(
            !ran.stderr.contains("secret") && !ran.stderr.contains("token-of"),
            "{}",
            ran.stderr
        );
    }
}

#[test]
fn what_cannot_be_had_is_listed_with_its_places() {
    let damaged = ModuleRegistry::serve(vec![Published::new("web/site", "V1", MODULE).damaged()]);
    let folder = using(&damaged);
    let ran = folder.run(&["restore", "main.bicep"]);
    assert_eq!(ran.code, 3);
    assert!(
        ran.stderr.contains("its content is damaged"),
        "{}",
        ran.stderr
    );
    assert!(
        ran.stderr.contains("(main.bicep:1, main.bicep:5)"),
        "{}",
        ran.stderr
    );
    assert!(
        !folder.folder.path().join("cache").exists(),
        "nothing of it is kept"
    );
    let empty = ModuleRegistry::serve(Vec::new());
    let ran = using(&empty).run(&["restore", "main.bicep"]);
    assert!(
        ran.stderr.contains("the registry does not know it"),
        "{}",
        ran.stderr
    );
    let folder = using(&empty);
    drop(empty);
    let ran = folder.run(&["restore", "main.bicep"]);
    assert_eq!(ran.code, 3);
    assert!(ran.stderr.contains("cannot be reached"), "{}", ran.stderr);
}

/// The text of the source that a property of an evaluated resource comes from.
fn source_of(
    sources: &MemorySources,
    compilation: &taxiway_bicep::Compilation,
    resource: &taxiway_arm::EvaluatedResource,
    property: &str,
) -> String {
    let pointer = format!("{}/{property}", resource.pointer);
    let location = compilation
        .source_map
        .locate(&pointer)
        .expect("it comes from somewhere");
    let text = sources.read_text(location.path()).expect("it was compiled");
    format!("{}: {}", location.path(), &text[location.span.range()])
}

#[test]
fn an_evaluated_property_leads_back_to_its_line() {
    let sources = MemorySources::from_text(
        "--- main.bicep
module web 'web.bicep' = {
  name: 'web'
  params: {
    settings: { httpsOnly: true }
  }
}
--- web.bicep
param settings object
var tags = { owner: 'me' }
resource sites 'Microsoft.Web/sites@2023-12-01' = [for name in ['a', 'b']: {
  name: name
  location: 'westeurope'
  properties: settings
  tags: tags
}]
",
    );
    let compilation = taxiway_bicep::compile(&sources, "main.bicep".into());
    let template = compilation.template.as_ref().expect("it compiles");
    let subscription = taxiway_arm::Subscription {
        id: "11111111-1111-1111-1111-111111111111".to_owned(),
        display_name: "Test".to_owned(),
    };
    let group = taxiway_arm::ResourceGroup {
        name: "shop".to_owned(),
        location: "swedencentral".to_owned(),
        tags: serde_json::Map::new(),
    };
    let scope = taxiway_arm::Scope::ResourceGroup(subscription, group);
    let context = taxiway_arm::Context::new(scope);
    let evaluation = taxiway_arm::evaluate(template, &taxiway_arm::Arguments::new(), &context);
    let second = &evaluation.resources[1];
    assert_eq!(second.name, "b");
    assert_eq!(second.body["properties"]["httpsOnly"], true);
    for (property, source) in [
        ("properties/httpsOnly", "main.bicep: httpsOnly: true"),
        ("tags/owner", "web.bicep: owner: 'me'"),
        ("location", "web.bicep: location: 'westeurope'"),
    ] {
        assert_eq!(source_of(&sources, &compilation, second, property), source);
    }
}
