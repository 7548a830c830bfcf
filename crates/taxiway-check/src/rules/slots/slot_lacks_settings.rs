//! A slot lacks settings that its site has.

use crate::rules::prelude::*;

pub(crate) static RULE: Rule = Rule::new(
    "slot-lacks-settings",
    "a slot lacks settings that its site has",
    include_str!("slot_lacks_settings.md"),
    look,
);

fn look(graph: &Graph<'_>, report: &mut Report<'_>) {
    for slot in sites(graph).filter(Site::is_slot) {
        let Some(node) = graph.parent(slot.node) else { continue };
        let site = Site { graph, node };
        let (Some(there), Some(here)) = (site.settings(), slot.settings()) else { continue };
        let missing: Vec<&str> = there
            .iter()
            .map(|(name, _)| name.as_str())
            .filter(|name| !here.iter().any(|(own, _)| own.eq_ignore_ascii_case(name)))
            .collect();
        if !missing.is_empty() && !slot.settings_text().starts_with('[') {
            let shown = missing.iter().take(4).copied().collect::<Vec<_>>().join(", ");
            let more = if missing.len() > 4 { format!(" and {} more", missing.len() - 4) } else { String::new() };
            let place = slot.config_child("appsettings").map_or_else(|| slot.node.whole(), |child| child.at("properties"));
            report.push(Found::at(&place, format!("{} lacks settings that its site has: {shown}{more}", slot.title())).help("give the slot all of them: after a swap the app runs with the slot's"));
        }
    }
}
