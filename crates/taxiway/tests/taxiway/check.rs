//! `taxiway check` from the command line: what is judged, how it ends, what is mended.

use crate::world::World;

const WEAK: &str = "param name string
resource account 'Microsoft.Storage/storageAccounts@2024-01-01' = {
  name: '${name}${uniqueString(resourceGroup().id)}'
  location: resourceGroup().location
  kind: 'StorageV2'
  sku: {
    name: 'Standard_LRS'
  }
  properties: {
    minimumTlsVersion: 'TLS1_0'
    allowBlobPublicAccess: false
  }
}
";

#[test]
fn what_is_generated_has_no_finding() {
    let world = World::new();
    world.run(&["generate"]).succeeds();
    let judged = world
        .run(&["check", "--pedantic", "--format", "json"])
        .succeeds()
        .json();
    assert_eq!(judged["findings"].as_array().unwrap().len(), 0, "{judged}");
    assert_ne!(judged["judged"].as_array().unwrap().len(), 0, "{judged}");
}

#[test]
fn a_finding_has_its_place_its_reason_and_its_remedy() {
    let world = World::new();
    let file = world.shop.path().join("weak.bicep");
    std::fs::write(&file, WEAK).unwrap();
    let found = world.run(&["check", "weak.bicep"]).ends_with(1);
    assert!(found.stdout.contains("weak.bicep:10:5"), "{}", found.stdout);
    let document = world
        .run(&["check", "weak.bicep", "--format", "sarif"])
        .ends_with(1)
        .json();
    let rule = document["runs"][0]["results"][0]["ruleId"]
        .as_str()
        .unwrap();
    let reason = world.run(&["check", "--explain", rule]).succeeds();
    assert!(reason.stdout.contains("Why"), "{}", reason.stdout);

    let proposed = world.run(&["check", "weak.bicep", "--diff"]).ends_with(1);
    assert!(
        proposed.stdout.contains("+    minimumTlsVersion: 'TLS1_2'"),
        "{}",
        proposed.stdout
    );
    assert_eq!(std::fs::read_to_string(&file).unwrap(), WEAK);
    world.run(&["check", "weak.bicep", "--fix"]);
    let mended = std::fs::read_to_string(&file).unwrap();
    assert_eq!(mended, WEAK.replace("TLS1_0", "TLS1_2"));
    world.run(&["check", "weak.bicep"]).succeeds();

    let accepted =
        format!("// taxiway:allow({rule}) an old client, gone in spring\n    minimumTlsVersion");
    std::fs::write(&file, WEAK.replace("minimumTlsVersion", &accepted)).unwrap();
    world.run(&["check", "weak.bicep"]).succeeds();
}

#[test]
fn what_cannot_be_judged_does_not_pass() {
    let world = World::new();
    let nothing = world.run(&["check"]).ends_with(3);
    assert!(
        nothing.stderr.contains("taxiway generate") || nothing.stderr.contains("nothing"),
        "{}",
        nothing.stderr
    );
    std::fs::write(world.shop.path().join("broken.bicep"), "param name strin\n").unwrap();
    let broken = world.run(&["check", "broken.bicep"]).ends_with(2);
    let told = format!("{}{}", broken.stdout, broken.stderr);
    assert!(told.contains("broken.bicep:1:12"), "{told}");
    world.run(&["check", "absent.bicep"]).ends_with(2);
    world
        .run(&["check", "--explain", "no-such-rule"])
        .ends_with(2);
}

#[test]
fn what_the_compiler_warns_of_is_said_too() {
    let world = World::new();
    let mistyped = WEAK
        .replace("TLS1_0", "TLS1_2")
        .replace("allowBlobPublicAccess", "allowBlobPublicAcces");
    std::fs::write(world.shop.path().join("mistyped.bicep"), mistyped).unwrap();
    let told = world.run(&["check", "mistyped.bicep"]).ends_with(1);
    for words in [
        "mistyped.bicep:11:5",
        "did you mean `allowBlobPublicAccess`?",
    ] {
        assert!(told.stdout.contains(words), "{}", told.stdout);
    }
    let document = world
        .run(&["check", "mistyped.bicep", "--format", "json"])
        .ends_with(1)
        .json();
    assert_eq!(document["warnings"][0]["code"], "BCP089", "{document}");
    let log = world
        .run(&["check", "mistyped.bicep", "--format", "sarif"])
        .ends_with(1)
        .json();
    let codes: Vec<_> = log["runs"][0]["results"]
        .as_array()
        .unwrap()
        .iter()
        .map(|result| result["ruleId"].as_str().unwrap())
        .collect();
    assert!(codes.contains(&"BCP089"), "{codes:?}");
}

#[test]
fn pipelines_that_cannot_be_read_do_not_pass() {
    let world = World::new();
    let file = |path: &str, text: &[u8]| {
        let path = world.shop.path().join(path);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    };
    let (good, other) = (".github/workflows/good.yml", ".github/workflows/other.yml");
    file(good, b"on: push\njobs:\n  test:\n    runs-on: ubuntu-24.04\n    timeout-minutes: 5\n    permissions: {}\n    steps:\n      - run: pytest\n");
    for (path, text, place) in [
        (other, &b"on: push\njobs: [\n"[..], "other.yml:2:9"),
        (other, b"on: push\n", "other.yml:1:1"),
        (other, b"o\0n\0:\0\xff", "other.yml:1:1"),
        ("Dockerfile", b"RUN true\n", "Dockerfile:1:1"),
        ("start.sh", b"\xff\xfe", "start.sh:1:1"),
    ] {
        file(path, text);
        for arguments in [&["check"][..], &["check", path], &["check", "."]] {
            let broken = world.run(arguments).ends_with(2);
            assert!(
                broken.stdout.contains(place),
                "{arguments:?}: {}",
                broken.stdout
            );
            assert!(broken.stderr.contains("not a pass"), "{}", broken.stderr);
        }
        let document = world
            .run(&["check", "--format", "json"])
            .ends_with(2)
            .json();
        assert_eq!(
            document["failures"][0]["code"], "unreadable-file",
            "{document}"
        );
        // One file is judged by itself, whatever is wrong with another.
        let named = world
            .run(&["check", good, "--format", "json"])
            .succeeds()
            .json();
        assert_eq!(named["judged"], serde_json::json!([good]), "{named}");
        std::fs::remove_file(world.shop.path().join(path)).unwrap();
    }
    let refused = world.run(&["check", "README.md"]).ends_with(2);
    assert!(
        refused.stderr.contains("cannot be judged"),
        "{}",
        refused.stderr
    );
}
