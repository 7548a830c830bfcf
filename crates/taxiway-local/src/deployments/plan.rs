//! A deployment that is asked for: read, checked, and ready to run.

use serde_json::Value;
use taxiway_arm::{
    Arguments, Context, Deployer, Deployment, Mode, ResourceGroup, ResourceId, Scope,
    TemplateDiagnostic, azure_public_cloud,
};
use uuid::Uuid;

use crate::{
    access,
    cloud::Cloud,
    error::ArmError,
    identity::Caller,
    key_vault,
    provider::{Request, names, rules},
    resources::subscription,
};

/// A checked deployment.
pub(super) struct Plan {
    pub(super) id: ResourceId,
    pub(super) api_version: String,
    pub(super) mode: Mode,
    pub(super) location: Option<String>,
    pub(super) tags: Value,
    /// As the client sent it; of a nested deployment it may hold secrets and is never kept.
    pub(super) template: Value,
    pub(super) context: Context,
    pub(super) deployment: Deployment,
}

impl Plan {
    /// Reads the body of PUT and validate. Secrets that parameters refer to are fetched.
    pub(super) fn read(cloud: &Cloud, request: &Request) -> Result<Self, ArmError> {
        let properties = &request.body["properties"];
        let mode = mode(properties)?;
        let template = template(properties)?;
        refuse_unsupported(properties)?;
        let context = context(cloud, request)?;
        if mode == Mode::Complete && context.scope.resource_group().is_none() {
            return Err(ArmError::bad_request(
                "InvalidDeployment",
                "The 'Complete' deployment mode is not supported for this scope. Please use the 'Incremental' mode.",
            ));
        }
        let arguments = Arguments::from_json(&properties["parameters"])
            .map_err(|diagnostics| invalid_template(&diagnostics))?;
        let arguments = with_secrets(cloud, &request.caller, arguments)?;
        let deployment = Deployment::prepare(&template, &arguments, &context)
            .map_err(|diagnostics| invalid_template(&diagnostics))?;
        Ok(Self {
            id: request.id.clone(),
            api_version: request.api_version.clone(),
            mode,
            location: context.deployment_location.clone(),
            tags: request.body["tags"].clone(),
            template,
            context,
            deployment,
        })
    }

    /// What would fail for sure: unknown types, impossible names, missing rights. Reports all of it at once.
    pub(super) fn preflight(&self, cloud: &Cloud, caller: &Caller) -> Result<(), ArmError> {
        let mut details = Vec::new();
        for resource in self.deployment.resources() {
            if !resource.condition || resource.existing {
                continue;
            }
            let checked = rules::check_type(&resource.id, &resource.api_version)
                .and_then(|()| names::check(&resource.resource_type, resource.id.name()))
                .and_then(|()| {
                    let action = format!("{}/write", resource.resource_type);
                    // What it would write is not known yet.
                    let attributes = access::Attributes::Later;
                    access::require_with(cloud, caller, &action, &resource.id, attributes)
                });
            if let Err(error) = checked {
                details.push(error.with_target(resource.id.as_str()));
            }
        }
        if details.is_empty() {
            return Ok(());
        }
        let status = details[0].status;
        Err(ArmError::new(
            match status {
                http::StatusCode::FORBIDDEN => status,
                _ => http::StatusCode::BAD_REQUEST,
            },
            "InvalidTemplateDeployment",
            format!(
                "The template deployment '{}' is not valid according to the validation procedure. The tracking id is '{}'. See inner errors for details.",
                self.id.name(),
                Uuid::new_v4()
            ),
        )
        .with_details(details))
    }
}

fn mode(properties: &Value) -> Result<Mode, ArmError> {
    let mode = properties["mode"].as_str().unwrap_or_default();
    match mode.to_ascii_lowercase().as_str() {
        "incremental" => Ok(Mode::Incremental),
        "complete" => Ok(Mode::Complete),
        _ => Err(ArmError::bad_request(
            "InvalidDeployment",
            format!(
                "The deployment mode '{mode}' is not valid: it is 'Incremental' or 'Complete'."
            ),
        )),
    }
}

/// The template itself, which some clients send as a text.
pub(super) fn template(properties: &Value) -> Result<Value, ArmError> {
    match &properties["template"] {
        Value::Object(template) => Ok(Value::Object(template.clone())),
        Value::String(text) => serde_json::from_str(text).map_err(|error| {
            ArmError::bad_request(
                "InvalidTemplate",
                format!("Deployment template parse failed: '{error}'."),
            )
        }),
        _ => Err(ArmError::bad_request(
            "InvalidDeployment",
            "The deployment has no 'properties.template'. The local cloud fetches no linked templates.",
        )),
    }
}

