//! A canary is judged by waiting.

use crate::rules::prelude::*;

pub(crate) static RULE: Rule = Rule::of_files(
    "canary-by-waiting",
    "a canary is judged by waiting",
    include_str!("canary_by_waiting.md"),
    look,
)
.warning()
.gate(Gate::Operations);

fn look(files: &Files, marks: &mut Marks<'_>) {
    for step in files.workflows.iter().flat_map(Workflow::steps) {
        let Some(script) = &step.run else { continue };
        let commands = script.commands();
        let only_waits = commands.iter().all(|command| matches!(command.program(), "sleep" | "echo" | "printf" | "" | "true" | ":" | "date" | "set"));
        let Some((sleep, seconds)) = commands.iter().find_map(|command| Some((command, waits(command)?))) else { continue };
        let name = step.name().to_lowercase();
        let is_judging = ["canary", "analy", "monitor", "soak", "bake", "observ", "error rate", "verify"].iter().any(|word| name.contains(word));
        if only_waits && seconds >= 60 && (is_judging || seconds >= 600) {
            let message = format!("this waits for {seconds} seconds, and looks at nothing");
            marks.push(Mark::at(script.place(sleep), message).help("ask the new release, or the share of failed requests, again and again, and stop at the first that is wrong"));
        }
    }
}

fn waits(command: &Command) -> Option<u32> {
    if command.program() != "sleep" {
        return None;
    }
    let text = &command.call().get(1)?.text;
    let (number, factor) = match text.strip_suffix('m') {
        Some(minutes) => (minutes, 60),
        None => (text.strip_suffix('s').unwrap_or(text), 1),
    };
    number.parse::<u32>().ok()?.checked_mul(factor)
}
