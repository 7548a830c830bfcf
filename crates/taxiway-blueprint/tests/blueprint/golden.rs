//! Every generated file of every sample, as it is.

use std::collections::{BTreeMap, BTreeSet};

use camino::{Utf8Path, Utf8PathBuf};
use taxiway_blueprint::{files, plan_changes};
use taxiway_diagnostics::MemorySources;

use crate::sample::{SAMPLES, folder, generate, platform};

/// Compares `text` with the golden file at `path`, or writes it where that is asked for.
pub(crate) fn check(path: &Utf8Path, text: &str) {
    #[expect(
        clippy::disallowed_methods,
        reason = "the switch that insta has for its own files"
    )]
    let updates = std::env::var("INSTA_UPDATE").is_ok_and(|update| update == "always");
    if updates {
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    } else {
        let expected = std::fs::read_to_string(path).unwrap_or_default();
        assert!(
            expected == text,
            "{path} differs:\n{}",
            diffy::create_patch(&expected, text)
        );
    }
}

/// What a sample makes of its own stands in `expected/`; what every application gets word for word is listed in
/// `shared.txt`, with the file that it comes from.
#[test]
fn every_file_is_as_expected() {
    let shared = shared_files();
    for sample in SAMPLES {
        let expected = folder(sample).join("expected");
        let mut known: BTreeSet<Utf8PathBuf> = BTreeSet::new();
        let mut word_for_word = String::new();
        for file in generate(sample) {
            if let Some(source) = shared.get(&file.text) {
                word_for_word.extend([file.path.as_str(), " = ", source.as_str(), "\n"]);
                continue;
            }
            let path = expected.join(&file.path);
            check(&path, &file.text);
            known.insert(path);
        }
        check(&folder(sample).join("shared.txt"), &word_for_word);
        for path in walk(&expected) {
            assert!(known.contains(&path), "{path} is no longer generated");
        }
    }
}

/// The files that are written as they are, by their text. Short ones say too little to be told apart.
fn shared_files() -> BTreeMap<String, Utf8PathBuf> {
    let root = Utf8Path::new(env!("CARGO_MANIFEST_DIR")).join("files");
    let mut shared = BTreeMap::new();
    for path in walk(&root) {
        let text = with_a_database(&std::fs::read_to_string(&path).unwrap());
        if text.lines().count() > 10 {
            shared.insert(text, path.strip_prefix(&root).unwrap().to_owned());
        }
    }
    shared
}

/// A file as nearly every application gets it, without the marks of what others don't.
fn with_a_database(text: &str) -> String {
    let mut is_theirs = false;
    let lines = text.split_inclusive('\n').filter(|line| match line.trim() {
        "# if database" => false,
        mark @ ("# else" | "# end") => {
            is_theirs = mark == "# else";
            false
        }
        _ => !is_theirs,
    });
    lines.collect()
}

#[test]
fn every_choice_is_as_expected() {
    for sample in SAMPLES {
        let (_, platform) = platform(sample);
        let mut text: String = platform
            .choices
            .iter()
            .map(|choice| {
                format!(
                    "{} = {} | {} | {}\n",
                    choice.key, choice.value, choice.source, choice.reason
                )
            })
            .collect();
        for warning in &platform.warnings {
            text.extend(["warning: ", &warning.message, "\n"]);
        }
        for environment in &platform.environments {
            for missing in &environment.missing {
                text.extend([
                    &environment.name,
                    " lacks ",
                    &missing.name,
                    ": ",
                    &missing.help,
                    "\n",
                ]);
            }
        }
        check(&folder(sample).join("choices.txt"), &text);
    }
}

/// The project's own configuration of gunicorn stays in force, below ours; and stays so when everything is written again.
#[test]
fn a_server_configuration_of_the_project_is_loaded_first() {
    let (mut app, platform) = platform("shop");
    app.services[0].server_configuration = Some(taxiway_app::ServerConfiguration {
        path: "gunicorn.conf.py".into(),
        settings: Vec::new(),
    });
    let mut sources = MemorySources::new();
    sources.insert("gunicorn.conf.py", "workers = 3\n");
    let first = files(&sources, &app, &platform);
    let paths: Vec<&str> = first.iter().map(|file| file.path.as_str()).collect();
    assert!(paths.contains(&"gunicorn.taxiway.conf.py"), "{paths:?}");
    assert!(!paths.contains(&"gunicorn.conf.py"), "{paths:?}");
    let main = first.iter().find(|file| file.path.ends_with("main.bicep"));
    let command = "'gunicorn --config gunicorn.taxiway.conf.py shop.wsgi:application'";
    assert!(main.unwrap().text.contains(command));
    for change in plan_changes(&first, &sources) {
        if let Some(text) = change.after {
            sources.insert(change.path, text);
        }
    }
    assert_eq!(files(&sources, &app, &platform), first);
}

