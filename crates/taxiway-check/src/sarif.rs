//! Findings as SARIF 2.1.0, which code hosts show beside the source. Source: OASIS, "Static Analysis Results Interchange Format".

use std::collections::BTreeSet;

use serde_json::{Value, json};
use taxiway_diagnostics::{Diagnostic, Location, Regions, Severity, Sources};

use crate::rule::{Benchmark, Rule};
use crate::verdict::Verdict;

const SCHEMA: &str = "https://json.schemastore.org/sarif-2.1.0.json";

/// The log of one run. What could not be judged makes the run unsuccessful.
pub fn sarif(verdict: &Verdict, version: &str, sources: &dyn Sources) -> Value {
    let regions = Regions::new(sources);
    let (findings, failures) = (&verdict.findings, &verdict.failures);
    let codes: BTreeSet<&str> = findings.iter().map(|finding| finding.rule.code).collect();
    let rules: Vec<&Rule> = crate::ALL
        .iter()
        .copied()
        .filter(|rule| codes.contains(rule.code))
        .collect();
    let results: Vec<Value> = findings
        .iter()
        .map(|finding| {
            let index = rules.iter().position(|rule| rule.code == finding.rule.code);
            result(&finding.diagnostic, index, &regions)
        })
        .chain(
            verdict
                .warnings
                .iter()
                .map(|warning| result(warning, None, &regions)),
        )
        .collect();
    let notifications: Vec<Value> = failures
        .iter()
        .map(|failure| {
            json!({
                "level": level(failure.severity),
                "message": { "text": failure.message },
                "locations": failure.location.iter().map(|location| physical(location, &regions)).collect::<Vec<_>>(),
            })
        })
        .collect();
    json!({
        "$schema": SCHEMA,
        "version": "2.1.0",
        "runs": [{
            "tool": { "driver": {
                "name": "taxiway",
                "version": version,
                "rules": rules.iter().map(|rule| descriptor(rule)).collect::<Vec<_>>(),
            }},
            "invocations": [{
                "executionSuccessful": failures.is_empty(),
                "toolExecutionNotifications": notifications,
            }],
            "columnKind": "utf16CodeUnits",
            "results": results,
        }],
    })
}

fn descriptor(rule: &Rule) -> Value {
    json!({
        "id": rule.code,
        "shortDescription": { "text": rule.summary },
        "help": { "text": rule.docs, "markdown": rule.docs },
        "defaultConfiguration": { "level": level(rule.severity) },
        "properties": {
            "tags": rule.benchmarks.iter().map(Benchmark::label).collect::<Vec<_>>(),
            "precision": match rule.confidence {
                crate::Confidence::High => "very-high",
                crate::Confidence::Medium => "high",
                crate::Confidence::Low => "medium",
            },
        },
    })
}

/// A finding of a rule in the list, or a warning of the compiler, which the list does not have.
fn result(diagnostic: &Diagnostic, rule: Option<usize>, regions: &Regions<'_>) -> Value {
    let related: Vec<Value> = diagnostic
        .labels
        .iter()
        .map(|label| {
            let mut location = physical(&label.location, regions);
            location["message"] = json!({ "text": label.text });
            location
        })
        .collect();
    let message = match &diagnostic.help {
        Some(help) => format!("{}: {help}", diagnostic.message),
        None => diagnostic.message.clone(),
    };
    let mut result = json!({
        "ruleId": diagnostic.code,
        "level": level(diagnostic.severity),
        "message": { "text": message },
        "locations": diagnostic.location.iter().map(|location| physical(location, regions)).collect::<Vec<_>>(),
        "relatedLocations": related,
    });
    if let Some(index) = rule {
        result["ruleIndex"] = json!(index);
    }
    result
}

const fn level(severity: Severity) -> &'static str {
    match severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
        Severity::Info => "note",
    }
}

fn physical(location: &Location, regions: &Regions<'_>) -> Value {
    let region = regions.of(location);
    json!({ "physicalLocation": {
        "artifactLocation": { "uri": location.path },
        "region": { "startLine": region.line, "startColumn": region.column, "endLine": region.end_line, "endColumn": region.end_column },
    }})
}
