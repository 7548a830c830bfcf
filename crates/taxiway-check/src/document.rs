//! Findings as JSON: stable, versioned.

use serde_json::{Value, json};
use taxiway_diagnostics::{Diagnostic, Location, Regions, Severity, Sources};

use crate::evaluated::Entry;
use crate::finding::Finding;
use crate::rule::Benchmark;
use crate::verdict::Verdict;

/// The document `taxiway.check/v1`.
pub fn document(verdict: &Verdict, sources: &dyn Sources) -> Value {
    let counts = verdict.counts();
    let count = |severity| counts.get(&severity).copied().unwrap_or_default();
    let regions = Regions::new(sources);
    let said = |diagnostics: &[Diagnostic]| -> Vec<Value> {
        let said = diagnostics.iter();
        said.map(|diagnostic| told(diagnostic, &regions)).collect()
    };
    json!({
        "schema": "taxiway.check/v1",
        "judged": verdict.entries.iter().map(Entry::name).chain(verdict.files.iter().map(AsRef::as_ref)).collect::<Vec<_>>(),
        "summary": {
            "errors": count(Severity::Error),
            "warnings": count(Severity::Warning),
            "notes": count(Severity::Info),
            "failures": verdict.failures.len(),
        },
        "findings": verdict.findings.iter().map(|finding| one(finding, &regions)).collect::<Vec<_>>(),
        "warnings": said(&verdict.warnings),
        "failures": said(&verdict.failures),
    })
}

/// What the compiler or the evaluation says.
fn told(diagnostic: &Diagnostic, regions: &Regions<'_>) -> Value {
    json!({
        "code": diagnostic.code,
        "severity": diagnostic.severity,
        "message": diagnostic.message,
        "place": diagnostic.location.as_ref().map(|location| place(location, regions)),
        "help": diagnostic.help,
    })
}

fn one(finding: &Finding, regions: &Regions<'_>) -> Value {
    let diagnostic = &finding.diagnostic;
    let labels: Vec<Value> = diagnostic
        .labels
        .iter()
        .map(|label| json!({ "text": label.text, "place": place(&label.location, regions) }))
        .collect();
    json!({
        "rule": finding.rule.code,
        "severity": diagnostic.severity,
        "confidence": finding.rule.confidence,
        "persona": finding.persona,
        "gate": finding.rule.gate,
        "message": diagnostic.message,
        "resource": finding.resource,
        "place": diagnostic.location.as_ref().map(|location| place(location, regions)),
        "labels": labels,
        "help": diagnostic.help,
        "fix": diagnostic.fix.as_ref().map(|fix| json!({ "title": fix.title, "safety": fix.safety })),
        "benchmarks": finding.rule.benchmarks.iter().map(Benchmark::label).collect::<Vec<_>>(),
        "in": finding.entries,
    })
}

fn place(location: &Location, regions: &Regions<'_>) -> Value {
    let region = regions.of(location);
    json!({
        "path": location.path,
        "line": region.line,
        "column": region.column,
        "endLine": region.end_line,
        "endColumn": region.end_column,
    })
}
