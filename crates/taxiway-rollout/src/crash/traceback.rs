//! The last traceback among lines: which of the project's own lines, and which error.

use std::fmt;

use super::lines::Line;
use crate::failure::FailureKind;

/// The first line of every traceback.
const HEAD: &str = "Traceback (most recent call last):";

/// Parts of paths that are not the project's.
const FOREIGN: &[&str] = &[
    "site-packages",
    "dist-packages",
    "/lib/python",
    "/antenv/",
    "/taxiway_runtime/",
    "/bin/",
];

/// A traceback, reduced to what a person looks for in it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Traceback {
    /// The last line of the project itself: `shop/urls.py:12`.
    pub(crate) place: Option<String>,
    /// The error's class, without its module.
    pub(crate) class: String,
    /// What it says.
    pub(crate) message: String,
}

impl Traceback {
    /// The last traceback; of chained ones the last, with the place of an earlier one where it has none.
    pub(super) fn last(lines: &[Line]) -> Option<Self> {
        let mut found: Option<Self> = None;
        let mut index = 0;
        while index < lines.len() {
            index += 1;
            if !lines[index - 1].text.contains(HEAD) {
                continue;
            }
            let (end, traceback) = read(lines, index);
            index = end;
            // How gunicorn stops itself says nothing about why.
            if let Some(mut traceback) =
                traceback.filter(|traceback| traceback.class != "HaltServer")
            {
                if traceback.place.is_none() {
                    traceback.place = found.and_then(|earlier| earlier.place);
                }
                found = Some(traceback);
            }
        }
        found
    }

    /// Which kind of failure the error amounts to.
    pub(crate) fn kind(&self) -> FailureKind {
        let text = self.message.to_ascii_lowercase();
        match self.class.as_str() {
            "ImproperlyConfigured" | "UndefinedValueError" => FailureKind::Configuration,
            "KeyError"
                if self
                    .message
                    .chars()
                    .all(|character| matches!(character, 'A'..='Z' | '0'..='9' | '_' | '\'')) =>
            {
                FailureKind::Configuration
            }
            "MemoryError" => FailureKind::Memory,
            "OSError" if text.contains("no space left on device") => FailureKind::Disk,
            "ProgrammingError" | "UndefinedTable" | "UndefinedColumn"
                if text.contains("does not exist") =>
            {
                FailureKind::Schema
            }
            "OperationalError" if text.contains("no such table") => FailureKind::Schema,
            _ => FailureKind::Boot,
        }
    }
}

impl fmt::Display for Traceback {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let complete = self.message.strip_prefix("the environment is incomplete; ");
        if let Some(rest) = complete {
            return formatter.write_str(rest);
        }
        if let Some(place) = &self.place {
            write!(formatter, "{place}  ")?;
        }
        match self.message.is_empty() {
            true => formatter.write_str(&self.class),
            false => write!(formatter, "{}: {}", self.class, self.message),
        }
    }
}

/// Reads one traceback whose frames begin at `start`; returns where it ends.
fn read(lines: &[Line], start: usize) -> (usize, Option<Traceback>) {
    let mut place = lines.get(start).and_then(|line| line.place.clone());
    let given = place.is_some();
    for (offset, line) in lines[start..].iter().enumerate() {
        let text = line.text.as_str();
        if let Some(frame) = frame(text) {
            if !given && frame.is_own() {
                place = Some(frame.place());
            }
            continue;
        }
        let inside = text.starts_with(' ') || text.trim().is_empty() || text.contains(HEAD);
        if !inside {
            let (class, message) = text.split_once(": ").unwrap_or((text, ""));
            let class = class.rsplit('.').next().unwrap_or(class).trim().to_owned();
            let end = start + offset + 1;
            let mut message = message.trim().to_owned();
            if class == "ValidationError" {
                let causes = causes(&lines[end..]);
                if !causes.is_empty() {
                    message = format!("{message}: {}", causes.join("; "));
                }
            }
            return (
                end,
                Some(Traceback {
                    place,
                    class,
                    message,
                }),
            );
        }
    }
    (lines.len(), None)
}

/// What pydantic found, as it lists it below its error: a field, then what is wrong with it. What was given stands behind that,
/// and is left out: it may be secret. Source: pydantic, "Error messages".
fn causes(lines: &[Line]) -> Vec<String> {
    let (mut found, mut field) = (Vec::new(), None);
    for line in lines {
        let text = line.text.as_str();
        let depth = text.len() - text.trim_start().len();
        let what = text.trim();
        match depth {
            0 if what.is_empty() || what.contains(' ') => break,
            0 => field = Some(what),
            2 => {
                let end = [" [type=", " (type="]
                    .iter()
                    .filter_map(|it| what.find(it))
                    .min();
                let what = end.map_or(what, |end| &what[..end]);
                let what = what.strip_prefix("Value error, ").unwrap_or(what);
                found.push(match field.take() {
                    Some(field) => format!("{field}: {what}"),
                    None => what.to_owned(),
                });
            }
            // Where to read more.
            _ => {}
        }
    }
    found
}

