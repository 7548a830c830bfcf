//! `ci.yml`: what has to hold before a commit may go anywhere. Called by the deployments as well, so that nothing is deployed
//! whose checks did not pass on that very commit.

use taxiway_app::MigrationTool;
use taxiway_platform::{Part, StaticServing, Supply, Tool};

use super::actions::{BUILD_PUSH, SETUP_BUILDX, SETUP_UV};
use super::step::{checkout, defaults, job, jobs, permissions, reads, run, script_value, uses};
use super::{Blueprint, PASSED, front_end};
use crate::images::{self, Image, UV};
use crate::relative;
use crate::tooling::Check;
use crate::yaml::{Map, Value};

/// Lets the steps that follow use what was installed.
const ACTIVATE: &str = "echo \"$PWD/.venv/bin\" >> \"$GITHUB_PATH\"\n";

pub(super) fn document(blueprint: &Blueprint<'_>, further: &[Blueprint<'_>]) -> Map {
    let branch = &blueprint.platform.delivery.branch;
    let mut all = jobs_of(blueprint);
    all.extend(further.iter().flat_map(jobs_of));
    if blueprint.platform.delivery.tool == Tool::Taxiway {
        all.push(("generated".to_owned(), generated()));
    }
    let names: Vec<&str> = all.iter().map(|(name, _)| name.as_str()).collect();
    let passed = passed(&names);
    all.push(("passed".to_owned(), passed));
    let all = all.iter().map(|(name, job)| (name.as_str(), job.clone()));
    Map::new()
        .with("name", "CI")
        .blank()
        .with(
            "on",
            Map::new()
                .with("pull_request", Value::Nothing)
                .comment(format!("Deployments of `{branch}` call it for the commit that they deploy."))
                .with("workflow_call", Value::Nothing)
                .with("workflow_dispatch", Value::Nothing),
        )
        .blank()
        .comment("Each job says what it needs.")
        .with("permissions", Map::new())
        .blank()
        .comment("A newer push to a pull request makes the older run pointless; a deployment's is never cancelled.")
        .with(
            "concurrency",
            Map::new()
                .with("group", "ci-${{ github.workflow }}-${{ github.ref }}")
                .with("cancel-in-progress", "${{ github.event_name == 'pull_request' }}"),
        )
        .blank()
        .with("jobs", jobs(all.collect()))
}

/// The jobs of one service.
fn jobs_of(blueprint: &Blueprint<'_>) -> Vec<(String, Map)> {
    let mut all = Vec::new();
    if !blueprint.tooling.checks.is_empty() {
        all.push(("lint", lint(blueprint)));
    }
    // A job that only installs would look as if something had been tested.
    if blueprint.tooling.tests.is_some() || migration_checks(blueprint).is_some() {
        all.push(("test", test(blueprint)));
    }
    all.push(("package", package(blueprint)));
    if blueprint.builds_image() {
        all.push(("image", image(blueprint)));
    }
    let named = all.into_iter();
    named.map(|(id, job)| (blueprint.job_id(id), job)).collect()
}

fn lint(blueprint: &Blueprint<'_>) -> Map {
    let mut steps = set_up(blueprint);
    let brings_its_own = |check: &Check| check.command.contains("uvx ");
    if !blueprint.tooling.checks.iter().all(brings_its_own) {
        steps.push(install(blueprint));
    }
    for check in &blueprint.tooling.checks {
        // One that fails does not keep the others from being seen.
        steps.push(check_step(check).with("if", "${{ !cancelled() }}"));
    }
    job(&blueprint.titled("Lint"), 10)
        .with("permissions", reads())
        .with("defaults", defaults(blueprint.folder()))
        .with("steps", steps)
}

fn check_step(check: &Check) -> Map {
    let step = match check.note {
        Some(note) => Map::new().comment(note),
        None => Map::new(),
    };
    step.with("name", check.name)
        .with("run", script_value(&check.command))
}

fn test(blueprint: &Blueprint<'_>) -> Map {
    let mut steps = set_up(blueprint);
    steps.push(install(blueprint));
    steps.extend(migrations(blueprint));
    if let Some(tests) = &blueprint.tooling.tests {
        steps.push(check_step(tests));
    }
    if let Some(report) = &blueprint.tooling.coverage {
        // Tests that fail reach something as well.
        steps.push(run("Coverage", report).with("if", "${{ !cancelled() }}"));
    }
    let mut test = job(&blueprint.titled("Test"), 20)
        .with("permissions", reads())
        .with("defaults", defaults(blueprint.folder()));
    for (key, map) in [
        ("services", services(blueprint)),
        ("env", environment(blueprint)),
    ] {
        if !map.is_empty() {
            test = test.with(key, map);
        }
    }
    test.with("steps", steps)
}

