//! The names that only a part of a template knows: loops, lambda variables, arguments of user-defined functions.

use std::cell::Cell;

use super::{Failure, Reduced};

/// How deep evaluation may nest, over lambdas and user-defined functions; it bounds the use of the stack.
const MAX_DEPTH: usize = 250;

/// The local names in force where an expression stands.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Frame<'f> {
    /// What `copyIndex()` without a name gives.
    copy_index: Option<usize>,
    loops: Option<&'f CopyFrame<'f>>,
    lambda: Option<&'f LambdaFrame<'f>>,
    arguments: Option<&'f FunctionArguments<'f>>,
    /// The parameter whose default value this is, and how many GUIDs it has made.
    default_of: Option<(&'f str, &'f Cell<u32>)>,
    /// Whether an inner loop, unknown here, owns `copyIndex()`.
    has_foreign_loop: bool,
    depth: usize,
}

#[derive(Debug)]
struct CopyFrame<'f> {
    name: &'f str,
    index: usize,
    parent: Option<&'f CopyFrame<'f>>,
}

#[derive(Debug)]
struct LambdaFrame<'f> {
    name: &'f str,
    /// Not known while the lambda is only written out.
    value: Option<&'f Reduced<'f>>,
    parent: Option<&'f LambdaFrame<'f>>,
}

/// The arguments of a call of a user-defined function, by parameter.
pub(crate) type FunctionArguments<'f> = Vec<(&'f str, Reduced<'f>)>;

/// A local name: known, known to be unknown, or not there.
pub(super) enum Local<T> {
    Known(T),
    Open,
    Missing,
}

impl<'f> Frame<'f> {
    /// The frame of a parameter's default value, in which `utcNow` and `newGuid` may be used.
    pub(crate) fn default_of(parameter: &'f str, guids: &'f Cell<u32>) -> Self {
        Self {
            default_of: Some((parameter, guids)),
            ..Self::default()
        }
    }

    /// The frame inside a user-defined function.
    pub(super) fn function(&self, arguments: &'f FunctionArguments<'f>) -> Self {
        Self {
            arguments: Some(arguments),
            depth: self.depth,
            ..Self::default()
        }
    }

    /// The element `index` of a resource or output loop.
    pub(crate) const fn with_copy_index(mut self, index: usize) -> Self {
        self.copy_index = Some(index);
        self
    }

    /// Inside a loop that belongs to a nested template and is expanded later.
    pub(crate) const fn with_foreign_loop(mut self) -> Self {
        self.has_foreign_loop = true;
        self
    }

    /// The element `index` of a named loop.
    pub(crate) fn in_loop<T>(
        &self,
        name: &str,
        index: usize,
        body: impl FnOnce(&Frame<'_>) -> T,
    ) -> T {
        let copy = CopyFrame {
            name,
            index,
            parent: self.loops,
        };
        body(&Frame {
            loops: Some(&copy),
            ..*self
        })
    }

    /// With a lambda variable; without a value it stays open.
    pub(super) fn in_lambda<T>(
        &self,
        name: &str,
        value: Option<&Reduced<'_>>,
        body: impl FnOnce(&Frame<'_>) -> T,
    ) -> T {
        let lambda = LambdaFrame {
            name,
            value,
            parent: self.lambda,
        };
        body(&Frame {
            lambda: Some(&lambda),
            ..*self
        })
    }

    /// One level deeper.
    pub(super) fn deeper(&self) -> Result<Self, Failure> {
        if self.depth >= MAX_DEPTH {
            return Err(Failure::new(format!(
                "The evaluation nests deeper than {MAX_DEPTH} levels."
            )));
        }
        Ok(Self {
            depth: self.depth + 1,
            ..*self
        })
    }

    pub(super) fn copy_index(&self, name: Option<&str>) -> Local<usize> {
        let Some(name) = name else {
            return match self.copy_index {
                _ if self.has_foreign_loop => Local::Open,
                Some(index) => Local::Known(index),
                None => Local::Missing,
            };
        };
        let mut current = self.loops;
        while let Some(copy) = current {
            if copy.name.eq_ignore_ascii_case(name) {
                return Local::Known(copy.index);
            }
            current = copy.parent;
        }
        if self.has_foreign_loop {
            Local::Open
        } else {
            Local::Missing
        }
    }

    pub(super) fn lambda_variable(&self, name: &str) -> Local<Reduced<'f>> {
        let mut current = self.lambda;
        while let Some(lambda) = current {
            if lambda.name.eq_ignore_ascii_case(name) {
                return match lambda.value {
                    Some(value) => Local::Known(value.borrowed()),
                    None => Local::Open,
                };
            }
            current = lambda.parent;
        }
        Local::Missing
    }

    pub(super) const fn arguments(&self) -> Option<&'f FunctionArguments<'f>> {
        self.arguments
    }

    /// The parameter whose default value this is, and the number of the next GUID in it.
    pub(super) fn next_guid(&self) -> Option<(&'f str, u32)> {
        let (parameter, guids) = self.default_of?;
        let number = guids.get();
        guids.set(number + 1);
        Some((parameter, number))
    }

    pub(super) const fn is_parameter_default(&self) -> bool {
        self.default_of.is_some()
    }
}
