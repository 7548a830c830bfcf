//! `use-recent-api-versions`: an API version that newer ones have long replaced.
//!
//! The compiler knows no clock: "today" is the day of the newest version of the type, so a version is old when a much
//! newer one exists. That is what the official rule amounts to, but for types that nobody changes any more.

use jiff::civil::Date;
use serde_json::Value;
use taxiway_diagnostics::Span;

use super::super::{Linter, Rule, RuleLevel};
use crate::azure_types;

pub(super) const RULE: Rule = Rule {
    code: "use-recent-api-versions",
    level: RuleLevel::Off,
    summary: "API versions are recent",
    reason: "Old versions lack properties and are retired; a preview goes away once what it showed is released.",
    bad: "resource account 'Microsoft.Storage/storageAccounts@2016-01-01' existing = {\n  name: 'account'\n}\noutput id string = account.id\n",
    good: "resource account 'Microsoft.Storage/storageAccounts@2025-06-01' existing = {\n  name: 'account'\n}\noutput id string = account.id\n",
    check,
};

/// Two years. Source: Bicep documentation, "Linter rule: use recent API versions".
const MAX_AGE: i64 = 730;

fn check(linter: &mut Linter<'_>) {
    let max_age = linter
        .setting("maxAgeInDays")
        .and_then(Value::as_i64)
        .unwrap_or(MAX_AGE);
    for resource in linter
        .model
        .resources
        .iter()
        .filter(|resource| resource.extension.is_none())
    {
        let used = resource.api_version.as_str();
        let Some(used_day) = day(used) else {
            continue;
        };
        let versions = azure_types::versions(&resource.kind);
        let newest = versions
            .iter()
            .filter_map(|version| Some((day(version)?, *version)));
        let is_preview = |version: &str| version.len() > 10;
        let newest_stable = newest
            .clone()
            .filter(|(_, version)| !is_preview(version))
            .max();
        let Some((newest_day, _)) = newest.max() else {
            continue;
        };
        let Some((stable_day, stable)) = newest_stable else {
            continue;
        };
        let age = used_day
            .until(newest_day)
            .map_or(0, |span| i64::from(span.get_days()));
        let why = if is_preview(used) && stable_day >= used_day {
            "is a preview of what has been released"
        } else if age > max_age && stable_day > used_day {
            "is long replaced"
        } else {
            continue;
        };
        let kind = &resource.syntax.kind;
        let version = linter.slice(kind.span).find('@').map(|at| {
            let start = kind.span.start + u32::try_from(at).unwrap_or(0) + 1;
            Span::new(start, kind.span.end.saturating_sub(1))
        });
        // A nested resource may have the version of the one around it.
        let Some(span) = version else {
            continue;
        };
        linter.report(
            span,
            format!("the API version `{used}` {why}; the newest is `{stable}`"),
        );
    }
}

fn day(version: &str) -> Option<Date> {
    version.get(..10)?.parse().ok()
}
