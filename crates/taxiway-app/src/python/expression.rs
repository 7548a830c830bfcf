//! Expressions.

use std::rc::Rc;

use ruff_python_ast::{
    BoolOp, CmpOp, Comprehension, Expr, ExprBoolOp, ExprCompare, ExprFString, ExprIf,
    ExprSubscript, FStringPart, InterpolatedStringElement, Number, Operator, UnaryOp,
};
use ruff_text_size::Ranged;

use super::Spot;
use super::evaluator::{DEEPEST, Evaluator, Frame};
use super::value::{Code, Function, HOLE, Value};

/// Items of a list or a comprehension that are kept.
const MOST_ITEMS: usize = 2000;

/// Text longer than this becomes unknown.
const LONGEST_TEXT: usize = 64 << 10;

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
            None if super::library::is_builtin(name) => {
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
            Value::Path(path) => super::library::path_attribute(path, name)
                .unwrap_or_else(|| Value::Method(Rc::new((value.clone(), name.into())))),
            Value::Class(class) => super::call::class_attribute(class, name)
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
        if let Value::Instance(instance) = &value
            && super::environment::is_reader(instance)
        {
            let spot = self.spot(frame, subscript.range().start());
            return self.read(&key, None, spot);
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
                    super::call::with_attribute(value, &name, change)
                });
            }
            _ => {}
        }
    }
}

/// The items that a loop goes through; `None` where they are not known.
pub(crate) fn iterate<'a>(value: &Value<'a>) -> Option<Vec<Value<'a>>> {
    match value {
        Value::List(items) => Some(items.to_vec()),
        Value::Dict(items) => Some(items.iter().map(|(key, _)| key.clone()).collect()),
        Value::Choice(choice) => {
            // What is in any of the alternatives, marked where it is not in the default.
            let mut all = match &choice.default {
                Some(default) => iterate(default)?,
                None => Vec::new(),
            };
            for other in &choice.others {
                for item in iterate(other)? {
                    if !all.contains(&item) {
                        all.push(Value::Maybe(Rc::new(item)));
                    }
                }
            }
            Some(all)
        }
        Value::Class(class) => Some(
            class
                .attributes
                .values()
                .map(|binding| binding.value.clone())
                .filter(|value| matches!(value, Value::Text(_) | Value::Int(_)))
                .collect(),
        ),
        Value::None => Some(Vec::new()),
        _ => None,
    }
}

/// Both texts in a row.
pub(crate) fn concatenate<'a>(left: &Value<'a>, right: &Value<'a>) -> Value<'a> {
    let hole = || Rc::from(HOLE.to_string());
    let is_unknown = |value: &Value<'a>| value.as_text().is_none_or(|text| text.contains(HOLE));
    let text = |value: &Value<'a>| match value {
        Value::Text(text) | Value::Path(text) => text.clone(),
        Value::Unknown {
            text: Some(text), ..
        } => text.clone(),
        _ => hole(),
    };
    let joined = format!("{}{}", text(left), text(right));
    if joined.len() > LONGEST_TEXT {
        return Value::made_from([left, right]);
    }
    let known = |value: &Value<'a>| matches!(value, Value::Text(_)) || !is_unknown(value);
    if known(left) && known(right) {
        return Value::Text(joined.into());
    }
    match Value::made_from([left, right]) {
        Value::Unknown { names, .. } => Value::Unknown {
            names,
            text: Some(joined.into()),
        },
        value => value,
    }
}

