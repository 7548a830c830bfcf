//! What `azure.yaml` deploys, by the Azure Developer CLI.
//!
//! Source: "Azure Developer CLI's azure.yaml schema".

use camino::{Utf8Path, Utf8PathBuf};
use taxiway_diagnostics::Place;

use taxiway_yaml::Node;

use crate::repository::{Repository, at_line, join};

/// A service in Python.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct AzureService {
    pub(crate) name: String,
    /// The folder with its source.
    pub(crate) project: Utf8PathBuf,
    /// `appservice`, `containerapp` and so on.
    pub(crate) host: Option<String>,
    /// The image that it is built as, where the file names one.
    pub(crate) dockerfile: Option<Utf8PathBuf>,
    pub(crate) place: Place,
}

/// The services in Python, in the order of the file.
pub(crate) fn services(repository: &Repository<'_>) -> Vec<AzureService> {
    ["azure.yaml", "azure.yml"]
        .iter()
        .find_map(|name| read(repository, Utf8Path::new(name)))
        .unwrap_or_default()
}

fn read(repository: &Repository<'_>, file: &Utf8Path) -> Option<Vec<AzureService>> {
    let documents = repository.yaml(file);
    let services = documents.first()?.get("services")?.entries().iter();
    Some(
        services
            .filter_map(|(name, node)| one(file, name, node))
            .collect(),
    )
}

fn one(file: &Utf8Path, name: &str, node: &Node) -> Option<AzureService> {
    let text = |key: &str| node.get(key).and_then(Node::text);
    let is_python =
        text("language").is_none_or(|language| matches!(language, "py" | "python" | "docker"));
    if !is_python {
        return None;
    }
    let project = join("".into(), text("project")?)?;
    let dockerfile = node
        .get("docker")
        .and_then(|docker| docker.get("path"))
        .and_then(Node::text)
        .and_then(|path| join(&project, path));
    Some(AzureService {
        name: name.to_owned(),
        host: text("host").map(str::to_owned),
        dockerfile,
        place: at_line(file, node.key_line),
        project,
    })
}

/// The service whose source lies in a folder, or above it.
pub(crate) fn service_of(repository: &Repository<'_>, folder: &Utf8Path) -> Option<AzureService> {
    services(repository)
        .into_iter()
        .filter(|service| folder.starts_with(&service.project))
        .max_by_key(|service| service.project.components().count())
}

#[cfg(test)]
mod tests {
    use taxiway_diagnostics::MemorySources;

    use super::*;

    #[test]
    fn a_service_is_written_where_its_name_stands() {
        let text = "# A service.\n--- azure.yaml\nname: shop\nservices:\n  web:\n    project: .\n    language: py\n";
        let sources = MemorySources::from_text(text);
        let found = services(&Repository::new(&sources));
        assert_eq!(found[0].place.to_string(), "azure.yaml:3");
    }
}
