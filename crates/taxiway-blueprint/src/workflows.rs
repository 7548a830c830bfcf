//! The pipelines: GitHub's workflows, or Cloud Build's files, for the repository at hand.
//!
//! They are built as trees from the facts and printed by [`crate::yaml`]; scripts are files below `files/workflows`. They call
//! only commands that `taxiway` has.

mod actions;
mod approval;
mod azure_cli;
mod ci;
mod cloud_build;
mod deploy;
mod front_end;
mod infrastructure;
mod notice;
mod off_hours;
mod package;
mod security;
mod set_up;
mod step;

use camino::Utf8Path;
use taxiway_app::{FrameworkName, Service};
use taxiway_diagnostics::Sources;
use taxiway_platform::{Container, Part, Platform, Tool};

use crate::infrastructure::Site;
use crate::overlay::ServerFile;
use crate::tooling::{self, Tooling};
use crate::yaml::{self, Map};
use crate::{Frontend, GeneratedFile, Handwritten, relative};

/// The name of the job that a branch's rules should require.
pub(crate) const PASSED: &str = "CI has passed";

/// What every workflow is made from.
struct Blueprint<'a> {
    service: &'a Service,
    platform: &'a Platform,
    tooling: Tooling,
    frontend: Option<Frontend>,
    server_file: ServerFile,
    has_dockerfile: bool,
    has_own_ci: bool,
    has_own_deploy: bool,
}

impl<'a> Blueprint<'a> {
    fn new(
        sources: &dyn Sources,
        service: &'a Service,
        platform: &'a Platform,
        server_file: ServerFile,
    ) -> Self {
        let handwritten = Handwritten::new(sources);
        Self {
            service,
            platform,
            tooling: tooling::read(&handwritten, service),
            frontend: Frontend::find(sources, service, &platform.service),
            server_file,
            has_dockerfile: handwritten
                .is_file(&relative::join(&platform.service.root, "Dockerfile")),
            has_own_ci: handwritten.is_file(Utf8Path::new(".github/workflows/ci.yml")),
            has_own_deploy: handwritten.is_file(Utf8Path::new(".github/workflows/deploy.yml")),
        }
    }
}

impl<'a> Blueprint<'a> {
    /// That of the first service, and those of the further ones.
    fn of(sources: &dyn Sources, sites: &[Site<'a>]) -> (Self, Vec<Self>) {
        let mut all = sites
            .iter()
            .map(|site| Self::new(sources, site.service, site.platform, site.server_file));
        let first = all.next().expect("a platform has a service");
        (first, all.collect())
    }
}

impl Blueprint<'_> {
    /// A title, with the name of a further service.
    fn titled(&self, title: &str) -> String {
        match &self.platform.service.name {
            Some(name) => format!("{title} ({name})"),
            None => title.to_owned(),
        }
    }

    /// The id of a job, with the name of a further service.
    fn job_id(&self, id: &str) -> String {
        match &self.platform.service.name {
            Some(name) => format!("{id}-{name}"),
            None => id.to_owned(),
        }
    }

    fn folder(&self) -> &str {
        self.platform.service.root.as_str()
    }

    fn is_django(&self) -> bool {
        self.framework_name() == "django"
    }

    fn framework_name(&self) -> &'static str {
        match self
            .service
            .framework
            .as_ref()
            .map(|framework| framework.name)
        {
            Some(FrameworkName::Django) => "django",
            Some(FrameworkName::Flask) => "flask",
            Some(FrameworkName::Fastapi) => "fastapi",
            _ => "",
        }
    }

    fn builds_image(&self) -> bool {
        self.has_dockerfile || self.platform.delivery.container == Container::Docker
    }

    /// Production's, or that of the first environment.
    fn python_version(&self) -> &str {
        let environments = &self.platform.environments;
        let production = self
            .platform
            .environment("production")
            .or_else(|| environments.first());
        production.map_or("3.12", |environment| environment.python.version.as_str())
    }

    fn database_version(&self) -> String {
        let environments = &self.platform.environments;
        let production = self
            .platform
            .environment("production")
            .or_else(|| environments.first());
        production.map_or_else(
            || "16".to_owned(),
            |environment| environment.database.version.clone(),
        )
    }

    fn needs_redis(&self) -> bool {
        self.service
            .backing
            .iter()
            .any(|backing| backing.kind == "redis")
    }

    /// The project's own `ci.yml` stays what it is.
    fn ci_file(&self) -> String {
        if self.has_own_ci {
            "taxiway-ci.yml"
        } else {
            "ci.yml"
        }
        .to_owned()
    }

    /// The workflow that the others call to deploy; the project's own `deploy.yml` stays what it is.
    fn deploy_file(&self) -> &'static str {
        if self.has_own_deploy {
            "taxiway-deploy.yml"
        } else {
            "deploy.yml"
        }
    }
}

