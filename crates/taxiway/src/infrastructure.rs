//! The infrastructure of an environment as the repository's Bicep says it: compiled and evaluated, nothing deployed.

use std::collections::BTreeMap;

use camino::Utf8Path;
use serde_json::{Map, Value, json};
use taxiway_arm::{
    Arguments, Context, EvaluatedResource, ResourceGroup, Scope, Subscription, TemplateDiagnostic,
};
use taxiway_azure::{ResourceGroupId, Secret};
use taxiway_bicep::SourceMap;
use taxiway_diagnostics::{Diagnostic, Sources};
use taxiway_platform::{Environment, Origin, Platform};
use taxiway_rollout::{Infrastructure, SecretParameter, SecretValue};

use crate::failure::Failure;
use crate::programs::Interpreter;
use crate::surroundings::variable;

/// Where the Bicep of the whole lies.
const MAIN: &str = "infrastructure/bicep/main.bicep";

/// The variable by which `main.local.bicepparam` asks for the Python of this machine.
const PYTHON_VARIABLE: &str = "TAXIWAY_PYTHON";

/// A subscription for looking at templates before any is known.
const NO_SUBSCRIPTION: &str = "00000000-0000-0000-0000-000000000000";

/// A compiled and evaluated infrastructure.
#[derive(Debug)]
pub(crate) struct Compiled {
    /// The ARM template.
    pub(crate) template: Value,
    /// Its parameters, each `{"value": …}`, secure ones left out.
    pub(crate) parameters: Map<String, Value>,
    /// What it will consist of.
    pub(crate) resources: Vec<EvaluatedResource>,
    /// Warnings.
    pub(crate) diagnostics: Vec<Diagnostic>,
}

/// Compiles `main.bicep` with the parameters of `environment`, and evaluates the result.
///
/// # Errors
/// [`Failure`] with every error, each at its place in the Bicep.
pub(crate) fn compile(
    platform: &Platform,
    environment: &Environment,
    interpreter: Option<&Interpreter>,
    sources: &dyn Sources,
) -> Result<Compiled, Failure> {
    let path = environment.parameters_path();
    // Secrets come with the deployment request; what the parameter file would read from here stays out of the template.
    let secrets: Vec<&str> = platform
        .secrets
        .iter()
        .map(|secret| secret.variable.as_str())
        .collect();
    let lookup = |name: &str| match (name, interpreter) {
        (PYTHON_VARIABLE, Some(interpreter)) => Some(interpreter.version.clone()),
        _ if secrets.contains(&name) => Some(String::new()),
        _ => variable(name),
    };
    let compiled = taxiway_bicep::compile_parameters(sources, &path, &lookup);
    let main = taxiway_bicep::compile(sources, Utf8Path::new(MAIN));
    let mut diagnostics = main.diagnostics;
    diagnostics.extend(compiled.diagnostics.into_iter().filter(|diagnostic| {
        diagnostic
            .location
            .as_ref()
            .is_some_and(|location| location.path().extension() == Some("bicepparam"))
    }));
    let (Some(template), Some(parameters)) = (main.template, compiled.parameters) else {
        return Err(wrong(diagnostics));
    };
    let parameters = plain_parameters(&parameters, platform);
    let arguments = arguments(&parameters, platform, environment);
    let evaluation = taxiway_arm::evaluate(&template, &arguments, &context(environment));
    diagnostics.extend(
        evaluation
            .diagnostics
            .iter()
            .map(|diagnostic| located(diagnostic, &main.source_map)),
    );
    if diagnostics.iter().any(Diagnostic::is_error) {
        return Err(wrong(diagnostics));
    }
    Ok(Compiled {
        template,
        parameters,
        resources: evaluation.resources,
        diagnostics,
    })
}

fn wrong(diagnostics: Vec<Diagnostic>) -> Failure {
    Failure::refused("the infrastructure does not compile").with_diagnostics(diagnostics)
}

fn plain_parameters(compiled: &Value, platform: &Platform) -> Map<String, Value> {
    let mut parameters = compiled
        .get("parameters")
        .and_then(Value::as_object)
        .cloned()
        .unwrap_or_default();
    for secret in &platform.secrets {
        parameters.shift_remove(&secret.parameter);
    }
    parameters
}

/// The parameters with something in place of the secrets, whose values do not matter before a deployment.
fn arguments(
    parameters: &Map<String, Value>,
    platform: &Platform,
    environment: &Environment,
) -> Arguments {
    let mut arguments =
        Arguments::from_json(&Value::Object(parameters.clone())).unwrap_or_default();
    for secret in platform.secrets_of(environment) {
        arguments.set(
            secret.parameter.clone(),
            json!("a-value-that-comes-with-the-deployment"),
        );
    }
    arguments
}

fn context(environment: &Environment) -> Context {
    let subscription = Subscription {
        id: NO_SUBSCRIPTION.to_owned(),
        display_name: String::new(),
    };
    let group = ResourceGroup {
        name: environment.resource_group.clone(),
        location: environment.region.clone(),
        tags: Map::new(),
    };
    Context::new(Scope::ResourceGroup(subscription, group))
}

fn located(diagnostic: &TemplateDiagnostic, source_map: &SourceMap) -> Diagnostic {
    let mut located = Diagnostic::new(
        diagnostic.severity,
        diagnostic.code,
        diagnostic.message.clone(),
    );
    located.location = source_map.locate(&diagnostic.pointer);
    located
}

impl Compiled {
    /// What is sent to the cloud.
    pub(crate) fn infrastructure(
        &self,
        platform: &Platform,
        environment: &Environment,
        group: ResourceGroupId,
    ) -> Infrastructure {
        let mut tags: BTreeMap<String, String> = environment.tags.clone().into_iter().collect();
        tags.insert("application".to_owned(), platform.workload.clone());
        tags.insert("environment".to_owned(), environment.name.clone());
        tags.insert("managed-by".to_owned(), "taxiway".to_owned());
        Infrastructure {
            group,
            location: environment.region.clone(),
            tags,
            template: self.template.clone(),
            parameters: self.parameters.clone(),
            secrets: platform
                .secrets_of(environment)
                .map(secret_parameter)
                .collect(),
        }
    }
}

fn secret_parameter(secret: &taxiway_platform::Secret) -> SecretParameter {
    let value = match secret.origin {
        Origin::Generated { length } => SecretValue::Generated { length },
        Origin::Supplied => SecretValue::Supplied {
            variable: secret.variable.clone(),
            value: variable(&secret.variable).map(Secret::new),
        },
    };
    SecretParameter {
        parameter: secret.parameter.clone(),
        name: secret.name.clone(),
        value,
    }
}
