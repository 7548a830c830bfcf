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
    /// What the deployment workflows call.
    pub tool: Tool,
    /// Where workflows get Taxiway from; built from the tag of its version where nothing is said.
    pub program: Option<Program>,
    /// Who reviews what decides over production, as GitHub names them: `@shop/platform`.
    pub code_owners: Vec<String>,
    /// Who may approve a plan for production by signing it, by the e-mail addresses of their signatures.
    pub approvers: Vec<String>,
    /// Where the repository is on GitHub, where that is known.
    pub repository: Option<Repository>,
    /// Where Cloud Build deploys to.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cloud_run: Option<CloudRun>,
}

/// The services of Google Cloud Run that Cloud Build deploys to: one for staging and one for production.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct CloudRun {
    /// The region of services, images and builds, such as `europe-west4`.
    pub region: String,
    /// The Cloud SQL instance of production, which is backed up before migrations, where there is one.
    pub sql_instance: Option<String>,
}

/// Whose pipelines are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Pipeline {
    /// GitHub's.
    Github,
    /// Google's, to Cloud Run.
    CloudBuild,
    /// Nobody's.
    None,
}

/// What the deployment workflows call.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Tool {
    /// `taxiway` itself.
    Taxiway,
    /// The Azure CLI and Azure's own actions alone.
    AzureCli,
}

/// A release of Taxiway: an archive, or the program itself.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Program {
    /// Where it is.
    pub url: String,
    /// What it has to be, as 64 hexadecimal digits.
    pub sha256: String,
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
