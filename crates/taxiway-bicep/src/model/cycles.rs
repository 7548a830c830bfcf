//! Declarations that need themselves.

use std::collections::HashMap;

use taxiway_diagnostics::Span;

use super::{DeclarationId, DeclarationKind, Model, Target, Workspace};
use crate::ast::walk::{body_children, descendants};
use crate::ast::{Expr, ExprKind};

/// Reports cycles of parameters, variables, functions, resources and modules; whether there are any.
pub(super) fn report(workspace: &Workspace<'_>, model: &Model) -> bool {
    let edges: Vec<Vec<DeclarationId>> = (0..model.declarations.len())
        .map(|declaration| references(model, declaration))
        .collect();
    let cycles = find(&edges);
    for (declaration, path) in &cycles {
        // What is to blame is the use of the next one on the way.
        let next = path.get(1).unwrap_or(declaration);
        let blamed = uses(model, *declaration)
            .into_iter()
            .find(|(used, _)| used == next)
            .map(|(_, span)| span);
        let name = crate::ast::Ident {
            text: std::rc::Rc::clone(&model.declarations[*declaration].name.text),
            span: blamed.unwrap_or(model.declarations[*declaration].name.span),
        };
        if path.len() == 1 {
            let message = format!("`{}` refers to itself", name.text);
            workspace.error(&model.path, name.span, "BCP079", message);
        } else {
            let names: Vec<_> = path
                .iter()
                .chain(path.first())
                .map(|id| format!("`{}`", model.declarations[*id].name.text))
                .collect();
            let message = format!("these need each other in a circle: {}", names.join(" → "));
            workspace.error(&model.path, name.span, "BCP080", message);
        }
    }
    !cycles.is_empty()
}

pub(super) fn references(model: &Model, declaration: DeclarationId) -> Vec<DeclarationId> {
    let uses = uses(model, declaration);
    uses.into_iter().map(|(used, _)| used).collect()
}

/// The declarations that the value of `declaration` uses, and where.
fn uses(model: &Model, declaration: DeclarationId) -> Vec<(DeclarationId, Span)> {
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
                found.push((id, name.span));
            }
        });
    };
    match &model.declarations[declaration].kind {
        DeclarationKind::Parameter(parameter) => {
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
fn find(edges: &[Vec<DeclarationId>]) -> Vec<(DeclarationId, Vec<DeclarationId>)> {
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
    let mut cycles: Vec<_> = cycles.into_iter().collect();
    cycles.sort();
    cycles
}
