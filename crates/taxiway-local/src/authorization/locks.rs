//! Locks: what nobody may delete or change, whatever their role.
//!
//! Source: Azure documentation, "Lock your resources to protect your infrastructure": a lock acts on its scope and everything
//! below; one locked resource stops the deletion of its whole group.

use http::Method;
use serde_json::json;
use taxiway_arm::ResourceId;

use crate::{
    cloud::Cloud,
    error::ArmError,
    provider::{Outcome, Request, Response},
    record,
    store::StoredResource,
};

const LOCK_TYPE: &str = "Microsoft.Authorization/locks";
/// Source: ARM documentation, "Azure Resource Manager limits".
const MAX_LOCKS: usize = 20;

pub(super) fn handle(cloud: &Cloud, request: &Request) -> Outcome {
    match request.method {
        Method::PUT => put(cloud, request),
        Method::GET | Method::HEAD => record::answer_get(cloud, request),
        Method::DELETE => record::answer_delete(cloud, request),
        _ => Err(record::method_not_allowed(request)),
    }
}

fn put(cloud: &Cloud, request: &Request) -> Outcome {
    let level = request.body["properties"]["level"]
        .as_str()
        .unwrap_or_default();
    if !["CanNotDelete", "ReadOnly"].contains(&level) {
        return Err(ArmError::bad_request(
            "LockPropertiesNotValid",
            format!("The lock level '{level}' is not valid: it is CanNotDelete or ReadOnly."),
        ));
    }
    let scope = request.id.scope();
    let others = at(cloud, &scope)?
        .into_iter()
        .filter(|lock| lock.id != request.id)
        .count();
    if others >= MAX_LOCKS {
        return Err(ArmError::conflict(
            "LockLimitExceeded",
            format!("The scope '{scope}' already has {MAX_LOCKS} locks."),
        ));
    }
    let properties = json!({
        "level": level,
        "notes": request.body["properties"]["notes"],
    });
    let body = record::shape(&request.id, &json!({}), properties);
    record::answer_saved(cloud, request, body)
}

pub(super) fn list(cloud: &Cloud, request: &Request) -> Outcome {
    let items = all(cloud)?
        .into_iter()
        .filter(|lock| {
            let scope = lock.id.scope();
            scope.is_at_or_below(&request.id) || request.id.is_at_or_below(&scope)
        })
        .map(|lock| lock.body);
    Ok(Response::list(items.collect()))
}

/// 409 `ScopeLocked` where a lock forbids the call.
pub(crate) fn require_unlocked(cloud: &Cloud, request: &Request) -> Result<(), ArmError> {
    let is_delete = request.method == Method::DELETE;
    let is_write = [Method::PUT, Method::PATCH, Method::POST].contains(&request.method);
    let is_own = request.id.is_type(LOCK_TYPE) || request.id.is_scope() && request.action.is_some();
    if is_own || !(is_delete || is_write) {
        return Ok(());
    }
    let lock = all(cloud)?.into_iter().find(|lock| {
        let scope = lock.id.scope();
        let level = &lock.body["properties"]["level"];
        if is_delete {
            request.id.is_at_or_below(&scope) || scope.is_at_or_below(&request.id)
        } else {
            level == "ReadOnly" && request.id.is_at_or_below(&scope)
        }
    });
    let Some(lock) = lock else {
        return Ok(());
    };
    let verb = if is_delete { "delete" } else { "write" };
    Err(ArmError::conflict(
        "ScopeLocked",
        format!(
            "The scope '{}' cannot perform {verb} operation because following scope(s) are locked: '{}'. Please remove the lock and try again.",
            request.id,
            lock.id.scope()
        ),
    ))
}

fn all(cloud: &Cloud) -> Result<Vec<StoredResource>, ArmError> {
    Ok(cloud.store.all_of_type(LOCK_TYPE)?)
}

fn at(cloud: &Cloud, scope: &ResourceId) -> Result<Vec<StoredResource>, ArmError> {
    let mut locks = all(cloud)?;
    locks.retain(|lock| lock.id.scope() == *scope);
    Ok(locks)
}
