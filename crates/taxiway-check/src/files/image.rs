//! Dockerfiles: stages and instructions, each with its text as a script. Source: Docker, "Dockerfile reference".

use camino::Utf8Path;
use taxiway_diagnostics::Location;

use super::{Command, Malformed, Script, Then, Word, span};

/// A Dockerfile.
#[derive(Debug)]
pub(crate) struct Image {
    pub(crate) stages: Vec<Stage>,
}

/// A stage.
#[derive(Debug)]
pub(crate) struct Stage {
    pub(crate) name: Option<String>,
    pub(crate) base: String,
    /// Its first line, with `FROM`.
    pub(crate) from: Location,
    pub(crate) instructions: Vec<Instruction>,
}

/// An instruction.
#[derive(Clone, Debug)]
pub(crate) struct Instruction {
    /// In capitals.
    pub(crate) keyword: String,
    /// What stands behind it.
    pub(crate) script: Script,
    start: usize,
    end: usize,
}

impl Instruction {
    /// Its first line, with the keyword.
    pub(crate) fn location(&self) -> Location {
        Location::new(&self.script.path, span(self.start, self.end))
    }

    /// The place before it, where another instruction fits in.
    pub(crate) fn before(&self) -> Location {
        Location::new(&self.script.path, span(self.start, self.start))
    }

    /// What stands between it and the instruction below, that keyword included; `None` where more than one line of it or an
    /// option of the other is in the way.
    pub(crate) fn join(&self, next: &Self) -> Option<Location> {
        let end = next.script.location(0, 0).span.end;
        let is_plain = self.script.text.trim_end().lines().count() == 1
            && !next.script.text.trim_start().starts_with("--");
        is_plain.then(|| Location::new(&self.script.path, span(self.end, end as usize)))
    }

    /// Whether it is a list of words, which no shell reads.
    pub(crate) fn is_exec(&self) -> bool {
        without_options(&self.script.text).starts_with('[')
    }

    /// The commands of `RUN`, `CMD`, `ENTRYPOINT` and of `HEALTHCHECK CMD`, in either form.
    pub(crate) fn commands(&self) -> Vec<Command> {
        let text = &self.script.text;
        let options = text.len() - without_options(text).len();
        let start = match text[options..].strip_prefix("CMD") {
            Some(rest) if self.keyword == "HEALTHCHECK" => text.len() - rest.trim_start().len(),
            _ => options,
        };
        let rest = &text[start..];
        if rest.starts_with('[') {
            return exec(rest, start);
        }
        moved(super::commands(rest), start)
    }
}

fn moved(mut commands: Vec<Command>, by: usize) -> Vec<Command> {
    for command in &mut commands {
        command.start += by;
        command.end += by;
        for word in &mut command.words {
            word.start += by;
            word.end += by;
        }
    }
    commands
}

fn without_options(text: &str) -> &str {
    let mut rest = text.trim_start_matches([' ', '\\', '\n']);
    while rest.starts_with("--") {
        let end = rest.find(char::is_whitespace).unwrap_or(rest.len());
        rest = rest[end..].trim_start_matches([' ', '\\', '\n', '\t']);
    }
    rest
}

/// `["gunicorn", "--bind", "…"]`
fn exec(text: &str, offset: usize) -> Vec<Command> {
    let mut words = Vec::new();
    let mut at = 1;
    while let Some(open) = text[at..].find('"') {
        let start = at + open;
        let Some(length) = text[start + 1..].find('"') else {
            break;
        };
        words.push(Word {
            text: text[start + 1..start + 1 + length].to_owned(),
            start: offset + start + 1,
            end: offset + start + 1 + length,
        });
        at = start + length + 2;
    }
    // A shell in exec form runs its last word.
    if let [shell, flag, script] = words.as_slice()
        && matches!(shell.text.rsplit('/').next(), Some("sh" | "bash" | "ash"))
        && flag.text.starts_with('-')
        && flag.text.ends_with('c')
    {
        return moved(super::commands(&script.text), script.start);
    }
    let (Some(first), Some(last)) = (words.first(), words.last()) else {
        return Vec::new();
    };
    vec![Command {
        start: first.start,
        end: last.end,
        words,
        then: Then::Next,
        depth: 0,
    }]
}

impl Image {
    /// `None` where the file is a part of one, such as `Dockerfile.common` without a `FROM`.
    ///
    /// # Errors
    /// [`Malformed`] where a builder would refuse it.
    pub(crate) fn read(path: &Utf8Path, text: &str) -> Result<Option<Self>, Malformed> {
        let mut image = Self { stages: Vec::new() };
        let mut arguments: Vec<(String, String)> = Vec::new();
        for instruction in instructions(path, text) {
            if instruction.keyword == "FROM" {
                let text = &instruction.script.text;
                let mut words = text
                    .split_whitespace()
                    .filter(|word| !word.starts_with("--"));
                let mut base = words.next().unwrap_or_default().to_owned();
                for (name, value) in &arguments {
                    base = base
                        .replace(&format!("${{{name}}}"), value)
                        .replace(&format!("${name}"), value);
                }
                let is_named = words
                    .next()
                    .is_some_and(|word| word.eq_ignore_ascii_case("as"));
                let name = words.next().filter(|_| is_named).map(str::to_lowercase);
                image.stages.push(Stage {
                    name,
                    base,
                    from: instruction.location(),
                    instructions: Vec::new(),
                });
            } else if let Some(stage) = image.stages.last_mut() {
                stage.instructions.push(instruction);
            } else if let Some((name, value)) = instruction.script.text.trim().split_once('=')
                && arguments.len() < 50
                && value.len() < 200
            {
                arguments.push((name.to_owned(), value.trim_matches('"').to_owned()));
            }
        }
        if image.stages.is_empty() {
            let is_whole = matches!(path.file_name(), Some("Dockerfile" | "Containerfile"));
            let why = Malformed::new(0, "this Dockerfile has no `FROM`");
            return if is_whole { Err(why) } else { Ok(None) };
        }
        Ok(Some(image))
    }

