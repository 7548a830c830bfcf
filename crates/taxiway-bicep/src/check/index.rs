//! What is in brackets behind a value.

use taxiway_diagnostics::Span;

use super::Checker;
use crate::ast::Expr;
use crate::types::{Type, assignable, union, without_null};

pub(super) struct IndexAccess<'a> {
    pub(super) before: &'a Expr,
    pub(super) index: &'a Expr,
    pub(super) is_safe: bool,
    pub(super) from_end: bool,
}

impl<'a> Checker<'a> {
    pub(super) fn index(&mut self, base: &Type, index: &Type, access: &IndexAccess<'_>) -> Type {
        if let Some(rest) = without_null(index) {
            self.possible_null(access.index, index, &rest);
            return self.index(base, &rest, access);
        }
        if let Some(rest) = without_null(base) {
            let message = format!("this is `{base}`, which may be null");
            self.warning(access.index.span, "BCP318", message);
            return self.index(&rest.body(), index, access);
        }
        let is_number = assignable(index, &Type::INT);
        let is_text = assignable(index, &Type::string());
        match base {
            Type::Error => Type::Error,
            Type::Any => {
                if index.is_any() || is_number || is_text {
                    return Type::Any;
                }
                let message = format!("an index is an `int` or a `string`, and this is `{index}`");
                self.wrong_access(access, access.index.span, "BCP049", message)
            }
            Type::Tuple(items) => match index {
                Type::IntLiteral(value) => self.tuple_item(items, *value, access),
                _ if is_number => union(items.iter().cloned()),
                _ => self.wrong_array_index(index, access),
            },
            Type::Array(array) => match index {
                Type::IntLiteral(value) if *value < 0 => {
                    let message = format!("an array has no element {value}");
                    self.error(access.index.span, "BCP339", message)
                }
                _ if is_number => array.item.open(),
                _ => self.wrong_array_index(index, access),
            },
            Type::Object(object) | Type::Scope(_, object) | Type::Namespace(object) => {
                if access.from_end {
                    let message = "only arrays are indexed from their end".to_owned();
                    return self.wrong_access(access, access.index.span, "BCP414", message);
                }
                match index {
                    Type::StringLiteral(name) => {
                        let is_lenient = access.is_safe || base.has_lenient_members();
                        self.member_of(object, base, name, access.index.span, is_lenient)
                    }
                    _ if index.is_any() || is_text => {
                        if object.members.is_empty() && object.additional.is_none() {
                            let message = format!("`{base}` has no properties");
                            return self.error(access.index.span, "BCP054", message);
                        }
                        Type::Any
                    }
                    _ => self.wrong_object_index(index, access),
                }
            }
            Type::Tagged(_) if is_text => Type::Any,
            Type::Tagged(_) => self.wrong_object_index(index, access),
            Type::Union(members) => {
                let mut found = Vec::new();
                for member in members.iter() {
                    found.push(self.index(&member.body(), index, access));
                }
                if found.iter().any(Type::is_error) {
                    return Type::Error;
                }
                union(found)
            }
            other => {
                let message =
                    format!("only arrays and objects have an index, and this is `{other}`");
                self.wrong_access(access, access.before.span, "BCP076", message)
            }
        }
    }

    fn tuple_item(&mut self, items: &[Type], value: i64, access: &IndexAccess<'_>) -> Type {
        let position = usize::try_from(value).ok().and_then(|value| {
            if access.from_end {
                items.len().checked_sub(value).filter(|_| value > 0)
            } else {
                Some(value)
            }
        });
        match position.and_then(|position| items.get(position)) {
            Some(item) => item.open(),
            None => {
                let count = items.len();
                let message = format!("there is no element {value}: the array has {count}");
                self.error(access.index.span, "BCP311", message)
            }
        }
    }

    fn wrong_array_index(&mut self, index: &Type, access: &IndexAccess<'_>) -> Type {
        let message = format!("an array is indexed by an `int`, and this is `{index}`");
        self.wrong_access(access, access.index.span, "BCP074", message)
    }

    fn wrong_object_index(&mut self, index: &Type, access: &IndexAccess<'_>) -> Type {
        let message = format!("an object is indexed by a `string`, and this is `{index}`");
        self.wrong_access(access, access.index.span, "BCP075", message)
    }

    /// A safe access that cannot work is null, and only worth a warning.
    fn wrong_access(
        &mut self,
        access: &IndexAccess<'_>,
        span: Span,
        code: &'static str,
        message: String,
    ) -> Type {
        if access.is_safe {
            self.warning(span, code, message);
            return Type::Null;
        }
        self.error(span, code, message)
    }
}
