//! What is written for Cloud Build, for the Django sample with a database in Cloud SQL.

use camino::{Utf8Path, Utf8PathBuf};
use taxiway_app::{App, Frontend};
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

/// The same for the sample with a front end in `web`, of these files.
fn generate_with(sample: &str, config: &str, sources: &[(&str, &str)]) -> Vec<GeneratedFile> {
    let read = std::fs::read_to_string(folder(sample).join("app.json")).unwrap();
    let mut app: App = serde_json::from_str(&read).unwrap();
    app.services[0].frontend = Some(Frontend {
        dir: "web".into(),
        package_manager: Some("npm".to_owned()),
        build: Some("build".to_owned()),
        output: None,
        bundled: true,
    });
    let platform = decide(&app, &Config::parse(config).unwrap()).unwrap();
    let sources: MemorySources = sources.iter().copied().collect();
    files(&sources, &app, &platform)
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

/// One without secrets is set up without any, and nobody is asked where a database is.
#[test]
fn an_application_without_a_database_is_asked_for_none() {
    let config = CONFIG.replace("sql-instance = \"shop-production\"\n", "");
    let files = generate("hello", &config);
    let set_up = files.iter().find(|it| it.path.ends_with("set-up.sh"));
    let set_up = &set_up.unwrap().text;
    for absent in [
        "database",
        "DATABASE",
        "secrets \"",
        "# if",
        "# end",
        "secret()",
    ] {
        assert!(!set_up.contains(absent), "{absent}: {set_up}");
    }
    assert!(
        set_up.contains("    --set-env-vars \"$variables\" --cpu 1"),
        "{set_up}"
    );
    let compose = files.iter().find(|it| it.path == "compose.yaml").unwrap();
    assert!(!compose.text.contains("environment"), "{}", compose.text);
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
            // What waits for an answer asks every second, and for another build every ten.
            (
                "sleep",
                format!("if [ \"$1\" = 10 ]; then exec python3 {stand_in} sleep; fi"),
            ),
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
            "builds": {
                "older": {"status": "WORKING", "createTime": "2026-11-23T10:00:00Z"},
                "this": {"status": "WORKING", "createTime": "2026-11-23T10:01:00Z"},
                "newer": {"status": "SUCCESS", "createTime": "2026-11-23T10:02:00Z"},
            },
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
            .replace("{1..30}", "{1..3}")
            .replace("{1..150}", "{1..3}");
        std::fs::write(&path, short).unwrap();
        let mut command = std::process::Command::new("bash");
        command.arg(&path);
        let path = format!("{}:/usr/local/bin:/usr/bin:/bin", self.path("bin"));
        command.env("PATH", path);
        command.env("CLOUD_RUN_STATE", self.path("state.json"));
        for (name, value) in [
            ("COMMIT_SHA", "before"),
            ("BUILD_ID", "this"),
            ("LOCATION", "europe-west4"),
            ("PROJECT_ID", "acme"),
        ] {
            command.env(name, value);
        }
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

    /// The state with a change.
    fn change(&self, name: &str, value: serde_json::Value) {
        let mut state = self.state();
        state[name] = value;
        std::fs::write(self.path("state.json"), state.to_string()).unwrap();
    }

    /// Whether this build gets the lock that is held by another, and what it says.
    fn lock(&self, file: &str, held: &str) -> (bool, String) {
        if !held.is_empty() {
            self.change("lock", serde_json::json!({"generation": 7, "text": held}));
        }
        let ended = self.run(file, "Lock");
        let holder = self.state()["lock"]["text"].clone();
        assert_eq!(holder == "this 2026-11-23T10:01:00Z", ended.0, "{holder}");
        ended
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
    let mut services = world.state()["services"].take();
    services["shop-staging"]["revisions"]["shop-00001"]["release"] = "other".into();
    world.change("services", services);
    let (ok, said) = world.run("cloudbuild.production.yaml", "What staging serves");
    assert!(
        !ok && said.contains("deploy that commit to staging first"),
        "{said}"
    );
}

#[test]
fn one_build_at_a_time_changes_a_service() {
    let older = "older 2026-11-23T10:00:00Z";
    let newer = "newer 2026-11-23T10:02:00Z";
    let files = [
        "cloudbuild.yaml",
        "cloudbuild.production.yaml",
        "cloudbuild.rollback.yaml",
    ];
    for file in files {
        // It is nobody's; then somebody was quicker, and goes on; then that one ends.
        let world = World::new(&serde_json::json!({}));
        assert!(world.lock(file, "").0);
        let world = World::new(&serde_json::json!({}));
        world.change("overtaken", older.into());
        let (ok, said) = world.lock(file, "");
        assert!(!ok && said.contains("Build older still holds"), "{said}");
        world.change("ends", serde_json::json!(["older"]));
        let (ok, said) = world.lock(file, older);
        assert!(ok && said.contains("Build older is at work"), "{said}");
        // It ends, and somebody else was quicker to see that.
        let world = World::new(&serde_json::json!({}));
        world.change("overtaken", older.into());
        assert!(!world.lock(file, newer).0);
        // One that cannot be seen may go on.
        let world = World::new(&serde_json::json!({}));
        let (ok, said) = world.lock(file, "unknown 2026-11-23T09:00:00Z");
        assert!(!ok && said.contains("(UNKNOWN)"), "{said}");

        // A commit never takes the place of a later one; what somebody asks for does.
        let world = World::new(&serde_json::json!({}));
        let (ok, said) = world.lock(file, newer);
        assert_eq!(ok, file != "cloudbuild.yaml", "{said}");
        assert_eq!(said.contains("was here first"), !ok, "{said}");
    }
}

#[test]
fn the_front_end_is_built_and_looked_up_where_it_is_checked() {
    let files = generate_with(
        "links",
        &CONFIG.replace("sql-instance = \"shop-production\"\n", ""),
        &[
            (
                "web/package.json",
                "{\"scripts\": {\"build\": \"vite build\"}, \"devDependencies\": {\"vite\": \"7.0.0\"}}",
            ),
            ("web/package-lock.json", "{\"lockfileVersion\": 3}"),
        ],
    );
    for name in ["cloudbuild.yaml", "cloudbuild.pull-request.yaml"] {
        let file = files.iter().find(|it| it.path == name).unwrap();
        let build = taxiway_yaml::parse(&file.text).unwrap();
        let steps = build.get("steps").unwrap().items();
        let texts =
            |key: &'static str| steps.iter().map(move |it| it.get(key).and_then(Node::text));
        let ids: Vec<&str> = texts("id").flatten().collect();
        let at = |id: &str| ids.iter().position(|it| *it == id);
        let (built, used) = (at("Front end"), at("Image"));
        assert!(built.is_some() && built < used, "{ids:?}");
        let script = texts("script").nth(built.unwrap()).flatten().unwrap();
        assert!(
            script
                .trim_end()
                .ends_with("npm ci --no-audit --no-fund\nnpm run build"),
            "{script}"
        );
        assert!(ids.contains(&"No locked package of the front end has a known vulnerability"));
    }
}
