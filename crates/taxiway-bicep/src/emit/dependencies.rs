//! What a resource or module waits for.

use std::collections::HashSet;

use super::Emitter;
use super::environment::Context;
use super::identity::{Element, Symbol};
use crate::arm::Arm;
use crate::ast::walk::{children, descendants};
use crate::ast::{ArrayItem, Expr, ExprKind, Object, ObjectItem};
use crate::culture;
use crate::json::Json;
use crate::model::{DeclarationId, DeclarationKind, Parent, Target};

/// How the target is used.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Strength {
    /// Its state is read.
    Body,
    /// Only what its declaration says already.
    Identity,
}

/// The index, with the offset of the expression it was written as: each such expression counts for itself.
type Index = (u32, Arm);

struct Use {
    symbol: Symbol,
    index: Option<Index>,
    strength: Strength,
}

impl Emitter<'_> {
    /// The `dependsOn` of an element as its own declaration sees it.
    pub(super) fn depends_on(&self, element: &Element) -> Option<Json> {
        let mut found = Vec::new();
        self.collect_uses(element, &mut found, 0);
        let model = element.model();
        let mut targets: Vec<(Symbol, Vec<Option<Index>>)> = Vec::new();
        for used in found {
            if used.symbol == element.symbol {
                continue;
            }
            match targets
                .iter_mut()
                .find(|(symbol, _)| *symbol == used.symbol)
            {
                Some((_, indices)) if !indices.contains(&used.index) => indices.push(used.index),
                Some(_) => {}
                None => targets.push((used.symbol, vec![used.index])),
            }
        }
        targets
            .sort_by(|(left, _), (right, _)| culture::compare(left.name(model), right.name(model)));
        let entries: Vec<Json> = targets
            .into_iter()
            .flat_map(|(symbol, indices)| {
                let whole = indices.contains(&None);
                let indices = if whole { vec![None] } else { indices };
                indices
                    .into_iter()
                    .map(move |index| (symbol, index))
                    .collect::<Vec<_>>()
            })
            .map(|(symbol, index)| {
                self.dependency_entry(element, symbol, index.map(|(_, index)| index))
            })
            .collect();
        (!entries.is_empty()).then(|| entries.into())
    }

    fn dependency_entry(&self, element: &Element, symbol: Symbol, index: Option<Arm>) -> Json {
        let model = element.model();
        let name = symbol.name(model);
        let is_whole_collection = symbol.is_collection(model) && index.is_none();
        if is_whole_collection {
            return name.into();
        }
        let target = self.indexed(model, symbol, index);
        if model.symbolic {
            self.reference_key(&target).to_json()
        } else {
            self.element_id(&target).to_json()
        }
    }

    /// The uses in the declaration of `element`, with existing resources replaced by what they need in turn.
    fn collect_uses(&self, element: &Element, found: &mut Vec<Use>, depth: usize) {
        let mut collector = Collector {
            emitter: self,
            context: &element.context,
            own_locals: own_locals(element),
            visited: HashSet::new(),
            uses: Vec::new(),
        };
        collector.declaration(element);
        for used in collector.uses {
            self.add_use(element, used, found, depth);
        }
    }

    fn add_use(&self, element: &Element, used: Use, found: &mut Vec<Use>, depth: usize) {
        let model = element.model();
        let Symbol::Resource(resource) = used.symbol else {
            return found.push(used);
        };
        if !model.resources[resource].syntax.existing {
            return found.push(used);
        }
        let is_kept =
            model.symbolic && used.strength == Strength::Body && self.is_emitted(model, resource);
        if is_kept {
            return found.push(used);
        }
        // A cycle of existing resources has been reported; the bound only keeps this finite.
        if depth < 64 {
            let index = used.index.map(|(_, index)| index);
            let target = self.indexed(model, used.symbol, index);
            self.collect_uses(&target, found, depth + 1);
        }
    }
}

/// The offsets of the loop variables of the declaration itself.
fn own_locals(element: &Element) -> Vec<u32> {
    let head = element.symbol.body(element.model()).for_loop.as_ref();
    head.into_iter()
        .flat_map(|head| std::iter::once(&head.item).chain(&head.index))
        .map(|name| name.span.start)
        .collect()
}

struct Collector<'a, 'w> {
    emitter: &'a Emitter<'w>,
    context: &'a Context,
    own_locals: Vec<u32>,
    visited: HashSet<DeclarationId>,
    uses: Vec<Use>,
}

