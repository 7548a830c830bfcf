//! The infrastructure of an environment as the repository's Bicep says it: compiled and evaluated, nothing deployed.

use std::collections::BTreeMap;

use serde_json::{Map, Value};
use taxiway_arm::{EvaluatedResource, ResourceGroup};
use taxiway_azure::{ResourceGroupId, Secret};
use taxiway_check::{Entry, Evaluated, Options, Run};
use taxiway_diagnostics::{Diagnostic, Sources};
use taxiway_platform::{Environment, Origin, Platform};
use taxiway_rollout::{Infrastructure, SecretParameter, SecretValue};

use crate::acceptance;
use crate::failure::Failure;
use crate::programs::Interpreter;
use crate::surroundings::{module_cache, variable};

/// The rule about what is accepted and does not occur.
const STALE_SUPPRESSION: &str = "stale-suppression";

/// The variable by which `main.local.bicepparam` asks for the Python of this machine.
const PYTHON_VARIABLE: &str = "TAXIWAY_PYTHON";

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

/// Compiles `main.bicep` with the parameters of `environment`, evaluates the result and judges it.
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
        .all_secrets()
        .into_iter()
        .map(|secret| secret.variable.as_str())
        .collect();
    let lookup = |name: &str| match (name, interpreter) {
        (PYTHON_VARIABLE, Some(interpreter)) => Some(interpreter.version.clone()),
        _ if secrets.contains(&name) => Some(String::new()),
        _ => variable(name),
    };
    let given_later: Vec<String> = platform
        .secrets_of(environment)
        .map(|secret| secret.parameter.clone())
        .collect();
    let surroundings = taxiway_check::Surroundings {
        variables: &lookup,
        resource_group: Some(ResourceGroup {
            name: environment.resource_group.clone(),
            location: environment.region.clone(),
            tags: Map::new(),
        }),
        given_later: &given_later,
        is_complete: true,
        module_cache: Some(module_cache(None)),
    };
    let evaluated = Evaluated::open(sources, &Entry::new(path), &surroundings)
        .map_err(|found| refused("the infrastructure does not compile", found))?;
    let mut diagnostics = evaluated.diagnostics.clone();
    diagnostics.extend(judge(&evaluated, sources)?);
    if diagnostics.iter().any(Diagnostic::is_error) {
        return Err(refused("the infrastructure would not work", diagnostics));
    }
    let mut parameters = evaluated.parameters;
    for secret in platform.all_secrets() {
        parameters.shift_remove(&secret.parameter);
    }
    Ok(Compiled {
        template: evaluated.template,
        parameters,
        resources: evaluated.resources,
        diagnostics,
    })
}

fn refused(message: &str, diagnostics: Vec<Diagnostic>) -> Failure {
    Failure::refused(message).with_diagnostics(diagnostics)
}

/// What the rules say, as `taxiway check` does.
fn judge(evaluated: &Evaluated, sources: &dyn Sources) -> Result<Vec<Diagnostic>, Failure> {
    let options = Options {
        allowed: acceptance::allowed(&acceptance::config(sources)?),
        ..Options::default()
    };
    let mut run = Run::new(sources, options);
    run.judge(evaluated);
    let findings = run.finish().into_iter();
    // What is accepted for another environment is not stale.
    Ok(findings
        .filter(|finding| finding.rule.code != STALE_SUPPRESSION)
        .map(|finding| finding.diagnostic)
        .collect())
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
