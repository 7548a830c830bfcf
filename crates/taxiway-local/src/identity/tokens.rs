//! Access tokens: signed with ES256, checked on every call.
//!
//! The key is kept in `<state>/tokens.key` across restarts, because clients keep tokens on their disks.

use std::{collections::BTreeMap, sync::Arc};

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use camino::{Utf8Path, Utf8PathBuf};
use jiff::{SignedDuration, Timestamp};
use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey, Header, Validation};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use super::{Caller, Principal, Principals};
use crate::{error::ArmError, files::write_private, store::Store};

/// How long a token is good for. Source: Entra documentation, "Configurable token lifetimes": 60 to 90 minutes by default.
const LIFETIME: SignedDuration = SignedDuration::from_mins(75);

/// The key of the tokens can't be read or made.
#[derive(Debug, thiserror::Error)]
pub(crate) enum TokenKeyError {
    #[error("cannot read or write the token key `{path}`")]
    File {
        path: Utf8PathBuf,
        source: std::io::Error,
    },
    #[error("the token key `{path}` is damaged")]
    Key {
        path: Utf8PathBuf,
        source: rcgen::Error,
    },
}

/// Why a token is refused.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum TokenError {
    #[error("the access token has expired")]
    Expired,
    #[error("the access token is for the audience `{0}`")]
    WrongAudience(String),
    #[error("the access token is not one of this cloud")]
    Invalid,
    #[error("the principal of the access token no longer exists")]
    PrincipalGone,
}

/// The services that check tokens, each with the audiences that it accepts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Audience {
    /// Resource Manager, and Kudu, which takes its tokens.
    ResourceManager,
    Graph,
    KeyVault,
    /// Azure Database for PostgreSQL, where a token is a password.
    Database,
}

/// What a token says.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Claims {
    pub aud: String,
    pub iss: String,
    pub iat: i64,
    pub nbf: i64,
    pub exp: i64,
    pub oid: String,
    pub sub: String,
    pub tid: String,
    pub appid: String,
    pub idtyp: String,
    pub uti: String,
    pub ver: String,
}

/// A new token and its end. `Debug` does not show the token.
#[derive(Clone)]
pub(crate) struct IssuedToken {
    pub token: String,
    pub expires: Timestamp,
}

impl std::fmt::Debug for IssuedToken {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter
            .debug_struct("IssuedToken")
            .field("token", &"***")
            .field("expires", &self.expires)
            .finish()
    }
}

/// Issues and checks tokens, and knows the principals. Clones share the key.
#[derive(Clone)]
pub(crate) struct Tokens {
    key: Arc<SigningKey>,
    principals: Principals,
    tenant_id: String,
    issuer: String,
}

impl std::fmt::Debug for Tokens {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter
            .debug_struct("Tokens")
            .field("issuer", &self.issuer)
            .finish_non_exhaustive()
    }
}

struct SigningKey {
    encoding: EncodingKey,
    decoding: DecodingKey,
    id: String,
    public_point: Vec<u8>,
    /// From the private key, for [`Tokens::derive_secret`].
    seed: Vec<u8>,
}

impl Tokens {
    /// Reads the key from `path`, or makes it there.
    ///
    /// # Errors
    /// When the file can't be read, written or understood.
    pub(crate) fn load(
        path: &Utf8Path,
        store: Store,
        tenant_id: &str,
        login: &str,
    ) -> Result<Self, TokenKeyError> {
        Ok(Self {
            key: Arc::new(SigningKey::load(path)?),
            principals: Principals::new(store),
            tenant_id: tenant_id.to_owned(),
            issuer: format!("{login}/{tenant_id}/v2.0"),
        })
    }

    pub(crate) const fn principals(&self) -> &Principals {
        &self.principals
    }

    pub(crate) fn tenant_id(&self) -> &str {
        &self.tenant_id
    }

    /// The issuer that stands in the tokens.
    pub(crate) fn issuer(&self) -> &str {
        &self.issuer
    }

    /// A token for a principal and a resource such as `https://vault.azure.net`.
    pub(crate) fn issue(&self, principal: &Principal, audience: &str) -> IssuedToken {
        // In whole seconds, as a token says them: whatever else knows when it ends must not differ.
        let now = Timestamp::from_second(Timestamp::now().as_second())
            .expect("the seconds of a timestamp are one");
        let expires = now + LIFETIME;
        let claims = Claims {
            aud: audience.to_owned(),
            iss: self.issuer.clone(),
            iat: now.as_second(),
            nbf: now.as_second(),
            exp: expires.as_second(),
            oid: principal.object_id.clone(),
            sub: principal.object_id.clone(),
            tid: self.tenant_id.clone(),
            appid: principal.app_id.clone(),
            idtyp: "app".to_owned(),
            uti: uuid::Uuid::new_v4().simple().to_string(),
            ver: "2.0".to_owned(),
        };
        let mut header = Header::new(Algorithm::ES256);
        header.kid = Some(self.key.id.clone());
        let token = jsonwebtoken::encode(&header, &claims, &self.key.encoding)
            .expect("the key was read as a P-256 key, and the claims are plain data");
        IssuedToken { token, expires }
    }

