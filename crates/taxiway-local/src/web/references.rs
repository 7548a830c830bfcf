//! Key Vault references in app settings.
//!
//! Source: App Service documentation, "Use Key Vault references": the two forms, and that an unresolved reference reaches the
//! application as its literal text.

use taxiway_arm::ResourceId;

use super::record::{Identity, SlotRecord};
use crate::{cloud::Cloud, error::ArmError, identity::Caller, key_vault};

/// A reference to a secret.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Reference {
    vault: String,
    secret: String,
    version: Option<String>,
}

/// What a setting's value is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Parsed {
    /// Plain text.
    Literal,
    /// It has the frame of a reference and is none.
    Invalid,
    Reference(Reference),
}

/// How a reference was resolved. `Debug` does not show the value.
#[derive(Clone)]
pub(super) struct Resolution {
    /// As `config/configreferences` names it.
    pub status: &'static str,
    pub details: String,
    pub version: Option<String>,
    pub value: Option<String>,
    pub identity: &'static str,
}

impl std::fmt::Debug for Resolution {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter
            .debug_struct("Resolution")
            .field("status", &self.status)
            .finish_non_exhaustive()
    }
}

/// Reads the value of a setting.
pub(super) fn parse(value: &str) -> Parsed {
    let frame = value
        .strip_prefix("@Microsoft.KeyVault(")
        .map(|rest| rest.strip_suffix(')'));
    let Some(inside) = frame else {
        return Parsed::Literal;
    };
    let inside = inside.unwrap_or_default();
    let reference = match inside.strip_prefix("SecretUri=") {
        Some(uri) => by_uri(uri),
        None => by_names(inside),
    };
    reference.map_or(Parsed::Invalid, Parsed::Reference)
}

fn by_uri(uri: &str) -> Option<Reference> {
    let rest = uri.strip_prefix("https://")?;
    let mut parts = rest.trim_end_matches('/').split('/');
    let vault = parts.next()?.split('.').next()?;
    (parts.next()? == "secrets").then_some(())?;
    let secret = parts.next()?;
    let version = parts.next().map(str::to_owned);
    let is_whole = parts.next().is_none() && !vault.is_empty() && !secret.is_empty();
    is_whole.then(|| Reference {
        vault: vault.to_owned(),
        secret: secret.to_owned(),
        version,
    })
}

fn by_names(text: &str) -> Option<Reference> {
    let value = |wanted: &str| {
        text.split(';')
            .filter_map(|part| part.split_once('='))
            .find(|(name, _)| name.trim().eq_ignore_ascii_case(wanted))
            .map(|(_, value)| value.trim().to_owned())
            .filter(|value| !value.is_empty())
    };
    Some(Reference {
        vault: value("VaultName")?,
        secret: value("SecretName")?,
        version: value("SecretVersion"),
    })
}

/// Resolves the value of a setting; none for plain text.
pub(super) fn resolve(cloud: &Cloud, slot: &SlotRecord, value: &str) -> Option<Resolution> {
    let reference = match parse(value) {
        Parsed::Literal => return None,
        Parsed::Invalid => {
            return Some(failed(
                "InvalidSyntax",
                "The reference is not well formed.",
                "",
            ));
        }
        Parsed::Reference(reference) => reference,
    };
    let (caller, identity) = match reading_identity(cloud, slot) {
        Ok(found) => found,
        Err(reason) => return Some(failed("MSINotEnabled", &reason, "")),
    };
    let read = key_vault::read_secret(
        cloud,
        &caller,
        &reference.vault,
        &reference.secret,
        reference.version.as_deref(),
    );
    Some(match read {
        Ok(secret) => Resolution {
            status: "Resolved",
            details: "Reference has been successfully resolved.".to_owned(),
            version: Some(secret.version),
            value: Some(secret.value),
            identity,
        },
        Err(error) => failed(status_of(&error, &reference), &error.message, identity),
    })
}

fn failed(status: &'static str, details: &str, identity: &'static str) -> Resolution {
    Resolution {
        status,
        details: details.to_owned(),
        version: None,
        value: None,
        identity,
    }
}

fn status_of(error: &ArmError, reference: &Reference) -> &'static str {
    match error.code.as_str() {
        "VaultNotFound" => "VaultNotFound",
        "SecretNotFound" if reference.version.is_some() => "SecretVersionNotFound",
        "SecretNotFound" => "SecretNotFound",
        "Forbidden" => "AccessToKeyVaultDenied",
        _ => "OtherReasons",
    }
}

/// The identity that reads the vault: the one that `keyVaultReferenceIdentity` names, else the system-assigned one.
fn reading_identity(cloud: &Cloud, slot: &SlotRecord) -> Result<(Caller, &'static str), String> {
    let wanted = slot
        .properties
        .get("keyVaultReferenceIdentity")
        .and_then(serde_json::Value::as_str)
        .filter(|id| !id.is_empty() && !id.eq_ignore_ascii_case("SystemAssigned"));
    let identity = slot
        .identity
        .as_ref()
        .ok_or("The site has no managed identity.")?;
    let (principal, kind) = match wanted {
        Some(id) => (user_principal(identity, id)?, "UserAssigned"),
        None => (
            identity
                .system
                .clone()
                .ok_or("The site has no system-assigned identity, and keyVaultReferenceIdentity names no other.")?,
            "SystemAssigned",
        ),
    };
    let principal = cloud
        .tokens
        .principals()
        .by_object_id(&principal)
        .map_err(|error| error.to_string())?
        .ok_or("The managed identity no longer exists.")?;
    let caller = Caller {
        object_id: principal.object_id,
        app_id: principal.app_id,
        tenant_id: cloud.tokens.tenant_id().to_owned(),
    };
    Ok((caller, kind))
}

fn user_principal(identity: &Identity, id: &str) -> Result<String, String> {
    let wanted = ResourceId::parse(id).map_err(|error| error.to_string())?;
    identity
        .user
        .iter()
        .find(|(known, _)| ResourceId::parse(known).is_ok_and(|known| known == wanted))
        .map(|(_, user)| user.principal_id.clone())
        .ok_or_else(|| format!("The identity '{id}' is not assigned to the site."))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(value: &str, expected: &str) {
        let parsed = match parse(value) {
            Parsed::Literal => "literal".to_owned(),
            Parsed::Invalid => "invalid".to_owned(),
            Parsed::Reference(reference) => format!(
                "{} {} {}",
                reference.vault,
                reference.secret,
                reference.version.as_deref().unwrap_or("-")
            ),
        };
        assert_eq!(parsed, expected, "{value}");
    }

    #[test]
    fn references_are_read() {
        check("plain", "literal");
        check(
            "@Microsoft.KeyVault(SecretUri=https://kv-shop.vault.localhost:8443/secrets/database-url/)",
            "kv-shop database-url -",
        );
        check(
            "@Microsoft.KeyVault(SecretUri=https://kv.vault.azure.net/secrets/n/0123)",
            "kv n 0123",
        );
        check(
            "@Microsoft.KeyVault(VaultName=kv;SecretName=n;SecretVersion=0123)",
            "kv n 0123",
        );
        check("@Microsoft.KeyVault(VaultName=kv;SecretName=n)", "kv n -");
        check("@Microsoft.KeyVault(VaultName=kv)", "invalid");
        check(
            "@Microsoft.KeyVault(SecretUri=https://kv.vault.azure.net/keys/n)",
            "invalid",
        );
        check(
            "@Microsoft.KeyVault(SecretUri=https://kv.vault.azure.net/secrets/n",
            "invalid",
        );
    }
}