impl Collector<'_, '_> {
    fn declaration(&mut self, element: &Element) {
        let model = std::rc::Rc::clone(element.model());
        let body = element.symbol.body(&model);
        if let Some(head) = &body.for_loop {
            self.expression(&head.collection, Strength::Body);
        }
        if let Some(condition) = &body.condition {
            self.expression(condition, Strength::Body);
        }
        if let Symbol::Resource(resource) = element.symbol
            && let Some(Parent::Nested(parent)) = model.resources[resource].parent
        {
            self.uses.push(Use {
                symbol: Symbol::Resource(parent),
                index: None,
                strength: Strength::Identity,
            });
        }
        if let Some(object) = &body.object {
            self.body(object);
        }
    }

    fn body(&mut self, object: &Object) {
        for item in &object.items {
            match item {
                ObjectItem::Property(property) => {
                    for part in &property.key.parts {
                        self.expression(part, Strength::Body);
                    }
                    match property.key.plain() {
                        Some("parent" | "scope") => {
                            self.expression(&property.value, Strength::Identity);
                        }
                        Some("dependsOn") => self.explicit(&property.value),
                        _ => self.expression(&property.value, Strength::Body),
                    }
                }
                ObjectItem::Spread(value) => self.expression(value, Strength::Body),
                ObjectItem::Resource(_) => {}
            }
        }
    }

    fn explicit(&mut self, value: &Expr) {
        match &value.bare().kind {
            ExprKind::Array(items) => {
                for item in items {
                    match item {
                        ArrayItem::Value(value) | ArrayItem::Spread(value) => {
                            self.expression(value, Strength::Body);
                        }
                    }
                }
            }
            _ => self.expression(value, Strength::Body),
        }
    }

    /// `strength` holds for a symbol that is the whole expression.
    fn expression(&mut self, expr: &Expr, strength: Strength) {
        if self.symbol(expr, strength) {
            return;
        }
        match &expr.kind {
            ExprKind::Property { base, name, .. } => {
                self.expression(base, strength_of(&name.text));
            }
            ExprKind::Index { base, index, .. } => {
                let strength = index.plain_string().map_or(Strength::Body, strength_of);
                self.expression(base, strength);
                self.expression(index, Strength::Body);
            }
            ExprKind::Method {
                base, arguments, ..
            } => {
                self.expression(base, Strength::Identity);
                for argument in arguments {
                    self.expression(argument, Strength::Body);
                }
            }
            ExprKind::Paren(inner) | ExprKind::NonNull(inner) => self.expression(inner, strength),
            ExprKind::Name(name) => {
                if let Some(Target::Declaration(id)) = self.context.model.target(name) {
                    self.variable(id);
                }
            }
            _ => {
                let mut inner = Vec::new();
                children(expr, &mut |child| inner.push(child));
                for child in inner {
                    self.expression(child, Strength::Body);
                }
            }
        }
    }

    fn variable(&mut self, id: DeclarationId) {
        if !self.context.model.reaching.contains(&id) || !self.visited.insert(id) {
            return;
        }
        let model = std::rc::Rc::clone(&self.context.model);
        if let DeclarationKind::Variable(variable) = &model.declarations[id].kind {
            self.expression(&variable.value, Strength::Body);
        }
    }

    /// Records `expr` where it is a resource or module, or an element of a collection.
    fn symbol(&mut self, expr: &Expr, strength: Strength) -> bool {
        let (base, index) = match &expr.kind {
            ExprKind::Index {
                base,
                index,
                safe: false,
                from_end: false,
            } => (&**base, Some(&**index)),
            _ => (expr, None),
        };
        let (ExprKind::Name(name) | ExprKind::Nested { name, .. }) = &base.kind else {
            return false;
        };
        let Some(declaration) = self.context.model.declaration(name) else {
            return false;
        };
        let Some(symbol) = Symbol::of(&declaration.kind) else {
            return false;
        };
        if index.is_some() && !symbol.is_collection(&self.context.model) {
            return false;
        }
        if let Some(index) = index {
            self.expression(index, Strength::Body);
        }
        let index = index
            .filter(|index| self.can_stand_outside(index))
            .map(|index| (index.span.start, self.emitter.arm(self.context, index)));
        self.uses.push(Use {
            symbol,
            index,
            strength,
        });
        true
    }

    /// Whether an index means the same at the declaration's own level.
    fn can_stand_outside(&self, index: &Expr) -> bool {
        let mut result = true;
        descendants(index, &mut |inner| {
            if let ExprKind::Name(name) = &inner.kind
                && let Some(Target::Local(local)) = self.context.model.target(name)
            {
                result &= self.own_locals.contains(&local);
            }
        });
        result
    }
}

/// How a resource is used when this property of it is read.
fn strength_of(property: &str) -> Strength {
    match property {
        "id" | "name" | "type" | "apiVersion" => Strength::Identity,
        _ => Strength::Body,
    }
}
