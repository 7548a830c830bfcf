//! Settings in classes, as django-configurations has them.
//!
//! The class of production becomes the module's settings; its values read `DJANGO_` and their own name.
//! Source: the documentation of django-configurations.

use std::rc::Rc;

use super::connection::Connection;
use super::environment::simple_cast;
use super::evaluator::{Evaluator, Spot};
use super::object::external_bases;
use super::value::{Binding, Class, Instance, Scope, Value};

impl<'a> Evaluator<'a> {
    /// Takes the settings out of the class that production uses, if the module has such classes.
    pub(crate) fn apply_configuration(&mut self, module: usize) {
        let classes: Vec<Rc<Class<'a>>> = self.modules[module]
            .scope
            .values()
            .filter_map(|binding| match &binding.value {
                Value::Class(class) if is_configuration(class) => Some(class.clone()),
                _ => None,
            })
            .collect();
        let named = self
            .environment
            .get("DJANGO_CONFIGURATION")
            .and_then(|value| value.default()?.as_text().map(str::to_owned));
        let chosen = classes
            .iter()
            .find(|class| named.as_deref() == Some(&*class.name))
            .or_else(|| classes.iter().find(|class| is_production(&class.name)))
            .or(classes.last())
            .cloned();
        let Some(class) = chosen else { return };
        let mut attributes = Scope::new();
        inherited(&class, &mut attributes, 0);
        for (name, binding) in attributes {
            let spot = binding.spots.first().copied();
            let value = match (&binding.value, spot) {
                (Value::Instance(instance), Some(spot)) => self
                    .configuration_value(&name, instance, spot)
                    .unwrap_or_else(|| binding.value.clone()),
                _ => binding.value.clone(),
            };
            if &*name == "DEBUG"
                && let Some(spot) = spot
            {
                self.debug = Some((value.clone(), spot));
            }
            let binding = Binding {
                value,
                spots: binding.spots,
            };
            self.modules[module].scope.insert(name, binding);
        }
    }

    /// What a value of `configurations.values` gives.
    fn configuration_value(
        &mut self,
        name: &str,
        instance: &Rc<Instance<'a>>,
        spot: Spot,
    ) -> Option<Value<'a>> {
        let Value::External(class) = &instance.class else {
            return None;
        };
        let kind = class.strip_prefix("configurations.values.")?;
        let argument = |key: &str| {
            let binding = instance.attributes.get(key)?;
            Some(binding.value.clone())
        };
        let connection = match kind {
            "DatabaseURLValue" => Some(Connection::Database),
            "CacheURLValue" => Some(Connection::Cache),
            "EmailURLValue" => Some(Connection::Email),
            _ => None,
        };
        let given = argument("environ_name").and_then(|name| name.as_text().map(str::to_owned));
        let is_bare = connection.is_some() || argument("environ_prefix") == Some(Value::None);
        let variable = match (connection, given) {
            (Some(kind), None) => kind.variable().to_owned(),
            (_, Some(name)) if is_bare => name,
            (None, None) if is_bare => name.to_owned(),
            (_, given) => format!("DJANGO_{}", given.as_deref().unwrap_or(name)),
        };
        let is_required = kind == "SecretValue"
            || argument("environ_required").and_then(|value| value.truth()) == Some(true);
        let default = argument("default")
            .or_else(|| argument("0"))
            .unwrap_or(Value::None);
        let default = (!is_required).then_some(default);
        let value = self.read(&Value::text(&variable), default, spot);
        if let Some(kind) = connection {
            self.note_connection(&value);
            let settings = value.map(|value| kind.settings(value));
            // What has aliases gets the address under `default`.
            let has_aliases = kind != Connection::Email;
            return Some(if has_aliases {
                Value::dict(vec![(Value::text("default"), settings)])
            } else {
                settings
            });
        }
        let cast = match kind {
            "BooleanValue" => "bool",
            "IntegerValue" | "PositiveIntegerValue" => "int",
            "ListValue" | "TupleValue" | "SetValue" => "list",
            _ => "str",
        };
        Some(value.map(|value| simple_cast(cast, value)))
    }
}

fn is_configuration(class: &Class<'_>) -> bool {
    external_bases(class).iter().any(|base| {
        matches!(
            &**base,
            "configurations.Configuration" | "configurations.base.Configuration"
        )
    })
}

fn is_production(name: &str) -> bool {
    let lower = name.to_lowercase();
    ["prod", "live", "deploy"]
        .iter()
        .any(|part| lower.contains(part))
}

/// The attributes of a class and of those it inherits from.
fn inherited<'a>(class: &Class<'a>, found: &mut Scope<'a>, depth: u32) {
    if depth > 16 {
        return;
    }
    for base in class.bases.iter().rev() {
        if let Value::Class(base) = base {
            inherited(base, found, depth + 1);
        }
    }
    for (name, binding) in &class.attributes {
        found.insert(name.clone(), binding.clone());
    }
}
