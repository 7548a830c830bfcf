//! What calls of functions give.

use super::call::{Call, Overload, is_named};
use super::narrow::Against;
use super::signatures::{self, Place, Signature, Takes};
use super::{Checker, literal, results};
use crate::functions;
use crate::model::LoadFunction;
use crate::types::Type;

impl<'a> Checker<'a> {
    pub(super) fn result(
        &mut self,
        call: Call<'a>,
        overloads: &[&Signature],
        types: &[Overload],
        arguments: &[Type],
    ) -> Type {
        let fits = |overload: &Overload| {
            overload.takes_count(arguments.len()) && overload.mismatch(arguments).is_none()
        };
        let matches: Vec<usize> = (0..types.len())
            .filter(|index| fits(&types[*index]))
            .collect();
        let has_any = arguments.iter().any(Type::is_any);
        let index = match matches.as_slice() {
            [] => return Type::Any,
            [only] => *only,
            [first, ..] if !has_any => *first,
            _ => return Type::Any,
        };
        let signature = overloads[index];
        if matches!(signature.place, Place::ParametersFile)
            && signature.name != "readEnvironmentVariable"
        {
            for argument in call.arguments {
                self.must_be_constant(argument);
            }
        }
        for (position, argument) in call.arguments.iter().enumerate() {
            if let Some(takes) = types[index].takes(position)
                && !takes.is_any()
                && !matches!(signature.takes(position), Some(Takes::Lambda(..)))
            {
                self.narrow(argument, takes, Against::default());
            }
        }
        if literal::fails(signature.name, arguments) {
            let message = format!("`{}` fails with these arguments", signature.name);
            self.warning(call.expr.span, "BCP234", message);
        }
        self.special_result(call, signature, arguments)
            .or_else(|| literal::fold(signature.name, arguments))
            .unwrap_or_else(|| signatures::result(signature.gives, arguments))
    }

    /// What depends on more than the types of the arguments.
    fn special_result(
        &mut self,
        call: Call<'a>,
        signature: &Signature,
        arguments: &[Type],
    ) -> Option<Type> {
        match signature.name {
            "nameof" => {
                let argument = call.arguments.first()?;
                if !is_named(argument) {
                    let message = "only what has a name can stand in `nameof`";
                    return Some(self.error(argument.span, "BCP408", message));
                }
                Some(Type::string())
            }
            "deployment" => Some(self.deployment_type()),
            "first" | "last" if arguments.iter().all(Type::is_any) => Some(Type::Any),
            "json" => match arguments.first()? {
                Type::StringLiteral(text) => match serde_json::from_str(text) {
                    Ok(value) => Some(literal::of_value(&value)),
                    Err(_) => {
                        let argument = call.arguments.first()?;
                        let message = "this is no JSON";
                        Some(self.error(argument.span, "BCP186", message))
                    }
                },
                _ => None,
            },
            _ => {
                LoadFunction::of(self.model, call.expr)?;
                let loaded = self.model.loads.get(&call.expr.span.start);
                Some(match loaded {
                    Some(loaded) if functions::is_document(signature.name) => {
                        literal::of_value(&loaded.value)
                    }
                    Some(_) => Type::string(),
                    // Why nothing could be loaded has been reported.
                    None => Type::Error,
                })
            }
        }
    }

    fn deployment_type(&self) -> Type {
        let scoped = self.model.target_scope == crate::model::TargetScope::ResourceGroup;
        match results::deployment(&[]) {
            Type::Object(object) if !scoped => {
                let mut members: Vec<(&str, Type)> = object
                    .members
                    .iter()
                    .map(|(name, member)| (&**name, member.kind.clone()))
                    .collect();
                members.push(("location", Type::string()));
                Type::object_of("deployment", members)
            }
            other => other,
        }
    }
}

/// What the parameters of a lambda are, as far as the arguments before it tell.
pub(super) fn lambda_parameters(name: &str, index: usize, before: &[Type]) -> Vec<Type> {
    let first = before.first().cloned().unwrap_or(Type::Any);
    let item = results::item(&first);
    match name {
        "map" | "filter" => vec![item, Type::INT],
        "sort" => vec![item.clone(), item],
        "reduce" if index == 2 => {
            let start = before.get(1).map_or(Type::Any, widened);
            vec![start, item, Type::INT]
        }
        "toObject" | "groupBy" => vec![item],
        "mapValues" => vec![results::member_values(&first)],
        _ => Vec::new(),
    }
}

/// A value that is to be replaced by others is not just what it is at first.
fn widened(kind: &Type) -> Type {
    match kind {
        Type::StringLiteral(_) => Type::string(),
        Type::IntLiteral(_) => Type::INT,
        Type::BoolLiteral(_) => Type::BOOL,
        Type::Object(_) => Type::object(),
        Type::Tuple(_) => Type::array(),
        _ => Type::Any,
    }
}
