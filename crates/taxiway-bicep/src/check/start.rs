//! What must be known when the deployment starts: names, conditions, what loops walk, and the like.
//!
//! A resource is known by then as far as its file names it (`id`, `name`, `type`, `apiVersion`); what Azure makes of it is
//! not, and neither are the outputs of modules.

use taxiway_diagnostics::Span;

use super::Checker;
use crate::ast::walk::{children, descendants, roots};
use crate::ast::{Body, Expr, ExprKind, ObjectItem, Statement};
use crate::functions;
use crate::model::{DeclarationId, DeclarationKind, Target, identifier_needs_runtime};
use crate::types::{Flags, Object, Type, assignable};

/// Which place needs a value at the start: its code, and what it is called.
type Place = (&'static str, &'static str);

const MEMBER: Place = ("BCP120", "this property");
const CONDITION: Place = ("BCP177", "a condition");
const COLLECTION: Place = ("BCP178", "what a loop walks");
const ARGUMENT: Place = ("BCP181", "an argument of this function");
const LOOP_BODY: Place = ("BCP182", "a variable made by a loop");
const FUNCTION: Place = ("BCP341", "the body of a function");

impl<'a> Checker<'a> {
    pub(super) fn start_rules(&mut self) {
        let model = self.model;
        for resource in 0..model.resources.len() {
            let syntax = &model.resources[resource].syntax;
            if syntax.existing {
                continue;
            }
            self.body_at_start(&syntax.body);
            if let Type::Resource(kind) = self.resource_kind(resource) {
                let body = kind.body.open();
                self.members_at_start(&syntax.body, &body);
            }
        }
        for module in 0..model.modules.len() {
            let syntax = &model.modules[module].syntax;
            self.body_at_start(&syntax.body);
            let kind = self.module_symbol(module);
            let kind = match kind {
                Type::Array(array) => array.item.clone(),
                other => other,
            };
            if let Type::Module(kind) = kind {
                let body = Type::Object(std::rc::Rc::clone(&kind.body));
                self.members_at_start(&syntax.body, &body);
            }
        }
        for statement in &model.statements {
            self.statement_at_start(statement);
        }
    }

    fn statement_at_start(&mut self, statement: &'a Statement) {
        match statement {
            Statement::Variable(variable) => {
                if let ExprKind::For(for_loop) = &variable.value.kind {
                    self.at_start(&for_loop.collection, COLLECTION);
                    self.at_start(&for_loop.body, LOOP_BODY);
                }
            }
            Statement::Function(function) => self.at_start(&function.body, FUNCTION),
            _ => {}
        }
        let mut found = Vec::new();
        roots(statement, &mut |root| found.push(root));
        for root in found {
            self.inner_places(root);
        }
    }

    /// Loops in properties, and arguments of functions that need the deployment.
    fn inner_places(&mut self, expr: &'a Expr) {
        match &expr.kind {
            ExprKind::For(for_loop) => {
                self.at_start(&for_loop.collection, COLLECTION);
            }
            ExprKind::Call { name, arguments }
                if self.model.target(name).is_none() && is_runtime(&name.text) =>
            {
                for argument in arguments {
                    self.at_start(argument, ARGUMENT);
                }
                return;
            }
            ExprKind::Method {
                base,
                name,
                arguments,
            } if is_runtime(&name.text) => {
                self.inner_places(base);
                for argument in arguments {
                    self.at_start(argument, ARGUMENT);
                }
                return;
            }
            _ => {}
        }
        let mut inner = Vec::new();
        children(expr, &mut |child| inner.push(child));
        for child in inner {
            self.inner_places(child);
        }
    }

    fn body_at_start(&mut self, body: &'a Body) {
        if let Some(head) = &body.for_loop {
            self.at_start(&head.collection, COLLECTION);
        }
        if let Some(condition) = &body.condition {
            let mut late = Vec::new();
            self.late(condition, false, &mut late);
            // Functions that need the deployment have been refused there already.
            let mut refused = Vec::new();
            descendants(condition, &mut |inner| {
                if matches!(&inner.kind, ExprKind::Call { name, .. } if is_runtime(&name.text)) {
                    refused.push(inner.span);
                }
            });
            late.retain(|span| !refused.contains(span));
            self.report_late(&late, CONDITION);
        }
    }

