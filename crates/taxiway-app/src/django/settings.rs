//! The evaluated settings of a project.

use std::rc::Rc;

use taxiway_diagnostics::Place;

use crate::python::{Binding, Evaluator, Value};

/// The settings of one module.
pub(crate) struct Settings<'e, 'a> {
    pub(crate) evaluator: &'e Evaluator<'a>,
    module: usize,
}

impl<'e, 'a> Settings<'e, 'a> {
    pub(crate) fn new(evaluator: &'e Evaluator<'a>, module: usize) -> Self {
        Self { evaluator, module }
    }

    /// Every setting, in the order in which they were assigned first.
    pub(crate) fn all(&self) -> impl Iterator<Item = (&'e Rc<str>, &'e Binding<'a>)> {
        self.evaluator.modules[self.module]
            .scope
            .iter()
            .filter(|(name, _)| {
                name.chars()
                    .next()
                    .is_some_and(|first| first.is_ascii_uppercase())
            })
    }

    /// A setting.
    pub(crate) fn get(&self, name: &str) -> Option<&'e Value<'a>> {
        Some(&self.evaluator.modules[self.module].scope.get(name)?.value)
    }

    /// Everything that a setting can be, with whether an empty environment makes it so.
    pub(crate) fn alternatives(&self, name: &str) -> Vec<(&'e Value<'a>, bool)> {
        self.get(name).map_or_else(Vec::new, alternatives)
    }

    /// A text that is known.
    pub(crate) fn text(&self, name: &str) -> Option<&'e str> {
        self.get(name)?.default()?.as_text()
    }

    /// The texts of a list, with whether each is certain to be in it.
    pub(crate) fn texts(&self, name: &str) -> Vec<(&'e str, bool)> {
        let mut found: Vec<(&str, bool)> = Vec::new();
        for (value, is_default) in self.alternatives(name) {
            for item in value.items() {
                let (item, is_certain) = match item {
                    Value::Maybe(item) => (&**item, false),
                    item => (item, is_default),
                };
                let item = item.default().unwrap_or(item);
                if let Some(text) = item.as_text()
                    && !found.iter().any(|(known, _)| *known == text)
                {
                    found.push((text, is_certain));
                }
            }
        }
        found
    }

    /// Where a setting was assigned or changed, the last first.
    pub(crate) fn places(&self, name: &str) -> Vec<Place> {
        let scope = &self.evaluator.modules[self.module].scope;
        scope.get(name).map_or_else(Vec::new, |binding| {
            let mut places: Vec<Place> = binding
                .spots
                .iter()
                .map(|spot| self.evaluator.place(*spot))
                .collect();
            places.dedup();
            places
        })
    }
}

/// Everything that a value can be, with whether an empty environment makes it so.
pub(crate) fn alternatives<'v, 'a>(value: &'v Value<'a>) -> Vec<(&'v Value<'a>, bool)> {
    match value {
        Value::Choice(choice) => choice
            .default
            .iter()
            .flat_map(alternatives)
            .chain(
                choice
                    .others
                    .iter()
                    .flat_map(alternatives)
                    .map(|(value, _)| (value, false)),
            )
            .collect(),
        Value::Maybe(inner) => alternatives(inner)
            .into_iter()
            .map(|(value, _)| (value, false))
            .collect(),
        value => vec![(value, true)],
    }
}