/// The result of a binary operator.
pub(crate) fn binary<'a>(operator: Operator, left: &Value<'a>, right: &Value<'a>) -> Value<'a> {
    match (operator, left, right) {
        (Operator::Add, Value::List(one), Value::List(other)) => {
            let items: Vec<Value<'a>> = one.iter().chain(other.iter()).cloned().collect();
            if items.len() > MOST_ITEMS {
                return Value::made_from([left, right]);
            }
            Value::list(items)
        }
        // Part of a list is better than nothing.
        (Operator::Add, Value::List(known), Value::Unknown { .. }) => {
            let mut items = known.to_vec();
            items.push(Value::Maybe(Rc::new(right.clone())));
            Value::list(items)
        }
        (Operator::Add, Value::Unknown { text: None, .. }, Value::List(known)) => {
            let mut items = vec![Value::Maybe(Rc::new(left.clone()))];
            items.extend(known.iter().cloned());
            Value::list(items)
        }
        (Operator::Add, Value::Text(_), Value::Text(_) | Value::Unknown { .. })
        | (Operator::Add, Value::Unknown { .. }, Value::Text(_)) => concatenate(left, right),
        (Operator::Add, Value::Unknown { text: Some(_), .. }, Value::Unknown { .. }) => {
            concatenate(left, right)
        }
        (Operator::Add, Value::Int(one), Value::Int(other)) => {
            one.checked_add(*other).map_or(Value::unknown(), Value::Int)
        }
        (Operator::Sub, Value::Int(one), Value::Int(other)) => {
            one.checked_sub(*other).map_or(Value::unknown(), Value::Int)
        }
        (Operator::Mult, Value::Int(one), Value::Int(other)) => {
            one.checked_mul(*other).map_or(Value::unknown(), Value::Int)
        }
        (Operator::BitOr, Value::Dict(one), Value::Dict(other)) => {
            let mut items = one.to_vec();
            items.extend(other.iter().cloned());
            Value::dict(items)
        }
        (Operator::Div, Value::Path(folder), _) => super::library::below(folder, right, true),
        (Operator::Mod, Value::Text(format), _) => super::method::percent(format, right),
        (Operator::Sub, Value::Instance(_), Value::Int(levels)) => {
            super::library::up(left, *levels)
        }
        _ => Value::made_from([left, right]),
    }
}

fn unary<'a>(operator: UnaryOp, operand: &Value<'a>) -> Value<'a> {
    match (operator, operand) {
        (UnaryOp::Not, value) => match value.truth() {
            Some(truth) => Value::Bool(!truth),
            None => Value::made_from([value]),
        },
        (UnaryOp::USub, Value::Int(number)) => {
            number.checked_neg().map_or(Value::unknown(), Value::Int)
        }
        (UnaryOp::USub, Value::Float(number)) => Value::Float(-number),
        (UnaryOp::UAdd, value) => value.clone(),
        _ => Value::made_from([operand]),
    }
}

fn compare<'a>(operator: CmpOp, left: &Value<'a>, right: &Value<'a>) -> Value<'a> {
    let not = |value: Value<'a>| unary(UnaryOp::Not, &value);
    match operator {
        CmpOp::Eq | CmpOp::Is => equal(left, right),
        CmpOp::NotEq | CmpOp::IsNot => not(equal(left, right)),
        CmpOp::In => contains(right, left),
        CmpOp::NotIn => not(contains(right, left)),
        CmpOp::Lt | CmpOp::LtE | CmpOp::Gt | CmpOp::GtE => match (left, right) {
            (Value::Int(left), Value::Int(right)) => Value::Bool(match operator {
                CmpOp::Lt => left < right,
                CmpOp::LtE => left <= right,
                CmpOp::Gt => left > right,
                _ => left >= right,
            }),
            _ => Value::made_from([left, right]),
        },
    }
}

/// Whether two values are equal.
pub(crate) fn equal<'a>(left: &Value<'a>, right: &Value<'a>) -> Value<'a> {
    if let (Some(left), Some(right)) = (left.as_text(), right.as_text())
        && !left.contains(HOLE)
        && !right.contains(HOLE)
    {
        return Value::Bool(left == right);
    }
    let is_simple = |value: &Value<'a>| {
        matches!(
            value,
            Value::None | Value::Bool(_) | Value::Int(_) | Value::Float(_) | Value::Text(_)
        )
    };
    if is_simple(left) && is_simple(right) {
        let number = |value: &Value<'a>| match value {
            Value::Bool(value) => Some(i64::from(*value)),
            Value::Int(value) => Some(*value),
            _ => None,
        };
        return match (number(left), number(right)) {
            (Some(left), Some(right)) => Value::Bool(left == right),
            _ => Value::Bool(left == right),
        };
    }
    // What the environment gives is not `None`.
    let is_given =
        |value: &Value<'a>| matches!(value, Value::Unknown { names, .. } if !names.is_empty());
    if (is_given(left) && *right == Value::None) || (is_given(right) && *left == Value::None) {
        return match Value::made_from([left, right]) {
            Value::Unknown { .. } => Value::Bool(false),
            value => value,
        };
    }
    match (left, right) {
        (Value::List(one), Value::List(other)) if one == other => Value::Bool(true),
        _ => Value::made_from([left, right]),
    }
}

