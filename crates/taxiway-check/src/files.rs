//! The files beside the infrastructure: pipelines, images, scripts and Python, with a place for each word of them.
//!
//! A pipeline, an image or a script that cannot be read is a failure, never a pass. Python is looked at only for what it may
//! say about how an app runs, and what does not parse says nothing.

mod expression;
mod image;
mod migrations;
mod module;
mod script;
mod shell;
mod workflow;

use camino::{Utf8Path, Utf8PathBuf};
use taxiway_diagnostics::{Diagnostic, Location, ReadError, Severity, Sources, Span};

pub(crate) use expression::{Reference, contexts};
pub(crate) use image::{Image, Instruction, Stage};
pub(crate) use migrations::Migrations;
pub(crate) use module::{Module, dotted, environment_read};
pub(crate) use script::Script;
pub(crate) use shell::{Command, Then, Word, commands, is_assignment};
pub(crate) use taxiway_yaml::{Malformed, Node as YamlNode};
pub(crate) use workflow::{Build, Job, Step, Workflow};

/// No file that people write is larger.
const MOST_BYTES: usize = 1 << 20;

/// The code of what could not be read.
const UNREADABLE: &str = "unreadable-file";

/// A file as text, for what is looked for in any kind of file.
#[derive(Debug)]
pub(crate) struct Text {
    pub(crate) path: Utf8PathBuf,
    pub(crate) text: String,
}

impl Text {
    /// The place of some bytes of it.
    pub(crate) fn location(&self, start: usize, end: usize) -> Location {
        Location::new(&self.path, span(start, end))
    }
}

/// The files of a repository that say how it is tested, built, started and deployed.
#[derive(Debug, Default)]
pub struct Files {
    pub(crate) workflows: Vec<Workflow>,
    pub(crate) builds: Vec<Build>,
    pub(crate) images: Vec<Image>,
    /// Shell scripts and Procfiles.
    pub(crate) scripts: Vec<Script>,
    pub(crate) modules: Vec<Module>,
    /// The migrations of the services.
    pub(crate) migrations: Migrations,
    /// Requirements, environment files, infrastructure, and what else is searched as text.
    pub(crate) texts: Vec<Text>,
    pub(crate) has_git_ignore: Option<Text>,
    /// Folders from which an image takes all but what a `.dockerignore` names.
    pub(crate) docker_ignores: Vec<Utf8PathBuf>,
    paths: Vec<Utf8PathBuf>,
    failures: Vec<Diagnostic>,
    /// Only what lies below these is told; everything where there are none.
    scope: Vec<Utf8PathBuf>,
}

impl Files {
    /// Reads what a repository has.
    pub fn read(sources: &dyn Sources) -> Self {
        let mut files = Self::default();
        let mut listed = sources.files();
        listed.sort();
        for path in listed.iter().filter(|path| !is_foreign(path)) {
            if path.as_str().ends_with(".dockerignore") {
                let folder = path.parent().unwrap_or(Utf8Path::new(""));
                files.docker_ignores.push(folder.to_owned());
            }
            if let Some(kind) = Kind::of(path)
                && let Err(failure) = files.add(sources, kind, path)
            {
                files.failures.push(*failure);
            }
        }
        files.migrations = Migrations::read(sources, &listed);
        files
    }

    /// Tells only what is in these files and folders. All files are still looked at: one file may explain another.
    #[must_use]
    pub fn within(mut self, scope: Vec<Utf8PathBuf>) -> Self {
        self.scope = scope;
        let mut paths = std::mem::take(&mut self.paths);
        paths.retain(|path| self.is_told(path));
        self.paths = paths;
        let mut failures = std::mem::take(&mut self.failures);
        failures.retain(|failure| {
            let place = failure.location.as_ref();
            place.is_none_or(|place| self.is_told(place.path()))
        });
        self.failures = failures;
        self
    }

    /// Whether a file with this path is a pipeline, an image or a script.
    pub fn is_judged(path: &Utf8Path) -> bool {
        !is_foreign(path) && Kind::of(path).is_some_and(Kind::is_whole)
    }

