//! Shell text as simple commands: words without their quotes, and what follows on success or failure.
//!
//! Enough to see which program is called with what. Conditions and loops are not followed; a command knows how deep in them it is.

/// What stands behind a command.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Then {
    /// The end of the line, `;` or `&`.
    Next,
    /// `&&`
    And,
    /// `||`
    Or,
    /// `|`
    Pipe,
}

/// A word, and its bytes in the text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Word {
    pub(crate) text: String,
    pub(crate) start: usize,
    pub(crate) end: usize,
}

/// A simple command.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Command {
    pub(crate) words: Vec<Word>,
    pub(crate) start: usize,
    pub(crate) end: usize,
    pub(crate) then: Then,
    /// In how many conditions, loops and functions it stands.
    pub(crate) depth: u32,
}

/// Programs that run the one behind them.
const WRAPPERS: [&str; 9] = [
    "sudo", "exec", "time", "nohup", "env", "command", "su-exec", "gosu", "tini",
];

impl Command {
    /// The program and its arguments, without what merely runs it: `sudo`, `uv run`, `python -m`.
    pub(crate) fn call(&self) -> &[Word] {
        let mut words = self.words.as_slice();
        let is_wrapped = |words: &[Word]| words.len() < self.words.len();
        loop {
            let texts: Vec<&str> = words
                .iter()
                .take(3)
                .map(|word| word.text.as_str())
                .collect();
            let skipped = match texts.as_slice() {
                [first, ..] if is_assignment(first) => 1,
                ["gosu" | "su-exec", _, _] => 2,
                [
                    "uv" | "poetry" | "pipenv" | "pdm" | "hatch" | "rye",
                    "run",
                    ..,
                ] => 2,
                ["uv", "tool", "run"] => 3,
                ["uvx" | "pipx", next, ..] => 1 + usize::from(*next == "run"),
                [python, "-m", _] if is_python(python) => 2,
                [first, ..] if WRAPPERS.contains(first) => 1,
                ["--" | "-g", ..] => 1,
                [
                    "--python" | "--from" | "--with" | "--group" | "--extra" | "-p" | "--project"
                    | "--directory",
                    _,
                    ..,
                ] if is_wrapped(words) => 2,
                [flag, ..] if is_wrapped(words) && flag.starts_with("--") => 1,
                _ => return words,
            };
            words = &words[skipped..];
        }
    }

    /// The name of the program, without its folder and its version.
    pub(crate) fn program(&self) -> &str {
        let name = self.call().first().map_or("", |word| word.text.as_str());
        let name = name.rsplit('/').next().unwrap_or(name);
        name.split_once('@')
            .filter(|(name, _)| !name.is_empty())
            .map_or(name, |(name, _)| name)
    }

    /// Whether the call begins with these words, whatever stands before the options.
    pub(crate) fn is(&self, words: &[&str]) -> bool {
        let call = self.call();
        call.len() >= words.len()
            && self.program() == words[0]
            && call[1..]
                .iter()
                .zip(&words[1..])
                .all(|(word, wanted)| word.text == *wanted)
    }

    /// Whether one of the words is this.
    pub(crate) fn has(&self, text: &str) -> bool {
        self.words.iter().any(|word| word.text == text)
    }

    /// The value of the first of these options: `--name value`, `--name=value`.
    pub(crate) fn option(&self, names: &[&str]) -> Option<Word> {
        self.words.iter().enumerate().find_map(|(index, word)| {
            let (name, value) = match word.text.split_once('=') {
                Some((name, value)) if name.starts_with('-') => (name, Some(value)),
                _ => (word.text.as_str(), None),
            };
            if !names.contains(&name) {
                return None;
            }
            match value {
                Some(value) => Some(Word {
                    text: value.to_owned(),
                    start: word.start,
                    end: word.end,
                }),
                None => self.words.get(index + 1).cloned(),
            }
        })
    }
}

fn is_python(program: &str) -> bool {
    let name = program.rsplit('/').next().unwrap_or(program);
    name.starts_with("python") || name == "py"
}

/// `NAME=value`, as it stands before a program.
pub(crate) fn is_assignment(word: &str) -> bool {
    word.split_once('=').is_some_and(|(name, _)| {
        !name.is_empty()
            && name
                .bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
            && !name.starts_with(|first: char| first.is_ascii_digit())
    })
}

/// The simple commands of a text, in its order; those inside of `$(…)` come behind the one that they are in.
pub(crate) fn commands(text: &str) -> Vec<Command> {
    let mut reader = Reader {
        text,
        at: 0,
        depth: 0,
        found: Vec::new(),
        inner: Vec::new(),
    };
    reader.all(text.len());
    let mut found = reader.found;
    // A text that opens ever more of them is not what people write.
    for (start, end, depth) in reader.inner.into_iter().take(200) {
        for mut command in commands(&text[start..end]) {
            command.depth += depth;
            command.start += start;
            command.end += start;
            for word in &mut command.words {
                word.start += start;
                word.end += start;
            }
            found.push(command);
        }
    }
    found
}

