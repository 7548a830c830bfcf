//! Who may use a Kudu host.

use base64::{Engine, engine::general_purpose::STANDARD};
use http::{HeaderMap, StatusCode, header};
use sha2::{Digest, Sha256};

use crate::{
    access,
    cloud::Cloud,
    error::ArmError,
    identity::Audience,
    resource_manager::authenticate,
    web::{config::publishing_user, record::SlotRecord, slot_id::SlotId},
};

/// Checks the credentials of a call; returns who it is.
///
/// # Errors
/// 401 without good credentials, 403 without a role that may publish.
pub(super) fn check(
    cloud: &Cloud,
    slot: &SlotId,
    found: &SlotRecord,
    headers: &HeaderMap,
    is_read: bool,
) -> Result<String, ArmError> {
    let value = headers
        .get(header::AUTHORIZATION)
        .and_then(|value| value.to_str().ok());
    let basic = value.and_then(|value| {
        let (scheme, rest) = value.split_once(' ')?;
        scheme.eq_ignore_ascii_case("basic").then_some(rest)
    });
    if let Some(encoded) = basic {
        return check_basic(slot, found, encoded);
    }
    let caller = authenticate(cloud, headers, Audience::ResourceManager)?;
    // Source: Azure built-in roles, Website Contributor: what Kudu asks of a token is the right to publish.
    let action = if is_read {
        "Microsoft.Web/sites/read"
    } else {
        "Microsoft.Web/sites/publish/Action"
    };
    access::require(cloud, &caller, action, &slot.site)?;
    Ok(caller.app_id)
}

fn check_basic(slot: &SlotId, found: &SlotRecord, encoded: &str) -> Result<String, ArmError> {
    let refuse = |message: &str| ArmError::new(StatusCode::UNAUTHORIZED, "Unauthorized", message);
    if !found.basic_auth.scm {
        return Err(refuse(
            "Basic authentication is off for this site; use a token.",
        ));
    }
    let user = publishing_user(slot);
    let decoded = STANDARD.decode(encoded.trim()).unwrap_or_default();
    let expected = format!("{user}:{}", found.publishing_password);
    // Digests, so that the time of the comparison tells nothing.
    if Sha256::digest(decoded) == Sha256::digest(expected) {
        Ok(user)
    } else {
        Err(refuse("The user name or the password is wrong."))
    }
}
