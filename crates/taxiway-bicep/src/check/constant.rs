//! Values that are written out: literals, and what is made of them.

use super::Checker;
use crate::ast::{ArrayItem, Expr, ExprKind, ObjectItem, UnaryOperator};

impl Checker<'_> {
    /// Reports what would have to be worked out.
    pub(super) fn must_be_constant(&mut self, expr: &Expr) {
        match &expr.kind {
            ExprKind::Null
            | ExprKind::Bool(_)
            | ExprKind::Int(_)
            | ExprKind::Missing
            | ExprKind::Lambda { .. }
            | ExprKind::Nested { .. } => {}
            ExprKind::String(literal) if literal.parts.is_empty() => {}
            ExprKind::Object(object) => {
                for item in &object.items {
                    match item {
                        ObjectItem::Property(property) => {
                            if property.key.parts.is_empty() {
                                self.must_be_constant(&property.value);
                            } else {
                                self.not_constant(property.key.span);
                            }
                        }
                        ObjectItem::Spread(value) => self.must_be_constant(value),
                        ObjectItem::Resource(_) => {}
                    }
                }
            }
            ExprKind::Array(items) => {
                for item in items {
                    match item {
                        ArrayItem::Value(value) | ArrayItem::Spread(value) => {
                            self.must_be_constant(value);
                        }
                    }
                }
            }
            ExprKind::Unary(UnaryOperator::Minus, operand) => self.must_be_constant(operand),
            _ => self.not_constant(expr.span),
        }
    }

    fn not_constant(&mut self, span: taxiway_diagnostics::Span) {
        let message = "only what is written out can stand here, nothing that has to be worked out";
        self.error(span, "BCP032", message);
    }
}
