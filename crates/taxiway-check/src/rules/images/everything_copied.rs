//! An image gets all that lies around.

use crate::rules::prelude::*;

pub(crate) static RULE: Rule = Rule::of_files(
    "everything-copied",
    "an image gets all that lies around",
    include_str!("everything_copied.md"),
    look,
)
.warning()
.gate(Gate::Security)
.benchmarks(&[Mcsb("IM-8")]);

fn look(files: &Files, marks: &mut Marks<'_>) {
    for image in files.images.iter().filter(|image| !image.is_for_work()) {
        let copied = image.stages.iter().flat_map(|stage| &stage.instructions).find_map(copies_everything);
        let Some(copied) = copied else { continue };
        // Which folder it is built from is not written in it: its own, or one above.
        let has_list = copied.path().ancestors().skip(1).any(|above| files.docker_ignores.iter().any(|folder| folder == above));
        if !has_list {
            marks.push(Mark::at(copied, "no `.dockerignore` keeps anything out: `.git`, a local `.env` and a virtual environment become parts of the image").help("write a `.dockerignore` with at least `.git`, `.env*`, `.venv`, `__pycache__` and `node_modules`"));
        }
    }
}