    /// How many files are judged: pipelines, images, scripts.
    pub fn count(&self) -> usize {
        self.paths.len()
    }

    /// Whether there are migrations, which are judged too.
    pub fn has_migrations(&self) -> bool {
        !self.migrations.services.is_empty()
    }

    /// The files that are judged.
    pub fn paths(&self) -> &[Utf8PathBuf] {
        &self.paths
    }

    /// What kept a pipeline, an image or a script from being judged.
    pub fn failures(&self) -> &[Diagnostic] {
        &self.failures
    }

    pub(crate) fn is_told(&self, path: &Utf8Path) -> bool {
        self.scope.is_empty() || self.scope.iter().any(|part| path.starts_with(part))
    }

    fn add(
        &mut self,
        sources: &dyn Sources,
        kind: Kind,
        path: &Utf8Path,
    ) -> Result<(), Box<Diagnostic>> {
        let text = match text_of(sources, path) {
            Err(why) if kind.is_whole() => return Err(failure(path, "", &why)),
            Err(_) => return Ok(()),
            Ok(text) => text,
        };
        let failed = |why: Malformed| failure(path, &text, &why);
        let is_read = match kind {
            Kind::Workflow => {
                let read = Workflow::read(path, &text).map_err(failed)?;
                let is_read = read.is_some();
                self.workflows.extend(read);
                is_read
            }
            Kind::Build => {
                self.builds.push(Build::read(path, &text).map_err(failed)?);
                true
            }
            Kind::Image => {
                let read = Image::read(path, &text).map_err(failed)?;
                let is_read = read.is_some();
                self.images.extend(read);
                is_read
            }
            Kind::Script if is_of_another_language(&text) => false,
            Kind::Script => {
                self.scripts.push(Script::whole(path, text));
                true
            }
            Kind::Module => {
                self.modules.extend(Module::read(path, text));
                false
            }
            Kind::GitIgnore => {
                self.has_git_ignore = Some(Text {
                    path: path.to_owned(),
                    text,
                });
                false
            }
            Kind::Text => {
                self.texts.push(Text {
                    path: path.to_owned(),
                    text,
                });
                false
            }
        };
        if is_read {
            self.paths.push(path.to_owned());
        }
        Ok(())
    }

    /// Every command that a pipeline runs, with the script that it stands in.
    pub(crate) fn pipeline_scripts(&self) -> impl Iterator<Item = &Script> {
        let steps = self.workflows.iter().flat_map(Workflow::steps);
        let builds = self.builds.iter().flat_map(|build| &build.scripts);
        steps.filter_map(|step| step.run.as_ref()).chain(builds)
    }

    /// Those, and the scripts of the repository.
    pub(crate) fn all_scripts(&self) -> impl Iterator<Item = &Script> {
        self.pipeline_scripts().chain(&self.scripts)
    }

    /// Whether any text of infrastructure, pipelines or scripts holds one of these.
    pub(crate) fn mention(&self, needles: &[&str]) -> bool {
        let holds = |text: &str| needles.iter().any(|needle| text.contains(needle));
        self.texts.iter().any(|text| holds(&text.text))
            || self.all_scripts().any(|script| holds(&script.text))
    }
}

/// What a file is, by its name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Workflow,
    Build,
    Image,
    Script,
    Module,
    GitIgnore,
    Text,
}

impl Kind {
    /// Whether the file is judged as such; of the others, only what is looked for is found.
    const fn is_whole(self) -> bool {
        matches!(
            self,
            Self::Workflow | Self::Build | Self::Image | Self::Script
        )
    }

