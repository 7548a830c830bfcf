//! Whether a value of one type goes where another is expected.

use super::{Lambda, Looseness, Type, without_null};

/// How deep two types are compared; types that hold themselves have no end.
const MAX_DEPTH: usize = 24;

/// Whether a value of type `source` may stand where `target` is expected, as far as its outermost level tells: what is in
/// objects and arrays is looked at where it is written.
pub(crate) fn assignable(source: &Type, target: &Type) -> bool {
    goes(&source.open(), &target.open(), 0)
}

/// Where `source` does not go, but would if it could not be null: what it is then.
pub(crate) fn assignable_without_null(source: &Type, target: &Type) -> Option<Type> {
    if assignable(source, target) {
        return None;
    }
    let rest = without_null(source)?;
    assignable(&rest, target).then_some(rest)
}

fn goes(source: &Type, target: &Type, depth: usize) -> bool {
    if depth > MAX_DEPTH {
        return true;
    }
    let into = |source: &Type, target: &Type| goes(&source.open(), &target.open(), depth + 1);
    match (source, target) {
        (Type::Error, _) | (_, Type::Error) => false,
        (Type::Any | Type::Never, _) | (_, Type::Any) => true,
        (Type::Lambda(source), Type::Lambda(target)) => lambda_goes(source, target),
        (
            Type::Scope(..) | Type::Resource(_) | Type::Module(_) | Type::ScopeOf(_),
            Type::ScopeOf(_) | Type::Scope(..) | Type::Dependency,
        ) => true,
        (Type::Array(array), Type::Dependency) => is_reference(&array.item),
        (Type::Resource(resource), Type::ParentOf(child)) => {
            let parent = child.rsplit_once('/').map_or("", |(parent, _)| parent);
            parent.eq_ignore_ascii_case(&resource.kind)
        }
        (Type::Union(members), _) => members.iter().all(|member| into(member, target)),
        (_, Type::Union(members)) => members.iter().any(|member| into(source, member)),
        (Type::Resource(_) | Type::Module(_), _) => goes(&source.body(), target, depth + 1),
        (Type::StringLiteral(source), Type::StringLiteral(target)) => source == target,
        (Type::IntLiteral(source), Type::IntLiteral(target)) => source == target,
        (Type::BoolLiteral(source), Type::BoolLiteral(target)) => source == target,
        // Which value it is will be known later.
        (Type::String(source), Type::StringLiteral(_)) => source.looseness == Looseness::Loose,
        (Type::Int(source), Type::IntLiteral(_)) => source.looseness == Looseness::Loose,
        (Type::Bool(looseness), Type::BoolLiteral(_)) => *looseness == Looseness::Loose,
        (Type::StringLiteral(_) | Type::String(_), Type::String(_))
        | (Type::IntLiteral(_) | Type::Int(_), Type::Int(_))
        | (Type::BoolLiteral(_) | Type::Bool(_), Type::Bool(_))
        | (Type::Null, Type::Null)
        | (Type::Array(_) | Type::Tuple(_), Type::Array(_) | Type::Tuple(_))
        | (
            Type::Object(_) | Type::Tagged(_) | Type::Scope(..) | Type::Namespace(_),
            Type::Object(_) | Type::Tagged(_),
        ) => true,
        _ => false,
    }
}

fn is_reference(item: &Type) -> bool {
    matches!(item, Type::Resource(_) | Type::Module(_) | Type::Scope(..))
}

fn lambda_goes(source: &Lambda, target: &Lambda) -> bool {
    let taken = source.parameters.len();
    taken >= target.required
        && source.required <= target.parameters.len()
        && assignable(&source.result, &target.result)
        && source
            .parameters
            .iter()
            .zip(&target.parameters)
            .all(|(source, target)| assignable(source, target))
}
