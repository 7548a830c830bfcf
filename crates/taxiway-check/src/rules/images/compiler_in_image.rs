//! An image is served with a compiler in it.

use crate::rules::prelude::*;

pub(crate) static RULE: Rule = Rule::of_files(
    "compiler-in-image",
    "an image is served with a compiler in it",
    include_str!("compiler_in_image.md"),
    look,
)
.warning()
.pedantic()
.gate(Gate::Security)
.benchmarks(&[Mcsb("PV-5")]);

fn look(files: &Files, marks: &mut Marks<'_>) {
    for image in files.images.iter().filter(|image| !image.is_for_work() && !image.start().is_empty()) {
        for instruction in image.run().into_iter().filter(|it| it.keyword == "RUN") {
            let text = &instruction.script.text;
            if ["purge", "autoremove", "apk del", "remove"].iter().any(|word| text.contains(word)) {
                continue;
            }
            let commands = instruction.commands();
            let installs = commands.iter().filter(|command| (matches!(command.program(), "apt-get" | "apt") && command.has("install")) || command.is(&["apk", "add"]));
            let compiler = installs.flat_map(|command| &command.words).find(|word| is_compiler(&word.text));
            if let Some(word) = compiler {
                let message = format!("`{}` is there to build packages, and stays in what is served: a larger image, and tools for whoever gets in", word.text);
                marks.push(Mark::at(instruction.script.location(word.start, word.end), message).help("build in a stage of its own, and copy the virtual environment from it"));
                break;
            }
        }
    }
}

fn is_compiler(package: &str) -> bool {
    matches!(package, "gcc" | "g++" | "clang" | "make" | "cmake" | "build-essential" | "build-base" | "rustc" | "cargo" | "musl-dev" | "python3-dev")
}
