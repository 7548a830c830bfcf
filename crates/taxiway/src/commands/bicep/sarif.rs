//! Diagnostics as SARIF, which code hosts and editors read.
//!
//! Source: OASIS, "Static Analysis Results Interchange Format (SARIF) Version 2.1.0".

use std::collections::BTreeSet;

use camino::Utf8Path;
use serde_json::{Value, json};
use taxiway_bicep::{RuleLevel, lint_rules};
use taxiway_diagnostics::{Diagnostic, Fix, Location, Regions, Severity, Sources};

use super::report::relative;

/// The log of one run.
pub(super) fn log(diagnostics: &[Diagnostic], sources: &dyn Sources) -> Value {
    let codes: BTreeSet<&str> = diagnostics.iter().map(|one| &*one.code).collect();
    let codes: Vec<&str> = codes.into_iter().collect();
    let regions = Regions::new(sources);
    let results: Vec<Value> = diagnostics
        .iter()
        .map(|one| result(one, &codes, &regions))
        .collect();
    json!({
        "$schema": "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json",
        "version": "2.1.0",
        "runs": [{
            "tool": {
                "driver": {
                    "name": "taxiway",
                    "semanticVersion": env!("CARGO_PKG_VERSION"),
                    "rules": codes.iter().map(|code| rule(code)).collect::<Vec<_>>(),
                },
            },
            "columnKind": "utf16CodeUnits",
            "results": results,
        }],
    })
}

fn rule(code: &str) -> Value {
    let Some(rule) = lint_rules().iter().find(|rule| rule.code == code) else {
        return json!({ "id": code });
    };
    let level = match rule.level {
        RuleLevel::Off | RuleLevel::Info => "note",
        RuleLevel::Warning => "warning",
        RuleLevel::Error => "error",
    };
    json!({
        "id": code,
        "shortDescription": { "text": rule.summary },
        "fullDescription": { "text": rule.reason },
        "defaultConfiguration": { "enabled": rule.level != RuleLevel::Off, "level": level },
    })
}

fn result(diagnostic: &Diagnostic, codes: &[&str], regions: &Regions<'_>) -> Value {
    let level = match diagnostic.severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
        Severity::Info => "note",
    };
    let text = match &diagnostic.help {
        Some(help) => format!("{}; {help}", diagnostic.message),
        None => diagnostic.message.clone(),
    };
    let mut result = json!({
        "ruleId": diagnostic.code,
        "ruleIndex": codes.iter().position(|code| *code == diagnostic.code),
        "level": level,
        "message": { "text": text },
        "locations": diagnostic.location.iter().map(|place| json!({ "physicalLocation": physical(place, regions) })).collect::<Vec<_>>(),
    });
    if !diagnostic.labels.is_empty() {
        let labels = diagnostic
            .labels
            .iter()
            .zip(1..)
            .map(|(label, id): (_, u32)| {
                json!({
                    "id": id,
                    "physicalLocation": physical(&label.location, regions),
                    "message": { "text": label.text },
                })
            });
        result["relatedLocations"] = labels.collect();
    }
    if let Some(fix) = &diagnostic.fix {
        result["fixes"] = json!([fixed(fix, regions)]);
    }
    result
}

fn physical(location: &Location, regions: &Regions<'_>) -> Value {
    json!({
        "artifactLocation": { "uri": address(location.path()) },
        "region": region(location, regions),
    })
}

fn region(location: &Location, regions: &Regions<'_>) -> Value {
    let region = regions.of(location);
    json!({
        "startLine": region.line,
        "startColumn": region.column,
        "endLine": region.end_line,
        "endColumn": region.end_column,
    })
}

fn fixed(fix: &Fix, regions: &Regions<'_>) -> Value {
    let changes = fix.edits.iter().map(|edit| {
        json!({
            "artifactLocation": { "uri": address(edit.location.path()) },
            "replacements": [{
                "deletedRegion": region(&edit.location, regions),
                "insertedContent": { "text": edit.replacement },
            }],
        })
    });
    json!({ "description": { "text": fix.title }, "artifactChanges": changes.collect::<Vec<_>>() })
}

/// A path as a URI reference: relative to the current folder where it can be.
fn address(path: &Utf8Path) -> String {
    let path = relative(path);
    if path.is_absolute()
        && let Ok(url) = url::Url::from_file_path(&path)
    {
        return url.into();
    }
    let mut base = url::Url::parse("file:///").expect("this is a URL");
    base.set_path(path.as_str());
    base.path().trim_start_matches('/').to_owned()
}
