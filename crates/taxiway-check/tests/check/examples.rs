//! Every rule has a page whose bad example gives exactly its finding, at the marked place, and whose good example gives none.

use std::collections::BTreeSet;

use camino::Utf8Path;
use taxiway_check::{
    ALL, Entry, Evaluated, Finding, Options, Rule, Run, Surroundings, apply_fixes,
};
use taxiway_diagnostics::{LineIndex, MemorySources};

const MAIN: &str = "main.bicep";

fn sources(text: &str) -> MemorySources {
    let mut sources = MemorySources::new();
    sources.insert(MAIN, text);
    sources
}

/// What the rule says about the text; the rule allowed in it is judged too, where it is about suppressions.
fn judge(rule: &Rule, text: &str) -> Vec<Finding> {
    let sources = sources(text);
    let evaluated = Evaluated::open(&sources, &Entry::new(MAIN), &Surroundings::none())
        .unwrap_or_else(|errors| panic!("{}: {errors:#?}\n{text}", rule.code));
    let mut only = vec![rule.code.to_owned()];
    if text.contains("taxiway:allow(plain-http)") {
        only.push("plain-http".to_owned());
    }
    let options = Options {
        pedantic: true,
        only: Some(only),
        ..Options::default()
    };
    let mut run = Run::new(&sources, options);
    run.judge(&evaluated);
    let mut findings = run.finish();
    findings.retain(|finding| finding.rule.code == rule.code);
    findings
}

/// The example under a heading.
fn example<'d>(rule: &'d Rule, heading: &str) -> &'d str {
    rule.docs
        .split_once(&format!("## {heading}\n"))
        .and_then(|(_, rest)| rest.split_once("```bicep\n"))
        .and_then(|(_, rest)| rest.split_once("```"))
        .map_or_else(
            || panic!("{} has no example `{heading}`", rule.code),
            |(text, _)| text,
        )
}

/// The line and the columns that a line of carets marks in the line above it.
fn marked(rule: &Rule, text: &str) -> (u32, u32, u32) {
    let lines: Vec<&str> = text.lines().collect();
    let index = lines
        .iter()
        .position(|line| line.trim_start_matches(['/', ' ']).starts_with('^'))
        .unwrap_or_else(|| panic!("{} marks nothing", rule.code));
    let start = lines[index].find('^').unwrap();
    let end = lines[index].rfind('^').unwrap() + 1;
    let number = |value: usize| u32::try_from(value).unwrap();
    (number(index), number(start) + 1, number(end) + 1)
}

#[test]
fn bad_examples_have_their_finding_at_the_mark() {
    let mut wrong = Vec::new();
    for rule in ALL.iter().filter(|rule| !rule.is_about_files()) {
        let text = example(rule, "Bad");
        let findings = judge(rule, text);
        let expected = marked(rule, text);
        let index = LineIndex::new(text);
        let places: Vec<(u32, u32, u32)> = findings
            .iter()
            .map(|finding| {
                let span = finding
                    .diagnostic
                    .location
                    .as_ref()
                    .expect("it has a place")
                    .span;
                let (line, start) = index.line_column(text, span.start);
                (line, start, index.line_column(text, span.end).1)
            })
            .collect();
        // A mark under the first columns cannot be drawn below `//`: it then starts with the comment.
        let fits = |found: &(u32, u32, u32)| {
            found.0 == expected.0
                && (found.1 == expected.1 || expected.1 == 3 && found.1 < 3)
                && (found.2 >= expected.2 || found.1 == expected.1)
        };
        if places.len() != 1 || !fits(&places[0]) {
            let messages: Vec<&str> = findings
                .iter()
                .map(|finding| finding.diagnostic.message.as_str())
                .collect();
            wrong.push(format!(
                "{}: marked {expected:?}, found {places:?} {messages:?}",
                rule.code
            ));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn good_examples_have_no_finding() {
    let mut wrong = Vec::new();
    for rule in ALL.iter().filter(|rule| !rule.is_about_files()) {
        for finding in judge(rule, example(rule, "Good")) {
            wrong.push(format!("{}: {}", rule.code, finding.diagnostic.message));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn what_is_fixed_has_no_finding_any_more() {
    let mut fixed = 0;
    let mut wrong = Vec::new();
    for rule in ALL.iter().filter(|rule| !rule.is_about_files()) {
        let text = example(rule, "Bad");
        let findings = judge(rule, text);
        if findings
            .iter()
            .any(|finding| finding.diagnostic.fix.is_none())
        {
            continue;
        }
        let (mended, count) = apply_fixes(Utf8Path::new(MAIN), text, &findings, true);
        let left = judge(rule, &mended);
        if count != 1 || !left.is_empty() {
            wrong.push(format!(
                "{}: {count} applied, {} left\n{mended}",
                rule.code,
                left.len()
            ));
        }
        fixed += 1;
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(fixed >= 15, "only {fixed} rules offer a fix");
}

#[test]
fn the_list_has_every_file_and_every_page_its_headings() {
    let folder = Utf8Path::new(env!("CARGO_MANIFEST_DIR")).join("src/rules");
    let mut pages = BTreeSet::new();
    for area in folder
        .read_dir_utf8()
        .unwrap()
        .flatten()
        .filter(|entry| entry.path().is_dir())
    {
        for file in area.path().read_dir_utf8().unwrap().flatten() {
            let stem = file.path().file_stem().unwrap().replace('_', "-");
            pages.insert((stem, file.path().extension().unwrap().to_owned()));
        }
    }
    let mut listed = BTreeSet::new();
    for rule in ALL {
        assert!(
            listed.insert((rule.code.to_owned(), "md".to_owned())),
            "{} is there twice",
            rule.code
        );
        listed.insert((rule.code.to_owned(), "rs".to_owned()));
        assert!(
            rule.docs.starts_with(&format!("# {}\n", rule.code)),
            "{}",
            rule.code
        );
        for heading in ["What", "Why", "Bad", "Good"] {
            assert!(
                rule.docs.contains(&format!("\n## {heading}\n")),
                "{} lacks {heading}",
                rule.code
            );
        }
        let is_lower = rule
            .summary
            .starts_with(|first: char| !first.is_uppercase())
            || rule.summary.starts_with("PostgreSQL");
        assert!(
            is_lower && !rule.summary.ends_with('.')
                || rule.summary.starts_with(char::is_uppercase),
            "{}",
            rule.summary
        );
    }
    assert_eq!(listed, pages);
}