    fn of(path: &Utf8Path) -> Option<Self> {
        let name = path.file_name()?;
        let is_yaml = matches!(path.extension(), Some("yml" | "yaml"));
        let folder = path.parent().map_or("", Utf8Path::as_str);
        if is_yaml && (folder == ".github/workflows" || path.file_stem() == Some("action")) {
            return Some(Self::Workflow);
        }
        if is_yaml && name.starts_with("cloudbuild") {
            return Some(Self::Build);
        }
        let is_image = ["Dockerfile", "Containerfile"].iter().any(|plain| {
            name == *plain
                || name.strip_prefix(plain).is_some_and(|rest| {
                    rest.starts_with('.')
                        && !rest.ends_with(".dockerignore")
                        && !rest.ends_with(".j2")
                })
                || name
                    .to_lowercase()
                    .ends_with(&format!(".{}", plain.to_lowercase()))
        });
        if is_image {
            return Some(Self::Image);
        }
        match (path.extension(), name) {
            (Some("sh" | "bash"), _)
            | (None, "Procfile" | "entrypoint" | "start" | "docker-entrypoint") => {
                Some(Self::Script)
            }
            (Some("py"), _) => Some(Self::Module),
            (_, ".gitignore") if folder.is_empty() => Some(Self::GitIgnore),
            (Some("bicep" | "tf" | "toml" | "kql" | "workbook" | "in"), _) => Some(Self::Text),
            (Some("txt"), _) if name.contains("requirements") => Some(Self::Text),
            (Some("json"), _) if is_infrastructure(path) => Some(Self::Text),
            _ if name == ".env" || name.starts_with(".env.") => Some(Self::Text),
            _ if is_yaml && (name.contains("compose") || is_infrastructure(path)) => {
                Some(Self::Text)
            }
            _ => None,
        }
    }
}

fn is_infrastructure(path: &Utf8Path) -> bool {
    path.components().any(|part| {
        let part = part.as_str().to_lowercase();
        [
            "infra",
            "dashboard",
            "workbook",
            "monitor",
            "azure",
            "deploy",
            "alert",
        ]
        .iter()
        .any(|word| part.contains(word))
    })
}

/// Files of others, files for tests, and templates of files.
fn is_foreign(path: &Utf8Path) -> bool {
    path.as_str().contains("{{")
        || path.components().any(|part| {
            matches!(
                part.as_str(),
                ".taxiway" | "node_modules" | "vendor" | "fixtures" | "testdata" | "site-packages"
            )
        })
}

/// The text of a file, or why there is none.
fn text_of(sources: &dyn Sources, path: &Utf8Path) -> Result<String, Malformed> {
    let reason = |error: ReadError| match error {
        ReadError::Failed(error) if error.kind() == std::io::ErrorKind::InvalidData => {
            "it is not text in UTF-8".to_owned()
        }
        error => error.to_string(),
    };
    match sources.read_up_to(path, MOST_BYTES) {
        Err(error) => Err(Malformed::new(0, reason(error))),
        Ok(None) => Err(Malformed::new(
            0,
            format!("it is larger than {MOST_BYTES} bytes"),
        )),
        Ok(Some(_)) => {
            let text = sources.read_text(path);
            text.map_err(|error| Malformed::new(0, reason(error)))
        }
    }
}

fn failure(path: &Utf8Path, text: &str, why: &Malformed) -> Box<Diagnostic> {
    let mut diagnostic = Diagnostic::new(Severity::Error, UNREADABLE, why.message.clone());
    let end = text[why.at..].chars().next().map_or(0, char::len_utf8);
    diagnostic.location = Some(Location::new(path, span(why.at, why.at + end)));
    diagnostic.help = Some("mend it, or remove it: it was not judged".to_owned());
    Box::new(diagnostic)
}

/// `#!/usr/bin/env python3`
fn is_of_another_language(text: &str) -> bool {
    let first = text.lines().next().unwrap_or_default();
    let is_shell = |word: &str| {
        word.rsplit('/')
            .next()
            .is_some_and(|name| name.ends_with("sh"))
    };
    first
        .strip_prefix("#!")
        .is_some_and(|program| !program.split_whitespace().any(is_shell))
}

pub(crate) fn span(start: usize, end: usize) -> Span {
    let small = |offset: usize| u32::try_from(offset).unwrap_or(u32::MAX);
    Span::new(small(start), small(end))
}
