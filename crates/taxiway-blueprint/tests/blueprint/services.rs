//! Two services of one repository, with everything that an environment can have besides.

use camino::Utf8Path;
use taxiway_app::App;
use taxiway_blueprint::files;
use taxiway_diagnostics::{MemorySources, Sources};
use taxiway_platform::{Config, Platform, decide};

use crate::combinations::{judged, write_for_clouds};
use crate::evaluated::{evaluated, template};
use crate::sample::{folder, variable};

fn two() -> App {
    let text =
        std::fs::read_to_string(folder("two").join("app.json")).expect("the sample is there");
    serde_json::from_str(&text).expect("it is an app")
}

/// What production says besides, each with a part of the infrastructure that the sample has not.
const PRODUCTIONS: [&str; 8] = [
    "",
    "network = \"internal\"\nvpn = true\n",
    "network = \"private\"\nstorage = true\ncache = \"redis\"\n",
    "size = \"medium\"\nalerts = [\"ops@example.com\"]\nbudget = { amount = 500, since = \"2026-12\" }\n",
    "domains = [\"shop.example.com\"]\nbind-domains = true\n[environments.production.services.notes]\ndomains = [\"notes.example.com\"]\nbind-domains = true\n",
    "size = \"small\"\n[environments.production.database]\npooler = true\nsign-in = \"password\"\n",
    "[environments.production.database]\nkind = \"external\"\n",
    "[environments.production.database]\nkind = \"external\"\npooler = true\n[environments.staging]\n",
];

fn platform(service: &str, production: &str) -> Platform {
    let config = format!(
        "[app]\nname = \"shop\"\nroot = \"shop\"\nsecrets = [\"STRIPE_SECRET_KEY\"]\n[variables]\nEMAIL_HOST = \"smtp.example.com\"\n\
         [services.notes]\nroot = \"notes\"\n{service}[environments.production]\n{production}"
    );
    let config = Config::parse(&config).unwrap_or_else(|found| panic!("{config}\n{found:?}"));
    decide(&two(), &config).unwrap_or_else(|found| panic!("{production}: {found:?}"))
}

fn sources(platform: &Platform) -> MemorySources {
    let files = files(&MemorySources::new(), &two(), platform);
    files.into_iter().map(|it| (it.path, it.text)).collect()
}

/// Every module that is written is used, compiles alone, and gives each site what it needs, once.
#[test]
fn whatever_an_environment_has_it_has_for_both() {
    for service in ["", "database = \"shared\"\n", "database = \"none\"\n"] {
        let enough = if service.is_empty() { 8 } else { 1 };
        for production in PRODUCTIONS.into_iter().rev().take(enough) {
            let platform = platform(service, production);
            let sources = sources(&platform);
            let main = sources
                .read_text(Utf8Path::new("infrastructure/bicep/main.bicep"))
                .unwrap();
            for path in sources.files() {
                if path.extension() != Some("bicep") {
                    continue;
                }
                let found = taxiway_bicep::compile(&sources, &path).diagnostics;
                assert_eq!(found, [], "{path} with {service}{production}");
                let text = sources.read_text(&path).unwrap();
                let is_laid_out = taxiway_bicep::format(&text) == text;
                assert!(is_laid_out, "{path} with {service}{production}");
                let name = path.file_name().unwrap();
                let is_used = name == "main.bicep"
                    || name == "domain-tls.bicep"
                    || main.contains(&format!("'modules/{name}'"));
                assert!(is_used, "{path} with {service}{production}");
            }
            let template = template(&sources);
            for environment in &platform.environments {
                let resources = evaluated(&template, &sources, "shop", &environment.name);
                write_for_tools(&resources);
                let count = |kind: &str| {
                    let prefix = format!("{kind}@");
                    let types = resources.iter().map(|it| it["type"].as_str().unwrap());
                    types.filter(|it| it.starts_with(&prefix)).count()
                };
                assert_eq!(count("Microsoft.Web/serverfarms"), 1);
                assert_eq!(count("Microsoft.Web/sites"), 2);
                assert_eq!(count("Microsoft.Web/sites/slots"), 2);
                assert_eq!(count("Microsoft.KeyVault/vaults"), 1);
                let is_external =
                    production.contains("external") && environment.name == "production";
                let databases = match service {
                    _ if is_external => 0,
                    "" => 2,
                    _ => 1,
                };
                let kind = "Microsoft.DBforPostgreSQL/flexibleServers/databases";
                assert_eq!(count(kind), databases, "{service}{production}");
                let tests = usize::from(environment.name == "production") * 2;
                let tests = if production.contains("internal") {
                    0
                } else {
                    tests
                };
                assert_eq!(count("Microsoft.Insights/webtests"), tests, "{production}");
            }
        }
    }
}

