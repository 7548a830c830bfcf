//! What would overwrite each other, and names that differ only in case.

use std::collections::HashMap;

use indexmap::IndexMap;
use taxiway_diagnostics::Span;

use super::Checker;
use crate::ast::{Body, Expr, ExprKind};
use crate::model::{DeclarationKind, Parent, ResourceId};
use crate::types::Type;

/// What tells resources apart: two with one key would overwrite each other.
#[derive(PartialEq, Eq, Hash)]
struct ResourceKey {
    kind: String,
    scope: (u8, Option<ResourceId>, Option<Span>),
    segments: Vec<usize>,
}

/// Parts of keys, each of them once.
#[derive(Default)]
struct Parts {
    numbers: HashMap<String, usize>,
    of_resource: HashMap<ResourceId, usize>,
}

impl Parts {
    fn number(&mut self, part: String) -> usize {
        let next = self.numbers.len();
        *self.numbers.entry(part).or_insert(next)
    }
}

/// Ancestors of ancestors.
const MAX_DEPTH: usize = 32;

impl<'a> Checker<'a> {
    pub(super) fn duplicate_rules(&mut self) {
        self.duplicate_resources();
        self.duplicate_modules();
        self.names_by_case();
    }

    /// A part of a key: its value where the file says it, else the place it is written at.
    fn part(&self, expr: Option<&'a Expr>) -> String {
        match expr {
            None => "-".to_owned(),
            Some(expr) => match self.written_text(expr) {
                Some(text) => format!("={text}"),
                None => format!("@{}", expr.span.start),
            },
        }
    }

    /// The name that a body gives, if it gives one.
    fn name_of(body: &'a Body) -> Option<&'a Expr> {
        let property = body.object.as_ref()?.get_only("name")?;
        Some(&property.value)
    }

    fn is_always(&self, body: &Body) -> bool {
        body.condition
            .as_ref()
            .is_none_or(|condition| matches!(self.known(condition), Type::BoolLiteral(true)))
    }

    fn duplicate_resources(&mut self) {
        let model = self.model;
        let mut parts = Parts::default();
        let mut groups: IndexMap<ResourceKey, Vec<Span>> = IndexMap::new();
        for (id, info) in model.resources.iter().enumerate() {
            let body: &'a Body = &info.syntax.body;
            let is_known = matches!(self.resource_kind(id), Type::Resource(_));
            if !is_known || !self.is_always(body) {
                continue;
            }
            let scope = self.resource_scope(id, 0);
            let key = ResourceKey {
                kind: info.kind.to_lowercase(),
                scope: (scope.requested, scope.resource, scope.written),
                segments: self.segments(id, &mut parts),
            };
            let span = Self::name_of(body).map_or(info.syntax.name.span, |name| name.span);
            groups.entry(key).or_default().push(span);
        }
        self.report_groups(groups.values(), "BCP121", "resources of this type");
    }

    fn report_groups<'s>(
        &mut self,
        groups: impl Iterator<Item = &'s Vec<Span>>,
        code: &'static str,
        what: &str,
    ) {
        for span in groups.filter(|spans| spans.len() > 1).flatten() {
            let message = format!("several {what} have this name in one place");
            self.error(*span, code, message);
        }
    }

    /// The names of the resource and of its ancestors, as numbers: many may have one parent, with a long name.
    fn segments(&self, resource: ResourceId, parts: &mut Parts) -> Vec<usize> {
        let mut found = Vec::new();
        let mut current = Some(resource);
        let mut depth = 0;
        while let (Some(id), true) = (current, depth < MAX_DEPTH) {
            let info = &self.model.resources[id];
            let body = &info.syntax.body;
            found.push(match parts.of_resource.get(&id) {
                Some(part) => *part,
                None => {
                    let part = match Self::name_of(body) {
                        Some(name) => self.part(Some(name)),
                        None => format!("@{}", info.syntax.name.span.start),
                    };
                    let part = parts.number(part);
                    parts.of_resource.insert(id, part);
                    part
                }
            });
            if let Some(Parent::Property(_)) = info.parent
                && let Some(parent) = body.object.as_ref().and_then(|object| object.get("parent"))
                && let ExprKind::Index { index, .. } = &parent.value.kind
            {
                found.push(parts.number(match self.known(index) {
                    Type::IntLiteral(value) => format!("={value}"),
                    _ => format!("@{}", index.span.start),
                }));
            }
            current = info.parent.map(Parent::resource);
            depth += 1;
        }
        found
    }

    fn duplicate_modules(&mut self) {
        let model = self.model;
        let mut groups: IndexMap<String, Vec<Span>> = IndexMap::new();
        for (id, info) in model.modules.iter().enumerate() {
            let body: &'a Body = &info.syntax.body;
            let Some(name) = Self::name_of(body).filter(|_| self.is_always(body)) else {
                continue;
            };
            let kind = self.module_symbol(id);
            let scope = if kind.is_error() {
                // Where a module goes that cannot be read is not known.
                None
            } else {
                Some(self.module_scope(id))
            };
            let place = scope.map_or_else(
                || "?".to_owned(),
                |scope| {
                    format!(
                        "{}|{}|{}",
                        self.part(scope.management_group),
                        self.part(scope.subscription),
                        self.part(scope.resource_group)
                    )
                },
            );
            let key = format!("{place}|{}", self.part(Some(name)));
            groups.entry(key).or_default().push(name.span);
        }
        self.report_groups(groups.values(), "BCP122", "modules");
    }

    /// Names that the template cannot tell apart.
    fn names_by_case(&mut self) {
        let model = self.model;
        let mut groups: HashMap<(u8, String), Vec<(String, Span)>> = HashMap::new();
        let mut add = |kind: u8, name: &crate::ast::Ident| {
            let entry = groups.entry((kind, name.text.to_lowercase())).or_default();
            entry.push((name.text.to_string(), name.span));
        };
        for declaration in &model.declarations {
            let kind = match &declaration.kind {
                DeclarationKind::Parameter(_) => 0,
                DeclarationKind::Variable(_) => 1,
                DeclarationKind::Type(_) => 2,
                DeclarationKind::Function(_) => 3,
                DeclarationKind::Imported { source, name } => {
                    let interface = source.interface();
                    if interface.types.contains_key(name) {
                        2
                    } else if interface.functions.contains_key(name) {
                        3
                    } else {
                        1
                    }
                }
                _ => continue,
            };
            add(kind, &declaration.name);
        }
        for output in &model.outputs {
            add(4, &output.name);
        }
        let mut clashes: Vec<(String, Span)> = groups
            .into_values()
            .filter(|names| {
                let mut distinct: Vec<&String> = names.iter().map(|(name, _)| name).collect();
                distinct.sort();
                let count = distinct.len();
                distinct.dedup();
                names.len() > 1 && distinct.len() == count
            })
            .flatten()
            .collect();
        clashes.sort_by_key(|(_, span)| *span);
        for (name, span) in clashes {
            let message = format!("`{name}` differs from another name only in case");
            self.error(span, "BCP353", message);
        }
    }
}