fn migrations(blueprint: &Blueprint<'_>) -> Vec<Map> {
    let checks = migration_checks(blueprint);
    checks
        .map(|(name, script)| run(name, &script))
        .into_iter()
        .collect()
}

/// What has to hold of the migrations, with a database at hand.
pub(super) fn migration_checks(blueprint: &Blueprint<'_>) -> Option<(&'static str, String)> {
    let service = blueprint.service;
    if !blueprint.platform.service.has_database {
        return None;
    }
    let tool = service
        .migrations
        .as_ref()
        .map(|migrations| migrations.tool);
    match (tool, &service.manage) {
        (Some(MigrationTool::Django), Some(manage)) => {
            let manage = relative::below(manage, &service.root);
            Some((
                "Migrations are complete",
                format!("python {manage} makemigrations --check --dry-run"),
            ))
        }
        (Some(MigrationTool::Alembic), _) => Some((
            "Migrations apply, have one head, and match the models",
            "alembic upgrade head\ntest \"$(alembic heads | wc -l)\" -eq 1\nalembic check\n"
                .to_owned(),
        )),
        (Some(MigrationTool::FlaskMigrate), _) => Some((
            "Migrations apply, and match the models",
            "flask db upgrade\nflask db check\n".to_owned(),
        )),
        (Some(MigrationTool::Django) | None, _) => None,
    }
}

/// The database that production has, of the same version: SQLite forgives what PostgreSQL does not.
fn services(blueprint: &Blueprint<'_>) -> Map {
    let mut services = Map::new();
    if blueprint.platform.service.has_database {
        let database = images::postgres(&blueprint.database_version());
        services = services
        .comment("As in production: SQLite forgives what PostgreSQL does not.")
        .with(
            "postgres",
            service_image(&database)
                .with("env", Map::new().with("POSTGRES_PASSWORD", "postgres").with("POSTGRES_DB", "test"))
                .with("ports", vec!["5432:5432"])
                .with("options", "--health-cmd pg_isready --health-interval 2s --health-timeout 3s --health-retries 15"),
        );
    }
    if blueprint.needs_redis() {
        services = services.with(
            "redis",
            service_image(&images::redis())
                .with("ports", vec!["6379:6379"])
                .with("options", "--health-cmd \"redis-cli ping\" --health-interval 2s --health-timeout 3s --health-retries 15"),
        );
    }
    services
}

fn service_image(image: &Image) -> Map {
    if image.is_pinned() {
        Map::new().with("image", image.reference())
    } else {
        Map::new().with_note(
            "image",
            image.reference(),
            "zizmor: ignore[unpinned-images] no digest is known for this version",
        )
    }
}

fn environment(blueprint: &Blueprint<'_>) -> Map {
    test_variables(blueprint, "localhost", "localhost")
        .into_iter()
        .fold(Map::new(), |map, (name, value)| map.with(name, value))
}

/// What the code reads and can't do without, with values that mean nothing, and services on these hosts.
pub(super) fn test_variables(
    blueprint: &Blueprint<'_>,
    database: &str,
    redis: &str,
) -> Vec<(String, String)> {
    let web = &blueprint.platform.service;
    let mut found = Vec::new();
    if web.has_database {
        let address = super::database_part(Part::Url, database);
        found.push(("DATABASE_URL".to_owned(), address));
    }
    // `flask db` finds an application by itself only under the usual names.
    if let Some(wrapped) = &web.wrapped
        && blueprint.framework_name() == "flask"
    {
        found.push(("FLASK_APP".to_owned(), wrapped.to_string()));
    }
    for variable in web.variables.iter().filter(|it| it.name != "DATABASE_URL") {
        let value = match &variable.supply {
            Supply::Database { part } => Some(super::database_part(*part, database)),
            Supply::Hosts => Some("localhost,127.0.0.1,testserver".to_owned()),
            _ if super::is_redis(&variable.name) && variable.required => {
                Some(format!("redis://{redis}:6379/0"))
            }
            Supply::Secret { .. } => {
                Some("only-for-tests-and-worth-nothing-to-anybody-else".to_owned())
            }
            Supply::Configured | Supply::Missing if variable.required => Some("test".to_owned()),
            Supply::Platform { .. }
            | Supply::Configured
            | Supply::Runtime
            | Supply::Default
            | Supply::Missing => None,
        };
        found.extend(value.map(|value| (variable.name.clone(), value)));
    }
    found
}