    /// A token for the managed identity with this object id, as the identity endpoint inside a site hands it out.
    ///
    /// # Errors
    /// When there is no such principal.
    pub(crate) fn managed_identity(
        &self,
        object_id: &str,
        audience: &str,
    ) -> Result<IssuedToken, ArmError> {
        let principal = self.principals.by_object_id(object_id)?.ok_or_else(|| {
            ArmError::bad_request(
                "invalid_request",
                format!("No managed identity has the object id '{object_id}'."),
            )
        })?;
        Ok(self.issue(&principal, audience))
    }

    /// Checks signature, issuer, time and audience, and that the principal still exists.
    ///
    /// # Errors
    /// Why the token is refused.
    pub(crate) fn verify(&self, token: &str, audience: Audience) -> Result<Caller, TokenError> {
        let claims = self.claims(token)?;
        if !audience.accepts(&claims.aud) {
            return Err(TokenError::WrongAudience(claims.aud));
        }
        match self.principals.by_object_id(&claims.oid) {
            Ok(Some(_)) => Ok(Caller {
                object_id: claims.oid,
                app_id: claims.appid,
                tenant_id: claims.tid,
            }),
            Ok(None) => Err(TokenError::PrincipalGone),
            Err(error) => {
                tracing::error!(%error, "cannot look up a principal");
                Err(TokenError::Invalid)
            }
        }
    }

    /// The claims of a token with a good signature, issuer and time, whatever its audience.
    pub(crate) fn claims(&self, token: &str) -> Result<Claims, TokenError> {
        let mut validation = Validation::new(Algorithm::ES256);
        validation.validate_aud = false;
        validation.leeway = 5;
        validation.validate_nbf = true;
        let claims = jsonwebtoken::decode::<Claims>(token, &self.key.decoding, &validation)
            .map_err(|error| match error.kind() {
                jsonwebtoken::errors::ErrorKind::ExpiredSignature => TokenError::Expired,
                _ => TokenError::Invalid,
            })?
            .claims;
        if claims.tid != self.tenant_id {
            return Err(TokenError::Invalid);
        }
        Ok(claims)
    }

    /// A text that only this cloud can make and that is the same each time for the same `purpose`.
    pub(crate) fn derive_secret(&self, purpose: &str) -> String {
        let mut hash = Sha256::new();
        hash.update(&self.key.seed);
        hash.update(purpose.as_bytes());
        URL_SAFE_NO_PAD.encode(hash.finalize())
    }

    /// The public key, as `jwks_uri` answers it.
    pub(crate) fn key_set(&self) -> Value {
        let (x, y) = self.key.public_point[1..].split_at(32);
        let member: BTreeMap<&str, String> = BTreeMap::from([
            ("kty", "EC".to_owned()),
            ("crv", "P-256".to_owned()),
            ("use", "sig".to_owned()),
            ("alg", "ES256".to_owned()),
            ("kid", self.key.id.clone()),
            ("x", URL_SAFE_NO_PAD.encode(x)),
            ("y", URL_SAFE_NO_PAD.encode(y)),
        ]);
        json!({"keys": [member]})
    }
}

impl Audience {
    pub(crate) fn accepts(self, audience: &str) -> bool {
        let audience = audience.trim_end_matches('/');
        let host = audience
            .strip_prefix("https://")
            .map(|rest| rest.split([':', '/']).next().unwrap_or_default());
        let hosts: &[&str] = match self {
            Self::ResourceManager => &[
                "management.azure.com",
                "management.core.windows.net",
                crate::endpoints::MANAGEMENT_HOST,
                // The audience of App Service, which Kudu accepts too.
                "appservice.azure.com",
                "appservice.localhost",
            ],
            Self::Graph => &[
                "graph.microsoft.com",
                "graph.windows.net",
                crate::endpoints::GRAPH_HOST,
            ],
            Self::KeyVault => &["vault.azure.net", crate::endpoints::VAULT_DOMAIN],
            Self::Database => &["ossrdbms-aad.database.windows.net"],
        };
        host.is_some_and(|host| hosts.contains(&host))
    }
}

impl SigningKey {
    fn load(path: &Utf8Path) -> Result<Self, TokenKeyError> {
        let file_error = |source| TokenKeyError::File {
            path: path.to_owned(),
            source,
        };
        let key_error = |source| TokenKeyError::Key {
            path: path.to_owned(),
            source,
        };
        let pair = match std::fs::read_to_string(path) {
            Ok(text) => rcgen::KeyPair::from_pem(&text).map_err(key_error)?,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
                let pair = rcgen::KeyPair::generate().map_err(key_error)?;
                write_private(path, pair.serialize_pem().as_bytes()).map_err(file_error)?;
                pair
            }
            Err(error) => return Err(file_error(error)),
        };
        let public_point = pair.public_key_raw().to_vec();
        Ok(Self {
            seed: Sha256::digest(pair.serialize_der()).to_vec(),
            encoding: EncodingKey::from_ec_der(&pair.serialize_der()),
            decoding: DecodingKey::from_ec_der(&public_point),
            id: URL_SAFE_NO_PAD.encode(&Sha256::digest(&public_point)[..15]),
            public_point,
        })
    }
}
