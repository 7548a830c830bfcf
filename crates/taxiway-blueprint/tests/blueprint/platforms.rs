//! Representative platforms: their `main.bicep`, their parameters, and the resources that come out of them.
//!
//! A platform is a folder below `samples/platforms/` with its `taxiway.toml`. Modules are not repeated there: they are the
//! same for every platform, and the list of resources says which are used. `TAXIWAY_PLATFORMS_TO` names a folder that gets
//! the Bicep of each, with all modules, and the template it compiles to, for tools that judge them.

use camino::{Utf8Path, Utf8PathBuf};
use serde_json::{Value, json};
use taxiway_app::App;
use taxiway_blueprint::files;
use taxiway_diagnostics::{MemorySources, Sources};
use taxiway_platform::{Config, NetworkProfile, Platform, decide};

use crate::evaluated::{evaluated, template};
use crate::golden::check;
use crate::sample::{SAMPLES, folder, generate, variable};

fn platforms() -> Vec<Utf8PathBuf> {
    let entries = folder("platforms").read_dir_utf8().unwrap();
    let mut platforms: Vec<Utf8PathBuf> = entries.map(|it| it.unwrap().into_path()).collect();
    platforms.sort();
    platforms
}

fn app() -> App {
    let text = std::fs::read_to_string(folder("shop").join("app.json")).unwrap();
    serde_json::from_str(&text).unwrap()
}

fn line(resource: &Value) -> String {
    let name = resource["name"].as_str().unwrap();
    let name = if name.starts_with('[') {
        "(known while it is deployed)"
    } else {
        name
    };
    format!("{} {name}\n", resource["type"].as_str().unwrap())
}

#[test]
fn every_platform_is_as_expected() {
    let app = app();
    let platforms = platforms();
    assert_eq!(platforms.len(), 8);
    for path in platforms {
        let text = std::fs::read_to_string(path.join("taxiway.toml")).unwrap();
        let platform: Platform = decide(&app, &Config::parse(&text).unwrap()).unwrap();
        let mut sources = MemorySources::new();
        for file in files(&MemorySources::new(), &app, &platform) {
            let is_module = file
                .path
                .parent()
                .is_some_and(|parent| parent.ends_with("modules"));
            if file.path.starts_with("infrastructure") && !is_module {
                check(&path.join(file.path.file_name().unwrap()), &file.text);
            }
            sources.insert(file.path, file.text);
        }
        let template = template(&sources);
        write_for_tools(path.file_name().unwrap(), &sources, &template);
        for environment in &platform.environments {
            let resources = evaluated(&template, &sources, &platform.workload, &environment.name);
            let lines: String = resources.iter().map(line).collect();
            check(
                &path.join(format!("resources.{}.txt", environment.name)),
                &lines,
            );
        }
    }
}

#[test]
fn samples_are_written_for_tools() {
    for sample in SAMPLES {
        let sources: MemorySources = generate(sample)
            .into_iter()
            .map(|file| (file.path, file.text))
            .collect();
        write_for_tools(sample, &sources, &template(&sources));
    }
}

/// What tools that only read files can't see: see `scripts/checkov-accepted.txt`.
#[test]
fn production_is_as_closed_as_its_choices_say() {
    let app = app();
    let mut seen = 0;
    for path in platforms() {
        let text = std::fs::read_to_string(path.join("taxiway.toml")).unwrap();
        let platform: Platform = decide(&app, &Config::parse(&text).unwrap()).unwrap();
        let Some(production) = platform.environment("production") else {
            continue;
        };
        seen += 1;
        let generated = files(&MemorySources::new(), &app, &platform).into_iter();
        let sources: MemorySources = generated.map(|file| (file.path, file.text)).collect();
        let resources = evaluated(&template(&sources), &sources, "shop", "production");
        let profile = production.network.as_ref().unwrap().profile;
        let is_private = profile != NetworkProfile::Public;
        let all = |kind: &str, pointer: &str, expected: Value| {
            let prefix = format!("{kind}@");
            let of_kind = |it: &&Value| it["type"].as_str().unwrap().starts_with(&prefix);
            for resource in resources.iter().filter(of_kind) {
                let found = resource["body"].pointer(pointer).unwrap_or(&Value::Null);
                assert_eq!(*found, expected, "{kind} {pointer} in {path}");
            }
        };
        let public = |is_open: bool| json!(if is_open { "Enabled" } else { "Disabled" });
        all(
            "Microsoft.KeyVault/vaults",
            "/properties/enablePurgeProtection",
            json!(true),
        );
        all(
            "Microsoft.KeyVault/vaults",
            "/properties/networkAcls/defaultAction",
            json!("Deny"),
        );
        all(
            "Microsoft.KeyVault/vaults",
            "/properties/publicNetworkAccess",
            public(!is_private),
        );
        all(
            "Microsoft.Web/serverfarms",
            "/properties/zoneRedundant",
            json!(true),
        );
        all(
            "Microsoft.Storage/storageAccounts",
            "/sku/name",
            json!("Standard_ZRS"),
        );
        all(
            "Microsoft.Storage/storageAccounts",
            "/properties/publicNetworkAccess",
            public(!is_private),
        );
        all(
            "Microsoft.ContainerRegistry/registries",
            "/properties/publicNetworkAccess",
            public(!is_private),
        );
        let is_open = profile != NetworkProfile::Internal;
        for kind in ["Microsoft.Web/sites", "Microsoft.Web/sites/slots"] {
            all(kind, "/properties/publicNetworkAccess", public(is_open));
            all(kind, "/properties/httpsOnly", json!(true));
            for (property, value) in [
                ("minTlsVersion", json!("1.2")),
                ("http20Enabled", json!(true)),
                ("ftpsState", json!("Disabled")),
                ("healthCheckPath", json!("/healthz/ready")),
                ("httpLoggingEnabled", json!(true)),
            ] {
                all(kind, &format!("/properties/siteConfig/{property}"), value);
            }
        }
    }
    assert_eq!(seen, 7);
}

fn write_for_tools(platform: &str, sources: &dyn Sources, template: &Value) {
    let Some(folder) = variable("TAXIWAY_PLATFORMS_TO") else {
        return;
    };
    let folder = Utf8Path::new(&folder).join(platform);
    let bicep = Utf8Path::new("infrastructure/bicep");
    for path in sources.files() {
        let Ok(below) = path.strip_prefix(bicep) else {
            continue;
        };
        let target = folder.join("bicep").join(below);
        std::fs::create_dir_all(target.parent().unwrap()).unwrap();
        std::fs::write(target, sources.read_text(&path).unwrap()).unwrap();
    }
    std::fs::create_dir_all(folder.join("arm")).unwrap();
    let text = serde_json::to_string_pretty(template).unwrap();
    std::fs::write(folder.join("arm/main.json"), text).unwrap();
}

/// `background = false` where nothing runs beside the web process: there is no such parameter of the template.
#[test]
fn a_switch_of_what_is_not_there_is_no_parameter() {
    let (app, _) = crate::sample::platform("notes");
    let config = Config::parse("[environments.local]\nbackground = false\n").unwrap();
    let platform = decide(&app, &config).unwrap();
    let files = files(&MemorySources::new(), &app, &platform);
    let parameters = files
        .iter()
        .find(|file| file.path.ends_with("main.local.bicepparam"));
    let text = &parameters.unwrap().text;
    assert!(!text.contains("runsBackground"), "{text}");
}
