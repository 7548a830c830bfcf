//! Statements.

use std::rc::Rc;

use ruff_python_ast::{
    ExceptHandler, Expr, Stmt, StmtClassDef, StmtFor, StmtFunctionDef, StmtIf, StmtMatch, StmtTry,
    StmtWith,
};
use ruff_text_size::Ranged;

use super::evaluator::{DEEPEST, Evaluator, Frame};
use super::join::{Default, join, join_scopes};
use super::value::{Class, Code, Field, Function, Names, Scope, Value};

/// Rounds of a loop that are executed.
const MOST_ROUNDS: usize = 300;

/// How a block ended.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Flow<'a> {
    /// The next statement follows.
    Next,
    /// The function returned.
    Return(Value<'a>),
    /// An exception, or the end of the program.
    Raise,
    /// `break` or `continue`.
    Loop,
}

/// A branch: the condition under which it is taken, and what it executes.
type Branch<'a> = (Option<&'a Expr>, &'a [Stmt]);

impl<'a> Evaluator<'a> {
    /// Executes a block.
    pub(crate) fn execute(&mut self, body: &'a [Stmt], frame: &mut Frame<'a>) -> Flow<'a> {
        if self.depth >= DEEPEST {
            return Flow::Next;
        }
        self.depth += 1;
        let (conditional, blamed) = (self.conditional, frame.blamed.len());
        let mut flow = Flow::Next;
        for statement in body {
            if !self.step() {
                break;
            }
            flow = self.statement(statement, frame);
            if flow != Flow::Next {
                break;
            }
        }
        self.conditional = conditional;
        frame.blamed.truncate(blamed);
        self.depth -= 1;
        flow
    }

    fn statement(&mut self, statement: &'a Stmt, frame: &mut Frame<'a>) -> Flow<'a> {
        match statement {
            Stmt::Expr(expression) => {
                if let Expr::Call(call) = &*expression.value
                    && ends_the_program(&call.func)
                {
                    self.blame(frame);
                    return Flow::Raise;
                }
                self.evaluate(&expression.value, frame);
            }
            Stmt::Assign(assign) => {
                let value = self.evaluate(&assign.value, frame);
                for target in &assign.targets {
                    self.assign_to(target, value.clone(), frame);
                }
            }
            Stmt::AnnAssign(assign) => {
                let value = assign
                    .value
                    .as_ref()
                    .map(|value| self.evaluate(value, frame));
                if let (Expr::Name(name), Some(_)) = (&*assign.target, &frame.fields) {
                    let field = Field {
                        name: name.id.as_str().into(),
                        annotation: &assign.annotation,
                        default: value.clone(),
                        spot: self.spot(frame, assign.range().start()),
                    };
                    frame.fields.get_or_insert_default().push(field);
                }
                if let Some(value) = value {
                    self.assign_to(&assign.target, value, frame);
                }
            }
            Stmt::AugAssign(assign) => {
                let right = self.evaluate(&assign.value, frame);
                let spot = self.spot(frame, assign.range().start());
                self.modify(&assign.target, frame, spot, &mut |left| {
                    Value::zip(left, &right, |left, right| {
                        super::operators::binary(assign.op, left, right)
                    })
                });
            }
            Stmt::If(branches) => return self.branch(branches, frame),
            Stmt::Try(attempt) => return self.attempt(attempt, frame),
            Stmt::For(each) => return self.each(each, frame),
            Stmt::While(repeat) => {
                if self.evaluate(&repeat.test, frame).truth() != Some(false) {
                    self.once(&repeat.body, frame);
                }
            }
            Stmt::With(with) => return self.with(with, frame),
            Stmt::Match(cases) => return self.cases(cases, frame),
            Stmt::FunctionDef(definition) => self.define(definition, frame),
            Stmt::ClassDef(definition) => self.define_class(definition, frame),
            Stmt::Import(import) => return self.import_modules(import, frame),
            Stmt::ImportFrom(import) => return self.import_names(import, frame),
            Stmt::Return(statement) => {
                let value = statement
                    .value
                    .as_ref()
                    .map_or(Value::None, |value| self.evaluate(value, frame));
                return Flow::Return(value);
            }
            Stmt::Raise(_) => {
                self.blame(frame);
                return Flow::Raise;
            }
            Stmt::Assert(assert) => {
                let test = self.evaluate(&assert.test, frame);
                if test.default().and_then(Value::truth) == Some(false) {
                    frame.blamed.push(test.names());
                    self.blame(frame);
                    frame.blamed.pop();
                }
            }
            Stmt::Delete(delete) => {
                for target in &delete.targets {
                    if let Expr::Name(name) = target {
                        self.scope(frame).shift_remove(name.id.as_str());
                    }
                }
            }
            Stmt::Global(global) => frame
                .globals
                .extend(global.names.iter().map(|name| Rc::from(name.as_str()))),
            Stmt::Break(_) | Stmt::Continue(_) => return Flow::Loop,
            Stmt::Pass(_) | Stmt::Nonlocal(_) | Stmt::TypeAlias(_) | Stmt::IpyEscapeCommand(_) => {}
        }
        Flow::Next
    }

    /// Assigns to a name, a subscript, or several of them.
    pub(crate) fn assign_to(&mut self, target: &'a Expr, value: Value<'a>, frame: &mut Frame<'a>) {
        let spot = self.spot(frame, target.range().start());
        match target {
            Expr::Name(name) => self.assign(frame, name.id.as_str(), value, spot),
            Expr::Tuple(tuple) => self.assign_each(&tuple.elts, &value, frame),
            Expr::List(list) => self.assign_each(&list.elts, &value, frame),
            Expr::Starred(starred) => self.assign_to(&starred.value, value, frame),
            Expr::Subscript(_) | Expr::Attribute(_) => {
                self.modify(target, frame, spot, &mut |_| value.clone());
            }
            _ => {}
        }
    }

    fn assign_each(&mut self, targets: &'a [Expr], value: &Value<'a>, frame: &mut Frame<'a>) {
        for (index, target) in targets.iter().enumerate() {
            let item = value.map(|value| match value {
                Value::List(items) if items.len() == targets.len() => items[index].clone(),
                other => Value::made_from([other]),
            });
            self.assign_to(target, item, frame);
        }
    }

    fn branch(&mut self, branches: &'a StmtIf, frame: &mut Frame<'a>) -> Flow<'a> {
        let first: Branch<'a> = (Some(&branches.test), &branches.body);
        let rest = branches
            .elif_else_clauses
            .iter()
            .map(|clause| (clause.test.as_ref(), &*clause.body));
        let all: Vec<Branch<'a>> = std::iter::once(first).chain(rest).collect();
        self.choose(&all, frame)
    }

    fn choose(&mut self, branches: &[Branch<'a>], frame: &mut Frame<'a>) -> Flow<'a> {
        let Some(((test, body), rest)) = branches.split_first() else {
            return Flow::Next;
        };
        let Some(test) = test else {
            return self.execute(body, frame);
        };
        if self.depth >= DEEPEST {
            return Flow::Next;
        }
        let condition = self.evaluate(test, frame);
        match condition.truth() {
            Some(true) => self.execute(body, frame),
            Some(false) => self.choose(rest, frame),
            None => {
                self.depth += 1;
                let flow = self.both(&condition, body, rest, frame);
                self.depth -= 1;
                flow
            }
        }
    }

    /// Executes both branches of a condition that is not known, and joins what they did.
    fn both(
        &mut self,
        condition: &Value<'a>,
        body: &'a [Stmt],
        rest: &[Branch<'a>],
        frame: &mut Frame<'a>,
    ) -> Flow<'a> {
        let default = match condition.default().and_then(Value::truth) {
            Some(true) => Default::Left,
            Some(false) => Default::Right,
            None => Default::Neither,
        };
        let before = self.scope(frame).clone();
        // Of two ways to configure something, neither is required.
        let is_presence = self.is_presence(condition) && !rest.is_empty() && !ends_at_once(body);
        frame.blamed.push(condition.names());
        let left = self.under(default == Default::Left && !is_presence, |own| {
            own.execute(body, frame)
        });
        let after_left = std::mem::replace(self.scope(frame), before);
        let right = self.under(
            default == Default::Right && (!is_presence || only_raises(rest)),
            |own| own.choose(rest, frame),
        );
        frame.blamed.pop();
        self.meet((left, after_left), right, default, condition, frame)
    }

    /// Executes something, conditionally unless an empty environment gets there.
    fn under<T>(&mut self, is_default: bool, run: impl FnOnce(&mut Self) -> T) -> T {
        let conditional = self.conditional;
        if !is_default {
            self.conditional += 1;
        }
        let result = run(self);
        self.conditional = conditional;
        result
    }

    /// Joins two branches; the scope at hand is the right one's.
    fn meet(
        &mut self,
        (left, after_left): (Flow<'a>, Scope<'a>),
        right: Flow<'a>,
        default: Default,
        condition: &Value<'a>,
        frame: &mut Frame<'a>,
    ) -> Flow<'a> {
        match (left, right) {
            (Flow::Next | Flow::Loop, Flow::Next | Flow::Loop) => {
                let after_right = std::mem::take(self.scope(frame));
                let deciders = Rc::new(condition.names());
                *self.scope(frame) = join_scopes(after_left, &after_right, default, &deciders);
                Flow::Next
            }
            (Flow::Return(left), Flow::Return(right)) => {
                Flow::Return(join(&left, &right, default, &Rc::new(condition.names())))
            }
            (Flow::Return(value), Flow::Raise) | (Flow::Raise, Flow::Return(value)) => {
                Flow::Return(value)
            }
            (Flow::Raise, Flow::Raise) => Flow::Raise,
            (ended @ (Flow::Return(_) | Flow::Raise), _) => {
                self.leave(ended, default == Default::Left, condition, frame);
                Flow::Next
            }
            (_, ended) => {
                *self.scope(frame) = after_left;
                self.leave(ended, default == Default::Right, condition, frame);
                Flow::Next
            }
        }
    }

    /// One branch ended the function or the program; what follows happens on the other one.
    fn leave(
        &mut self,
        ended: Flow<'a>,
        is_default: bool,
        condition: &Value<'a>,
        frame: &mut Frame<'a>,
    ) {
        frame.blamed.push(condition.names());
        if let Flow::Return(value) = ended {
            frame.returned.push((value, is_default));
            if is_default {
                self.conditional += 1;
            }
        }
    }

    fn attempt(&mut self, attempt: &'a StmtTry, frame: &mut Frame<'a>) -> Flow<'a> {
        let gives_up = |handler: &ExceptHandler| {
            let ExceptHandler::ExceptHandler(handler) = handler;
            handler.body.last().is_some_and(|last| match last {
                Stmt::Raise(_) => true,
                Stmt::Expr(expression) => {
                    matches!(&*expression.value, Expr::Call(call) if ends_the_program(&call.func))
                }
                _ => false,
            })
        };
        let is_caught = attempt
            .handlers
            .iter()
            .any(|handler| !gives_up(handler) && catches_missing_keys(handler));
        let before = self.scope(frame).clone();
        let (reads, opened) = (self.bare_reads, self.opened);
        self.tries += 1;
        let body = self.under(!is_caught, |own| own.execute(&attempt.body, frame));
        self.tries -= 1;
        let has_failed = body == Flow::Raise;
        let may_fail = (is_caught && self.bare_reads > reads) || self.opened > opened;
        let handler = attempt
            .handlers
            .iter()
            .find(|handler| !gives_up(handler))
            .map(|handler| {
                let ExceptHandler::ExceptHandler(handler) = handler;
                handler
            });
        let flow = match handler {
            Some(handler) if has_failed => {
                self.bind_exception(handler.name.as_ref(), frame);
                self.execute(&handler.body, frame)
            }
            Some(handler) if may_fail => {
                let after_body = std::mem::replace(self.scope(frame), before);
                self.bind_exception(handler.name.as_ref(), frame);
                let handled = self.execute(&handler.body, frame);
                self.meet(
                    (body, after_body),
                    handled,
                    Default::Right,
                    &Value::unknown(),
                    frame,
                )
            }
            _ if body == Flow::Next => self.execute(&attempt.orelse, frame),
            _ => body,
        };
        match self.execute(&attempt.finalbody, frame) {
            Flow::Next => flow,
            ended => ended,
        }
    }

    fn bind_exception(
        &mut self,
        name: Option<&'a ruff_python_ast::Identifier>,
        frame: &mut Frame<'a>,
    ) {
        if let Some(name) = name {
            let spot = self.spot(frame, name.range().start());
            self.assign(frame, name.as_str(), Value::unknown(), spot);
        }
    }

    fn each(&mut self, each: &'a StmtFor, frame: &mut Frame<'a>) -> Flow<'a> {
        let iterated = self.evaluate(&each.iter, frame);
        let Some(items) = super::operators::iterate(&iterated) else {
            let item = Value::made_from([&iterated]);
            self.assign_to(&each.target, item, frame);
            self.once(&each.body, frame);
            return Flow::Next;
        };
        for item in items.into_iter().take(MOST_ROUNDS) {
            self.assign_to(&each.target, item, frame);
            match self.execute(&each.body, frame) {
                Flow::Next | Flow::Loop => {}
                ended => return ended,
            }
            if !self.step() {
                break;
            }
        }
        self.execute(&each.orelse, frame)
    }

    /// Executes a body that may not be executed at all.
    fn once(&mut self, body: &'a [Stmt], frame: &mut Frame<'a>) {
        let before = self.scope(frame).clone();
        let flow = self.under(false, |own| own.execute(body, frame));
        if let Flow::Return(value) = flow {
            frame.returned.push((value, false));
        }
        let after = std::mem::take(self.scope(frame));
        *self.scope(frame) = join_scopes(before, &after, Default::Neither, &Names::default());
    }

    fn with(&mut self, with: &'a StmtWith, frame: &mut Frame<'a>) -> Flow<'a> {
        let mut prefix = None;
        for item in &with.items {
            let value = self.evaluate(&item.context_expr, frame);
            if let Expr::Call(call) = &item.context_expr
                && let Expr::Attribute(attribute) = &*call.func
                && attribute.attr.as_str() == "prefixed"
                && let Expr::Name(receiver) = &*attribute.value
            {
                let argument = call
                    .arguments
                    .args
                    .first()
                    .map(|argument| self.evaluate(argument, frame));
                prefix = argument
                    .and_then(|argument| argument.as_text().map(str::to_owned))
                    .map(|text| (receiver.id.as_str(), text));
            }
            if let Some(target) = &item.optional_vars {
                self.assign_to(target, value, frame);
            }
        }
        let Some((receiver, prefix)) = prefix else {
            return self.execute(&with.body, frame);
        };
        let spot = self.spot(frame, with.range().start());
        let before = self.lookup(frame, receiver);
        self.change(frame, receiver, spot, &mut |value| {
            super::environment::with_prefix(value, &prefix)
        });
        let flow = self.execute(&with.body, frame);
        if let Some(before) = before {
            self.change(frame, receiver, spot, &mut |_| before.clone());
        }
        flow
    }

    fn cases(&mut self, cases: &'a StmtMatch, frame: &mut Frame<'a>) -> Flow<'a> {
        let subject = self.evaluate(&cases.subject, frame);
        for case in &cases.cases {
            let literal = match &case.pattern {
                ruff_python_ast::Pattern::MatchValue(pattern) => {
                    Some(self.evaluate(&pattern.value, frame))
                }
                _ => None,
            };
            let holds = literal.map_or(Value::unknown(), |literal| {
                Value::zip(&subject, &literal, |left, right| {
                    super::operators::equal(left, right)
                })
            });
            match holds.truth() {
                Some(true) => return self.execute(&case.body, frame),
                Some(false) => {}
                None => {
                    let before = self.scope(frame).clone();
                    let is_default = holds.default().and_then(Value::truth) == Some(true);
                    let flow = self.under(is_default, |own| own.execute(&case.body, frame));
                    if let Flow::Return(value) = flow {
                        frame.returned.push((value, is_default));
                        *self.scope(frame) = before;
                        continue;
                    }
                    let after = std::mem::take(self.scope(frame));
                    let default = if is_default {
                        Default::Right
                    } else {
                        Default::Left
                    };
                    *self.scope(frame) =
                        join_scopes(before, &after, default, &Rc::new(holds.names()));
                }
            }
        }
        Flow::Next
    }

    fn define(&mut self, definition: &'a StmtFunctionDef, frame: &mut Frame<'a>) {
        let spot = self.spot(frame, definition.range().start());
        let outer = self.closure(frame);
        let function = Value::Function(Function {
            module: frame.module,
            code: Code::Definition(definition),
            outer,
        });
        let wraps = definition.decorator_list.iter().any(|decorator| {
            !matches!(&decorator.expression, Expr::Name(name) if matches!(name.id.as_str(), "staticmethod" | "classmethod" | "property" | "lru_cache" | "cache"))
                && !matches!(&decorator.expression, Expr::Attribute(attribute) if matches!(attribute.attr.as_str(), "lru_cache" | "cache" | "cached_property" | "setter"))
                && !matches!(&decorator.expression, Expr::Call(call) if matches!(&*call.func, Expr::Name(name) if name.id.as_str() == "lru_cache"))
        });
        let value = if wraps { Value::unknown() } else { function };
        self.assign(frame, definition.name.as_str(), value, spot);
    }

    /// The variables that a function defined here can see besides those of its module.
    pub(crate) fn closure(&self, frame: &Frame<'a>) -> Rc<Scope<'a>> {
        match &frame.locals {
            None => frame.outer.clone(),
            Some(locals) => {
                let mut outer = (*frame.outer).clone();
                outer.extend(
                    locals
                        .iter()
                        .map(|(name, binding)| (name.clone(), binding.clone())),
                );
                Rc::new(outer)
            }
        }
    }

    fn define_class(&mut self, definition: &'a StmtClassDef, frame: &mut Frame<'a>) {
        let spot = self.spot(frame, definition.range().start());
        let bases = definition
            .arguments
            .as_ref()
            .map_or_else(Vec::new, |arguments| {
                arguments
                    .args
                    .iter()
                    .map(|base| self.evaluate(base, frame))
                    .collect()
            });
        let mut body = Frame {
            module: frame.module,
            locals: Some(Scope::new()),
            outer: self.closure(frame),
            fields: Some(Vec::new()),
            ..Frame::default()
        };
        self.execute(&definition.body, &mut body);
        let class = Class {
            name: definition.name.as_str().into(),
            bases,
            attributes: body.locals.unwrap_or_default(),
            fields: body.fields.unwrap_or_default(),
        };
        self.assign(
            frame,
            definition.name.as_str(),
            Value::Class(Rc::new(class)),
            spot,
        );
    }
}