struct Frame<'a> {
    path: &'a str,
    line: &'a str,
}

/// `  File "/home/site/wwwroot/shop/urls.py", line 12, in <module>`, or without the function.
fn frame(text: &str) -> Option<Frame<'_>> {
    let rest = text.trim_start().strip_prefix("File \"")?;
    let (path, rest) = rest.split_once("\", line ")?;
    let end = rest
        .find(|character: char| !character.is_ascii_digit())
        .unwrap_or(rest.len());
    Some(Frame {
        path,
        line: &rest[..end],
    })
}

impl Frame<'_> {
    fn is_own(&self) -> bool {
        // `<frozen importlib>`, `<string>`: code without a file.
        !self.path.starts_with('<') && !FOREIGN.iter().any(|foreign| self.path.contains(foreign))
    }

    fn place(&self) -> String {
        format!("{}:{}", relative(self.path), self.line)
    }
}

/// The path below the app's folder, wherever the platform has put that.
///
/// App Service unpacks to `/home/site/wwwroot` or `/tmp/<hexadecimal>`, the local cloud to
/// `…/deployments/<id>/app`.
fn relative(path: &str) -> &str {
    for root in ["/wwwroot/", "/app/"] {
        if let Some((_, rest)) = path.split_once(root) {
            return rest;
        }
    }
    if let Some((folder, rest)) = path
        .strip_prefix("/tmp/")
        .and_then(|rest| rest.split_once('/'))
        && folder.bytes().all(|byte| byte.is_ascii_hexdigit())
    {
        return rest;
    }
    path
}

#[cfg(test)]
mod tests {
    use super::{super::lines::expand, *};

    #[test]
    fn chained_and_syntax_errors_are_read() {
        let chained = "Traceback (most recent call last):\n  File \"/app/a/env.py\", line 2, in get\n    x\nKeyError: 'SECRET'\n\nDuring handling of the above exception, another exception occurred:\n\nTraceback (most recent call last):\n  File \"/antenv/lib/python3.11/site-packages/environ.py\", line 9, in f\n    y\nenviron.ImproperlyConfigured: Set the SECRET environment variable\n";
        let syntax = "Traceback (most recent call last):\n  File \"/usr/lib/python3.11/importlib/__init__.py\", line 126, in import_module\n  File \"/home/site/wwwroot/shop/views.py\", line 7\n    def index(\n             ^\nSyntaxError: '(' was never closed\n";
        for (log, expected) in [
            (
                chained,
                "a/env.py:2  ImproperlyConfigured: Set the SECRET environment variable",
            ),
            (syntax, "shop/views.py:7  SyntaxError: '(' was never closed"),
            ("Traceback (most recent call last):\n  File \"x", "nothing"),
            (
                "Traceback (most recent call last):\n  File \"/app/shop/models.py\", line 7, in <module>\n  File \"<wrapper of create_engine>\", line 2, in create_engine\nArgumentError: no URL\n",
                "shop/models.py:7  ArgumentError: no URL",
            ),
        ] {
            let found = Traceback::last(&expand(log))
                .map_or_else(|| "nothing".to_owned(), |traceback| traceback.to_string());
            assert_eq!(found, expected);
        }
    }

    #[test]
    fn what_pydantic_misses_is_named_and_no_value() {
        let log = |error: &str| {
            format!(
                "Traceback (most recent call last):\n  File \"/app/src/config.py\", line 40, in <module>\n    settings = Config()\n  File \"/antenv/lib/python3.11/site-packages/pydantic/main.py\", line 9, in f\n{error}\n[2026-11-22 09:00:05 +0100] [7] [INFO] Worker exiting\n"
            )
        };
        let second = "pydantic_core._pydantic_core.ValidationError: 2 validation errors for Config\nSMTP_HOST\n  Field required [type=missing, input_value={'TOKEN': 'hidden'}, input_type=dict]\n    For further information visit https://errors.pydantic.dev/2.9/v/missing\n  Value error, Sentry is not set [type=value_error, input_value={'TOKEN': 'hidden'}, input_type=dict]\n    For further information visit https://errors.pydantic.dev/2.9/v/value_error";
        let first = "pydantic.error_wrappers.ValidationError: 1 validation error for Config\nSMTP_HOST\n  field required (type=value_error.missing)";
        for (error, expected) in [
            (
                second,
                "2 validation errors for Config: SMTP_HOST: Field required; Sentry is not set",
            ),
            (
                first,
                "1 validation error for Config: SMTP_HOST: field required",
            ),
            ("django.core.ValidationError: ['no']", "['no']"),
        ] {
            let found = Traceback::last(&expand(&log(error))).unwrap();
            assert_eq!(found.message, expected);
            assert_eq!(found.place.as_deref(), Some("src/config.py:40"));
        }
    }
}
