//! An access restriction has more entries than one rule takes.

use crate::rules::prelude::*;

pub(crate) static RULE: Rule = Rule::new(
    "crowded-access-restriction",
    "an access restriction has more entries than one rule takes",
    include_str!("crowded_access_restriction.md"),
    look,
);

fn look(graph: &Graph<'_>, report: &mut Report<'_>) {
    for site in sites(graph) {
        for name in ["ipSecurityRestrictions", "scmIpSecurityRestrictions"] {
            let list = site.config(name);
            if list.items().len() > 512 {
                report.push(Found::at(&list, format!("{} has {} access restrictions, and takes 512", site.title(), list.items().len())));
            }
            for item in list.items() {
                let part = item.at("ipAddress");
                let count = part.text().map_or(0, |text| text.split(',').count());
                if count > 8 {
                    report.push(Found::at(&part, format!("the rule has {count} ranges, and takes 8")).help("split it into several rules"));
                }
                for (header, values) in item.at("headers").members() {
                    let count = values.items().len();
                    if count > 8 {
                        report.push(Found::at(&values, format!("the rule has {count} values of the header `{header}`, and takes 8")).help("split it into several rules"));
                    }
                }
            }
        }
    }
}
