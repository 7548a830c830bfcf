//! A web app takes files over FTP.

use crate::rules::prelude::*;

pub(crate) static RULE: Rule = Rule::new(
    "ftp-enabled",
    "a web app takes files over FTP",
    include_str!("ftp_enabled.md"),
    look,
)
.warning()
.gate(Gate::Security)
.benchmarks(&[Checkov("CKV_AZURE_78"), Mcsb("DP-3"), Cis("9.10")]);

fn look(graph: &Graph<'_>, report: &mut Report<'_>) {
    for site in sites(graph) {
        let part = site.config("ftpsState");
        if part.is("AllAllowed") || part.is_absent() {
            let message = format!("{} takes files over FTP", site.title());
            report.push(Found::at(&part, message).help("set `ftpsState: 'Disabled'`").safe_fix(&part, "Disabled"));
        }
    }
}
