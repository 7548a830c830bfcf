//! Reads single values of `taxiway.toml`, and collects what is wrong with them.

use taxiway_diagnostics::{Diagnostic, LineIndex, Location, Place, Span};
use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::{CONFIG_PATH, Setting};
use crate::suggestion::nearest;

/// Collects what is wrong while it reads.
pub(super) struct Reader {
    lines: LineIndex,
    pub(super) diagnostics: Vec<Diagnostic>,
}

pub(super) type Value<'a> = Spanned<DeValue<'a>>;

impl Reader {
    /// A reader of `text` that has found nothing yet.
    pub(super) fn new(text: &str) -> Self {
        Self {
            lines: LineIndex::new(text),
            diagnostics: Vec::new(),
        }
    }

    pub(super) fn table<'t, 'i>(
        &mut self,
        table: &'t DeTable<'i>,
        key: &str,
    ) -> Option<&'t DeTable<'i>> {
        let value = table.get(key)?;
        let found = value.get_ref().as_table();
        if found.is_none() {
            self.wrong_type(value, "a table");
        }
        found
    }

    pub(super) fn text(&mut self, table: &DeTable<'_>, key: &str) -> Option<Setting<String>> {
        let value = table.get(key)?;
        match value.get_ref().as_str() {
            Some(text) if !text.trim().is_empty() => Some(Setting {
                value: text.to_owned(),
                place: self.place(to_span(value.span())),
            }),
            Some(_) => {
                self.error(
                    "config-value",
                    to_span(value.span()),
                    format!("`{key}` is empty"),
                );
                None
            }
            None => {
                self.wrong_type(value, "a string");
                None
            }
        }
    }

    pub(super) fn texts(
        &mut self,
        table: &DeTable<'_>,
        key: &str,
        problem: impl Fn(&str) -> Option<String>,
    ) -> Vec<Setting<String>> {
        let Some(value) = table.get(key) else {
            return Vec::new();
        };
        let Some(items) = value.get_ref().as_array() else {
            self.wrong_type(value, "a list of strings");
            return Vec::new();
        };
        let mut texts = Vec::new();
        for item in items {
            let span = to_span(item.span());
            match item.get_ref().as_str() {
                Some(text) => match problem(text) {
                    Some(message) => self.error("config-value", span, message),
                    None => texts.push(Setting {
                        value: text.to_owned(),
                        place: self.place(span),
                    }),
                },
                None => self.wrong_type(item, "a string"),
            }
        }
        texts
    }

    pub(super) fn number(
        &mut self,
        table: &DeTable<'_>,
        key: &str,
        problem: impl Fn(u32) -> Option<String>,
    ) -> Option<Setting<u32>> {
        let value = table.get(key)?;
        let span = to_span(value.span());
        let number = value.get_ref().as_integer().and_then(|number| {
            u32::from_str_radix(&number.as_str().replace('_', ""), number.radix()).ok()
        });
        let Some(number) = number else {
            self.wrong_type(value, "a whole number");
            return None;
        };
        if let Some(message) = problem(number) {
            self.error("config-value", span, message);
        }
        Some(Setting {
            value: number,
            place: self.place(span),
        })
    }

    pub(super) fn switch(&mut self, table: &DeTable<'_>, key: &str) -> Option<Setting<bool>> {
        let value = table.get(key)?;
        let DeValue::Boolean(is_on) = value.get_ref() else {
            self.wrong_type(value, "true or false");
            return None;
        };
        Some(Setting {
            value: *is_on,
            place: self.place(to_span(value.span())),
        })
    }

    pub(super) fn choice<T, const N: usize>(
        &mut self,
        table: &DeTable<'_>,
        key: &str,
        choices: [(&'static str, T); N],
    ) -> Option<Setting<T>> {
        let setting = self.text(table, key)?;
        let names = choices.each_ref().map(|(name, _)| *name);
        let found = choices
            .into_iter()
            .find(|(name, _)| *name == setting.value)
            .map(|(_, value)| value);
        if found.is_none() {
            let message = format!(
                "`{key}` is one of {}, not `{}`",
                names.join(", "),
                setting.value
            );
            let near = nearest(&setting.value, names);
            self.error_with_suggestion("config-value", value_span(table, key), message, near);
        }
        Some(Setting {
            value: found?,
            place: setting.place,
        })
    }

    pub(super) fn keys(&mut self, table: &DeTable<'_>, context: &str, known: &[&'static str]) {
        for (key, _) in in_order(table) {
            let name = key.get_ref().as_ref();
            if !known.contains(&name) {
                let message = format!("{context} has no key `{name}`");
                let near = nearest(name, known.iter().copied());
                self.error_with_suggestion("unknown-key", to_span(key.span()), message, near);
                if near.is_none()
                    && let Some(last) = self.diagnostics.last_mut()
                {
                    last.help = Some(format!("its keys are {}", known.join(", ")));
                }
            }
        }
    }

    pub(super) fn wrong_type(&mut self, value: &Value<'_>, expected: &str) {
        let found = value.get_ref().type_str();
        let message = format!("expected {expected}, found {found}");
        self.error("config-type", to_span(value.span()), message);
    }

    pub(super) fn error_with_suggestion(
        &mut self,
        code: &'static str,
        span: Span,
        message: String,
        near: Option<&str>,
    ) {
        self.error(code, span, message);
        if let (Some(near), Some(last)) = (near, self.diagnostics.last_mut()) {
            last.help = Some(format!("did you mean `{near}`?"));
        }
    }

    pub(super) fn error(&mut self, code: &'static str, span: Span, message: String) {
        let location = Location::new(CONFIG_PATH, span);
        self.diagnostics
            .push(Diagnostic::error(code, location, message));
    }

    pub(super) fn place(&self, span: Span) -> Place {
        Place::new(CONFIG_PATH, self.lines.line(span.start))
    }
}

pub(super) fn to_span(range: std::ops::Range<usize>) -> Span {
    let offset = |value: usize| u32::try_from(value).unwrap_or(u32::MAX);
    Span::new(offset(range.start), offset(range.end))
}

/// The entries of a table as the file orders them.
pub(super) fn in_order<'t, 'i>(
    table: &'t DeTable<'i>,
) -> Vec<(&'t Spanned<std::borrow::Cow<'i, str>>, &'t Value<'i>)> {
    let mut entries: Vec<_> = table.iter().collect();
    entries.sort_by_key(|(key, _)| key.span().start);
    entries
}

pub(super) fn value_span(table: &DeTable<'_>, key: &str) -> Span {
    table
        .get(key)
        .map_or(Span::at(0), |value| to_span(value.span()))
}
