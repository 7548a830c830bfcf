//! Where lambdas may stand, and what their parameters may be used for.

use super::Checker;
use crate::ast::walk::{children, descendants, roots};
use crate::ast::{Expr, ExprKind, Ident};
use crate::functions;
use crate::model::Target;

impl<'a> Checker<'a> {
    pub(super) fn lambda_rules(&mut self) {
        let model = self.model;
        for statement in &model.statements {
            let mut found = Vec::new();
            roots(statement, &mut |root| found.push(root));
            for root in found {
                self.lambdas_in(root, false);
            }
        }
    }

    fn lambdas_in(&mut self, expr: &'a Expr, is_argument: bool) {
        match &expr.kind {
            ExprKind::Lambda { body, .. } => {
                if !is_argument {
                    let message = "a lambda can only be an argument of a function";
                    self.error(expr.span, "BCP242", message);
                }
                self.uses_in_lambda(body);
                self.lambdas_in(body, false);
            }
            ExprKind::Paren(inner) => self.lambdas_in(inner, is_argument),
            ExprKind::Call { arguments, .. } => {
                for argument in arguments {
                    self.lambdas_in(argument, true);
                }
            }
            ExprKind::Method {
                base, arguments, ..
            } => {
                self.lambdas_in(base, false);
                for argument in arguments {
                    self.lambdas_in(argument, true);
                }
            }
            _ => {
                let mut inner = Vec::new();
                children(expr, &mut |child| inner.push(child));
                for child in inner {
                    self.lambdas_in(child, false);
                }
            }
        }
    }

    /// What the deployment works out cannot depend on the parameters of a lambda.
    fn uses_in_lambda(&mut self, body: &'a Expr) {
        let mut found = Vec::new();
        descendants(body, &mut |expr| match &expr.kind {
            ExprKind::Call { name, arguments }
                if self.model.target(name).is_none()
                    && functions::needs_runtime(&name.text)
                    && arguments
                        .iter()
                        .any(|argument| self.uses_parameter(argument)) =>
            {
                found.push((expr.span, "BCP248", "this function"));
            }
            ExprKind::Index { base, index, .. }
                if self.is_collection(base) && self.uses_parameter(index) =>
            {
                found.push((index.span, "BCP247", "the index of a resource or module"));
            }
            _ => {}
        });
        for (span, code, what) in found {
            let message = format!("{what} cannot depend on the parameters of a lambda");
            self.error(span, code, message);
        }
    }

    fn uses_parameter(&self, expr: &Expr) -> bool {
        let mut uses = false;
        descendants(expr, &mut |inner| {
            if let ExprKind::Name(name) = &inner.kind {
                uses |= self.is_lambda_parameter(name);
            }
        });
        uses
    }

    fn is_lambda_parameter(&self, name: &Ident) -> bool {
        matches!(
            self.model.target(name),
            Some(Target::Local(local)) if self.lambda_locals.contains(&local)
        )
    }
}
