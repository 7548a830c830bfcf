//! `taxiway up`: from the repository to a served release.

mod again;
mod domains;
mod packages;
mod preparation;
mod release;
mod sign_in;
mod summary;
mod unset_variables;

use serde::Serialize;
use taxiway_azure::DeploymentOperation;
use taxiway_platform::EnvironmentKind;
use taxiway_rollout::{Package, Provisioned};

use crate::arguments::{CloudPorts, Up};
use crate::connection::{self, Connection};
use crate::exit::Exit;
use crate::failure::{Failure, Outcome};
use crate::progress::{Ended, Progress};
use crate::surroundings::Surroundings;
use crate::terminal::{BOLD, DIM, Terminal, duration};
use crate::wording::counted;
use crate::{cloud_process, left_behind, ownership, writing};

use preparation::Preparation;

/// What `taxiway up --format json` prints.
#[derive(Debug, Serialize)]
struct Document {
    schema: &'static str,
    environment: String,
    outcome: &'static str,
    release: String,
    url: String,
    /// Each service, where there are several: what stands above is of the first, but `outcome`, which is of all.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    services: Vec<ServiceDocument>,
    /// Further services that still run, and that `taxiway.toml` no longer names.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    left_behind: Vec<String>,
    seconds: f64,
    resources: usize,
    phases: Vec<Ended>,
}

#[derive(Debug, Serialize)]
struct ServiceDocument {
    service: String,
    outcome: &'static str,
    release: String,
    url: String,
}

/// Reads, writes, checks, provisions, rolls out.
pub(crate) async fn run(
    arguments: &Up,
    repository: Option<&camino::Utf8Path>,
    surroundings: &Surroundings,
    terminal: &Terminal,
) -> Outcome {
    let mut progress = Progress::new(terminal);
    let preparation = preparation::prepare(repository, &arguments.environment)?;
    ownership::check(
        preparation.environment(),
        &preparation.project.root,
        surroundings,
    )?;
    let taken = match &arguments.packages {
        Some(folder) => Some(packages::take(folder, &preparation)?),
        None => None,
    };
    if !arguments.provision
        && let Some(again) =
            again::nothing_to_do(&preparation, taken.as_deref(), surroundings).await
    {
        keep(&again.packages, &preparation, arguments)?;
        return Ok(already(&preparation, &again, &progress, terminal));
    }
    terminal.say(summary::text(&preparation));
    let is_waived = arguments.yes || !terminal.is_interactive();
    if preparation.environment().kind == EnvironmentKind::Azure
        && !arguments.yes
        && !terminal.is_interactive()
    {
        return Err(Failure::refused(format!(
            "`{}` is in Azure and costs money",
            arguments.environment
        ))
        .next(
            "go ahead",
            format!("taxiway up {} --yes", arguments.environment),
        ));
    }
    if !is_waived && !terminal.confirm(&summary::question(&preparation)) {
        return Err(Failure::refused("nothing was done"));
    }
    preparation.record(&mut progress);
    release::check_gates(&preparation, arguments)?;
    write(&preparation, &mut progress)?;
    let packages = match taken {
        Some(taken) => {
            packages::check_sources(&taken, &preparation)?;
            taken
        }
        None => packages::build(&preparation, surroundings, &mut progress)?,
    };
    keep(&packages, &preparation, arguments)?;
    let connection = reach(&preparation, surroundings, &mut progress).await?;
    sign_in::keep(&preparation, &connection).await?;
    let again = arguments.provision;
    let provisioned = provision(&preparation, &connection, again, &mut progress, terminal).await?;
    let served = release::roll_out(
        &preparation,
        &connection,
        &provisioned,
        (packages, arguments),
        &mut progress,
        terminal,
    )
    .await?;
    let platform = &preparation.project.platform;
    let left = left_behind::deployed(&connection, platform).await?;
    finish(
        &preparation,
        &provisioned,
        (&served, &left),
        &progress,
        terminal,
    );
    Ok(Exit::Done)
}

/// Keeps the packages for another environment, where that is asked for.
fn keep(packages: &[Package], preparation: &Preparation, arguments: &Up) -> Result<(), Failure> {
    match &arguments.keep_packages {
        Some(folder) => packages::keep(folder, packages, preparation),
        None => Ok(()),
    }
}

fn write(preparation: &Preparation, progress: &mut Progress) -> Result<(), Failure> {
    let visible = writing::visible(&preparation.changes).len();
    let step = progress.start("write");
    writing::apply(&preparation.project.root, &preparation.changes)?;
    let result = match visible {
        0 => "nothing to write".to_owned(),
        count => counted(count, "file"),
    };
    progress.finish(step, result);
    writing::conflicts(&preparation.changes).map_or(Ok(()), Err)
}

