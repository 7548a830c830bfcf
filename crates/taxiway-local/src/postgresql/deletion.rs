//! The end of a server: its process, its data, its backups, its records.

use serde_json::Value;
use taxiway_arm::ResourceId;

use super::{flexible_server, folders::Folders, record::ServerRecord};
use crate::{
    cloud::Cloud,
    error::ArmError,
    provider::{Outcome, Request, Response},
};

const KIND: &str = "Microsoft.DBforPostgreSQL/flexibleServers/delete";

/// Answers 202, or 204 where there is no such server.
pub(super) fn start(cloud: &Cloud, request: &Request) -> Outcome {
    let id = &request.id;
    if cloud.store.resource(id)?.is_none() {
        return Ok(Response::no_content());
    }
    flexible_server::mark(cloud, id, "Dropping")?;
    cloud.operations.start(
        cloud,
        request,
        KIND,
        None,
        remove(cloud.clone(), id.clone()),
    )
}

/// Goes on with the deletions that a stop of the cloud interrupted.
pub(super) fn resume(cloud: &Cloud) -> Result<(), ArmError> {
    for operation in cloud.operations.unfinished()? {
        if operation.kind == KIND {
            let work = remove(cloud.clone(), operation.resource.clone());
            cloud.operations.resume(&operation, work)?;
        }
    }
    Ok(())
}

/// The records go last, so that a removal that broke off is seen and goes on.
async fn remove(cloud: Cloud, id: ResourceId) -> Result<Option<Value>, ArmError> {
    let server = cloud.servers.server(&id);
    let _turn = server.turn.lock().await;
    server.stop().await;
    let folders = Folders::of(&cloud, &id);
    let removal = tokio::task::spawn_blocking(move || folders.remove()).await;
    removal.map_err(|error| ArmError::internal(error.to_string()))??;
    for child in cloud.store.resources_under(&id)? {
        cloud.store.delete_resource(&child.id)?;
    }
    ServerRecord::forget(&cloud, &id)?;
    cloud.store.delete_resource(&id)?;
    cloud.servers.forget(&id);
    tracing::info!(server = id.name(), "a PostgreSQL server is deleted");
    Ok(None)
}
