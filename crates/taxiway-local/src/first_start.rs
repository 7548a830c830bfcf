//! What a cloud has before anybody asks: a tenant, a subscription, and the deployer with the role Owner.
//!
//! Made once. `<state>/credentials.json` is written anew when the ports, which stand in it, are others.

use serde::{Deserialize, Serialize};
use serde_json::json;
use taxiway_arm::ResourceId;
use uuid::Uuid;

use crate::{
    access::{ASSIGNMENT_TYPE, OWNER},
    authorization::definition_id,
    cloud::Cloud,
    error::ArmError,
    files::write_private,
    record,
    resources::subscription,
    store::{Store, StoreError},
};

const KIND: &str = "cloud";
const KEY: &str = "identity";

/// The ids of the cloud.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Identity {
    pub(crate) tenant_id: String,
    pub(crate) subscription_id: String,
}

/// What `<state>/credentials.json` holds.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Credentials {
    tenant_id: String,
    subscription_id: String,
    client_id: String,
    client_secret: String,
    #[serde(default)]
    resource_manager: String,
    #[serde(default)]
    authority: String,
    #[serde(default)]
    certificate_authority: String,
}

/// The tenant and subscription, made on the first start.
pub(crate) fn identity(store: &Store) -> Result<Identity, StoreError> {
    if let Some(identity) = store.document(KIND, KEY)? {
        return Ok(identity);
    }
    let identity = Identity {
        tenant_id: Uuid::new_v4().to_string(),
        subscription_id: Uuid::new_v4().to_string(),
    };
    store.transaction(|batch| {
        batch.put_document(KIND, KEY, &identity)?;
        Ok::<_, StoreError>(())
    })?;
    Ok(identity)
}

/// Makes sure that the subscription and its deployer are there, and writes the deployer's credentials.
pub(crate) fn ensure_deployer(cloud: &Cloud, identity: &Identity) -> Result<(), ArmError> {
    if subscription::find(cloud, &identity.subscription_id)?.is_none() {
        subscription::put(&cloud.store, &identity.subscription_id, "Local")?;
    }
    let (client_id, client_secret) = match known_deployer(cloud)? {
        Some(known) => known,
        None => new_deployer(cloud, identity)?,
    };
    let credentials = Credentials {
        tenant_id: identity.tenant_id.clone(),
        subscription_id: identity.subscription_id.clone(),
        client_id,
        client_secret,
        resource_manager: cloud.endpoints.resource_manager(),
        authority: cloud.endpoints.login(),
        certificate_authority: cloud.authority.certificate_path().to_string(),
    };
    let text = serde_json::to_vec_pretty(&credentials).map_err(StoreError::from)?;
    if std::fs::read(cloud.paths.credentials()).is_ok_and(|written| written == text) {
        return Ok(());
    }
    write_private(&cloud.paths.credentials(), &text)
        .map_err(|error| ArmError::internal(format!("Cannot write the credentials: {error}.")))
}

/// Those of the last start, if they still sign in. A stop between making and writing them leaves an application that nobody
/// can use.
fn known_deployer(cloud: &Cloud) -> Result<Option<(String, String)>, ArmError> {
    let Some(credentials) = std::fs::read(cloud.paths.credentials())
        .ok()
        .and_then(|text| serde_json::from_slice::<Credentials>(&text).ok())
    else {
        return Ok(None);
    };
    let principal = cloud
        .tokens
        .principals()
        .by_app_id(&credentials.client_id)?;
    Ok(principal
        .filter(|principal| principal.has_secret(&credentials.client_secret))
        .map(|_| (credentials.client_id, credentials.client_secret)))
}

fn new_deployer(cloud: &Cloud, identity: &Identity) -> Result<(String, String), ArmError> {
    let (principal, secret) = cloud
        .tokens
        .principals()
        .create_application("taxiway-deployer")?;
    let assignment = ResourceId::for_subscription(&identity.subscription_id)
        .and_then(|id| id.resource(ASSIGNMENT_TYPE, &Uuid::new_v4().to_string()))
        .map_err(|error| ArmError::internal(error.to_string()))?;
    let body = record::shape(
        &assignment,
        &json!({}),
        json!({
            "roleDefinitionId": definition_id(Some(&identity.subscription_id), OWNER),
            "principalId": principal.object_id,
            "principalType": "ServicePrincipal",
            "scope": format!("/subscriptions/{}", identity.subscription_id),
        }),
    );
    record::save(cloud, &assignment, "2022-04-01", body)?;
    Ok((principal.app_id, secret))
}