async fn reach(
    preparation: &Preparation,
    surroundings: &Surroundings,
    progress: &mut Progress,
) -> Result<Connection, Failure> {
    let environment = preparation.environment();
    if environment.kind == EnvironmentKind::Local {
        let step = progress.start("cloud");
        let (running, is_new) = cloud_process::ensure(&CloudPorts::default(), surroundings)?;
        let state = if is_new { "ready" } else { "running" };
        progress.finish(
            step,
            format!("{state} on 127.0.0.1:{}", running.ports.front_door),
        );
    }
    ownership::take(environment, &preparation.project.root, surroundings)?;
    connection::connect(environment, surroundings).await
}

async fn provision(
    preparation: &Preparation,
    connection: &Connection,
    again: bool,
    progress: &mut Progress,
    terminal: &Terminal,
) -> Result<Provisioned, Failure> {
    let infrastructure = preparation.infrastructure(connection);
    let step = progress.start("provision");
    let shown = |operation: &DeploymentOperation| {
        let (Some(kind), Some(name)) = (&operation.resource_type, &operation.resource_name) else {
            return;
        };
        let state = operation.state.to_lowercase();
        step.message(format!("{name} {state}"));
        terminal.detail(format_args!("    {kind} {name} {state}"));
    };
    let azure = &connection.azure;
    let result = if again {
        infrastructure.provision_again(azure, &shown).await
    } else {
        infrastructure.provision(azure, &shown).await
    };
    match result {
        Ok(provisioned) => {
            let count = preparation.compiled.resources.len();
            let text = if provisioned.is_changed {
                format!("{count} resources")
            } else {
                format!("{count} resources, unchanged")
            };
            progress.finish(step, text);
            Ok(provisioned)
        }
        Err(error) => {
            progress.fail(step, "the deployment failed");
            Err(release::provision_failure(
                &error,
                &preparation.environment().name,
            ))
        }
    }
}

fn finish(
    preparation: &Preparation,
    provisioned: &Provisioned,
    (served, left): (&[release::Served], &[String]),
    progress: &Progress,
    terminal: &Terminal,
) {
    let environment = &preparation.environment().name;
    if terminal.is_json() {
        terminal.print_json(&document(preparation, (served, left), progress));
        return;
    }
    for platform in preparation.project.platform.services() {
        if let Some(environment) = platform.environment(environment) {
            for line in domains::records(environment, &platform.service, &provisioned.outputs) {
                terminal.say(line);
            }
        }
    }
    terminal.say("");
    let took = duration(progress.elapsed());
    for one in served {
        let release = &one.release;
        if served.len() == 1 {
            terminal.say(format_args!("release {release} serves, in {took}"));
        } else {
            let as_before = if one.is_new { "" } else { ", as before" };
            terminal.say(format_args!(
                "{}: release {release} serves{as_before}",
                one.service
            ));
        }
        terminal.print(&one.url);
    }
    left_behind::tell(environment, left, terminal);
    let next = if environment == "local" {
        String::new()
    } else {
        format!(" {environment}")
    };
    let which = if served.len() > 1 {
        " --service NAME"
    } else {
        ""
    };
    terminal.say(format_args!(
        "{DIM}next: taxiway status{next} · taxiway logs -f{next} · taxiway rollback{next}{which}{DIM:#}"
    ));
}

fn already(
    preparation: &Preparation,
    again: &again::Again,
    progress: &Progress,
    terminal: &Terminal,
) -> Exit {
    let served = &again.served;
    if terminal.is_json() {
        terminal.print_json(&document(preparation, (served, &again.left), progress));
    } else {
        let releases: Vec<&str> = served.iter().map(|it| it.release.as_str()).collect();
        terminal.say(format_args!(
            "{BOLD}{}{BOLD:#} is as its repository says (release {}, {} resources, checked in {}).",
            preparation.project.platform.name,
            releases.join(", "),
            preparation.compiled.resources.len(),
            duration(progress.elapsed())
        ));
        for one in served {
            terminal.print(&one.url);
        }
        left_behind::tell(&preparation.environment().name, &again.left, terminal);
    }
    Exit::Done
}

fn document(
    preparation: &Preparation,
    (served, left): (&[release::Served], &[String]),
    progress: &Progress,
) -> Document {
    let outcome = |is_new: bool| if is_new { "served" } else { "unchanged" };
    let first = served.first().expect("there is a service");
    let several = served.iter().filter(|_| served.len() > 1);
    Document {
        schema: "taxiway.up/v1",
        environment: preparation.environment().name.clone(),
        outcome: outcome(served.iter().any(|it| it.is_new)),
        release: first.release.to_string(),
        url: first.url.clone(),
        services: several
            .map(|it| ServiceDocument {
                service: it.service.clone(),
                outcome: outcome(it.is_new),
                release: it.release.to_string(),
                url: it.url.clone(),
            })
            .collect(),
        left_behind: left.to_vec(),
        seconds: progress.elapsed().as_secs_f64(),
        resources: preparation.compiled.resources.len(),
        phases: progress.ended().to_vec(),
    }
}
