//! Releases of the shop, each with what has to come of it.
//!
//! A case is a folder under `fixtures/releases/`: `case.toml`, and below `files/` the files that it adds. Existing files
//! are changed by edits, so that a case says what makes its release special and nothing else.

use camino::{Utf8Path, Utf8PathBuf};
use serde::Deserialize;

use crate::fixture::{files_below, read};

/// One release of the shop.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Case {
    /// The folder's name.
    #[serde(skip)]
    pub name: String,
    /// What is special about this release, in a few words.
    pub title: String,
    /// The exit code of the command that rolls it out over a served release of the shop.
    pub exit: i32,
    /// Where the rollout has to stop; none for a release that is to be served.
    pub phase: Option<Phase>,
    /// What the reported cause has to contain, each of it.
    #[serde(default)]
    pub cause: Vec<String>,
    /// What the landing page shows once this release is served.
    pub shows: Option<String>,
    /// Changes of files that the shop has.
    #[serde(default, rename = "edit")]
    pub edits: Vec<Edit>,
    /// Files that the shop does not have: their path in the repository, and their text.
    #[serde(skip)]
    pub additions: Vec<(Utf8PathBuf, String)>,
}

/// One replacement in one file of the shop.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Edit {
    /// The file, relative to the repository.
    pub file: Utf8PathBuf,
    /// A text that the file contains exactly once.
    pub find: String,
    /// What stands there afterwards.
    pub replace: String,
}

/// The step of `up` or of a rollout at which a bad release has to be stopped.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Phase {
    /// Before anything was changed.
    Check,
    /// Publishing: dependencies, static files, the first answer.
    Stage,
    /// Migrations.
    Migrate,
    /// Workers that have to answer before they get traffic.
    Warm,
}

impl std::fmt::Display for Phase {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str(match self {
            Self::Check => "check",
            Self::Stage => "stage",
            Self::Migrate => "migrate",
            Self::Warm => "warm",
        })
    }
}

impl Case {
    /// Whether this release is to be served.
    #[must_use]
    pub fn is_good(&self) -> bool {
        self.exit == 0
    }

    /// What the reported cause should contain and does not.
    #[must_use]
    pub fn missing_from<'case>(&'case self, report: &str) -> Vec<&'case str> {
        let words = self.cause.iter().map(String::as_str);
        words.filter(|words| !report.contains(words)).collect()
    }

    fn read(folder: &Utf8Path) -> Self {
        let text = read(&folder.join("case.toml"));
        let mut case: Self =
            toml::from_str(&text).unwrap_or_else(|error| panic!("{folder}/case.toml: {error}"));
        case.name = folder.file_name().unwrap_or_default().to_owned();
        let files = folder.join("files");
        if files.is_dir() {
            case.additions = files_below(&files)
                .into_iter()
                .map(|path| (path.clone(), read(&files.join(path))))
                .collect();
        }
        case
    }
}

/// All cases, in the order of their names.
#[must_use]
pub fn cases() -> Vec<Case> {
    let releases = releases();
    let mut folders: Vec<Utf8PathBuf> = releases
        .read_dir_utf8()
        .unwrap_or_else(|error| panic!("{releases}: {error}"))
        .map(|entry| entry.expect("a readable folder").into_path())
        .collect();
    folders.sort();
    folders.iter().map(|folder| Case::read(folder)).collect()
}

/// The case of this name.
#[must_use]
pub fn case(name: &str) -> Case {
    Case::read(&releases().join(name))
}

fn releases() -> Utf8PathBuf {
    Utf8Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/releases")
}