    fn members_at_start(&mut self, body: &'a Body, kind: &Type) {
        let Some(object) = &body.object else {
            return;
        };
        let first_variant = match kind {
            Type::Object(object) => std::rc::Rc::clone(object),
            Type::Tagged(tagged) => match tagged.variants.values().next() {
                Some(variant) => std::rc::Rc::clone(variant),
                None => return,
            },
            _ => return,
        };
        for item in &object.items {
            let ObjectItem::Property(property) = item else {
                continue;
            };
            let Some(name) = property.key.plain() else {
                continue;
            };
            let Some(member) = first_variant.members.get(name) else {
                continue;
            };
            if !member.flags.has(Flags::AT_START) {
                continue;
            }
            if matches!(member.kind, Type::ParentOf(_) | Type::ScopeOf(_)) {
                let mut late = Vec::new();
                self.late_reference(&property.value, &mut late);
                self.report_late(&late, MEMBER);
            } else {
                self.at_start(&property.value, MEMBER);
            }
        }
    }

    fn at_start(&mut self, expr: &'a Expr, place: Place) {
        let mut late = Vec::new();
        self.late(expr, false, &mut late);
        self.report_late(&late, place);
    }

    fn report_late(&mut self, late: &[Span], (code, what): Place) {
        for span in late {
            let message =
                format!("{what} must be known when the deployment starts, and this is not");
            self.error(*span, code, message);
        }
    }

    /// `parent:` and `scope:` name a resource; that alone needs nothing of it but its name.
    fn late_reference(&mut self, expr: &'a Expr, found: &mut Vec<Span>) {
        match &expr.kind {
            ExprKind::Name(_) | ExprKind::Nested { .. } if self.symbol_of(expr).is_some() => {}
            ExprKind::Index { base, index, .. } if self.is_collection(base) => {
                self.late(index, false, found);
            }
            ExprKind::Name(_) => {}
            // That it is no resource is said about its type.
            ExprKind::Call { name, .. } if &*name.text == "any" => {}
            _ => self.late(expr, false, found),
        }
    }

    /// The innermost expressions that need the deployment.
    fn late(&mut self, expr: &'a Expr, is_base: bool, found: &mut Vec<Span>) {
        match &expr.kind {
            ExprKind::Property { base, name, .. } => {
                if let Some(body) = self.symbol_of(base)
                    && !self.readable(base, &body, &name.text)
                {
                    found.push(expr.span);
                }
                self.late(base, true, found);
            }
            ExprKind::Index { base, index, .. } => {
                self.late_index(expr, base, index, is_base, found);
                self.late(base, true, found);
                self.late(index, false, found);
            }
            ExprKind::Name(name) => match self.declaration(name) {
                Some((id, DeclarationKind::Variable(_))) if self.is_inlined(id) => {
                    found.push(expr.span);
                }
                _ if !is_base && self.symbol_of(expr).is_some() => found.push(expr.span),
                _ => {}
            },
            ExprKind::Nested { .. } => {
                if !is_base && self.symbol_of(expr).is_some() {
                    found.push(expr.span);
                }
            }
            ExprKind::NonNull(inner) => self.late(inner, is_base, found),
            ExprKind::Call { name, arguments } => {
                let is_builtin = self.model.target(name).is_none();
                if is_builtin && &*name.text == "nameof" {
                    return;
                }
                if is_builtin && is_runtime(&name.text) {
                    found.push(expr.span);
                }
                for argument in arguments {
                    self.late(argument, false, found);
                }
            }
            ExprKind::Method {
                base,
                name,
                arguments,
            } => {
                if &*name.text == "nameof" {
                    return;
                }
                if is_runtime(&name.text) {
                    found.push(expr.span);
                }
                self.late(base, false, found);
                for argument in arguments {
                    self.late(argument, false, found);
                }
            }
            _ => {
                let mut inner = Vec::new();
                children(expr, &mut |child| inner.push(child));
                for child in inner {
                    self.late(child, false, found);
                }
            }
        }
    }

    fn late_index(
        &mut self,
        expr: &'a Expr,
        base: &'a Expr,
        index: &'a Expr,
        is_base: bool,
        found: &mut Vec<Span>,
    ) {
        let kind = self.known(index);
        if let Some(body) = self.symbol_of(base) {
            match &kind {
                Type::StringLiteral(name) => {
                    if !self.readable(base, &body, name) {
                        found.push(expr.span);
                    }
                }
                Type::Union(members) => {
                    let names: Option<Vec<_>> = members
                        .iter()
                        .map(|member| match member {
                            Type::StringLiteral(name) => Some(std::rc::Rc::clone(name)),
                            _ => None,
                        })
                        .collect();
                    let is_late = names.is_none_or(|names| {
                        names.iter().any(|name| !self.readable(base, &body, name))
                    });
                    if is_late {
                        found.push(expr.span);
                    }
                }
                _ => found.push(expr.span),
            }
        } else if !is_base
            && self.is_collection(base)
            && (kind.is_any() || assignable(&kind, &Type::INT))
        {
            found.push(base.span);
        }
    }