    /// The stages that the last one is built on, that one at the end.
    pub(crate) fn chain(&self) -> Vec<&Stage> {
        let Some(mut index) = self.stages.len().checked_sub(1) else {
            return Vec::new();
        };
        let mut chain = vec![&self.stages[index]];
        while let Some(below) = self.stages[..index].iter().rposition(|stage| {
            stage
                .name
                .as_deref()
                .is_some_and(|name| name == self.stages[index].base.to_lowercase())
        }) {
            chain.push(&self.stages[below]);
            index = below;
        }
        chain.reverse();
        chain
    }

    /// The instructions of the image that is run, in their order.
    pub(crate) fn run(&self) -> Vec<&Instruction> {
        self.chain()
            .into_iter()
            .flat_map(|stage| &stage.instructions)
            .collect()
    }

    /// The last instruction of that kind in the image that is run.
    pub(crate) fn last(&self, keyword: &str) -> Option<&Instruction> {
        self.run()
            .into_iter()
            .rev()
            .find(|instruction| instruction.keyword == keyword)
    }

    /// The name of the image that everything is built on, without registry, tag and digest: `python`.
    pub(crate) fn root(&self) -> &str {
        let base = self.chain().first().map_or("", |stage| stage.base.as_str());
        let name = base.rsplit('/').next().unwrap_or(base);
        name.split(['@', ':']).next().unwrap_or(name)
    }

    /// Whether it is there to work in, and not to serve: `.devcontainer/Dockerfile`, `Dockerfile.dev`.
    pub(crate) fn is_for_work(&self) -> bool {
        let path = self
            .stages
            .first()
            .map(|stage| stage.from.path.as_str().to_lowercase());
        let words = ["dev", "test", "local", "ci.", "lint", "docs"];
        path.is_some_and(|path| words.iter().any(|word| path.contains(word)))
    }

    /// What the image starts: `CMD`, and `ENTRYPOINT` where it is one.
    pub(crate) fn start(&self) -> Vec<&Instruction> {
        ["ENTRYPOINT", "CMD"]
            .iter()
            .filter_map(|keyword| self.last(keyword))
            .collect()
    }
}

fn instructions(path: &Utf8Path, text: &str) -> Vec<Instruction> {
    let mut found = Vec::new();
    let mut lines: Vec<(usize, &str)> = Vec::new();
    let mut start = 0;
    for line in text.split_inclusive('\n') {
        lines.push((start, line.trim_end_matches(['\n', '\r'])));
        start += line.len();
    }
    let mut index = 0;
    while let Some(&(start, line)) = lines.get(index) {
        index += 1;
        let trimmed = line.trim_start();
        if trimmed.is_empty() || trimmed.starts_with('#') {
            continue;
        }
        let length = trimmed.find(char::is_whitespace).unwrap_or(trimmed.len());
        let (keyword, rest) = trimmed.split_at(length);
        let rest = rest.trim_start();
        let mut parts = vec![(start + line.len() - rest.len(), rest)];
        while is_continued(parts[parts.len() - 1].1) && index < lines.len() {
            let (start, line) = lines[index];
            index += 1;
            if !line.trim().is_empty() && !line.trim_start().starts_with('#') {
                parts.push((start, line));
            }
        }
        if let Some(end) =
            document_end(rest).filter(|_| matches!(keyword.to_uppercase().as_str(), "RUN" | "COPY"))
        {
            parts.clear();
            while let Some(&(start, line)) = lines.get(index) {
                index += 1;
                if line.trim() == end {
                    break;
                }
                parts.push((start, line));
            }
        }
        let indent = line.len() - trimmed.len();
        found.push(Instruction {
            keyword: keyword.to_uppercase(),
            script: Script::lines(path, parts),
            start: start + indent,
            end: start + line.trim_end().len(),
        });
    }
    found
}

fn is_continued(line: &str) -> bool {
    line.trim_end().ends_with('\\')
}

/// The word that ends `<<EOF`.
fn document_end(text: &str) -> Option<String> {
    let (_, rest) = text.split_once("<<")?;
    let word: String = rest
        .trim_start_matches('-')
        .trim_start_matches(['"', '\''])
        .chars()
        .take_while(|character| character.is_ascii_alphanumeric() || *character == '_')
        .collect();
    (!word.is_empty()).then_some(word)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn commands_of_each_form_keep_their_place() {
        let text = "ARG V=3.12\nFROM python:${V} AS base\nRUN --mount=type=cache,target=/x \\\n    # why\n    a b && \\\n    c\nRUN <<EOF\nd e\nEOF\nFROM base\nHEALTHCHECK --interval=5s \\\n  CMD [\"f\", \"g h\"]\nCMD sh -c 'i'\n";
        let image = Image::read("Dockerfile".into(), text).unwrap().unwrap();
        assert_eq!(image.stages[0].base, "python:3.12");
        let mut shown = Vec::new();
        for instruction in image.run() {
            for command in instruction.commands() {
                let place = instruction.script.place(&command);
                shown.push(text[place.span.range()].to_owned());
            }
        }
        assert_eq!(shown, ["a b", "c", "d e", "f\", \"g h", "sh -c 'i'"]);
    }
}
