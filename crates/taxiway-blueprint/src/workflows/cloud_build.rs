//! Cloud Build's files: the same stages as GitHub's workflows, for Google Cloud Run.
//!
//! The checks run in the first stage of the image itself, so that they meet the interpreter, the libraries and the requirements that
//! production has. Scripts are files below `files/cloud-build`. Sources: Cloud Build, build configuration file schema; Cloud Run,
//! rollbacks, gradual rollouts and traffic migration.
//!
//! Invariants: only a revision that was verified under traffic is tagged `serving` or `previous`, and only tags are rolled back
//! to. One build at a time changes a service: they share a lock, an object of Cloud Storage that is written on the condition that
//! it is still the one that was read. A build that is cancelled gives it up while it takes its release back, which lasts moments;
//! and those that wait for a rollback or for production are let in by chance, while those for staging keep the order of commits.

mod set_up;

use taxiway_platform::CloudRun;

use super::actions::{GITLEAKS, PIP_AUDIT};
use super::{Blueprint, ci, file};
use crate::requirements::FILE_NAME;
use crate::yaml::{Map, Value};
use crate::{Frontend, GeneratedFile, images, relative};

/// Google's own builders. Cloud Build keeps them on its machines, and moves their tags itself.
const DOCKER: &str = "gcr.io/cloud-builders/docker";
const GCLOUD: &str = "gcr.io/google.com/cloudsdktool/google-cloud-cli:528.0.0-slim";

/// The image of the first stage of the Dockerfile, on the machine of the build.
const ENVIRONMENT: &str = "environment";

/// How every script begins.
const HEAD: &str = "#!/usr/bin/env bash\nset -euo pipefail\n";

const DOCKER_BUILDKIT: &str = "DOCKER_BUILDKIT=1";

const FUNCTIONS: &str = include_str!("../../files/cloud-build/functions.sh");

/// The files of Cloud Build, and the script that makes what they deploy to.
pub(super) fn files(blueprint: &Blueprint<'_>, google: &CloudRun) -> Vec<GeneratedFile> {
    let workload = &blueprint.platform.workload;
    let staging = format!("{workload}-staging");
    let production = format!("{workload}-production");

    let mut push = checks(blueprint);
    push.push(image(
        blueprint,
        "Image",
        include_str!("../../files/cloud-build/image.sh"),
    ));
    push.push(lock(blueprint, &staging, Waiting::InOrder));
    push.extend(release(blueprint, google, &staging, None));

    let mut pull_request = checks(blueprint);
    pull_request.push(image(
        blueprint,
        "Image",
        &format!("{HEAD}docker build .\n"),
    ));

    let mut promote = vec![
        gcloud(
            "What staging serves",
            include_str!("../../files/cloud-build/served.sh"),
        )
        .with(
            "env",
            vec![Value::from(format!("STAGING={staging}")), region(google)],
        ),
    ];
    promote.insert(0, lock(blueprint, &production, Waiting::AsItComes));
    promote.extend(release(
        blueprint,
        google,
        &production,
        google.sql_instance.as_deref(),
    ));

    let roll_back = vec![
        lock(blueprint, "$_SERVICE", Waiting::AsItComes),
        gcloud(
            "Roll back",
            &with_functions(include_str!("../../files/cloud-build/rollback.sh")),
        )
        .with(
            "env",
            vec![Value::from("SERVICE=$_SERVICE"), region(google)],
        ),
    ];

    let branch = &blueprint.platform.delivery.branch;
    let image_name = format!(
        "IMAGE={}-docker.pkg.dev/$PROJECT_ID/{workload}/{workload}",
        google.region
    );
    vec![
        file(
            "cloudbuild.yaml",
            &document(
                &format!("For each commit on `{branch}`: what has to hold, the image, and its way to staging on Cloud Run.\nWhat it deploys to, and what starts it: infrastructure/cloud-run/set-up.sh."),
                push,
                &[DOCKER_BUILDKIT, &image_name],
                5400,
            ),
        ),
        file(
            "cloudbuild.pull-request.yaml",
            &document(
                "For each pull request: what has to hold before it is merged. Nothing leaves the machine of the build.",
                pull_request,
                &[DOCKER_BUILDKIT],
                2400,
            ),
        ),
        file(
            "cloudbuild.production.yaml",
            &document(
                &format!("The very image that staging serves, to production, once somebody has approved it:\n  gcloud builds triggers run {production} --region {} --sha COMMIT", google.region),
                promote,
                &[],
                5400,
            ),
        ),
        file(
            "cloudbuild.rollback.yaml",
            &document(
                &format!("Back to the release that served before, in seconds, once no other build changes the service:\n  gcloud builds triggers run {production}-rollback --region {}", google.region),
                roll_back,
                &[],
                2400,
            )
            .blank()
            .with("substitutions", Map::new().with("_SERVICE", production.as_str())),
        ),
        GeneratedFile::new("infrastructure/cloud-run/set-up.sh", set_up::script(blueprint, google)),
    ]
}