/// Every workflow, and the action that they share.
pub(crate) fn files(
    sources: &dyn Sources,
    sites: &[Site<'_>],
    platform: &Platform,
) -> Vec<GeneratedFile> {
    let (blueprint, further) = Blueprint::of(sources, sites);
    let mut documents = vec![
        (blueprint.ci_file(), ci::document(&blueprint, &further)),
        (
            "security.yml".to_owned(),
            security::document(&blueprint, &further),
        ),
    ];
    let environments = deploy::environments(platform);
    for environment in &environments {
        documents.push((
            format!("deploy-{}.yml", environment.name),
            deploy::document(&blueprint, environment),
        ));
    }
    for environment in &environments {
        if let Some(hours) = &environment.off_hours {
            documents.push((
                format!("off-hours-{}.yml", environment.name),
                off_hours::document(environment, hours),
            ));
        }
    }
    if !environments.is_empty() {
        let (reusable, rollback) = match platform.delivery.tool {
            Tool::Taxiway => (
                deploy::reusable(&blueprint, &further),
                deploy::rollback(platform),
            ),
            Tool::AzureCli => (
                azure_cli::reusable(&blueprint),
                azure_cli::rollback(platform),
            ),
        };
        documents.push((blueprint.deploy_file().to_owned(), reusable));
        documents.push(("rollback.yml".to_owned(), rollback));
        documents.push((
            "infrastructure.yml".to_owned(),
            infrastructure::document(platform),
        ));
        documents.push(("drift.yml".to_owned(), infrastructure::drift(platform)));
    }
    let mut files: Vec<GeneratedFile> = documents
        .iter()
        .map(|(name, document)| file(&format!(".github/workflows/{name}"), document))
        .collect();
    if platform.delivery.tool == Tool::Taxiway {
        files.push(file(
            &format!("{}/action.yml", set_up::FOLDER),
            &set_up::document(&platform.delivery),
        ));
    }
    files
}

/// Cloud Build's files; none where it is not known where on Google Cloud they deploy to.
pub(crate) fn on_google(
    sources: &dyn Sources,
    service: &Service,
    platform: &Platform,
    server_file: ServerFile,
) -> Vec<GeneratedFile> {
    let Some(google) = &platform.delivery.cloud_run else {
        return Vec::new();
    };
    let blueprint = Blueprint::new(sources, service, platform, server_file);
    cloud_build::files(&blueprint, google)
}

pub(crate) fn file(path: &str, document: &Map) -> GeneratedFile {
    GeneratedFile::new(path, yaml::print(document))
}

/// The step that installs Taxiway, and fetches an environment's records.
fn set_up_taxiway(environment: Option<&str>) -> Map {
    let step = Map::new()
        .with("name", "Set up Taxiway")
        .with("uses", format!("$/{}", set_up::FOLDER));
    match environment {
        Some(environment) => step.with("with", Map::new().with("environment", environment)),
        None => step,
    }
}

/// Django's command line as seen from the folder of the service.
pub(crate) fn manage(service: &Service) -> String {
    match &service.manage {
        Some(manage) => relative::below(manage, &service.root).into_string(),
        None => "-m django".to_owned(),
    }
}

/// A part of the address of the database in `url`, which is one of ours.
pub(crate) fn database_part(part: Part, host: &str) -> String {
    let text = match part {
        Part::Url => return format!("postgresql://postgres:postgres@{host}:5432/test"),
        Part::Keywords => {
            return format!(
                "dbname=test host={host} port=5432 sslmode=prefer user=postgres password=postgres"
            );
        }
        Part::Engine => "django.db.backends.postgresql",
        Part::Host => host,
        Part::Port => "5432",
        Part::Name => "test",
        Part::User | Part::Password => "postgres",
        Part::SslMode => "prefer",
    };
    text.to_owned()
}

/// Whether a variable says where Redis is, by its name.
pub(crate) fn is_redis(name: &str) -> bool {
    ["REDIS", "BROKER", "CELERY_RESULT"]
        .iter()
        .any(|word| name.contains(word))
}
