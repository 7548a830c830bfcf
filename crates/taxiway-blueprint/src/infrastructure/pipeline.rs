//! `pipeline.bicep`: who the repository's workflows are in Azure, where it is known which repository that is.

use camino::Utf8Path;
use taxiway_bicep::build::{Document, Object, Value, name};
use taxiway_platform::{
    Environment, EnvironmentKind, FederatedSubject, Pipeline, Platform, Repository,
};

use super::FOLDER;
use crate::GeneratedFile;

const PIPELINE: &str = include_str!("../../files/bicep/pipeline.bicep");

/// The file, and its parameters for each environment in Azure.
pub(super) fn files(platform: &Platform) -> Vec<GeneratedFile> {
    let delivery = &platform.delivery;
    let Some(repository) = delivery
        .repository
        .as_ref()
        .filter(|_| delivery.pipeline == Pipeline::Github)
    else {
        return Vec::new();
    };
    let environments: Vec<&Environment> = platform
        .environments
        .iter()
        .filter(|environment| environment.kind == EnvironmentKind::Azure)
        .collect();
    if environments.is_empty() {
        return Vec::new();
    }
    let folder = Utf8Path::new(FOLDER);
    let mut files = vec![GeneratedFile::new(folder.join("pipeline.bicep"), PIPELINE)];
    for (index, environment) in environments.into_iter().enumerate() {
        let document = parameters(platform, repository, environment, index == 0);
        files.push(GeneratedFile::new(
            folder.join(format!("pipeline.{}.bicepparam", environment.name)),
            document.print(),
        ));
    }
    files
}

fn parameters(
    platform: &Platform,
    repository: &Repository,
    environment: &Environment,
    is_first: bool,
) -> Document {
    let mut document = Document::new();
    document.using("pipeline.bicep");
    document.blank();
    document.comment(format!(
        "For the resource group {}.",
        environment.resource_group
    ));
    document.assign("workload", &platform.workload);
    document.assign("environmentName", &environment.name);
    document.comment("What GitHub says of a job in its token. Azure compares it letter by letter.");
    document.assign(
        "deployerSubjects",
        subjects(repository.deployers(&environment.name)),
    );
    document.assign(
        "readerSubjects",
        subjects(repository.readers(&platform.delivery.branch)),
    );
    if !is_first {
        document.comment(
            "The output of that name of the first environment: one identity reads them all.",
        );
        document.assign(
            "readerPrincipalId",
            name("readEnvironmentVariable").call(["READER_PRINCIPAL_ID".into()]),
        );
    }
    document
}

fn subjects(subjects: Vec<FederatedSubject>) -> Value {
    let objects = subjects.into_iter().map(|it| {
        Object::new()
            .with("name", it.name)
            .with("subject", it.subject)
            .into()
    });
    Value::Array(objects.collect())
}
