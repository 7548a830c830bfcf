//! Dockerfiles. Source: Docker documentation, "Dockerfile reference".

use camino::{Utf8Path, Utf8PathBuf};

use crate::repository::Repository;

/// Text longer than this is not what people write: values that refer to each other could double without end.
const LONGEST_TEXT: usize = 64 << 10;

/// `text` with a variable's value put in; as it is where that would be too long.
pub(super) fn substituted(text: &str, name: &str, value: &str) -> String {
    let mut text = text.to_owned();
    for written in [format!("${{{name}}}"), format!("${name}")] {
        let count = text.matches(&written).count();
        if count > 0 && text.len() + count * value.len() <= LONGEST_TEXT {
            text = text.replace(&written, value);
        }
    }
    text
}

/// One instruction.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Instruction {
    /// In capitals.
    pub(crate) keyword: String,
    pub(crate) text: String,
    /// From 0.
    pub(crate) line: usize,
}

/// One stage.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Stage {
    pub(crate) name: Option<String>,
    pub(crate) base: String,
    pub(crate) line: usize,
    pub(crate) instructions: Vec<Instruction>,
}

/// A parsed Dockerfile.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Dockerfile {
    pub(crate) path: Utf8PathBuf,
    pub(crate) stages: Vec<Stage>,
    /// `ARG` before the first stage.
    arguments: Vec<(String, String)>,
}

impl Dockerfile {
    pub(crate) fn read(repository: &Repository<'_>, path: &Utf8Path) -> Option<Self> {
        let text = repository.text(path)?;
        Some(Self::parse(path, text))
    }

    pub(crate) fn parse(path: &Utf8Path, text: &str) -> Self {
        let mut file = Self {
            path: path.to_owned(),
            stages: Vec::new(),
            arguments: Vec::new(),
        };
        for instruction in instructions(text) {
            if instruction.keyword == "FROM" {
                let mut words = instruction
                    .text
                    .split_whitespace()
                    .filter(|word| !word.starts_with("--"));
                let base = file.substitute(words.next().unwrap_or_default());
                let name = words
                    .next()
                    .filter(|word| word.eq_ignore_ascii_case("as"))
                    .and_then(|_| words.next())
                    .map(str::to_lowercase);
                file.stages.push(Stage {
                    name,
                    base,
                    line: instruction.line,
                    instructions: Vec::new(),
                });
            } else if let Some(stage) = file.stages.last_mut() {
                stage.instructions.push(instruction);
            } else if instruction.keyword == "ARG"
                && let Some((name, value)) = instruction.text.split_once('=')
            {
                file.arguments
                    .push((name.trim().to_owned(), unquote(value.trim()).to_owned()));
            }
        }
        file
    }

    fn substitute(&self, text: &str) -> String {
        let mut result = text.to_owned();
        for (name, value) in &self.arguments {
            result = substituted(&result, name, value);
        }
        result
    }

    /// The stage that is run and those it builds on, the last first. What comes after a stage that starts the app and
    /// only adds to it is a variant, not the image itself.
    pub(crate) fn final_chain(&self) -> Vec<&Stage> {
        let Some(mut index) = self.last_stage() else {
            return Vec::new();
        };
        let mut chain = vec![&self.stages[index]];
        while let Some(next) = self.stages[..index].iter().rposition(|stage| {
            stage.name.as_deref() == Some(self.stages[index].base.to_lowercase().as_str())
        }) {
            chain.push(&self.stages[next]);
            index = next;
        }
        chain
    }

    fn last_stage(&self) -> Option<usize> {
        let named = |wanted: &[&str]| {
            self.stages.iter().rposition(|stage| {
                stage.name.as_deref().is_some_and(|name| {
                    wanted.iter().any(|wanted| {
                        name == *wanted
                            || name.ends_with(&format!("-{wanted}"))
                            || name.ends_with(&format!("_{wanted}"))
                    })
                })
            })
        };
        let last = self.stages.len().checked_sub(1)?;
        let is_variant = |stage: &Stage| {
            stage.name.as_deref().is_some_and(|name| {
                ["dev", "test", "debug", "local", "docs", "lint"]
                    .iter()
                    .any(|part| {
                        name.split(['-', '_', '.'])
                            .any(|piece| piece.starts_with(part))
                    })
            })
        };
        if let Some(index) = named(&["production", "prod", "release"]) {
            return Some(index);
        }
        if is_variant(&self.stages[last])
            && let Some(index) = self.stages.iter().rposition(|stage| !is_variant(stage))
        {
            return Some(index);
        }
        Some(last)
    }

