//! What the names of one template mean: its parameters, variables and functions, each with its value.
//!
//! Parameters and variables are evaluated once, in the order of their dependencies; a variable that fails is reported
//! where it is used. Values that are not known yet (in a template that is only looked at) stay expressions.

mod names;
mod parameters;
mod variables;

use std::collections::{HashMap, HashSet};

pub(crate) use parameters::output_type;

use indexmap::IndexMap;
use serde_json::{Map, Value, json};

use crate::arguments::{Argument, Arguments};
use crate::expression::{Expression, Failure, Reduced, member};
use crate::schema::Schemas;
use crate::{Context, KeyVaultReference, TemplateDiagnostic};

/// A value given to a parameter.
#[derive(Clone, PartialEq)]
pub(crate) enum Given {
    Value(Value),
    /// A secret that nobody has fetched.
    Secret(KeyVaultReference),
    /// A value that only a running deployment knows.
    Rest(Expression),
}

/// The values given to a template, by parameter.
pub(crate) type Inputs = IndexMap<String, Given>;

/// How a template is looked at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum View {
    /// It is deployed: everything is known in the end.
    Deployed,
    /// It is only looked at; values of secure parameters are used.
    Revealed,
    /// It is only looked at; values of secure parameters stay expressions.
    Hidden,
}

/// The names of one template. Values may be secrets, and so none of this can be printed.
pub(crate) struct Bindings {
    context: Context,
    view: View,
    /// Whether a parameter that the template does not have is left as an expression: it is one of an outer template.
    leaves_unknown_names: bool,
    schemas: Schemas,
    parameters: IndexMap<String, Bound>,
    variables: HashMap<String, Result<Reduced<'static>, Failure>>,
    functions: HashMap<String, UserFunction>,
    /// The names of the resource loops, in lower case.
    loops: HashSet<String>,
    content_version: Value,
    metadata: Value,
}

/// A parameter with its value.
pub(crate) struct Bound {
    pub(crate) name: String,
    pub(crate) type_name: &'static str,
    pub(crate) is_secure: bool,
    value: Result<Reduced<'static>, Failure>,
}

impl Bound {
    /// The value, where it is known.
    pub(crate) fn known(&self) -> Option<&Value> {
        match &self.value {
            Ok(Reduced::Value(value)) => Some(value),
            Ok(Reduced::Rest(_)) | Err(_) => None,
        }
    }
}

/// A function that the template defines.
#[derive(Debug)]
pub(crate) struct UserFunction {
    pub(crate) parameters: Vec<FunctionParameter>,
    pub(crate) output: Value,
    pub(crate) pointer: String,
}

/// A parameter of such a function.
#[derive(Debug)]
pub(crate) struct FunctionParameter {
    pub(crate) name: String,
    pub(crate) schema: Value,
}

/// What a template is bound to.
pub(crate) struct Binding<'t> {
    pub(crate) template: &'t Map<String, Value>,
    pub(crate) inputs: &'t Inputs,
    pub(crate) context: &'t Context,
    pub(crate) view: View,
    pub(crate) leaves_unknown_names: bool,
    /// Where the template stands in the outermost one.
    pub(crate) pointer: &'t str,
}

impl Bindings {
    /// Evaluates parameters and variables; what is wrong is in the diagnostics.
    pub(crate) fn new(binding: &Binding<'_>) -> (Self, Vec<TemplateDiagnostic>) {
        let template = binding.template;
        let mut bindings = Self {
            context: binding.context.clone(),
            view: binding.view,
            leaves_unknown_names: binding.leaves_unknown_names,
            schemas: Schemas::new(template),
            parameters: IndexMap::new(),
            variables: HashMap::new(),
            functions: HashMap::new(),
            loops: loops(template),
            content_version: member(template, "contentVersion")
                .cloned()
                .unwrap_or_default(),
            metadata: member(template, "metadata").cloned().unwrap_or_default(),
        };
        let mut diagnostics = bindings.define_functions(template, binding.pointer);
        diagnostics.extend(parameters::bind(&mut bindings, binding));
        diagnostics.extend(variables::bind(&mut bindings, template, binding.pointer));
        (bindings, diagnostics)
    }

    pub(crate) const fn context(&self) -> &Context {
        &self.context
    }

    pub(crate) const fn leaves_unknown_names(&self) -> bool {
        self.leaves_unknown_names
    }

    pub(crate) const fn schemas(&self) -> &Schemas {
        &self.schemas
    }

    pub(crate) fn parameters(&self) -> impl Iterator<Item = &Bound> {
        self.parameters.values()
    }

