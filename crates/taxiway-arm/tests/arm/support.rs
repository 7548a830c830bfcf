//! What the tests share: a context, templates in a few lines, and a state of deployed resources.

use std::collections::BTreeMap;

use serde_json::{Value, json};
use taxiway_arm::{
    Arguments, Context, DeployedState, Deployer, ResourceGroup, ResourceId, Scope, StateError,
    Subscription, TemplateDiagnostic,
};

pub(crate) const GROUP: &str =
    "/subscriptions/11111111-1111-1111-1111-111111111111/resourceGroups/shop";

/// A deployment `main` to the resource group `shop`.
pub(crate) fn context() -> Context {
    let subscription = Subscription {
        id: "11111111-1111-1111-1111-111111111111".to_owned(),
        display_name: "Test".to_owned(),
    };
    let group = ResourceGroup {
        name: "shop".to_owned(),
        location: "swedencentral".to_owned(),
        tags: json!({"team": "web"}).as_object().cloned().unwrap(),
    };
    Context {
        tenant_id: "22222222-2222-2222-2222-222222222222".to_owned(),
        utc_now: "2026-03-04T05:06:07.89Z".parse().unwrap(),
        deployer: Deployer {
            object_id: "33333333-3333-3333-3333-333333333333".to_owned(),
            ..Deployer::default()
        },
        ..Context::new(Scope::ResourceGroup(subscription, group))
    }
}

/// A template with these members.
pub(crate) fn template(members: Value) -> Value {
    let mut template = json!({
        "$schema": "https://schema.management.azure.com/schemas/2019-04-01/deploymentTemplate.json#",
        "contentVersion": "1.0.0.0",
        "resources": [],
    });
    for (name, member) in members.as_object().unwrap() {
        template[name] = member.clone();
    }
    template
}

pub(crate) fn arguments(values: Value) -> Arguments {
    let mut arguments = Arguments::new();
    for (name, value) in values.as_object().unwrap() {
        arguments.set(name, value.clone());
    }
    arguments
}

pub(crate) fn id(text: &str) -> ResourceId {
    ResourceId::parse(text).unwrap()
}

/// Diagnostics as lines: pointer, code, message.
pub(crate) fn lines(diagnostics: &[TemplateDiagnostic]) -> String {
    let lines: Vec<String> = diagnostics
        .iter()
        .map(|found| format!("{} {}: {}", found.pointer, found.code, found.message))
        .collect();
    lines.join("\n")
}

/// Deployed resources, by id; each whole.
#[derive(Default)]
pub(crate) struct Deployed(pub(crate) BTreeMap<ResourceId, Value>);

impl Deployed {
    pub(crate) fn with(mut self, resource: &str, value: Value) -> Self {
        self.0.insert(id(resource), value);
        self
    }
}

impl DeployedState for Deployed {
    fn reference(&self, id: &ResourceId, _api_version: Option<&str>, full: bool) -> Option<Value> {
        let resource = self.0.get(id)?;
        if full {
            Some(resource.clone())
        } else {
            resource.get("properties").cloned()
        }
    }

    fn list(
        &self,
        id: &ResourceId,
        function: &str,
        api_version: &str,
        _body: Option<&Value>,
    ) -> Result<Value, StateError> {
        match self.0.get(id) {
            Some(_) => Ok(json!({"function": function, "apiVersion": api_version})),
            None => Err(StateError {
                code: "ResourceNotFound".to_owned(),
                message: format!("there is no {id}"),
            }),
        }
    }
}
