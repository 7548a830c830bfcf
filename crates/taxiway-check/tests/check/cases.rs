//! What rules say of templates that their examples do not show: further patterns of the same story, and near misses.

use std::fmt::Write as _;

use taxiway_check::{Entry, Evaluated, Options, Run, Surroundings};
use taxiway_diagnostics::MemorySources;

const MAIN: &str = "main.bicep";

/// `== code`, a template, and `! message` for each finding, with its severity where that is not the rule's.
const CASES: &str = include_str!("cases.txt");

/// What everybody is told by one rule about a template.
fn said(rule: &str, text: &str) -> Result<Vec<String>, String> {
    let mut sources = MemorySources::new();
    sources.insert(MAIN, text);
    let evaluated = Evaluated::open(&sources, &Entry::new(MAIN), &Surroundings::none())
        .map_err(|errors| format!("{errors:#?}"))?;
    let options = Options {
        only: Some(vec![rule.to_owned()]),
        ..Options::default()
    };
    let mut run = Run::new(&sources, options);
    run.judge(&evaluated);
    let findings = run.finish().into_iter();
    let told = |finding: taxiway_check::Finding| match finding.diagnostic.severity {
        severity if severity == finding.rule.severity => finding.diagnostic.message,
        severity => format!("{severity:?}: {}", finding.diagnostic.message),
    };
    Ok(findings.map(told).collect())
}

#[test]
fn each_case_has_its_findings_and_no_other() {
    let mut wrong = String::new();
    for case in CASES.split("\n== ").skip(1) {
        let (code, rest) = case.split_once('\n').unwrap();
        let (expected, text): (Vec<&str>, Vec<&str>) =
            rest.lines().partition(|line| line.starts_with("! "));
        let mut expected: Vec<&str> = expected.iter().map(|line| &line[2..]).collect();
        expected.sort_unstable();
        let mut found = said(code, &text.join("\n")).unwrap_or_else(|errors| vec![errors]);
        found.sort_unstable();
        if found != expected {
            writeln!(wrong, "{code}: expected {expected:#?}, found {found:#?}").unwrap();
        }
    }
    assert!(wrong.is_empty(), "{wrong}");
}
