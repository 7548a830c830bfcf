//! Classes and their objects.

use std::collections::BTreeSet;
use std::rc::Rc;

use super::Spot;
use super::call::Arguments;
use super::evaluator::{Evaluator, Frame};
use super::value::{Binding, Class, Code, Function, Instance, Scope, Value};
use ruff_python_ast::Expr;

impl<'a> Evaluator<'a> {
    /// A function in the body of a class or of one it inherits from.
    pub(crate) fn find_method(
        &mut self,
        class: &Value<'a>,
        name: &str,
        depth: u32,
    ) -> Option<Value<'a>> {
        let Value::Class(class) = class else {
            return None;
        };
        if depth > 16 {
            return None;
        }
        if let Some(binding) = class.attributes.get(name) {
            return Some(binding.value.clone());
        }
        class
            .bases
            .iter()
            .find_map(|base| self.find_method(base, name, depth + 1))
    }

    pub(crate) fn instance_attribute(
        &mut self,
        value: &Value<'a>,
        instance: &Rc<Instance<'a>>,
        name: &str,
        spot: Spot,
    ) -> Value<'a> {
        let method = || Value::Method(Rc::new((value.clone(), name.into())));
        match self.find_method(&instance.class, name, 0) {
            Some(Value::Function(function)) if is_property(&function) => {
                let arguments = Arguments {
                    positional: vec![value.clone()],
                    named: Vec::new(),
                };
                self.run(&function, arguments, spot)
            }
            Some(Value::Function(_)) => method(),
            Some(found) => found,
            None => super::library::instance_constant(instance, name)
                .or_else(|| self.dynaconf_item(instance, name, spot))
                .unwrap_or_else(method),
        }
    }

    pub(super) fn construct(
        &mut self,
        class: &Rc<Class<'a>>,
        arguments: Arguments<'a>,
        spot: Spot,
    ) -> Value<'a> {
        let value = Value::Class(class.clone());
        // An enumeration is looked up by value.
        if let [wanted] = &*arguments.positional
            && is_enumeration(class)
        {
            return wanted.clone();
        }
        if let Some(settings) = self.construct_settings(class, &arguments) {
            return settings;
        }
        let mut attributes = Scope::new();
        for (name, value) in &arguments.named {
            attributes.insert(
                name.clone(),
                Binding {
                    value: value.clone(),
                    spots: vec![spot],
                },
            );
        }
        let instance = Value::Instance(Rc::new(Instance {
            class: value.clone(),
            attributes,
        }));
        let Some(Value::Function(function)) = self.find_method(&value, "__init__", 0) else {
            return instance;
        };
        self.initialize(&function, instance, arguments, spot)
    }

    /// Runs `__init__` and gives the object as it left it.
    fn initialize(
        &mut self,
        function: &Function<'a>,
        instance: Value<'a>,
        mut arguments: Arguments<'a>,
        spot: Spot,
    ) -> Value<'a> {
        let Code::Definition(definition) = function.code else {
            return instance;
        };
        let own_name = definition
            .parameters
            .posonlyargs
            .iter()
            .chain(&definition.parameters.args)
            .next()
            .map(|parameter| parameter.parameter.name.as_str());
        arguments.positional.insert(0, instance.clone());
        let mut frame = Frame {
            module: function.module,
            outer: function.outer.clone(),
            locals: Some(Scope::new()),
            ..Frame::default()
        };
        let locals = self.bind(&definition.parameters, arguments, spot, &mut frame);
        frame.locals = Some(locals);
        self.depth += 4;
        self.execute(&definition.body, &mut frame);
        self.depth -= 4;
        own_name
            .and_then(|name| self.lookup(&frame, name))
            .unwrap_or(instance)
    }
}

/// A value of a class body.
pub(crate) fn class_attribute<'a>(class: &Rc<Class<'a>>, name: &str) -> Option<Value<'a>> {
    fn find<'a>(class: &Rc<Class<'a>>, name: &str, depth: u32) -> Option<Value<'a>> {
        if depth > 16 {
            return None;
        }
        if let Some(binding) = class.attributes.get(name) {
            return match &binding.value {
                Value::Function(_) => None,
                value => Some(value.clone()),
            };
        }
        class.bases.iter().find_map(|base| match base {
            Value::Class(base) => find(base, name, depth + 1),
            _ => None,
        })
    }
    find(class, name, 0)
}

/// An object with one attribute changed or added.
pub(crate) fn with_attribute<'a>(
    value: &Value<'a>,
    name: &Rc<str>,
    change: &mut dyn FnMut(&Value<'a>) -> Value<'a>,
) -> Value<'a> {
    let Value::Instance(instance) = value else {
        return value.clone();
    };
    let mut instance = (**instance).clone();
    let before = instance
        .attributes
        .get(name)
        .map_or_else(Value::unknown, |binding| binding.value.clone());
    instance.attributes.insert(
        name.clone(),
        Binding {
            value: change(&before),
            spots: Vec::new(),
        },
    );
    Value::Instance(Rc::new(instance))
}

/// The dotted names outside of the project that a class inherits from.
pub(crate) fn external_bases(class: &Class<'_>) -> BTreeSet<Rc<str>> {
    fn collect(class: &Class<'_>, found: &mut BTreeSet<Rc<str>>, depth: u32) {
        if depth > 16 {
            return;
        }
        for base in &class.bases {
            match base {
                Value::External(name) => {
                    found.insert(name.clone());
                }
                Value::Class(base) => collect(base, found, depth + 1),
                _ => {}
            }
        }
    }
    let mut found = BTreeSet::new();
    collect(class, &mut found, 0);
    found
}

fn is_enumeration(class: &Class<'_>) -> bool {
    external_bases(class).iter().any(|base| {
        base.ends_with("Enum") || base.ends_with("TextChoices") || base.ends_with("IntegerChoices")
    })
}

fn decorated(function: &Function<'_>, wanted: &[&str]) -> bool {
    let Code::Definition(definition) = function.code else {
        return false;
    };
    definition.decorator_list.iter().any(|decorator| {
        let name = match &decorator.expression {
            Expr::Name(name) => name.id.as_str(),
            Expr::Attribute(attribute) => attribute.attr.as_str(),
            _ => return false,
        };
        wanted.contains(&name)
    })
}

pub(super) fn is_static(function: &Value<'_>) -> bool {
    matches!(function, Value::Function(function) if decorated(function, &["staticmethod"]))
}

fn is_property(function: &Function<'_>) -> bool {
    decorated(function, &["property", "cached_property"])
}
