//! A sample: what was read and configured, and what is generated for it.

use camino::{Utf8Path, Utf8PathBuf};
use taxiway_app::App;
use taxiway_blueprint::{GeneratedFile, files};
use taxiway_diagnostics::MemorySources;
use taxiway_platform::{Config, Platform, decide};

pub(crate) const SAMPLES: [&str; 6] = ["chat", "hello", "links", "notes", "shop", "two"];

pub(crate) fn folder(sample: &str) -> Utf8PathBuf {
    Utf8Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests/samples")
        .join(sample)
}

pub(crate) fn platform(sample: &str) -> (App, Platform) {
    let read = |file: &str| std::fs::read_to_string(folder(sample).join(file)).unwrap();
    let app: App = serde_json::from_str(&read("app.json")).unwrap();
    let config = Config::parse(&read("taxiway.toml")).unwrap();
    let platform = decide(&app, &config).unwrap();
    (app, platform)
}

pub(crate) fn generate(sample: &str) -> Vec<GeneratedFile> {
    let (app, platform) = platform(sample);
    files(&MemorySources::new(), &app, &platform)
}

/// A switch of the tests.
#[expect(
    clippy::disallowed_methods,
    reason = "tests are told by it what to write"
)]
pub(crate) fn variable(name: &str) -> Option<String> {
    std::env::var(name).ok()
}
