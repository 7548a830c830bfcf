//! A web app runs a Python that is no longer supported.

use crate::rules::prelude::*;

pub(crate) static RULE: Rule = Rule::new(
    "old-python",
    "a web app runs a Python that is no longer supported",
    include_str!("old_python.md"),
    look,
)
.warning()
.benchmarks(&[Checkov("CKV_AZURE_82"), Mcsb("PV-6"), Cis("9.8")]);

fn look(graph: &Graph<'_>, report: &mut Report<'_>) {
    for site in sites(graph).filter(Site::is_builtin_python) {
        let part = site.config("linuxFxVersion");
        let version = part.text().and_then(|text| text.split_once('|')).map_or("", |(_, version)| version);
        let mut numbers = version.split('.').map(|number| number.parse::<u32>().unwrap_or(0));
        let (major, minor) = (numbers.next().unwrap_or(0), numbers.next());
        if major == 2 || major == 3 && minor.is_some_and(|minor| minor < 11) {
            let message = format!("{} runs Python {version}, which gets no security fixes", site.title());
            report.push(Found::at(&part, message).help("take 3.11 to 3.14"));
        }
    }
}