struct Reader<'t> {
    text: &'t str,
    at: usize,
    depth: u32,
    found: Vec<Command>,
    /// The texts inside of `$(…)`.
    inner: Vec<(usize, usize, u32)>,
}

impl Reader<'_> {
    fn all(&mut self, end: usize) {
        let mut words: Vec<Word> = Vec::new();
        let mut ends: Vec<String> = Vec::new();
        while self.at < end {
            let rest = &self.text[self.at..];
            let Some(next) = rest.chars().next() else {
                break;
            };
            if rest.starts_with("\\\n") {
                self.at += 2;
            } else if next == '\n' {
                self.at += 1;
                self.finish(&mut words, Then::Next);
                for word in ends.drain(..) {
                    self.skip_document(&word);
                }
            } else if next.is_whitespace() {
                self.at += next.len_utf8();
            } else if next == '#' {
                self.at += rest.find('\n').unwrap_or(rest.len());
            } else if let Some((length, then)) = operator(rest) {
                self.at += length;
                self.finish(&mut words, then);
            } else if rest.starts_with("<<") && !rest.starts_with("<<<") {
                self.at += 2 + usize::from(rest.starts_with("<<-"));
                self.blank();
                ends.push(self.word().text);
            } else if next == '(' || next == ')' {
                self.at += 1;
                self.finish(&mut words, Then::Next);
            } else {
                let word = self.word();
                self.take(word, &mut words);
            }
        }
        self.finish(&mut words, Then::Next);
    }

    fn blank(&mut self) {
        while self.text[self.at..].starts_with([' ', '\t']) {
            self.at += 1;
        }
    }

    /// A word, or a keyword where a command may start.
    fn take(&mut self, word: Word, words: &mut Vec<Word>) {
        if words.is_empty() {
            match word.text.as_str() {
                "if" | "for" | "while" | "until" | "case" | "{" => {
                    self.depth += 1;
                    // The condition of `if` is a command of its own; the list of `for` and `case` is none.
                    if matches!(word.text.as_str(), "for" | "case") {
                        words.push(word);
                    }
                    return;
                }
                "fi" | "done" | "esac" | "}" => {
                    self.depth = self.depth.saturating_sub(1);
                    return;
                }
                "then" | "do" | "else" | "elif" | "!" | "function" => return,
                _ => {}
            }
        }
        words.push(word);
    }

    fn finish(&mut self, words: &mut Vec<Word>, then: Then) {
        let words = std::mem::take(words);
        let (Some(first), Some(last)) = (words.first(), words.last()) else {
            return;
        };
        if matches!(first.text.as_str(), "for" | "case") {
            return;
        }
        self.found.push(Command {
            start: first.start,
            end: last.end,
            then,
            depth: self.depth,
            words,
        });
    }

    /// The lines of a here-document.
    fn skip_document(&mut self, end: &str) {
        while self.at < self.text.len() {
            let rest = &self.text[self.at..];
            let line = rest.find('\n').map_or(rest.len(), |at| at + 1);
            self.at += line;
            if rest[..line].trim() == end {
                break;
            }
        }
    }

    /// One word; quotes are taken away, `${{ … }}` and `$(…)` stay as they are.
    fn word(&mut self) -> Word {
        let start = self.at;
        let mut text = String::new();
        while self.at < self.text.len() {
            let rest = &self.text[self.at..];
            let Some(next) = rest.chars().next() else {
                break;
            };
            if next.is_whitespace()
                || matches!(next, ';' | ')' | '(')
                || operator(rest).is_some() && !is_redirect(&text, rest)
            {
                break;
            }
            match next {
                '\\' if rest.starts_with("\\\n") => break,
                '\\' => {
                    let escaped = rest[1..].chars().next();
                    text.extend(escaped);
                    self.at += 1 + escaped.map_or(0, char::len_utf8);
                }
                '\'' => {
                    let end = rest[1..].find('\'').map_or(rest.len(), |end| end + 1);
                    text.push_str(&rest[1..end]);
                    self.at += (end + 1).min(rest.len());
                }
                '"' => self.quoted(&mut text),
                '$' | '`' if self.substitution(&mut text) => {}
                other => {
                    text.push(other);
                    self.at += other.len_utf8();
                }
            }
        }
        // What is no word is passed over, or nothing would ever end.
        if self.at == start {
            self.at += self.text[start..].chars().next().map_or(1, char::len_utf8);
        }
        Word {
            text,
            start,
            end: self.at,
        }
    }

    fn quoted(&mut self, text: &mut String) {
        self.at += 1;
        while self.at < self.text.len() {
            let rest = &self.text[self.at..];
            let Some(next) = rest.chars().next() else {
                break;
            };
            match next {
                '"' => {
                    self.at += 1;
                    return;
                }
                '\\' => {
                    let escaped = rest[1..].chars().next();
                    text.extend(escaped.filter(|character| *character != '\n'));
                    self.at += 1 + escaped.map_or(0, char::len_utf8);
                }
                '$' | '`' if self.substitution(text) => {}
                other => {
                    text.push(other);
                    self.at += other.len_utf8();
                }
            }
        }
    }

    /// `${{ … }}`, `$((…))`, `$(…)`, `${…}` or a text between backticks, as it is written.
    fn substitution(&mut self, text: &mut String) -> bool {
        let rest = &self.text[self.at..];
        let length = if rest.starts_with("${{") {
            rest.find("}}").map(|end| end + 2)
        } else if rest.starts_with("$(") {
            closing(rest, '(', ')')
        } else if rest.starts_with("${") {
            closing(rest, '{', '}')
        } else {
            let inner = rest.strip_prefix('`');
            inner.and_then(|inner| inner.find('`').map(|end| end + 2))
        };
        let Some(length) = length else { return false };
        if rest.starts_with("$(") && !rest.starts_with("$((") {
            self.inner
                .push((self.at + 2, self.at + length - 1, self.depth));
        } else if rest.starts_with('`') {
            self.inner
                .push((self.at + 1, self.at + length - 1, self.depth));
        }
        text.push_str(&rest[..length]);
        self.at += length;
        true
    }
}

