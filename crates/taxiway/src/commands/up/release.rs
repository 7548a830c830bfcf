//! The release part of `taxiway up`: gates, package, rollout.

use camino::{Utf8Path, Utf8PathBuf};
use taxiway_app::Migration;
use taxiway_blueprint::Frontend;
use taxiway_diagnostics::{DiskSources, Sources as _};
use taxiway_rollout::{
    DeployRequest, Ending, MigrationRecord, Package, PackageFile, ProvisionError, Provisioned,
    ReleaseId,
};

use super::preparation::Preparation;
use crate::arguments::Up;
use crate::connection::Connection;
use crate::failure::Failure;
use crate::front_end::{Build, Built};
use crate::progress::Progress;
use crate::rollout_conclusion::{conclude, refused, stopped};
use crate::rollout_progress::RolloutProgress;
use crate::site::{state, target, url};
use crate::surroundings::Surroundings;
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

/// The package of what the repository holds now; `None` where its front end is not built yet.
pub(super) fn package(preparation: &Preparation) -> Result<Option<Package>, Failure> {
    package_with(preparation, |build| Ok(build.kept()))
}

/// The same, building the front end where there is one.
pub(super) fn build(
    preparation: &Preparation,
    surroundings: &Surroundings,
    progress: &mut Progress,
) -> Result<Package, Failure> {
    let package = package_with(preparation, |build| {
        build.run(surroundings, progress).map(Some)
    })?;
    Ok(package.expect("a front end that is built is there"))
}

fn package_with(
    preparation: &Preparation,
    build: impl FnOnce(&Build<'_>) -> Result<Option<Built>, Failure>,
) -> Result<Option<Package>, Failure> {
    let project = &preparation.project;
    let web = &project.platform.service;
    // Walked again: files may have been written since it was read.
    let sources = repository::sources(&project.root);
    let frontend = project
        .platform
        .service_of(&project.app)
        .and_then(|service| Frontend::find(&sources, service, web));
    // A build may read the whole repository; a package holds one folder of it.
    let folder = frontend.as_ref().map_or(web.root.as_path(), |_| ".".into());
    let mut files = files(&sources, folder).map_err(|(path, error)| {
        Failure::refused(format!("`{path}` cannot be read")).because(&error)
    })?;
    if let Some(frontend) = &frontend {
        let built = build(&Build {
            root: &project.root,
            frontend,
            files: &files,
        })?;
        match built {
            Some(built) => files = built.over(files),
            None => return Ok(None),
        }
    }
    Package::build(below(files, &web.root))
        .map(Some)
        .map_err(|error| Failure::refused("the release cannot be packaged").because(&error))
}

/// The files in a folder of the repository, as seen from it.
fn below(files: Vec<PackageFile>, folder: &Utf8Path) -> Vec<PackageFile> {
    if folder == "." {
        return files;
    }
    let inside = files.into_iter().filter_map(|mut file| {
        file.path = Utf8Path::new(&file.path)
            .strip_prefix(folder)
            .ok()?
            .to_string();
        Some(file)
    });
    inside.collect()
}

/// The files in a folder of the repository, with their paths as seen from the repository.
fn files(
    sources: &DiskSources,
    folder: &Utf8Path,
) -> Result<Vec<PackageFile>, (Utf8PathBuf, std::io::Error)> {
    use std::os::unix::fs::PermissionsExt as _;
    let is_inside = |path: &Utf8PathBuf| folder == "." || path.starts_with(folder);
    let mut files = Vec::new();
    for path in sources.files().into_iter().filter(is_inside) {
        let full = sources.root().join(&path);
        // A link that leads nowhere, as into an environment that was never installed, is nothing to publish.
        if full.is_symlink() && !full.exists() {
            continue;
        }
        let metadata = std::fs::metadata(&full).map_err(|error| (path.clone(), error))?;
        if !metadata.is_file() {
            continue;
        }
        let content = std::fs::read(&full).map_err(|error| (path.clone(), error))?;
        let executable = metadata.permissions().mode() & 0o111 != 0;
        files.push(PackageFile {
            path: path.into_string(),
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
    (package, arguments): (Package, &Up),
    progress: &mut Progress,
) -> Result<Served, Failure> {
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
