//! Mistakes put into what is generated: the rules find each of them where it is, and nothing else.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use taxiway_diagnostics::{LineIndex, MemorySources, Sources as _};

use crate::combinations::{generated, judge};
use crate::sample::folder;

const DEFECTS: &str = include_str!("seeded.txt");

/// A production that has nearly everything; others are those of `samples/platforms`.
const PRODUCTION: &str = r#"
[app]
name = "shop"
owner = "team@example.com"
hosting = "container"
data-residency = ["swedencentral", "swedensouth"]

[environments.production]
region = "swedencentral"
size = "medium"
network = "internal"
cache = "redis"
storage = true
vpn = true
database = { standby = true }
alerts = ["team@example.com"]
budget = { amount = 300, since = "2026-12" }
"#;

/// The lines of a defect with a sign in front, without it; each with its end.
fn lines(defect: &str, sign: char) -> String {
    let lines = defect.lines().filter_map(|line| line.strip_prefix(sign));
    lines.map(|line| format!("{line}\n")).collect()
}

/// `rule @ file: line` of everything that is found.
fn found(sources: &MemorySources) -> Vec<String> {
    let findings = match judge(sources, "production", "swedencentral") {
        Ok(findings) => findings,
        Err(errors) => {
            let told = errors.into_iter();
            return told
                .map(|error| format!("{}: {}", error.code, error.message))
                .collect();
        }
    };
    let told = findings.into_iter().map(|finding| {
        let location = finding.diagnostic.location.expect("it has a place");
        let text = sources.read_text(location.path()).unwrap();
        let line = LineIndex::new(&text).line(location.span.start) as usize;
        let line = text.lines().nth(line - 1).unwrap_or_default().trim();
        let path = location
            .path()
            .strip_prefix("infrastructure/bicep")
            .unwrap();
        format!("{} @ {path}: {line}", finding.rule.code)
    });
    told.collect()
}

/// What is generated for a platform, and nothing is found in.
fn platform(name: &str) -> MemorySources {
    let sources = if name.is_empty() {
        generated(PRODUCTION)
    } else {
        let path = folder("platforms").join(name).join("taxiway.toml");
        generated(&std::fs::read_to_string(path).unwrap())
    };
    assert_eq!(found(&sources), Vec::<String>::new(), "{name}");
    sources
}

#[test]
fn each_mistake_is_found_at_its_place_and_nothing_else() {
    let mut platforms: BTreeMap<&str, MemorySources> = BTreeMap::new();
    let mut wrong = String::new();
    let mut count = 0;
    for defect in DEFECTS.split("\n== ").skip(1) {
        let (place, _) = defect.split_once('\n').unwrap();
        let (name, path) = place.split_once(": ").unwrap_or(("", place));
        let path = format!("infrastructure/bicep/{path}");
        let sources = platforms.entry(name).or_insert_with(|| platform(name));
        let text = sources.read_text(path.as_ref()).unwrap();
        let (before, after) = (lines(defect, '-'), lines(defect, '+'));
        let expected = lines(defect, '!');
        if !text.contains(&before) {
            writeln!(wrong, "{path} has not\n{before}").unwrap();
            continue;
        }
        let mut seeded = sources.clone();
        seeded.insert(path.clone(), text.replacen(&before, &after, 1));
        let found = found(&seeded);
        let found = found
            .iter()
            .map(|line| format!(" {line}"))
            .collect::<Vec<_>>();
        let expected: Vec<&str> = expected.lines().collect();
        if found != expected {
            writeln!(wrong, "{path}{after}{expected:#?} but {found:#?}").unwrap();
        }
        count += 1;
    }
    assert_eq!(wrong, "");
    assert!(count >= 110, "{count} mistakes");
}
