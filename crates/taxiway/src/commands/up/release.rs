//! The release part of `taxiway up`: gates, package, rollout.

use camino::{Utf8Path, Utf8PathBuf};
use taxiway_app::Migration;
use taxiway_diagnostics::{DiskSources, Sources as _};
use taxiway_rollout::{
    DeployRequest, Ending, MigrationRecord, Package, PackageFile, ProvisionError, Provisioned,
    ReleaseId,
};

use super::preparation::Preparation;
use crate::arguments::Up;
use crate::connection::Connection;
use crate::failure::Failure;
use crate::progress::Progress;
use crate::rollout_conclusion::{conclude, refused, stopped};
use crate::rollout_progress::RolloutProgress;
use crate::site::{state, target, url};
use crate::{programs, repository};

/// A release that serves.
#[derive(Debug)]
pub(super) struct Served {
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
    let read = read_migrations(preparation).unwrap_or_default();
    let rivals = taxiway_app::rival_heads(&read);
    if !rivals.is_empty() {
        let places: Vec<&str> = rivals.iter().map(|it| it.path.as_str()).collect();
        return Err(Failure::refused(format!(
            "Alembic has several heads, so `alembic upgrade head` would fail: {}",
            places.join(", ")
        ))
        .next("join them", "alembic merge heads")
        .next("the same with Flask-Migrate", "flask db merge heads"));
    }
    let state = state(&preparation.project.root, &preparation.environment().name);
    let history = state
        .history()
        .map_err(|error| Failure::refused("the journal cannot be read").because(&error))?;
    match history.refusal(&records(&read), &arguments.allow) {
        Some(refusal) => Err(refused(&refusal)),
        None => Ok(()),
    }
}

/// The migrations of the release; none where there is no database for them.
fn read_migrations(preparation: &Preparation) -> Option<Vec<Migration>> {
    let project = &preparation.project;
    if !project.platform.service.has_database {
        return None;
    }
    let service = project.platform.service_of(&project.app);
    let migrations = service.map(|service| taxiway_app::migrations(&project.sources, service));
    Some(migrations.unwrap_or_default())
}

fn records(migrations: &[Migration]) -> Vec<MigrationRecord> {
    migrations.iter().map(MigrationRecord::from).collect()
}

/// The package of what the repository holds now.
pub(super) fn package(preparation: &Preparation) -> Result<Package, Failure> {
    let root = &preparation.project.root;
    // Walked again: files may have been written since it was read.
    let sources = repository::sources(root);
    let files =
        files(&sources, &preparation.project.platform.service.root).map_err(|(path, error)| {
            Failure::refused(format!("`{path}` cannot be read")).because(&error)
        })?;
    Package::build(files)
        .map_err(|error| Failure::refused("the release cannot be packaged").because(&error))
}

fn files(
    sources: &DiskSources,
    root: &Utf8Path,
) -> Result<Vec<PackageFile>, (Utf8PathBuf, std::io::Error)> {
    use std::os::unix::fs::PermissionsExt as _;
    let below = |path: &Utf8PathBuf| match root.as_str() {
        "." | "" => Some(path.clone()),
        _ => path.strip_prefix(root).ok().map(Utf8Path::to_owned),
    };
    let mut files = Vec::new();
    for (path, relative) in sources
        .files()
        .into_iter()
        .filter_map(|path| Some((path.clone(), below(&path)?)))
    {
        let full = sources.root().join(&path);
        let metadata = std::fs::metadata(&full).map_err(|error| (path.clone(), error))?;
        if !metadata.is_file() {
            continue;
        }
        let content = std::fs::read(&full).map_err(|error| (path, error))?;
        let executable = metadata.permissions().mode() & 0o111 != 0;
        files.push(PackageFile {
            path: relative.into_string(),
            content,
            executable,
        });
    }
    Ok(files)
}

/// Rolls the release out.
pub(super) async fn roll_out(
    preparation: &Preparation,
    connection: &Connection,
    provisioned: &Provisioned,
    arguments: &Up,
    progress: &mut Progress,
) -> Result<Served, Failure> {
    let package = package(preparation)?;
    let release = package.release.clone();
    let target = target(connection, &provisioned.outputs)?;
    let request = DeployRequest {
        package,
        commit: programs::commit(&preparation.project.root),
        migrations: read_migrations(preparation).map(|read| records(&read)),
        allow: arguments.allow.clone(),
    };
    let state = state(&preparation.project.root, &preparation.environment().name);
    let shown = RolloutProgress::new(progress);
    let result =
        taxiway_rollout::roll_out(&target, &state, request, &|event| shown.show(event)).await;
    drop(shown);
    let conclusion = result.map_err(|error| stopped(&error))?;
    let url = url(&provisioned.outputs, preparation.environment().https);
    let is_new = matches!(conclusion.ending, Ending::Served);
    conclude(&conclusion, &preparation.environment().name)?;
    Ok(Served {
        release,
        url,
        is_new,
    })
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
