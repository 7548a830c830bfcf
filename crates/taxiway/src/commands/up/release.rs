//! The release part of `taxiway up`: gates and rollout.

use taxiway_app::Migration;
use taxiway_platform::Platform;
use taxiway_rollout::{
    AppService, DeployRequest, Ending, MigrationRecord, Package, ProvisionError, Provisioned,
    ReleaseId, StateDirectory,
};

use super::preparation::Preparation;
use super::unset_variables;
use crate::arguments::Up;
use crate::connection::Connection;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::programs;
use crate::progress::Progress;
use crate::rollout_conclusion::{conclude, in_environment, refused, stopped};
use crate::rollout_progress::RolloutProgress;
use crate::site::{state, target, url};
use crate::terminal::{BOLD, DIM, Terminal};

/// A release that serves.
#[derive(Debug)]
pub(super) struct Served {
    /// The service that it is of.
    pub(super) service: String,
    /// Its id.
    pub(super) release: ReleaseId,
    /// Where.
    pub(super) url: String,
    /// Whether this call made it the served one.
    pub(super) is_new: bool,
}

/// Refuses what would be refused later, before anything is changed: migrations that cannot run, and unsafe ones that nobody
/// allowed.
pub(super) fn check_gates(preparation: &Preparation, arguments: &Up) -> Result<(), Failure> {
    let mut services = preparation.project.platform.services();
    services.try_for_each(|platform| check_gates_of(platform, preparation, arguments))
}

fn check_gates_of(
    platform: &Platform,
    preparation: &Preparation,
    arguments: &Up,
) -> Result<(), Failure> {
    let read = read_migrations(platform, preparation).unwrap_or_default();
    if let Some(rivals) = taxiway_app::rivals(&read).first() {
        let refused = Failure::refused(rivals.reason());
        let remedies = rivals.remedies().iter();
        return Err(remedies.fold(refused, |failure, (what, command)| {
            failure.next(*what, *command)
        }));
    }
    let state = state_of(platform, preparation);
    let history = state
        .history()
        .map_err(|error| Failure::refused("the journal cannot be read").because(&error))?;
    match history.refusal(&records(&read), &arguments.allow) {
        Some(refusal) => Err(refused(&refusal)),
        None => Ok(()),
    }
}

/// The migrations of the release; none where there is no database for them.
fn read_migrations(platform: &Platform, preparation: &Preparation) -> Option<Vec<Migration>> {
    let project = &preparation.project;
    if !platform.service.has_database {
        return None;
    }
    let service = platform.service_of(&project.app);
    let migrations = service.map(|service| taxiway_app::migrations(&project.sources, service));
    Some(migrations.unwrap_or_default())
}

fn records(migrations: &[Migration]) -> Vec<MigrationRecord> {
    migrations.iter().map(MigrationRecord::from).collect()
}

/// Where the rollouts of a service are remembered.
pub(super) fn state_of(platform: &Platform, preparation: &Preparation) -> StateDirectory {
    let environment = &preparation.environment().name;
    state(&preparation.project.root, environment, &platform.service)
}

/// Rolls the releases of all services out, one after the other in the order of `taxiway.toml`. The first that does not come to
/// serve ends it: those before it serve what is new, and those after it what they served.
pub(super) async fn roll_out(
    preparation: &Preparation,
    connection: &Connection,
    provisioned: &Provisioned,
    (packages, arguments): (Vec<Package>, &Up),
    progress: &mut Progress,
    terminal: &Terminal,
) -> Result<Vec<Served>, Failure> {
    let platform = &preparation.project.platform;
    let mut served = Vec::new();
    for (one, package) in platform.services().zip(packages) {
        if !platform.further.is_empty() {
            terminal.say(format_args!(
                "\n  service {BOLD}{}{BOLD:#} {DIM}in {}{DIM:#}",
                one.service.title(),
                one.service.root
            ));
        }
        match roll_out_one(
            one,
            preparation,
            connection,
            provisioned,
            (package, arguments),
            progress,
        )
        .await
        {
            Ok(new) => served.push(new),
            Err(failure) if platform.further.is_empty() => return Err(failure),
            Err(failure) => return Err(in_between(failure, one, &served, preparation)),
        }
    }
    Ok(served)
}

