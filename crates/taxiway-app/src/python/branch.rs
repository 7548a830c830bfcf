//! Branches: both sides of a condition that depends on the environment are executed, and what they did is joined.

use std::rc::Rc;

use ruff_python_ast::{Expr, Stmt, StmtIf, StmtMatch};

use super::evaluator::{DEEPEST, Evaluator, Frame};
use super::join::{Default, join, join_scopes};
use super::statement::Flow;
use super::value::{Scope, Value};

/// A branch: the condition under which it is taken, and what it executes.
type Branch<'a> = (Option<&'a Expr>, &'a [Stmt]);

impl<'a> Evaluator<'a> {
    pub(super) fn branch(&mut self, branches: &'a StmtIf, frame: &mut Frame<'a>) -> Flow<'a> {
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
    pub(super) fn under<T>(&mut self, is_default: bool, run: impl FnOnce(&mut Self) -> T) -> T {
        let conditional = self.conditional;
        if !is_default {
            self.conditional += 1;
        }
        let result = run(self);
        self.conditional = conditional;
        result
    }

    /// Joins two branches; the scope at hand is the right one's.
    pub(super) fn meet(
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

    pub(super) fn cases(&mut self, cases: &'a StmtMatch, frame: &mut Frame<'a>) -> Flow<'a> {
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
}

/// Whether a block does nothing but raise.
fn ends_at_once(body: &[Stmt]) -> bool {
    matches!(body.last(), Some(Stmt::Raise(_)))
}

/// Whether what is left of a chain of conditions does nothing but raise.
fn only_raises(rest: &[Branch<'_>]) -> bool {
    matches!(rest, [(None, body)] if ends_at_once(body))
}
