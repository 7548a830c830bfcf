//! A web app speaks HTTP/1.1 only.

use crate::rules::prelude::*;

pub(crate) static RULE: Rule = Rule::new(
    "http1-only",
    "a web app speaks HTTP/1.1 only",
    include_str!("http1_only.md"),
    look,
)
.warning()
.pedantic()
.benchmarks(&[Checkov("CKV_AZURE_67"), Checkov("CKV_AZURE_18"), Cis("9.9")]);

fn look(graph: &Graph<'_>, report: &mut Report<'_>) {
    for site in sites(graph) {
        let part = site.config("http20Enabled");
        if part.is_false_or_absent() {
            let message = format!("{} speaks HTTP/1.1 only", site.title());
            report.push(Found::at(&part, message).help("set `http20Enabled: true`").safe_fix(&part, true));
        }
    }
}
