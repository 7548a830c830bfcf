//! Modules: deployments within the deployment.

use super::environment::Context;
use super::identity::{Element, Symbol};
use super::{DEPLOYMENTS_TYPE, DEPLOYMENTS_VERSION, Emitter};
use crate::arm::Arm;
use crate::ast::{Expr, ExprKind, Object, ObjectItem};
use crate::json::{Json, JsonValue, Members};
use crate::model::{ModuleId, ModuleTarget, TargetScope};

impl Emitter<'_> {
    pub(super) fn module(&self, module: ModuleId) -> Json {
        let element = self.indexed(&self.root, Symbol::Module(module), None);
        let info = &self.root.modules[module];
        let syntax = &info.syntax;
        let context = &element.context;
        let mut members = Members::new();
        if let Some(head) = &syntax.body.for_loop {
            let copy = self.resource_copy(&syntax.name.text, head, &syntax.decorators);
            members.insert("copy".to_owned(), copy);
        }
        if let Some(condition) = self.condition_json(&element) {
            members.insert("condition".to_owned(), condition);
        }
        if let Some(options) = self.options(context, &syntax.decorators) {
            members.insert("@options".to_owned(), options);
        }
        members.insert("type".to_owned(), DEPLOYMENTS_TYPE.into());
        members.insert("apiVersion".to_owned(), DEPLOYMENTS_VERSION.into());
        members.insert("name".to_owned(), self.own_name(&element).to_json());
        self.scope_members(&element, &mut members);
        if !self.is_in_resource_group(&element) {
            members.insert("location".to_owned(), self.deployment_location().to_json());
        }
        members.insert("properties".to_owned(), self.deployment(&element, module));
        if let Some(depends_on) = self.depends_on(&element) {
            members.insert("dependsOn".to_owned(), depends_on);
        }
        self.add_description(context, &syntax.decorators, &mut members);
        Json::from(members).at(self.origin(context, syntax.span))
    }

    fn deployment_location(&self) -> Arm {
        if self.root.target_scope == TargetScope::ResourceGroup {
            Arm::call("resourceGroup", []).property("location")
        } else {
            Arm::call("deployment", []).property("location")
        }
    }

    fn deployment(&self, element: &Element, module: ModuleId) -> Json {
        let info = &self.root.modules[module];
        let mut properties = Members::new();
        properties.insert(
            "expressionEvaluationOptions".to_owned(),
            Json::from([("scope", "inner".into())]),
        );
        properties.insert("mode".to_owned(), "Incremental".into());
        let parameters = element.symbol.property(element.model(), "params");
        if let Some(parameters) = parameters {
            let parameters = self.module_parameters(&element.context, parameters);
            properties.insert("parameters".to_owned(), parameters);
        }
        match &info.target {
            ModuleTarget::Bicep(module) => {
                let template = self.templates.template(module);
                properties.insert("template".to_owned(), JsonValue::Shared(template).into());
            }
            ModuleTarget::Json(json) => {
                properties.insert("template".to_owned(), Json::from_value(&json.template));
            }
            ModuleTarget::TemplateSpec(reference) => {
                let link = Json::from([("id", template_spec_id(reference).into())]);
                properties.insert("templateLink".to_owned(), link);
            }
            ModuleTarget::Unknown => {}
        }
        properties.into()
    }

    fn module_parameters(&self, context: &Context, expr: &Expr) -> Json {
        let ExprKind::Object(object) = &expr.bare().kind else {
            return self.json(context, expr);
        };
        let members = self.parameter_members(context, object);
        Json::from(members).at(self.origin(context, expr.span))
    }

    fn parameter_members(&self, context: &Context, object: &Object) -> Members {
        let mut members = Members::new();
        for item in &object.items {
            let ObjectItem::Property(property) = item else {
                continue;
            };
            let Some(name) = property.key.plain() else {
                continue;
            };
            let value = self.parameter_value(context, &property.value);
            let origin = self.origin(context, property.span);
            members.insert(name.to_owned(), value.at(origin));
        }
        members
    }

    fn parameter_value(&self, context: &Context, value: &Expr) -> Json {
        if let ExprKind::Name(name) = &value.bare().kind
            && let Some((inner, variable)) = self.inlined_value(context, name)
        {
            return self.parameter_value(&inner, &variable.value);
        }
        if let ExprKind::For(for_loop) = &value.bare().kind {
            let copy = Json::from(self.parameter_copy(context, for_loop));
            return Json::from([("copy", vec![copy].into())]);
        }
        if let Some((id, secret)) = self.secret_reference(context, value) {
            let vault = Json::from([("id", id.to_json())]);
            let mut reference = Members::new();
            reference.insert("keyVault".to_owned(), vault);
            for (name, value) in secret {
                reference.insert(name.to_owned(), value.to_json());
            }
            return Json::from([("reference", reference.into())]);
        }
        if matches!(value.bare().kind, ExprKind::Ternary(..)) {
            return self.secret_choice(context, value).to_json();
        }
        Json::from([("value", self.json(context, value))])
    }

    /// The vault's id and the members of a reference, where `value` is `vault.getSecret(…)`.
    fn secret_reference(
        &self,
        context: &Context,
        value: &Expr,
    ) -> Option<(Arm, Vec<(&'static str, Arm)>)> {
        let ExprKind::Method {
            base,
            name,
            arguments,
            ..
        } = &value.bare().kind
        else {
            return None;
        };
        if &*name.text != "getSecret" {
            return None;
        }
        let vault = self.element(context, base)?;
        let members = ["secretName", "secretVersion"]
            .into_iter()
            .zip(arguments)
            .map(|(name, argument)| (name, self.arm(context, argument)))
            .collect();
        Some((self.element_id(&vault), members))
    }

    /// A choice between secrets and values.
    fn secret_choice(&self, context: &Context, value: &Expr) -> Arm {
        if let ExprKind::Name(name) = &value.bare().kind
            && let Some((inner, variable)) = self.inlined_value(context, name)
        {
            return self.secret_choice(&inner, &variable.value);
        }
        if let ExprKind::Ternary(condition, then, otherwise) = &value.bare().kind {
            return Arm::call(
                "if",
                [
                    self.arm(context, condition),
                    self.secret_choice(context, then),
                    self.secret_choice(context, otherwise),
                ],
            );
        }
        match self.secret_reference(context, value) {
            Some((id, secret)) => {
                let vault = Arm::call("createObject", [Arm::string("id"), id]);
                let mut members = vec![Arm::string("keyVault"), vault];
                for (name, value) in secret {
                    members.extend([Arm::string(name), value]);
                }
                let reference = Arm::call("createObject", members);
                Arm::call("createObject", [Arm::string("reference"), reference])
            }
            None => {
                let value = self.arm(context, value);
                Arm::call("createObject", [Arm::string("value"), value])
            }
        }
    }
}

/// The id that `ts:subscription/group/name:version` names.
fn template_spec_id(reference: &str) -> String {
    let rest = reference.trim_start_matches("ts:");
    let (path, version) = rest.rsplit_once(':').unwrap_or((rest, ""));
    let mut parts = path.splitn(3, '/');
    let subscription = parts.next().unwrap_or("");
    let group = parts.next().unwrap_or("");
    let name = parts.next().unwrap_or("");
    format!(
        "/subscriptions/{subscription}/resourceGroups/{group}/providers/Microsoft.Resources/templateSpecs/{name}/versions/{version}"
    )
}
