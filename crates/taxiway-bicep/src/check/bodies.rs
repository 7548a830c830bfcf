//! What the bodies of resources and modules have to be like, beyond their types.

use std::collections::HashSet;

use crate::ast::walk::descendants;
use crate::ast::{Body, Expr, ExprKind, ForHead, Object, ObjectItem, StringLiteral};
use crate::model::Target;
use crate::types::Type;

use super::Checker;

impl<'a> Checker<'a> {
    pub(super) fn body_rules(&mut self) {
        let model = self.model;
        for (id, info) in model.resources.iter().enumerate() {
            let is_known = matches!(self.resource_kind(id), Type::Resource(_));
            let body: &'a Body = &info.syntax.body;
            let Some(object) = &body.object else {
                continue;
            };
            self.no_spread(object);
            if !is_known {
                continue;
            }
            if let Some(name) = object.get("name")
                && let ExprKind::String(text) = &name.value.kind
            {
                let segments = info.kind.matches('/').count();
                self.name_segments(text, info.parent.is_some(), segments.saturating_sub(1));
            }
            if let Some(head) = &body.for_loop
                && !info.syntax.existing
                && object.get("name").is_some()
            {
                let names = ["name", "parent", "scope"];
                self.varies(head, object, &names, info.syntax.name.span);
            }
        }
        for info in &model.modules {
            let Some(object) = &info.syntax.body.object else {
                continue;
            };
            self.no_spread(object);
            if let Some(parameters) = object.get("params") {
                match &parameters.value.kind {
                    ExprKind::Object(parameters) => self.no_spread(parameters),
                    ExprKind::Missing => {}
                    _ => {
                        let message = "the parameters of a module are written out as an object";
                        self.error(parameters.value.span, "BCP183", message);
                    }
                }
            }
            if let Some(head) = &info.syntax.body.for_loop
                && object.get("name").is_some()
            {
                self.varies(head, object, &["name", "scope"], info.syntax.name.span);
            }
        }
    }

    fn no_spread(&mut self, object: &Object) {
        for item in &object.items {
            if let ObjectItem::Spread(value) = item {
                let message = "nothing can be spread here";
                self.error(value.span, "BCP401", message);
            }
        }
    }

    fn name_segments(&mut self, name: &StringLiteral, has_parent: bool, expected: usize) {
        let slashes: usize = name
            .segments
            .iter()
            .map(|segment| segment.matches('/').count())
            .sum();
        if has_parent {
            if slashes > 0 {
                let message = "the name of a child is its own alone, without `/`";
                self.error(name.span, "BCP170", message);
            }
        } else if slashes > expected || (name.parts.is_empty() && slashes != expected) {
            let message = format!(
                "a resource of this type has {} segments in its name, with `/` between them",
                expected + 1
            );
            self.error(name.span, "BCP169", message);
        }
    }

    /// Warns of a loop whose elements would all be one resource.
    fn varies(
        &mut self,
        head: &ForHead,
        object: &'a Object,
        names: &[&str],
        span: taxiway_diagnostics::Span,
    ) {
        let mut used = HashSet::new();
        for name in names {
            if let Some(property) = object.get(name) {
                self.locals_of(&property.value, &mut used);
            }
        }
        let uses = used.contains(&head.item.span.start)
            || head
                .index
                .as_ref()
                .is_some_and(|index| used.contains(&index.span.start));
        if !uses && !head.item.text.is_empty() {
            let message = format!(
                "all of them have one name: nothing in it uses `{}`",
                head.item.text
            );
            self.warning(span, "BCP179", message);
        }
    }

    fn locals_of(&self, expr: &'a Expr, used: &mut HashSet<u32>) {
        descendants(expr, &mut |inner| {
            if let ExprKind::Name(name) = &inner.kind
                && let Some(Target::Local(local)) = self.model.target(name)
            {
                used.insert(local);
            }
        });
    }
}
