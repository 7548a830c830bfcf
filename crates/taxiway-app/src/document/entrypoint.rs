//! What the server is pointed at.

use std::borrow::Cow;
use std::fmt;
use std::str::FromStr;

use camino::Utf8PathBuf;
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Serialize};

/// What the server is pointed at: `module:attribute`, `module:factory()`, or the path of a script.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub enum Entrypoint {
    /// An attribute of an importable module.
    Callable {
        /// The module, dotted.
        module: String,
        /// The attribute.
        attribute: String,
        /// Whether the attribute must be called to get the application.
        is_factory: bool,
    },
    /// A script that its framework's own program runs, as Streamlit does; relative to the repository.
    Script(Utf8PathBuf),
}

impl Entrypoint {
    /// The attribute `attribute` of `module`.
    pub fn callable(module: impl Into<String>, attribute: impl Into<String>) -> Self {
        Self::Callable {
            module: module.into(),
            attribute: attribute.into(),
            is_factory: false,
        }
    }

    /// The function `attribute` of `module`, which makes the application.
    pub fn factory(module: impl Into<String>, attribute: impl Into<String>) -> Self {
        Self::Callable {
            module: module.into(),
            attribute: attribute.into(),
            is_factory: true,
        }
    }

    /// The module, unless it is a script.
    pub fn module(&self) -> Option<&str> {
        match self {
            Self::Callable { module, .. } => Some(module),
            Self::Script(_) => None,
        }
    }
}

impl fmt::Display for Entrypoint {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Callable {
                module,
                attribute,
                is_factory,
            } => {
                let call = if *is_factory { "()" } else { "" };
                write!(formatter, "{module}:{attribute}{call}")
            }
            Self::Script(path) => write!(formatter, "{path}"),
        }
    }
}

impl FromStr for Entrypoint {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let Some((module, attribute)) = text.split_once(':') else {
            return if text.ends_with(".py") {
                Ok(Self::Script(text.into()))
            } else {
                Err(format!(
                    "`{text}` is neither `module:attribute` nor a script"
                ))
            };
        };
        let (attribute, is_factory) = match attribute.strip_suffix("()") {
            Some(factory) => (factory, true),
            None => (attribute, false),
        };
        if module.is_empty() || attribute.is_empty() {
            return Err(format!("`{text}` lacks the module or the attribute"));
        }
        Ok(Self::Callable {
            module: module.to_owned(),
            attribute: attribute.to_owned(),
            is_factory,
        })
    }
}

impl TryFrom<String> for Entrypoint {
    type Error = String;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        text.parse()
    }
}

impl From<Entrypoint> for String {
    fn from(entrypoint: Entrypoint) -> Self {
        entrypoint.to_string()
    }
}

impl JsonSchema for Entrypoint {
    fn schema_name() -> Cow<'static, str> {
        "Entrypoint".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "type": "string",
            "description": "`module:attribute`, `module:factory()` where it must be called, or the path of a script",
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_round_trips() {
        for text in ["shop.wsgi:application", "app:create_app()", "src/Main.py"] {
            assert_eq!(text.parse::<Entrypoint>().unwrap().to_string(), text);
        }
        for text in ["shop.wsgi", ":app", "app:", "app:()"] {
            assert!(text.parse::<Entrypoint>().is_err(), "{text}");
        }
    }
}
