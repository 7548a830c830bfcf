//! Whether pipelines and an image are written.

use taxiway_app::Service;
use taxiway_diagnostics::Place;

use super::Decisions;
use crate::{CloudRun, Config, Container, Delivery, Pipeline, Program, Source, Tool};

pub(super) fn decide(service: &Service, config: &Config, decisions: &mut Decisions) -> Delivery {
    let settings = &config.delivery;
    if let Some(repository) = &settings.repository {
        decisions.configured(
            "delivery.repository",
            repository.value.to_string(),
            &repository.place,
            "its jobs sign in to Azure without a password: pipeline.bicep, which a person deploys once, says which",
        );
    }
    let pipeline = pipeline(service, config, decisions);
    Delivery {
        pipeline,
        container: container(service, config, pipeline, decisions),
        cloud_run: cloud_run(service, config, pipeline, decisions),
        branch: settings
            .branch
            .as_ref()
            .map_or_else(|| "main".to_owned(), |branch| branch.value.clone()),
        repository: settings.repository.as_ref().map(|it| it.value.clone()),
        tool: tool(config, decisions),
        program: settings.taxiway.as_ref().map(|program| Program {
            url: program.url.value.clone(),
            sha256: program.sha256.value.clone(),
        }),
        code_owners: settings
            .code_owners
            .iter()
            .map(|owner| owner.value.clone())
            .collect(),
        approvers: settings
            .approvers
            .iter()
            .map(|address| address.value.clone())
            .collect(),
    }
}

fn pipeline(service: &Service, config: &Config, decisions: &mut Decisions) -> Pipeline {
    let key = "delivery.pipeline";
    if let Some(chosen) = &config.delivery.pipeline {
        let value = match chosen.value {
            Pipeline::Github => "GitHub Actions",
            Pipeline::CloudBuild => "Cloud Build, to Cloud Run",
            Pipeline::None => "none",
        };
        decisions.configured(key, value, &chosen.place, "configured");
        return chosen.value;
    }
    let on_github = config
        .delivery
        .repository
        .as_ref()
        .map(|it| (&it.place, "that is where the repository is"));
    let tool = config
        .delivery
        .deploy_with
        .as_ref()
        .map(|it| (&it.place, "nothing else deploys with what was chosen"));
    if let Some((place, reason)) = on_github.or(tool) {
        decisions.configured(key, "GitHub Actions", place, reason);
        return Pipeline::Github;
    }
    if service.artifacts.ci.iter().any(|ci| ci == "github-actions") {
        let source = Source::detected(service.seen("artifacts.ci"));
        decisions.choose(
            key,
            "GitHub Actions",
            source,
            "the repository has workflows already",
        );
        return Pipeline::Github;
    }
    let reason = match service.artifacts.ci.first() {
        Some(other) => format!("the project uses {other}"),
        None => "nothing says where the repository is hosted; [delivery] pipeline = \"github\" asks for it".to_owned(),
    };
    decisions.choose(key, "none", Source::Default, reason);
    Pipeline::None
}

/// Said only where somebody chose: it is no fact about the application.
fn tool(config: &Config, decisions: &mut Decisions) -> Tool {
    let Some(chosen) = &config.delivery.deploy_with else {
        return Tool::Taxiway;
    };
    let value = match chosen.value {
        Tool::Taxiway => "taxiway",
        Tool::AzureCli => "the Azure CLI and Azure's own actions",
    };
    decisions.configured("delivery.deploy-with", value, &chosen.place, "configured");
    chosen.value
}

/// What only Google has to know, and refusals of what Cloud Build could not deploy.
fn cloud_run(
    service: &Service,
    config: &Config,
    pipeline: Pipeline,
    decisions: &mut Decisions,
) -> Option<CloudRun> {
    if pipeline != Pipeline::CloudBuild {
        return None;
    }
    if let Some(dockerfile) = &service.artifacts.dockerfile {
        decisions.refuse(
            "cloud-run-needs-our-image",
            format!("Cloud Build would deploy the image of the project's own {dockerfile}, and could not tell whether it serves: nothing in it reports its release"),
            "remove or rename it, so that one is written, or leave `pipeline` out of [delivery] in taxiway.toml",
        );
        return None;
    }
    let settings = config.delivery.cloud_run.as_ref();
    let Some(region) = settings.and_then(|it| it.region.as_ref()) else {
        decisions.refuse(
            "cloud-run-without-region",
            "[delivery] pipeline is \"cloud-build\", and nothing says which region of Google Cloud it deploys to",
            "add `[delivery.cloud-run]` with `region = \"europe-west4\"`, or another one, to taxiway.toml",
        );
        return None;
    };
    let key = "delivery.cloud-run.region";
    let reason = "services, images and builds are there";
    let region = decisions.configured(key, region.value.clone(), &region.place, reason);
    Some(CloudRun {
        region,
        sql_instance: settings
            .and_then(|it| it.sql_instance.as_ref())
            .map(|it| it.value.clone()),
    })
}

fn container(
    service: &Service,
    config: &Config,
    pipeline: Pipeline,
    decisions: &mut Decisions,
) -> Container {
    let key = "delivery.container";
    if let Some(dockerfile) = &service.artifacts.dockerfile {
        let source = Source::detected([&Place::new(dockerfile.clone(), 1)]);
        let value = format!("the project's own {dockerfile}");
        decisions.choose(
            key,
            value,
            source,
            "it is the project's, and stays as it is; `taxiway check --diff --unsafe-fixes` proposes what to change in it",
        );
        return Container::None;
    }
    if let Some(chosen) = &config.delivery.container {
        if (pipeline, chosen.value) == (Pipeline::CloudBuild, Container::None) {
            decisions.refuse(
                "cloud-run-without-image",
                "[delivery] container is \"none\", and Cloud Run runs nothing but images",
                "leave `container` out, or set it to \"docker\"",
            );
        }
        let value = match chosen.value {
            Container::Docker => "Dockerfile and compose.yaml",
            Container::None => "none",
        };
        decisions.configured(key, value, &chosen.place, "configured");
        return chosen.value;
    }
    if pipeline == Pipeline::CloudBuild {
        let value = "Dockerfile and compose.yaml";
        decisions.choose(key, value, Source::Default, "Cloud Run runs images");
        return Container::Docker;
    }
    decisions.choose(
        key,
        "none",
        Source::Default,
        "App Service builds the published code itself; [delivery] container = \"docker\" asks for an image all the same",
    );
    Container::None
}
