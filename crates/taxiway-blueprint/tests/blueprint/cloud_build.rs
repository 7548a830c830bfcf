//! What is written for Cloud Build, for the Django sample with a database in Cloud SQL.

use camino::{Utf8Path, Utf8PathBuf};
use taxiway_blueprint::{GeneratedFile, files};
use taxiway_diagnostics::MemorySources;
use taxiway_platform::{Config, decide};
use taxiway_yaml::Node;

use crate::golden::check;
use crate::sample::folder;

const CONFIG: &str = "[app]
name = \"shop\"

[delivery]
pipeline = \"cloud-build\"

[delivery.cloud-run]
region = \"europe-west4\"
sql-instance = \"shop-production\"
";

fn generate(sample: &str, config: &str) -> Vec<GeneratedFile> {
    let read = std::fs::read_to_string(folder(sample).join("app.json")).unwrap();
    let app = serde_json::from_str(&read).unwrap();
    let platform = decide(&app, &Config::parse(config).unwrap()).unwrap();
    files(&MemorySources::new(), &app, &platform)
}

#[test]
fn every_file_is_as_expected() {
    let expected = folder("cloud-build");
    let mut found = 0;
    for file in generate("shop", CONFIG) {
        let name = file.path.as_str();
        if name.starts_with("cloudbuild") || name.starts_with("infrastructure/cloud-run") {
            check(&expected.join(&file.path), &file.text);
            found += 1;
        }
        assert!(!name.starts_with(".github"), "{name}");
    }
    assert_eq!(found, 5);
}

/// Cloud Run as the scripts see it, with the release before in service.
struct World {
    folder: tempfile::TempDir,
}

impl World {
    fn new(breaks: &serde_json::Value) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let world = Self { folder };
        let bin = world.path("bin");
        std::fs::create_dir(&bin).unwrap();
        let stand_in =
            Utf8Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/blueprint/cloud_run.py");
        for (program, script) in [
            ("gcloud", format!("exec python3 {stand_in} gcloud \"$@\"")),
            ("curl", format!("exec python3 {stand_in} curl \"$@\"")),
            ("sleep", String::new()),
        ] {
            let path = bin.join(program);
            std::fs::write(&path, format!("#!/usr/bin/env bash\n{script}\n")).unwrap();
            std::fs::set_permissions(&path, std::os::unix::fs::PermissionsExt::from_mode(0o755))
                .unwrap();
        }
        let before = serde_json::json!({
            "shop-00001": {"image": "shop@sha256:1", "release": "before"},
        });
        let state = serde_json::json!({
            "calls": [], "asked": {}, "breaks": breaks,
            "services": {"shop-staging": {
                "revisions": before,
                "traffic": {"shop-00001": 100},
                "tags": {"serving": "shop-00001"},
            }},
        });
        std::fs::write(world.path("state.json"), state.to_string()).unwrap();
        std::fs::write(world.path("image"), "shop@sha256:2").unwrap();
        std::fs::write(world.path("release"), "after").unwrap();
        world
    }

    fn path(&self, name: &str) -> Utf8PathBuf {
        Utf8Path::from_path(self.folder.path()).unwrap().join(name)
    }

    fn state(&self) -> serde_json::Value {
        serde_json::from_str(&std::fs::read_to_string(self.path("state.json")).unwrap()).unwrap()
    }

    /// Runs a step as Cloud Build does; whether it succeeded, and what it said.
    #[expect(
        clippy::disallowed_methods,
        reason = "a step is a process, which is waited for"
    )]
    fn run(&self, file: &str, id: &str) -> (bool, String) {
        let files = generate("shop", CONFIG);
        let text = &files.iter().find(|it| it.path == file).unwrap().text;
        let build = taxiway_yaml::parse(text).unwrap();
        let steps = build.get("steps").unwrap().items();
        let step = steps
            .iter()
            .find(|step| step.get("id").and_then(Node::text) == Some(id));
        let script = step.unwrap().get("script").and_then(Node::text).unwrap();
        let path = self.path("step.sh");
        // Three answers say as much here as thirty.
        let short = script
            .replace("/workspace", self.path("").as_str())
            .replace("{1..30}", "{1..3}");
        std::fs::write(&path, short).unwrap();
        let mut command = std::process::Command::new("bash");
        command.arg(&path);
        let path = format!("{}:/usr/local/bin:/usr/bin:/bin", self.path("bin"));
        command.env("PATH", path);
        command.env("CLOUD_RUN_STATE", self.path("state.json"));
        command.env("COMMIT_SHA", "before");
        let variables = step
            .unwrap()
            .get("env")
            .map(Node::words)
            .unwrap_or_default();
        for (name, value) in variables.iter().filter_map(|it| it.split_once('=')) {
            command.env(name, value.replace("$_SERVICE", "shop-staging"));
        }
        let output = command.output().unwrap();
        let said = [output.stdout, output.stderr].concat();
        (output.status.success(), String::from_utf8(said).unwrap())
    }

    fn served(&self) -> (serde_json::Value, serde_json::Value) {
        let mut state = self.state();
        let service = state["services"]["shop-staging"].take();
        (service["traffic"].clone(), service["tags"].clone())
    }
}

