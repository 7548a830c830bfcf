//! How commits get from the repository to an environment: pipelines and images.

use schemars::JsonSchema;
use serde::Serialize;

use crate::Repository;

/// How commits get from the repository to an environment.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Delivery {
    /// Whose pipelines are written.
    pub pipeline: Pipeline,
    /// Whether an image is described.
    pub container: Container,
    /// The branch whose commits are deployed.
    pub branch: String,
    /// Who reviews what decides over production, as GitHub names them: `@shop/platform`.
    pub code_owners: Vec<String>,
    /// Where the repository is on GitHub, where that is known.
    pub repository: Option<Repository>,
}

/// Whose pipelines are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Pipeline {
    /// GitHub's.
    Github,
    /// Nobody's.
    None,
}

/// Whether an image is described.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Container {
    /// By a Dockerfile of ours.
    Docker,
    /// By a Dockerfile of the project's, or by none.
    None,
}
