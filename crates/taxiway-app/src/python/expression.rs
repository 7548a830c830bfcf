//! Expressions.

use std::rc::Rc;

use ruff_python_ast::{
    BoolOp, CmpOp, Comprehension, Expr, ExprBoolOp, ExprCompare, ExprFString, ExprIf,
    ExprSubscript, FStringPart, InterpolatedStringElement, Number, UnaryOp,
};
use ruff_text_size::Ranged;

use super::Spot;
use super::evaluator::{DEEPEST, Evaluator, Frame};
use super::operators::{binary, compare, concatenate, item, iterate, sliced, unary, with_item};
use super::value::{Code, Function, Value};

/// Items of a list or a comprehension that are kept.
pub(crate) const MOST_ITEMS: usize = 2000;

/// Text longer than this becomes unknown.
pub(crate) const LONGEST_TEXT: usize = 64 << 10;

impl<'a> Evaluator<'a> {
    /// The value of an expression.
    pub(crate) fn evaluate(&mut self, expression: &'a Expr, frame: &mut Frame<'a>) -> Value<'a> {
        if self.depth >= DEEPEST || !self.step() {
            return Value::unknown();
        }
        self.depth += 1;
        let value = self.expression(expression, frame);
        self.depth -= 1;
        value
    }

    fn expression(&mut self, expression: &'a Expr, frame: &mut Frame<'a>) -> Value<'a> {
        match expression {
            Expr::StringLiteral(literal) => Value::text(literal.value.to_str()),
            Expr::BooleanLiteral(literal) => Value::Bool(literal.value),
            Expr::NoneLiteral(_) => Value::None,
            Expr::NumberLiteral(literal) => match &literal.value {
                Number::Int(number) => number.as_i64().map_or(Value::unknown(), Value::Int),
                Number::Float(number) => Value::Float(*number),
                Number::Complex { .. } => Value::unknown(),
            },
            Expr::FString(text) => self.formatted(text, frame),
            Expr::Name(name) => self.name(name.id.as_str(), frame),
            Expr::Attribute(attribute) => {
                let value = self.evaluate(&attribute.value, frame);
                let spot = self.spot(frame, attribute.range().start());
                self.attribute(&value, attribute.attr.as_str(), spot)
            }
            Expr::Subscript(subscript) => self.subscript(subscript, frame),
            Expr::Call(call) => self.call(call, frame),
            Expr::List(list) => self.list(&list.elts, frame),
            Expr::Tuple(tuple) => self.list(&tuple.elts, frame),
            Expr::Set(set) => self.list(&set.elts, frame),
            Expr::Dict(dict) => {
                let mut items = Vec::new();
                for item in dict.items.iter().take(MOST_ITEMS) {
                    let value = self.evaluate(&item.value, frame);
                    match &item.key {
                        Some(key) => items.push((self.evaluate(key, frame), value)),
                        None => match value.default() {
                            Some(Value::Dict(inner)) => items.extend(inner.iter().cloned()),
                            _ => items.push((Value::unknown(), value)),
                        },
                    }
                }
                Value::dict(items)
            }
            Expr::BinOp(operation) => {
                let left = self.evaluate(&operation.left, frame);
                let right = self.evaluate(&operation.right, frame);
                Value::zip(&left, &right, |left, right| {
                    binary(operation.op, left, right)
                })
            }
            Expr::UnaryOp(operation) => {
                let operand = self.evaluate(&operation.operand, frame);
                operand.map(|operand| unary(operation.op, operand))
            }
            Expr::BoolOp(operation) => self.logic(operation, frame),
            Expr::Compare(comparison) => self.comparison(comparison, frame),
            Expr::If(choice) => self.conditional(choice, frame),
            Expr::Lambda(lambda) => Value::Function(Function {
                module: frame.module,
                code: Code::Lambda(lambda),
                outer: self.closure(frame),
            }),
            Expr::Named(named) => {
                let value = self.evaluate(&named.value, frame);
                self.assign_to(&named.target, value.clone(), frame);
                value
            }
            Expr::Starred(starred) => self.evaluate(&starred.value, frame),
            Expr::ListComp(list) => self.comprehend(&list.elt, &list.generators, frame),
            Expr::SetComp(set) => self.comprehend(&set.elt, &set.generators, frame),
            Expr::Generator(generator) => {
                self.comprehend(&generator.elt, &generator.generators, frame)
            }
            Expr::DictComp(dict) => {
                let mut items = Vec::new();
                let complete = self.generate(&dict.generators, frame, &mut |own, frame| {
                    if let Some(key) = &dict.key {
                        let key = own.evaluate(key, frame);
                        let value = own.evaluate(&dict.value, frame);
                        items.push((key, value));
                    }
                });
                match complete {
                    Ok(()) => Value::dict(items),
                    Err(unknown) => unknown,
                }
            }
            Expr::Await(waiting) => self.evaluate(&waiting.value, frame),
            Expr::Yield(_)
            | Expr::YieldFrom(_)
            | Expr::TString(_)
            | Expr::BytesLiteral(_)
            | Expr::EllipsisLiteral(_)
            | Expr::Slice(_)
            | Expr::IpyEscapeCommand(_) => Value::unknown(),
        }
    }

    fn list(&mut self, elements: &'a [Expr], frame: &mut Frame<'a>) -> Value<'a> {
        let mut items = Vec::new();
        for element in elements.iter().take(MOST_ITEMS) {
            if let Expr::Starred(starred) = element {
                let value = self.evaluate(&starred.value, frame);
                match iterate(&value) {
                    Some(inner) => items.extend(inner),
                    None => items.push(Value::Maybe(Rc::new(Value::made_from([&value])))),
                }
            } else {
                items.push(self.evaluate(element, frame));
            }
        }
        items.truncate(MOST_ITEMS);
        Value::list(items)
    }

    fn name(&mut self, name: &str, frame: &Frame<'a>) -> Value<'a> {
        match self.lookup(frame, name) {
            Some(value) => value,
            None if super::builtin::is_builtin(name) => {
                Value::External(format!("builtins.{name}").into())
            }
            None => Value::unknown(),
        }
    }

    /// The attribute of a value.
    pub(crate) fn attribute(&mut self, value: &Value<'a>, name: &str, spot: Spot) -> Value<'a> {
        match value {
            Value::Choice(_) | Value::Maybe(_) => {
                let alternatives: Vec<Value<'a>> =
                    value.alternatives().into_iter().cloned().collect();
                let has_default = value.default().is_some();
                let mut results = alternatives
                    .iter()
                    .map(|alternative| self.attribute(alternative, name, spot))
                    .collect::<Vec<_>>();
                let default = has_default.then(|| results.remove(0));
                Value::choice(default, results)
            }
            Value::Module(index) => {
                let module = self.modules[*index].name.clone();
                self.member(*index, &module, name)
            }
            Value::External(module) => super::library::constant(module, name)
                .unwrap_or_else(|| Value::External(format!("{module}.{name}").into())),
            Value::Path(path) => super::path::path_attribute(path, name)
                .unwrap_or_else(|| Value::Method(Rc::new((value.clone(), name.into())))),
            Value::Class(class) => super::object::class_attribute(class, name)
                .unwrap_or_else(|| Value::Method(Rc::new((value.clone(), name.into())))),
            Value::Instance(instance) => match instance.attributes.get(name) {
                Some(binding) => binding.value.clone(),
                None => self.instance_attribute(value, instance, name, spot),
            },
            Value::Unknown { .. } => match name {
                "value" | "name" => value.clone(),
                _ => Value::Method(Rc::new((value.clone(), name.into()))),
            },
            // An enumeration's member is its value here.
            Value::Text(_) | Value::Int(_) if name == "value" => value.clone(),
            _ => Value::Method(Rc::new((value.clone(), name.into()))),
        }
    }

    fn subscript(&mut self, subscript: &'a ExprSubscript, frame: &mut Frame<'a>) -> Value<'a> {
        let value = self.evaluate(&subscript.value, frame);
        if let Expr::Slice(slice) = &*subscript.slice {
            let bound =
                |expression: &'a Option<Box<Expr>>, own: &mut Self, frame: &mut Frame<'a>| {
                    expression.as_ref().map(|bound| own.evaluate(bound, frame))
                };
            let lower = bound(&slice.lower, self, frame);
            let upper = bound(&slice.upper, self, frame);
            return value.map(|value| sliced(value, lower.as_ref(), upper.as_ref()));
        }
        let key = self.evaluate(&subscript.slice, frame);
        if let Value::External(name) = &value
            && matches!(&**name, "os.environ" | "os.environb")
        {
            let spot = self.spot(frame, subscript.range().start());
            return self.read(&key, None, spot);
        }
        if let (Value::External(name), Some(module)) = (&value, key.as_text())
            && &**name == "sys.modules"
            && let Some(module) = self.modules.iter().position(|own| &*own.name == module)
        {
            return Value::Module(module);
        }
        if let Value::Instance(instance) = &value
            && super::environment::is_reader(instance)
        {
            let spot = self.spot(frame, subscript.range().start());
            return self.read(&key, None, spot);
        }
        if let Value::Instance(instance) = &value {
            let spot = self.spot(frame, subscript.range().start());
            let instance = instance.clone();
            let own = self.parser_item(&instance, &key, spot).or_else(|| {
                let name = key.as_text()?;
                self.dynaconf_item(&instance, name, spot)
            });
            if let Some(value) = own {
                return value;
            }
        }
        Value::zip(&value, &key, item)
    }

    fn formatted(&mut self, text: &'a ExprFString, frame: &mut Frame<'a>) -> Value<'a> {
        let mut result = Value::text("");
        for part in &text.value {
            match part {
                FStringPart::Literal(literal) => {
                    result = concatenate(&result, &Value::text(literal.as_str()));
                }
                FStringPart::FString(string) => {
                    for element in &string.elements {
                        let piece = match element {
                            InterpolatedStringElement::Literal(literal) => {
                                Value::text(&literal.value)
                            }
                            InterpolatedStringElement::Interpolation(interpolation) => {
                                let value = self.evaluate(&interpolation.expression, frame);
                                value.map(|value| match value.pattern() {
                                    Some(pattern) if !matches!(value, Value::Unknown { .. }) => {
                                        Value::Text(pattern)
                                    }
                                    _ => value.clone(),
                                })
                            }
                        };
                        result = Value::zip(&result, &piece, concatenate);
                    }
                }
            }
        }
        result
    }

    fn logic(&mut self, operation: &'a ExprBoolOp, frame: &mut Frame<'a>) -> Value<'a> {
        let mut values = operation.values.iter();
        let Some(first) = values.next() else {
            return Value::unknown();
        };
        let mut result = self.evaluate(first, frame);
        for value in values {
            let stops = |value: &Value<'a>| match operation.op {
                BoolOp::Or => value.truth(),
                BoolOp::And => value.truth().map(|truth| !truth),
            };
            if stops(&result) == Some(true) {
                return result;
            }
            let is_settled = stops(&result) == Some(false);
            let conditional = self.conditional;
            if !is_settled {
                self.conditional += 1;
            }
            let right = self.evaluate(value, frame);
            self.conditional = conditional;
            result = result.map(|left| match stops(left) {
                Some(true) => left.clone(),
                Some(false) => right.clone(),
                // What the environment gives is taken to be something.
                None if operation.op == BoolOp::Or && !left.names().is_empty() => left.clone(),
                None => {
                    let truth = Value::choice(None, vec![left.clone(), right.clone()]);
                    match operation.op {
                        BoolOp::Or => truth,
                        BoolOp::And => match right.truth() {
                            Some(false) => Value::Bool(false),
                            _ => Value::made_from([left, &right]),
                        },
                    }
                }
            });
        }
        result
    }

    fn comparison(&mut self, comparison: &'a ExprCompare, frame: &mut Frame<'a>) -> Value<'a> {
        let mut left = self.evaluate(&comparison.left, frame);
        let mut result = Value::Bool(true);
        for (operator, right) in comparison.ops.iter().zip(&comparison.comparators) {
            let right = self.evaluate(right, frame);
            let spot = self.spot(frame, comparison.range().start());
            let holds = match (operator, &right) {
                (CmpOp::In | CmpOp::NotIn, Value::External(name))
                    if matches!(&**name, "os.environ" | "os.environb") =>
                {
                    let present = self.is_set(&left, spot);
                    if *operator == CmpOp::In {
                        present
                    } else {
                        present.map(|value| unary(UnaryOp::Not, value))
                    }
                }
                (CmpOp::In | CmpOp::NotIn, Value::Instance(instance)) => {
                    let holds = super::ini::holds(instance, &left)
                        .unwrap_or_else(|| Value::made_from([&left]));
                    if *operator == CmpOp::In {
                        holds
                    } else {
                        holds.map(|value| unary(UnaryOp::Not, value))
                    }
                }
                _ => Value::zip(&left, &right, |left, right| compare(*operator, left, right)),
            };
            result = Value::zip(&result, &holds, |left, right| match left.truth() {
                Some(true) => right.clone(),
                _ => left.clone(),
            });
            left = right;
        }
        result
    }

    fn conditional(&mut self, choice: &'a ExprIf, frame: &mut Frame<'a>) -> Value<'a> {
        let test = self.evaluate(&choice.test, frame);
        match test.truth() {
            Some(true) => return self.evaluate(&choice.body, frame),
            Some(false) => return self.evaluate(&choice.orelse, frame),
            None => {}
        }
        let default = test.default().and_then(Value::truth);
        let conditional = self.conditional;
        let is_presence = self.is_presence(&test);
        self.conditional = conditional + u32::from(default != Some(true) || is_presence);
        let body = self.evaluate(&choice.body, frame);
        self.conditional = conditional + u32::from(default != Some(false) || is_presence);
        let orelse = self.evaluate(&choice.orelse, frame);
        self.conditional = conditional;
        match default {
            Some(true) => Value::choice(Some(body), vec![orelse]),
            Some(false) => Value::choice(Some(orelse), vec![body]),
            None => Value::choice(None, vec![body, orelse]),
        }
    }

    fn comprehend(
        &mut self,
        element: &'a Expr,
        generators: &'a [Comprehension],
        frame: &mut Frame<'a>,
    ) -> Value<'a> {
        let mut items = Vec::new();
        let complete = self.generate(generators, frame, &mut |own, frame| {
            if items.len() < MOST_ITEMS {
                items.push(own.evaluate(element, frame));
            }
        });
        match complete {
            Ok(()) => Value::list(items),
            Err(unknown) => unknown,
        }
    }

    /// Runs `visit` for each round of nested `for … in … if …`; the unknown value where a list isn't known.
    fn generate(
        &mut self,
        generators: &'a [Comprehension],
        frame: &mut Frame<'a>,
        visit: &mut dyn FnMut(&mut Self, &mut Frame<'a>),
    ) -> Result<(), Value<'a>> {
        let Some((first, rest)) = generators.split_first() else {
            visit(self, frame);
            return Ok(());
        };
        let iterated = self.evaluate(&first.iter, frame);
        let Some(items) = iterate(&iterated) else {
            let item = Value::made_from([&iterated]);
            self.assign_to(&first.target, item, frame);
            let conditional = self.conditional;
            self.conditional += 1;
            let nested = self.generate(rest, frame, visit);
            self.conditional = conditional;
            nested?;
            return Err(Value::made_from([&iterated]));
        };
        for item in items.into_iter().take(MOST_ITEMS) {
            if !self.step() {
                break;
            }
            self.assign_to(&first.target, item, frame);
            let mut holds = true;
            for test in &first.ifs {
                holds &= self.evaluate(test, frame).truth() != Some(false);
            }
            if holds {
                self.generate(rest, frame, visit)?;
            }
        }
        Ok(())
    }

    /// Changes what a name, a subscript or an attribute stands for.
    pub(crate) fn modify(
        &mut self,
        target: &'a Expr,
        frame: &mut Frame<'a>,
        spot: Spot,
        change: &mut dyn FnMut(&Value<'a>) -> Value<'a>,
    ) {
        match target {
            Expr::Name(name) => self.change(frame, name.id.as_str(), spot, change),
            Expr::Subscript(subscript) => {
                let key = self.evaluate(&subscript.slice, frame);
                let receiver = match &*subscript.value {
                    Expr::Call(_) | Expr::Attribute(_) => self.evaluate(&subscript.value, frame),
                    _ => match &*subscript.value {
                        Expr::Name(name) => self.name(name.id.as_str(), frame),
                        _ => Value::None,
                    },
                };
                if let Value::External(name) = &receiver {
                    self.set_external_item(name, &key, change, frame, spot);
                    return;
                }
                self.modify(&subscript.value, frame, spot, &mut |value| {
                    with_item(value, &key, change)
                });
            }
            Expr::Attribute(attribute) => {
                let name: Rc<str> = attribute.attr.as_str().into();
                self.modify(&attribute.value, frame, spot, &mut |value| {
                    super::object::with_attribute(value, &name, change)
                });
            }
            _ => {}
        }
    }
}
