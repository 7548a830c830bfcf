//! Logins at registries: nobody's, or those that `docker login` and `az acr login` have left in Docker's configuration.
//!
//! Invariant: a secret goes to the host that it was stored for, or to where that host sends logins, and nowhere else.
//! Source: Docker, "Token authentication specification" and "OAuth2 token authentication".

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use camino::Utf8Path;
use reqwest::Client;
use reqwest::header::{AUTHORIZATION, HeaderValue};
use serde::Deserialize;
use serde_json::Value;
use thiserror::Error;

/// Why a login failed.
#[derive(Debug, Error)]
pub(super) enum LoginError {
    #[error("`{0}` is no address to log in at")]
    Realm(String),
    #[error("it cannot be reached")]
    Unreachable(#[source] reqwest::Error),
    #[error("it answers with status {0}")]
    Refused(reqwest::StatusCode),
    #[error("it gives no token")]
    NoToken,
}

/// What a registry asks for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Challenge {
    /// Name and password with each request.
    Basic,
    /// A token, to be had at an address.
    Bearer {
        realm: String,
        service: Option<String>,
        scope: Option<String>,
    },
}

impl Challenge {
    /// Reads a `WWW-Authenticate` header.
    pub(super) fn parse(header: &str) -> Option<Self> {
        let (scheme, rest) = header.split_once(' ').unwrap_or((header, ""));
        if scheme.eq_ignore_ascii_case("basic") {
            return Some(Self::Basic);
        }
        if !scheme.eq_ignore_ascii_case("bearer") {
            return None;
        }
        let value = |wanted: &str| {
            let start = rest.find(&format!("{wanted}=\""))? + wanted.len() + 2;
            let end = rest[start..].find('"')?;
            Some(rest[start..start + end].to_owned())
        };
        Some(Self::Bearer {
            realm: value("realm")?,
            service: value("service"),
            scope: value("scope"),
        })
    }
}

/// Stored logins.
#[derive(Default)]
pub(super) struct Login {
    stored: Value,
}

impl std::fmt::Debug for Login {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("Login { .. }")
    }
}

#[derive(Deserialize)]
struct Token {
    token: Option<String>,
    access_token: Option<String>,
}

impl Login {
    /// The logins in a Docker configuration; one that is not there has none.
    pub(super) fn read(configuration: &Utf8Path) -> Self {
        let text = std::fs::read_to_string(configuration).unwrap_or_default();
        Self {
            stored: serde_json::from_str(&text).unwrap_or_default(),
        }
    }

    fn stored(&self, host: &str, key: &str) -> Option<&str> {
        let own = self.stored.get("auths")?.get(host)?;
        own.get(key)?.as_str().filter(|text| !text.is_empty())
    }

    /// `name:password` in base 64, unless it is the placeholder that comes with an identity token.
    fn basic(&self, host: &str) -> Option<HeaderValue> {
        let stored = self.stored(host, "auth")?;
        let text = String::from_utf8(STANDARD.decode(stored).ok()?).ok()?;
        let (_, password) = text.split_once(':')?;
        if password.is_empty() {
            return None;
        }
        sensitive(&format!("Basic {stored}"))
    }

    /// What to send with each request.
    ///
    /// # Errors
    /// [`LoginError`] where no token can be had.
    pub(super) async fn answer(
        &self,
        client: &Client,
        host: &str,
        challenge: &Challenge,
    ) -> Result<HeaderValue, LoginError> {
        let Challenge::Bearer {
            realm,
            service,
            scope,
        } = challenge
        else {
            return self.basic(host).ok_or(LoginError::NoToken);
        };
        let mut address = url::Url::parse(realm).map_err(|_| LoginError::Realm(realm.clone()))?;
        let is_loopback = matches!(address.host_str(), Some("localhost" | "127.0.0.1"));
        if address.scheme() != "https" && !is_loopback {
            return Err(LoginError::Realm(realm.clone()));
        }
        let mut asked: Vec<(&str, &str)> = Vec::new();
        asked.extend(service.as_deref().map(|service| ("service", service)));
        asked.extend(scope.as_deref().map(|scope| ("scope", scope)));
        let request = match self.stored(host, "identitytoken") {
            Some(token) => {
                asked.extend([("grant_type", "refresh_token"), ("refresh_token", token)]);
                client.post(address).form(&asked)
            }
            None => {
                address.query_pairs_mut().extend_pairs(&asked);
                match self.basic(host) {
                    Some(basic) => client.get(address).header(AUTHORIZATION, basic),
                    None => client.get(address),
                }
            }
        };
        let unreachable = |error: reqwest::Error| LoginError::Unreachable(error.without_url());
        let answer = request.send().await.map_err(unreachable)?;
        if !answer.status().is_success() {
            return Err(LoginError::Refused(answer.status()));
        }
        let token: Token = answer.json().await.map_err(unreachable)?;
        let token = token
            .access_token
            .or(token.token)
            .ok_or(LoginError::NoToken)?;
        sensitive(&format!("Bearer {token}")).ok_or(LoginError::NoToken)
    }
}

fn sensitive(text: &str) -> Option<HeaderValue> {
    let mut value = HeaderValue::from_str(text).ok()?;
    value.set_sensitive(true);
    Some(value)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn challenges_are_read() {
        let header = r#"Bearer realm="https://own.example/oauth2/token",service="own.example",scope="repository:web/site:pull""#;
        let expected = Challenge::Bearer {
            realm: "https://own.example/oauth2/token".to_owned(),
            service: Some("own.example".to_owned()),
            scope: Some("repository:web/site:pull".to_owned()),
        };
        assert_eq!(Challenge::parse(header), Some(expected));
        assert_eq!(
            Challenge::parse("Basic realm=\"x\""),
            Some(Challenge::Basic)
        );
        assert_eq!(Challenge::parse("Negotiate"), None);
    }

    #[test]
    fn a_login_belongs_to_its_host_and_is_not_shown() {
        let stored = STANDARD.encode("me:secret");
        let login = Login {
            stored: serde_json::json!({ "auths": { "own.example": { "auth": stored }, "token.example": { "auth": STANDARD.encode("0:"), "identitytoken": "t" } } }),
        };
        assert!(
            login
                .basic("own.example")
                .is_some_and(|value| value.is_sensitive())
        );
        assert_eq!(login.basic("other.example"), None);
        assert_eq!(login.basic("token.example"), None);
        assert_eq!(format!("{login:?}"), "Login { .. }");
    }
}