/// Whether a block does nothing but raise.
fn ends_at_once(body: &[Stmt]) -> bool {
    matches!(body.last(), Some(Stmt::Raise(_)))
}

/// Whether what is left of a chain of conditions does nothing but raise.
fn only_raises(rest: &[Branch<'_>]) -> bool {
    matches!(rest, [(None, body)] if ends_at_once(body))
}

/// Whether a call never returns.
fn ends_the_program(function: &Expr) -> bool {
    match function {
        Expr::Name(name) => matches!(name.id.as_str(), "exit" | "quit"),
        Expr::Attribute(attribute) => {
            matches!(attribute.attr.as_str(), "exit" | "_exit" | "abort")
                && matches!(&*attribute.value, Expr::Name(name) if matches!(name.id.as_str(), "sys" | "os"))
        }
        _ => false,
    }
}

/// Whether a handler catches what a missing environment variable raises.
fn catches_missing_keys(handler: &ExceptHandler) -> bool {
    let ExceptHandler::ExceptHandler(handler) = handler;
    let Some(caught) = &handler.type_ else {
        return true;
    };
    let names: Vec<&Expr> = match &**caught {
        Expr::Tuple(tuple) => tuple.elts.iter().collect(),
        single => vec![single],
    };
    names.into_iter().any(|name| {
        let name = match name {
            Expr::Name(name) => name.id.as_str(),
            Expr::Attribute(attribute) => attribute.attr.as_str(),
            _ => return true,
        };
        !matches!(
            name,
            "ImportError"
                | "ModuleNotFoundError"
                | "OSError"
                | "IOError"
                | "FileNotFoundError"
                | "ValueError"
                | "TypeError"
                | "AttributeError"
                | "NameError"
        )
    })
}