    /// The last instruction of that kind in the image that is run.
    pub(crate) fn last(&self, keyword: &str) -> Option<&Instruction> {
        self.final_chain().into_iter().find_map(|stage| {
            stage
                .instructions
                .iter()
                .rev()
                .find(|instruction| instruction.keyword == keyword)
        })
    }

    /// All instructions of that kind in the image that is run, in the order in which they hold.
    pub(crate) fn all<'a>(&'a self, keyword: &'a str) -> impl Iterator<Item = &'a Instruction> {
        let mut chain = self.final_chain();
        chain.reverse();
        chain
            .into_iter()
            .flat_map(|stage| &stage.instructions)
            .filter(move |instruction| instruction.keyword == keyword)
    }

    /// The variables of the image that is run, with the line of each, from 0. `ARG` counts while the image is built.
    pub(crate) fn variables(&self) -> Vec<(String, String, usize)> {
        let mut found: Vec<(String, String, usize)> = Vec::new();
        for instruction in self.all("ENV") {
            for (name, value) in pairs(&instruction.text) {
                let value = found.iter().fold(value, |value, (name, known, _)| {
                    substituted(&value, name, known)
                });
                found.retain(|(known, ..)| *known != name);
                let offset = instruction
                    .text
                    .find(&name)
                    .map_or(0, |at| instruction.text[..at].matches('\n').count());
                found.push((name, value, instruction.line + offset));
            }
        }
        found
    }

    /// The interpreter's version that the image that is run brings, and the line that says so, from 0.
    pub(crate) fn python(&self) -> Option<(String, usize)> {
        let chain = self.final_chain();
        let from_image = |stage: &Stage| {
            let base = stage.base.rsplit('/').next().unwrap_or(&stage.base);
            let (name, tag) = base.split_once(':')?;
            if !name.contains("python") && !tag.contains("python") {
                return None;
            }
            let tag = tag.split('@').next().unwrap_or(tag);
            let tag = tag.split_once("python").map_or(tag, |(_, version)| version);
            version_in(tag).map(|version| (version, stage.line))
        };
        chain
            .iter()
            .find_map(|stage| from_image(stage))
            .or_else(|| self.stages.iter().rev().find_map(from_image))
            .or_else(|| {
                self.stages.iter().find_map(|stage| {
                    stage.instructions.iter().find_map(|instruction| {
                        let text = &instruction.text;
                        let at = text.find("python3.")?;
                        (instruction.keyword == "RUN"
                            && (text.contains("apt")
                                || text.contains("apk")
                                || text.contains("install")))
                        .then(|| version_in(&text[at + 6..]))
                        .flatten()
                        .map(|version| (version, instruction.line))
                    })
                })
            })
    }
}

/// The `major.minor` at the start of a text.
pub(crate) fn version_in(text: &str) -> Option<String> {
    let text = text.trim_start_matches(['v', '-', '=', ' ', '~', '^']);
    let mut parts = text.split('.');
    let major: u32 = parts.next()?.parse().ok()?;
    let minor: String = parts
        .next()?
        .chars()
        .take_while(char::is_ascii_digit)
        .collect();
    (!minor.is_empty()).then(|| format!("{major}.{minor}"))
}