fn document(about: &str, steps: Vec<Map>, variables: &[&str], seconds: u32) -> Map {
    let mut options = Map::new()
        .comment("The accounts of the triggers have no bucket for logs.")
        .with("logging", "CLOUD_LOGGING_ONLY")
        .comment("Scripts read COMMIT_SHA and the like as variables; text that somebody else wrote is never part of a script.")
        .with("automapSubstitutions", true)
        .with("substitutionOption", "ALLOW_LOOSE");
    if !variables.is_empty() {
        options = options.with("env", variables.to_vec());
    }
    Map::new()
        .comment(about)
        .with("steps", steps)
        .blank()
        .with("timeout", format!("{seconds}s"))
        .with("options", options)
}

/// A step that runs a script in an image.
fn step(id: &str, image: &str, script: &str) -> Map {
    Map::new()
        .blank()
        .with("id", id)
        .with("name", image)
        .with("script", Value::Block(script.trim_end().to_owned()))
}

fn gcloud(id: &str, script: &str) -> Map {
    step(id, GCLOUD, script)
}

fn image(blueprint: &Blueprint<'_>, id: &str, script: &str) -> Map {
    in_folder(blueprint, step(id, DOCKER, script))
}

fn in_folder(blueprint: &Blueprint<'_>, step: Map) -> Map {
    match blueprint.folder() {
        "." => step,
        folder => step.with("dir", folder),
    }
}

fn region(google: &CloudRun) -> Value {
    format!("REGION={}", google.region).into()
}

fn with_functions(script: &str) -> String {
    format!("{FUNCTIONS}{script}")
}

/// What has to hold before anything is built to stay.
fn checks(blueprint: &Blueprint<'_>) -> Vec<Map> {
    let mut steps = vec![
        Map::new()
            .with("id", "Secrets")
            .with("name", GITLEAKS)
            .with(
                "args",
                Value::Flow(
                    ["dir", "--redact", "--no-banner", "/workspace"]
                        .map(str::to_owned)
                        .to_vec(),
                ),
            ),
    ];
    if blueprint.platform.service.has_database {
        let database = images::postgres(&blueprint.database_version());
        let script = include_str!("../../files/cloud-build/database.sh")
            .replace("@POSTGRES@", &database.reference());
        steps.push(step("Database", DOCKER, &script).with("timeout", "180s"));
    }
    if blueprint.needs_redis() {
        let run = format!(
            "{HEAD}docker run --detach --network cloudbuild --name redis {}\n",
            images::redis().reference()
        );
        steps.push(step("Redis", DOCKER, &run));
    }
    steps.push(image(
        blueprint,
        "Environment",
        include_str!("../../files/cloud-build/environment.sh"),
    ));
    steps.push(in_environment(
        blueprint,
        "Install",
        &blueprint.tooling.install,
        &[],
    ));
    for check in &blueprint.tooling.checks {
        // Annotations are for GitHub's own log.
        let command = check.command.replace(" --output-format github", "");
        steps.push(in_environment(blueprint, check.name, &command, &[]));
    }
    let database = ci::test_variables(blueprint, "postgres", "redis");
    if let Some((id, script)) = ci::migration_checks(blueprint) {
        steps.push(in_environment(blueprint, id, &script, &database));
    }
    if let Some(tests) = &blueprint.tooling.tests {
        steps.push(in_environment(
            blueprint,
            tests.name,
            &tests.command,
            &database,
        ));
    }
    if let Some(frontend) = &blueprint.frontend {
        steps.extend(front_end(frontend));
    }
    steps.extend(
        ci::package_checks(blueprint)
            .into_iter()
            .map(|(id, script)| {
                let script = format!("{HEAD}{}", script.trim_end());
                in_folder(blueprint, step(id, ENVIRONMENT, &script))
                    .with("env", vec!["TAXIWAY_BUILD=1"])
            }),
    );
    let audit =
        format!("{HEAD}uvx {PIP_AUDIT} --strict --progress-spinner off --requirement {FILE_NAME}");
    steps.push(in_folder(
        blueprint,
        step(
            "No requirement of production has a known vulnerability",
            ENVIRONMENT,
            &audit,
        ),
    ));
    steps
}

