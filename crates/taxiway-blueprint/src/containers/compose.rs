//! `compose.yaml`: the image with what it needs around it, for work on this machine.

use taxiway_app::{ProcessKind, Service};
use taxiway_platform::{Platform, Supply};

use crate::images;
use crate::workflows::{database_part, is_redis};
use crate::yaml::{Map, Value};

/// The host of the database inside the network.
const DATABASE_HOST: &str = "database";

/// What runs beside the image.
#[derive(Clone, Copy)]
struct Needs {
    database: bool,
    redis: bool,
}

pub(super) fn document(service: &Service, platform: &Platform, is_django: bool) -> Map {
    let needs = Needs {
        database: platform.service.has_database,
        redis: service.backing.iter().any(|it| it.kind == "redis"),
    };
    let common = common(service, platform, is_django, needs);
    let mut services = Map::new().with("web", web(needs, platform.service.port));
    if needs.database {
        services = services
            .blank()
            .comment("Applies the migrations, once, before anything else starts.")
            .with(
                "migrate",
                after(
                    ours().with("command", command("python -m taxiway_runtime.migrate")),
                    needs.services(),
                ),
            );
    }
    for process in &service.processes {
        let Some(line) = process.command.as_deref().filter(|line| is_plain(line)) else {
            continue;
        };
        if process.kind == ProcessKind::Monitor {
            continue;
        }
        services = services.blank().with(
            process.tool.clone(),
            after(
                ours()
                    .with("command", command(line))
                    .with("healthcheck", Map::new().with("disable", true)),
                needs.all(),
            ),
        );
    }
    let mut volumes = Map::new();
    if needs.database {
        services = services.blank().with(DATABASE_HOST, database(platform));
        volumes = volumes.with(DATABASE_HOST, Value::Nothing);
    }
    if needs.redis {
        services = services.blank().with("redis", redis());
        volumes = volumes.with("redis", Value::Nothing);
    }
    let document = Map::new()
        .comment(format!("Everything that the application needs, on this machine: docker compose up --build\nThen http://localhost:{}. Nothing in it is secret, and nothing listens beyond this machine.", platform.service.port))
        .with("x-application", Value::Anchored("application".to_owned(), common))
        .blank()
        .with("services", services);
    if volumes.is_empty() {
        document
    } else {
        document.blank().with("volumes", volumes)
    }
}

/// What every container of the image has. Merged in by name, so that each service shows only what is its own.
fn common(service: &Service, platform: &Platform, is_django: bool, needs: Needs) -> Map {
    let environment = environment(platform, is_django, needs);
    Map::new()
        .with("build", ".")
        .with("image", format!("{}:local", platform.workload))
        .with_some("environment", Some(environment).filter(|it| !it.is_empty()))
        .comment(if platform.service.variables.is_empty() {
            "Values of your own, which Git does not see."
        } else {
            "Values of your own, which Git does not see; .env.example names them."
        })
        .with(
            "env_file",
            vec![
                Map::new()
                    .with(
                        "path",
                        crate::relative::join(&service.root, ".env").into_string(),
                    )
                    .with("required", false),
            ],
        )
        .comment("As in production: no rights, and nothing to write to but /tmp.")
        .with("read_only", true)
        .with("tmpfs", vec!["/tmp"])
        .with("cap_drop", vec!["ALL"])
        .with("security_opt", vec!["no-new-privileges:true"])
}

fn environment(platform: &Platform, is_django: bool, needs: Needs) -> Map {
    let port = platform.service.port;
    let address = || database_part(taxiway_platform::Part::Url, DATABASE_HOST);
    let mut environment = Map::new().with_some("DATABASE_URL", needs.database.then(address));
    for secret in &platform.secrets {
        if let Some(setting) = &secret.setting
            && matches!(secret.origin, taxiway_platform::Origin::Generated { .. })
        {
            environment = environment.with(
                setting.clone(),
                "only-on-this-machine-and-worth-nothing-to-anybody-else",
            );
        }
    }
    if is_django {
        environment = environment
            .with(
                "DJANGO_ALLOWED_HOSTS",
                format!("localhost:{port},127.0.0.1:{port}"),
            )
            .comment("No certificate here.")
            .with("DJANGO_HTTPS", "off");
    }
    for variable in &platform.service.variables {
        let value = match &variable.supply {
            Supply::Platform { value } => Some(value.clone()),
            _ if needs.redis && is_redis(&variable.name) => Some("redis://redis:6379/0".to_owned()),
            Supply::Database { .. }
            | Supply::Hosts
            | Supply::Secret { .. }
            | Supply::Configured
            | Supply::Runtime
            | Supply::Default
            | Supply::Missing => None,
        };
        environment = environment.with_some(variable.name.clone(), value);
    }
    environment
}

/// A container of the image.
fn ours() -> Map {
    Map::new().with("<<", Value::Alias("application".to_owned()))
}

fn web(needs: Needs, port: u16) -> Map {
    let ports = vec![format!("127.0.0.1:{port}:{port}")];
    after(ours().with("ports", ports), needs.all())
}

impl Needs {
    /// The services that answer before anything of ours starts.
    fn services(self) -> Map {
        let healthy = || Map::new().with("condition", "service_healthy");
        Map::new()
            .with_some(DATABASE_HOST, self.database.then(healthy))
            .with_some("redis", self.redis.then(healthy))
    }

    /// The same, and the migrations.
    fn all(self) -> Map {
        let done = || Map::new().with("condition", "service_completed_successfully");
        self.services()
            .with_some("migrate", self.database.then(done))
    }
}

/// A container that starts after others, where there are any.
fn after(container: Map, others: Map) -> Map {
    if others.is_empty() {
        container
    } else {
        container.with("depends_on", others)
    }
}

fn database(platform: &Platform) -> Map {
    let environments = &platform.environments;
    let production = platform
        .environment("production")
        .or_else(|| environments.first());
    let version = production.map_or("16", |environment| environment.database.version.as_str());
    Map::new()
        .with("image", images::postgres(version).reference())
        .with(
            "environment",
            Map::new()
                .with("POSTGRES_PASSWORD", "postgres")
                .with("POSTGRES_DB", "test"),
        )
        .with(
            "volumes",
            vec![format!("{DATABASE_HOST}:{}", data_folder(version))],
        )
        .with(
            "healthcheck",
            healthcheck("pg_isready --username postgres --dbname test"),
        )
}

/// The image keeps each version's data apart from 18 on. Source: PostgreSQL's image, its documentation.
fn data_folder(version: &str) -> &'static str {
    match version.parse::<u32>() {
        Ok(number) if number >= 18 => "/var/lib/postgresql",
        _ => "/var/lib/postgresql/data",
    }
}

fn redis() -> Map {
    Map::new()
        .with("image", images::redis().reference())
        .with("volumes", vec!["redis:/data"])
        .with("healthcheck", healthcheck("redis-cli ping"))
}

fn healthcheck(line: &str) -> Map {
    let mut test = vec!["CMD".to_owned()];
    test.extend(line.split(' ').map(str::to_owned));
    Map::new()
        .with("test", Value::Flow(test))
        .with("interval", "5s")
        .with("timeout", "3s")
        .with("retries", 10_u32)
}

fn command(line: &str) -> Value {
    Value::Flow(line.split_whitespace().map(str::to_owned).collect())
}

/// Whether a command means the same without a shell.
fn is_plain(line: &str) -> bool {
    !line.contains(|character: char| "\"'$`\\&|;<>(){}*?~".contains(character))
}
