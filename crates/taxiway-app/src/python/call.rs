//! Calls.

use std::rc::Rc;

use ruff_python_ast::{Expr, ExprCall};
use ruff_text_size::Ranged;

use super::Spot;
use super::evaluator::{DEEPEST, Evaluator, Frame};
use super::object::is_static;
use super::statement::Flow;
use super::value::{Binding, Code, Function, Scope, Value};

/// The arguments of a call.
#[derive(Clone, Debug, Default)]
pub(crate) struct Arguments<'a> {
    pub(crate) positional: Vec<Value<'a>>,
    pub(crate) named: Vec<(Rc<str>, Value<'a>)>,
}

impl<'a> Arguments<'a> {
    /// The text of a positional argument, where it is known.
    pub(crate) fn text(&self, index: usize) -> Option<&str> {
        self.positional.get(index)?.as_text()
    }

    /// An argument by name.
    pub(crate) fn named(&self, name: &str) -> Option<&Value<'a>> {
        self.named
            .iter()
            .find(|(own, _)| &**own == name)
            .map(|(_, value)| value)
    }

    /// An argument by position or by name.
    pub(crate) fn get(&self, index: usize, name: &str) -> Option<&Value<'a>> {
        self.positional.get(index).or_else(|| self.named(name))
    }

    /// An unknown value made from all of them.
    pub(crate) fn unsure(&self) -> Value<'a> {
        Value::made_from(
            self.positional
                .iter()
                .chain(self.named.iter().map(|(_, value)| value)),
        )
    }
}

