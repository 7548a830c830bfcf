//! What the images of a service run, expose and check.

use camino::{Utf8Path, Utf8PathBuf};
use taxiway_diagnostics::Place;

use super::Dockerfile;
use super::command::{Command, Origin, parse};
use super::dockerfile::{as_shell, substituted};
use super::role::{is_development_path, is_vendored};
use super::survey::{Survey, Variable};
use crate::repository::{Repository, at_line, folder_of, is_named, join};

impl Survey {
    pub(super) fn add_image(
        &mut self,
        repository: &Repository<'_>,
        root: &Utf8Path,
        file: &Dockerfile,
        is_first: bool,
    ) {
        let origin = if is_first {
            Origin::Image
        } else {
            Origin::OtherImage
        };
        let mut arguments: Vec<(String, String)> = Vec::new();
        for (name, value, line) in file.variables() {
            let value = build_argument(file, &value).unwrap_or(value);
            arguments.push((name.clone(), value.clone()));
            self.variables.push(Variable {
                name,
                value,
                origin,
                place: at_line(&file.path, line),
            });
        }
        for instruction in file.all("ARG") {
            if let Some((name, value)) = instruction.text.split_once('=') {
                arguments.push((
                    name.trim().to_owned(),
                    super::dockerfile::unquote(value.trim()).to_owned(),
                ));
            }
        }
        for keyword in ["ENTRYPOINT", "CMD"] {
            if let Some(instruction) = file.last(keyword) {
                let text = as_shell(&instruction.text);
                for command in parse(&text, origin, Some("web"), &file.path, instruction.line) {
                    self.add_referenced(repository, root, file, &command, origin);
                    self.commands.push(command);
                }
            }
        }
        for instruction in file.all("EXPOSE") {
            for port in instruction.text.split_whitespace() {
                let port = port.split('/').next().unwrap_or(port).trim_matches('"');
                let name = port.trim_matches(['$', '{', '}']);
                let known = arguments.iter().find(|(own, _)| own == name);
                let port = known.map_or(port, |(_, value)| value.as_str());
                self.ports.push((
                    port.to_owned(),
                    origin,
                    at_line(&file.path, instruction.line),
                ));
            }
        }
        for instruction in file.all("HEALTHCHECK") {
            self.add_health(&instruction.text, at_line(&file.path, instruction.line));
        }
        if is_first {
            let stages = &file.stages;
            for instruction in stages.iter().flat_map(|stage| &stage.instructions) {
                if instruction.keyword == "RUN" {
                    let mut text = as_shell(&instruction.text);
                    for (name, value) in &arguments {
                        text = substituted(&text, name, value);
                    }
                    let text = text
                        .split_whitespace()
                        .skip_while(|word| {
                            word.starts_with("--mount") || word.starts_with("--network")
                        })
                        .collect::<Vec<_>>();
                    let text = if instruction.text.contains('\n') {
                        as_shell(&instruction.text).replace("--mount", "\n#--mount")
                    } else {
                        text.join(" ")
                    };
                    let mut text = text;
                    for (name, value) in &arguments {
                        text = substituted(&text, name, value);
                    }
                    self.build_commands.extend(parse(
                        &flattened(&text),
                        origin,
                        None,
                        &file.path,
                        instruction.line,
                    ));
                }
            }
        }
    }

    /// A script that a command starts, by its name: what it runs counts as run by the image.
    pub(super) fn add_referenced(
        &mut self,
        repository: &Repository<'_>,
        root: &Utf8Path,
        dockerfile: &Dockerfile,
        command: &Command,
        origin: Origin,
    ) {
        let folder = dockerfile.path.parent().unwrap_or("".into());
        for (index, word) in command.words.iter().take(3).enumerate() {
            // The program itself stands without its folder.
            let is_path = index == 0 || word.contains('/') || word.contains('.');
            if word.starts_with('-') || word.contains('=') || !is_path {
                continue;
            }
            let base = word.rsplit('/').next().unwrap_or(word);
            let wanted: Vec<Utf8PathBuf> = [root, folder, "".into()]
                .iter()
                .filter_map(|folder| join(folder, word.trim_start_matches('/')))
                .collect();
            let script = wanted
                .into_iter()
                .find(|path| repository.is_file(path))
                .or_else(|| {
                    let mut named = repository.files().iter().filter(|file| {
                        is_named(file, base)
                            && !is_vendored(file)
                            && !is_development_path(folder_of(file))
                    });
                    let first = named.next()?.clone();
                    named.next().is_none().then_some(first)
                });
            if let Some(script) = script
                && matches!(script.extension(), Some("sh" | "bash") | None)
                && let Some(text) = repository.text(&script)
                && (script.extension().is_some() || text.starts_with("#!"))
            {
                self.commands
                    .extend(parse(text, origin, Some("web"), &script, 0));
            }
        }
    }

    pub(super) fn add_health(&mut self, text: &str, place: Place) {
        // Programs that ask for an address take one without a scheme as well.
        const STARTS: [&str; 5] = ["http://", "https://", "localhost", "127.0.0.1", "0.0.0.0"];
        let Some(at) = STARTS.iter().find_map(|start| text.find(start)) else {
            return;
        };
        // What stands in braces is the default of a variable.
        let end = if text.trim_start().starts_with("${") {
            text.trim_end().trim_end_matches('}').len()
        } else {
            text.len()
        };
        let address = text
            .get(at..end)
            .unwrap_or_default()
            .split(|character: char| {
                character.is_whitespace() || matches!(character, '"' | '\'' | ')' | ',')
            })
            .next()
            .unwrap_or_default();
        let address = address.split_once("://").map_or(address, |(_, rest)| rest);
        if let Some((_, path)) = address.split_once('/') {
            // A prefix that a variable holds is empty unless someone sets it.
            let path = match path.rsplit_once('}') {
                Some((_, rest)) => rest,
                None => path,
            };
            if !path.is_empty() && !path.contains('$') {
                self.health.push((format!("/{path}"), place));
            }
        }
    }
}

/// The default of the build's argument that a value consists of.
fn build_argument(file: &Dockerfile, value: &str) -> Option<String> {
    let name = value.strip_prefix('$')?.trim_matches(['{', '}']);
    file.all("ARG").find_map(|instruction| {
        let (own, default) = instruction.text.split_once('=')?;
        (own.trim() == name).then(|| super::dockerfile::unquote(default.trim()).to_owned())
    })
}

/// `RUN` text with its line breaks as spaces, as the shell sees continued lines.
fn flattened(text: &str) -> String {
    text.lines()
        .map(|line| line.split("#--mount").next().unwrap_or(line).trim())
        .collect::<Vec<_>>()
        .join(" ")
}
