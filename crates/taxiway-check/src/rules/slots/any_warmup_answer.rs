//! A swap takes any answer for a warm app.

use crate::rules::prelude::*;

pub(crate) static RULE: Rule = Rule::new(
    "any-warmup-answer",
    "a swap takes any answer for a warm app",
    include_str!("any_warmup_answer.md"),
    look,
)
.warning()
.gate(Gate::Operations);

fn look(graph: &Graph<'_>, report: &mut Report<'_>) {
    const PAIRS: &[(&str, &str)] = &[
        ("WEBSITE_SWAP_WARMUP_PING_PATH", "WEBSITE_SWAP_WARMUP_PING_STATUSES"),
        ("WEBSITE_WARMUP_PATH", "WEBSITE_WARMUP_STATUSES"),
    ];
    for site in sites(graph) {
        for (path, statuses) in PAIRS {
            let is_empty = |listed: &Part<'_>| listed.text().is_some_and(|text| text.trim_matches([',', ' ']).is_empty());
            if let Some(part) = site.setting(path) && site.setting(statuses).is_none_or(|listed| is_empty(&listed)) {
                let message = format!("`{path}` without `{statuses}`: any answer counts as warm, even an error");
                report.push(Found::at(&part, message).help(format!("set `{statuses}: '200'`")));
            }
        }
    }
}
