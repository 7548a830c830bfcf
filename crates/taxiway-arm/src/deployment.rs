//! One deployment of one template: prepared once, then evaluated resource by resource as Azure does.

use indexmap::IndexMap;
use serde_json::Value;

use crate::{Arguments, Context, DeployedState, ResourceId, Scope, TemplateDiagnostic};

/// A resource that a template declares; a copy loop declares one for each element.
#[derive(Clone, Debug, PartialEq)]
pub struct Resource {
    /// The resource's id.
    pub id: ResourceId,
    /// Its full type, as written.
    pub resource_type: String,
    /// The version of the API that creates it.
    pub api_version: String,
    /// Its name in the template's `resources` object; none in a classic template.
    pub symbolic_name: Option<String>,
    /// Which element of its copy loop it is.
    pub copy_index: Option<usize>,
    /// The name and mode of its copy loop.
    pub copy_loop: Option<CopyLoop>,
    /// Whether it is only read, never created.
    pub existing: bool,
    /// Whether its condition holds; one whose condition does not is skipped.
    pub condition: bool,
    /// The resources that have to be done before it, as indices into [`Deployment::resources`]; each is smaller.
    pub dependencies: Vec<usize>,
    /// Its declaration, as a JSON pointer into the template.
    pub pointer: String,
}

/// The copy loop of a resource.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CopyLoop {
    /// Its name.
    pub name: String,
    /// How many elements are deployed at once in serial mode; all at once without.
    pub batch_size: Option<usize>,
}

/// What is to be done for one resource.
#[derive(Clone, Debug, PartialEq)]
pub enum Step {
    /// Its condition does not hold: nothing.
    Skipped,
    /// It is only read: nothing.
    Existing,
    /// It is created or updated.
    Resource(EvaluatedResource),
    /// It is a deployment of its own, which the caller prepares in turn.
    Nested(NestedDeployment),
}

/// A resource with its final values, ready to PUT.
#[derive(Clone, Debug, PartialEq)]
pub struct EvaluatedResource {
    /// The resource's id.
    pub id: ResourceId,
    /// Its full type, as written.
    pub resource_type: String,
    /// Its full name (`site/slot`).
    pub name: String,
    /// The version of the API that creates it.
    pub api_version: String,
    /// Its name in the template's `resources` object.
    pub symbolic_name: Option<String>,
    /// Which element of its copy loop it is.
    pub copy_index: Option<usize>,
    /// The body: what the template says without `type`, `apiVersion`, `name`, `scope` and what only steers the deployment.
    ///
    /// From a real deployment it may hold values of secure parameters: never show it.
    pub body: Value,
    /// Its declaration, as a JSON pointer into the root template, through nested templates.
    pub pointer: String,
}

/// A deployment inside a deployment.
#[derive(Clone, Debug, PartialEq)]
pub struct NestedDeployment {
    /// The id of the deployment.
    pub id: ResourceId,
    /// Its name.
    pub name: String,
    /// Where it deploys.
    pub scope: ResourceId,
    /// Its location, at subscription scope and above.
    pub location: Option<String>,
    /// Its template: complete for inner evaluation; for outer evaluation already evaluated by the outer deployment.
    pub template: Value,
    /// Its parameters.
    ///
    /// They may hold values of secure parameters: never show them.
    pub arguments: Arguments,
    /// Where its template stands in the template of the outer deployment.
    pub pointer: String,
}

/// A value that a template puts out.
#[derive(Clone, Debug, PartialEq)]
pub struct Output {
    /// Its type as declared, in Azure's spelling (`String`, `SecureString`, …).
    pub output_type: String,
    /// Its value.
    pub value: Value,
    /// Whether it must never be shown; Azure leaves it out of the answer.
    pub secure: bool,
}

/// A parameter with its value.
#[derive(Clone, Debug, PartialEq)]
pub struct Parameter {
    /// Its type as declared, in Azure's spelling.
    pub parameter_type: String,
    /// Its value.
    pub value: Value,
    /// Whether it must never be shown; Azure answers it as null.
    pub secure: bool,
}

/// A template with its parameters, checked, and its resources in the order in which they are deployed.
#[derive(Debug)]
pub struct Deployment {
    resources: Vec<Resource>,
    parameters: IndexMap<String, Parameter>,
}

impl Deployment {
    /// Checks template and parameters, and works out the resources.
    ///
    /// # Errors
    /// Everything that is wrong, in Azure's codes.
    pub fn prepare(
        template: &Value,
        arguments: &Arguments,
        context: &Context,
    ) -> Result<Self, Vec<TemplateDiagnostic>> {
        let _ = (template, arguments, context);
        Err(vec![TemplateDiagnostic::error(
            "InvalidTemplate",
            "",
            "templates cannot be deployed yet",
        )])
    }

    /// The resources, each after everything that it depends on.
    pub fn resources(&self) -> &[Resource] {
        &self.resources
    }

    /// The parameters with their values, defaults included.
    pub const fn parameters(&self) -> &IndexMap<String, Parameter> {
        &self.parameters
    }

    /// What is to be done for the resource at `index`, once everything that it depends on is done.
    ///
    /// # Errors
    /// What is wrong, where a value cannot be evaluated; also for an index that no resource has.
    pub fn evaluate(
        &self,
        index: usize,
        state: &dyn DeployedState,
    ) -> Result<Step, TemplateDiagnostic> {
        let _ = (index, state);
        Err(TemplateDiagnostic::error(
            "InvalidTemplate",
            "",
            "templates cannot be deployed yet",
        ))
    }

    /// The outputs, once every resource is done; those whose condition does not hold are left out.
    ///
    /// # Errors
    /// What is wrong, where a value cannot be evaluated.
    pub fn outputs(
        &self,
        state: &dyn DeployedState,
    ) -> Result<IndexMap<String, Output>, Vec<TemplateDiagnostic>> {
        let _ = state;
        Ok(IndexMap::new())
    }
}

impl NestedDeployment {
    /// The context in which it is prepared: that of the outer deployment with this one's scope, name and location.
    pub fn context(&self, outer: &Context, scope: Scope) -> Context {
        Context {
            scope,
            deployment_name: self.name.clone(),
            deployment_location: self.location.clone(),
            ..outer.clone()
        }
    }
}
