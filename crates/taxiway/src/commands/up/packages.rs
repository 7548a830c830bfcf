//! The packages of the services: made of what the repository holds now, or taken from where an earlier call kept them.
//!
//! Invariant: a package that is taken was made from the very files that the repository holds now, whatever a build made of them;
//! so all that is read in the repository, its migrations above all, is true of it.

use std::fs;

use camino::{Utf8Path, Utf8PathBuf};
use taxiway_blueprint::Frontend;
use taxiway_diagnostics::{DiskSources, Sources as _};
use taxiway_platform::{Platform, WebService};
use taxiway_rollout::{Package, PackageFile, ReleaseId};

use super::preparation::Preparation;
use crate::failure::Failure;
use crate::front_end::{Build, Built};
use crate::progress::Progress;
use crate::repository;
use crate::surroundings::Surroundings;

/// The packages of what the repository holds now; `None` where a front end is not built yet.
pub(super) fn present(preparation: &Preparation) -> Result<Option<Vec<Package>>, Failure> {
    let services = preparation.project.platform.services();
    services
        .map(|platform| {
            State::read(platform, preparation)?.package(preparation, |build| Ok(build.kept()))
        })
        .collect()
}

/// The same, building front ends where there are some.
pub(super) fn build(
    preparation: &Preparation,
    surroundings: &Surroundings,
    progress: &mut Progress,
) -> Result<Vec<Package>, Failure> {
    let services = preparation.project.platform.services();
    services
        .map(|platform| {
            let package = State::read(platform, preparation)?.package(preparation, |build| {
                build.run(surroundings, progress).map(Some)
            })?;
            Ok(package.expect("a front end that is built is there"))
        })
        .collect()
}

/// Puts packages where [`take`] finds them.
pub(super) fn keep(
    folder: &Utf8Path,
    packages: &[Package],
    preparation: &Preparation,
) -> Result<(), Failure> {
    let failed = |error: std::io::Error| {
        Failure::refused(format!("the packages cannot be kept in `{folder}`")).because(&error)
    };
    fs::create_dir_all(folder).map_err(failed)?;
    let inside = folder.canonicalize_utf8().map_err(failed)?;
    if inside.starts_with(&preparation.project.root) {
        return Err(Failure::refused(format!(
            "`{folder}` lies in the repository, so the next package would hold this one"
        )));
    }
    for (platform, package) in preparation.project.platform.services().zip(packages) {
        let path = path(folder, &platform.service);
        fs::write(path, &package.zip).map_err(failed)?;
    }
    Ok(())
}

/// The packages that an earlier call kept.
pub(super) fn take(folder: &Utf8Path, preparation: &Preparation) -> Result<Vec<Package>, Failure> {
    let services = preparation.project.platform.services();
    services
        .map(|platform| {
            let path = path(folder, &platform.service);
            let zip = fs::read(&path).map_err(|error| {
                Failure::refused(format!("there is no package `{path}`")).because(&error)
            })?;
            Package::read(zip.into()).map_err(|error| {
                Failure::refused(format!("package `{path}` cannot be taken")).because(&error)
            })
        })
        .collect()
}

/// Refuses packages that were made from other files than the repository holds now.
pub(super) fn check_sources(
    packages: &[Package],
    preparation: &Preparation,
) -> Result<(), Failure> {
    for (platform, package) in preparation.project.platform.services().zip(packages) {
        let source = State::read(platform, preparation)?.source();
        if source != package.source {
            return Err(Failure::refused(format!(
                "the package of service {} was made from other files ({}) than the repository holds now ({source})",
                platform.service.title(),
                package.source
            ))
            .detail("its migrations and its infrastructure would not be those that are read here")
            .next("check out the commit that it was made from", "git checkout COMMIT"));
        }
    }
    Ok(())
}

fn path(folder: &Utf8Path, service: &WebService) -> Utf8PathBuf {
    folder.join(format!("{}.zip", service.title()))
}

/// What the repository holds for a service now.
struct State<'a> {
    service: &'a WebService,
    frontend: Option<Frontend>,
    /// All that the package is made from: a build may read the whole repository, while a package holds one folder of it.
    files: Vec<PackageFile>,
}

impl<'a> State<'a> {
    fn read(platform: &'a Platform, preparation: &Preparation) -> Result<Self, Failure> {
        let project = &preparation.project;
        let service = &platform.service;
        // Walked again: files may have been written since it was read.
        let sources = repository::sources(&project.root);
        let frontend = platform
            .service_of(&project.app)
            .and_then(|found| Frontend::find(&sources, found, service));
        let folder = frontend
            .as_ref()
            .map_or(service.root.as_path(), |_| ".".into());
        let files = files(&sources, folder).map_err(|(path, error)| {
            Failure::refused(format!("`{path}` cannot be read")).because(&error)
        })?;
        Ok(Self {
            service,
            frontend,
            files,
        })
    }

    /// Stands for the files, before anything is built from them.
    fn source(self) -> ReleaseId {
        match self.frontend {
            Some(_) => Package::id_of(&self.files),
            None => Package::id_of(&below(self.files, &self.service.root)),
        }
    }

    fn package(
        mut self,
        preparation: &Preparation,
        build: impl FnOnce(&Build<'_>) -> Result<Option<Built>, Failure>,
    ) -> Result<Option<Package>, Failure> {
        let root = &self.service.root;
        let package = if let Some(frontend) = &self.frontend {
            let built = build(&Build {
                root: &preparation.project.root,
                frontend,
                files: &self.files,
                service: self.service.name.as_deref(),
            })?;
            let Some(built) = built else {
                return Ok(None);
            };
            let source = Package::id_of(&self.files);
            self.files = built.over(self.files);
            Package::build_from(source, &below(self.files, root))
        } else {
            Package::build(&below(self.files, root))
        };
        package
            .map(Some)
            .map_err(|error| Failure::refused("the release cannot be packaged").because(&error))
    }
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
