//! The files beside the infrastructure: pipelines, images, scripts and Python, with a place for each word of them.
//!
//! What cannot be read, such as YAML with a mistake in it, is not judged: its own tool says what is wrong with it.

mod expression;
mod image;
mod module;
mod script;
mod shell;
mod workflow;
mod yaml;

use camino::{Utf8Path, Utf8PathBuf};
use taxiway_diagnostics::{Location, Sources, Span};

pub(crate) use expression::{Reference, contexts};
pub(crate) use image::{Image, Instruction};
pub(crate) use module::{Module, dotted, environment_read};
pub(crate) use script::Script;
pub(crate) use shell::{Command, Then, Word, commands};
pub(crate) use workflow::{Build, Job, Step, Workflow};
pub(crate) use yaml::YamlNode;

/// No file that people write is larger.
const MOST_BYTES: usize = 1 << 20;

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
    /// Requirements, environment files, infrastructure, and what else is searched as text.
    pub(crate) texts: Vec<Text>,
    pub(crate) has_git_ignore: Option<Text>,
    paths: Vec<Utf8PathBuf>,
}

impl Files {
    /// Reads what there is below a folder; everything for an empty path.
    pub fn read(sources: &dyn Sources, folder: &Utf8Path) -> Self {
        let mut files = Self::default();
        let mut listed = sources.files();
        listed.sort();
        for path in listed
            .iter()
            .filter(|path| path.starts_with(folder) && !is_foreign(path))
        {
            if let Some(kind) = Kind::of(path)
                && let Ok(text) = sources.read_text(path)
                && text.len() <= MOST_BYTES
            {
                files.add(kind, path, text);
            }
        }
        files
    }

    /// How many files are judged: pipelines, images, scripts.
    pub fn count(&self) -> usize {
        self.paths.len()
    }

    /// The files that are judged.
    pub fn paths(&self) -> &[Utf8PathBuf] {
        &self.paths
    }

    fn add(&mut self, kind: Kind, path: &Utf8Path, text: String) {
        match kind {
            Kind::Workflow => self.workflows.extend(Workflow::read(path, &text)),
            Kind::Build => self.builds.extend(Build::read(path, &text)),
            Kind::Image => self.images.push(Image::read(path, &text)),
            Kind::Script => self.scripts.push(Script::whole(path, text)),
            Kind::Module => self.modules.extend(Module::read(path, text)),
            Kind::GitIgnore => {
                self.has_git_ignore = Some(Text {
                    path: path.to_owned(),
                    text,
                });
            }
            Kind::Text => self.texts.push(Text {
                path: path.to_owned(),
                text,
            }),
        }
        if !matches!(kind, Kind::Module | Kind::Text | Kind::GitIgnore) {
            self.paths.push(path.to_owned());
        }
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

pub(crate) fn span(start: usize, end: usize) -> Span {
    let small = |offset: usize| u32::try_from(offset).unwrap_or(u32::MAX);
    Span::new(small(start), small(end))
}
