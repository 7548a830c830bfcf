//! The package of a release: a zip whose bytes follow from its files alone.
//!
//! Invariants: the same files give the same bytes and the same id, in whatever order they come; what
//! may hold a secret, or belongs to one machine, is left out.

mod read;

use std::io::{Cursor, Write};

use bytes::Bytes;
use sha2::{Digest, Sha256};
use zip::{CompressionMethod, DateTime, ZipWriter, write::SimpleFileOptions};

use crate::release::ReleaseId;

pub use read::ReadPackageError;

/// The most that Kudu takes. Source: App Service documentation, "Deploy files", limits.
const LARGEST: u64 = 2 * 1024 * 1024 * 1024;

/// The file by which the running app knows its release.
const RELEASE_FILE: &str = "taxiway-release.json";

/// Folders that never go into a package, wherever they are.
const FOLDERS: &[&str] = &[
    ".git",
    ".hg",
    ".svn",
    ".taxiway",
    ".venv",
    "venv",
    "antenv",
    "__pycache__",
    ".pytest_cache",
    ".mypy_cache",
    ".ruff_cache",
    ".tox",
    ".nox",
    ".idea",
    ".vscode",
    ".terraform",
];

/// What is left out at the root alone: it describes the platform, not the app.
const AT_ROOT: &[&str] = &["infrastructure", ".github", "taxiway.toml", RELEASE_FILE];

/// Endings of files that are made again by whoever needs them.
const ENDINGS: &[&str] = &[".pyc", ".pyo", ".DS_Store"];

/// A file of the repository.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PackageFile {
    /// Its path from the package's root, with `/`.
    pub path: String,
    /// What it holds.
    pub content: Vec<u8>,
    /// Whether it may be run.
    pub executable: bool,
}

/// One built version of the app.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Package {
    /// Its id.
    pub release: ReleaseId,
    /// What it was made from: its own files, where nothing was built for it.
    pub source: ReleaseId,
    /// The zip.
    pub zip: Bytes,
    /// How many files it holds, the release file included.
    pub files: usize,
}

/// Why no package could be made.
#[derive(Debug, thiserror::Error)]
pub enum PackageError {
    /// Nothing to deploy.
    #[error("the package would be empty")]
    Empty,
    /// More than the site takes.
    #[error("the package has {} MiB, and a site takes 2048; the largest file is `{largest}`: leave it out by .gitignore, or put it into storage", size / (1024 * 1024))]
    TooLarge {
        /// Its size in bytes.
        size: u64,
        /// The largest file.
        largest: String,
    },
    /// A path that leads out of the package.
    #[error("`{path}` is no path within a package")]
    Path {
        /// The path.
        path: String,
    },
    /// The zip could not be written.
    #[error("cannot write `{path}` into the package")]
    Zip {
        /// The file.
        path: String,
        /// The cause.
        source: zip::result::ZipError,
    },
}

impl Package {
    /// Makes the package of `files`.
    ///
    /// # Errors
    /// When nothing is left to pack, a path leads outside, or the package is larger than a site takes.
    pub fn build(files: &[PackageFile]) -> Result<Self, PackageError> {
        Self::build_within(files, None, LARGEST)
    }

    /// The same of files some of which were built from `source`, an [`Package::id_of`].
    ///
    /// # Errors
    /// As [`Package::build`].
    pub fn build_from(source: ReleaseId, files: &[PackageFile]) -> Result<Self, PackageError> {
        Self::build_within(files, Some(source), LARGEST)
    }

    /// The id that a package of these files has.
    pub fn id_of(files: &[PackageFile]) -> ReleaseId {
        release_of(&belonging(files))
    }

