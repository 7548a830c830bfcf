//! A package that was made before, taken as it is.
//!
//! Invariant: what is read is what it says it is; its id is computed again from the files that it holds.

use std::io::{Cursor, Read as _};

use bytes::Bytes;
use serde::Deserialize;
use zip::ZipArchive;
use zip::result::ZipError;

use super::{LARGEST, Package, PackageFile, RELEASE_FILE, release_of};
use crate::release::ReleaseId;

/// Why a package that was made before cannot be taken.
#[derive(Debug, thiserror::Error)]
pub enum ReadPackageError {
    /// It is no zip, or a damaged one.
    #[error("it is not a whole zip")]
    Zip(#[source] ZipError),
    /// A file in it cannot be unpacked.
    #[error("`{path}` in it is damaged")]
    Damaged {
        /// The file.
        path: String,
        /// The cause.
        source: std::io::Error,
    },
    /// More than was ever packed.
    #[error("it holds more than a site takes")]
    TooLarge,
    /// Nothing says which release it is.
    #[error("it has no `{RELEASE_FILE}` that says which release it is")]
    Unmarked,
    /// It is not what it says.
    #[error("it says that it is release {says}, and holds {holds}")]
    Changed {
        /// By its marker.
        says: ReleaseId,
        /// By its files.
        holds: ReleaseId,
    },
}

#[derive(Deserialize)]
struct Marker {
    release: ReleaseId,
    source: Option<ReleaseId>,
}

impl Package {
    /// Takes a package that [`Package::build`] made.
    ///
    /// # Errors
    /// When it is damaged, or its files are not those of the release that it says it is.
    pub fn read(zip: Bytes) -> Result<Self, ReadPackageError> {
        let mut archive = ZipArchive::new(Cursor::new(&zip)).map_err(ReadPackageError::Zip)?;
        let mut left = LARGEST.saturating_mul(8);
        let mut files = Vec::new();
        for index in 0..archive.len() {
            let mut entry = archive.by_index(index).map_err(ReadPackageError::Zip)?;
            let path = entry.name().map_err(ReadPackageError::Zip)?.into_owned();
            let mut content = Vec::new();
            let read = (&mut entry).take(left + 1).read_to_end(&mut content);
            let size = read.map_err(|source| ReadPackageError::Damaged {
                path: path.clone(),
                source,
            })?;
            left = left
                .checked_sub(size as u64)
                .ok_or(ReadPackageError::TooLarge)?;
            files.push(PackageFile {
                path,
                content,
                executable: false,
            });
        }
        let marker = files
            .pop_if(|file| file.path == RELEASE_FILE)
            .and_then(|file| serde_json::from_slice::<Marker>(&file.content).ok())
            .ok_or(ReadPackageError::Unmarked)?;
        let holds = release_of(&files.iter().collect::<Vec<_>>());
        if holds != marker.release {
            return Err(ReadPackageError::Changed {
                says: marker.release,
                holds,
            });
        }
        Ok(Self {
            source: marker.source.unwrap_or_else(|| marker.release.clone()),
            release: marker.release,
            files: files.len() + 1,
            zip,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn file(path: &str, content: &str) -> PackageFile {
        PackageFile {
            path: path.to_owned(),
            content: content.as_bytes().to_vec(),
            executable: path.ends_with(".sh"),
        }
    }

    #[test]
    fn what_was_packed_is_taken_as_it_is() {
        let source = [file("a.js", "say()")];
        let built = [
            file("a.js", "say()"),
            file("built/a.js", "s()"),
            file("run.sh", ""),
        ];
        for package in [
            Package::build(&source).unwrap(),
            Package::build_from(Package::id_of(&source), &built).unwrap(),
        ] {
            assert_eq!(Package::read(package.zip.clone()).unwrap(), package);
            assert_eq!(package.source, Package::id_of(&source));
        }
    }

    #[test]
    fn what_is_not_what_it_says_is_refused() {
        let package = Package::build(&[file("a.py", "pass")]).unwrap();
        let other = Package::build(&[file("a.py", "fail")]).unwrap();
        let changed = |index: usize| {
            let mut bytes = package.zip.to_vec();
            bytes[index] ^= 1;
            Package::read(bytes.into())
        };
        for index in 0..package.zip.len() {
            // A bit of a date or of a mode is nothing that a release consists of.
            if let Ok(read) = changed(index) {
                assert_eq!((read.release, read.files), (package.release.clone(), 2));
            }
        }
        assert!(matches!(
            Package::read(package.zip.slice(..package.zip.len() / 2)),
            Err(ReadPackageError::Zip(_))
        ));
        let files = [file("a.py", "pass")];
        let files: Vec<&PackageFile> = files.iter().collect();
        let says = |marker: &PackageFile| {
            let zip = super::super::write_zip(&files, marker).unwrap();
            Package::read(zip.into())
        };
        assert!(matches!(
            says(&super::super::marker(&other.release, None)),
            Err(ReadPackageError::Changed { says, holds })
                if says == other.release && holds == package.release
        ));
        assert!(matches!(
            says(&file(RELEASE_FILE, "{}")),
            Err(ReadPackageError::Unmarked)
        ));
        assert!(matches!(
            says(&file("b.py", "")),
            Err(ReadPackageError::Unmarked)
        ));
    }
}