/// What a further service has of its own, where its code asks for it: Redis, and containers for its uploads.
#[test]
fn a_further_service_has_a_redis_and_containers_of_its_own() {
    for (profile, zones) in [("public", 1), ("private", 3), ("internal", 4)] {
        let platform = with_redis(profile);
        let sources = sources(&platform);
        for path in (sources.files().into_iter()).filter(|it| it.extension() == Some("bicep")) {
            let found = taxiway_bicep::compile(&sources, &path).diagnostics;
            assert_eq!(found, [], "{path} in {profile}");
            let text = sources.read_text(&path).unwrap();
            assert_eq!(taxiway_bicep::format(&text), text, "{path}");
        }
        let template = template(&sources);
        for environment in ["local", "production"] {
            let found = judged(&sources, environment, REGION);
            let found: Vec<&str> = found
                .iter()
                .map(|it| it.diagnostic.message.as_str())
                .collect();
            assert_eq!(found, [""; 0], "{environment} in {profile}");
            let name = format!("services-{profile}");
            write_for_clouds(&name, REGION, environment, &sources, &template);
        }
        let resources = evaluated(&template, &sources, "shop", "production");
        write_for_tools(&resources);
        let names = |kind: &str| -> Vec<String> {
            let of_kind = resources.iter().filter(|it| {
                let (known, _) = it["type"].as_str().unwrap().split_once('@').unwrap();
                known == kind
            });
            of_kind
                .map(|it| it["name"].as_str().unwrap().to_owned())
                .collect()
        };
        let caches = names("Microsoft.Cache/redisEnterprise");
        assert_eq!(caches.len(), 2, "{caches:?}");
        assert!(
            caches[1].starts_with("amr-shop-notes-production-"),
            "{caches:?}"
        );
        let containers = names("Microsoft.Storage/storageAccounts/blobServices/containers");
        let containers: Vec<&str> = containers
            .iter()
            .filter_map(|it| it.rsplit('/').next())
            .collect();
        assert_eq!(
            containers,
            ["media", "static", "notes-media", "notes-static"]
        );
        let found = names("Microsoft.Network/privateDnsZones").len();
        // Besides, that of the database.
        assert_eq!(found, zones + 1, "{profile}");
    }
}

const REGION: &str = "swedencentral";

/// Both services need Redis, and an environment keeps files.
fn with_redis(profile: &str) -> Platform {
    let mut app = two();
    for service in &mut app.services {
        let backing = serde_json::json!({"kind": "redis", "required": true, "env": ["QUEUE_URL"], "places": []});
        service.backing = vec![serde_json::from_value(backing).expect("a Redis")];
    }
    let config = format!(
        "[app]\nname = \"shop\"\nroot = \"shop\"\nsecrets = [\"STRIPE_SECRET_KEY\"]\n[variables]\nEMAIL_HOST = \"smtp.example.com\"\n\
         [services.notes]\nroot = \"notes\"\n[environments.production]\nnetwork = \"{profile}\"\nstorage = true\n"
    );
    let config = Config::parse(&config).expect("it is as asked for");
    decide(&app, &config).unwrap_or_else(|found| panic!("{found:?}"))
}

/// Each name of a resource is there once: what two sites have of one kind is called differently.
#[test]
fn no_two_resources_have_one_name() {
    let of = |production| platform("", production);
    let redis = ["public", "private", "internal"].map(with_redis);
    for platform in PRODUCTIONS.into_iter().map(of).chain(redis) {
        let sources = sources(&platform);
        let template = template(&sources);
        let mut seen = std::collections::BTreeSet::new();
        for resource in evaluated(&template, &sources, "shop", "production") {
            let name = resource["name"].as_str().unwrap().to_owned();
            let kind = resource["type"].as_str().unwrap();
            // What extends another resource is named by what it does to that one; a host name is bound twice on purpose.
            let is_extension = [
                "diagnosticSettings",
                "/locks@",
                "roleAssignments",
                "hostNameBindings",
            ]
            .iter()
            .any(|it| kind.contains(it));
            let is_known = !name.starts_with('[') && !is_extension;
            let line = format!("{kind} {name}");
            assert!(
                !is_known || seen.insert(line.clone()),
                "{line} is there twice"
            );
        }
    }
}

/// Writes the resources into the folder that is named for those of all combinations: see `scripts/azure-types`.
fn write_for_tools(resources: &[serde_json::Value]) {
    static COUNT: std::sync::atomic::AtomicUsize = std::sync::atomic::AtomicUsize::new(0);
    if let Some(folder) = variable("TAXIWAY_COMBINATIONS_TO") {
        let number = COUNT.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
        let path = Utf8Path::new(&folder).join(format!("services-{number}.json"));
        let text = serde_json::to_string(resources).expect("resources are JSON");
        std::fs::write(path, text).expect("it can be written");
    }
}
