//! The types inside of a type.

use super::{Decorator, TypeExpr, TypeKind};

/// Each type directly inside of `kind`, in source order, with the decorators above it.
pub(crate) fn type_children<'a>(
    kind: &'a TypeExpr,
    visit: &mut dyn FnMut(&'a [Decorator], &'a TypeExpr),
) {
    let mut plain = |inner: &'a TypeExpr| visit(&[], inner);
    match &kind.kind {
        TypeKind::Name(_, arguments) => arguments.iter().for_each(plain),
        TypeKind::Property(base, _, arguments) => {
            plain(base);
            arguments.iter().for_each(plain);
        }
        TypeKind::AdditionalOf(base)
        | TypeKind::ItemOf(base)
        | TypeKind::IndexOf(base, _)
        | TypeKind::Array(base)
        | TypeKind::Nullable(base)
        | TypeKind::NonNull(base)
        | TypeKind::Paren(base) => plain(base),
        TypeKind::Union(members) => members.iter().for_each(plain),
        TypeKind::Object {
            members,
            additional,
        } => {
            for member in members {
                visit(&member.decorators, &member.kind);
            }
            if let Some(additional) = additional {
                visit(&additional.decorators, &additional.kind);
            }
        }
        TypeKind::Tuple(items) => {
            for (decorators, item) in items {
                visit(decorators, item);
            }
        }
        TypeKind::Literal(_) | TypeKind::Missing => {}
    }
}
