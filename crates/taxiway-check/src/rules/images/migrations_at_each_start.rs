//! Each start of each instance migrates the database, or collects static files.

use crate::rules::prelude::*;

pub(crate) static RULE: Rule = Rule::of_files(
    "migrations-at-each-start",
    "each start of each instance migrates the database",
    include_str!("migrations_at_each_start.md"),
    look,
)
.warning()
.gate(Gate::Operations);

fn look(files: &Files, marks: &mut Marks<'_>) {
    let starts = files.images.iter().flat_map(|image| image.start()).map(|start| (&start.script, start.commands()));
    let scripts = files.scripts.iter().filter(|script| script.path.file_name() != Some("Procfile")).map(|script| (script, script.commands()));
    let lines: Vec<Script> = files.scripts.iter().filter(|script| script.path.file_name() == Some("Procfile")).flat_map(web_lines).collect();
    let lines = lines.iter().map(|line| (line, line.commands()));
    for (script, commands) in starts.chain(scripts).chain(lines) {
        // Behind a condition it may run once, in one place.
        let is_start = |command: &Command| is_server(command) || command.has("$@") && command.words.first().is_some_and(|first| first.text == "exec");
        let Some(server) = commands.iter().find(|command| is_start(command) && command.depth == 0) else { continue };
        let before = commands.iter().filter(|command| command.depth == 0 && command.start < server.start);
        let Some(first) = before.into_iter().find(|command| is_migration(command) || is_collection(command)) else { continue };
        let what = if is_migration(first) { "migrates the database" } else { "collects the static files" };
        let message = format!("each start of each instance {what} before it serves");
        marks.push(
            Mark::at(script.place(first), message)
                .label(script.place(server), "then it serves")
                .help("migrate once for each release, before traffic goes to it; collect static files when the release is built"),
        );
    }
}

/// `web: …` of a Procfile, without the name.
fn web_lines(procfile: &Script) -> Vec<Script> {
    let mut found = Vec::new();
    let mut start = 0;
    for line in procfile.text.split_inclusive('\n') {
        if let Some(rest) = line.strip_prefix("web:") {
            found.push(Script::lines(&procfile.path, [(start + 4, rest.trim_end())]));
        }
        start += line.len();
    }
    found
}
