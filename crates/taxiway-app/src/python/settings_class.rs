//! Classes of pydantic's settings: a variable for each field.
//!
//! Source: the documentation of pydantic-settings.

use std::rc::Rc;

use super::call::Arguments;
use super::evaluator::{Evaluator, Frame};
use super::object::external_bases;
use super::value::{Binding, Class, Field, Instance, Scope, Value};

impl<'a> Evaluator<'a> {
    /// An object of a class of pydantic's settings, with a variable for each field; `None` for any other class.
    pub(crate) fn construct_settings(
        &mut self,
        class: &Rc<Class<'a>>,
        arguments: &Arguments<'a>,
    ) -> Option<Value<'a>> {
        let is_settings = external_bases(class).iter().any(|base| {
            matches!(
                &**base,
                "pydantic_settings.BaseSettings"
                    | "pydantic.BaseSettings"
                    | "pydantic.v1.BaseSettings"
                    | "pydantic_settings.main.BaseSettings"
                    | "pydantic.env_settings.BaseSettings"
            )
        });
        if !is_settings {
            return None;
        }
        let mut attributes = Scope::new();
        self.read_fields(class, "", arguments, &mut attributes, 0);
        Some(Value::Instance(Rc::new(Instance {
            class: Value::Class(class.clone()),
            attributes,
        })))
    }

    fn read_fields(
        &mut self,
        class: &Rc<Class<'a>>,
        outer: &str,
        arguments: &Arguments<'a>,
        attributes: &mut Scope<'a>,
        depth: u32,
    ) {
        if depth > 8 {
            return;
        }
        for base in &class.bases {
            if let Value::Class(base) = base {
                self.read_fields(base, outer, arguments, attributes, depth + 1);
            }
        }
        let prefix = format!("{outer}{}", settings_prefix(class));
        for field in &class.fields {
            let name = &field.name;
            // Names that start with an underscore are private attributes.
            if &**name == "model_config"
                || name.starts_with('_')
                || is_class_variable(field.annotation)
            {
                continue;
            }
            let (default, alias) = field_default(field.default.as_ref());
            let default = default.or_else(|| self.made_default(field));
            let alias = alias.or_else(|| variable_of_field(class, name));
            if let Some(given) = arguments.named(name) {
                attributes.insert(
                    name.clone(),
                    Binding {
                        value: given.clone(),
                        spots: vec![field.spot],
                    },
                );
                continue;
            }
            let variable = alias.unwrap_or_else(|| format!("{prefix}{name}").to_uppercase());
            let optional = is_optional(field.annotation) && class_is_first_version(class);
            let default = default.or_else(|| optional.then_some(Value::None));
            let outer_call = self.call_spot.replace(field.spot);
            let value = self.read(&Value::text(&variable), default, field.spot);
            self.call_spot = outer_call;
            if is_address(field.annotation) {
                self.note_connection(&value);
            }
            attributes.insert(
                name.clone(),
                Binding {
                    value,
                    spots: vec![field.spot],
                },
            );
        }
    }
}

