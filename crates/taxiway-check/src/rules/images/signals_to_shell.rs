//! Who is told to stop is a shell, and not the server.

use crate::files::Word;
use crate::rules::prelude::*;

pub(crate) static RULE: Rule = Rule::of_files(
    "signals-to-shell",
    "who is told to stop is a shell, and not the server",
    include_str!("signals_to_shell.md"),
    look,
)
.warning()
.gate(Gate::Operations);

fn look(files: &Files, marks: &mut Marks<'_>) {
    for image in &files.images {
        let starts = image.start();
        // They pass on what they are told to all that they started.
        let is_init = |start: &&Instruction| ["dumb-init", "tini", "catatonit", "s6-svscan"].iter().any(|name| start.script.text.contains(name));
        // The shell of Alpine gives way to a single command by itself.
        if starts.iter().any(is_init) || image.root() == "alpine" || image.stages.iter().any(|stage| stage.base.contains("alpine")) {
            continue;
        }
        for start in starts {
            if let Some((script, words)) = shell_of(start).map(|words| (&start.script, words)).or_else(|| script_of(start, files)) {
                report(script, &words, marks);
            }
        }
    }
}

/// The server that a shell starts as its last command and stays around for, from its first word.
fn shell_of(start: &Instruction) -> Option<Vec<Word>> {
    let text = start.script.text.trim_start();
    let commands = start.commands();
    let is_shell = !start.is_exec() || ["\"sh\"", "\"/bin/sh\"", "\"bash\"", "\"/bin/bash\""].iter().any(|shell| text[1..].trim_start().starts_with(shell));
    // Bash gives way to a single command by itself.
    let gives_way = text.contains("bash") && commands.len() == 1;
    (is_shell && !gives_way).then(|| kept(&commands)).flatten()
}

/// The same for a script of the repository that the image starts.
fn script_of<'f>(start: &Instruction, files: &'f Files) -> Option<(&'f Script, Vec<Word>)> {
    let commands = start.commands();
    let named = commands.last()?.words.iter().find(|word| word.text.ends_with(".sh"))?;
    let name = named.text.rsplit('/').next()?;
    let mut found = files.scripts.iter().filter(|script| script.path.file_name() == Some(name));
    let script = found.next().filter(|_| found.next().is_none())?;
    Some((script, kept(&script.commands())?))
}

fn kept(commands: &[Command]) -> Option<Vec<Word>> {
    let last = commands.iter().filter(|command| command.depth == 0).max_by_key(|command| command.start)?;
    let is_alone = last.then == Then::Next && !last.words.iter().any(|word| matches!(word.text.as_str(), "exec" | "&"));
    let words = last.words.iter().skip_while(|word| is_assignment(&word.text)).cloned().collect();
    (is_alone && is_server(last)).then_some(words)
}

fn report(script: &Script, words: &[Word], marks: &mut Marks<'_>) {
    let (Some(first), Some(last)) = (words.first(), words.last()) else { return };
    let place = script.location(first.start, last.end);
    let at = script.location(first.start, first.start);
    marks.push(
        Mark::at(place, "a shell starts this and stays: told to stop, it tells nobody, and what is being answered is cut off when the time is up")
            .help("`exec` puts the server in the place of the shell")
            .fix("start the server in the place of the shell", FixSafety::Safe, at, "exec "),
    );
}
