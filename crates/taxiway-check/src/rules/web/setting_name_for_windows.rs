//! An app setting has a name that Linux does not pass on.

use crate::rules::prelude::*;

pub(crate) static RULE: Rule = Rule::new(
    "setting-name-for-windows",
    "an app setting has a name that Linux does not pass on",
    include_str!("setting_name_for_windows.md"),
    look,
)
.warning();

fn look(graph: &Graph<'_>, report: &mut Report<'_>) {
    for site in sites(graph).filter(|site| site.is_linux() == Some(true)) {
        for (name, part) in site.settings().unwrap_or_default() {
            if name.contains([':', '.']) {
                let message = format!("the setting `{name}` reaches a process on Linux under another name");
                report.push(Found::at(&part, message).help("use letters, digits and `_`; write `__` for `:`"));
            }
        }
    }
}