#[test]
fn a_release_is_let_in_step_by_step_and_brought_back() {
    let world = World::new(&serde_json::json!({}));
    let (ok, said) = world.run("cloudbuild.yaml", "Deploy");
    assert!(ok, "{said}");
    let calls = world.state()["calls"].to_string();
    for share in ["=10,", "=50,", "=100"] {
        assert!(calls.contains(&format!("shop-00002{share}")), "{calls}");
    }
    let after = serde_json::json!({"shop-00002": 100});
    let tags = serde_json::json!({"serving": "shop-00002", "previous": "shop-00001"});
    assert_eq!(world.served(), (after, tags));

    let (ok, said) = world.run("cloudbuild.rollback.yaml", "Roll back");
    assert!(ok, "{said}");
    let before = serde_json::json!({"shop-00001": 100});
    let tags = serde_json::json!({"serving": "shop-00001"});
    assert_eq!(world.served(), (before.clone(), tags.clone()));

    // What was left behind is nothing to go back to.
    let (ok, said) = world.run("cloudbuild.rollback.yaml", "Roll back");
    assert!(!ok && said.contains("nothing was changed"), "{said}");
    assert_eq!(world.served(), (before, tags));
}

#[test]
fn a_release_that_breaks_is_never_kept_and_never_rolled_back_to() {
    // Before anybody is sent to it; with a tenth of the traffic; when it has all.
    for answers in [0, 6, 14] {
        let world = World::new(&serde_json::json!({"after": answers}));
        let (ok, said) = world.run("cloudbuild.yaml", "Deploy");
        assert!(!ok && said.contains("release after was rejected"), "{said}");
        let (traffic, tags) = world.served();
        assert_eq!(traffic, serde_json::json!({"shop-00001": 100}), "{answers}");
        assert_eq!(tags["serving"], "shop-00001");
        let (ok, said) = world.run("cloudbuild.rollback.yaml", "Roll back");
        assert!(!ok && said.contains("nothing was changed"), "{said}");
    }
}

#[test]
fn production_gets_what_staging_verified_and_nothing_else() {
    let world = World::new(&serde_json::json!({}));
    let (ok, said) = world.run("cloudbuild.production.yaml", "What staging serves");
    assert!(ok, "{said}");
    let image = std::fs::read_to_string(world.path("image")).unwrap();
    assert_eq!(image, "shop@sha256:1");
    let mut state = world.state();
    state["services"]["shop-staging"]["revisions"]["shop-00001"]["release"] = "other".into();
    std::fs::write(world.path("state.json"), state.to_string()).unwrap();
    let (ok, said) = world.run("cloudbuild.production.yaml", "What staging serves");
    assert!(
        !ok && said.contains("deploy that commit to staging first"),
        "{said}"
    );
}
