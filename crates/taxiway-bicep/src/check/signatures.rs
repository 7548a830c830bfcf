//! The functions of the namespaces `sys` and `az`: what they take, and what they give.
//!
//! Source: Bicep functions, documentation of the language.

use std::rc::Rc;

use crate::types::{Array, Lambda, Text, Type, union};

/// What a parameter takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Takes {
    Any,
    Text,
    Int,
    Object,
    Array,
    TextOrInt,
    TextOrObject,
    TextOrArray,
    Scalar,
    Emptiable,
    Ints,
    Arrays,
    Objects,
    Scalars,
    Encoding,
    /// A lambda: its parameters that must be there, all of them, and what it gives.
    Lambda(usize, usize, &'static Takes),
    Bool,
}

/// What a function gives.
#[derive(Clone, Copy, Debug)]
pub(super) enum Gives {
    Any,
    Never,
    Text,
    /// A string of this length.
    TextOf(i64),
    Int,
    Bool,
    Object,
    Array,
    Texts,
    /// Of the types of the arguments.
    Computed(fn(&[Type]) -> Type),
}

/// What is special about a function.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Place {
    Anywhere,
    /// Only in default values of parameters.
    ParameterDefault,
    /// Only known while the deployment runs.
    Runtime,
    /// Only in parameters files.
    ParametersFile,
}

#[derive(Clone, Copy, Debug)]
pub(super) struct Signature {
    pub(super) name: &'static str,
    pub(super) parameters: &'static [Takes],
    /// How many of them must be given.
    pub(super) required: usize,
    /// What any number of further arguments are.
    pub(super) rest: Option<Takes>,
    pub(super) gives: Gives,
    pub(super) place: Place,
}

impl Signature {
    /// What argument `index` must be.
    pub(super) fn takes(&self, index: usize) -> Option<Takes> {
        self.parameters.get(index).copied().or(self.rest)
    }
}

const fn fixed(name: &'static str, parameters: &'static [Takes], gives: Gives) -> Signature {
    Signature {
        name,
        parameters,
        required: parameters.len(),
        rest: None,
        gives,
        place: Place::Anywhere,
    }
}

const fn optional(
    name: &'static str,
    parameters: &'static [Takes],
    required: usize,
    gives: Gives,
) -> Signature {
    Signature {
        required,
        ..fixed(name, parameters, gives)
    }
}

/// A function of any number of arguments, at least as many as `parameters`.
const fn many(
    name: &'static str,
    parameters: &'static [Takes],
    rest: Takes,
    gives: Gives,
) -> Signature {
    Signature {
        rest: Some(rest),
        ..fixed(name, parameters, gives)
    }
}

const fn placed(signature: Signature, place: Place) -> Signature {
    Signature { place, ..signature }
}

const MAP: Takes = Takes::Lambda(1, 2, &Takes::Any);
const FILTER: Takes = Takes::Lambda(1, 2, &Takes::Bool);
const SORT: Takes = Takes::Lambda(2, 2, &Takes::Bool);
const REDUCE: Takes = Takes::Lambda(2, 3, &Takes::Any);
const KEY: Takes = Takes::Lambda(1, 1, &Takes::Text);
const VALUE: Takes = Takes::Lambda(1, 1, &Takes::Any);

use super::results;
use Takes::{Any, Int, Object, Scalar, TextOrArray, TextOrInt, TextOrObject};
const T: Takes = Takes::Text;
const A: Takes = Takes::Array;

