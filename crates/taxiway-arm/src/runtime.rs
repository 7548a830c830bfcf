//! Who answers `reference()` and its kin: the deployed resources, or nobody yet.

use std::collections::HashMap;

use indexmap::IndexMap;
use serde_json::Value;

use crate::deployment::Resource;
use crate::expression::{Expression, Failure, Reduced};
use crate::{DeployedState, ResourceId};

/// A resource that a runtime function asks about.
#[derive(Clone, Debug)]
pub(crate) struct Target {
    pub(crate) id: ResourceId,
    pub(crate) api_version: Option<String>,
}

impl Target {
    pub(crate) fn with_api_version(mut self, api_version: Option<&str>) -> Self {
        if let Some(api_version) = api_version {
            self.api_version = Some(api_version.to_owned());
        }
        self
    }
}

/// Answers the runtime functions.
pub(crate) trait Runtime {
    /// The names by which the template's resources are known.
    fn resources(&self) -> &Resources;

    fn reference(&self, target: &Target, full: bool) -> Result<Reduced<'static>, Failure>;

    fn list(
        &self,
        target: &Target,
        function: &str,
        api_version: &str,
        body: Option<&Value>,
    ) -> Result<Reduced<'static>, Failure>;
}

/// The names by which a template knows its resources; values are indices.
#[derive(Clone, Debug, Default)]
pub(crate) struct Resources {
    targets: Vec<Target>,
    symbols: HashMap<String, Vec<usize>>,
    elements: HashMap<String, usize>,
    loops: HashMap<String, Vec<usize>>,
    ids: HashMap<ResourceId, usize>,
    /// By full name, and by type with name (`Microsoft.Web/sites/shop`).
    names: HashMap<String, Vec<usize>>,
}

impl Resources {
    pub(crate) fn new<'r>(resources: impl IntoIterator<Item = &'r Resource>) -> Self {
        let mut table = Self::default();
        for (index, resource) in resources.into_iter().enumerate() {
            table.targets.push(Target {
                id: resource.id.clone(),
                api_version: Some(resource.api_version.clone()),
            });
            if let Some(symbol) = &resource.symbolic_name {
                let symbol = symbol.to_lowercase();
                if let Some(copy_index) = resource.copy_index {
                    table
                        .elements
                        .insert(format!("{symbol}[{copy_index}]"), index);
                }
                table.symbols.entry(symbol).or_default().push(index);
            }
            if let Some(copy) = &resource.copy_loop {
                let name = copy.name.to_lowercase();
                table.loops.entry(name).or_default().push(index);
            }
            table.ids.entry(resource.id.clone()).or_insert(index);
            for name in names(&resource.id) {
                table.names.entry(name).or_default().push(index);
            }
        }
        table
    }

    /// The resource of an id, a symbolic name or a name.
    pub(crate) fn find(&self, name: &str) -> Result<Target, Failure> {
        if let [index, ..] = self.indices(name).as_slice() {
            return Ok(self.targets[*index].clone());
        }
        if name.starts_with('/')
            && let Ok(id) = ResourceId::parse(name)
        {
            return Ok(Target {
                id,
                api_version: None,
            });
        }
        Err(not_defined(name))
    }

    /// The elements of a resource loop, in order.
    pub(crate) fn collection(&self, name: &str) -> Result<Vec<Target>, Failure> {
        let key = name.to_lowercase();
        let indices = self.symbols.get(&key).or_else(|| self.loops.get(&key));
        match indices {
            Some(indices) => Ok(indices
                .iter()
                .map(|index| self.targets[*index].clone())
                .collect()),
            None => Err(not_defined(name)),
        }
    }

    /// The resources of a name, symbolic name, id or loop; none where the template has no such resource.
    pub(crate) fn indices(&self, name: &str) -> Vec<usize> {
        let key = name.to_lowercase();
        if let Some(index) = self.elements.get(&key) {
            return vec![*index];
        }
        if let Some(indices) = self.symbols.get(&key).or_else(|| self.loops.get(&key)) {
            return indices.clone();
        }
        if name.starts_with('/') {
            let id = ResourceId::parse(name).ok();
            let index = id.and_then(|id| self.ids.get(&id));
            return index.into_iter().copied().collect();
        }
        self.names.get(&key).cloned().unwrap_or_default()
    }

    /// Whether it is a name that only the template gives, not an id.
    pub(crate) fn is_symbolic(&self, name: &str) -> bool {
        let key = name.to_lowercase();
        self.symbols.contains_key(&key) || self.elements.contains_key(&key)
    }
}

