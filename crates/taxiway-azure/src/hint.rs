//! Advice for error codes whose remedy is known.
//!
//! Sources: Azure documentation, "Troubleshoot common Azure deployment errors"; Microsoft Entra
//! authentication and authorization error codes; Key Vault REST API error codes.

/// A code, or the start of a text, and what to do.
const HINTS: &[(&str, &str)] = &[
    (
        "AADSTS700213",
        "no federated credential matches: compare its issuer and subject with the workflow's repository, branch or environment; a new one takes up to a minute",
    ),
    (
        "AADSTS700211",
        "no federated credential matches the issuer: compare it with the workflow's",
    ),
    (
        "AADSTS70021",
        "no federated credential matches: compare its issuer and subject with the workflow's repository, branch or environment; a new one takes up to a minute",
    ),
    (
        "AADSTS700024",
        "the federated token has expired: run the job again",
    ),
    (
        "AADSTS700027",
        "the certificate does not belong to this application",
    ),
    (
        "AADSTS7000215",
        "the client secret is wrong: use its value, not its id",
    ),
    (
        "AADSTS7000222",
        "the client secret has expired: make a new one, or use federation, which has none",
    ),
    (
        "AADSTS700016",
        "the application does not exist in this tenant: check AZURE_CLIENT_ID and AZURE_TENANT_ID",
    ),
    (
        "AADSTS90002",
        "the tenant does not exist: check AZURE_TENANT_ID",
    ),
    ("AADSTS50034", "the user does not exist in this tenant"),
    (
        "AADSTS50076",
        "multi-factor authentication is needed: az login",
    ),
    (
        "AADSTS50079",
        "multi-factor authentication is needed: az login",
    ),
    ("AADSTS50173", "the sign-in was revoked: az login"),
    (
        "AuthorizationFailed",
        "the identity lacks a role at this scope; one assigned just now takes up to ten minutes",
    ),
    (
        "LinkedAuthorizationFailed",
        "the identity lacks a role on a linked resource (a subnet, an identity, a vault)",
    ),
    (
        "ForbiddenByRbac",
        "the identity lacks a Key Vault data role, such as Key Vault Secrets User; one assigned just now takes up to ten minutes",
    ),
    (
        "ForbiddenByPolicy",
        "the vault uses access policies and has none for this identity",
    ),
    (
        "ForbiddenByFirewall",
        "the vault's firewall does not let this address in",
    ),
    (
        "ForbiddenByConnection",
        "the vault is closed to public networks: run from its virtual network",
    ),
    (
        "InvalidAuthenticationTokenTenant",
        "the token is of another tenant than the subscription: check AZURE_TENANT_ID",
    ),
    (
        "SubscriptionNotFound",
        "the identity sees no such subscription: check its id and the identity's roles",
    ),
    (
        "MissingSubscriptionRegistration",
        "register the resource provider: az provider register --namespace <namespace> --wait",
    ),
    (
        "NoRegisteredProviderFound",
        "the type is not offered in this region or api-version",
    ),
    (
        "LocationNotAvailableForResourceType",
        "the type is not offered in this region: choose another region in taxiway.toml",
    ),
    (
        "SkuNotAvailable",
        "the size is not offered in this region or subscription: choose another size or region",
    ),
    (
        "QuotaExceeded",
        "the subscription's quota in this region is used up: ask for more, or choose another size or region",
    ),
    (
        "SubscriptionIsOverQuotaForSku",
        "the subscription's quota for this plan size in this region is used up or zero: ask for more, or choose another region",
    ),
    (
        "VaultAlreadyExists",
        "a vault of this name exists, perhaps soft-deleted: az keyvault list-deleted, then recover or purge it, or choose another name",
    ),
    (
        "ConflictError",
        "a vault of this name is soft-deleted: az keyvault recover, or choose another name",
    ),
    (
        "ObjectIsDeletedButRecoverable",
        "a secret of this name is soft-deleted: az keyvault secret recover",
    ),
    (
        "WebsiteAlreadyExists",
        "the site's name is taken in the whole of Azure: choose another name in taxiway.toml",
    ),
    (
        "ServerNameAlreadyExists",
        "the server's name is taken in the whole of Azure: choose another name in taxiway.toml",
    ),
    (
        "RequestDisallowedByPolicy",
        "a policy of the subscription forbids it; the details name the policy",
    ),
    (
        "ScopeLocked",
        "a lock protects the resource: remove the lock first",
    ),
    (
        "InvalidTemplate",
        "the template itself is wrong: taxiway bicep build",
    ),
    (
        "DeploymentActive",
        "another deployment of this name is running: wait for it, or cancel it",
    ),
    (
        "DeploymentActiveAndUneditable",
        "another deployment of this name is running: wait for it, or cancel it",
    ),
    (
        "DeploymentQuotaExceeded",
        "the resource group keeps 800 deployments: delete old ones",
    ),
    (
        "PrincipalNotFound",
        "the new identity is not yet known everywhere: run the same command again in a minute",
    ),
    (
        "ServerIsBusy",
        "another operation runs on the server: run the same command again when it has ended",
    ),
    (
        "CannotSwapSlots",
        "a slot did not restart or warm up: see the slot's log",
    ),
    (
        "ResourceGroupNotFound",
        "the resource group does not exist: provision the environment first",
    ),
];

/// The advice for an error code.
pub(crate) fn for_code(code: &str) -> Option<&'static str> {
    HINTS
        .iter()
        .find(|(known, _)| known.eq_ignore_ascii_case(code))
        .map(|(_, hint)| *hint)
}

/// The advice for a text that holds a known code as a word of its own.
pub(crate) fn for_text(text: &str) -> Option<String> {
    text.split(|character: char| !character.is_ascii_alphanumeric())
        .find_map(for_code)
        .map(str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::{for_code, for_text};

    #[test]
    fn the_whole_code_decides() {
        assert!(
            for_text("AADSTS7000215: Invalid client secret provided.")
                .unwrap()
                .contains("its value")
        );
        assert!(
            for_text("AADSTS70021: No matching")
                .unwrap()
                .contains("federated")
        );
        assert_eq!(for_text("all is well"), None);
        assert!(for_code("authorizationfailed").is_some());
        assert_eq!(for_code("Authorization"), None);
    }
}