/// Builds what production runs, as production builds it, without a secret and without a database.
fn package(blueprint: &Blueprint<'_>) -> Map {
    let mut steps = set_up(blueprint);
    if let Some(frontend) = &blueprint.frontend {
        steps.extend(front_end::steps(frontend, blueprint.folder()));
    }
    steps.push(run(
        "Install what production installs",
        &format!("uv venv\nuv pip install --requirement requirements.taxiway.txt\n{ACTIVATE}"),
    ));
    steps.extend(
        package_checks(blueprint)
            .into_iter()
            .map(|(name, script)| run(name, &script)),
    );
    job(&blueprint.titled("Package"), 15)
        .with("permissions", reads())
        .with("defaults", defaults(blueprint.folder()))
        .comment(if blueprint.platform.service.has_database {
            "The overlay stands in for the secrets and the database that a build has not."
        } else {
            "The overlay stands in for the secrets that a build has not."
        })
        .with("env", build_environment(blueprint))
        .with("steps", steps)
}

/// That what production runs can be built and started, without a secret and without a database.
pub(super) fn package_checks(blueprint: &Blueprint<'_>) -> Vec<(&'static str, String)> {
    let web = &blueprint.platform.service;
    let mut checks = Vec::new();
    if blueprint.is_django() {
        let django = format!("python {}", super::manage(blueprint.service));
        if web.static_files != StaticServing::None {
            checks.push((
                "Collect static files",
                format!("{django} collectstatic --noinput --settings=taxiway_runtime.settings"),
            ));
        }
        checks.push((
            "Django's own deployment checks",
            format!(
                "{django} check --deploy --fail-level WARNING --settings=taxiway_runtime.settings"
            ),
        ));
    }
    let chdir = match relative::below(&web.app_dir, &web.root).as_str() {
        "." => String::new(),
        folder => format!(" --chdir {folder}"),
    };
    let entrypoint = web.entrypoint.to_string();
    checks.push((
        "The server's configuration and the application load",
        format!(
            "gunicorn --check-config --config {}{chdir} '{entrypoint}'",
            blueprint.server_file.name()
        ),
    ));
    checks
}

fn build_environment(blueprint: &Blueprint<'_>) -> Map {
    let environment = Map::new().with("TAXIWAY_BUILD", "1");
    if blueprint.is_django() {
        environment.with("DJANGO_SETTINGS_MODULE", "taxiway_runtime.settings")
    } else {
        environment
    }
}

/// Builds the image, and throws it away.
fn image(blueprint: &Blueprint<'_>) -> Map {
    let steps = vec![
        checkout(),
        uses("Set up Buildx", SETUP_BUILDX),
        uses("Build", BUILD_PUSH).with(
            "with",
            Map::new()
                .with("context", blueprint.folder())
                .with("push", false)
                .with("cache-from", "type=gha")
                .with("cache-to", "type=gha,mode=max"),
        ),
    ];
    job(&blueprint.titled("Image"), 20)
        .with("permissions", reads())
        .with("steps", steps)
}

fn generated() -> Map {
    let steps = vec![
        checkout(),
        super::set_up_taxiway(None),
        run(
            "Generated files are what Taxiway would write",
            "taxiway generate --check",
        ),
        // What one of them finds does not keep the other from being seen.
        run(
            "Infrastructure, pipelines and images have no known defect",
            "taxiway check",
        )
        .with("if", "${{ !cancelled() }}"),
    ];
    job("Generated files", 20)
        .with("permissions", reads())
        .with("defaults", defaults("."))
        .with("steps", steps)
}

/// One result to require in the branch's rules, whatever jobs there are.
fn passed(names: &[&str]) -> Map {
    job(PASSED, 5)
        .comment(
            "The one check to require: it exists whatever jobs there are, and is never skipped.",
        )
        .with("if", "${{ always() }}")
        .with(
            "needs",
            Value::Flow(names.iter().map(|name| (*name).to_owned()).collect()),
        )
        .with("permissions", permissions(&[]))
        .with("defaults", defaults("."))
        .with(
            "steps",
            vec![
                Map::new()
                    .with("name", "Every job has passed")
                    .with("env", Map::new().with("NEEDS", "${{ toJSON(needs) }}"))
                    .with(
                        "run",
                        Value::Block(include_str!("../../files/workflows/passed.sh").to_owned()),
                    ),
            ],
        )
}

fn set_up(blueprint: &Blueprint<'_>) -> Vec<Map> {
    let files = &blueprint.tooling.locked_by;
    let glob = if let [only] = files.as_slice() {
        Value::from(only.as_str())
    } else {
        Value::Block(files.join("\n"))
    };
    vec![
        checkout(),
        uses("Set up uv and Python", SETUP_UV).with(
            "with",
            Map::new()
                .with("version", UV)
                .with("python-version", blueprint.python_version())
                .with("cache-dependency-glob", glob),
        ),
    ]
}

fn install(blueprint: &Blueprint<'_>) -> Map {
    run(
        "Install",
        &format!("{}{ACTIVATE}", blueprint.tooling.install),
    )
}
