//! Packages lie in root's home, and another user runs.

use crate::rules::prelude::*;

pub(crate) static RULE: Rule = Rule::of_files(
    "user-install-lost",
    "packages lie in root's home, and another user runs",
    include_str!("user_install_lost.md"),
    look,
);

fn look(files: &Files, marks: &mut Marks<'_>) {
    for image in &files.images {
        // What was installed for the user who ran then, with its place.
        let mut lost = None;
        let mut is_root = true;
        for instruction in image.run() {
            let text = instruction.script.text.trim();
            match instruction.keyword.as_str() {
                "USER" => {
                    is_root = matches!(text.split(':').next(), Some("root" | "0"));
                    if let (false, Some(place)) = (is_root, lost.take()) {
                        let message = format!("packages are installed into root's home, and `{text}` runs, which cannot import them");
                        marks.push(Mark::at(place, message).label(instruction.location(), "from here on another user runs").help("install into a virtual environment outside of any home, such as /opt/venv"));
                    }
                }
                "ENV" if text.contains("PYTHONUSERBASE") => break,
                "RUN" if is_root => lost = lost.or_else(|| user_install(instruction)),
                // A home that is handed over to the other user.
                "RUN" => {}
                "COPY" if is_root && text.trim_end().ends_with("/root/.local") => lost = Some(instruction.location()),
                _ => {}
            }
            if instruction.keyword == "RUN" && ["chmod", "chown"].iter().any(|word| text.contains(word)) && text.contains("/root") {
                break;
            }
        }
    }
}

fn user_install(instruction: &Instruction) -> Option<taxiway_diagnostics::Location> {
    let found = instruction.commands().into_iter().find(|command| matches!(command.program(), "pip" | "pip3") && command.has("install") && command.has("--user"))?;
    Some(instruction.script.place(&found))
}
