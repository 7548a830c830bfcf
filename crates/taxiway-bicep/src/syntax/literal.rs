//! What the text of a string token says.

/// How a string is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum StringForm {
    /// `'…'`
    Line,
    /// `'''…'''`, with the number of `$` in front.
    Multiline(usize),
}

impl StringForm {
    /// Reads it off the first token of a string.
    pub(crate) fn of(first_token: &str) -> Self {
        let dollars = first_token.len() - first_token.trim_start_matches('$').len();
        let quotes = &first_token[dollars..];
        if quotes.starts_with("'''") {
            Self::Multiline(dollars)
        } else {
            Self::Line
        }
    }
}

/// Where in its string a token stands.
fn trim_delimiters(token: &str, form: StringForm, first: bool, last: bool) -> &str {
    let mut content = token;
    match form {
        StringForm::Line => {
            content = &content[usize::from(!content.is_empty())..];
            content = if last {
                content.strip_suffix('\'').unwrap_or(content)
            } else {
                content.strip_suffix("${").unwrap_or(content)
            };
        }
        StringForm::Multiline(dollars) => {
            if first {
                content = content.get(dollars + 3..).unwrap_or("");
                content = content
                    .strip_prefix("\r\n")
                    .or_else(|| content.strip_prefix('\n'))
                    .or_else(|| content.strip_prefix('\r'))
                    .unwrap_or(content);
            } else {
                content = content.get(1..).unwrap_or("");
            }
            content = if last {
                content.strip_suffix("'''").unwrap_or(content)
            } else {
                content
                    .get(..content.len().saturating_sub(dollars + 1))
                    .unwrap_or("")
            };
        }
    }
    content
}

/// The text that a token of a string stands for.
pub(crate) fn string_content(token: &str, form: StringForm, first: bool, last: bool) -> String {
    let content = trim_delimiters(token, form, first, last);
    match form {
        StringForm::Line => unescape(content),
        StringForm::Multiline(_) => content.to_owned(),
    }
}

/// The character that a pair of surrogates stands for, with what follows them.
fn join_surrogates(high: u32, rest: &str) -> (u32, &str) {
    if !(0xD800..0xDC00).contains(&high) {
        return (high, rest);
    }
    let low = rest
        .strip_prefix("\\u{")
        .and_then(|rest| rest.split_once('}'))
        .and_then(|(digits, rest)| Some((u32::from_str_radix(digits, 16).ok()?, rest)))
        .filter(|(low, _)| (0xDC00..0xE000).contains(low));
    match low {
        Some((low, rest)) => (0x1_0000 + ((high - 0xD800) << 10) + (low - 0xDC00), rest),
        None => (high, rest),
    }
}

fn unescape(content: &str) -> String {
    let mut out = String::with_capacity(content.len());
    let mut rest = content;
    while let Some(position) = rest.find('\\') {
        out.push_str(&rest[..position]);
        rest = &rest[position + 1..];
        let Some(character) = rest.chars().next() else {
            break;
        };
        rest = &rest[character.len_utf8()..];
        match character {
            'n' => out.push('\n'),
            'r' => out.push('\r'),
            't' => out.push('\t'),
            'u' => {
                let (digits, after) = rest.split_once('}').unwrap_or((rest, ""));
                let code = u32::from_str_radix(digits.trim_start_matches('{'), 16).unwrap_or(0);
                let (code, after) = join_surrogates(code, after);
                out.push(char::from_u32(code).unwrap_or(char::REPLACEMENT_CHARACTER));
                rest = after;
            }
            other => out.push(other),
        }
    }
    out.push_str(rest);
    out
}
