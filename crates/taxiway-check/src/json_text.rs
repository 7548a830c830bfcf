//! JSON as Azure takes it in templates (with comments), and where each part stands in the text.

use std::collections::BTreeMap;

use serde_json::{Map, Value};
use taxiway_diagnostics::Span;

/// A JSON text, read.
#[derive(Debug)]
pub(crate) struct JsonText {
    pub(crate) value: Value,
    /// By JSON pointer: of a member the name and the value, of an element the value.
    spans: BTreeMap<String, Span>,
}

/// How deep values may nest.
const MAX_DEPTH: usize = 200;

impl JsonText {
    /// Reads a text.
    ///
    /// # Errors
    /// What is wrong, and at which byte.
    pub(crate) fn parse(text: &str) -> Result<Self, (u32, String)> {
        let mut reader = Reader {
            text,
            at: 0,
            spans: BTreeMap::new(),
            depth: 0,
        };
        let value = reader.value("").and_then(|value| {
            reader.blank();
            if reader.at == text.len() {
                Ok(value)
            } else {
                Err("nothing may follow the value".to_owned())
            }
        });
        match value {
            Ok(value) => Ok(Self {
                value,
                spans: reader.spans,
            }),
            Err(message) => Err((offset(reader.at), message)),
        }
    }

    /// Where the part at `pointer`, or the nearest around it, stands.
    pub(crate) fn locate(&self, pointer: &str) -> Span {
        let mut pointer = pointer;
        loop {
            if let Some(span) = self.spans.get(pointer) {
                return *span;
            }
            match pointer.rfind('/') {
                Some(end) => pointer = &pointer[..end],
                None => return Span::at(0),
            }
        }
    }
}

fn offset(at: usize) -> u32 {
    u32::try_from(at).unwrap_or(u32::MAX)
}

struct Reader<'t> {
    text: &'t str,
    at: usize,
    spans: BTreeMap<String, Span>,
    depth: usize,
}

impl<'t> Reader<'t> {
    fn rest(&self) -> &'t str {
        &self.text[self.at..]
    }

    /// Skips blanks and comments.
    fn blank(&mut self) {
        loop {
            let trimmed =
                self.text[self.at..].trim_start_matches([' ', '\t', '\r', '\n', '\u{feff}']);
            self.at = self.text.len() - trimmed.len();
            let end = if trimmed.starts_with("//") {
                trimmed.find('\n')
            } else if trimmed.starts_with("/*") {
                trimmed.find("*/").map(|end| end + 2)
            } else {
                return;
            };
            self.at = end.map_or(self.text.len(), |end| self.at + end);
        }
    }

    fn takes(&mut self, character: char) -> bool {
        self.blank();
        let is_there = self.rest().starts_with(character);
        if is_there {
            self.at += character.len_utf8();
        }
        is_there
    }

    fn value(&mut self, pointer: &str) -> Result<Value, String> {
        self.blank();
        let start = self.at;
        if self.depth > MAX_DEPTH {
            return Err("the values nest too deep".to_owned());
        }
        self.depth += 1;
        let value = match self.rest().chars().next() {
            Some('{') => self.object(pointer)?,
            Some('[') => self.array(pointer)?,
            Some('"') => Value::String(self.string()?),
            Some(_) => self.scalar()?,
            None => return Err("the text ends too early".to_owned()),
        };
        self.depth -= 1;
        self.spans
            .entry(pointer.to_owned())
            .or_insert(Span::new(offset(start), offset(self.at)));
        Ok(value)
    }

    fn object(&mut self, pointer: &str) -> Result<Value, String> {
        self.at += 1;
        let mut members = Map::new();
        while !self.takes('}') {
            self.blank();
            let start = self.at;
            if !self.rest().starts_with('"') {
                return Err("expected the name of a member, or `}`".to_owned());
            }
            let name = self.string()?;
            if !self.takes(':') {
                return Err("expected `:`".to_owned());
            }
            let inner = format!("{pointer}/{}", name.replace('~', "~0").replace('/', "~1"));
            let value = self.value(&inner)?;
            self.spans
                .insert(inner, Span::new(offset(start), offset(self.at)));
            members.insert(name, value);
            self.separator('}')?;
        }
        Ok(Value::Object(members))
    }

    fn array(&mut self, pointer: &str) -> Result<Value, String> {
        self.at += 1;
        let mut items = Vec::new();
        while !self.takes(']') {
            items.push(self.value(&format!("{pointer}/{}", items.len()))?);
            self.separator(']')?;
        }
        Ok(Value::Array(items))
    }

    fn separator(&mut self, end: char) -> Result<(), String> {
        self.blank();
        if self.takes(',') || self.rest().starts_with(end) {
            Ok(())
        } else {
            Err(format!("expected `,` or `{end}`"))
        }
    }

    fn string(&mut self) -> Result<String, String> {
        let mut is_escaped = false;
        let end = self.rest().char_indices().skip(1).find(|(_, character)| {
            let ends = *character == '"' && !is_escaped;
            is_escaped = *character == '\\' && !is_escaped;
            ends
        });
        let (end, _) = end.ok_or("a text has no end")?;
        let quoted = &self.rest()[..=end];
        // Templates may break texts over lines, which JSON itself does not allow.
        let plain = quoted
            .replace("\r\n", "\\n")
            .replace('\n', "\\n")
            .replace('\t', "\\t");
        let value = serde_json::from_str(&plain).map_err(|error| error.to_string())?;
        self.at += end + 1;
        Ok(value)
    }

    fn scalar(&mut self) -> Result<Value, String> {
        let length = self
            .rest()
            .find(|character: char| {
                !(character.is_ascii_alphanumeric() || matches!(character, '-' | '+' | '.'))
            })
            .unwrap_or(self.rest().len());
        let value = serde_json::from_str(&self.rest()[..length])
            .map_err(|_| "expected a value".to_owned())?;
        self.at += length;
        Ok(value)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_have_their_place_and_comments_are_skipped() {
        let text = "// why\n{ \"a\": [1, {\"b/c\": \"x\\\"\"}], /* no */ \"d\": null }";
        let json = JsonText::parse(text).unwrap();
        let at = |pointer: &str| &text[json.locate(pointer).range()];
        assert_eq!(at("/a/1/b~1c"), "\"b/c\": \"x\\\"\"");
        assert_eq!(at("/a/0"), "1");
        assert_eq!(at("/d/nothing"), "\"d\": null");
        assert_eq!(json.value["a"][1]["b/c"], "x\"");
    }

    #[test]
    fn what_is_cut_off_is_refused_everywhere() {
        let text = "{\"a\": [1, {\"b\": \"é\\n\"}, true], \"c\": -1.5}";
        for end in (0..text.len()).filter(|end| text.is_char_boundary(*end)) {
            assert!(JsonText::parse(&text[..end]).is_err(), "{}", &text[..end]);
        }
        assert!(JsonText::parse(text).is_ok());
    }
}
