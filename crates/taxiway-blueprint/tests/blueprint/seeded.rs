//! Mistakes put into what is generated: the rules find each of them where it is, and nothing else.

use std::fmt::Write as _;

use taxiway_diagnostics::{LineIndex, MemorySources, Sources as _};

use crate::combinations::{generated, judged};

const DEFECTS: &str = include_str!("seeded.txt");

/// A production that has nearly everything.
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
    let told = judged(sources, "production", "swedencentral")
        .into_iter()
        .map(|finding| {
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

#[test]
fn each_mistake_is_found_at_its_place_and_nothing_else() {
    let sources = generated(PRODUCTION);
    let mut wrong = String::new();
    let mut count = 0;
    for defect in DEFECTS.split("\n== ").skip(1) {
        let (path, _) = defect.split_once('\n').unwrap();
        let path = format!("infrastructure/bicep/{path}");
        let text = sources.read_text(path.as_ref()).unwrap();
        let (before, after) = (lines(defect, '-'), lines(defect, '+'));
        let expected = lines(defect, '!').trim().to_owned();
        assert!(text.contains(&before), "{path} has not\n{before}");
        let mut seeded = sources.clone();
        seeded.insert(path, text.replacen(&before, &after, 1));
        let found = found(&seeded);
        if found != [expected.clone()] {
            writeln!(wrong, "{expected}\n  {}", found.join("\n  ")).unwrap();
        }
        count += 1;
    }
    assert_eq!(wrong, "");
    assert!(count >= 70, "{count} mistakes");
}
