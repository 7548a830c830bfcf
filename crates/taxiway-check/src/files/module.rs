//! Python files, parsed only where they may say something about how the app runs.

use camino::{Utf8Path, Utf8PathBuf};
use ruff_python_ast::{Expr, ModModule, Stmt};
use ruff_python_parser::{Parsed, parse_module};
use ruff_text_size::Ranged;
use taxiway_diagnostics::Location;

use super::span;

/// Only a file with one of these is parsed.
const TELLING: [&str; 8] = [
    "environ",
    "getenv",
    "cpu_count",
    ".queries",
    "opencensus",
    "FileHandler",
    "SecretClient",
    "SecretManager",
];

/// A Python file.
pub(crate) struct Module {
    pub(crate) path: Utf8PathBuf,
    pub(crate) text: String,
    parsed: Parsed<ModModule>,
}

impl std::fmt::Debug for Module {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter
            .debug_struct("Module")
            .field("path", &self.path)
            .finish_non_exhaustive()
    }
}

impl Module {
    /// `None` where it is no Python, or says nothing about how the app runs.
    pub(crate) fn read(path: &Utf8Path, text: String) -> Option<Self> {
        let is_settings = is_settings(path);
        if is_test(path)
            || !is_settings && !TELLING.iter().any(|word| text.contains(word))
            || is_deep(&text)
        {
            return None;
        }
        let parsed = parse_module(&text).ok()?;
        Some(Self {
            path: path.to_owned(),
            text,
            parsed,
        })
    }

    pub(crate) fn body(&self) -> &[Stmt] {
        &self.parsed.syntax().body
    }

    pub(crate) fn is_settings(&self) -> bool {
        is_settings(&self.path)
    }

    pub(crate) fn location(&self, node: &impl Ranged) -> Location {
        let range = node.range();
        let (start, end) = (range.start().to_usize(), range.end().to_usize());
        let line = self.text[start..end]
            .find('\n')
            .map_or(end, |at| start + at);
        Location::new(&self.path, span(start, line))
    }
}

/// The parser calls itself for each bracket and each level.
fn is_deep(text: &str) -> bool {
    let mut depth = 0u32;
    let brackets = text.bytes().any(|byte| {
        match byte {
            b'(' | b'[' | b'{' => depth += 1,
            b')' | b']' | b'}' => depth = depth.saturating_sub(1),
            _ => {}
        }
        depth > 100
    });
    let signs = ["not ", "--", "~~", "++", "lambda", "**"];
    let is_long = |line: &str| signs.iter().any(|sign| line.matches(sign).count() > 100);
    brackets
        || text
            .lines()
            .any(|line| is_long(line) || line.len() - line.trim_start().len() > 300)
}

fn is_settings(path: &Utf8Path) -> bool {
    let is_named = |name: &str| name.starts_with("settings") || name.ends_with("_settings");
    path.file_stem()
        .is_some_and(|stem| is_named(stem) || stem == "config")
        || path
            .parent()
            .and_then(Utf8Path::file_name)
            .is_some_and(|folder| folder == "settings")
}

fn is_test(path: &Utf8Path) -> bool {
    path.components().any(|part| {
        let part = part.as_str();
        matches!(part, "tests" | "test" | "testing" | "docs" | "examples")
            || part.starts_with("test_")
    }) || path
        .file_name()
        .is_some_and(|name| name == "conftest.py" || name.ends_with("_test.py"))
}

/// `a.b.c` as text; nothing where it is anything else.
pub(crate) fn dotted(expression: &Expr) -> Option<String> {
    match expression {
        Expr::Name(name) => Some(name.id.to_string()),
        Expr::Attribute(attribute) => {
            Some(format!("{}.{}", dotted(&attribute.value)?, attribute.attr))
        }
        _ => None,
    }
}

/// The name of the variable that `os.environ["X"]`, `os.environ.get("X")` or `os.getenv("X")` reads as text.
pub(crate) fn environment_read(expression: &Expr) -> Option<String> {
    let literal = |expression: &Expr| match expression {
        Expr::StringLiteral(literal) => Some(literal.value.to_str().to_owned()),
        _ => None,
    };
    match expression {
        Expr::Subscript(subscript) => dotted(&subscript.value)
            .filter(|name| name.ends_with("environ"))
            .and_then(|_| literal(&subscript.slice)),
        Expr::Call(call) => {
            let name = dotted(&call.func)?;
            let reads = name == "os.environ.get"
                || name == "environ.get"
                || name == "os.getenv"
                || name == "getenv";
            // A default that is no text is for when the variable is not there: what is there stays text.
            call.arguments
                .args
                .first()
                .filter(|_| reads)
                .and_then(literal)
        }
        _ => None,
    }
}