    /// Whether a variable's value needs the deployment, so that it has to stand where the variable is used.
    pub(super) fn is_inlined(&self, id: DeclarationId) -> bool {
        self.late_variables.contains(&id)
    }

    /// Finds the variables whose values need the deployment, each after those it uses.
    pub(super) fn find_late_variables(&mut self) {
        let model = self.model;
        let edges: Vec<Vec<DeclarationId>> = (0..model.declarations.len())
            .map(|id| crate::model::references(model, id))
            .collect();
        for id in crate::model::order_of(&edges) {
            if let DeclarationKind::Variable(variable) = &model.declarations[id].kind
                && !self.cycles.contains_key(&id)
            {
                let mut found = Vec::new();
                self.late(&variable.value, false, &mut found);
                if !found.is_empty() {
                    self.late_variables.insert(id);
                }
            }
        }
    }

    /// The body of the one resource or module that an expression names.
    pub(super) fn symbol_of(&mut self, expr: &'a Expr) -> Option<std::rc::Rc<Object>> {
        let kind = match &expr.kind {
            ExprKind::Paren(inner) | ExprKind::NonNull(inner) => return self.symbol_of(inner),
            ExprKind::Name(name) | ExprKind::Nested { name, .. } => {
                let (_, kind) = self.declaration(name)?;
                let is_symbol = matches!(
                    kind,
                    DeclarationKind::Resource(_) | DeclarationKind::Module(_)
                );
                if !is_symbol || self.is_collection(expr) {
                    return None;
                }
                self.symbol_type(kind)
            }
            ExprKind::Index { base, .. } if self.is_collection(base) => {
                let (ExprKind::Name(name) | ExprKind::Nested { name, .. }) = &base.kind else {
                    return None;
                };
                let (_, kind) = self.declaration(name)?;
                match self.symbol_type(kind) {
                    Type::Array(array) => array.item.clone(),
                    _ => return None,
                }
            }
            _ => return None,
        };
        match kind.body() {
            Type::Object(object) => Some(object),
            Type::Tagged(tagged) => tagged.variants.values().next().map(std::rc::Rc::clone),
            _ => None,
        }
    }

    fn symbol_type(&mut self, kind: &DeclarationKind) -> Type {
        match kind {
            DeclarationKind::Resource(resource) => {
                let kind = self.resource_kind(*resource);
                let body = &self.model.resources[*resource].syntax.body;
                if body.for_loop.is_some() {
                    Type::array_of(kind)
                } else {
                    kind
                }
            }
            DeclarationKind::Module(module) => self.module_symbol(*module),
            _ => Type::Error,
        }
    }

    /// Whether a property of a resource or module can be read when the deployment starts.
    fn readable(&self, base: &Expr, body: &Object, property: &str) -> bool {
        let Some(member) = body.members.get(property) else {
            return true;
        };
        member.flags.has(Flags::READABLE_AT_START) && !self.has_late_name(base)
    }

    /// Whether an existing resource is found by a name that is only known later.
    fn has_late_name(&self, base: &Expr) -> bool {
        let name = match &base.kind {
            ExprKind::Name(name) | ExprKind::Nested { name, .. } => name,
            ExprKind::Paren(inner) | ExprKind::NonNull(inner) => return self.has_late_name(inner),
            ExprKind::Index { base, .. } => return self.has_late_name(base),
            _ => return false,
        };
        let Some(Target::Declaration(id)) = self.model.target(name) else {
            return false;
        };
        match self.model.declarations[id].kind {
            DeclarationKind::Resource(resource) => {
                self.model.resources[resource].syntax.existing
                    && self.cycles.is_empty()
                    && identifier_needs_runtime(self.model, resource)
            }
            _ => false,
        }
    }
}

fn is_runtime(name: &str) -> bool {
    functions::needs_runtime(name)
        && !name.starts_with("toLogical")
        && !name.starts_with("toPhysical")
}
