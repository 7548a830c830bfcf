//! A federated credential: whom an identity in the cloud trusts.

use serde::{Deserialize, Serialize};

/// Who signs the tokens of GitHub's jobs.
pub const ISSUER: &str = "https://token.actions.githubusercontent.com";
/// Whom a token for Azure is for.
pub const AUDIENCE: &str = "api://AzureADTokenExchange";

/// A federated credential, as Azure lists it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Credential {
    /// Its name.
    #[serde(default)]
    pub name: String,
    /// Who has to have signed.
    pub issuer: String,
    /// Whom the token has to be about, letter by letter.
    #[serde(default)]
    pub subject: String,
    /// Whom the token has to be for.
    #[serde(default)]
    pub audiences: Vec<String>,
    /// Where it was found, and whose it is.
    #[serde(default)]
    pub source: String,
}

impl Credential {
    /// Whether it trusts a token of GitHub with this subject.
    pub(crate) fn trusts(&self, subject: &str) -> bool {
        self.issuer == ISSUER && self.subject == subject && self.is_for_azure()
    }

    pub(crate) fn is_for_azure(&self) -> bool {
        self.audiences.iter().any(|audience| audience == AUDIENCE)
    }
}
