//! A dashboard reads a table that the app does not write.

use crate::rules::prelude::*;

pub(crate) static RULE: Rule = Rule::of_files(
    "events-never-written",
    "a dashboard reads a table that the app does not write",
    include_str!("events_never_written.md"),
    look,
)
.warning()
.confidence(Confidence::Medium)
.gate(Gate::Operations);

fn look(files: &Files, marks: &mut Marks<'_>) {
    let has = |word: &str| files.modules.iter().find(|module| module.text.contains(word));
    let Some(logs) = has("AzureLogHandler") else { return };
    if has("AzureEventHandler").is_some() || has("track_event").is_some() || has("microsoft.custom_event.name").is_some() {
        return;
    }
    for text in &files.texts {
        if let Some(at) = text.text.find("customEvents") {
            let message = format!("`customEvents` stays empty: {} logs with AzureLogHandler, which writes `traces`", logs.path);
            marks.push(Mark::at(text.location(at, at + "customEvents".len()), message).help("query `traces`, or `AppTraces` in a workspace"));
        }
    }
}