    fn build_within(
        files: &[PackageFile],
        source: Option<ReleaseId>,
        limit: u64,
    ) -> Result<Self, PackageError> {
        let files = belonging(files);
        if files.is_empty() {
            return Err(PackageError::Empty);
        }
        if let Some(file) = files.iter().find(|file| !is_within(&file.path)) {
            return Err(PackageError::Path {
                path: file.path.clone(),
            });
        }
        check_size(
            &files,
            files.iter().map(|file| file.content.len() as u64).sum(),
            limit.saturating_mul(8),
        )?;
        let release = release_of(&files);
        let zip = write_zip(&files, &marker(&release, source.as_ref()))?;
        check_size(&files, zip.len() as u64, limit)?;
        Ok(Self {
            source: source.unwrap_or_else(|| release.clone()),
            release,
            zip: zip.into(),
            files: files.len() + 1,
        })
    }
}

/// The files that a package of these holds, in their order: nothing secret, nothing of one machine, and each once.
fn belonging(files: &[PackageFile]) -> Vec<&PackageFile> {
    let folders = virtual_environments(files);
    let is_installed = |file: &PackageFile| {
        let mut folders = folders.iter();
        folders.any(|folder| file.path.starts_with(folder.as_str()))
    };
    let mut belonging: Vec<&PackageFile> = files
        .iter()
        .filter(|file| belongs(&file.path) && !is_installed(file))
        .collect();
    belonging.sort_by(|left, right| left.path.cmp(&right.path));
    belonging.dedup_by(|left, right| left.path == right.path);
    belonging
}

fn check_size(files: &[&PackageFile], size: u64, limit: u64) -> Result<(), PackageError> {
    if size <= limit {
        return Ok(());
    }
    let largest = files
        .iter()
        .max_by_key(|file| file.content.len())
        .map(|file| file.path.clone());
    Err(PackageError::TooLarge {
        size,
        largest: largest.unwrap_or_default(),
    })
}

/// Hashes the sorted pairs of path and content; lengths keep neighbours apart.
fn release_of(files: &[&PackageFile]) -> ReleaseId {
    let mut hash = Sha256::new();
    for file in files {
        for part in [file.path.as_bytes(), &file.content] {
            hash.update((part.len() as u64).to_be_bytes());
            hash.update(part);
        }
    }
    ReleaseId::from_digest(&hash.finalize())
}

/// The file by which the running app knows its release, and we what that was made from.
fn marker(release: &ReleaseId, source: Option<&ReleaseId>) -> PackageFile {
    let source = source.map_or(String::new(), |source| {
        format!(", \"source\": \"{source}\"")
    });
    PackageFile {
        path: RELEASE_FILE.to_owned(),
        content: format!("{{\"release\": \"{release}\"{source}}}\n").into_bytes(),
        executable: false,
    }
}

fn write_zip(files: &[&PackageFile], marker: &PackageFile) -> Result<Vec<u8>, PackageError> {
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    let fail = |path: &str, source| PackageError::Zip {
        path: path.to_owned(),
        source,
    };
    for file in files.iter().copied().chain([marker]) {
        let options = SimpleFileOptions::default()
            .compression_method(CompressionMethod::Deflated)
            .last_modified_time(DateTime::default())
            .unix_permissions(if file.executable { 0o755 } else { 0o644 });
        zip.start_file(file.path.as_str(), options)
            .map_err(|error| fail(&file.path, error))?;
        zip.write_all(&file.content)
            .map_err(|error| fail(&file.path, error.into()))?;
    }
    let cursor = zip.finish().map_err(|error| fail(RELEASE_FILE, error))?;
    Ok(cursor.into_inner())
}

/// Whether a path is part of the app: nothing secret, nothing of one machine, nothing of the platform.
fn belongs(path: &str) -> bool {
    let parts: Vec<&str> = path.split('/').collect();
    let name = parts.last().copied().unwrap_or_default();
    let secret = name.starts_with(".env") && name != ".env.example";
    !secret
        && !parts.iter().any(|part| FOLDERS.contains(part))
        && !parts.first().is_some_and(|first| AT_ROOT.contains(first))
        && !ENDINGS.iter().any(|ending| name.ends_with(ending))
}

/// The folders, with a final slash, that are virtual environments by their marker file.
fn virtual_environments(files: &[PackageFile]) -> Vec<String> {
    files
        .iter()
        .filter_map(|file| file.path.strip_suffix("/pyvenv.cfg"))
        .map(|folder| format!("{folder}/"))
        .collect()
}

