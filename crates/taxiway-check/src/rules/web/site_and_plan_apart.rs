//! A site and its plan are in different regions.

use crate::rules::prelude::*;

pub(crate) static RULE: Rule = Rule::new(
    "site-and-plan-apart",
    "a site and its plan are in different regions",
    include_str!("site_and_plan_apart.md"),
    look,
);

fn look(graph: &Graph<'_>, report: &mut Report<'_>) {
    for site in sites(graph) {
        let Some(plan) = site.plan() else { continue };
        let (here, there) = (site.node.at("location"), plan.at("location"));
        if let (Some(one), Some(other)) = (region(site.node), region(plan)) && one != other {
            let message = format!("{} is in {one}, and its plan in {other}", site.title());
            report.push(Found::at(&here, message).label(&there, "the plan's region"));
        }
    }
}
