//! Unpacks a published package. What would land outside its folder is refused, and so are links.

use std::{
    fs::{File, OpenOptions},
    io,
    os::unix::fs::OpenOptionsExt,
};

use camino::{Utf8Path, Utf8PathBuf};
use zip::{ZipArchive, result::ZipError};

/// Why a package can't be used.
#[derive(Debug, thiserror::Error)]
pub(super) enum PackageError {
    #[error("the package is not a zip file that can be read: {0}")]
    Zip(ZipError),
    #[error("the package holds `{0}`, which lies outside of the application")]
    Outside(String),
    #[error("the package holds the link `{0}`; links are not supported")]
    Link(String),
    #[error("the package holds `{0}`, whose name is not UTF-8")]
    Name(String),
    #[error("`{path}` could not be written: {source}")]
    Write {
        path: Utf8PathBuf,
        source: io::Error,
    },
    #[error("the package could not be read: {0}")]
    Read(io::Error),
}

/// Unpacks `package` into the new folder `root`; returns how many files it holds. Blocks.
pub(super) fn unpack(package: &Utf8Path, root: &Utf8Path) -> Result<usize, PackageError> {
    let file = File::open(package).map_err(PackageError::Read)?;
    let mut archive = ZipArchive::new(io::BufReader::new(file)).map_err(PackageError::Zip)?;
    std::fs::create_dir_all(root).map_err(write_error(root))?;
    let mut files = 0;
    for index in 0..archive.len() {
        let mut entry = archive.by_index(index).map_err(PackageError::Zip)?;
        let name = entry.name().map_err(PackageError::Zip)?.into_owned();
        let inside = entry
            .enclosed_name()
            .ok_or_else(|| PackageError::Outside(name.clone()))?;
        let inside =
            Utf8PathBuf::from_path_buf(inside).map_err(|_| PackageError::Name(name.clone()))?;
        if entry.is_symlink() {
            return Err(PackageError::Link(name));
        }
        let path = root.join(&inside);
        if entry.is_dir() {
            std::fs::create_dir_all(&path).map_err(write_error(&path))?;
            continue;
        }
        let is_executable = entry.unix_mode().is_some_and(|mode| mode & 0o111 != 0);
        write_entry(&mut entry, &path, is_executable)?;
        files += 1;
    }
    Ok(files)
}

fn write_entry(
    entry: &mut impl io::Read,
    path: &Utf8Path,
    is_executable: bool,
) -> Result<(), PackageError> {
    if let Some(folder) = path.parent() {
        std::fs::create_dir_all(folder).map_err(write_error(folder))?;
    }
    let mode = if is_executable { 0o700 } else { 0o600 };
    let mut file = OpenOptions::new()
        .write(true)
        .create(true)
        .truncate(true)
        .mode(mode)
        .open(path)
        .map_err(write_error(path))?;
    match io::copy(entry, &mut file) {
        Ok(_) => Ok(()),
        // A broken entry reads as an error too: its checksum or its compression is wrong.
        Err(error) if error.raw_os_error().is_none() => Err(PackageError::Read(error)),
        Err(error) => Err(write_error(path)(error)),
    }
}

fn write_error(path: &Utf8Path) -> impl FnOnce(io::Error) -> PackageError {
    let path = path.to_owned();
    move |source| PackageError::Write { path, source }
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use zip::{ZipWriter, write::SimpleFileOptions};

    use super::*;

    fn check(entries: &[(&str, &str)], expected: &str) {
        let folder = tempfile::tempdir().unwrap();
        let folder = Utf8Path::from_path(folder.path()).unwrap();
        let package = folder.join("p.zip");
        let mut writer = ZipWriter::new(File::create(&package).unwrap());
        for (name, text) in entries {
            writer
                .start_file(*name, SimpleFileOptions::default())
                .unwrap();
            writer.write_all(text.as_bytes()).unwrap();
        }
        writer.finish().unwrap();
        let outcome = match unpack(&package, &folder.join("app")) {
            Ok(files) => format!("{files} files"),
            Err(error) => error.to_string(),
        };
        assert_eq!(outcome, expected);
        assert!(!folder.join("evil.py").exists());
    }

    #[test]
    fn packages_are_unpacked_inside_their_folder_only() {
        check(&[("a.py", ""), ("b/c.py", "x")], "2 files");
        check(
            &[("../evil.py", "")],
            "the package holds `../evil.py`, which lies outside of the application",
        );
    }

    #[test]
    fn what_is_no_zip_is_said_so() {
        let folder = tempfile::tempdir().unwrap();
        let folder = Utf8Path::from_path(folder.path()).unwrap();
        std::fs::write(folder.join("p.zip"), "no zip").unwrap();
        let error = unpack(&folder.join("p.zip"), &folder.join("app")).unwrap_err();
        assert!(
            error
                .to_string()
                .starts_with("the package is not a zip file")
        );
    }
}
