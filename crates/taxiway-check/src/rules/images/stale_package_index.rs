//! Packages are installed by a list that is as old as the cache.

use crate::rules::prelude::*;

pub(crate) static RULE: Rule = Rule::of_files(
    "stale-package-index",
    "packages are installed by a list that is as old as the cache",
    include_str!("stale_package_index.md"),
    look,
)
.warning()
.gate(Gate::Operations)
.benchmarks(&[Checkov("CKV_DOCKER_5")]);

fn look(files: &Files, marks: &mut Marks<'_>) {
    for stage in files.images.iter().flat_map(|image| &image.stages) {
        for (index, instruction) in stage.instructions.iter().enumerate().filter(|(_, it)| it.keyword == "RUN") {
            let commands = instruction.commands();
            let does = |what: &str| commands.iter().find(|command| matches!(command.program(), "apt-get" | "apt") && command.has(what));
            let (Some(update), None, None) = (does("update"), does("install"), does("upgrade")) else { continue };
            let next = stage.instructions.get(index + 1).filter(|next| next.keyword == "RUN" && !next.is_exec());
            let mark = Mark::at(instruction.script.place(update), "this layer is kept, and what is installed after it comes from its old list: versions that are gone from the mirrors cannot be fetched")
                .help("`apt-get update && apt-get install …` in one `RUN`");
            // Two that follow each other are one.
            marks.push(match next.and_then(|next| instruction.join(next)) {
                Some(between) => mark.fix("make both one `RUN`", FixSafety::Safe, between, " \\\n    && "),
                None => mark,
            });
        }
    }
}