/// What serves after a rollout of several services that did not come to its end.
fn in_between(
    mut failure: Failure,
    failed: &Platform,
    served: &[Served],
    preparation: &Preparation,
) -> Failure {
    let title = failed.service.title();
    failure.message = format!("service {title}: {}", failure.message);
    let is_new = |served: &&Served| served.is_new;
    for new in served.iter().filter(is_new) {
        let line = format!(
            "service {} serves the new release {}",
            new.service, new.release
        );
        failure = failure.detail(line);
    }
    for old in served.iter().filter(|served| !served.is_new) {
        let line = format!(
            "service {} serves release {}, as before",
            old.service, old.release
        );
        failure = failure.detail(line);
    }
    let after = preparation
        .project
        .platform
        .services()
        .skip_while(|it| it.service.title() != title)
        .skip(1);
    for left in after {
        let line = format!("service {} was left as it is", left.service.title());
        failure = failure.detail(line);
    }
    // What was changed is not all restored.
    if served.iter().any(|served| served.is_new) {
        failure.exit = Exit::Failed;
    }
    failure
}

async fn roll_out_one(
    platform: &Platform,
    preparation: &Preparation,
    connection: &Connection,
    provisioned: &Provisioned,
    (package, arguments): (Package, &Up),
    progress: &mut Progress,
) -> Result<Served, Failure> {
    let web = &platform.service;
    let release = package.release.clone();
    let target = target(connection, &provisioned.outputs, web)?;
    let request = DeployRequest {
        package,
        commit: programs::commit(&preparation.project.root),
        migrations: read_migrations(platform, preparation).map(|read| records(&read)),
        allow: arguments.allow.clone(),
    };
    let state = state_of(platform, preparation);
    let shown = RolloutProgress::new(progress);
    let result =
        taxiway_rollout::roll_out(&target, &state, request, &|event| shown.show(event)).await;
    drop(shown);
    let conclusion = result.map_err(|error| stopped(&error))?;
    let url = url(&provisioned.outputs, web, preparation.environment().https);
    let is_new = matches!(conclusion.ending, Ending::Served);
    conclude(
        &conclusion,
        &in_environment(&preparation.environment().name, web),
    )
    .map_err(|failure| unset_variables::told(failure, &web.variables))?;
    ask_for_start_page(&target, progress).await;
    Ok(Served {
        service: web.title().to_owned(),
        release,
        url,
        is_new,
    })
}

/// Tells what visitors meet; a page that fails ends nothing, for what serves is what was asked for.
async fn ask_for_start_page(target: &AppService, progress: &mut Progress) {
    let step = progress.start("page");
    match target.start_page().await {
        Some(page) if page.is_failure() => progress.fail(step, page.to_string()),
        Some(page) => progress.finish(step, page.to_string()),
        None => progress.finish(step, "/ gives no answer here"),
    }
}

/// Why the infrastructure is not what it should be.
pub(super) fn provision_failure(error: &ProvisionError, environment: &str) -> Failure {
    match error {
        ProvisionError::MissingSecret { variable, .. } => Failure::refused(error.to_string())
            .next("give it one", format!("export {variable}=…"))
            .next("then", format!("taxiway up {environment}")),
        ProvisionError::Azure(cause) => {
            let mut failure = Failure::failed("the infrastructure could not be provisioned");
            match cause.service() {
                Some(service) => {
                    for leaf in service.leaves() {
                        failure = failure.detail(format!("{}: {}", leaf.code, leaf.message));
                    }
                }
                None => failure = failure.because(cause),
            }
            if let Some(hint) = cause.hint() {
                failure = failure.detail(hint);
            }
            failure.next(
                "the same again goes on from there",
                format!("taxiway up {environment}"),
            )
        }
    }
}
