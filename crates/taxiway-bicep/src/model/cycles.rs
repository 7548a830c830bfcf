//! Declarations that need themselves.

use std::collections::HashMap;

use super::{DeclarationId, DeclarationKind, Model, Target};
use crate::ast::walk::{body_children, descendants};
use crate::ast::{Expr, ExprKind};

/// The parameters, variables, functions, resources and modules that need themselves, with the way around.
pub(crate) fn cycles(model: &Model) -> HashMap<DeclarationId, Vec<DeclarationId>> {
    let edges: Vec<Vec<DeclarationId>> = (0..model.declarations.len())
        .map(|declaration| references(model, declaration))
        .collect();
    find_cycles(&edges)
}

/// The declarations that the value of `declaration` uses.
pub(crate) fn references(model: &Model, declaration: DeclarationId) -> Vec<DeclarationId> {
    let mut found = Vec::new();
    let mut visit = |expr: &Expr| {
        descendants(expr, &mut |inner| {
            let name = match &inner.kind {
                ExprKind::Name(name)
                | ExprKind::Nested { name, .. }
                | ExprKind::Call { name, .. } => name,
                _ => return,
            };
            if let Some(Target::Declaration(id)) = model.target(name) {
                found.push(id);
            }
        });
    };
    match &model.declarations[declaration].kind {
        DeclarationKind::Parameter(parameter) => {
            for decorator in &parameter.decorators {
                let arguments = decorator.call().map_or(&[][..], |(_, arguments)| arguments);
                arguments.iter().for_each(&mut visit);
            }
            parameter.default.iter().for_each(&mut visit);
        }
        DeclarationKind::Variable(variable) => visit(&variable.value),
        DeclarationKind::Function(function) => visit(&function.body),
        DeclarationKind::Resource(resource) => {
            body_children(&model.resources[*resource].syntax.body, &mut visit);
        }
        DeclarationKind::Module(module) => {
            body_children(&model.modules[*module].syntax.body, &mut visit);
        }
        DeclarationKind::Type(_)
        | DeclarationKind::Imported { .. }
        | DeclarationKind::Wildcard(_)
        | DeclarationKind::Extension
        | DeclarationKind::Test
        | DeclarationKind::Unknown => {}
    }
    found
}

#[derive(Clone, Copy, PartialEq)]
enum Mark {
    New,
    Open,
    Done,
}

/// Each declaration that lies on a cycle, with the cycle from it on. Without recursion, as chains may be long.
pub(crate) fn find_cycles(
    edges: &[Vec<DeclarationId>],
) -> HashMap<DeclarationId, Vec<DeclarationId>> {
    let mut marks = vec![Mark::New; edges.len()];
    let mut cycles: HashMap<DeclarationId, Vec<DeclarationId>> = HashMap::new();
    for root in 0..edges.len() {
        if marks[root] != Mark::New {
            continue;
        }
        let mut stack = vec![(root, 0)];
        marks[root] = Mark::Open;
        while let Some((node, next)) = stack.last_mut() {
            let Some(target) = edges[*node].get(*next).copied() else {
                marks[*node] = Mark::Done;
                stack.pop();
                continue;
            };
            *next += 1;
            match marks[target] {
                Mark::New => {
                    marks[target] = Mark::Open;
                    stack.push((target, 0));
                }
                Mark::Open => {
                    let start = stack.iter().position(|(open, _)| *open == target);
                    let cycle: Vec<_> = stack[start.unwrap_or(0)..]
                        .iter()
                        .map(|(open, _)| *open)
                        .collect();
                    for (offset, member) in cycle.iter().enumerate() {
                        let mut rotated = cycle.clone();
                        rotated.rotate_left(offset);
                        cycles.entry(*member).or_insert(rotated);
                    }
                }
                Mark::Done => {}
            }
        }
    }
    cycles
}
