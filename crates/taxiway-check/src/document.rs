//! Findings as JSON: stable, versioned.

use serde_json::{Value, json};
use taxiway_diagnostics::{Diagnostic, LineIndex, Location, Severity, Sources};

use crate::evaluated::Entry;
use crate::finding::Finding;
use crate::rule::Benchmark;

/// The document `taxiway.check/v1`.
pub fn document(
    entries: &[Entry],
    findings: &[Finding],
    failures: &[Diagnostic],
    sources: &dyn Sources,
) -> Value {
    let count = |severity| {
        findings
            .iter()
            .filter(|finding| finding.diagnostic.severity == severity)
            .count()
    };
    json!({
        "schema": "taxiway.check/v1",
        "judged": entries.iter().map(Entry::name).collect::<Vec<_>>(),
        "summary": {
            "errors": count(Severity::Error),
            "warnings": count(Severity::Warning),
            "notes": count(Severity::Info),
            "failures": failures.len(),
        },
        "findings": findings.iter().map(|finding| one(finding, sources)).collect::<Vec<_>>(),
        "failures": failures.iter().map(|failure| json!({
            "code": failure.code,
            "message": failure.message,
            "place": failure.location.as_ref().map(|location| place(location, sources)),
        })).collect::<Vec<_>>(),
    })
}

fn one(finding: &Finding, sources: &dyn Sources) -> Value {
    let diagnostic = &finding.diagnostic;
    let labels: Vec<Value> = diagnostic
        .labels
        .iter()
        .map(|label| json!({ "text": label.text, "place": place(&label.location, sources) }))
        .collect();
    json!({
        "rule": finding.rule.code,
        "severity": diagnostic.severity,
        "confidence": finding.rule.confidence,
        "persona": finding.persona,
        "gate": finding.rule.gate,
        "message": diagnostic.message,
        "resource": finding.resource,
        "place": diagnostic.location.as_ref().map(|location| place(location, sources)),
        "labels": labels,
        "help": diagnostic.help,
        "fix": diagnostic.fix.as_ref().map(|fix| json!({ "title": fix.title, "safety": fix.safety })),
        "benchmarks": finding.rule.benchmarks.iter().map(Benchmark::label).collect::<Vec<_>>(),
        "in": finding.entries,
    })
}

fn place(location: &Location, sources: &dyn Sources) -> Value {
    let (line, column, end_line, end_column) = lines(location, sources);
    json!({ "path": location.path, "line": line, "column": column, "endLine": end_line, "endColumn": end_column })
}

/// Line and column of both ends, from 1.
pub(crate) fn lines(location: &Location, sources: &dyn Sources) -> (u32, u32, u32, u32) {
    let text = sources.read_text(location.path()).unwrap_or_default();
    let index = LineIndex::new(&text);
    let (line, column) = index.line_column(&text, location.span.start);
    let (end_line, end_column) = index.line_column(&text, location.span.end);
    (line, column, end_line, end_column)
}
