//! Imports, as Python resolves them.

use std::collections::BTreeSet;

use ruff_python_ast::{StmtImport, StmtImportFrom};
use ruff_text_size::Ranged;

use super::evaluator::{Evaluator, Frame};
use super::statement::Flow;
use super::value::Value;

impl<'a> Evaluator<'a> {
    pub(super) fn import_modules(
        &mut self,
        import: &'a StmtImport,
        frame: &mut Frame<'a>,
    ) -> Flow<'a> {
        for alias in &import.names {
            let name = alias.name.as_str();
            let spot = self.spot(frame, alias.range().start());
            let top = name.split('.').next().unwrap_or(name);
            let own = self.is_own(name);
            if own && self.find(name).is_none() {
                self.missing.insert(name.to_owned());
                if self.tries > 0 {
                    return Flow::Raise;
                }
                continue;
            }
            let (bound, target) = match &alias.asname {
                Some(asname) => (asname.as_str(), name),
                None => (top, top),
            };
            if own && alias.asname.is_none() && name != top {
                self.import(name);
            }
            let value = match own.then(|| self.import(target)).flatten() {
                Some(module) => Value::Module(module),
                None => Value::External(target.into()),
            };
            self.assign(frame, bound, value, spot);
        }
        Flow::Next
    }

    pub(super) fn import_names(
        &mut self,
        import: &'a StmtImportFrom,
        frame: &mut Frame<'a>,
    ) -> Flow<'a> {
        let module = import.module.as_ref().map_or("", |name| name.as_str());
        let Some(name) = self.absolute(import.level, module, frame) else {
            return Flow::Next;
        };
        let own = import.level > 0 || self.is_own(&name);
        if !own {
            for alias in &import.names {
                let bound = alias.asname.as_ref().unwrap_or(&alias.name);
                if bound.as_str() == "*" {
                    continue;
                }
                let spot = self.spot(frame, alias.range().start());
                let external = format!("{name}.{}", alias.name.as_str());
                self.assign(
                    frame,
                    bound.as_str(),
                    Value::External(external.into()),
                    spot,
                );
            }
            return Flow::Next;
        }
        let Some(index) = self.import(&name) else {
            self.missing.insert(name);
            return if self.tries > 0 {
                Flow::Raise
            } else {
                Flow::Next
            };
        };
        for alias in &import.names {
            let spot = self.spot(frame, alias.range().start());
            if alias.name.as_str() == "*" {
                self.import_all(index, frame);
                continue;
            }
            let bound = alias.asname.as_ref().unwrap_or(&alias.name).as_str();
            let value = self.member(index, &name, alias.name.as_str());
            self.assign(frame, bound, value, spot);
        }
        Flow::Next
    }

    /// The dotted name that a relative import means.
    fn absolute(&self, level: u32, module: &str, frame: &Frame<'a>) -> Option<String> {
        if level == 0 {
            return Some(module.to_owned());
        }
        let current = &self.modules[frame.module];
        let mut parts: Vec<&str> = current.name.split('.').collect();
        if !current.is_package {
            parts.pop();
        }
        for _ in 1..level {
            parts.pop()?;
        }
        if !module.is_empty() {
            parts.push(module);
        }
        Some(parts.join("."))
    }

    /// A name of a module: a variable, or a module below it.
    pub(crate) fn member(&mut self, index: usize, module: &str, name: &str) -> Value<'a> {
        if let Some(binding) = self.modules[index].scope.get(name) {
            return match &binding.value {
                Value::Maybe(value) => (**value).clone(),
                value => value.clone(),
            };
        }
        match self.import(&format!("{module}.{name}")) {
            Some(below) => Value::Module(below),
            None => Value::unknown(),
        }
    }

    fn import_all(&mut self, index: usize, frame: &mut Frame<'a>) {
        let scope = self.modules[index].scope.clone();
        let exported: Option<BTreeSet<String>> = scope.get("__all__").map(|binding| {
            let items = binding.value.items();
            items
                .iter()
                .filter_map(|item| item.as_text().map(str::to_owned))
                .collect()
        });
        for (name, binding) in scope {
            let is_visible = match &exported {
                Some(names) => names.contains(&*name),
                None => !name.starts_with('_'),
            };
            if is_visible {
                self.scope(frame).insert(name, binding);
            }
        }
    }
}
