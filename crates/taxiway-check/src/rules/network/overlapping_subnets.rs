//! Two subnets of a network overlap.

use crate::rules::prelude::*;

pub(crate) static RULE: Rule = Rule::new(
    "overlapping-subnets",
    "two subnets of a network overlap",
    include_str!("overlapping_subnets.md"),
    look,
)
.warning();

fn look(graph: &Graph<'_>, report: &mut Report<'_>) {
    let all = subnets(graph);
    for (index, subnet) in all.iter().enumerate() {
        let Some((range, part)) = subnet.range() else { continue };
        let network = network_of(&subnet.id);
        let other = all[..index].iter().find(|other| {
            other.id != subnet.id && network_of(&other.id) == network && other.range().is_some_and(|(known, _)| known.overlaps(range))
        });
        if let Some((other, place)) = other.and_then(|other| Some((other, other.range()?.1))) {
            report.push(Found::at(&part, format!("the subnets `{}` and `{}` overlap", other.name, subnet.name)).label(&place, "overlaps this"));
        }
    }
}
