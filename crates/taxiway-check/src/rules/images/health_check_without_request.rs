//! A health check passes while the server hangs.

use crate::rules::prelude::*;

pub(crate) static RULE: Rule = Rule::of_files(
    "health-check-without-request",
    "a health check passes while the server hangs",
    include_str!("health_check_without_request.md"),
    look,
)
.warning()
.gate(Gate::Operations);

fn look(files: &Files, marks: &mut Marks<'_>) {
    for image in &files.images {
        let Some(instruction) = image.last("HEALTHCHECK") else { continue };
        let commands = instruction.commands();
        let serves = image.start().iter().any(|start| start.commands().iter().any(is_server));
        let is_empty = |command: &Command| {
            let is_check = command.has("check") && command.words.iter().any(|word| word.text.ends_with("manage.py") || word.text == "django-admin");
            let looks_only = serves && matches!(command.program(), "pgrep" | "ps" | "pidof");
            is_check || looks_only || matches!(command.program(), "true" | "echo" | ":") || command.is(&["exit", "0"])
        };
        // `curl … || exit 1` asks; what stands beside it does not matter.
        let asks = |command: &Command| !is_empty(command) && !matches!(command.program(), "exit" | "grep" | "cd");
        if let Some(command) = commands.iter().find(|command| is_empty(command)) && !commands.iter().any(asks) {
            let shown: Vec<&str> = command.words.iter().map(|word| word.text.as_str()).collect();
            let message = format!("the health check runs `{}`, which passes while the server answers nobody", shown.join(" "));
            marks.push(Mark::at(instruction.script.place(command), message).help("ask the served port for a path: App Service asks one of its own and ignores this check"));
        }
    }
}