/// Every function that has a fixed name, sorted.
const SIGNATURES: &[Signature] = &[
    fixed("any", &[Any], Gives::Any),
    fixed("array", &[Any], Gives::Array),
    fixed("base64", &[T], Gives::Text),
    fixed("base64ToJson", &[T], Gives::Any),
    fixed("base64ToString", &[T], Gives::Text),
    fixed("bool", &[Any], Gives::Bool),
    fixed("buildUri", &[Object], Gives::Text),
    fixed("cidrHost", &[T, Int], Gives::Text),
    fixed("cidrSubnet", &[T, Int, Int], Gives::Text),
    many("concat", &[A], A, Gives::Computed(results::concat)),
    many("concat", &[Scalar], Scalar, Gives::Text),
    fixed("contains", &[Object, T], Gives::Bool),
    fixed("contains", &[A, Any], Gives::Bool),
    fixed("contains", &[T, T], Gives::Bool),
    fixed("dataUri", &[Any], Gives::Text),
    fixed("dataUriToString", &[T], Gives::Text),
    optional("dateTimeAdd", &[T, T, T], 2, Gives::Text),
    optional("dateTimeFromEpoch", &[Int], 0, Gives::Text),
    optional("dateTimeToEpoch", &[T], 0, Gives::Int),
    fixed("deployer", &[], Gives::Computed(results::deployer)),
    fixed("deployment", &[], Gives::Computed(results::deployment)),
    fixed("distinct", &[A], Gives::Array),
    fixed("empty", &[Takes::Emptiable], Gives::Bool),
    fixed("endsWith", &[T, T], Gives::Bool),
    fixed("environment", &[], Gives::Computed(results::environment)),
    many("extensionResourceId", &[T, T, T], T, Gives::Text),
    placed(
        optional("externalInput", &[T, Any], 1, Gives::Any),
        Place::ParametersFile,
    ),
    fixed("fail", &[T], Gives::Never),
    fixed("filter", &[A, FILTER], Gives::Computed(results::same_items)),
    fixed("first", &[A], Gives::Computed(results::first)),
    fixed("first", &[T], Gives::Text),
    fixed(
        "flatten",
        &[Takes::Arrays],
        Gives::Computed(results::flatten),
    ),
    many("format", &[T], Any, Gives::Text),
    optional(
        "groupBy",
        &[A, KEY, VALUE],
        2,
        Gives::Computed(results::group_by),
    ),
    many("guid", &[T], T, Gives::TextOf(36)),
    fixed("indexOf", &[T, T], Gives::Int),
    fixed("indexOf", &[A, Any], Gives::Int),
    fixed("int", &[TextOrInt], Gives::Int),
    many("intersection", &[Object, Object], Object, Gives::Object),
    many("intersection", &[A, A], A, Gives::Array),
    fixed("items", &[Object], Gives::Computed(results::items)),
    fixed("join", &[Takes::Scalars, T], Gives::Text),
    fixed("json", &[T], Gives::Any),
    fixed("last", &[A], Gives::Computed(results::last)),
    fixed("last", &[T], Gives::Text),
    fixed("lastIndexOf", &[T, T], Gives::Int),
    fixed("lastIndexOf", &[A, Any], Gives::Int),
    fixed("length", &[TextOrObject], Gives::Computed(results::length)),
    fixed("length", &[A], Gives::Computed(results::length)),
    fixed("like", &[T, T], Gives::Bool),
    optional("loadDirectoryFileInfo", &[T, T], 1, Gives::Any),
    fixed("loadFileAsBase64", &[T], Gives::Text),
    optional("loadJsonContent", &[T, T, Takes::Encoding], 1, Gives::Any),
    optional("loadTextContent", &[T, Takes::Encoding], 1, Gives::Text),
    optional("loadYamlContent", &[T, T, Takes::Encoding], 1, Gives::Any),
    fixed(
        "managementGroup",
        &[],
        Gives::Computed(results::management_group),
    ),
    fixed(
        "managementGroup",
        &[T],
        Gives::Computed(results::other_management_group),
    ),
    many("managementGroupResourceId", &[T, T], T, Gives::Text),
    fixed("map", &[A, MAP], Gives::Computed(results::map)),
    fixed(
        "mapValues",
        &[Object, VALUE],
        Gives::Computed(results::map_values),
    ),
    many("max", &[Int], Int, Gives::Computed(results::greatest)),
    fixed(
        "max",
        &[Takes::Ints],
        Gives::Computed(results::greatest_of_array),
    ),
    many("min", &[Int], Int, Gives::Computed(results::least)),
    fixed(
        "min",
        &[Takes::Ints],
        Gives::Computed(results::least_of_array),
    ),
    fixed("nameof", &[Any], Gives::Text),
    placed(
        fixed("newGuid", &[], Gives::TextOf(36)),
        Place::ParameterDefault,
    ),
    fixed("objectKeys", &[Object], Gives::Texts),
    optional("padLeft", &[TextOrInt, Int, T], 2, Gives::Text),
    fixed("parseCidr", &[T], Gives::Computed(results::parse_cidr)),
    fixed("parseUri", &[T], Gives::Computed(results::parse_uri)),
    optional("pickZones", &[T, T, T, Int, Int], 3, Gives::Texts),
    optional("providers", &[T, T], 1, Gives::Any),
    fixed("range", &[Int, Int], Gives::Computed(results::range)),
    placed(
        fixed("readCliArg", &[T], Gives::Text),
        Place::ParametersFile,
    ),
    placed(
        fixed("readEnvVar", &[T], Gives::Text),
        Place::ParametersFile,
    ),
    placed(
        optional("readEnvironmentVariable", &[T, T], 1, Gives::Text),
        Place::ParametersFile,
    ),
    fixed(
        "reduce",
        &[A, Any, REDUCE],
        Gives::Computed(results::reduce),
    ),
    placed(
        optional("reference", &[T, T, T], 1, Gives::Any),
        Place::Runtime,
    ),
    fixed("replace", &[T, T, T], Gives::Text),
    fixed(
        "resourceGroup",
        &[],
        Gives::Computed(results::resource_group),
    ),
    fixed(
        "resourceGroup",
        &[T],
        Gives::Computed(results::other_resource_group),
    ),
    fixed(
        "resourceGroup",
        &[T, T],
        Gives::Computed(results::other_resource_group),
    ),
    many("resourceId", &[T, T], T, Gives::Text),
    fixed(
        "roleDefinitions",
        &[T],
        Gives::Computed(results::role_definition),
    ),
    fixed("shallowMerge", &[Takes::Objects], Gives::Object),
    fixed("skip", &[A, Int], Gives::Computed(results::same_items)),
    fixed("skip", &[T, Int], Gives::Text),
    fixed("sort", &[A, SORT], Gives::Computed(results::same_items)),
    fixed("split", &[T, TextOrArray], Gives::Computed(results::parts)),
    fixed("startsWith", &[T, T], Gives::Bool),
    fixed("string", &[Any], Gives::Text),
    fixed("subscription", &[], Gives::Computed(results::subscription)),
    fixed(
        "subscription",
        &[T],
        Gives::Computed(results::other_subscription),
    ),
    many("subscriptionResourceId", &[T, T], T, Gives::Text),
    optional("substring", &[T, Int, Int], 2, Gives::Text),
    fixed("take", &[A, Int], Gives::Computed(results::same_items)),
    fixed("take", &[T, Int], Gives::Text),
    fixed("tenant", &[], Gives::Computed(results::tenant)),
    many("tenantResourceId", &[T, T], T, Gives::Text),
    fixed("toLogicalZone", &[T, T, T], Gives::Text),
    fixed("toLogicalZones", &[T, T, A], Gives::Texts),
    fixed("toLower", &[T], Gives::Text),
    optional(
        "toObject",
        &[A, KEY, VALUE],
        2,
        Gives::Computed(results::to_object),
    ),
    fixed("toPhysicalZone", &[T, T, T], Gives::Text),
    fixed("toPhysicalZones", &[T, T, A], Gives::Texts),
    fixed("toUpper", &[T], Gives::Text),
    fixed("trim", &[T], Gives::Text),
    many("tryGet", &[Any, Any], Any, Gives::Any),
    many("union", &[Object, Object], Object, Gives::Object),
    many("union", &[A, A], A, Gives::Array),
    many("uniqueString", &[T], T, Gives::TextOf(13)),
    fixed("uri", &[T, T], Gives::Text),
    fixed("uriComponent", &[T], Gives::Text),
    fixed("uriComponentToString", &[T], Gives::Text),
    placed(
        optional("utcNow", &[T], 0, Gives::Text),
        Place::ParameterDefault,
    ),
];

