//! Which variables lead to resources and modules, and how far down.

use std::collections::HashSet;

use super::{DeclarationId, DeclarationKind, Model, ResourceId, Target, Workspace, cycles};
use crate::ast::walk::descendants;
use crate::ast::{Expr, ExprKind};
use crate::functions;

/// Variables that refer to variables: how many in a row may lead to something that only the deployment knows.
const MAX_DEPTH: usize = 100;

/// The variables whose value needs a resource, a module or a function that only the deployment can answer, directly or
/// through others; and all declarations, each after those it refers to. Chains that are too long are reported.
pub(super) fn find(
    workspace: &Workspace<'_>,
    model: &Model,
) -> (HashSet<DeclarationId>, Vec<DeclarationId>) {
    let edges: Vec<Vec<DeclarationId>> = (0..model.declarations.len())
        .map(|declaration| cycles::references(model, declaration))
        .collect();
    let order = order_of(&edges);
    let mut depths = vec![0usize; edges.len()];
    let mut reaching = HashSet::new();
    for id in &order {
        let through = |targets: &[DeclarationId]| {
            let depths = targets.iter().map(|target| depths[*target]);
            depths.max().unwrap_or(0)
        };
        let depth = match &model.declarations[*id].kind {
            DeclarationKind::Variable(variable) => {
                let own = usize::from(calls_runtime_function(&variable.value));
                match through(&edges[*id]).max(own) {
                    0 => continue,
                    depth => {
                        reaching.insert(*id);
                        depth + 1
                    }
                }
            }
            DeclarationKind::Resource(resource) => {
                through(&identity_references(model, *resource)) + 1
            }
            DeclarationKind::Module(_) => 1,
            _ => continue,
        };
        depths[*id] = depth;
        if depth == MAX_DEPTH {
            let message = format!(
                "more than {MAX_DEPTH} variables and resources refer to each other in a row"
            );
            let span = model.declarations[*id].name.span;
            workspace.error(&model.path, span, "too-long-a-chain", message);
        }
    }
    (reaching, order)
}

/// What the name, parent and scope of a resource refer to.
fn identity_references(model: &Model, resource: ResourceId) -> Vec<DeclarationId> {
    let mut found = Vec::new();
    let object = model.resources[resource].syntax.body.object.as_ref();
    for property in ["name", "parent", "scope"] {
        if let Some(property) = object.and_then(|object| object.get(property)) {
            descendants(&property.value, &mut |inner| {
                if let ExprKind::Name(name) | ExprKind::Nested { name, .. } = &inner.kind
                    && let Some(Target::Declaration(id)) = model.target(name)
                {
                    found.push(id);
                }
            });
        }
    }
    found
}

fn calls_runtime_function(expr: &Expr) -> bool {
    let mut found = false;
    descendants(expr, &mut |inner| {
        found |= match &inner.kind {
            ExprKind::Call { name, .. } => functions::needs_runtime(&name.text),
            ExprKind::Method { base, name, .. } => {
                functions::needs_runtime(&name.text)
                    || matches!(&base.kind, ExprKind::Name(base) if &*base.text == "this")
            }
            _ => false,
        };
    });
    found
}

/// Each declaration after those it refers to. Without recursion, as chains may be long.
pub(crate) fn order_of(edges: &[Vec<DeclarationId>]) -> Vec<DeclarationId> {
    let mut order = Vec::with_capacity(edges.len());
    let mut visited = vec![false; edges.len()];
    for root in 0..edges.len() {
        if visited[root] {
            continue;
        }
        visited[root] = true;
        let mut stack = vec![(root, 0)];
        while let Some((node, next)) = stack.last_mut() {
            match edges[*node].get(*next).copied() {
                Some(target) => {
                    *next += 1;
                    if !visited[target] {
                        visited[target] = true;
                        stack.push((target, 0));
                    }
                }
                None => {
                    order.push(*node);
                    stack.pop();
                }
            }
        }
    }
    order
}
