//! What is said about wrong files, by theme: each line of a file in `tests/diagnostics` ends with what is said about it.
//!
//! `// ! BCP033` expects an error of that code on the line, `// ? BCP037` a warning; all others are unexpected.

use std::collections::BTreeSet;

use taxiway_bicep::{compile, compile_parameters};
use taxiway_diagnostics::{LineIndex, MemorySources, Severity, Sources};

type Said = BTreeSet<(String, u32, char, String)>;

fn expected(sources: &MemorySources) -> Said {
    let mut found = Said::new();
    for path in sources.files() {
        let text = sources.read_text(&path).expect("it is listed");
        for (index, line) in text.lines().enumerate() {
            let Some((_, marks)) = line
                .split_once("// ")
                .filter(|(_, marks)| marks.starts_with("! ") || marks.starts_with("? "))
            else {
                continue;
            };
            let mut kind = '!';
            for word in marks.split_whitespace() {
                match word {
                    "!" | "?" => kind = word.chars().next().unwrap_or('!'),
                    code => {
                        let line = u32::try_from(index).unwrap_or(0) + 1;
                        found.insert((path.to_string(), line, kind, code.to_owned()));
                    }
                }
            }
        }
    }
    found
}

fn said(sources: &MemorySources) -> Said {
    let parameters = sources.is_file("main.bicepparam".into());
    let diagnostics = if parameters {
        compile_parameters(sources, "main.bicepparam".into(), &|_| None).diagnostics
    } else {
        compile(sources, "main.bicep".into()).diagnostics
    };
    diagnostics
        .iter()
        .filter(|diagnostic| diagnostic.code.starts_with("BCP"))
        .filter_map(|diagnostic| {
            let location = diagnostic.location.as_ref()?;
            let text = sources.read_text(location.path()).ok()?;
            let line = LineIndex::new(&text).line(location.span.start);
            let kind = match diagnostic.severity {
                Severity::Error => '!',
                _ => '?',
            };
            Some((
                location.path().to_string(),
                line,
                kind,
                diagnostic.code.to_string(),
            ))
        })
        .collect()
}

#[test]
fn every_marked_line_is_said_something_about_and_no_other() {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/diagnostics");
    let mut count = 0;
    let mut wrong = Vec::new();
    for entry in std::fs::read_dir(folder).expect("the folder is there") {
        let path = entry.expect("the folder can be read").path();
        let text = std::fs::read_to_string(&path).expect("a case is text");
        let sources = MemorySources::from_text(&text);
        let (expected, said) = (expected(&sources), said(&sources));
        count += expected.len();
        let name = path.file_stem().unwrap_or_default().to_string_lossy();
        for missing in expected.difference(&said) {
            wrong.push(format!("{name}: not said: {missing:?}"));
        }
        for unexpected in said.difference(&expected) {
            wrong.push(format!("{name}: said: {unexpected:?}"));
        }
    }
    assert!(count > 0, "there are marks");
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
