//! Microsoft Entra: an application's secret or a trusted token against an access token.

use http::Method;
use serde::Deserialize;
use url::Url;

use super::{Assertion, Token, sign_in};
use crate::{
    error::Error,
    secret::Secret,
    transport::{Answer, Content, Request, Transport},
};

/// The audience that Entra expects of a federated token.
const EXCHANGE_AUDIENCE: &str = "api://AzureADTokenExchange";

/// What proves that we are the application.
pub(crate) enum Proof {
    Secret(Secret<String>),
    Assertion(Secret<String>),
}

#[derive(Deserialize)]
struct Granted {
    access_token: Secret<String>,
    expires_in: i64,
}

#[derive(Deserialize)]
struct Issued {
    value: Secret<String>,
}

/// The client credentials flow.
pub(crate) async fn token(
    transport: &Transport,
    authority: &Url,
    tenant: &str,
    client_id: &str,
    proof: Proof,
    scope: &str,
) -> Result<Token, Error> {
    let path = format!("/{tenant}/oauth2/v2.0/token");
    let url = authority
        .join(&path)
        .map_err(|error| sign_in(format!("`{tenant}` is no tenant ({error})")))?;
    let plain = |text: &str| Secret::new(text.to_owned());
    let mut form = vec![
        ("grant_type", plain("client_credentials")),
        ("client_id", plain(client_id)),
        ("scope", plain(scope)),
    ];
    match proof {
        Proof::Secret(secret) => form.push(("client_secret", secret)),
        Proof::Assertion(assertion) => {
            form.push((
                "client_assertion_type",
                plain("urn:ietf:params:oauth:client-assertion-type:jwt-bearer"),
            ));
            form.push(("client_assertion", assertion));
        }
    }
    let request = Request::new(Method::POST, url)
        .content(Content::Form(form))
        .repeatable();
    let answer = granted(transport.send(&request, None).await?)?;
    let granted: Granted = answer.read()?;
    Ok(Token::for_seconds(granted.access_token, granted.expires_in))
}

impl Assertion {
    /// The trusted token, as its issuer gives it now.
    pub(crate) async fn read(&self, transport: &Transport) -> Result<Secret<String>, Error> {
        match self {
            Self::File(path) => {
                let text = tokio::fs::read_to_string(path).await;
                let text = text.map_err(|error| {
                    sign_in(format!(
                        "cannot read the token in `{}` ({error})",
                        path.display()
                    ))
                })?;
                Ok(Secret::new(text.trim().to_owned()))
            }
            Self::GitHub { url, token } => {
                let mut url = url.clone();
                url.query_pairs_mut()
                    .append_pair("audience", EXCHANGE_AUDIENCE);
                let request = Request::new(Method::GET, url);
                let answer = granted(transport.send(&request, Some(token)).await?)?;
                Ok(answer.read::<Issued>()?.value)
            }
        }
    }
}

/// The answer, or what the issuer said against it.
pub(crate) fn granted(answer: Answer) -> Result<Answer, Error> {
    if answer.status.is_success() {
        return Ok(answer);
    }
    Err(sign_in(answer.service_error().to_string()))
}
