//! Representative platforms: their `main.bicep`, their parameters, and the resources that come out of them.
//!
//! A platform is a folder below `samples/platforms/` with its `taxiway.toml`. Modules are not repeated there: they are the
//! same for every platform, and the list of resources says which are used. `TAXIWAY_PLATFORMS_TO` names a folder that gets
//! the Bicep of each, with all modules, and the template it compiles to, for tools that judge them.

use camino::{Utf8Path, Utf8PathBuf};
use serde_json::Value;
use taxiway_app::App;
use taxiway_blueprint::files;
use taxiway_diagnostics::{MemorySources, Sources};
use taxiway_platform::{Config, Platform, decide};

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
