//! Who we are to a cloud: the ways of signing in, and the tokens that come out of them.
//!
//! The environment is not read here: the binary hands it over as a [`CredentialSource`].
//! Source: Microsoft identity platform documentation, "OAuth 2.0 client credentials flow".

mod az_cli;
mod entra;
mod managed_identity;
mod source;
mod token;

use std::path::PathBuf;

use url::Url;

use crate::{error::Error, secret::Secret, transport::Transport};

pub use source::CredentialSource;
pub use token::Token;
pub(crate) use token::TokenCache;

/// A way of signing in.
#[derive(Clone, Debug)]
pub enum Credential {
    /// An application with a secret (the local cloud's own deployer, too).
    ClientSecret {
        /// The tenant's id.
        tenant: String,
        /// The application's id.
        client_id: String,
        /// Its secret.
        secret: Secret<String>,
    },
    /// An application that trusts somebody else's token.
    Federated {
        /// The tenant's id.
        tenant: String,
        /// The application's id.
        client_id: String,
        /// Where the trusted token comes from.
        assertion: Assertion,
    },
    /// The identity of the machine that this runs on.
    ManagedIdentity {
        /// Who hands out its tokens.
        issuer: IdentityIssuer,
        /// The client id of a user-assigned identity.
        client_id: Option<String>,
    },
    /// Whoever is signed in at the Azure CLI.
    AzureCli {
        /// The tenant, if not the CLI's default.
        tenant: Option<String>,
    },
    /// A token that the caller got elsewhere; sent to every service, never renewed.
    Given(Secret<String>),
}

/// Where a federated token comes from.
#[derive(Clone, Debug)]
pub enum Assertion {
    /// GitHub Actions, from the two variables of a job with `id-token: write`.
    GitHub {
        /// `ACTIONS_ID_TOKEN_REQUEST_URL`.
        url: Url,
        /// `ACTIONS_ID_TOKEN_REQUEST_TOKEN`.
        token: Secret<String>,
    },
    /// A file that is read anew for each sign-in.
    File(PathBuf),
}

/// Who hands out the tokens of a managed identity.
#[derive(Clone, Debug)]
pub enum IdentityIssuer {
    /// App Service and Container Apps: `IDENTITY_ENDPOINT` and `IDENTITY_HEADER`.
    AppService {
        /// The endpoint.
        endpoint: Url,
        /// The header's value.
        header: Secret<String>,
    },
    /// A virtual machine's metadata service.
    VirtualMachine {
        /// Its address, normally [`IdentityIssuer::VIRTUAL_MACHINE`].
        endpoint: Url,
    },
}

impl Credential {
    /// Asks for a token for `scope`.
    pub(crate) async fn token(
        &self,
        transport: &Transport,
        authority: &Url,
        scope: &str,
    ) -> Result<Token, Error> {
        match self {
            Self::ClientSecret {
                tenant,
                client_id,
                secret,
            } => {
                let proof = entra::Proof::Secret(secret.clone());
                entra::token(transport, authority, tenant, client_id, proof, scope).await
            }
            Self::Federated {
                tenant,
                client_id,
                assertion,
            } => {
                let proof = entra::Proof::Assertion(assertion.read(transport).await?);
                entra::token(transport, authority, tenant, client_id, proof, scope).await
            }
            Self::ManagedIdentity { issuer, client_id } => {
                managed_identity::token(transport, issuer, client_id.as_deref(), scope).await
            }
            Self::AzureCli { tenant } => az_cli::token(tenant.as_deref(), scope).await,
            Self::Given(token) => Ok(Token::lasting(token.clone())),
        }
    }

    /// How this signs in, for a table or a log; never a secret.
    pub fn describe(&self) -> String {
        match self {
            Self::ClientSecret { client_id, .. } => {
                format!("application {client_id} with a secret")
            }
            Self::Federated {
                client_id,
                assertion: Assertion::GitHub { .. },
                ..
            } => {
                format!("application {client_id} by GitHub's token")
            }
            Self::Federated {
                client_id,
                assertion: Assertion::File(path),
                ..
            } => {
                format!("application {client_id} by the token in {}", path.display())
            }
            Self::ManagedIdentity { .. } => "managed identity".to_owned(),
            Self::AzureCli { .. } => "Azure CLI".to_owned(),
            Self::Given(_) => "a given token".to_owned(),
        }
    }
}

fn sign_in(reason: impl Into<String>) -> Error {
    Error::SignIn {
        reason: reason.into(),
    }
}
