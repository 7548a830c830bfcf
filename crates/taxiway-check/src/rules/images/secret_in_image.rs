//! A secret is a part of an image.

use crate::rules::prelude::*;

pub(crate) static RULE: Rule = Rule::of_files(
    "secret-in-image",
    "a secret is a part of an image",
    include_str!("secret_in_image.md"),
    look,
)
.warning()
.confidence(Confidence::Medium)
.gate(Gate::Security)
.benchmarks(&[Mcsb("IM-8")]);

fn look(files: &Files, marks: &mut Marks<'_>) {
    for instruction in files.images.iter().flat_map(|image| image.run()) {
        let text = &instruction.script.text;
        let commands = instruction.commands();
        let words = commands.first().map_or(&[][..], |command| &command.words);
        let pairs: Vec<(&str, Option<&str>, usize, usize)> = match (instruction.keyword.as_str(), words) {
            // The form without a sign takes the rest of the line.
            ("ENV", [name, _, ..]) if !name.text.contains('=') => {
                let value = text[name.end..].trim();
                vec![(&name.text, Some(value), name.start, text.trim_end().len())]
            }
            ("ENV" | "ARG", words) => words
                .iter()
                .map(|word| match word.text.split_once('=') {
                    Some((name, value)) => (name, Some(value), word.start, word.end),
                    None => (word.text.as_str(), None, word.start, word.end),
                })
                .collect(),
            _ => continue,
        };
        for (name, value, start, end) in pairs {
            let message = match (instruction.keyword.as_str(), value) {
                ("ENV", Some(value)) if is_value(value) => format!("whoever has the image has this `{name}`, and an application that is given none works with it"),
                // With a value it is a placeholder of the build's, which is gone afterwards.
                ("ARG", None) => format!("what a build is given as `{name}` stays in the history of the image"),
                _ => continue,
            };
            if is_secret(name) {
                marks.push(Mark::at(instruction.script.location(start, end), message).help("give the one command that needs it a value: `RUN NAME=… command`, or `RUN --mount=type=secret,…` for a real one"));
            }
        }
    }
}

fn is_secret(name: &str) -> bool {
    let name = name.to_uppercase();
    let parts = ["SECRET", "PASSWORD", "PASSWD", "TOKEN", "API_KEY", "APIKEY", "PRIVATE_KEY", "CREDENTIAL"];
    let is_beside = ["_FILE", "_PATH", "_NAME", "_ID", "_URL", "_URI", "_TTL", "_AGE", "_LENGTH", "_EXPIRE", "_EXPIRY", "_SECONDS", "_MINUTES", "_DAYS", "_HEADER", "_TYPE", "_ALGORITHM", "_MODE", "_VALIDATORS"];
    parts.iter().any(|part| name.contains(part)) && !is_beside.iter().any(|end| name.ends_with(end)) && !name.starts_with("PIP_")
}

/// A number or a switch is no secret, and nothing is none.
fn is_value(value: &str) -> bool {
    let value = value.trim_matches(['"', '\'']);
    !value.is_empty() && value.parse::<f64>().is_err() && !matches!(value.to_lowercase().as_str(), "true" | "false" | "on" | "off" | "yes" | "no" | "none")
}