#[test]
fn an_app_without_a_database_starts_none() {
    let (app, _) = platform("links");
    let google = "[delivery.cloud-run]\nregion = \"europe-west4\"\n";
    for (pipeline, more) in [("github", ""), ("cloud-build", google)] {
        let config = format!(
            "[app]\ndatabase = \"none\"\n[environments.production]\n[delivery]\npipeline = \"{pipeline}\"\ncontainer = \"docker\"\n{more}"
        );
        let config = taxiway_platform::Config::parse(&config).unwrap();
        let platform = taxiway_platform::decide(&app, &config).unwrap();
        let written = files(&MemorySources::new(), &app, &platform);
        for file in written.iter().filter(|it| it.path.as_str().ends_with("ml")) {
            for word in ["postgres:1", "@database", "depends_on: {}", "volumes: {}"] {
                let found = file.text.contains(word);
                assert!(!found, "{}: {word}\n{}", file.path, file.text);
            }
        }
    }
}

/// A `deploy.yml` of the project is not what our workflows call: ours has another name then.
#[test]
fn a_deployment_workflow_of_the_project_is_not_called() {
    let (app, platform) = platform("shop");
    let mut sources = MemorySources::new();
    sources.insert(".github/workflows/deploy.yml", "name: Theirs\n");
    let generated = files(&sources, &app, &platform);
    let text = |name: &str| {
        let path = format!(".github/workflows/{name}");
        let found = generated.iter().find(|file| file.path == path);
        found.map(|file| file.text.as_str())
    };
    assert!(text("deploy.yml").is_none());
    assert!(text("taxiway-deploy.yml").is_some());
    let calls = "uses: $/.github/workflows/taxiway-deploy.yml";
    for caller in ["deploy-staging.yml", "deploy-production.yml"] {
        assert!(text(caller).is_some_and(|text| text.contains(calls)));
    }
}

#[test]
fn the_same_facts_give_the_same_bytes() {
    for sample in SAMPLES {
        assert_eq!(generate(sample), generate(sample));
    }
}

fn walk(folder: &Utf8Path) -> Vec<Utf8PathBuf> {
    let Ok(entries) = folder.read_dir_utf8() else {
        return Vec::new();
    };
    let paths = entries.map(|entry| entry.unwrap().into_path());
    paths
        .flat_map(|path| {
            if path.is_dir() {
                walk(&path)
            } else {
                vec![path]
            }
        })
        .collect()
}

/// Whatever names the port names the same one: server, image, probes, and what App Service is told.
#[test]
fn there_is_one_port() {
    let (app, mut platform) = platform("chat");
    platform.service.port = 5005;
    platform.hosting = taxiway_platform::Hosting::Container;
    let generated = files(&MemorySources::new(), &app, &platform);
    let text = |end: &str| {
        let file = generated
            .iter()
            .find(|file| file.path.as_str().ends_with(end));
        file.unwrap_or_else(|| panic!("{end} is generated"))
            .text
            .clone()
    };
    for (file, said) in [
        ("gunicorn.conf.py", "os.environ.get(\"PORT\", \"5005\")"),
        ("Dockerfile", "EXPOSE 5005"),
        ("Dockerfile", "PORT=5005"),
        ("compose.yaml", "127.0.0.1:5005:5005"),
        ("main.bicep", "WEBSITES_PORT: '5005'"),
    ] {
        assert!(text(file).contains(said), "{file}:\n{}", text(file));
    }
    for file in generated
        .iter()
        .filter(|file| !file.path.as_str().contains("/modules/"))
    {
        assert!(
            !file.text.contains("8000"),
            "{} names another port",
            file.path
        );
    }
}
