//! JSON as Azure's clients write it.
//!
//! The az CLI pastes template files into the request as they are: comments, line breaks inside strings, and an unquoted
//! `template` as a key. What is strict JSON is read as such; anything else is cleaned first and then read strictly.

use serde_json::Value;

/// Reads a body; an empty one is null.
pub(super) fn parse(text: &str) -> Result<Value, serde_json::Error> {
    let text = text.trim_start_matches('\u{feff}');
    if text.trim().is_empty() {
        return Ok(Value::Null);
    }
    serde_json::from_str(text).or_else(|_| serde_json::from_str(&cleaned(text)))
}

/// Without comments and trailing commas, with bare keys quoted and control characters in strings escaped.
fn cleaned(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text.chars().peekable();
    while let Some(character) = rest.next() {
        match character {
            '"' => copy_string(&mut rest, &mut out),
            '/' if rest.peek() == Some(&'/') => {
                while rest.next_if(|next| *next != '\n').is_some() {}
            }
            '/' if rest.peek() == Some(&'*') => skip_block_comment(&mut rest),
            '}' | ']' => {
                drop_trailing_comma(&mut out);
                out.push(character);
            }
            _ if character.is_alphabetic() || character == '_' || character == '$' => {
                copy_word(character, &mut rest, &mut out);
            }
            _ => out.push(character),
        }
    }
    out
}

type Characters<'a> = std::iter::Peekable<std::str::Chars<'a>>;

fn copy_string(rest: &mut Characters<'_>, out: &mut String) {
    out.push('"');
    while let Some(character) = rest.next() {
        match character {
            '"' => {
                out.push('"');
                return;
            }
            '\\' => {
                out.push('\\');
                out.extend(rest.next());
            }
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            _ => out.push(character),
        }
    }
}

fn skip_block_comment(rest: &mut Characters<'_>) {
    rest.next();
    let mut previous = ' ';
    for character in rest.by_ref() {
        if previous == '*' && character == '/' {
            return;
        }
        previous = character;
    }
}

fn drop_trailing_comma(out: &mut String) {
    let kept = out.trim_end().len();
    if out[..kept].ends_with(',') {
        out.truncate(kept - 1);
    }
}

/// A bare word is a key where a colon follows it, else `true`, `false`, `null` or part of a number.
fn copy_word(first: char, rest: &mut Characters<'_>, out: &mut String) {
    let mut word = String::from(first);
    while let Some(next) =
        rest.next_if(|next| next.is_alphanumeric() || matches!(next, '_' | '$' | '-'))
    {
        word.push(next);
    }
    let is_key = {
        let mut ahead = rest.clone();
        while ahead.next_if(|next| next.is_whitespace()).is_some() {}
        ahead.peek() == Some(&':')
    };
    if is_key {
        out.push('"');
        out.push_str(&word);
        out.push('"');
    } else {
        out.push_str(&word);
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn what_az_sends_is_read() {
        let text = "{\"properties\": {\"mode\": \"Incremental\", template:{\n // a comment with \"quotes\"\n \"a\": \"http://x/*y*/\", /* another */\n \"n\": [1.5e3, true, null, ],\n \"s\": \"two\nlines\", \n}}}";
        let expected = json!({"properties": {"mode": "Incremental", "template": {
            "a": "http://x/*y*/", "n": [1500.0, true, null], "s": "two\nlines"
        }}});
        assert_eq!(parse(text).expect("readable"), expected);
    }

    #[test]
    fn empty_is_null_and_broken_is_an_error() {
        assert_eq!(parse(" \n").expect("readable"), Value::Null);
        for text in ["{", "{\"a\": }", "{\"a\" 1}", "nonsense", "\"open"] {
            let result = parse(text);
            assert!(result.is_err(), "{text}: {result:?}");
        }
    }
}
