//! Which credential an environment amounts to.

use std::path::PathBuf;

use url::Url;

use super::{Assertion, Credential, IdentityIssuer, sign_in};
use crate::{error::Error, secret::Secret};

/// What the binary found in its environment; the variables are those of Azure's own SDKs.
#[derive(Clone, Debug, Default)]
pub struct CredentialSource {
    /// `AZURE_TENANT_ID`.
    pub tenant: Option<String>,
    /// `AZURE_CLIENT_ID`.
    pub client_id: Option<String>,
    /// `AZURE_CLIENT_SECRET`.
    pub client_secret: Option<Secret<String>>,
    /// `AZURE_FEDERATED_TOKEN_FILE`.
    pub federated_token_file: Option<PathBuf>,
    /// `ACTIONS_ID_TOKEN_REQUEST_URL`.
    pub github_url: Option<String>,
    /// `ACTIONS_ID_TOKEN_REQUEST_TOKEN`.
    pub github_token: Option<Secret<String>>,
    /// `IDENTITY_ENDPOINT`.
    pub identity_endpoint: Option<String>,
    /// `IDENTITY_HEADER`.
    pub identity_header: Option<Secret<String>>,
    /// `AZURE_AUTHORITY_HOST`.
    pub authority: Option<String>,
}

impl CredentialSource {
    /// Fills the source by looking variables up; empty ones count as absent.
    pub fn from_lookup(lookup: &dyn Fn(&str) -> Option<String>) -> Self {
        let get = |name: &str| lookup(name).filter(|value| !value.is_empty());
        Self {
            tenant: get("AZURE_TENANT_ID"),
            client_id: get("AZURE_CLIENT_ID"),
            client_secret: get("AZURE_CLIENT_SECRET").map(Secret::new),
            federated_token_file: get("AZURE_FEDERATED_TOKEN_FILE").map(PathBuf::from),
            github_url: get("ACTIONS_ID_TOKEN_REQUEST_URL"),
            github_token: get("ACTIONS_ID_TOKEN_REQUEST_TOKEN").map(Secret::new),
            identity_endpoint: get("IDENTITY_ENDPOINT"),
            identity_header: get("IDENTITY_HEADER").map(Secret::new),
            authority: get("AZURE_AUTHORITY_HOST"),
        }
    }

    /// The credential that the environment amounts to: secret, GitHub, token file, managed
    /// identity, and without any of these the Azure CLI.
    ///
    /// # Errors
    /// When an address among the variables is none.
    pub fn credential(&self) -> Result<Credential, Error> {
        if let (Some(tenant), Some(client_id)) = (self.tenant.clone(), self.client_id.clone()) {
            if let Some(secret) = self.client_secret.clone() {
                return Ok(Credential::ClientSecret {
                    tenant,
                    client_id,
                    secret,
                });
            }
            if let Some(assertion) = self.assertion()? {
                return Ok(Credential::Federated {
                    tenant,
                    client_id,
                    assertion,
                });
            }
        }
        if let (Some(endpoint), Some(header)) =
            (&self.identity_endpoint, self.identity_header.clone())
        {
            let endpoint = address("IDENTITY_ENDPOINT", endpoint)?;
            let issuer = IdentityIssuer::AppService { endpoint, header };
            return Ok(Credential::ManagedIdentity {
                issuer,
                client_id: self.client_id.clone(),
            });
        }
        Ok(Credential::AzureCli {
            tenant: self.tenant.clone(),
        })
    }

    fn assertion(&self) -> Result<Option<Assertion>, Error> {
        if let (Some(url), Some(token)) = (&self.github_url, self.github_token.clone()) {
            let url = address("ACTIONS_ID_TOKEN_REQUEST_URL", url)?;
            return Ok(Some(Assertion::GitHub { url, token }));
        }
        Ok(self.federated_token_file.clone().map(Assertion::File))
    }
}

fn address(variable: &str, text: &str) -> Result<Url, Error> {
    Url::parse(text).map_err(|error| sign_in(format!("`{variable}` is no address ({error})")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_strongest_way_wins() {
        let application = ["AZURE_TENANT_ID", "AZURE_CLIENT_ID"];
        let github = [
            "ACTIONS_ID_TOKEN_REQUEST_URL",
            "ACTIONS_ID_TOKEN_REQUEST_TOKEN",
        ];
        let identity = ["IDENTITY_ENDPOINT", "IDENTITY_HEADER"];
        let table: [(Vec<&str>, &str); 6] = [
            (
                [&application[..], &["AZURE_CLIENT_SECRET"], &github[..]].concat(),
                "application https://x/ with a secret",
            ),
            (
                [&application[..], &github[..]].concat(),
                "application https://x/ by GitHub's token",
            ),
            (
                [&application[..], &["AZURE_FEDERATED_TOKEN_FILE"]].concat(),
                "application https://x/ by the token in https://x/",
            ),
            (identity.to_vec(), "managed identity"),
            (vec!["AZURE_CLIENT_SECRET"], "Azure CLI"),
            (vec![], "Azure CLI"),
        ];
        for (set, expected) in table {
            let source = CredentialSource::from_lookup(&|name| {
                set.contains(&name).then(|| "https://x/".to_owned())
            });
            assert_eq!(source.credential().unwrap().describe(), expected, "{set:?}");
        }
    }

    #[test]
    fn debug_shows_no_secret() {
        let source = CredentialSource::from_lookup(&|name| Some(format!("value of {name}")));
        let shown = format!("{source:?}");
        assert!(
            !shown.contains("value of AZURE_CLIENT_SECRET") && shown.contains("***"),
            "{shown}"
        );
    }
}
