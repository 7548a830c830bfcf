//! Each change of the code installs all packages anew.

use crate::files::{Image, Stage};
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
    for stage in files.images.iter().filter(|image| !image.is_for_work()).flat_map(first_stages) {
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

/// Those that begin with nothing of another one's: there the packages may be installed already.
fn first_stages(image: &Image) -> impl Iterator<Item = &Stage> {
    let names: Vec<&str> = image.stages.iter().filter_map(|stage| stage.name.as_deref()).collect();
    image.stages.iter().filter(move |stage| {
        let is_built_on = names.contains(&stage.base.to_lowercase().as_str());
        let takes_packages = stage.instructions.iter().any(|it| it.keyword == "COPY" && it.script.text.contains("--from=") && ["venv", "packages"].iter().any(|word| it.script.text.contains(word)));
        let is_for_work = stage.name.as_deref().is_some_and(|name| name.contains("test") || name.contains("dev"));
        !is_built_on && !is_for_work && !takes_packages
    })
}

fn installs(command: &Command) -> bool {
    let is_pip = matches!(command.program(), "pip" | "pip3") || command.words.iter().any(|word| word.text == "uv") && command.has("pip");
    (is_pip && command.has("install") && (command.has("-r") || command.has("--requirement")))
        || (command.words.first().is_some_and(|word| word.text == "uv") && command.has("sync"))
        || command.is(&["poetry", "install"])
        || command.is(&["pipenv", "install"])
        || command.is(&["pipenv", "sync"])
}
