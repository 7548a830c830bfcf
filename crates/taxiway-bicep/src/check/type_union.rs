//! Unions of literals.

use taxiway_diagnostics::Span;

use super::Checker;
use crate::ast::{TypeExpr, TypeKind};
use crate::types::{Type, assignable, union, without_null};

impl<'a> Checker<'a> {
    pub(super) fn plain_union(&mut self, span: Span, members: &'a [TypeExpr]) -> Type {
        self.union_of(span, members, false)
    }

    /// A union whose values may be mixed, as it says what an array holds.
    pub(super) fn item_union(&mut self, span: Span, members: &'a [TypeExpr]) -> Type {
        self.union_of(span, members, true)
    }

    fn union_of(&mut self, span: Span, members: &'a [TypeExpr], is_item: bool) -> Type {
        let mut flat: Vec<(Type, Span)> = Vec::new();
        let readable = members
            .iter()
            .filter(|member| !matches!(member.kind, TypeKind::Missing));
        for member in readable {
            match self.written_type(member).open() {
                Type::Union(inner) => {
                    flat.extend(inner.iter().map(|kind| (kind.open(), member.span)));
                }
                kind => flat.push((kind, member.span)),
            }
        }
        let mut bases: Vec<Type> = flat.iter().filter_map(|(kind, _)| basis(kind)).collect();
        bases.sort_by_key(Type::to_string);
        bases.dedup_by_key(|base| base.to_string());
        let basis = union(bases);
        let keystone = without_null(&basis).unwrap_or_else(|| basis.clone());
        let is_single = !matches!(keystone, Type::Union(_) | Type::Null | Type::Never);
        let has_array = flat
            .iter()
            .any(|(kind, _)| matches!(kind, Type::Tuple(_) | Type::Array(_)));
        let is_mixed = is_item && matches!(keystone, Type::Union(_)) && !has_array;
        if !is_single && !is_mixed {
            let message = "the values of a union are of one type, such as `string` or `int`";
            self.error(span, "BCP294", message);
        } else {
            for (kind, span) in &flat {
                if !kind.is_literal() {
                    let message =
                        format!("the members of a union are literals, and this is `{kind}`");
                    self.error(*span, "BCP293", message);
                } else if is_single && !assignable(kind, &basis) {
                    let message =
                        format!("the other members are of type `{basis}`, and this is `{kind}`");
                    self.error(*span, "BCP286", message);
                }
            }
        }
        union(
            flat.into_iter()
                .map(|(kind, _)| if kind.is_error() { Type::Any } else { kind }),
        )
    }
}

/// The type that a literal is of.
fn basis(kind: &Type) -> Option<Type> {
    Some(match kind {
        Type::StringLiteral(_) | Type::String(_) => Type::string(),
        Type::IntLiteral(_) | Type::Int(_) => Type::INT,
        Type::BoolLiteral(_) | Type::Bool(_) => Type::BOOL,
        Type::Object(_) => Type::object(),
        Type::Tuple(_) => Type::array(),
        Type::Null => Type::Null,
        _ => return None,
    })
}
