//! What a name in a type stands for.

use super::{Binder, MAX_COMPARED};
use crate::ast::{Ident, TypeExpr, TypeKind, type_children};
use crate::functions;
use crate::model::{DeclarationKind, Target};
use crate::suggestion;

impl Binder<'_, '_> {
    /// Values may have the names of types.
    fn find_type(&self, name: &str) -> Option<Target> {
        let id = *self.collected.globals.get(name)?;
        let is_type = matches!(
            self.collected.declarations[id].kind,
            DeclarationKind::Type(_)
                | DeclarationKind::Imported { .. }
                | DeclarationKind::Wildcard(_)
                | DeclarationKind::Unknown
        );
        is_type.then_some(Target::Declaration(id))
    }

    fn unknown_type(&mut self, name: &Ident) {
        let types = self.collected.globals.iter().filter(|(_, declaration)| {
            matches!(
                self.collected.declarations[**declaration].kind,
                DeclarationKind::Type(_)
            )
        });
        let mut known: Vec<&str> = types.map(|(name, _)| &**name).collect();
        known.extend(functions::TYPES);
        self.compared += known.len();
        if self.compared > MAX_COMPARED {
            known.clear();
        }
        let hint = suggestion::closest(&name.text, known).map_or_else(String::new, |similar| {
            format!("; did you mean `{similar}`?")
        });
        let message = format!("there is no type `{}`{hint}", name.text);
        self.error(name.span, "BCP302", message);
    }

    pub(super) fn type_expression(&mut self, kind: &TypeExpr) {
        match &kind.kind {
            TypeKind::Name(name, _) => {
                if let Some(target) = self.find_type(&name.text) {
                    self.bindings.insert(name.span.start, target);
                } else if matches!(&*name.text, "sys" | "az") {
                    self.bindings.insert(name.span.start, Target::Namespace);
                } else if functions::is_known_type(&name.text) {
                    // Needs no declaration.
                } else if self.find(&name.text).is_some() {
                    let message =
                        format!("`{}` is a value, and a type is expected here", name.text);
                    self.error(name.span, "BCP287", message);
                } else {
                    self.unknown_type(name);
                }
            }
            TypeKind::IndexOf(_, value) | TypeKind::Literal(value) => self.expression(value),
            _ => {}
        }
        type_children(kind, &mut |decorators, inner| {
            self.decorators(decorators);
            self.type_expression(inner);
        });
    }
}
