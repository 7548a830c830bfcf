//! Compose files. Source: Compose specification.

use camino::{Utf8Path, Utf8PathBuf};

use taxiway_yaml::Node;

use super::yaml;
use crate::repository::{Repository, folder_of, join};

/// A service of a compose file.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct ComposeService {
    pub(crate) name: String,
    pub(crate) line: usize,
    pub(crate) image: Option<String>,
    /// Whether it is built from this repository.
    pub(crate) is_built: bool,
    /// The folder of the file that it is built by.
    pub(crate) built_in: Option<Utf8PathBuf>,
    pub(crate) command: Option<(String, usize)>,
    pub(crate) entrypoint: Option<(String, usize)>,
    pub(crate) environment: Vec<(String, String, usize)>,
    pub(crate) ports: Vec<String>,
    pub(crate) healthcheck: Option<(String, usize)>,
}

/// A compose file.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct ComposeFile {
    pub(crate) path: Utf8PathBuf,
    pub(crate) services: Vec<ComposeService>,
}

impl ComposeFile {
    pub(crate) fn read(repository: &Repository<'_>, path: &Utf8Path) -> Option<Self> {
        let documents = repository.yaml(path);
        let root = documents.first()?;
        let services = root.get("services").map_or_else(
            // The first version had no `services`.
            || root.entries().to_vec(),
            |services| services.entries().to_vec(),
        );
        let services = services
            .iter()
            .filter(|(_, node)| !node.entries().is_empty())
            .map(|(name, node)| service(name, node, folder_of(path)))
            .collect();
        Some(Self {
            path: path.to_owned(),
            services,
        })
    }

    /// Whether a service runs an image that is built here, or that another service runs as well.
    pub(crate) fn is_own(&self, service: &ComposeService) -> bool {
        let same = |other: &&ComposeService| other.image == service.image;
        service.is_built || service.image.is_some() && self.services.iter().filter(same).count() > 1
    }
}

/// The folder of the Dockerfile that a service is built by.
fn built_in(node: &Node, folder: &Utf8Path) -> Option<Utf8PathBuf> {
    let build = node.get("build")?;
    let key = |name: &str| build.get(name).and_then(Node::text);
    let context = build.text().or_else(|| key("context")).unwrap_or(".");
    let file = key("dockerfile").unwrap_or("Dockerfile");
    let file = join(&join(folder, context)?, file)?;
    Some(folder_of(&file).to_owned())
}

fn service(name: &str, node: &Node, folder: &Utf8Path) -> ComposeService {
    let text = |key: &str| {
        node.get(key)
            .and_then(|value| Some((yaml::command(value)?, value.key_line)))
    };
    let environment = node.get("environment").map_or_else(Vec::new, |node| {
        let listed = node.items().iter().filter_map(|item| {
            let text = item.text()?;
            let (name, value) = text.split_once('=').unwrap_or((text, ""));
            Some((name.to_owned(), value.to_owned(), item.key_line))
        });
        let keyed = node.entries().iter().map(|(name, value)| {
            let text = value.text().unwrap_or_default().to_owned();
            (name.clone(), text, value.key_line)
        });
        listed.chain(keyed).collect()
    });
    ComposeService {
        name: name.to_owned(),
        line: node.key_line,
        image: node
            .get("image")
            .and_then(|image| image.text().map(str::to_owned)),
        is_built: node.get("build").is_some(),
        built_in: built_in(node, folder),
        command: text("command"),
        entrypoint: text("entrypoint"),
        environment,
        ports: node
            .get("ports")
            .map_or(&[][..], Node::items)
            .iter()
            .filter_map(|port| {
                port.text()
                    .or_else(|| port.get("target").and_then(Node::text))
                    .map(str::to_owned)
            })
            .collect(),
        healthcheck: node
            .get("healthcheck")
            .and_then(|check| check.get("test"))
            .and_then(|test| Some((yaml::command(test)?, test.key_line))),
    }
}
