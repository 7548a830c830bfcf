//! How a command reaches an environment: endpoints and a credential, for the local cloud and for Azure.

use camino::Utf8Path;
use serde::Deserialize;
use taxiway_azure::{
    Azure, Credential, CredentialSource, Endpoints, ResourceGroupId, Secret, Transport,
    TransportOptions,
};
use taxiway_platform::{Environment, EnvironmentKind};
use taxiway_rollout::Patience;

use crate::failure::Failure;
use crate::surroundings::{Surroundings, variable};

/// A signed-in client and the resource group of one environment.
#[derive(Debug)]
pub(crate) struct Connection {
    /// The client.
    pub(crate) azure: Azure,
    /// The environment's resource group.
    pub(crate) group: ResourceGroupId,
    /// The only certificate authority to trust, as PEM; the system's without one.
    pub(crate) certificate_authority: Option<Vec<u8>>,
    /// How long to wait for what.
    pub(crate) patience: Patience,
}

/// What the local cloud writes for its own deployer.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct LocalCredentials {
    pub(crate) tenant_id: String,
    pub(crate) subscription_id: String,
    pub(crate) client_id: String,
    client_secret: Secret<String>,
    pub(crate) resource_manager: url::Url,
    pub(crate) certificate_authority: camino::Utf8PathBuf,
}

impl LocalCredentials {
    /// Reads them from the state directory of the local cloud.
    ///
    /// # Errors
    /// [`Failure`] where the local cloud was never started.
    pub(crate) fn read(state: &Utf8Path) -> Result<Self, Failure> {
        let path = state.join("credentials.json");
        let text = std::fs::read_to_string(&path).map_err(|error| {
            Failure::lacking("the local cloud has not been started on this machine")
                .detail(format!("`{path}`: {error}"))
                .next("start it", "taxiway cloud start")
        })?;
        serde_json::from_str(&text).map_err(|error| {
            Failure::lacking(format!("`{path}` is not what the local cloud writes"))
                .because(&error)
                .next("start it anew", "taxiway cloud reset")
        })
    }

    /// The secret, for `taxiway cloud env`.
    pub(crate) const fn client_secret(&self) -> &Secret<String> {
        &self.client_secret
    }
}

/// Connects to an environment.
///
/// # Errors
/// [`Failure`] that says what is missing, or who could not be reached.
pub(crate) async fn connect(
    environment: &Environment,
    surroundings: &Surroundings,
) -> Result<Connection, Failure> {
    match environment.kind {
        EnvironmentKind::Local => local(environment, surroundings).await,
        EnvironmentKind::Azure => azure(environment).await,
    }
}

async fn local(
    environment: &Environment,
    surroundings: &Surroundings,
) -> Result<Connection, Failure> {
    let credentials = LocalCredentials::read(&surroundings.state)?;
    let authority = std::fs::read(&credentials.certificate_authority).map_err(|error| {
        Failure::lacking("the local cloud's certificate authority cannot be read").because(&error)
    })?;
    let options = TransportOptions {
        certificate_authority: Some(authority.clone()),
        ..TransportOptions::default()
    };
    let transport = Transport::new(&options).map_err(|error| unreachable(&error))?;
    let endpoints = Endpoints::discover(&credentials.resource_manager, &transport)
        .await
        .map_err(|error| unreachable(&error))?;
    let credential = Credential::ClientSecret {
        tenant: credentials.tenant_id,
        client_id: credentials.client_id,
        secret: credentials.client_secret,
    };
    let azure = Azure::new(endpoints, credential, transport);
    Ok(Connection {
        azure,
        group: ResourceGroupId::new(credentials.subscription_id, &environment.resource_group),
        certificate_authority: Some(authority),
        patience: Patience::local(),
    })
}

async fn azure(environment: &Environment) -> Result<Connection, Failure> {
    let Some(subscription) = variable("AZURE_SUBSCRIPTION_ID") else {
        return Err(Failure::lacking(format!(
            "the subscription for `{}` is not named",
            environment.name
        ))
        .next(
            "name it",
            "export AZURE_SUBSCRIPTION_ID=$(az account show --query id -o tsv)",
        ));
    };
    let credential = CredentialSource::from_lookup(&variable)
        .credential()
        .map_err(|error| unreachable(&error))?;
    let transport =
        Transport::new(&TransportOptions::default()).map_err(|error| unreachable(&error))?;
    let azure = Azure::new(Endpoints::public(), credential, transport);
    azure
        .sign_in()
        .await
        .map_err(|error| unreachable(&error).next("sign in", "az login"))?;
    Ok(Connection {
        azure,
        group: ResourceGroupId::new(subscription, &environment.resource_group),
        certificate_authority: None,
        patience: Patience::azure(),
    })
}

/// A failure to reach or use the cloud before anything was changed.
pub(crate) fn unreachable(error: &taxiway_azure::Error) -> Failure {
    let failure = Failure::lacking("the cloud cannot be used").because(error);
    match error.hint() {
        Some(hint) => failure.next("try", hint),
        None => failure,
    }
}
