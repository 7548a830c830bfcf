//! The quota of a site's log files is one that is not taken.

use crate::rules::prelude::*;

pub(crate) static RULE: Rule = Rule::new(
    "log-quota-out-of-range",
    "the quota of a site's log files is one that is not taken",
    include_str!("log_quota_out_of_range.md"),
    look,
);

fn look(graph: &Graph<'_>, report: &mut Report<'_>) {
    for site in sites(graph) {
        let Some(child) = site.config_child("logs") else { continue };
        let part = child.at("properties/httpLogs/fileSystem/retentionInMb");
        if part.is_outside(25.0, 100.0) {
            report.push(Found::at(&part, format!("`retentionInMb` is {}, and takes 25 to 100", part.shown())));
        }
        let files = child.at("properties/httpLogs/fileSystem");
        if files.at("enabled").is_true() && files.at("retentionInDays").is_absent() {
            report.push(Found::at(&files, format!("{} keeps its log files without end", site.title())).help("set `retentionInDays`").pedantic());
        }
    }
}