/// The names of a resource in its scope, in lower case.
fn names(id: &ResourceId) -> [String; 2] {
    let mut typed = id.namespace().to_lowercase();
    let kinds = id.resource_type().to_lowercase();
    for (kind, name) in kinds.split('/').skip(1).zip(id.names()) {
        typed.push('/');
        typed.push_str(kind);
        typed.push('/');
        typed.push_str(&name.to_lowercase());
    }
    [id.full_name().to_lowercase(), typed]
}

pub(crate) fn not_defined(name: &str) -> Failure {
    Failure::new(format!(
        "The resource '{name}' is not defined in the template. Please see https://aka.ms/arm-syntax for usage details."
    ))
}

/// The deployed resources answer.
pub(crate) struct Live<'s> {
    pub(crate) resources: &'s Resources,
    pub(crate) state: &'s dyn DeployedState,
}

impl Runtime for Live<'_> {
    fn resources(&self) -> &Resources {
        self.resources
    }

    fn reference(&self, target: &Target, full: bool) -> Result<Reduced<'static>, Failure> {
        self.state
            .reference(&target.id, target.api_version.as_deref(), full)
            .map(Reduced::owned)
            .ok_or_else(|| missing(&target.id))
    }

    fn list(
        &self,
        target: &Target,
        function: &str,
        api_version: &str,
        body: Option<&Value>,
    ) -> Result<Reduced<'static>, Failure> {
        self.state
            .list(&target.id, function, api_version, body)
            .map(Reduced::owned)
            .map_err(|error| {
                Failure::new(format!("{function} of '{}' failed with {error}", target.id))
            })
    }
}

fn missing(id: &ResourceId) -> Failure {
    let resource = format!("{}/{}", id.resource_type(), id.full_name());
    let message = match id.resource_group() {
        Some(group) => {
            format!("The Resource '{resource}' under resource group '{group}' was not found.")
        }
        None => format!("The Resource '{resource}' was not found."),
    };
    Failure::with_code("ResourceNotFound", message)
}

/// The outputs of the nested deployments that were looked at already; everything else stays an expression.
pub(crate) struct Unknown<'s> {
    pub(crate) resources: &'s Resources,
    pub(crate) deployments: &'s IndexMap<ResourceId, Expression>,
}

impl Runtime for Unknown<'_> {
    fn resources(&self) -> &Resources {
        self.resources
    }

    fn reference(&self, target: &Target, full: bool) -> Result<Reduced<'static>, Failure> {
        if let Some(properties) = self.deployments.get(&target.id) {
            let properties = properties.clone();
            return Ok(Reduced::Rest(if full {
                Expression::call(
                    "createObject",
                    vec![Expression::text("properties"), properties],
                )
            } else {
                properties
            }));
        }
        let mut arguments = vec![Expression::text(target.id.as_str())];
        if let Some(api_version) = &target.api_version {
            arguments.push(Expression::text(api_version));
        }
        if full {
            arguments.push(Expression::text("full"));
        }
        Ok(Reduced::Rest(Expression::call("reference", arguments)))
    }

    fn list(
        &self,
        target: &Target,
        function: &str,
        api_version: &str,
        body: Option<&Value>,
    ) -> Result<Reduced<'static>, Failure> {
        let mut arguments = vec![
            Expression::text(target.id.as_str()),
            Expression::text(api_version),
        ];
        arguments.extend(body.map(|body| Expression::Literal(body.clone())));
        Ok(Reduced::Rest(Expression::call(function, arguments)))
    }
}
