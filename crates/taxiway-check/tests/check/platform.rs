//! A whole platform without a finding, and each of its seeded defects with exactly its own.

use std::fmt::Write as _;

use camino::{Utf8Path, Utf8PathBuf};
use taxiway_check::{Entry, Evaluated, Finding, Options, Run, Surroundings};
use taxiway_diagnostics::{LineIndex, MemorySources, Sources as _};

const ENTRY: &str = "main.bicepparam";

/// `== file` and `-` lines that are replaced by `+` lines, then what is found: `rule` at the line that holds a text.
const DEFECTS: &str = include_str!("defects.txt");

fn platform() -> MemorySources {
    let folder = Utf8Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/platform");
    let mut sources = MemorySources::new();
    for name in ["main.bicep", ENTRY] {
        sources.insert(name, std::fs::read_to_string(folder.join(name)).unwrap());
    }
    for file in folder.join("modules").read_dir_utf8().unwrap().flatten() {
        let text = std::fs::read_to_string(file.path()).unwrap();
        sources.insert(format!("modules/{}", file.file_name()), text);
    }
    sources
}

fn judge(sources: &MemorySources) -> Result<Vec<Finding>, String> {
    let around = Surroundings {
        variables: &|_| Some("a-password-for-the-test".to_owned()),
        ..Surroundings::none()
    };
    let evaluated = Evaluated::open(sources, &Entry::new(ENTRY), &around)
        .map_err(|errors| format!("{errors:#?}"))?;
    let options = Options {
        pedantic: true,
        ..Options::default()
    };
    let mut run = Run::new(sources, options);
    run.judge(&evaluated);
    Ok(run.finish())
}

/// `code path:line: text of the line`
fn place(sources: &MemorySources, finding: &Finding) -> (String, String) {
    let Some(location) = &finding.diagnostic.location else {
        return (String::new(), String::new());
    };
    let text = sources.read_text(location.path()).unwrap();
    let line = LineIndex::new(&text).line(location.span.start) as usize;
    let line = text.lines().nth(line - 1).unwrap_or_default().trim();
    (location.path().to_string(), line.to_owned())
}

fn listed(sources: &MemorySources, findings: &[Finding]) -> String {
    let mut lines = String::new();
    for finding in findings {
        let (path, line) = place(sources, finding);
        let message = &finding.diagnostic.message;
        writeln!(
            lines,
            "    {} {path} `{line}`: {message}",
            finding.rule.code
        )
        .unwrap();
    }
    lines
}

#[test]
fn the_platform_has_no_finding() {
    let sources = platform();
    let findings = judge(&sources).unwrap();
    assert!(findings.is_empty(), "{}", listed(&sources, &findings));
}

struct Defect {
    path: Utf8PathBuf,
    before: String,
    after: String,
    code: String,
    at: String,
}

/// A defect: `== path`, lines with `-` and `+`, and `! code @ text of the line`; the text may start with another path and `:`.
fn defects() -> Vec<Defect> {
    let mut defects = Vec::new();
    for block in DEFECTS.split("\n== ").skip(1) {
        let path = block.lines().next().unwrap().trim();
        let lines = |sign: &str| -> String {
            let lines = block.lines().filter_map(|line| line.strip_prefix(sign));
            lines.map(|line| format!("{line}\n")).collect()
        };
        let (before, after) = (lines("-"), lines("+"));
        for found in block.lines().filter_map(|line| line.strip_prefix("! ")) {
            let (code, at) = found.split_once(" @ ").unwrap();
            defects.push(Defect {
                path: path.into(),
                before: before.clone(),
                after: after.clone(),
                code: code.trim().to_owned(),
                at: at.trim().to_owned(),
            });
        }
    }
    defects
}

#[test]
fn each_seeded_defect_is_found_at_its_place_and_nothing_else() {
    let mut wrong = String::new();
    let defects = defects();
    for (index, defect) in defects.iter().enumerate() {
        let mut sources = platform();
        let text = sources.read_text(&defect.path).unwrap();
        let title = format!("{}. {} ({})", index + 1, defect.code, defect.path);
        if text.matches(&defect.before).count() != 1 {
            writeln!(wrong, "{title}: not once in the file:\n{}", defect.before).unwrap();
            continue;
        }
        sources.insert(
            defect.path.clone(),
            text.replace(&defect.before, &defect.after),
        );
        let findings = match judge(&sources) {
            Ok(findings) => findings,
            Err(errors) => {
                writeln!(wrong, "{title}: {errors}").unwrap();
                continue;
            }
        };
        let (file, line) = match defect.at.split_once(": ") {
            Some((file, line)) if Utf8Path::new(file).extension().is_some() => (file, line),
            _ => (defect.path.as_str(), defect.at.as_str()),
        };
        let is_right = matches!(findings.as_slice(), [only] if only.rule.code == defect.code && {
            let (path, found) = place(&sources, only);
            path == file && found.contains(line)
        });
        if !is_right {
            writeln!(
                wrong,
                "{title} at {file} `{line}`, and found:\n{}",
                listed(&sources, &findings)
            )
            .unwrap();
        }
    }
    assert!(wrong.is_empty(), "{wrong}");
    assert!(
        defects.len() >= 100,
        "there are only {} defects",
        defects.len()
    );
}

#[test]
fn values_that_come_with_the_deployment_are_unknown() {
    let sources = MemorySources::from_text(
        "--- main.bicep\nparam isOn bool\nparam count int = 1\n@allowed(['blue', 'green'])\nparam colour string\nparam name string\n\
         @secure()\nparam key string = ''\n\
         resource one 'Microsoft.Storage/storageAccounts@2024-01-01' = if (isOn && !empty(key)) {\n  name: name\n  location: colour\n\
         \x20 kind: 'StorageV2'\n  sku: {\n    name: 'Standard_LRS'\n  }\n}\n\
         --- main.parameters.json\n{\"parameters\": {\"isOn\": {\"value\": \"${ON=true}\"}, \"count\": {\"value\": \"${COUNT}\"}, \
         \"colour\": {\"value\": \"${COLOUR=blue}\"}, \"name\": {\"value\": \"st${NAME}\"}, \"key\": {\"value\": \"\"}}}\n",
    );
    let entry = Entry {
        parameters: Some("main.parameters.json".into()),
        ..Entry::new("main.bicep")
    };
    let evaluated = Evaluated::open(&sources, &entry, &Surroundings::none()).unwrap();
    assert_eq!(evaluated.resources.len(), 1);
    let wrong = sources.read_text("main.parameters.json".into()).unwrap();
    let mut mistaken = sources.clone();
    mistaken.insert("main.parameters.json", wrong.replace("${ON=true}", "yes"));
    assert!(Evaluated::open(&mistaken, &entry, &Surroundings::none()).is_err());
}