fn contains<'a>(container: &Value<'a>, item: &Value<'a>) -> Value<'a> {
    let unsure = || Value::made_from([container, item]);
    match container {
        Value::List(items) => {
            let mut is_known = true;
            for own in items.iter() {
                let (own, certain) = match own {
                    Value::Maybe(inner) => (&**inner, false),
                    own => (own, true),
                };
                match equal(own, item) {
                    Value::Bool(true) if certain => return Value::Bool(true),
                    Value::Bool(false) => {}
                    _ => is_known = false,
                }
            }
            if is_known {
                Value::Bool(false)
            } else {
                unsure()
            }
        }
        Value::Dict(items) => match item.as_text() {
            Some(key) => Value::Bool(items.iter().any(|(name, _)| name.as_text() == Some(key))),
            None => unsure(),
        },
        Value::Text(text) => match item {
            Value::Text(part) if !text.contains(HOLE) => Value::Bool(text.contains(&**part)),
            _ => unsure(),
        },
        _ => unsure(),
    }
}

/// The item of a list or dictionary, or the character of a text.
pub(crate) fn item<'a>(value: &Value<'a>, key: &Value<'a>) -> Value<'a> {
    let unsure = || Value::made_from([value]);
    match (value, key) {
        (Value::List(items), Value::Int(index)) => {
            let length = i64::try_from(items.len()).unwrap_or(i64::MAX);
            let index = if *index < 0 { index + length } else { *index };
            usize::try_from(index)
                .ok()
                .and_then(|index| items.get(index))
                .map_or_else(unsure, |found| match found {
                    Value::Maybe(inner) => (**inner).clone(),
                    found => found.clone(),
                })
        }
        (Value::Dict(items), key) => items
            .iter()
            .rev()
            .find(|(name, _)| name == key)
            .map_or_else(unsure, |(_, found)| match found {
                Value::Maybe(inner) => (**inner).clone(),
                found => found.clone(),
            }),
        // An enumeration's member, by name.
        (Value::Class(class), Value::Text(name)) => class
            .attributes
            .get(name)
            .map_or_else(unsure, |binding| binding.value.clone()),
        _ => unsure(),
    }
}

fn sliced<'a>(
    value: &Value<'a>,
    lower: Option<&Value<'a>>,
    upper: Option<&Value<'a>>,
) -> Value<'a> {
    let bound = |bound: Option<&Value<'a>>, length: usize, other: usize| match bound {
        None | Some(Value::None) => Some(other),
        Some(Value::Int(index)) => {
            let length = i64::try_from(length).ok()?;
            let index = if *index < 0 { index + length } else { *index };
            usize::try_from(index.clamp(0, length)).ok()
        }
        Some(_) => None,
    };
    match value {
        Value::List(items) => {
            let (Some(start), Some(end)) = (
                bound(lower, items.len(), 0),
                bound(upper, items.len(), items.len()),
            ) else {
                return Value::made_from([value]);
            };
            Value::list(items.get(start..end.max(start)).unwrap_or(&[]).to_vec())
        }
        Value::Text(text) if !text.contains(HOLE) => {
            let characters: Vec<char> = text.chars().collect();
            let (Some(start), Some(end)) = (
                bound(lower, characters.len(), 0),
                bound(upper, characters.len(), characters.len()),
            ) else {
                return Value::made_from([value]);
            };
            let part: String = characters
                .get(start..end.max(start))
                .unwrap_or(&[])
                .iter()
                .collect();
            Value::text(&part)
        }
        _ => Value::made_from([value]),
    }
}

/// A list or dictionary with one item changed or added.
pub(crate) fn with_item<'a>(
    value: &Value<'a>,
    key: &Value<'a>,
    change: &mut dyn FnMut(&Value<'a>) -> Value<'a>,
) -> Value<'a> {
    match (value, key) {
        (Value::Dict(items), key) => {
            let mut items = items.to_vec();
            match items.iter_mut().rev().find(|(name, _)| name == key) {
                Some((_, found)) => *found = found.map(change),
                None => items.push((key.clone(), change(&Value::unknown()))),
            }
            Value::dict(items)
        }
        (Value::List(items), Value::Int(index)) => {
            let mut items = items.to_vec();
            let length = i64::try_from(items.len()).unwrap_or(i64::MAX);
            let index = if *index < 0 { index + length } else { *index };
            if let Some(found) = usize::try_from(index)
                .ok()
                .and_then(|index| items.get_mut(index))
            {
                *found = found.map(change);
            }
            Value::list(items)
        }
        _ => value.clone(),
    }
}
