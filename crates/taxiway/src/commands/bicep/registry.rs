//! A registry of modules: artifacts are pulled as the OCI distribution specification says.
//!
//! Invariant: nothing is handed on whose digest is not the one that was asked for or that the manifest names.
//! Source: OCI distribution specification 1.1, "Pull"; Bicep's media types from its documentation of registries.

use reqwest::header::{ACCEPT, AUTHORIZATION, HeaderValue, WWW_AUTHENTICATE};
use reqwest::{Client, Response, StatusCode};
use serde::Deserialize;
use sha2::{Digest as _, Sha256};
use taxiway_bicep::{ModuleVersion, RegistryReference};
use thiserror::Error;

use super::registry_login::{Challenge, Login, LoginError};

const MANIFEST: &str = "application/vnd.oci.image.manifest.v1+json";
const MODULE: &str = "application/vnd.ms.bicep.module.artifact";
const MODULE_CONFIG: &str = "application/vnd.ms.bicep.module.config.v1+json";
const TEMPLATE: &str = "application/vnd.ms.bicep.module.layer.v1+json";
const SOURCE: &str = "application/vnd.ms.bicep.module.source.v1.tar+gzip";
/// The largest manifest that registries must take, and the largest blob that we do.
const LARGEST_MANIFEST: u64 = 4 << 20;
const LARGEST_BLOB: u64 = 64 << 20;

/// A module as a registry holds it.
#[derive(Debug)]
pub(super) struct Artifact {
    /// The digest of the manifest.
    pub(super) digest: String,
    /// The manifest, byte for byte.
    pub(super) manifest: Vec<u8>,
    /// The compiled template.
    pub(super) template: Vec<u8>,
    /// The sources, where they were published too.
    pub(super) source: Option<Vec<u8>>,
}

