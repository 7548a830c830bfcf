//! The parameters of `main.bicep`.

use taxiway_bicep::build::{Document, Object, Parameter, Type, Value, name, text};
use taxiway_platform::{Origin, Platform, Secret};

use super::super::shape::Shape;
use super::super::site::Site;
use super::names::{named, unique};

fn plain(document: &mut Document, parameters: &[(&str, Type)]) {
    for (name, kind) in parameters {
        document.parameter(Parameter::new(*name, kind.clone()));
    }
}

fn described(name: &str, kind: Type, description: &str) -> Parameter {
    Parameter::new(name, kind).description(description)
}

pub(super) fn declare(
    sites: &[Site<'_>],
    platform: &Platform,
    shape: Shape,
    document: &mut Document,
) {
    environment(platform, document);
    document.blank();
    site(shape, Shape::of(platform), document);
    document.blank();
    for further in sites {
        if let Some(service) = further.name() {
            further_site(further, service, document);
            document.blank();
        }
    }
    if shape.database {
        database(shape, document);
        document.blank();
    }
    plain(
        document,
        &[
            ("logRetentionDays", Type::Int),
            ("logDailyQuotaGb", Type::Int),
            ("vaultSoftDeleteDays", Type::Int),
            ("vaultPurgeProtection", Type::Bool),
        ],
    );
    document.parameter(
        described(
            "isLocked",
            Type::Bool,
            "Whether what holds data can't be deleted before its lock is.",
        )
        .default(false),
    );
    document.blank();
    if shape.network {
        network(shape, document);
        document.blank();
    }
    let has_cache = Shape::of(platform).cache;
    if has_cache || shape.storage {
        if has_cache {
            cache(&sites[0], document);
        }
        if shape.storage {
            storage(document);
        }
        document.blank();
    }
    if shape.alerts || shape.budget || shape.residency {
        governance(shape, document);
        document.blank();
    }
    let secrets = platform.all_secrets();
    if !secrets.is_empty() {
        document.comment(
            "Secrets. On the first deployment of an environment they are given; later ones take them from its vault.",
        );
    }
    for known in secrets {
        let is_everywhere = platform.environments.iter().all(|it| known.is_in(it));
        document.parameter(secret(known, is_everywhere));
    }
    document.blank();
}

fn environment(platform: &Platform, document: &mut Document) {
    document.parameter(
        described(
            "workload",
            Type::String,
            "The application, as resource names contain it. Another value means other resources.",
        )
        .length(1, 27)
        .default(&platform.workload),
    );
    document.parameter(
        described(
            "environmentName",
            Type::String,
            "The environment, as resource names contain it.",
        )
        .length(1, 12),
    );
    document.parameter(
        Parameter::new("location", Type::String)
            .default(name("resourceGroup").call([]).property("location")),
    );
    document.parameter(
        described(
            "extraTags",
            Type::Object,
            "Tags besides those that every resource gets.",
        )
        .default(Object::new()),
    );
    document.parameter(
        described(
            "siteName",
            Type::String,
            "The name of the site, unique in all of Azure: it becomes its host name.",
        )
        .length(2, SITE_LIMIT)
        .default(
            named("app")
                .literal("-")
                .value(name("take").call([unique(), Value::from(6)])),
        ),
    );
}

/// The longest name of a site: the host label of its slot (59 characters) ends with `-staging`.
const SITE_LIMIT: u32 = 51;

/// The rest of a site's name: `app-`, `-`, twelve characters of the environment, `-`, the hash.
const SITE_WITHOUT_WORKLOAD: usize = 4 + 1 + 12 + 1 + 6;

/// The site of a further service.
fn further_site(site: &Site<'_>, service: &str, document: &mut Document) {
    document.comment(format!("The service `{service}`."));
    // The application's name gives way, never that of the service or the environment.
    let room = SITE_LIMIT as usize - SITE_WITHOUT_WORKLOAD - service.len() - 1;
    let workload = name("take").call([
        name("workload"),
        Value::from(i64::try_from(room).unwrap_or_default()),
    ]);
    let hash = name("take").call([unique(), Value::from(6)]);
    document.parameter(
        described(
            &site.symbol("siteName"),
            Type::String,
            "The name of its site, unique in all of Azure.",
        )
        .length(2, SITE_LIMIT)
        .default(
            text()
                .literal("app-")
                .value(workload)
                .literal(format!("-{service}-"))
                .value(name("environmentName"))
                .literal("-")
                .value(hash),
        ),
    );
    let domains = site.symbol("domains");
    document.parameter(
        described(&domains, Type::Array, "Host names of its own.")
            .default(Value::Array(Vec::new())),
    );
    if site.shape().domains {
        let binds = site.symbol("bindsDomains");
        let description = "Whether the records of these names lead to its site by now.";
        document.parameter(described(&binds, Type::Bool, description).default(false));
    }
    if site.has_further_database() {
        plain(document, &[(&site.symbol("databaseName"), Type::String)]);
    }
    if site.shape().cache {
        cache(site, document);
    }
    let settings = site.symbol("extraSettings");
    document.parameter(
        described(
            &settings,
            Type::Object,
            "Its plain variables, from taxiway.toml.",
        )
        .default(Object::new()),
    );
}

fn site(shape: Shape, first: Shape, document: &mut Document) {
    plain(
        document,
        &[("planSku", Type::String), ("instances", Type::Int)],
    );
    if shape.autoscale {
        document.parameter(
            described(
                "mostInstances",
                Type::Int,
                "How many instances there may be under load; the plan does not scale by itself where they are as many.",
            )
            .default(name("instances")),
        );
    }
    document.parameter(
        described(
            "zoneRedundant",
            Type::Bool,
            "Whether instances are spread over availability zones.",
        )
        .default(false),
    );
    plain(document, &[("pythonVersion", Type::String)]);
    if shape.container {
        document.parameter(
            described(
                "containerImage",
                Type::String,
                "The image in the registry of the environment, as name:tag or name@digest. Empty: App Service builds and runs the code.",
            )
            .default(""),
        );
    }
    document.parameter(
        described("httpsOnly", Type::Bool, "Whether browsers must use HTTPS.").default(true),
    );
    document.parameter(
        described(
            "domains",
            Type::Array,
            "Host names of the app besides those that the platform gives.",
        )
        .default(Value::Array(Vec::new())),
    );
    if first.domains {
        document.parameter(
            described(
                "bindsDomains",
                Type::Bool,
                "Whether the records of these names lead to the site by now, so that they are bound to it and get certificates.",
            )
            .default(false),
        );
    }
    if shape.background {
        document.parameter(
            described(
                "runsBackground",
                Type::Bool,
                "Whether the processes beside the web process run: the WebJobs of the release, on the site and never on its slot.",
            )
            .default(true),
        );
    }
    document.parameter(
        described(
            "extraSettings",
            Type::Object,
            "Plain variables of the app, from taxiway.toml.",
        )
        .default(Object::new()),
    );
}

fn database(shape: Shape, document: &mut Document) {
    if shape.external_database {
        document.parameter(
            described(
                "databaseIsExternal",
                Type::Bool,
                "Whether the database is somebody else's. Its URL is a secret then, and the values below count for nothing.",
            )
            .default(false),
        );
    }
    plain(
        document,
        &[
            ("databaseVersion", Type::String),
            ("databaseSku", Type::String),
            ("databaseTier", Type::String),
            ("databaseStorageGb", Type::Int),
            ("databaseBackupDays", Type::Int),
        ],
    );
    document.parameter(
        described(
            "databaseGeoRedundantBackup",
            Type::Bool,
            "Whether backups are copied to the region's pair. Fixed when the server is made.",
        )
        .default(false),
    );
    document.parameter(
        described(
            "databaseStandby",
            Type::String,
            "How a standby takes over when the server fails.",
        )
        .allowed(["Disabled", "SameZone", "ZoneRedundant"])
        .default("Disabled"),
    );
    if shape.sign_in.is_none() {
        document.parameter(described(
            "databaseSignIn",
            Type::String,
            "How the app signs in to the database. identity: by tokens of its own identity. password: by one that is kept in the vault.",
        )
        .allowed(["identity", "password"]));
    }
    if shape.pooler {
        document.parameter(
            described(
                "databaseHasPooler",
                Type::Bool,
                "Whether the app comes by a connection pooler. Migrations go past it.",
            )
            .default(false),
        );
    }
    plain(document, &[("databaseName", Type::String)]);
    if shape.password {
        document.parameter(
            described(
                "databaseLogin",
                Type::String,
                "The login of whoever signs in by password. Fixed once there is one.",
            )
            .default(""),
        );
    }
    document.parameter(
        described(
            "databaseSslMode",
            Type::String,
            "How the app uses TLS towards the database: the sslmode of libpq.",
        )
        .default("require"),
    );
}

fn network(shape: Shape, document: &mut Document) {
    document.parameter(
        described(
            "networkProfile",
            Type::String,
            "How far the doors are open. none: there is no network. public: the site is open, all else answers its subnet. private: all else answers private endpoints. internal: the site too.",
        )
        .allowed(["none", "public", "private", "internal"]),
    );
    document.parameter(
        described(
            "addressPrefix",
            Type::String,
            "The first three numbers of the network's addresses. They must not overlap with a network that it is to be joined to.",
        )
        .default("10.20.0"),
    );
    document.parameter(
        described(
            "allowedAddresses",
            Type::Array,
            "Public addresses from which people reach the vault and the storage.",
        )
        .default(Value::Array(Vec::new())),
    );
    if shape.vpn {
        document.parameter(
            described(
                "hasVpn",
                Type::Bool,
                "Whether people get in by VPN, with a gateway and a resolver that cost while they exist.",
            )
            .default(false),
        );
        document.parameter(
            described(
                "vpnClientAddresses",
                Type::String,
                "The addresses that clients of the VPN get.",
            )
            .default("172.20.0.0/24"),
        );
    }
}

fn cache(site: &Site<'_>, document: &mut Document) {
    document.parameter(
        described(
            &site.symbol("cacheSku"),
            Type::String,
            "The size of Redis; empty: there is none.",
        )
        .default(""),
    );
    document.parameter(
        described(
            &site.symbol("cacheHighAvailability"),
            Type::Bool,
            "Whether Redis has a second node.",
        )
        .default(true),
    );
}

fn storage(document: &mut Document) {
    document.parameter(
        described(
            "storageSku",
            Type::String,
            "How files are replicated; empty: there is no storage.",
        )
        .default(""),
    );
    document.parameter(
        described(
            "storageSoftDeleteDays",
            Type::Int,
            "How long deleted files can be recovered.",
        )
        .default(7),
    );
}

fn governance(shape: Shape, document: &mut Document) {
    if shape.alerts {
        document.parameter(
            described(
                "hasAlerts",
                Type::Bool,
                "Whether people are told when something is wrong.",
            )
            .default(false),
        );
        document.parameter(
            described(
                "hasAvailabilityTest",
                Type::Bool,
                "Whether the site is called from outside every five minutes.",
            )
            .default(false),
        );
        if shape.database {
            document.parameter(
                described(
                    "databaseConnectionAlert",
                    Type::Int,
                    "How many connections to the database are too many.",
                )
                .default(1000),
            );
        }
    }
    if shape.alerts || shape.budget {
        document.parameter(
            described(
                "alertRecipients",
                Type::Array,
                "Mail addresses; where there are none, the owners of the subscription are told.",
            )
            .default(Value::Array(Vec::new())),
        );
    }
    if shape.budget {
        document.parameter(
            described(
                "budgetAmount",
                Type::Int,
                "A month's amount in the currency of the subscription; 0: there is no budget.",
            )
            .default(0),
        );
        document.parameter(
            described(
                "budgetStart",
                Type::String,
                "The first day of the month in which the environment is first deployed.",
            )
            .default(""),
        );
    }
    if shape.residency {
        document.parameter(
            described(
                "allowedLocations",
                Type::Array,
                "The regions that data may be in; empty: all.",
            )
            .default(Value::Array(Vec::new())),
        );
    }
}

/// What some environment does not have is empty there.
fn secret(secret: &Secret, is_everywhere: bool) -> Parameter {
    let mut parameter = Parameter::new(&secret.parameter, Type::String).secure();
    if !is_everywhere {
        parameter = parameter.default("");
    }
    match secret.origin {
        Origin::Generated { .. } => parameter,
        Origin::Supplied => parameter.description(format!("The value of {}.", secret.variable)),
    }
}
