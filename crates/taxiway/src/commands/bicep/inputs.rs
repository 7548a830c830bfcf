//! What a command of the compiler works on: files, folders, and standard input.

use std::collections::BTreeSet;
use std::io::Read as _;
use std::sync::OnceLock;

use camino::{Utf8Path, Utf8PathBuf};
use taxiway_diagnostics::{DiskSources, ReadError, Sources};

use crate::failure::Failure;
use crate::repository;

/// The argument that stands for standard input.
const STANDARD_INPUT: &str = "-";
/// The file that standard input is read as, in the current folder.
const STANDARD_INPUT_NAME: &str = "stdin.bicep";

/// A file to work on.
#[derive(Clone, Debug)]
pub(super) struct Input {
    /// Absolute.
    pub(super) path: Utf8PathBuf,
    /// As the user named it.
    pub(super) shown: Utf8PathBuf,
    /// Whether it is standard input.
    pub(super) is_standard: bool,
}

/// The files of one run, and how their neighbours are read.
#[derive(Debug)]
pub(super) struct Inputs {
    pub(super) files: Vec<Input>,
    pub(super) sources: InputSources,
}

impl Inputs {
    /// The files that the arguments name; a folder stands for every file below it with one of `extensions`.
    ///
    /// # Errors
    /// [`Failure`] where one cannot be read, or there is nothing to do.
    pub(super) fn open(arguments: &[Utf8PathBuf], extensions: &[&str]) -> Result<Self, Failure> {
        let here = camino::absolute_utf8(".")
            .map_err(|error| Failure::usage("there is no current folder").because(&error))?;
        let mut files = Vec::new();
        let mut standard = None;
        for argument in arguments {
            if argument == STANDARD_INPUT {
                let path = here.join(STANDARD_INPUT_NAME);
                standard = Some((path.clone(), standard_input()?));
                files.push(Input {
                    path,
                    shown: STANDARD_INPUT_NAME.into(),
                    is_standard: true,
                });
            } else {
                files.extend(below(argument, extensions)?);
            }
        }
        if files.is_empty() {
            let wanted: Vec<String> = extensions.iter().map(|name| format!("*.{name}")).collect();
            return Err(Failure::usage(format!(
                "there is no {} in what was named",
                wanted.join(" or ")
            )));
        }
        let mut seen = BTreeSet::new();
        files.retain(|file| seen.insert(file.path.clone()));
        let folders = files.iter().filter_map(|file| file.path.parent());
        let sources = InputSources {
            disk: DiskSources::new("/", []),
            standard,
            folders: folders.map(Utf8Path::to_owned).collect(),
            listed: OnceLock::new(),
        };
        Ok(Self { files, sources })
    }
}

fn standard_input() -> Result<Vec<u8>, Failure> {
    let mut text = Vec::new();
    std::io::stdin()
        .lock()
        .read_to_end(&mut text)
        .map_err(|error| Failure::usage("standard input cannot be read").because(&error))?;
    Ok(text)
}

fn below(argument: &Utf8Path, extensions: &[&str]) -> Result<Vec<Input>, Failure> {
    let path = argument
        .canonicalize_utf8()
        .map_err(|error| Failure::usage(format!("`{argument}` cannot be read")).because(&error))?;
    if !path.is_dir() {
        return Ok(vec![Input {
            path,
            shown: argument.to_owned(),
            is_standard: false,
        }]);
    }
    let files = repository::sources(&path).files().into_iter();
    Ok(files
        .filter(|file| {
            file.extension()
                .is_some_and(|extension| extensions.contains(&extension))
        })
        .map(|file| Input {
            path: path.join(&file),
            shown: if argument == "." {
                file
            } else {
                argument.join(file)
            },
            is_standard: false,
        })
        .collect())
}

/// The disk, with standard input as one more file.
#[derive(Debug)]
pub(super) struct InputSources {
    disk: DiskSources,
    standard: Option<(Utf8PathBuf, Vec<u8>)>,
    folders: BTreeSet<Utf8PathBuf>,
    listed: OnceLock<Vec<Utf8PathBuf>>,
}

impl Sources for InputSources {
    fn read(&self, path: &Utf8Path) -> Result<Vec<u8>, ReadError> {
        match &self.standard {
            Some((standard, text)) if standard == path => Ok(text.clone()),
            _ => self.disk.read(path),
        }
    }

    /// Everything below the folders of the inputs; walked when somebody asks, which few files do.
    fn files(&self) -> Vec<Utf8PathBuf> {
        let listed = self.listed.get_or_init(|| {
            let mut files = BTreeSet::new();
            for folder in &self.folders {
                let below = repository::sources(folder).files().into_iter();
                files.extend(below.map(|file| folder.join(file)));
            }
            files.into_iter().collect()
        });
        listed.clone()
    }

    fn is_file(&self, path: &Utf8Path) -> bool {
        let is_standard = self
            .standard
            .as_ref()
            .is_some_and(|(standard, _)| standard == path);
        is_standard || self.disk.is_file(path)
    }
}