    /// The value of a parameter; `None` where there is no such parameter.
    pub(crate) fn parameter(&self, name: &str) -> Option<Result<Reduced<'_>, Failure>> {
        let bound = self.parameters.get(&name.to_lowercase())?;
        if bound.is_secure && self.view == View::Hidden {
            return Some(Ok(Reduced::Rest(Expression::call(
                "parameters",
                vec![Expression::text(&bound.name)],
            ))));
        }
        Some(match &bound.value {
            Ok(value) => Ok(value.borrowed()),
            Err(failure) => Err(failure.clone()),
        })
    }

    /// The value of a variable; `None` where there is no such variable.
    pub(crate) fn variable(&self, name: &str) -> Option<Result<Reduced<'_>, Failure>> {
        Some(match self.variables.get(&name.to_lowercase())? {
            Ok(value) => Ok(value.borrowed()),
            Err(failure) => Err(failure.clone()),
        })
    }

    pub(crate) fn function(&self, name: &str) -> Option<&UserFunction> {
        self.functions.get(&name.to_lowercase())
    }

    /// Whether the template has a resource loop of this name, be it without elements.
    pub(crate) fn is_loop(&self, name: &str) -> bool {
        self.loops.contains(&name.to_lowercase())
    }

    pub(crate) fn check_type(&self, schema: &Value, value: &Value) -> Result<(), String> {
        self.schemas.check(schema, value, false)
    }

    /// What `deployment()` gives.
    pub(crate) fn deployment(&self) -> Value {
        let mut deployment = json!({
            "name": self.context.deployment_name,
            "properties": {
                "template": {"contentVersion": self.content_version, "metadata": self.metadata},
                "mode": "Incremental",
                "provisioningState": "Accepted",
            },
        });
        if let Some(location) = &self.context.deployment_location {
            deployment["location"] = location.clone().into();
        }
        deployment
    }

    fn define_functions(
        &mut self,
        template: &Map<String, Value>,
        pointer: &str,
    ) -> Vec<TemplateDiagnostic> {
        let mut diagnostics = Vec::new();
        let namespaces = match member(template, "functions") {
            Some(Value::Array(namespaces)) => namespaces.as_slice(),
            None => &[],
            Some(_) => {
                diagnostics.push(TemplateDiagnostic::error(
                    "InvalidTemplate",
                    format!("{pointer}/functions"),
                    "The template functions must be an array.",
                ));
                &[]
            }
        };
        for (index, namespace) in namespaces.iter().enumerate() {
            let prefix = namespace
                .get("namespace")
                .and_then(Value::as_str)
                .unwrap_or_default();
            let members = namespace.get("members").and_then(Value::as_object);
            for (name, declaration) in members.into_iter().flatten() {
                let full = format!("{prefix}.{name}").to_lowercase();
                let pointer = format!(
                    "{pointer}/functions/{index}/members/{}/output/value",
                    crate::pointer::escape(name)
                );
                self.functions
                    .insert(full, user_function(declaration, pointer));
            }
        }
        diagnostics
    }
}

fn user_function(declaration: &Value, pointer: String) -> UserFunction {
    let parameters = declaration.get("parameters").and_then(Value::as_array);
    UserFunction {
        parameters: parameters
            .into_iter()
            .flatten()
            .map(|parameter| FunctionParameter {
                name: parameter
                    .get("name")
                    .and_then(Value::as_str)
                    .unwrap_or_default()
                    .to_owned(),
                schema: parameter.clone(),
            })
            .collect(),
        output: declaration
            .pointer("/output/value")
            .cloned()
            .unwrap_or_default(),
        pointer,
    }
}

fn loops(template: &Map<String, Value>) -> HashSet<String> {
    let named = |resource: &Value| {
        let name = resource.get("copy")?.get("name")?.as_str()?;
        Some(name.to_lowercase())
    };
    match member(template, "resources") {
        Some(Value::Array(resources)) => resources.iter().filter_map(named).collect(),
        Some(Value::Object(resources)) => resources
            .iter()
            .filter(|(_, resource)| resource.get("copy").is_some())
            .flat_map(|(symbol, resource)| [Some(symbol.to_lowercase()), named(resource)])
            .flatten()
            .collect(),
        _ => HashSet::new(),
    }
}

/// The values that a caller gives.
pub(crate) fn inputs(arguments: &Arguments) -> Inputs {
    arguments
        .iter()
        .map(|(name, argument)| {
            let given = match argument {
                Argument::Value(value) => Given::Value(value.clone()),
                Argument::KeyVault(reference) => Given::Secret(reference.clone()),
                Argument::Unknown => {
                    Given::Rest(Expression::call("parameters", vec![Expression::text(name)]))
                }
            };
            (name.to_owned(), given)
        })
        .collect()
}
