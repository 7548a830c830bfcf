//! Python constants: the one place that quotes and escapes Python.

/// A constant with the comment above it.
#[derive(Debug)]
pub(crate) struct Assignment {
    pub(crate) comment: &'static str,
    pub(crate) name: &'static str,
    pub(crate) value: Literal,
}

/// A constant value.
#[derive(Debug)]
pub(crate) enum Literal {
    Text(String),
    Bool(bool),
    List(Vec<String>),
    Map(Vec<(String, String)>),
}

impl From<&str> for Literal {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}

impl From<String> for Literal {
    fn from(text: String) -> Self {
        Self::Text(text)
    }
}

/// A module of constants.
pub(crate) fn module(docstring: &str, assignments: &[Assignment]) -> String {
    let mut module = vec![format!("\"\"\"{docstring}\"\"\"")];
    for assignment in assignments {
        module.push(String::new());
        module.push(format!("# {}", assignment.comment));
        module.push(format!(
            "{} = {}",
            assignment.name,
            print(&assignment.value)
        ));
    }
    module.push(String::new());
    module.join("\n")
}

fn print(value: &Literal) -> String {
    match value {
        Literal::Text(text) => quote(text),
        Literal::Bool(true) => "True".to_owned(),
        Literal::Bool(false) => "False".to_owned(),
        Literal::List(items) => lines('[', items.iter().map(|item| quote(item)), ']'),
        Literal::Map(entries) => {
            let entries = entries
                .iter()
                .map(|(key, value)| format!("{}: {}", quote(key), quote(value)));
            lines('{', entries, '}')
        }
    }
}

fn lines(open: char, items: impl Iterator<Item = String>, close: char) -> String {
    let items: Vec<String> = items.map(|item| format!("    {item},\n")).collect();
    if items.is_empty() {
        format!("{open}{close}")
    } else {
        format!("{open}\n{}{close}", items.concat())
    }
}

pub(crate) fn quote(text: &str) -> String {
    let mut quoted = String::from("\"");
    for character in text.chars() {
        match character {
            '"' | '\\' => quoted.extend(['\\', character]),
            '\n' => quoted.push_str("\\n"),
            _ if character.is_control() => {
                quoted.extend(format!("\\u{:04x}", u32::from(character)).chars());
            }
            _ => quoted.push(character),
        }
    }
    quoted.push('"');
    quoted
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn constants_are_quoted() {
        let text = module(
            "Constants.",
            &[
                Assignment {
                    comment: "Odd characters.",
                    name: "TEXT",
                    value: "a\"b\\c\n\u{7}ä".into(),
                },
                Assignment {
                    comment: "Nothing.",
                    name: "NONE",
                    value: Literal::List(Vec::new()),
                },
                Assignment {
                    comment: "Something.",
                    name: "SOME",
                    value: Literal::Map(vec![("a".to_owned(), "b".to_owned())]),
                },
            ],
        );
        insta::assert_snapshot!(text, @r#"
        """Constants."""

        # Odd characters.
        TEXT = "a\"b\\c\n\u0007ä"

        # Nothing.
        NONE = []

        # Something.
        SOME = {
            "a": "b",
        }
        "#);
    }
}
