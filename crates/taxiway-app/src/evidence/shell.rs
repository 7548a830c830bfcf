//! Shell text, split into simple commands.

/// A simple command: the variables set for it, and its words.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Simple {
    pub(crate) variables: Vec<(String, String)>,
    pub(crate) words: Vec<String>,
}

/// The simple commands of a text, each with the line it starts on, from 0.
pub(crate) fn commands(text: &str) -> Vec<(usize, Simple)> {
    let mut found = Vec::new();
    let mut word = String::new();
    let mut has_word = false;
    let mut words: Vec<String> = Vec::new();
    let mut quote: Option<char> = None;
    let mut line = 0usize;
    let mut start = 0usize;
    let mut characters = text.chars().peekable();
    let mut end_command = |words: &mut Vec<String>, start: usize| {
        if !words.is_empty() {
            found.push((start, simple(std::mem::take(words))));
        }
    };
    while let Some(character) = characters.next() {
        if character == '\n' {
            line += 1;
        }
        if let Some(open) = quote {
            match character {
                '\\' if open == '"' => {
                    if let Some(next) = characters.next() {
                        if next == '\n' {
                            line += 1;
                        } else {
                            word.push(next);
                        }
                    }
                }
                closing if closing == open => quote = None,
                other => word.push(other),
            }
            continue;
        }
        match character {
            '\'' | '"' => {
                quote = Some(character);
                has_word = true;
            }
            '\\' => match characters.next() {
                Some('\n') => line += 1,
                Some('\r') => {}
                Some(next) => {
                    word.push(next);
                    has_word = true;
                }
                None => {}
            },
            '#' if word.is_empty() && !has_word => {
                while characters.peek().is_some_and(|next| *next != '\n') {
                    characters.next();
                }
            }
            ';' | '\n' | '|' | '&' | '(' | ')' if !is_substitution(character, &word) => {
                // `2>&1` and `&>` are redirections, not ends.
                if character == '&' && (word.ends_with('>') || characters.peek() == Some(&'>')) {
                    word.push(character);
                    has_word = true;
                    continue;
                }
                if has_word || !word.is_empty() {
                    words.push(std::mem::take(&mut word));
                    has_word = false;
                }
                end_command(&mut words, start);
                start = line;
            }
            '$' if matches!(characters.peek(), Some('{' | '(')) => {
                // The whole of `${…}` and `$(…)` is one word, whatever is in it.
                has_word = true;
                word.push('$');
                let open = characters.next().unwrap_or('{');
                let close = if open == '{' { '}' } else { ')' };
                word.push(open);
                let mut depth = 1;
                for next in characters.by_ref() {
                    word.push(next);
                    if next == '\n' {
                        line += 1;
                    }
                    if next == open {
                        depth += 1;
                    } else if next == close {
                        depth -= 1;
                        if depth == 0 {
                            break;
                        }
                    }
                }
            }
            space if space.is_whitespace() => {
                if has_word || !word.is_empty() {
                    words.push(std::mem::take(&mut word));
                    has_word = false;
                }
            }
            other => {
                if words.is_empty() && word.is_empty() {
                    start = line;
                }
                word.push(other);
                has_word = true;
            }
        }
    }
    if has_word || !word.is_empty() {
        words.push(word);
    }
    end_command(&mut words, start);
    found
}

/// Whether a bracket belongs to a `$(…)`.
fn is_substitution(bracket: char, word: &str) -> bool {
    (bracket == '(' && word.ends_with('$')) || (bracket == ')' && word.contains("$("))
}

/// Splits the leading `NAME=value` words off.
fn simple(words: Vec<String>) -> Simple {
    const KEYWORDS: [&str; 9] = [
        "then", "do", "else", "if", "elif", "while", "exec", "time", "{",
    ];
    let mut variables = Vec::new();
    let mut rest = words.into_iter().peekable();
    while let Some(word) = rest.peek() {
        if KEYWORDS.contains(&word.as_str())
            || matches!(word.as_str(), "env" | "export" | "nohup" | "local" | "@")
        {
            rest.next();
            continue;
        }
        match assignment(word) {
            Some((name, value)) => {
                variables.push((name.to_owned(), value.to_owned()));
                rest.next();
            }
            None => break,
        }
    }
    Simple {
        variables,
        words: rest.collect(),
    }
}

/// `NAME=value`.
pub(crate) fn assignment(word: &str) -> Option<(&str, &str)> {
    let (name, value) = word.split_once('=')?;
    let is_name = !name.is_empty()
        && !name.starts_with(|first: char| first.is_ascii_digit())
        && name
            .chars()
            .all(|character| character.is_ascii_alphanumeric() || character == '_');
    is_name.then_some((name, value))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn split(text: &str) -> Vec<String> {
        commands(text)
            .into_iter()
            .map(|(line, command)| {
                format!("{line} {:?} {}", command.variables, command.words.join("·"))
            })
            .collect()
    }

    #[test]
    fn commands_are_told_apart() {
        insta::assert_debug_snapshot!(
            split("# no\nexport A=1\nDEBUG=0 gunicorn 'a b' -b \"0:$PORT\" \\\n  shop.wsgi && echo x 2>&1\nif true; then celery -A ${APP:-shop} worker & fi"),
            @r#"
        [
            "1 [(\"A\", \"1\")] ",
            "2 [(\"DEBUG\", \"0\")] gunicorn·a b·-b·0:$PORT·shop.wsgi",
            "3 [] echo·x·2>&1",
            "4 [] true",
            "4 [] celery·-A·${APP:-shop}·worker",
            "4 [] fi",
        ]
        "#
        );
    }
}
