//! Every generated file of every sample, as it is.

use std::collections::BTreeSet;

use camino::{Utf8Path, Utf8PathBuf};

use crate::sample::{SAMPLES, folder, generate, platform};

/// Compares `text` with the golden file at `path`, or writes it where that is asked for.
fn check(path: &Utf8Path, text: &str) {
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

#[test]
fn every_file_is_as_expected() {
    for sample in SAMPLES {
        let expected = folder(sample).join("expected");
        let mut known: BTreeSet<Utf8PathBuf> = BTreeSet::new();
        for file in generate(sample) {
            let path = expected.join(&file.path);
            check(&path, &file.text);
            known.insert(path);
        }
        for path in walk(&expected) {
            assert!(known.contains(&path), "{path} is no longer generated");
        }
    }
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