/// Why a module could not be pulled.
#[derive(Debug, Error)]
pub(super) enum PullError {
    #[error("the registry `{registry}` cannot be reached")]
    Unreachable {
        registry: String,
        source: reqwest::Error,
    },
    #[error("the registry does not know it")]
    Unknown,
    #[error("the registry refuses it to this user")]
    Refused,
    #[error("the registry answers with status {0}")]
    Status(StatusCode),
    #[error("the registry asks for a login that failed")]
    Login(#[from] LoginError),
    #[error("the registry does not say how to log in")]
    NoChallenge,
    #[error("its content is damaged: {expected} was expected, and {actual} came")]
    Damaged { expected: String, actual: String },
    #[error("it is larger than {0} bytes")]
    TooLarge(u64),
    #[error("its manifest cannot be read")]
    Manifest(#[from] serde_json::Error),
    #[error("it is no Bicep module, but `{0}`")]
    NoModule(String),
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Manifest {
    artifact_type: Option<String>,
    config: Descriptor,
    layers: Vec<Descriptor>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Descriptor {
    media_type: String,
    digest: String,
    size: u64,
}

/// Pulls from registries.
#[derive(Debug)]
pub(super) struct Registry {
    client: Client,
    login: Login,
}

impl Registry {
    pub(super) const fn new(client: Client, login: Login) -> Self {
        Self { client, login }
    }

    /// Pulls a module.
    ///
    /// # Errors
    /// [`PullError`] where it cannot be had, or is not what was asked for.
    pub(super) async fn pull(&self, reference: &RegistryReference) -> Result<Artifact, PullError> {
        let mut session = Session {
            registry: self,
            base: base(reference),
            host: reference.registry.clone(),
            authorization: None,
        };
        let wanted = match &reference.version {
            ModuleVersion::Tag(version) | ModuleVersion::Digest(version) => version,
        };
        let manifest = session
            .get(&format!("manifests/{wanted}"), LARGEST_MANIFEST)
            .await?;
        let digest = digest_of(&manifest);
        if let ModuleVersion::Digest(expected) = &reference.version {
            verify(expected, &digest)?;
        }
        let read: Manifest = serde_json::from_slice(&manifest)?;
        let is_module = read
            .artifact_type
            .as_deref()
            .map_or(read.config.media_type == MODULE_CONFIG, |kind| {
                kind == MODULE
            });
        let template = read
            .layers
            .iter()
            .find(|layer| layer.media_type == TEMPLATE);
        let Some(template) = template.filter(|_| is_module) else {
            return Err(PullError::NoModule(
                read.artifact_type.unwrap_or(read.config.media_type),
            ));
        };
        let source = read.layers.iter().find(|layer| layer.media_type == SOURCE);
        Ok(Artifact {
            template: session.blob(template).await?,
            source: match source {
                Some(source) => Some(session.blob(source).await?),
                None => None,
            },
            digest,
            manifest,
        })
    }
}

/// The address of a repository; registries on loopback speak without TLS, as for all clients.
fn base(reference: &RegistryReference) -> String {
    let host = reference.registry.split(':').next().unwrap_or("");
    let scheme = if matches!(host, "localhost" | "127.0.0.1") {
        "http"
    } else {
        "https"
    };
    format!(
        "{scheme}://{}/v2/{}",
        reference.registry, reference.repository
    )
}

/// One repository, with the authorization that it has given.
struct Session<'a> {
    registry: &'a Registry,
    base: String,
    host: String,
    authorization: Option<HeaderValue>,
}

impl Session<'_> {
    async fn blob(&mut self, layer: &Descriptor) -> Result<Vec<u8>, PullError> {
        if layer.size > LARGEST_BLOB {
            return Err(PullError::TooLarge(LARGEST_BLOB));
        }
        let content = self
            .get(&format!("blobs/{}", layer.digest), layer.size)
            .await?;
        verify(&layer.digest, &digest_of(&content))?;
        Ok(content)
    }

    /// What is at `path`, after a login if the registry asks for one.
    async fn get(&mut self, path: &str, largest: u64) -> Result<Vec<u8>, PullError> {
        let mut answer = self.ask(path).await?;
        if answer.status() == StatusCode::UNAUTHORIZED && self.authorization.is_none() {
            let challenge = answer
                .headers()
                .get(WWW_AUTHENTICATE)
                .and_then(|header| Challenge::parse(header.to_str().ok()?))
                .ok_or(PullError::NoChallenge)?;
            let registry = self.registry;
            let authorization = registry
                .login
                .answer(&registry.client, &self.host, &challenge)
                .await?;
            self.authorization = Some(authorization);
            answer = self.ask(path).await?;
        }
        match answer.status() {
            status if status.is_success() => self.content(answer, largest).await,
            StatusCode::NOT_FOUND => Err(PullError::Unknown),
            StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN => Err(PullError::Refused),
            status => Err(PullError::Status(status)),
        }
    }

    async fn ask(&self, path: &str) -> Result<Response, PullError> {
        let mut request = self
            .registry
            .client
            .get(format!("{}/{path}", self.base))
            .header(ACCEPT, MANIFEST);
        if let Some(authorization) = &self.authorization {
            request = request.header(AUTHORIZATION, authorization.clone());
        }
        request
            .send()
            .await
            .map_err(|source| self.unreachable(source))
    }

    async fn content(&self, mut answer: Response, largest: u64) -> Result<Vec<u8>, PullError> {
        let mut content = Vec::new();
        while let Some(part) = answer
            .chunk()
            .await
            .map_err(|source| self.unreachable(source))?
        {
            content.extend_from_slice(&part);
            if content.len() as u64 > largest {
                return Err(PullError::TooLarge(largest));
            }
        }
        Ok(content)
    }

    fn unreachable(&self, source: reqwest::Error) -> PullError {
        PullError::Unreachable {
            registry: self.host.clone(),
            // An address with a token in its query would be told otherwise.
            source: source.without_url(),
        }
    }
}

fn digest_of(content: &[u8]) -> String {
    let hash = Sha256::digest(content);
    let digits: String = hash.iter().map(|byte| format!("{byte:02x}")).collect();
    format!("sha256:{digits}")
}

fn verify(expected: &str, actual: &str) -> Result<(), PullError> {
    if expected.eq_ignore_ascii_case(actual) {
        return Ok(());
    }
    Err(PullError::Damaged {
        expected: expected.to_owned(),
        actual: actual.to_owned(),
    })
}