fn refuse_unsupported(properties: &Value) -> Result<(), ArmError> {
    for name in ["templateLink", "parametersLink", "onErrorDeployment"] {
        if !properties[name].is_null() {
            return Err(ArmError::bad_request(
                "InvalidDeployment",
                format!("The local cloud does not support 'properties.{name}' of a deployment."),
            ));
        }
    }
    Ok(())
}

/// Puts the values of secrets in the place of references to them.
pub(super) fn with_secrets(
    cloud: &Cloud,
    caller: &Caller,
    mut arguments: Arguments,
) -> Result<Arguments, ArmError> {
    let references: Vec<_> = arguments
        .key_vault_references()
        .map(|(name, reference)| (name.to_owned(), reference.clone()))
        .collect();
    for (name, reference) in references {
        let secret = key_vault::read_for_deployment(
            cloud,
            caller,
            &reference.vault,
            &reference.secret_name,
            reference.secret_version.as_deref(),
        )
        .map_err(|error| error.with_target(name.as_str()))?;
        arguments.set(name, Value::String(secret.value));
    }
    Ok(arguments)
}

/// What the template is told about the world.
pub(super) fn context(cloud: &Cloud, request: &Request) -> Result<Context, ArmError> {
    let id = &request.id;
    let mut context = Context::new(scope(cloud, &id.scope())?);
    context.tenant_id = cloud.tokens.tenant_id().to_owned();
    context.tenant_display_name = "Taxiway local cloud".to_owned();
    context.deployment_name = id.name().to_owned();
    context.deployment_location = request.body["location"].as_str().map(str::to_owned);
    context.utc_now = jiff::Timestamp::now();
    context.guid_seed = Uuid::new_v4();
    context.environment = environment(cloud);
    context.deployer = Deployer {
        object_id: request.caller.object_id.clone(),
        tenant_id: request.caller.tenant_id.clone(),
        user_principal_name: String::new(),
    };
    if context.scope.resource_group().is_none() && context.deployment_location.is_none() {
        return Err(ArmError::bad_request(
            "LocationRequired",
            "The 'location' property must be specified for a deployment at subscription scope.",
        ));
    }
    Ok(context)
}

/// The subscription or group with the data that templates ask for.
pub(super) fn scope(cloud: &Cloud, id: &ResourceId) -> Result<Scope, ArmError> {
    let subscription = id
        .subscription()
        .map(|subscription| subscription::find(cloud, subscription))
        .transpose()?
        .flatten()
        .ok_or_else(|| {
            ArmError::bad_request(
                "InvalidDeploymentScope",
                format!(
                    "The local cloud deploys to resource groups and subscriptions, not to '{id}'."
                ),
            )
        })?;
    if id.resource_group().is_none() {
        return Ok(Scope::Subscription(subscription));
    }
    let group = cloud.store.resource(id)?.ok_or_else(|| {
        ArmError::not_found(
            "ResourceGroupNotFound",
            format!("Resource group '{}' could not be found.", id.name()),
        )
    })?;
    Ok(Scope::ResourceGroup(
        subscription,
        ResourceGroup {
            name: group.id.name().to_owned(),
            location: group.body["location"]
                .as_str()
                .unwrap_or_default()
                .to_owned(),
            tags: group.body["tags"].as_object().cloned().unwrap_or_default(),
        },
    ))
}

/// `environment()`: the public cloud's, with the hosts that this cloud has in their place.
fn environment(cloud: &Cloud) -> Value {
    let endpoints = &cloud.endpoints;
    let mut environment = azure_public_cloud();
    environment["name"] = "TaxiwayLocal".into();
    environment["resourceManager"] = endpoints.resource_manager().into();
    environment["graph"] = endpoints.graph().into();
    environment["authentication"]["loginEndpoint"] = format!("{}/", endpoints.login()).into();
    environment["suffixes"]["keyvaultDns"] = format!(".{}", endpoints.vault_suffix()).into();
    environment
}

/// 400 with everything that is wrong with a template.
pub(super) fn invalid_template(diagnostics: &[TemplateDiagnostic]) -> ArmError {
    let errors: Vec<&TemplateDiagnostic> = diagnostics
        .iter()
        .filter(|diagnostic| diagnostic.is_error())
        .collect();
    let described = |diagnostic: &TemplateDiagnostic| {
        if diagnostic.pointer.is_empty() {
            diagnostic.message.clone()
        } else {
            format!("{} (at '{}')", diagnostic.message, diagnostic.pointer)
        }
    };
    let [first, rest @ ..] = errors.as_slice() else {
        return ArmError::bad_request("InvalidTemplate", "Deployment template validation failed.");
    };
    let details = if rest.is_empty() {
        Vec::new()
    } else {
        errors
            .iter()
            .map(|error| ArmError::bad_request(error.code, described(error)))
            .collect()
    };
    ArmError::bad_request(
        first.code,
        format!(
            "Deployment template validation failed: '{}'.",
            described(first)
        ),
    )
    .with_details(details)
}
