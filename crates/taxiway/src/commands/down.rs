//! `taxiway down`: remove what `up` created.

mod service;

use camino::Utf8Path;
use serde_json::json;
use taxiway_azure::ResourceSummary;
use taxiway_platform::EnvironmentKind;

use crate::arguments::{CloudPorts, Down};
use crate::exit::Exit;
use crate::failure::{Failure, Outcome};
use crate::progress::Progress;
use crate::project::Project;
use crate::surroundings::Surroundings;
use crate::terminal::Terminal;
use crate::{cloud_process, connection, ownership};

const VAULT: &str = "Microsoft.KeyVault/vaults";
const VAULT_API_VERSION: &str = "2023-07-01";

/// Deletes the environment's resource group, and forgets its releases.
pub(crate) async fn run(
    arguments: &Down,
    repository: Option<&Utf8Path>,
    surroundings: &Surroundings,
    terminal: &Terminal,
) -> Outcome {
    let mut progress = Progress::new(terminal);
    let project = Project::open(repository)?;
    let environment = project.environment(&arguments.environment)?;
    if environment.kind == EnvironmentKind::Local && cloud_process::last(surroundings).is_none() {
        terminal.say("nothing is there");
        return Ok(Exit::Done);
    }
    ownership::check(environment, &project.root, surroundings)?;
    if let Some(name) = &arguments.service {
        service::refuse(&project, name)?;
    }
    confirm(arguments, &environment.resource_group, terminal)?;
    if environment.kind == EnvironmentKind::Local {
        cloud_process::ensure(&CloudPorts::default(), surroundings)?;
    }
    let connection = connection::connect(environment, surroundings).await?;
    if let Some(name) = &arguments.service {
        return service::run(
            (arguments, name),
            &project,
            environment,
            &connection,
            &mut progress,
            terminal,
        )
        .await;
    }
    let step = progress.start("remove");
    let removed = remove(&connection, environment.purge_protection).await?;
    progress.finish(
        step,
        if removed {
            format!("group {}", environment.resource_group)
        } else {
            "nothing is there".to_owned()
        },
    );
    forget(&project, &environment.name)?;
    ownership::release(environment, surroundings)?;
    if terminal.is_json() {
        terminal.print_json(&json!({ "schema": "taxiway.down/v1", "environment": environment.name, "removed": removed }));
    }
    Ok(Exit::Done)
}

fn confirm(arguments: &Down, group: &str, terminal: &Terminal) -> Result<(), Failure> {
    if arguments.yes {
        return Ok(());
    }
    let (what, more) = match &arguments.service {
        Some(name) if arguments.with_database => (
            format!("the service {name} in the resource group {group} with its database"),
            format!(" --service {name} --with-database"),
        ),
        Some(name) => (
            format!("the service {name} in the resource group {group}, but not its database"),
            format!(" --service {name}"),
        ),
        None => (
            format!("the resource group {group} with its database"),
            String::new(),
        ),
    };
    let question = format!("Deletes {what}. Go on?");
    if !terminal.is_interactive() {
        return Err(Failure::refused(format!("this deletes {what}")).next(
            "go ahead",
            format!("taxiway down {}{more} --yes", arguments.environment),
        ));
    }
    if terminal.confirm(&question) {
        Ok(())
    } else {
        Err(Failure::refused("nothing was done"))
    }
}

/// With `is_protected`, the vault stays recoverable: its purge protection forbids anything else.
async fn remove(connection: &connection::Connection, is_protected: bool) -> Result<bool, Failure> {
    let failed = |error: &taxiway_azure::Error| {
        Failure::failed("the resource group cannot be deleted").because(error)
    };
    if connection
        .azure
        .resource_group(&connection.group)
        .await
        .map_err(|error| failed(&error))?
        .is_none()
    {
        return Ok(false);
    }
    let vaults: Vec<ResourceSummary> = connection
        .azure
        .resources(&connection.group)
        .await
        .map_err(|error| failed(&error))?
        .into_iter()
        .filter(|resource| resource.kind.eq_ignore_ascii_case(VAULT))
        .collect();
    connection
        .azure
        .delete_resource_group(&connection.group)
        .await
        .map_err(|error| failed(&error))?;
    if !is_protected {
        for vault in &vaults {
            purge(connection, vault).await?;
        }
    }
    Ok(true)
}

/// A deleted vault keeps its name for days, and the next `up` would find that name taken.
async fn purge(
    connection: &connection::Connection,
    vault: &ResourceSummary,
) -> Result<(), Failure> {
    let path = format!(
        "/subscriptions/{}/providers/Microsoft.KeyVault/locations/{}/deletedVaults/{}/purge",
        connection.group.subscription,
        vault.location.as_deref().unwrap_or_default(),
        vault.name
    );
    let purged = connection.azure.post(&path, VAULT_API_VERSION, None).await;
    purged.map(drop).map_err(|error| {
        Failure::failed(format!(
            "the deleted key vault `{}` cannot be purged",
            vault.name
        ))
        .because(&error)
    })
}

/// The releases of an environment that is gone are no releases to go back to.
fn forget(project: &Project, environment: &str) -> Result<(), Failure> {
    // Those of further services lie below.
    let state = crate::site::state(&project.root, environment, &project.platform.service);
    match std::fs::remove_dir_all(state.path()) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
            Err(Failure::failed(format!("`{}` cannot be removed", state.path())).because(&error))
        }
        _ => Ok(()),
    }
}
