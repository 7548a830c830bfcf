//! An environment that exists: what the commands that look at it, or change it, start from.

use camino::Utf8Path;
use taxiway_platform::{Environment, EnvironmentKind, WebService};
use taxiway_rollout::Provisioned;

use crate::arguments::CloudPorts;
use crate::cloud_process;
use crate::connection::{self, Connection};
use crate::failure::Failure;
use crate::ownership;
use crate::project::Project;
use crate::site;
use crate::surroundings::Surroundings;

/// A repository with the environment that was deployed from it.
#[derive(Debug)]
pub(crate) struct Deployed {
    /// The repository.
    pub(crate) project: Project,
    /// The environment.
    pub(crate) environment: Environment,
    /// The way to it.
    pub(crate) connection: Connection,
    /// What its infrastructure gave.
    pub(crate) provisioned: Provisioned,
}

impl Deployed {
    /// Finds it. The local cloud is started if it exists and does not run.
    ///
    /// # Errors
    /// [`Failure`] where there is nothing deployed, or the cloud does not answer.
    pub(crate) async fn find(
        repository: Option<&Utf8Path>,
        environment: &str,
        surroundings: &Surroundings,
    ) -> Result<Self, Failure> {
        let project = Project::open(repository)?;
        let environment = project.environment(environment)?.clone();
        let nothing = || {
            Failure::refused(format!(
                "{} is not deployed to `{}`",
                project.platform.name, environment.name
            ))
            .next("deploy it", format!("taxiway up {}", environment.name))
        };
        if environment.kind == EnvironmentKind::Local {
            if cloud_process::last(surroundings).is_none() {
                return Err(nothing());
            }
            ownership::check(&environment, &project.root, surroundings)?;
            cloud_process::ensure(&CloudPorts::default(), surroundings)?;
        }
        let connection = connection::connect(&environment, surroundings).await?;
        let provisioned = taxiway_rollout::deployed(&connection.azure, &connection.group)
            .await
            .map_err(|error| Failure::failed("the cloud cannot be asked").because(&error))?
            .ok_or_else(nothing)?;
        Ok(Self {
            project,
            environment,
            connection,
            provisioned,
        })
    }

    /// Where people reach a service of it.
    pub(crate) fn url(&self, web: &WebService) -> String {
        site::url(&self.provisioned.outputs, web, self.environment.https)
    }
}