/// Builds the front end where it is checked, and looks up what it locks. The image builds its own, from the same.
fn front_end(frontend: &Frontend) -> Vec<Map> {
    let node = images::node(frontend.node).reference();
    let mut prepare = HEAD.to_owned();
    if frontend.needs_git {
        prepare.push_str("apt-get update --quiet=2 && apt-get install --quiet=2 --yes --no-install-recommends ca-certificates git > /dev/null\n");
    }
    prepare.extend(frontend.preparation().map(|command| command + "\n"));
    let install = frontend.install_command();
    let folder = relative::below(&frontend.folder, &frontend.install_folder);
    let build = frontend.build_command();
    let script = match folder.as_str() {
        "." => format!("{prepare}{install}\n{build}"),
        folder => format!("{prepare}{install}\ncd {folder}\n{build}"),
    };
    let in_its_folder = |id: &str, script: &str| {
        let step = step(id, &node, script)
            .with("env", vec!["CI=true", "COREPACK_ENABLE_DOWNLOAD_PROMPT=0"]);
        match frontend.install_folder.as_str() {
            "." => step,
            folder => step.with("dir", folder),
        }
    };
    let mut steps = vec![in_its_folder("Front end", &script)];
    if frontend.lock.is_some() {
        let audit = format!("{prepare}{}", frontend.manager.audit());
        steps.push(in_its_folder(
            "No locked package of the front end has a known vulnerability",
            &audit,
        ));
    }
    steps
}

/// In the first stage of the image, with what development needs besides, which stays in the workspace from step to step.
fn in_environment(
    blueprint: &Blueprint<'_>,
    id: &str,
    command: &str,
    variables: &[(String, String)],
) -> Map {
    let folder = match blueprint.folder() {
        "." => "/workspace".to_owned(),
        folder => format!("/workspace/{folder}"),
    };
    let mut script = HEAD.to_owned();
    if command.contains("git ") {
        script.push_str("# The image has no Git, and needs none.\napt-get update --quiet=2 && apt-get install --quiet=2 --yes --no-install-recommends git > /dev/null\n");
    }
    script.push_str(command.trim_end());
    let mut all = vec![
        format!("VIRTUAL_ENV={folder}/.venv"),
        format!("PATH={folder}/.venv/bin:/usr/local/bin:/usr/bin:/bin"),
    ];
    all.extend(
        variables
            .iter()
            .map(|(name, value)| format!("{name}={value}")),
    );
    in_folder(blueprint, step(id, ENVIRONMENT, &script)).with("env", all)
}

/// Whether builds that wait for the lock keep their order.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Waiting {
    /// What is older than what was let in before is too late.
    InOrder,
    /// Somebody asked for each of them, whenever that was.
    AsItComes,
}

/// Waits until no other build changes the service.
fn lock(blueprint: &Blueprint<'_>, service: &str, waiting: Waiting) -> Map {
    let order = match waiting {
        Waiting::InOrder => include_str!("../../files/cloud-build/order.sh"),
        Waiting::AsItComes => "",
    };
    let script = include_str!("../../files/cloud-build/lock.sh")
        .replace("@WORKLOAD@", &blueprint.platform.workload)
        .replace("@ORDER@\n", order);
    gcloud("Lock", &script)
        .with("env", vec![format!("SERVICE={service}")])
        .with("timeout", "1800s")
}

/// Migrates, and lets the release in.
fn release(
    blueprint: &Blueprint<'_>,
    google: &CloudRun,
    service: &str,
    sql_instance: Option<&str>,
) -> Vec<Map> {
    let at = || vec![Value::from(format!("SERVICE={service}")), region(google)];
    let mut steps = Vec::new();
    if blueprint.service.migrations.is_some() {
        if let Some(instance) = sql_instance {
            let script = include_str!("../../files/cloud-build/backup.sh");
            steps.push(
                gcloud("Back up", script).with("env", vec![format!("SQL_INSTANCE={instance}")]),
            );
        }
        let script = include_str!("../../files/cloud-build/migrate.sh");
        steps.push(
            gcloud("Migrate", script)
                .with("env", at())
                .with("timeout", "1800s"),
        );
    }
    let script = with_functions(include_str!("../../files/cloud-build/deploy.sh"));
    steps.push(
        gcloud("Deploy", &script)
            .with("env", at())
            .with("timeout", "1800s"),
    );
    steps
}
