//! The examples of the rules about files: `--- path` starts a file; without one the language of the block names it.

use taxiway_check::{ALL, Files, Finding, Options, Rule, Run, apply_fixes};
use taxiway_diagnostics::{LineIndex, MemorySources, Sources as _};

/// The text under a heading, with a path for each file.
fn example(rule: &Rule, heading: &str) -> String {
    let block = rule
        .docs
        .split_once(&format!("## {heading}\n"))
        .and_then(|(_, rest)| rest.split_once("```"))
        .and_then(|(_, rest)| rest.split_once("```"))
        .map_or_else(
            || panic!("{} has no example `{heading}`", rule.code),
            |(text, _)| text,
        );
    let (language, text) = block.split_once('\n').unwrap();
    if text.starts_with("--- ") {
        return text.to_owned();
    }
    let path = match language {
        "yaml" => ".github/workflows/ci.yml",
        "dockerfile" => "Dockerfile",
        other => panic!("{}: `{other}` needs a path", rule.code),
    };
    format!("--- {path}\n{text}")
}

fn judge(rule: &Rule, text: &str) -> (MemorySources, Vec<Finding>) {
    let sources = MemorySources::from_text(text);
    let files = Files::read(&sources);
    let options = Options {
        pedantic: true,
        only: Some(vec![rule.code.to_owned()]),
        ..Options::default()
    };
    let mut run = Run::new(&sources, options);
    run.judge_files(&files);
    let findings = run.finish();
    (sources, findings)
}

/// `path line start end` of the line above the one with carets.
fn marked(rule: &Rule, sources: &MemorySources) -> (String, u32, u32, u32) {
    for path in sources.files() {
        let text = sources.read_text(&path).unwrap();
        for (index, line) in text.lines().enumerate() {
            if line.trim_start_matches(['#', '/', ' ']).starts_with('^') {
                let column = |at: usize| u32::try_from(at).unwrap() + 1;
                let start = column(line.find('^').unwrap());
                let end = column(line.rfind('^').unwrap() + 1);
                return (path.into_string(), column(index) - 1, start, end);
            }
        }
    }
    panic!("{} marks nothing", rule.code)
}

fn place(sources: &MemorySources, finding: &Finding) -> (String, u32, u32, u32) {
    let location = finding
        .diagnostic
        .location
        .as_ref()
        .expect("it has a place");
    let text = sources.read_text(location.path()).unwrap();
    let index = LineIndex::new(&text);
    let (line, start) = index.line_column(&text, location.span.start);
    let (_, end) = index.line_column(&text, location.span.end);
    (location.path().to_string(), line, start, end)
}

#[test]
fn bad_examples_have_their_finding_at_the_mark() {
    let mut wrong = Vec::new();
    for rule in ALL.iter().filter(|rule| rule.is_about_files()) {
        let (sources, findings) = judge(rule, &example(rule, "Bad"));
        let expected = marked(rule, &sources);
        let found: Vec<_> = findings
            .iter()
            .map(|finding| place(&sources, finding))
            .collect();
        // A mark cannot be drawn below the sign of its own comment.
        let is_right = matches!(found.as_slice(), [only] if only.0 == expected.0 && only.1 == expected.1
            && (only.2 == expected.2 || only.2 < expected.2 && expected.2 <= 3) && only.3 == expected.3);
        if !is_right {
            let messages: Vec<&str> = findings
                .iter()
                .map(|it| it.diagnostic.message.as_str())
                .collect();
            wrong.push(format!(
                "{}: marked {expected:?}, found {found:?} {messages:?}",
                rule.code
            ));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// What a rule proposes is right by the rule itself.
#[test]
fn a_fix_takes_its_finding_away() {
    let mut fixed = 0;
    for rule in ALL.iter().filter(|rule| rule.is_about_files()) {
        let (sources, findings) = judge(rule, &example(rule, "Bad"));
        let Some(fix) = findings.first().and_then(|it| it.diagnostic.fix.as_ref()) else {
            continue;
        };
        let path = fix.edits[0].location.path().to_owned();
        let text = sources.read_text(&path).unwrap();
        let (mended, count) = apply_fixes(&path, &text, &findings, true);
        assert_eq!(count, 1, "{}", rule.code);
        let after = judge(rule, &format!("--- {path}\n{mended}")).1;
        assert!(after.is_empty(), "{}: {mended}", rule.code);
        fixed += 1;
    }
    assert!(fixed >= 3, "{fixed}");
}

#[test]
fn good_examples_have_no_finding() {
    let mut wrong = Vec::new();
    for rule in ALL.iter().filter(|rule| rule.is_about_files()) {
        for finding in judge(rule, &example(rule, "Good")).1 {
            wrong.push(format!("{}: {}", rule.code, finding.diagnostic.message));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn a_finding_is_accepted_in_the_line_above_it() {
    let text = "--- Dockerfile\nFROM python:3.12-slim\n# taxiway:allow(image-port-mismatch) a proxy translates\nEXPOSE 5005\nCMD [\"gunicorn\", \"--bind\", \"0.0.0.0:8000\", \"shop.wsgi\"]\n";
    let rule = ALL
        .iter()
        .find(|rule| rule.code == "image-port-mismatch")
        .unwrap();
    assert!(judge(rule, text).1.is_empty());
    assert_eq!(
        judge(rule, &text.replace("a proxy translates", "")).1.len(),
        1
    );
}

#[test]
fn every_cut_of_an_example_is_read() {
    for rule in ALL.iter().filter(|rule| rule.is_about_files()) {
        let text = example(rule, "Bad");
        for end in (0..text.len()).filter(|end| text.is_char_boundary(*end)) {
            Files::read(&MemorySources::from_text(&text[..end]));
        }
    }
}