/// `&&`, `||`, `|`, `;`, `&`.
fn operator(rest: &str) -> Option<(usize, Then)> {
    [
        ("&&", Then::And),
        ("||", Then::Or),
        ("|&", Then::Pipe),
        ("|", Then::Pipe),
        (";;", Then::Next),
        (";", Then::Next),
        ("&>", Then::Next),
        ("&", Then::Next),
    ]
    .into_iter()
    .find(|(sign, _)| rest.starts_with(sign))
    .filter(|(sign, _)| *sign != "&>")
    .map(|(sign, then)| (sign.len(), then))
}

/// The `&` of `2>&1`.
fn is_redirect(text: &str, rest: &str) -> bool {
    rest.starts_with('&') && text.ends_with(['>', '<'])
}

/// How long the text up to the bracket that closes the first one is.
fn closing(rest: &str, open: char, close: char) -> Option<usize> {
    let mut depth = 0u32;
    let mut quote = None;
    for (at, character) in rest.char_indices() {
        match (quote, character) {
            (Some(open), _) if open == character => quote = None,
            (Some('\''), _) => {}
            (None, '\'') => quote = Some('\''),
            (_, _) if character == open => depth += 1,
            (_, _) if character == close => {
                depth -= 1;
                if depth == 0 {
                    return Some(at + 1);
                }
            }
            _ => {}
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(text: &str) -> String {
        let lines = commands(text).into_iter().map(|command| {
            let words: Vec<&str> = command
                .call()
                .iter()
                .map(|word| word.text.as_str())
                .collect();
            assert!(
                command
                    .words
                    .iter()
                    .all(|word| text.get(word.start..word.end).is_some())
            );
            format!("{} {:?} {}\n", words.join("|"), command.then, command.depth)
        });
        lines.collect()
    }

    #[test]
    fn commands_are_seen_with_their_words() {
        insta::assert_snapshot!(shown(
            "# first\nuv run python -m pip_audit --strict || true\nA=1 sudo safety check \\\n  --full 'a b' # end\nif curl -f \"$URL/x\"; then\n  echo \"${{ inputs.x || 'y' }}\" >&2\nfi\nfor i in 1 2; do sleep 5; done\ncat <<EOF | sh\nnot a command\nEOF\nX=$(az account show --query 'id' | tr -d x) && y\n"
        ), @r"
        pip_audit|--strict Or 0
        true Next 0
        safety|check|--full|a b Next 0
        curl|-f|$URL/x Next 1
        echo|${{ inputs.x || 'y' }}|>&2 Next 1
        sleep|5 Next 1
        cat Pipe 0
        sh Next 0
         And 0
        y Next 0
        az|account|show|--query|id Pipe 0
        tr|-d|x Next 0
        ");
    }

    #[test]
    fn any_text_is_read_to_its_end() {
        for text in [
            "\"",
            "'",
            "$(",
            "${{",
            "`",
            "<<",
            "((((",
            "a)|b",
            "\\",
            "é&ü",
            "case x in a) b;; esac",
        ] {
            for end in 0..=text.len() {
                if text.is_char_boundary(end) {
                    commands(&text[..end]);
                }
            }
        }
    }
}
