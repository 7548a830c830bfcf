//! Secrets of vaults: only secure parameters of modules take them.

use super::Checker;
use crate::ast::walk::{children, roots};
use crate::ast::{Expr, ExprKind, ObjectItem, Statement};
use crate::model::{ModuleId, ModuleTarget};

impl<'a> Checker<'a> {
    pub(super) fn placement_rules(&mut self) {
        let model = self.model;
        for statement in &model.statements {
            if let Statement::Module(_) = statement {
                continue;
            }
            let mut found = Vec::new();
            roots(statement, &mut |root| found.push(root));
            for root in found {
                self.no_secrets(root);
            }
        }
        for module in 0..model.modules.len() {
            self.module_secrets(module);
        }
    }

    fn module_secrets(&mut self, module: ModuleId) {
        let model = self.model;
        let info = &model.modules[module];
        let secure = |name: &str| match &info.target {
            ModuleTarget::Bicep(target) => target
                .interface
                .parameters
                .get(name)
                .is_some_and(|parameter| parameter.is_secret),
            ModuleTarget::Json(target) => target
                .interface()
                .parameters
                .get(name)
                .is_some_and(|parameter| parameter.is_secret),
            ModuleTarget::TemplateSpec(_) | ModuleTarget::Unknown => true,
        };
        if matches!(info.target, ModuleTarget::Unknown) {
            return;
        }
        let Some(object) = &info.syntax.body.object else {
            return;
        };
        for item in &object.items {
            let ObjectItem::Property(property) = item else {
                continue;
            };
            match (property.key.plain(), &property.value.kind) {
                (Some("params"), ExprKind::Object(parameters)) => {
                    for item in &parameters.items {
                        if let ObjectItem::Property(parameter) = item {
                            let is_secure = parameter.key.plain().is_some_and(secure);
                            if is_secure {
                                self.secret_value(&parameter.value);
                            } else {
                                self.no_secrets(&parameter.value);
                            }
                        }
                    }
                }
                _ => self.no_secrets(&property.value),
            }
        }
    }

    /// A secret alone, or one of several chosen by a condition.
    fn secret_value(&mut self, expr: &'a Expr) {
        match &expr.kind {
            ExprKind::Ternary(condition, then, otherwise) => {
                self.no_secrets(condition);
                self.secret_value(then);
                self.secret_value(otherwise);
            }
            ExprKind::Method {
                base,
                name,
                arguments,
            } if &*name.text == "getSecret" => {
                self.no_secrets(base);
                for argument in arguments {
                    self.no_secrets(argument);
                }
            }
            _ => self.no_secrets(expr),
        }
    }

    fn no_secrets(&mut self, expr: &'a Expr) {
        if let ExprKind::Method { base, name, .. } = &expr.kind
            && &*name.text == "getSecret"
            && !matches!(&base.kind, ExprKind::Name(space) if &*space.text == "az")
            && !self.known(base).is_error()
        {
            let message = "a secret can only be given to a secure parameter of a module";
            self.error(expr.span, "BCP180", message);
        }
        let mut inner = Vec::new();
        children(expr, &mut |child| inner.push(child));
        for child in inner {
            self.no_secrets(child);
        }
    }
}
