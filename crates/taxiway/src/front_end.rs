//! The front end of a release: built once for a state of the repository, and kept until the repository changes.
//!
//! Invariants: nothing is built in the repository itself; what is kept is whole, because it is made elsewhere and then renamed;
//! the same state of the repository gives the same release, whatever a second build would have made of it.

mod build;

use std::collections::BTreeSet;
use std::fs;
use std::io;

use base64::Engine as _;
use camino::{Utf8Path, Utf8PathBuf};
use sha2::{Digest as _, Sha256};
use taxiway_blueprint::Frontend;
use taxiway_rollout::PackageFile;

use crate::failure::Failure;
use crate::progress::Progress;
use crate::surroundings::Surroundings;
use crate::wording::counted;

/// Where it is kept, relative to the repository; Git ignores it.
const FOLDER: &str = ".taxiway/front-end";

/// What no build reads, because it describes the platform: a change there is no reason to build.
const OF_THE_PLATFORM: [&str; 4] = [".taxiway", "infrastructure", ".github", "taxiway.toml"];

/// What a build made of the files of the repository. Paths are relative to the repository.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Built {
    /// What is new, or differs.
    pub(crate) files: Vec<PackageFile>,
    /// What is gone.
    pub(crate) removed: BTreeSet<String>,
}

/// One front end and the state of the repository that it is built from.
#[derive(Debug)]
pub(crate) struct Build<'a> {
    /// The repository.
    pub(crate) root: &'a Utf8Path,
    /// The front end.
    pub(crate) frontend: &'a Frontend,
    /// All files of the repository.
    pub(crate) files: &'a [PackageFile],
    /// The service that serves it, where that is a further one: each keeps its own.
    pub(crate) service: Option<&'a str>,
}

impl Built {
    /// Puts the result over the files that it was made from.
    pub(crate) fn over(self, mut files: Vec<PackageFile>) -> Vec<PackageFile> {
        let new: BTreeSet<String> = self.files.iter().map(|it| it.path.clone()).collect();
        files.retain(|file| !new.contains(&file.path) && !self.removed.contains(&file.path));
        files.extend(self.files);
        files
    }
}

impl Build<'_> {
    /// What was made of this very state before; `None` where that is to be built yet.
    pub(crate) fn kept(&self) -> Option<Built> {
        let folder = self.folder();
        let removed = fs::read(folder.join("removed.json")).ok()?;
        Some(Built {
            files: read_tree(&folder.join("tree")).ok()?,
            removed: serde_json::from_slice(&removed).ok()?,
        })
    }

    /// Builds, unless that was done before.
    ///
    /// # Errors
    /// Where this machine lacks what builds it, or the build fails: with its last words.
    pub(crate) fn run(
        &self,
        surroundings: &Surroundings,
        progress: &mut Progress,
    ) -> Result<Built, Failure> {
        let step = progress.start("front end");
        if let Some(kept) = self.kept() {
            progress.finish(step, "unchanged, as it was built before");
            return Ok(kept);
        }
        let built = match build::run(self, &surroundings.cache, &|text| step.message(text)) {
            Ok(built) => built,
            Err(failure) => {
                progress.fail(step, "not built");
                return Err(failure);
            }
        };
        self.keep(&built).map_err(|error| {
            Failure::failed(format!("the built front end cannot be kept in `{FOLDER}`"))
                .because(&error)
        })?;
        let files = counted(built.files.len(), "file");
        progress.finish(step, format!("{}, {files}", self.frontend.build_command()));
        Ok(built)
    }

    /// The files that a build sees.
    fn input(&self) -> impl Iterator<Item = &PackageFile> {
        self.files.iter().filter(|file| {
            let first = file.path.split('/').next().unwrap_or_default();
            !OF_THE_PLATFORM.contains(&first)
        })
    }

    fn folder(&self) -> Utf8PathBuf {
        self.all().join(self.key())
    }

    /// The folder that holds what is kept of it, and nothing else.
    fn all(&self) -> Utf8PathBuf {
        self.root.join(match self.service {
            Some(service) => format!("{FOLDER}-{service}"),
            None => FOLDER.to_owned(),
        })
    }

    /// Stands for all that the result depends on.
    fn key(&self) -> String {
        let mut files: Vec<&PackageFile> = self.input().collect();
        files.sort_by(|one, other| one.path.cmp(&other.path));
        let mut hash = Sha256::new();
        let mut add = |part: &[u8]| {
            hash.update((part.len() as u64).to_be_bytes());
            hash.update(part);
        };
        add(self.frontend.folder.as_str().as_bytes());
        add(self.frontend.install_command().as_bytes());
        add(self.frontend.build_command().as_bytes());
        for file in files {
            add(file.path.as_bytes());
            add(&file.content);
        }
        base64::engine::general_purpose::URL_SAFE_NO_PAD.encode(&hash.finalize()[..15])
    }

    /// Keeps the result in the place of the one before.
    fn keep(&self, built: &Built) -> io::Result<()> {
        let all = self.all();
        let new = all.join(format!("new-{}", std::process::id()));
        if new.exists() {
            fs::remove_dir_all(&new)?;
        }
        fs::create_dir_all(new.join("tree"))?;
        write_tree(&new.join("tree"), &built.files)?;
        fs::write(
            new.join("removed.json"),
            serde_json::to_vec(&built.removed)?,
        )?;
        let folder = self.folder();
        for before in fs::read_dir(&all)? {
            let path = before?.path();
            if path != new.as_std_path() {
                fs::remove_dir_all(path)?;
            }
        }
        fs::rename(new, folder)
    }
}

/// Writes files below a folder.
fn write_tree<'a>(
    folder: &Utf8Path,
    files: impl IntoIterator<Item = &'a PackageFile>,
) -> io::Result<()> {
    use std::os::unix::fs::PermissionsExt as _;
    for file in files {
        let path = folder.join(&file.path);
        if let Some(parent) = path.parent() {
            fs::create_dir_all(parent)?;
        }
        fs::write(&path, &file.content)?;
        if file.executable {
            fs::set_permissions(&path, fs::Permissions::from_mode(0o755))?;
        }
    }
    Ok(())
}

/// The files below a folder, with their paths as seen from it. What was installed or is a build's own cache is no part of it.
fn read_tree(folder: &Utf8Path) -> io::Result<Vec<PackageFile>> {
    use std::os::unix::fs::PermissionsExt as _;
    let mut files = Vec::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(current) = folders.pop() {
        for entry in current.read_dir_utf8()? {
            let entry = entry?;
            let path = entry.path();
            let kind = entry.file_type()?;
            if is_left_behind(entry.file_name()) {
                continue;
            }
            if kind.is_dir() {
                folders.push(path.to_owned());
                continue;
            }
            // A link may lead anywhere, and a socket nowhere: what is delivered are files.
            let Some(metadata) = fs::metadata(path).ok().filter(fs::Metadata::is_file) else {
                continue;
            };
            let seen = path.strip_prefix(folder).map_err(io::Error::other)?;
            files.push(PackageFile {
                path: seen.to_string(),
                content: fs::read(path)?,
                executable: metadata.permissions().mode() & 0o111 != 0,
            });
        }
    }
    files.sort_by(|one, other| one.path.cmp(&other.path));
    Ok(files)
}

/// Whether a file or folder of this name is what a build was made with, rather than what it made.
fn is_left_behind(name: &str) -> bool {
    const NAMES: [&str; 6] = [
        "node_modules",
        ".cache",
        ".parcel-cache",
        ".angular",
        ".turbo",
        ".pnpm-store",
    ];
    NAMES.contains(&name) || name.ends_with(".tsbuildinfo")
}