/// The instructions of a text; continued lines and here-documents are joined with line breaks.
fn instructions(text: &str) -> Vec<Instruction> {
    let mut found = Vec::new();
    let mut lines = text.lines().enumerate();
    while let Some((line, first)) = lines.next() {
        let first = first.trim();
        if first.is_empty() || first.starts_with('#') {
            continue;
        }
        let (keyword, rest) = first.split_once(char::is_whitespace).unwrap_or((first, ""));
        let mut whole = String::new();
        let mut part = rest.trim().to_owned();
        loop {
            let continued = part.ends_with('\\') || part.ends_with('`');
            whole.push_str(part.trim_end_matches(['\\', '`']));
            if !continued {
                break;
            }
            whole.push('\n');
            match lines.next() {
                Some((_, next)) if next.trim_start().starts_with('#') => part = "\\".to_owned(),
                Some((_, next)) if next.trim().is_empty() => part = "\\".to_owned(),
                Some((_, next)) => part = next.trim().to_owned(),
                None => break,
            }
        }
        if let Some(at) = whole.find("<<") {
            let word: String = whole[at + 2..]
                .trim_start_matches('-')
                .trim_start_matches(['"', '\''])
                .chars()
                .take_while(|character| character.is_ascii_alphanumeric() || *character == '_')
                .collect();
            if !word.is_empty() && matches!(keyword, "RUN" | "run" | "COPY" | "copy") {
                for (_, inner) in lines.by_ref() {
                    if inner.trim() == word {
                        break;
                    }
                    whole.push_str(" ;\n");
                    whole.push_str(inner);
                }
            }
        }
        found.push(Instruction {
            keyword: keyword.to_uppercase(),
            text: whole,
            line,
        });
    }
    found
}

/// `A=1 B="2 3"`, or the old `A 1`.
fn pairs(text: &str) -> Vec<(String, String)> {
    let flat = text.replace('\n', " ");
    let is_old = flat
        .split_whitespace()
        .next()
        .is_some_and(|word| !word.contains('='));
    if is_old {
        return flat
            .trim()
            .split_once(char::is_whitespace)
            .map(|(name, value)| vec![(name.to_owned(), unquote(value.trim()).to_owned())])
            .unwrap_or_default();
    }
    super::shell::commands(&format!("export {}", flat.replace(['&', '|', ';'], " ")))
        .into_iter()
        .flat_map(|(_, simple)| {
            simple.variables.into_iter().chain(
                simple
                    .words
                    .iter()
                    .filter_map(|word| super::shell::assignment(word))
                    .map(|(name, value)| (name.to_owned(), value.to_owned()))
                    .collect::<Vec<_>>(),
            )
        })
        .collect()
}

pub(crate) fn unquote(text: &str) -> &str {
    let inner = |quote: char| {
        text.strip_prefix(quote)
            .and_then(|rest| rest.strip_suffix(quote))
    };
    inner('"').or_else(|| inner('\'')).unwrap_or(text)
}

/// `CMD` and `ENTRYPOINT` as one shell text.
pub(crate) fn as_shell(text: &str) -> String {
    match serde_json::from_str::<Vec<String>>(text.trim()) {
        Ok(words) => words
            .iter()
            .map(|word| {
                if word.chars().all(|character| {
                    character.is_ascii_alphanumeric() || "-_./:=$@,+%{}".contains(character)
                }) {
                    word.clone()
                } else {
                    format!("'{}'", word.replace('\'', "'\\''"))
                }
            })
            .collect::<Vec<_>>()
            .join(" "),
        Err(_) => text.replace("\\\n", "\n"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_image_that_is_run_is_found() {
        let file = Dockerfile::parse(
            "Dockerfile".into(),
            "ARG V=3.12\nFROM python:${V}-slim AS base\nENV A=1 \\\n  B=\"x y\"\nFROM node:22 AS ui\nFROM base\n# c\nENV DJANGO_SETTINGS_MODULE shop.production\nWORKDIR /app\nWORKDIR src\nCMD [\"gunicorn\", \"shop.wsgi\"]\nFROM base AS dev\nCMD python manage.py runserver\n",
        );
        assert_eq!(file.python(), Some(("3.12".to_owned(), 1)));
        insta::assert_debug_snapshot!(file.variables(), @r#"
        [
            (
                "A",
                "1",
                2,
            ),
            (
                "B",
                "x y",
                3,
            ),
            (
                "DJANGO_SETTINGS_MODULE",
                "shop.production",
                7,
            ),
        ]
        "#);
        assert_eq!(
            as_shell(&file.last("CMD").unwrap().text),
            "gunicorn shop.wsgi"
        );
    }
}
