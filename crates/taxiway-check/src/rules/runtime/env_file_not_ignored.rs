//! A file with secrets is one `git add .` away from being public.

use crate::rules::prelude::*;

pub(crate) static RULE: Rule = Rule::of_files(
    "env-file-not-ignored",
    "a file for secrets is not kept out of Git",
    include_str!("env_file_not_ignored.md"),
    look,
)
.warning()
.gate(Gate::Security)
.benchmarks(&[Mcsb("IM-8")]);

fn look(files: &Files, marks: &mut Marks<'_>) {
    // Somebody is told to copy it to `.env`.
    let Some(example) = files.texts.iter().find(|text| matches!(text.path.as_str(), ".env.example" | ".env.sample" | ".env.template" | ".env.dist")) else { return };
    let Some(ignore) = &files.has_git_ignore else { return };
    let keeps_out = ignore.text.lines().map(str::trim).any(|line| {
        let line = line.trim_start_matches("**/").trim_matches(['/', '\\']);
        matches!(line, ".env" | ".env*" | "*.env" | ".env.*" | ".*" | "*env*" | ".env?" | "*.env*")
    });
    if !keeps_out {
        let message = format!("`{}` is there to be copied to `.env`, and `.gitignore` does not keep that out of Git", example.path);
        let end = ignore.text.lines().next().map_or(0, str::len);
        marks.push(Mark::at(ignore.location(0, end), message).help("add the line `.env`"));
    }
}
