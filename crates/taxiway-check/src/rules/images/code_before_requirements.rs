//! Each change of the code installs all packages anew.

use crate::rules::prelude::*;

pub(crate) static RULE: Rule = Rule::of_files(
    "code-before-requirements",
    "each change of the code installs all packages anew",
    include_str!("code_before_requirements.md"),
    look,
)
.warning()
.pedantic()
.gate(Gate::Cost);

fn look(files: &Files, marks: &mut Marks<'_>) {
    for stage in files.images.iter().filter(|image| !image.is_for_work()).flat_map(|image| &image.stages) {
        let mut all = None;
        for instruction in &stage.instructions {
            if let Some(copied) = copies_everything(instruction) {
                all = all.or(Some(copied));
            }
            let commands = if instruction.keyword == "RUN" { instruction.commands() } else { Vec::new() };
            let Some(install) = commands.iter().find(|command| installs(command)) else { continue };
            if let Some(copied) = all {
                let place = instruction.script.place(install);
                marks.push(Mark::at(copied, "all files come before the packages are installed, so that each change of one installs them anew").label(place, "this is repeated").help("copy what names the packages first, install, and copy the rest then"));
            }
            break;
        }
    }
}

fn installs(command: &Command) -> bool {
    let is_pip = matches!(command.program(), "pip" | "pip3") || command.words.iter().any(|word| word.text == "uv") && command.has("pip");
    (is_pip && command.has("install") && (command.has("-r") || command.has("--requirement")))
        || (command.words.first().is_some_and(|word| word.text == "uv") && command.has("sync"))
        || command.is(&["poetry", "install"])
        || command.is(&["pipenv", "install"])
        || command.is(&["pipenv", "sync"])
}
