//! What a template in JSON offers to the files that use it.

use std::rc::Rc;

use serde_json::Value;

use super::{FunctionType, Interface, ParameterType, literal};
use crate::model::TargetScope;
use crate::types::{
    Additional, Array, Flags, Looseness, Member, Members, Object, Tagged, Text, Type, nullable,
    union,
};

/// How deep types in a template lead to each other.
const MAX_DEPTH: usize = 12;

/// The interface of a template.
pub(crate) fn interface_of_template(template: &Value) -> Interface {
    let reader = Reader { template };
    let mut interface = Interface {
        scope: scope(template),
        ..Interface::default()
    };
    for (name, parameter) in members(template.get("parameters")) {
        let kind = reader.kind(parameter, 0);
        let is_nullable = parameter["nullable"] == true;
        interface.parameters.insert(
            Rc::from(name),
            ParameterType {
                kind,
                is_required: parameter.get("defaultValue").is_none() && !is_nullable,
                is_secret: is_secret(parameter),
            },
        );
    }
    for (name, output) in members(template.get("outputs")) {
        let kind = reader.kind(output, 0);
        interface.outputs.insert(Rc::from(name), kind);
    }
    for (name, definition) in members(template.get("definitions")) {
        let kind = reader.kind(definition, 0);
        interface.types.insert(Rc::from(name), kind);
    }
    reader.functions(&mut interface);
    let variables = template.pointer("/metadata/__bicep_exported_variables!");
    for variable in variables.and_then(Value::as_array).into_iter().flatten() {
        if let Some(name) = variable["name"].as_str() {
            let value = &template["variables"][name];
            let is_literal = !value.to_string().contains("\"[");
            let kind = if is_literal && !value.is_null() {
                literal::of_value(value)
            } else {
                Type::Any
            };
            interface.variables.insert(Rc::from(name), kind);
        }
    }
    interface
}

fn members(value: Option<&Value>) -> impl Iterator<Item = (&str, &Value)> {
    value
        .and_then(Value::as_object)
        .into_iter()
        .flatten()
        .map(|(name, value)| (name.as_str(), value))
}

fn scope(template: &Value) -> Option<TargetScope> {
    let schema = template["$schema"].as_str()?.to_lowercase();
    let name = schema.trim_end_matches('#').rsplit('/').next()?;
    Some(match name {
        "deploymenttemplate.json" => TargetScope::ResourceGroup,
        "subscriptiondeploymenttemplate.json" => TargetScope::Subscription,
        "managementgroupdeploymenttemplate.json" => TargetScope::ManagementGroup,
        "tenantdeploymenttemplate.json" => TargetScope::Tenant,
        _ => return None,
    })
}

fn is_secret(value: &Value) -> bool {
    value["type"]
        .as_str()
        .is_some_and(|kind| kind.to_lowercase().starts_with("secure"))
}

struct Reader<'v> {
    template: &'v Value,
}

impl Reader<'_> {
    fn kind(&self, value: &Value, depth: usize) -> Type {
        let kind = self.kind_without_null(value, depth);
        if value["nullable"] == true {
            nullable(kind)
        } else {
            kind
        }
    }

    fn kind_without_null(&self, value: &Value, depth: usize) -> Type {
        if depth > MAX_DEPTH {
            return Type::Any;
        }
        if let Some(reference) = value["$ref"].as_str() {
            let pointer = reference.trim_start_matches('#');
            return match self.template.pointer(pointer) {
                Some(target) => self.kind(target, depth + 1),
                None => Type::Any,
            };
        }
        let name = value["type"].as_str().unwrap_or("").to_lowercase();
        let is_list = name == "array";
        if let Some(allowed) = value["allowedValues"].as_array() {
            let values = union(allowed.iter().map(literal::of_value));
            let holds_lists = allowed.iter().any(Value::is_array);
            return if is_list && !holds_lists {
                Type::array_of(values)
            } else {
                values
            };
        }
        let number = |key: &str| value[key].as_i64();
        match name.as_str() {
            "string" | "securestring" => Type::String(Text {
                least: number("minLength"),
                greatest: number("maxLength"),
                pattern: None,
                looseness: Looseness::Strict,
                is_secret: name == "securestring",
            }),
            "int" => Type::integer(number("minValue"), number("maxValue")),
            "bool" => Type::BOOL,
            "array" => self.list(value, depth),
            "object" | "secureobject" => self.object(value, depth, name == "secureobject"),
            _ => Type::Any,
        }
    }

    fn list(&self, value: &Value, depth: usize) -> Type {
        if let Some(items) = value["prefixItems"].as_array() {
            let items = items.iter().map(|item| self.kind(item, depth + 1));
            return Type::Tuple(items.collect());
        }
        let item = value
            .get("items")
            .filter(|items| items.is_object())
            .map(|items| self.kind(items, depth + 1));
        Type::Array(Rc::new(Array {
            is_untyped: item.is_none(),
            item: item.unwrap_or(Type::Any),
            least: value["minLength"].as_i64(),
            greatest: value["maxLength"].as_i64(),
            is_lenient: false,
        }))
    }

    fn object(&self, value: &Value, depth: usize, is_secret: bool) -> Type {
        if let Some(discriminator) = value.get("discriminator")
            && let Some(key) = discriminator["propertyName"].as_str()
        {
            let variants = members(discriminator.get("mapping")).filter_map(|(name, variant)| {
                match self.kind(variant, depth + 1) {
                    Type::Object(object) => Some((Rc::from(name), object)),
                    _ => None,
                }
            });
            return Type::Tagged(Rc::new(Tagged {
                name: Rc::from("object"),
                key: Rc::from(key),
                key_flags: Flags::NONE,
                variants: variants.collect(),
                strictness: crate::types::Strictness::Strict,
            }));
        }
        let properties: Members = members(value.get("properties"))
            .map(|(name, property)| {
                let kind = self.kind(property, depth + 1);
                let flags = if property["nullable"] == true {
                    Flags::NONE
                } else {
                    Flags::REQUIRED
                };
                (Rc::from(name), Member { kind, flags })
            })
            .collect();
        let additional = match value.get("additionalProperties") {
            Some(Value::Bool(false)) => None,
            Some(kind @ Value::Object(_)) => Some(Additional {
                kind: self.kind(kind, depth + 1),
                flags: Flags::NONE,
            }),
            _ => Some(Additional {
                kind: Type::Any,
                flags: if properties.is_empty() {
                    Flags::NONE
                } else {
                    Flags::FALLBACK
                },
            }),
        };
        Type::Object(Rc::new(Object {
            name: Rc::from("object"),
            members: properties,
            additional,
            is_secret,
            ..Object::default()
        }))
    }

    fn functions(&self, interface: &mut Interface) {
        let spaces = self.template["functions"].as_array();
        for space in spaces.into_iter().flatten() {
            for (name, function) in members(space.get("members")) {
                let parameters = function["parameters"].as_array();
                let parameters = parameters
                    .into_iter()
                    .flatten()
                    .map(|parameter| self.kind(parameter, 0));
                let function = FunctionType {
                    parameters: parameters.collect(),
                    result: self.kind(&function["output"], 0),
                };
                interface
                    .functions
                    .insert(Rc::from(name), Rc::new(function));
            }
        }
    }
}
