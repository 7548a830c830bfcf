//! Files as Taxiway generates them have no finding, and each defect that is put into them has its own.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use camino::Utf8Path;
use taxiway_check::{ALL, Files, Finding, Options, Run};
use taxiway_diagnostics::{LineIndex, MemorySources, Sources as _};

/// `== file`, `-` lines that are replaced by `+` lines, or `+` lines alone for what is put behind its end; then what is found:
/// `! rule @ text of the line`. Below `== also file` stands a file that the defect needs besides; `== gone file` is taken away.
const DEFECTS: &str = include_str!("delivery.txt");

const SAMPLES: [&str; 6] = ["chat", "hello", "links", "notes", "shop", "two"];

/// What is generated for a sample.
fn generated(sample: &str) -> MemorySources {
    let folder = Utf8Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../taxiway-blueprint/tests/samples")
        .join(sample)
        .join("expected");
    let mut sources = MemorySources::new();
    let mut folders = vec![folder.clone()];
    while let Some(next) = folders.pop() {
        for entry in next.read_dir_utf8().unwrap().flatten() {
            if entry.path().is_dir() {
                folders.push(entry.into_path());
            } else {
                let text = std::fs::read_to_string(entry.path()).unwrap();
                sources.insert(entry.path().strip_prefix(&folder).unwrap(), text);
            }
        }
    }
    sources
}

fn judge(sources: &MemorySources) -> Vec<Finding> {
    let files = Files::read(sources);
    let options = Options {
        pedantic: true,
        ..Options::default()
    };
    let mut run = Run::new(sources, options);
    run.judge_files(&files);
    run.finish()
}

/// `code path: text of the line`
fn shown(sources: &MemorySources, finding: &Finding) -> (String, String, String) {
    let location = finding.diagnostic.location.as_ref().unwrap();
    let text = sources.read_text(location.path()).unwrap();
    let line = LineIndex::new(&text).line(location.span.start) as usize;
    let line = text.lines().nth(line - 1).unwrap_or_default().trim();
    let code = finding.rule.code.to_owned();
    (code, location.path().to_string(), line.to_owned())
}

#[test]
fn generated_files_have_no_finding() {
    for sample in SAMPLES {
        let sources = generated(sample);
        let files = Files::read(&sources);
        assert!(files.count() >= 6, "{sample} has {} files", files.count());
        let found: Vec<_> = judge(&sources)
            .iter()
            .map(|it| shown(&sources, it))
            .collect();
        assert!(found.is_empty(), "{sample}: {found:#?}");
    }
}

/// The lines with a sign in front, without it.
fn lines(block: &str, sign: &str) -> String {
    let lines = block.lines().filter_map(|line| line.strip_prefix(sign));
    lines.map(|line| format!("{line}\n")).collect()
}

/// The sources with one defect, and where it is: `(rule, file, text of the line)`.
fn seeded(defect: &str) -> (MemorySources, (String, String, String)) {
    let mut sources = generated("notes");
    let mut expected = None;
    for block in defect.split("== ").skip(1) {
        let path = block.lines().next().unwrap().trim();
        if let Some(gone) = path.strip_prefix("gone ") {
            let mut rest = MemorySources::new();
            for path in sources.files().into_iter().filter(|path| path != gone) {
                let text = sources.read_text(&path).unwrap();
                rest.insert(path, text);
            }
            sources = rest;
            continue;
        }
        let path = path.strip_prefix("also ").unwrap_or(path);
        let (before, after) = (lines(block, "-"), lines(block, "+"));
        let text = sources.read_text(path.into()).unwrap_or_default();
        let text = if before.is_empty() {
            text + &after
        } else {
            assert_eq!(
                text.matches(&before).count(),
                1,
                "not once in {path}:\n{before}"
            );
            text.replace(&before, &after)
        };
        sources.insert(path, text);
        if let Some((code, line)) = lines(block, "! ").trim().split_once(" @ ") {
            expected = Some((code.to_owned(), path.to_owned(), line.to_owned()));
        }
    }
    (sources, expected.expect("it says what is found"))
}

#[test]
fn each_seeded_defect_is_found_at_its_place_and_nothing_else() {
    let mut wrong = String::new();
    let mut seen = BTreeSet::new();
    for defect in DEFECTS
        .split("\n\n")
        .filter(|defect| defect.contains("== "))
    {
        let (sources, expected) = seeded(defect);
        let findings = judge(&sources);
        let found: Vec<_> = findings.iter().map(|it| shown(&sources, it)).collect();
        let is_right = matches!(found.as_slice(), [only] if only.0 == expected.0 && only.1 == expected.1 && only.2.contains(&expected.2));
        if !is_right {
            writeln!(wrong, "{expected:?}, and found: {found:#?}").unwrap();
        }
        seen.insert(expected.0);
    }
    for rule in ALL.iter().filter(|rule| rule.is_about_files()) {
        if !seen.contains(rule.code) {
            writeln!(wrong, "no defect for {}", rule.code).unwrap();
        }
    }
    assert!(wrong.is_empty(), "{wrong}");
}
