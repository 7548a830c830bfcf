//! `Dockerfile`, as a list of instructions and their printer: exec form, continued lines and quotes are its business alone.

/// One instruction, or what is said about the next.
#[derive(Clone, Debug)]
pub(super) enum Instruction {
    /// An empty line.
    Blank,
    /// A comment of one or more lines.
    Comment(String),
    /// `FROM image AS stage`.
    From { image: String, stage: &'static str },
    /// `WORKDIR`.
    Workdir(String),
    /// `ENV`, all in one layer.
    Env(Vec<(String, String)>),
    /// `COPY`, from another stage where one is named.
    Copy {
        from: Option<&'static str>,
        source: String,
        target: String,
    },
    /// `RUN` with its mounts, and commands that must all succeed.
    Run {
        mounts: Vec<String>,
        commands: Vec<String>,
    },
    /// `USER`.
    User(&'static str),
    /// `EXPOSE`.
    Expose(u16),
    /// `HEALTHCHECK` in exec form.
    Healthcheck {
        options: &'static str,
        command: Vec<String>,
    },
    /// `CMD` in exec form: the program itself gets the signals.
    Command(Vec<String>),
}

/// The file's text.
pub(super) fn print(instructions: &[Instruction]) -> String {
    let mut text = String::new();
    for instruction in instructions {
        text.push_str(&one(instruction));
        text.push('\n');
    }
    text
}

fn one(instruction: &Instruction) -> String {
    match instruction {
        Instruction::Blank => String::new(),
        Instruction::Comment(comment) => {
            let lines: Vec<String> = comment.lines().map(|line| format!("# {line}")).collect();
            lines.join("\n")
        }
        Instruction::From { image, stage } => format!("FROM {image} AS {stage}"),
        Instruction::Workdir(folder) => format!("WORKDIR {folder}"),
        Instruction::Env(variables) => {
            let pairs: Vec<String> = variables
                .iter()
                .map(|(name, value)| format!("{name}={}", word(value)))
                .collect();
            format!("ENV {}", pairs.join(" \\\n    "))
        }
        Instruction::Copy {
            from,
            source,
            target,
        } => match from {
            Some(from) => format!("COPY --from={from} {source} {target}"),
            None => format!("COPY {source} {target}"),
        },
        Instruction::Run { mounts, commands } => {
            let mounts = mounts.iter().map(|mount| format!("--mount={mount}"));
            let parts: Vec<String> = mounts.chain([commands.join(" \\\n    && ")]).collect();
            format!("RUN {}", parts.join(" \\\n    "))
        }
        Instruction::User(user) => format!("USER {user}"),
        Instruction::Expose(port) => format!("EXPOSE {port}"),
        Instruction::Healthcheck { options, command } => {
            format!("HEALTHCHECK {options} \\\n    CMD {}", exec(command))
        }
        Instruction::Command(command) => format!("CMD {}", exec(command)),
    }
}

/// A value of `ENV`, quoted where it has to be; `$NAME` in it stays a reference.
fn word(value: &str) -> String {
    let is_plain =
        |character: char| character.is_ascii_alphanumeric() || "_-./:@,+%=$".contains(character);
    if !value.is_empty() && value.chars().all(is_plain) {
        value.to_owned()
    } else {
        json(value)
    }
}

fn exec(command: &[String]) -> String {
    let words: Vec<String> = command.iter().map(|word| json(word)).collect();
    format!("[{}]", words.join(", "))
}

fn json(text: &str) -> String {
    let escaped = text
        .replace('\\', "\\\\")
        .replace('"', "\\\"")
        .replace('\n', "\\n");
    format!("\"{escaped}\"")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn commands_stay_together_and_words_apart() {
        let text = print(&[
            Instruction::Env(vec![
                ("A".to_owned(), "1".to_owned()),
                ("B".to_owned(), "two words".to_owned()),
            ]),
            Instruction::Run {
                mounts: vec!["type=cache,target=/cache".to_owned()],
                commands: vec!["one".to_owned(), "two".to_owned()],
            },
            Instruction::Command(vec!["serve".to_owned(), "say \"hi\"".to_owned()]),
        ]);
        insta::assert_snapshot!(text, @r#"
        ENV A=1 \
            B="two words"
        RUN --mount=type=cache,target=/cache \
            one \
            && two
        CMD ["serve", "say \"hi\""]
        "#);
    }
}