impl<'a> Evaluator<'a> {
    pub(crate) fn call(&mut self, call: &'a ExprCall, frame: &mut Frame<'a>) -> Value<'a> {
        let spot = self.spot(frame, call.range().start());
        let is_outermost = self.call_spot.is_none() && frame.locals.is_none();
        if is_outermost {
            self.call_spot = Some(spot);
        }
        let value = self.dispatch(call, spot, frame);
        if is_outermost {
            self.call_spot = None;
        }
        value
    }

    fn dispatch(&mut self, call: &'a ExprCall, spot: Spot, frame: &mut Frame<'a>) -> Value<'a> {
        let Expr::Attribute(attribute) = &*call.func else {
            let function = self.evaluate(&call.func, frame);
            let arguments = self.arguments(call, frame);
            return self.invoke(&function, arguments, spot, frame);
        };
        let receiver = self.evaluate(&attribute.value, frame);
        let name = attribute.attr.as_str();
        self.fails_without(&receiver);
        let arguments = self.arguments(call, frame);
        if receiver
            .alternatives()
            .iter()
            .any(|value| super::method::mutate(value, name, &arguments).is_some())
        {
            self.modify(&attribute.value, frame, spot, &mut |value| {
                super::method::mutate(value, name, &arguments).unwrap_or_else(|| value.clone())
            });
            if !matches!(name, "pop" | "setdefault") {
                return Value::None;
            }
        }
        if let Some(read) = self.read_into_parser(&receiver, name, &arguments) {
            self.modify(&attribute.value, frame, spot, &mut |_| read.clone());
            return arguments.unsure();
        }
        if let Value::External(module) = &receiver
            && &**module == "scope"
            && name == "update"
        {
            self.update_scope(&arguments, spot, frame);
            return Value::None;
        }
        if self.configure(name, &arguments, spot, frame) {
            return Value::None;
        }
        let function = self.attribute(&receiver, name, spot);
        self.invoke(&function, arguments, spot, frame)
    }

    /// `globals().update(…)`.
    fn update_scope(&mut self, arguments: &Arguments<'a>, spot: Spot, frame: &mut Frame<'a>) {
        let Some(first) = arguments.positional.first() else {
            return;
        };
        let given = first
            .alternatives()
            .into_iter()
            .find_map(|value| match value {
                Value::Dict(items) if !items.is_empty() => Some(items.clone()),
                _ => None,
            });
        for (key, value) in given.iter().flat_map(|items| items.iter()) {
            if let Some(name) = key.as_text() {
                self.assign(frame, name, value.clone(), spot);
            }
        }
    }

    fn arguments(&mut self, call: &'a ExprCall, frame: &mut Frame<'a>) -> Arguments<'a> {
        let mut arguments = Arguments::default();
        for argument in &call.arguments.args {
            if let Expr::Starred(starred) = argument {
                let value = self.evaluate(&starred.value, frame);
                match super::operators::iterate(&value) {
                    Some(items) => arguments.positional.extend(items),
                    None => arguments.positional.push(Value::made_from([&value])),
                }
            } else {
                let value = self.evaluate(argument, frame);
                arguments.positional.push(value);
            }
        }
        for keyword in &call.arguments.keywords {
            let value = self.evaluate(&keyword.value, frame);
            match &keyword.arg {
                Some(name) => arguments.named.push((name.as_str().into(), value)),
                None => {
                    if let Some(Value::Dict(items)) = value.default() {
                        for (key, value) in items.iter() {
                            if let Some(key) = key.as_text() {
                                arguments.named.push((key.into(), value.clone()));
                            }
                        }
                    }
                }
            }
        }
        arguments
    }

    /// Calls a value.
    pub(crate) fn invoke(
        &mut self,
        function: &Value<'a>,
        arguments: Arguments<'a>,
        spot: Spot,
        frame: &mut Frame<'a>,
    ) -> Value<'a> {
        if self.depth >= DEEPEST || !self.step() {
            return arguments.unsure();
        }
        match function {
            Value::Function(function) => self.run(function, arguments, spot),
            Value::External(name) => {
                let name = name.clone();
                self.call_external(&name, arguments, spot, frame)
            }
            Value::Class(class) => self.construct(class, arguments, spot),
            Value::Instance(_) => self.call_instance(function, &arguments, spot, frame),
            Value::Method(method) => self.call_method(method, arguments, spot, frame),
            Value::Choice(choice) => {
                let choice = choice.clone();
                let default = choice
                    .default
                    .as_ref()
                    .map(|function| self.invoke(function, arguments.clone(), spot, frame));
                self.conditional += 1;
                let others = choice
                    .others
                    .iter()
                    .map(|function| self.invoke(function, arguments.clone(), spot, frame))
                    .collect();
                self.conditional -= 1;
                Value::decided(default, others, &choice.deciders)
            }
            _ => Value::made_from(
                std::iter::once(function)
                    .chain(&arguments.positional)
                    .chain(arguments.named.iter().map(|(_, value)| value)),
            ),
        }
    }

    fn call_method(
        &mut self,
        method: &Rc<(Value<'a>, Rc<str>)>,
        mut arguments: Arguments<'a>,
        spot: Spot,
        frame: &mut Frame<'a>,
    ) -> Value<'a> {
        let (receiver, name) = &**method;
        match receiver {
            Value::Instance(instance) => {
                if let Some(function) = self.find_method(&instance.class, name, 0) {
                    if !is_static(&function) {
                        arguments.positional.insert(0, receiver.clone());
                    }
                    return self.invoke(&function, arguments, spot, frame);
                }
                let instance = instance.clone();
                self.call_library_method(receiver, &instance, name, &arguments, spot, frame)
            }
            Value::Class(_) => match self.find_method(receiver, name, 0) {
                Some(function) => {
                    if !is_static(&function) {
                        arguments.positional.insert(0, receiver.clone());
                    }
                    self.invoke(&function, arguments, spot, frame)
                }
                None => arguments.unsure(),
            },
            Value::Path(_) if matches!(&**name, "open" | "read_text" | "read_bytes") => self
                .read_path(receiver, name, &arguments)
                .unwrap_or_else(|| arguments.unsure()),
            _ => {
                let mut result = None;
                // Methods of texts and the like see one alternative of their arguments at a time.
                if arguments.positional.len() == 1 && arguments.named.is_empty() {
                    let argument = arguments.positional[0].clone();
                    if matches!(argument, Value::Choice(_)) {
                        result = Some(argument.map(|argument| {
                            let arguments = Arguments {
                                positional: vec![argument.clone()],
                                named: Vec::new(),
                            };
                            super::method::method(receiver, name, &arguments)
                        }));
                    }
                }
                result.unwrap_or_else(|| {
                    receiver.map(|receiver| super::method::method(receiver, name, &arguments))
                })
            }
        }
    }

    /// Runs a function of the project.
    pub(super) fn run(
        &mut self,
        function: &Function<'a>,
        arguments: Arguments<'a>,
        spot: Spot,
    ) -> Value<'a> {
        let mut frame = Frame {
            module: function.module,
            outer: function.outer.clone(),
            locals: Some(Scope::new()),
            ..Frame::default()
        };
        let parameters = match function.code {
            Code::Definition(definition) => Some(&*definition.parameters),
            Code::Lambda(lambda) => lambda.parameters.as_deref(),
        };
        if let Some(parameters) = parameters {
            let locals = self.bind(parameters, arguments, spot, &mut frame);
            frame.locals = Some(locals);
        }
        self.depth += 4;
        let result = match function.code {
            Code::Lambda(lambda) => self.evaluate(&lambda.body, &mut frame),
            Code::Definition(definition) => {
                let conditional = self.conditional;
                let last = match self.execute(&definition.body, &mut frame) {
                    Flow::Return(value) => Some(value),
                    Flow::Next | Flow::Loop => Some(Value::None),
                    Flow::Raise => None,
                };
                self.conditional = conditional;
                all_returned(last, frame.returned)
            }
        };
        self.depth -= 4;
        result
    }

    pub(super) fn bind(
        &mut self,
        parameters: &'a ruff_python_ast::Parameters,
        arguments: Arguments<'a>,
        spot: Spot,
        frame: &mut Frame<'a>,
    ) -> Scope<'a> {
        let mut locals = Scope::new();
        let mut positional = arguments.positional.into_iter();
        let mut named = arguments.named;
        let mut put = |name: &str, value: Value<'a>| {
            locals.insert(
                name.into(),
                Binding {
                    value,
                    spots: vec![spot],
                },
            );
        };
        let listed = parameters.posonlyargs.iter().chain(&parameters.args);
        for (parameter, by_position) in listed.map(|parameter| (parameter, true)).chain(
            parameters
                .kwonlyargs
                .iter()
                .map(|parameter| (parameter, false)),
        ) {
            let name = parameter.parameter.name.as_str();
            let given = if by_position { positional.next() } else { None }.or_else(|| {
                let index = named.iter().position(|(own, _)| &**own == name)?;
                Some(named.remove(index).1)
            });
            let value = match (given, &parameter.default) {
                (Some(value), _) => value,
                (None, Some(default)) => self.evaluate(default, frame),
                (None, None) => Value::unknown(),
            };
            put(name, value);
        }
        if let Some(rest) = &parameters.vararg {
            put(rest.name.as_str(), Value::list(positional.collect()));
        }
        if let Some(rest) = &parameters.kwarg {
            let items = named
                .into_iter()
                .map(|(name, value)| (Value::Text(name), value))
                .collect();
            put(rest.name.as_str(), Value::dict(items));
        }
        locals
    }
}

/// What a function gives: what it returned at its end, or on the way.
fn all_returned<'a>(last: Option<Value<'a>>, returned: Vec<(Value<'a>, bool)>) -> Value<'a> {
    let mut result = last;
    for (value, is_default) in returned.into_iter().rev() {
        result = Some(match (result, is_default) {
            (None, true) => value,
            (None, false) => Value::choice(None, vec![value]),
            (Some(rest), true) => Value::choice(Some(value), vec![rest]),
            (Some(rest), false) => Value::choice(Some(rest), vec![value]),
        });
    }
    result.unwrap_or_else(Value::unknown)
}
