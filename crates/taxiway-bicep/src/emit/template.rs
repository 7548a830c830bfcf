//! The template as a whole: its sections, in their order.

use super::Emitter;
use super::environment::Context;
use crate::ast::Statement;
use crate::json::{Json, JsonValue, Members};
use crate::model::TargetScope;

const SCHEMAS: &str = "https://schema.management.azure.com/schemas";

impl Emitter<'_> {
    pub(super) fn template(&self) -> Json {
        let model = &self.root;
        let mut members = Members::new();
        let schema = match model.target_scope {
            TargetScope::ResourceGroup => "2019-04-01/deploymentTemplate.json#",
            TargetScope::Subscription => "2018-05-01/subscriptionDeploymentTemplate.json#",
            TargetScope::ManagementGroup => "2019-08-01/managementGroupDeploymentTemplate.json#",
            TargetScope::Tenant => "2019-08-01/tenantDeploymentTemplate.json#",
        };
        members.insert("$schema".to_owned(), format!("{SCHEMAS}/{schema}").into());
        if model.symbolic {
            let version = if model.experimental.is_empty() {
                "2.0"
            } else {
                "2.1-experimental"
            };
            members.insert("languageVersion".to_owned(), version.into());
        }
        members.insert("contentVersion".to_owned(), "1.0.0.0".into());
        members.insert("metadata".to_owned(), self.metadata().into());
        let mut section = |name: &str, section: Members| {
            if !section.is_empty() {
                members.insert(name.to_owned(), section.into());
            }
        };
        section("definitions", self.definitions());
        let functions = self.functions();
        if !functions.is_empty() {
            members.insert("functions".to_owned(), functions.into());
        }
        let mut section = |name: &str, section: Members| {
            if !section.is_empty() {
                members.insert(name.to_owned(), section.into());
            }
        };
        section("parameters", self.parameters());
        section("variables", self.variables());
        section("imports", self.extension_imports());
        members.insert("resources".to_owned(), self.resources());
        let mut section = |name: &str, section: Members| {
            if !section.is_empty() {
                members.insert(name.to_owned(), section.into());
            }
        };
        section("outputs", self.outputs());
        section("asserts", self.assertions());
        members.into()
    }

    fn metadata(&self) -> Members {
        let mut metadata = Members::new();
        if !self.root.experimental.is_empty() {
            metadata.insert(
                "_EXPERIMENTAL_WARNING".to_owned(),
                "This template uses ARM features that are experimental. Experimental features should be enabled for testing purposes only, as there are no guarantees about the quality or stability of these features. Do not enable these settings for any production usage, or your production environment may be subject to breaking.".into(),
            );
            let features: Vec<Json> = self
                .root
                .experimental
                .iter()
                .map(|feature| feature.as_str().into())
                .collect();
            metadata.insert("_EXPERIMENTAL_FEATURES_ENABLED".to_owned(), features.into());
        }
        let generator = Json::from([
            ("name", "bicep".into()),
            ("version", env!("CARGO_PKG_VERSION").into()),
        ]);
        metadata.insert("_generator".to_owned(), generator);
        let exported = self.exported_variables();
        if !exported.is_empty() {
            metadata.insert("__bicep_exported_variables!".to_owned(), exported.into());
        }
        let context = Context::top(&self.root);
        for statement in &self.root.statements {
            if let Statement::Metadata { name, value, .. } = statement {
                metadata.insert(name.text.to_string(), self.json(&context, value));
            }
        }
        metadata
    }

    fn assertions(&self) -> Members {
        if self.root.experimental.is_empty() {
            return Members::new();
        }
        let context = Context::top(&self.root);
        self.root
            .statements
            .iter()
            .filter_map(|statement| match statement {
                Statement::Assert { name, value } => {
                    Some((name.text.to_string(), self.json(&context, value)))
                }
                _ => None,
            })
            .collect()
    }

    fn extension_imports(&self) -> Members {
        let context = Context::top(&self.root);
        self.root
            .extensions
            .iter()
            .filter(|extension| !is_builtin_namespace(&extension.specification))
            .map(|extension| {
                let name = crate::model::extension_name(extension);
                let symbol = extension
                    .alias
                    .as_ref()
                    .map_or_else(|| name.clone(), |alias| alias.text.to_string());
                let mut import = Members::new();
                let provider = if name.eq_ignore_ascii_case("kubernetes") {
                    "Kubernetes"
                } else {
                    &name
                };
                import.insert("provider".to_owned(), provider.into());
                import.insert("version".to_owned(), "1.0.0".into());
                if let Some(config) = &extension.config {
                    import.insert("config".to_owned(), self.object(&context, config).into());
                }
                (symbol, import.into())
            })
            .collect()
    }

    fn resources(&self) -> Json {
        let mut entries: Vec<(String, Json)> = Vec::new();
        for resource in self.resource_order() {
            if self.is_emitted(&self.root, resource) {
                let name = self.root.resources[resource].symbolic_name.clone();
                entries.push((name, self.resource(resource)));
            }
        }
        for module in 0..self.root.modules.len() {
            let name = self.root.modules[module].syntax.name.text.to_string();
            entries.push((name, self.module(module)));
        }
        if self.root.symbolic {
            JsonValue::Object(entries.into_iter().collect()).into()
        } else {
            JsonValue::Array(entries.into_iter().map(|(_, entry)| entry).collect()).into()
        }
    }
}

fn is_builtin_namespace(specification: &str) -> bool {
    let name = specification.split('@').next().unwrap_or(specification);
    matches!(name, "az" | "sys")
}
