//! How to format: `formatting` of `bicepconfig.json`.

use camino::Utf8Path;
use serde_json::Value;
use taxiway_diagnostics::Sources;

use crate::model::Workspace;

/// What ends a line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LineEnding {
    /// What ends the first line of the file, and `\n` where there is one line only.
    AsItIs,
    /// `\n`
    LineFeed,
    /// `\r\n`
    CarriageReturnLineFeed,
    /// `\r`
    CarriageReturn,
}

/// How to format.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FormatOptions {
    /// How wide a line may be before it is broken.
    pub width: usize,
    /// One level of indentation.
    pub indent: String,
    /// What ends a line.
    pub line_ending: LineEnding,
    /// Whether the last line ends too.
    pub final_line_ending: bool,
}

impl Default for FormatOptions {
    fn default() -> Self {
        Self {
            width: 120,
            indent: "  ".to_owned(),
            line_ending: LineEnding::AsItIs,
            final_line_ending: true,
        }
    }
}

impl FormatOptions {
    /// What the nearest `bicepconfig.json` above `file` says.
    ///
    /// Source: Bicep documentation, "Configure your Bicep environment", formatting; it limits the size of an indentation
    /// to 1000.
    pub fn find(sources: &dyn Sources, file: &Utf8Path) -> Self {
        let configuration = Workspace::new(sources, None).configuration(file);
        let setting = |name: &str| configuration.formatting.get(name);
        let number = |name: &str| {
            setting(name)?
                .as_u64()
                .and_then(|number| usize::try_from(number).ok())
        };
        let word = |name: &str| {
            setting(name)
                .and_then(Value::as_str)
                .map(str::to_ascii_lowercase)
        };
        let default = Self::default();
        let size = number("indentSize")
            .unwrap_or(default.indent.len())
            .min(1000);
        Self {
            width: number("width").unwrap_or(default.width),
            indent: match word("indentKind").as_deref() {
                Some("tab") => "\t".to_owned(),
                _ => " ".repeat(size),
            },
            line_ending: match word("newlineKind").as_deref() {
                Some("lf") => LineEnding::LineFeed,
                Some("crlf") => LineEnding::CarriageReturnLineFeed,
                Some("cr") => LineEnding::CarriageReturn,
                _ => default.line_ending,
            },
            final_line_ending: setting("insertFinalNewline") != Some(&Value::Bool(false)),
        }
    }
}
