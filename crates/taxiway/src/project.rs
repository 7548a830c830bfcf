//! The pure part of the road for one repository: read, decide, write, compile. Nothing here changes anything.

use camino::{Utf8Path, Utf8PathBuf};
use taxiway_app::App;
use taxiway_diagnostics::{DiskSources, MemorySources, ReadError, Sources, Unread};
use taxiway_platform::{CONFIG_PATH, Config, Environment, Platform};

use crate::exit::Exit;
use crate::failure::Failure;
use crate::repository;

/// A repository with what was read from it and decided for it.
#[derive(Debug)]
pub(crate) struct Project {
    /// Its folder.
    pub(crate) root: Utf8PathBuf,
    /// Its files.
    pub(crate) sources: DiskSources,
    /// What was read.
    pub(crate) app: App,
    /// The text of `taxiway.toml` that has to be written, where there is none yet.
    pub(crate) initial_config: Option<String>,
    /// What was decided.
    pub(crate) platform: Platform,
}

/// Reads a repository.
///
/// # Errors
/// [`Failure`] where the folder cannot be read.
pub(crate) fn read(folder: Option<&Utf8Path>) -> Result<(Utf8PathBuf, DiskSources, App), Failure> {
    let root = repository::root(folder)?;
    let (sources, app) = repository::read(&root);
    Ok((root, sources, app))
}

impl Project {
    /// Reads a repository and decides what it needs.
    ///
    /// # Errors
    /// [`Failure`] where `taxiway.toml` is wrong, or the repository is none that Taxiway can run, with the reason.
    pub(crate) fn open(folder: Option<&Utf8Path>) -> Result<Self, Failure> {
        let (root, sources, mut app) = read(folder)?;
        app.name_after(root.file_name().unwrap_or("app"));
        let (config_text, is_new) = match sources.read_text(CONFIG_PATH.into()) {
            Ok(text) => (text, false),
            Err(ReadError::NotFound) => (
                taxiway_platform::initial_config(&app, root.file_name().unwrap_or("app")),
                true,
            ),
            Err(error) => {
                return Err(
                    Failure::usage(format!("`{CONFIG_PATH}` cannot be read")).because(&error)
                );
            }
        };
        let config = Config::parse(&config_text).map_err(|diagnostics| {
            Failure::usage(format!("`{CONFIG_PATH}` is not right")).with_diagnostics(diagnostics)
        })?;
        let platform = taxiway_platform::decide(&app, &config).map_err(|diagnostics| {
            let mut failure =
                Failure::new(Exit::Lacking, "this repository cannot be deployed as it is");
            if let [only] = diagnostics.as_slice() {
                failure.message.clone_from(&only.message);
                if let Some(help) = &only.help {
                    failure = failure.detail(help.clone());
                }
                if only.location.is_some() {
                    failure.with_diagnostics(diagnostics)
                } else {
                    failure
                }
            } else {
                failure.with_diagnostics(diagnostics)
            }
        })?;
        Ok(Self {
            root,
            sources,
            app,
            initial_config: is_new.then_some(config_text),
            platform,
        })
    }

    /// The service of this name with what was decided for it; that of `[app]` without a name.
    ///
    /// # Errors
    /// [`Failure`] that names the services there are.
    pub(crate) fn service(&self, name: Option<&str>) -> Result<&Platform, Failure> {
        let Some(name) = name else {
            return Ok(&self.platform);
        };
        let mut services = self.platform.services();
        services
            .find(|platform| platform.service.title() == name)
            .ok_or_else(|| {
                Failure::usage(format!("there is no service `{name}`"))
                    .detail(format!("there are: {}", self.service_names().join(", ")))
                    .next("add it", format!("[services.{name}] in {CONFIG_PATH}"))
            })
    }

    /// What the services are called, in the order in which they are rolled out.
    pub(crate) fn service_names(&self) -> Vec<&str> {
        let services = self.platform.services();
        services.map(|it| it.service.title()).collect()
    }

    /// The environment of this name.
    ///
    /// # Errors
    /// [`Failure`] that names the environments there are.
    pub(crate) fn environment(&self, name: &str) -> Result<&Environment, Failure> {
        self.platform.environment(name).ok_or_else(|| {
            let known: Vec<&str> = self
                .platform
                .environments
                .iter()
                .map(|known| known.name.as_str())
                .collect();
            Failure::usage(format!("there is no environment `{name}`"))
                .detail(format!("there are: {}", known.join(", ")))
                .next("add it", format!("[environments.{name}] in {CONFIG_PATH}"))
        })
    }
}

/// Files as they will be after a change that is not written yet, over those on disk.
#[derive(Debug)]
pub(crate) struct Overlaid<'a> {
    below: &'a dyn SourcesDebug,
    above: MemorySources,
}

/// [`Sources`] that can be shown while debugging.
pub(crate) trait SourcesDebug: Sources + std::fmt::Debug {}
impl<T: Sources + std::fmt::Debug> SourcesDebug for T {}

impl<'a> Overlaid<'a> {
    /// `above` hides what lies `below` it.
    pub(crate) fn new(below: &'a dyn SourcesDebug, above: MemorySources) -> Self {
        Self { below, above }
    }
}

impl Sources for Overlaid<'_> {
    fn read(&self, path: &Utf8Path) -> Result<Vec<u8>, ReadError> {
        self.above.read(path).or_else(|_| self.below.read(path))
    }

    fn read_up_to(&self, path: &Utf8Path, most: usize) -> Result<Option<Vec<u8>>, ReadError> {
        self.above
            .read_up_to(path, most)
            .or_else(|_| self.below.read_up_to(path, most))
    }

    fn is_file(&self, path: &Utf8Path) -> bool {
        self.above.is_file(path) || self.below.is_file(path)
    }

    fn files(&self) -> Vec<Utf8PathBuf> {
        let mut files: std::collections::BTreeSet<_> = self.below.files().into_iter().collect();
        files.extend(self.above.files());
        files.into_iter().collect()
    }

    fn unread(&self) -> Vec<Unread> {
        self.below.unread()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Files of which more than the beginning must never be read.
    #[derive(Debug)]
    struct Endless;

    impl Sources for Endless {
        fn read(&self, path: &Utf8Path) -> Result<Vec<u8>, ReadError> {
            panic!("all of `{path}` was asked for")
        }

        fn read_up_to(&self, _path: &Utf8Path, _most: usize) -> Result<Option<Vec<u8>>, ReadError> {
            Ok(None)
        }

        fn is_file(&self, _path: &Utf8Path) -> bool {
            true
        }

        fn files(&self) -> Vec<Utf8PathBuf> {
            vec!["data.bin".into()]
        }
    }

    #[test]
    fn a_bounded_read_stays_bounded_below() {
        let sources = Overlaid::new(&Endless, MemorySources::from_text("--- small.txt\nabc\n"));
        assert_eq!(sources.read_up_to("data.bin".into(), 10).unwrap(), None);
        assert_eq!(
            sources.read_up_to("small.txt".into(), 10).unwrap(),
            Some(b"abc\n".to_vec())
        );
        assert_eq!(sources.read_up_to("small.txt".into(), 3).unwrap(), None);
        assert!(sources.is_file("data.bin".into()));
    }
}