/// What any `list…` function takes.
const LIST: &[Signature] = &[placed(
    optional("list*", &[T, T, Object], 2, Gives::Any),
    Place::Runtime,
)];

/// The overloads of a function.
pub(super) fn overloads(name: &str) -> &'static [Signature] {
    let start = SIGNATURES.partition_point(|signature| signature.name < name);
    let rest = &SIGNATURES[start..];
    let count = rest.iter().take_while(|found| found.name == name).count();
    if count == 0 && name.starts_with("list") {
        return LIST;
    }
    &rest[..count]
}

/// The type that a parameter takes.
pub(super) fn type_of(takes: Takes) -> Type {
    match takes {
        Takes::Any => Type::Any,
        Takes::Text => Type::string(),
        Takes::Int => Type::INT,
        Takes::Bool => Type::BOOL,
        Takes::Object => Type::object(),
        Takes::Array => Type::array(),
        Takes::TextOrInt => union([Type::string(), Type::INT]),
        Takes::TextOrObject => union([Type::string(), Type::object()]),
        Takes::TextOrArray => union([Type::string(), Type::array()]),
        Takes::Scalar => union([Type::string(), Type::INT, Type::BOOL]),
        Takes::Emptiable => union([Type::Null, Type::object(), Type::array(), Type::string()]),
        Takes::Ints => Type::array_of(Type::INT),
        Takes::Arrays => Type::array_of(Type::array()),
        Takes::Objects => Type::array_of(Type::object()),
        Takes::Scalars => Type::array_of(type_of(Takes::Scalar)),
        Takes::Encoding => union(
            ["us-ascii", "iso-8859-1", "utf-8", "utf-16BE", "utf-16"]
                .into_iter()
                .map(Type::literal),
        ),
        Takes::Lambda(required, all, result) => {
            let parameters = (0..all).map(|index| {
                // The last parameter of those that may be left out is the index.
                if index < required {
                    Type::Any
                } else {
                    Type::INT
                }
            });
            Type::Lambda(Rc::new(Lambda {
                parameters: parameters.collect(),
                required,
                result: type_of(*result),
            }))
        }
    }
}

/// The type that a function gives for arguments of these types.
pub(super) fn result(gives: Gives, arguments: &[Type]) -> Type {
    match gives {
        Gives::Any => Type::Any,
        Gives::Never => Type::Never,
        Gives::Text => Type::string(),
        Gives::TextOf(length) => Type::String(Text {
            least: Some(length),
            greatest: Some(length),
            ..Text::default()
        }),
        Gives::Int => Type::INT,
        Gives::Bool => Type::BOOL,
        Gives::Object => Type::object(),
        Gives::Array => Type::array(),
        Gives::Texts => Type::Array(Rc::new(Array {
            item: Type::string(),
            least: None,
            greatest: None,
            is_untyped: false,
            is_lenient: false,
        })),
        Gives::Computed(compute) => compute(arguments),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn functions_are_sorted_and_known_to_the_binder() {
        assert!(SIGNATURES.is_sorted_by_key(|signature| signature.name));
        for name in crate::functions::names() {
            let known = !overloads(name).is_empty() || name == "getSecret";
            assert!(known, "{name}");
        }
    }
}
