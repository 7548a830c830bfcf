//! Where loops may stand, and where all resources of a loop may be named at once.

use taxiway_diagnostics::Span;

use super::Checker;
use crate::ast::walk::children;
use crate::ast::{ArrayItem, Body, Decorator, Expr, ExprKind, Object, ObjectItem, Statement};
use crate::model::DeclarationKind;

/// How deep variables are looked into.
const MAX_DEPTH: usize = 64;

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum Top {
    /// No loop at all.
    Nothing,
    /// A loop as the whole value.
    Value,
    /// Loops in properties, too.
    Body,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) struct Around {
    top: Top,
    /// Inside of something that works values out.
    in_expression: bool,
    is_property_value: bool,
    property_loops: usize,
    loops: usize,
    in_depends_on: bool,
    in_properties: bool,
    in_output: bool,
    in_variable: bool,
    /// The variable whose value is looked at where it is used.
    inlined_at: Option<Span>,
    depth: usize,
}

impl Around {
    const fn of(top: Top) -> Self {
        Self {
            top,
            in_expression: false,
            is_property_value: false,
            property_loops: 0,
            loops: 0,
            in_depends_on: false,
            in_properties: false,
            in_output: false,
            in_variable: false,
            inlined_at: None,
            depth: 0,
        }
    }
}

impl<'a> Checker<'a> {
    pub(super) fn loop_rules(&mut self) {
        let model = self.model;
        for statement in &model.statements {
            match statement {
                Statement::Resource(resource) => self.resource_loops(resource),
                Statement::Module(module) => {
                    self.decorator_loops(&module.decorators);
                    self.body_loops(&module.body, "params");
                }
                Statement::Variable(variable) => {
                    self.decorator_loops(&variable.decorators);
                    let around = Around {
                        in_variable: true,
                        ..Around::of(Top::Value)
                    };
                    self.value_loops(&variable.value, around);
                }
                Statement::Output(output) => {
                    self.decorator_loops(&output.decorators);
                    let around = Around {
                        in_output: true,
                        ..Around::of(Top::Value)
                    };
                    self.value_loops(&output.value, around);
                }
                Statement::Parameter(parameter) => {
                    self.decorator_loops(&parameter.decorators);
                    let top = if self.is_parameters_file {
                        Top::Value
                    } else {
                        Top::Nothing
                    };
                    if let Some(value) = &parameter.default {
                        self.value_loops(value, Around::of(top));
                    }
                }
                Statement::Metadata { value, .. } | Statement::Assert { value, .. } => {
                    self.walk(value, Around::of(Top::Nothing));
                }
                Statement::Function(function) => {
                    self.walk(&function.body, Around::of(Top::Nothing));
                }
                Statement::Dangling(decorators) => self.decorator_loops(decorators),
                _ => {}
            }
        }
        self.inlined_loops();
    }

    fn decorator_loops(&mut self, decorators: &'a [Decorator]) {
        for decorator in decorators {
            for argument in decorator.call().map_or(&[][..], |(_, arguments)| arguments) {
                self.walk(argument, Around::of(Top::Nothing));
            }
        }
    }

    fn resource_loops(&mut self, resource: &'a crate::ast::Resource) {
        self.decorator_loops(&resource.decorators);
        self.body_loops(&resource.body, "properties");
    }

    fn body_loops(&mut self, body: &'a Body, properties: &str) {
        let mut around = Around::of(Top::Body);
        if let Some(head) = &body.for_loop {
            around.loops = 1;
            let inside = Around {
                in_expression: true,
                ..around
            };
            self.walk(&head.collection, inside);
        }
        if let Some(condition) = &body.condition {
            let inside = Around {
                in_expression: true,
                ..around
            };
            self.walk(condition, inside);
        }
        let Some(object) = &body.object else {
            return;
        };
        for item in &object.items {
            match item {
                ObjectItem::Property(property) => {
                    let key = property.key.plain();
                    let inside = Around {
                        in_depends_on: key == Some("dependsOn"),
                        in_properties: key == Some(properties),
                        ..around
                    };
                    self.property_loops(property, inside);
                }
                ObjectItem::Spread(value) => self.walk(value, around),
                ObjectItem::Resource(nested) => self.resource_loops(nested),
            }
        }
    }

    fn property_loops(&mut self, property: &'a crate::ast::Property, around: Around) {
        if property.key.plain().is_none() && matches!(property.value.kind, ExprKind::For(_)) {
            let message = "a property whose name is computed cannot be a loop";
            self.error(property.key.span, "BCP143", message);
        }
        for part in &property.key.parts {
            let inside = Around {
                in_expression: true,
                ..around
            };
            self.walk(part, inside);
        }
        let inside = Around {
            is_property_value: true,
            ..around
        };
        self.walk(&property.value, inside);
    }

    /// A value that may be a loop as a whole.
    fn value_loops(&mut self, value: &'a Expr, around: Around) {
        match &value.kind {
            ExprKind::For(for_loop) if around.top == Top::Value => {
                let inside = Around { loops: 1, ..around };
                self.walk(&for_loop.collection, inside);
                self.walk(&for_loop.body, inside);
            }
            _ => self.walk(value, around),
        }
    }