impl<'a> Evaluator<'a> {
    /// What the function of `Field(default_factory=…)` gives.
    fn made_default(&mut self, field: &Field<'a>) -> Option<Value<'a>> {
        let Value::Instance(declared) = field.default.as_ref()? else {
            return None;
        };
        let factory = declared.attributes.get("default_factory")?.value.clone();
        let mut frame = Frame {
            module: field.spot.module as usize,
            ..Frame::default()
        };
        Some(self.invoke(&factory, Arguments::default(), field.spot, &mut frame))
    }
}

/// The variable that pydantic's first version is told for a field: `fields` of `class Config`.
fn variable_of_field(class: &Class<'_>, field: &str) -> Option<String> {
    let Value::Class(config) = &class.attributes.get("Config")?.value else {
        return None;
    };
    let fields = &config.attributes.get("fields")?.value;
    let variable = fields.get(field)?.get("env")?.as_text()?;
    Some(variable.to_uppercase())
}

/// The prefix of the variables of a settings class.
fn settings_prefix(class: &Class<'_>) -> String {
    fn find(class: &Class<'_>, depth: u32) -> Option<String> {
        if depth > 8 {
            return None;
        }
        if let Some(binding) = class.attributes.get("model_config") {
            let prefix = match &binding.value {
                Value::Instance(instance) => instance
                    .attributes
                    .get("env_prefix")
                    .and_then(|binding| binding.value.as_text().map(str::to_owned)),
                value => value
                    .get("env_prefix")
                    .and_then(|value| value.as_text().map(str::to_owned)),
            };
            return Some(prefix.unwrap_or_default());
        }
        if let Some(binding) = class.attributes.get("Config")
            && let Value::Class(config) = &binding.value
            && let Some(prefix) = config.attributes.get("env_prefix")
        {
            return prefix.value.as_text().map(str::to_owned);
        }
        class.bases.iter().find_map(|base| match base {
            Value::Class(base) => find(base, depth + 1),
            _ => None,
        })
    }
    find(class, 0).unwrap_or_default()
}

/// Pydantic before version 2 takes `Optional[…]` without a default for `None`.
fn class_is_first_version(class: &Class<'_>) -> bool {
    external_bases(class).iter().any(|base| {
        &**base == "pydantic.BaseSettings"
            || base.starts_with("pydantic.v1")
            || base.starts_with("pydantic.env_settings")
    })
}

/// The default of a field, and the variable it names for itself.
fn field_default<'a>(default: Option<&Value<'a>>) -> (Option<Value<'a>>, Option<String>) {
    let Some(default) = default else {
        return (None, None);
    };
    let Value::Instance(field) = default else {
        return (Some(default.clone()), None);
    };
    if !matches!(&field.class, Value::External(name) if name.ends_with(".Field")) {
        return (Some(default.clone()), None);
    }
    let attribute = |name: &str| {
        field
            .attributes
            .get(name)
            .map(|binding| binding.value.clone())
    };
    let alias = ["validation_alias", "env", "alias"]
        .into_iter()
        .find_map(&attribute)
        .and_then(|alias| match &alias {
            Value::Text(text) => Some(text.to_string()),
            Value::List(items) => items
                .first()
                .and_then(|item| item.as_text().map(str::to_owned)),
            Value::Instance(choices) => choices
                .attributes
                .get("0")
                .and_then(|binding| binding.value.as_text().map(str::to_owned)),
            _ => None,
        })
        .map(|name| name.to_uppercase());
    let value = attribute("default").or_else(|| attribute("0"));
    let value = value
        .filter(|value| !matches!(value, Value::External(name) if &**name == "builtins.Ellipsis"));
    (value, alias)
}

fn annotation_text(annotation: &ruff_python_ast::Expr) -> String {
    use ruff_python_ast::Expr;
    match annotation {
        Expr::Name(name) => name.id.to_string(),
        Expr::Attribute(attribute) => attribute.attr.to_string(),
        Expr::Subscript(subscript) => format!(
            "{}[{}]",
            annotation_text(&subscript.value),
            annotation_text(&subscript.slice)
        ),
        Expr::BinOp(operation) => format!(
            "{}|{}",
            annotation_text(&operation.left),
            annotation_text(&operation.right)
        ),
        Expr::Tuple(tuple) => tuple
            .elts
            .iter()
            .take(8)
            .map(annotation_text)
            .collect::<Vec<_>>()
            .join(","),
        Expr::NoneLiteral(_) => "None".to_owned(),
        _ => String::new(),
    }
}

fn is_class_variable(annotation: &ruff_python_ast::Expr) -> bool {
    annotation_text(annotation).starts_with("ClassVar")
}

fn is_optional(annotation: &ruff_python_ast::Expr) -> bool {
    let text = annotation_text(annotation);
    text.starts_with("Optional") || text.split('|').any(|part| part == "None")
}

fn is_address(annotation: &ruff_python_ast::Expr) -> bool {
    let text = annotation_text(annotation);
    [
        "PostgresDsn",
        "MySQLDsn",
        "RedisDsn",
        "AmqpDsn",
        "MongoDsn",
        "DatabaseURL",
    ]
    .iter()
    .any(|name| text.contains(name))
}