fn is_within(path: &str) -> bool {
    !path.is_empty()
        && !path.contains('\\')
        && path
            .split('/')
            .all(|part| !part.is_empty() && part != "." && part != "..")
}

#[cfg(test)]
mod tests {
    use std::io::Read;

    use super::*;

    fn file(path: &str, content: &str) -> PackageFile {
        PackageFile {
            path: path.to_owned(),
            content: content.as_bytes().to_vec(),
            executable: path.ends_with(".sh"),
        }
    }

    fn names(package: &Package) -> Vec<String> {
        let mut archive = zip::ZipArchive::new(Cursor::new(package.zip.to_vec())).unwrap();
        (0..archive.len())
            .map(|index| {
                archive
                    .by_index(index)
                    .unwrap()
                    .name()
                    .unwrap()
                    .into_owned()
            })
            .collect()
    }

    #[test]
    fn order_does_not_matter_and_content_does() {
        let one = Package::build(&[file("a.py", "1"), file("b.py", "2")]).unwrap();
        let two = Package::build(&[file("b.py", "2"), file("a.py", "1")]).unwrap();
        let three = Package::build(&[file("a.py", "1"), file("b.py", "3")]).unwrap();
        let shifted = Package::build(&[file("a.py", "1b.py"), file("b.py", "")]).unwrap();
        assert_eq!(one, two);
        assert_ne!(one.release, three.release);
        assert_ne!(one.release, shifted.release);
    }

    #[test]
    fn what_is_secret_or_made_again_stays_out() {
        let kept = [
            "manage.py",
            ".env.example",
            "App_Data/jobs/triggered/migrate/run.sh",
            "shop/infrastructure/x.py",
        ];
        let dropped = [
            ".env",
            ".env.production",
            "shop/.env",
            ".git/config",
            ".taxiway/state/local/journal.json",
            ".venv/bin/python",
            "tools/pyvenv.cfg",
            "tools/lib/x.py",
            "shop/__pycache__/x.cpython-311.pyc",
            "infrastructure/bicep/main.bicep",
            "taxiway.toml",
            "taxiway-release.json",
            ".github/workflows/ci.yml",
        ];
        let files: Vec<PackageFile> = kept
            .iter()
            .chain(&dropped)
            .map(|path| file(path, path))
            .collect();
        let mut found = names(&Package::build(&files).unwrap());
        found.retain(|name| name != RELEASE_FILE);
        let mut expected: Vec<&str> = kept.to_vec();
        expected.sort_unstable();
        assert_eq!(found, expected);
    }

    #[test]
    fn the_release_file_and_the_modes_are_in_the_zip() {
        let package = Package::build(&[file("run.sh", "x"), file("a.py", "y")]).unwrap();
        let mut archive = zip::ZipArchive::new(Cursor::new(package.zip.to_vec())).unwrap();
        let mut text = String::new();
        archive
            .by_name(RELEASE_FILE)
            .unwrap()
            .read_to_string(&mut text)
            .unwrap();
        assert_eq!(text, format!("{{\"release\": \"{}\"}}\n", package.release));
        assert_eq!(
            archive.by_name("run.sh").unwrap().unix_mode().unwrap() & 0o777,
            0o755
        );
        assert_eq!(
            archive.by_name("a.py").unwrap().unix_mode().unwrap() & 0o777,
            0o644
        );
    }

    #[test]
    fn too_large_empty_and_escaping_packages_are_refused() {
        let noise: String = (0..5_000_u64)
            .map(|n| format!("{:x}", n.wrapping_mul(0x9E37_79B9_7F4A_7C15)))
            .collect();
        let error = Package::build_within(&[file("big.bin", &noise), file("a", "")], None, 1_000)
            .unwrap_err();
        assert!(matches!(error, PackageError::TooLarge { largest, .. } if largest == "big.bin"));
        assert!(matches!(
            Package::build(&[file(".env", "")]),
            Err(PackageError::Empty)
        ));
        assert!(matches!(
            Package::build(&[file("../a", "")]),
            Err(PackageError::Path { .. })
        ));
    }
}