    fn walk(&mut self, expr: &'a Expr, around: Around) {
        let inside = Around {
            is_property_value: false,
            ..around
        };
        match &expr.kind {
            ExprKind::For(for_loop) => self.loop_here(expr, for_loop, around),
            ExprKind::Object(object) => self.object_loops(object, inside),
            ExprKind::Array(items) => {
                for item in items {
                    match item {
                        ArrayItem::Value(value) | ArrayItem::Spread(value) => {
                            self.walk(value, inside);
                        }
                    }
                }
            }
            ExprKind::Name(_) => self.direct_access(expr, inside),
            ExprKind::Nested { base, .. } => {
                self.direct_access(expr, inside);
                self.walk_base(base, inside);
            }
            ExprKind::Property { base, .. } => self.walk_base(base, inside),
            ExprKind::Index { base, index, .. } => {
                self.walk_base(base, inside);
                let inside = Around {
                    in_expression: true,
                    ..inside
                };
                self.walk(index, inside);
            }
            ExprKind::Call { name, .. } if &*name.text == "nameof" => {}
            _ => {
                let inside = Around {
                    in_expression: true,
                    ..inside
                };
                let mut inner = Vec::new();
                children(expr, &mut |child| inner.push(child));
                for child in inner {
                    self.walk(child, inside);
                }
            }
        }
    }

    /// What is accessed is not meant as a whole.
    fn walk_base(&mut self, base: &'a Expr, around: Around) {
        let mut inner = base;
        while let ExprKind::Paren(next) = &inner.kind {
            inner = next;
        }
        match &inner.kind {
            ExprKind::Name(_) if self.is_collection(inner) => {}
            ExprKind::Nested { base, .. } if self.is_collection(inner) => {
                self.walk_base(base, around);
            }
            _ => {
                let inside = Around {
                    in_expression: true,
                    ..around
                };
                self.walk(inner, inside);
            }
        }
    }

    fn object_loops(&mut self, object: &'a Object, around: Around) {
        for item in &object.items {
            match item {
                ObjectItem::Property(property) => self.property_loops(property, around),
                ObjectItem::Spread(value) => self.walk(value, around),
                ObjectItem::Resource(_) => {}
            }
        }
    }

    fn loop_here(&mut self, expr: &'a Expr, for_loop: &'a crate::ast::For, around: Around) {
        let mut inside = Around {
            is_property_value: false,
            loops: around.loops + 1,
            ..around
        };
        // What blames a loop stands at its `for`.
        let keyword = Span::new(expr.span.start, for_loop.item.span.end);
        if around.top == Top::Body && !around.in_expression && around.is_property_value {
            inside.property_loops += 1;
            if inside.property_loops > 1 {
                let message = "a loop in a property cannot hold another one";
                self.error(keyword, "BCP142", message);
            }
        } else {
            let message = "a loop can only be the whole value of a resource, module, variable, output or property";
            self.error(keyword, "BCP138", message);
        }
        self.walk(&for_loop.collection, inside);
        self.walk(&for_loop.body, inside);
    }

    fn direct_access(&mut self, expr: &'a Expr, around: Around) {
        let (ExprKind::Name(name) | ExprKind::Nested { name, .. }) = &expr.kind else {
            return;
        };
        if self.is_collection(expr) {
            let is_fine = around.in_depends_on
                || (around.loops == 0
                    && (around.in_properties
                        || around.in_output
                        || (around.in_variable && around.inlined_at.is_none())));
            if !is_fine {
                let message =
                    "all resources of a loop cannot be named here at once; name one with an index";
                self.error(around.inlined_at.unwrap_or(expr.span), "BCP144", message);
            }
            return;
        }
        let Some((id, DeclarationKind::Variable(variable))) = self.declaration(name) else {
            return;
        };
        let is_looked_into = !around.in_variable || around.loops > 0;
        if is_looked_into
            && around.depth < MAX_DEPTH
            && !self.cycles.contains_key(&id)
            && self.is_inlined(id)
        {
            let inside = Around {
                inlined_at: Some(around.inlined_at.unwrap_or(expr.span)),
                depth: around.depth + 1,
                in_expression: false,
                top: Top::Value,
                ..around
            };
            // The same variable at the same place says the same again, however deep.
            let is_new = self.inlined.insert((id, Around { depth: 0, ..inside }));
            if is_new && !matches!(variable.value.kind, ExprKind::For(_)) {
                // Not here: variables may use each other a long way.
                self.inlined_later.push((&variable.value, inside));
            }
        }
    }

    /// Looks at the values of variables that stand where they are used, and of those that they use.
    fn inlined_loops(&mut self) {
        while let Some((value, around)) = self.inlined_later.pop() {
            self.walk_inlined(value, around);
        }
    }

    /// Only direct accesses count in a variable's value; its loops are looked at where it is declared.
    fn walk_inlined(&mut self, expr: &'a Expr, around: Around) {
        let before = self.diagnostics.len();
        self.walk(expr, around);
        let mut found = self.diagnostics.split_off(before);
        found.retain(|diagnostic| {
            let own = diagnostic.location.as_ref().map(|location| location.span);
            own == around.inlined_at
        });
        self.diagnostics.append(&mut found);
    }
}
