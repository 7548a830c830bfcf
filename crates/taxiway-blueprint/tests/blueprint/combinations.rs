//! Every combination of choices: each is generated, compiled, evaluated and judged without a remark, and a second run
//! changes nothing.
//!
//! `cargo test` takes combinations in which every two choices meet; with `TAXIWAY_ALL_COMBINATIONS` set it takes all.
//! `TAXIWAY_COMBINATIONS_TO` names a folder that gets the evaluated resources of each, for tools that judge them;
//! `TAXIWAY_TEMPLATES_TO` one that gets the template and the parameters of each, for a cloud that deploys them.

use std::fmt::Write as _;

use camino::{Utf8Path, Utf8PathBuf};
use serde_json::{Map, Value, json};
use taxiway_app::App;
use taxiway_arm::ResourceGroup;
use taxiway_bicep::compile_parameters;
use taxiway_blueprint::{files, plan_changes};
use taxiway_check::{Entry, Evaluated, Finding, Options, Run, Surroundings};
use taxiway_diagnostics::{Diagnostic, MemorySources, Sources};
use taxiway_platform::{Config, decide};

use crate::covering::covering;
use crate::evaluated::{evaluated, template};
use crate::sample::variable;

/// Whose settings and keys differ, and whose variables do.
const FRAMEWORK: [&str; 2] = ["django", "flask"];
const HOSTING: [&str; 2] = ["code", "container"];
const NETWORK: [&str; 4] = ["public", "private", "internal", "internal with vpn"];
const DATABASE: [&str; 7] = [
    "new",
    "new with standby",
    "external",
    "new with password",
    "new with pooler",
    "external with pooler",
    "none",
];
const CACHE: [&str; 2] = ["none", "redis"];
const STORAGE: [bool; 2] = [false, true];
const SIZE: [&str; 4] = ["dev", "small", "medium", "large"];
/// Each with a region of another kind: with a pair and zones, without a pair, unknown.
const ENVIRONMENT: [(&str, &str); 3] = [
    ("dev", "eastasia"),
    ("production", "swedencentral"),
    ("qa-2", "italynorth"),
];

#[derive(Clone, Copy, Debug)]
struct Combination {
    framework: &'static str,
    hosting: &'static str,
    network: &'static str,
    database: &'static str,
    cache: &'static str,
    storage: bool,
    size: &'static str,
    environment: &'static str,
    region: &'static str,
}

/// All of them, in one order.
fn combinations() -> Vec<Combination> {
    let mut all = Vec::new();
    for hosting in HOSTING {
        for network in NETWORK {
            for database in DATABASE {
                for cache in CACHE {
                    for storage in STORAGE {
                        for size in SIZE {
                            for (environment, region) in ENVIRONMENT {
                                all.push(Combination {
                                    framework: FRAMEWORK[0],
                                    hosting,
                                    network,
                                    database,
                                    cache,
                                    storage,
                                    size,
                                    environment,
                                    region,
                                });
                            }
                        }
                    }
                }
            }
        }
    }
    all
}

impl Combination {
    fn name(self) -> String {
        let Self {
            framework,
            hosting,
            network,
            database,
            cache,
            storage,
            size,
            environment,
            region: _,
        } = self;
        let storage = if storage { "storage" } else { "none" };
        format!("{framework} {hosting} {network} {database} {cache} {storage} {size} {environment}")
            .replace(' ', "_")
    }

    /// What is chosen, in one order of the choices.
    fn choices(self) -> [String; 8] {
        [
            self.framework.to_owned(),
            self.hosting.to_owned(),
            self.network.to_owned(),
            self.database.to_owned(),
            self.cache.to_owned(),
            self.storage.to_string(),
            self.size.to_owned(),
            self.environment.to_owned(),
        ]
    }

    /// Burstable servers have neither a standby nor a pooler; that is refused.
    fn is_possible(self) -> bool {
        !(self.size == "dev" && ["new with standby", "new with pooler"].contains(&self.database))
    }

    /// What the rules rightly say of the choices themselves: the smallest size has one instance.
    fn accepted(self, environment: &str) -> &'static str {
        if self.size == "dev" && environment == "production" {
            "single-instance in production: the plan `asp-shop-production` has a single instance\n"
        } else {
            ""
        }
    }

    /// Managed certificates need a site that is reached from outside.
    fn binds_domains(self) -> bool {
        self.environment == "production" && !self.network.starts_with("internal")
    }

    fn config(self) -> String {
        let mut text = format!(
            "[app]\nname = \"shop\"\nowner = \"team@example.com\"\nhosting = \"{}\"\n{}",
            self.hosting,
            if self.database == "none" {
                "database = \"none\"\n"
            } else {
                ""
            }
        );
        if self.environment == "production" {
            text.push_str("data-residency = [\"swedencentral\", \"swedensouth\"]\n");
        }
        write!(
            text,
            "[environments.{}]\nregion = \"{}\"\nsize = \"{}\"\nnetwork = \"{}\"\ncache = \"{}\"\nstorage = {}\n",
            self.environment,
            self.region,
            self.size,
            self.network.split(' ').next().unwrap(),
            self.cache,
            self.storage,
        )
        .unwrap();
        if self.network.ends_with("vpn") {
            text.push_str("vpn = true\n");
        }
        if self.network == "public" && self.environment == "dev" {
            text.push_str("allowed-addresses = [\"203.0.113.7\", \"198.51.100.0/24\"]\n");
        }
        if self.environment == "dev" {
            text.push_str("background = false\n");
        }
        if self.binds_domains() {
            text.push_str(
                "domains = [\"shop.example.org\", \"www.shop.example.org\"]\nbind-domains = true\n",
            );
        }
        if self.environment != "dev" {
            text.push_str(
                "alerts = [\"team@example.com\"]\nbudget = { amount = 300, since = \"2026-12\" }\n",
            );
        }
        match self.database {
            "external" => text.push_str("database = { kind = \"external\" }\n"),
            "new with password" => text.push_str("database = { sign-in = \"password\" }\n"),
            "new with pooler" => text.push_str("database = { pooler = true }\n"),
            "external with pooler" => {
                text.push_str("database = { kind = \"external\", pooler = true }\n");
            }
            "new with standby" => text.push_str("database = { standby = true }\n"),
            _ => {}
        }
        text
    }
}

/// The application of a combination.
fn app_of(framework: &str) -> App {
    match framework {
        "flask" => flask(),
        _ => app(),
    }
}

/// An application that is no Django: its key has another name, and its library signs in to the database.
fn flask() -> App {
    let document = json!({"schema": "taxiway.detect/v1", "kind": "app", "services": [{
        "name": "shop", "root": ".", "app_dir": ".",
        "framework": {"name": "flask", "version": "3.1"},
        "interface": "wsgi", "entrypoint": "shop:create_app()",
        "python": {"version": "3.12"},
        "dependencies": {"manager": "pip", "manifests": ["requirements.txt"], "distributions": [
            {"name": "flask-sqlalchemy", "place": "requirements.txt:2"},
        ]},
        "database": {"engine": "postgresql", "config": "url", "env": ["DATABASE_URL"]},
        "migrations": {"tool": "flask-migrate"},
        "env": [
            {"name": "DATABASE_URL", "required": true, "secret": true},
            {"name": "REDIS_URL", "required": false, "secret": true},
            {"name": "SECRET_KEY", "required": true, "secret": true},
        ],
        "processes": [{"kind": "worker", "tool": "celery", "app": "shop", "places": ["shop/tasks.py:3"]}],
    }]});
    serde_json::from_value(document).unwrap()
}

fn app() -> App {
    let document = json!({"schema": "taxiway.detect/v1", "kind": "app", "services": [{
        "name": "shop", "root": ".", "app_dir": ".", "manage": "manage.py",
        "framework": {"name": "django", "version": "5.2"},
        "interface": "wsgi", "entrypoint": "shop.wsgi:application", "settings_module": "shop.settings",
        "python": {"version": "3.12"},
        "dependencies": {"manager": "pip", "manifests": ["requirements.txt"]},
        "env": [{"name": "REDIS_URL", "required": false, "secret": true}],
        "processes": [{"kind": "worker", "tool": "celery", "app": "shop", "places": ["shop/celery.py:3"]}],
        "media": {"storage": "local", "root": "media"},
    }]});
    serde_json::from_value(document).unwrap()
}

fn chosen() -> Vec<Combination> {
    let possible: Vec<Combination> = combinations()
        .into_iter()
        .filter(|it| it.is_possible())
        .collect();
    if variable("TAXIWAY_ALL_COMBINATIONS").is_some() {
        // Each once: whose application it is alternates.
        let of = |(index, combination): (usize, Combination)| Combination {
            framework: FRAMEWORK[index % FRAMEWORK.len()],
            ..combination
        };
        return possible.into_iter().enumerate().map(of).collect();
    }
    let possible: Vec<Combination> = FRAMEWORK
        .into_iter()
        .flat_map(|framework| {
            possible
                .iter()
                .map(move |it| Combination { framework, ..*it })
        })
        .collect();
    let choices: Vec<[String; 8]> = possible.iter().map(|it| it.choices()).collect();
    let chosen = covering(&choices);
    chosen.into_iter().map(|index| possible[index]).collect()
}

#[test]
fn every_combination_is_generated_compiled_and_evaluated() {
    let folder = variable("TAXIWAY_COMBINATIONS_TO");
    for combination in chosen() {
        let app = app_of(combination.framework);
        let name = combination.name();
        let config = Config::parse(&combination.config()).unwrap();
        let platform =
            decide(&app, &config).unwrap_or_else(|refused| panic!("{name}: {refused:?}"));
        let mut sources = MemorySources::new();
        let generated = files(&sources, &app, &platform);
        for change in plan_changes(&generated, &sources) {
            sources.insert(change.path, change.after.unwrap());
        }
        let again = plan_changes(&files(&sources, &app, &platform), &sources);
        let changed: Vec<&Utf8PathBuf> = again
            .iter()
            .filter(|change| change.is_change())
            .map(|change| &change.path)
            .collect();
        assert_eq!(changed, Vec::<&Utf8PathBuf>::new(), "{name}");
        let project = sources.read_text("taxiway_runtime/project.py".into());
        let keeps = format!(
            "KEEP_MEDIA = {}",
            if combination.storage { "True" } else { "False" }
        );
        // Uploads of other frameworks are their own business.
        let is_django = combination.framework == "django";
        assert_eq!(
            project.unwrap().contains(&keeps),
            is_django,
            "{keeps} in {name}"
        );
        let template = template(&sources);
        for environment in ["local", combination.environment] {
            let resources = evaluated(&template, &sources, "shop", environment);
            write_for_clouds(&name, combination.region, environment, &sources, &template);
            check(combination, environment, &resources);
            let found = findings(&sources, environment, combination.region);
            assert_eq!(found, combination.accepted(environment), "{name}");
            if let Some(folder) = &folder {
                let path = Utf8Path::new(folder).join(format!("{name}.{environment}.json"));
                std::fs::write(path, Value::from(resources).to_string()).unwrap();
            }
        }
        every_module_is_used(&sources, &name);
    }
}

/// Writes an environment into the folder that is named for clouds: see `scripts/deploy-combinations`.
pub(crate) fn write_for_clouds(
    name: &str,
    region: &str,
    environment: &str,
    sources: &MemorySources,
    template: &Value,
) {
    let Some(folder) = variable("TAXIWAY_TEMPLATES_TO") else {
        return;
    };
    let path = format!("infrastructure/bicep/main.{environment}.bicepparam");
    let secret = |name: &str| (!name.starts_with("TAXIWAY_")).then(|| "Only-4-this-run".to_owned());
    let parameters = compile_parameters(sources, path.as_str().into(), &secret);
    let deployment = json!({
        "location": region,
        "template": template,
        "parameters": parameters.parameters.unwrap()["parameters"],
    });
    let name = format!("{name}.{environment}.json");
    std::fs::write(Utf8Path::new(&folder).join(name), deployment.to_string()).unwrap();
}

/// What the rules find in an environment, also those that few ask for; a line each.
fn findings(sources: &MemorySources, environment: &str, region: &str) -> String {
    let mut text = String::new();
    for finding in judged(sources, environment, region) {
        let (code, diagnostic) = (finding.rule.code, finding.diagnostic);
        writeln!(text, "{code} in {environment}: {}", diagnostic.message).unwrap();
    }
    text
}

/// The findings of all rules.
pub(crate) fn judged(sources: &MemorySources, environment: &str, region: &str) -> Vec<Finding> {
    judge(sources, environment, region).unwrap_or_else(|errors| {
        panic!("{environment} is not judged: {errors:#?}");
    })
}

/// As [`judged`], or why nothing can be judged.
pub(crate) fn judge(
    sources: &MemorySources,
    environment: &str,
    region: &str,
) -> Result<Vec<Finding>, Vec<Diagnostic>> {
    let entry = Entry::new(format!(
        "infrastructure/bicep/main.{environment}.bicepparam"
    ));
    let around = Surroundings {
        variables: &|_| Some("a-value-for-the-test".to_owned()),
        resource_group: Some(ResourceGroup {
            name: environment.to_owned(),
            location: region.to_owned(),
            tags: Map::new(),
        }),
        ..Surroundings::none()
    };
    let evaluated = Evaluated::open(sources, &entry, &around)?;
    let options = Options {
        pedantic: true,
        ..Options::default()
    };
    let mut run = Run::new(sources, options);
    run.judge(&evaluated);
    Ok(run.finish())
}

/// What is written for the application and a `taxiway.toml`.
pub(crate) fn generated(config: &str) -> MemorySources {
    let app = app();
    let platform = decide(&app, &Config::parse(config).unwrap()).unwrap();
    let mut sources = MemorySources::new();
    let files = files(&sources, &app, &platform);
    for change in plan_changes(&files, &sources) {
        sources.insert(change.path, change.after.unwrap());
    }
    sources
}

/// The choices did what they name, and nothing else is there.
fn check(combination: Combination, environment: &str, resources: &[Value]) {
    let is_local = environment == "local";
    let count = |kind: &str| {
        let prefix = format!("{}@", kind.to_lowercase());
        let types = resources.iter().map(|it| it["type"].as_str().unwrap());
        types
            .filter(|kind| kind.to_lowercase().starts_with(&prefix))
            .count()
    };
    let present = |kind: &str, is_expected: bool| {
        let what = format!("{kind} in {environment} of {}", combination.name());
        assert_eq!(count(kind) > 0, is_expected, "{what}");
    };
    let in_azure = |is_chosen: bool| !is_local && is_chosen;
    let is_external = combination.database.starts_with("external");
    let has_database = combination.database != "none";
    present("Microsoft.Network/virtualNetworks", !is_local);
    present(
        "Microsoft.DBforPostgreSQL/flexibleServers",
        has_database && (is_local || !is_external),
    );
    present(
        "Microsoft.DBforPostgreSQL/flexibleServers/firewallRules",
        false,
    );
    let has_password = !is_local && combination.database.ends_with("password");
    present(
        "Microsoft.DBforPostgreSQL/flexibleServers/administrators",
        has_database && (is_local || !(is_external || has_password)),
    );
    present(
        "Microsoft.Cache/redisEnterprise",
        in_azure(combination.cache == "redis"),
    );
    present(
        "Microsoft.Storage/storageAccounts",
        in_azure(combination.storage),
    );
    present(
        "Microsoft.ContainerRegistry/registries",
        in_azure(combination.hosting == "container"),
    );
    present(
        "Microsoft.Network/virtualNetworkGateways",
        in_azure(combination.network.ends_with("vpn")),
    );
    present(
        "Microsoft.Authorization/locks",
        in_azure(environment == "production"),
    );
    present(
        "Microsoft.Insights/metricAlerts",
        in_azure(environment != "dev"),
    );
    present(
        "Microsoft.Consumption/budgets",
        in_azure(environment != "dev"),
    );
    present(
        "Microsoft.Authorization/policyAssignments",
        in_azure(environment == "production"),
    );
    let binds_domains = in_azure(combination.binds_domains());
    present("Microsoft.Web/sites/hostNameBindings", binds_domains);
    present("Microsoft.Web/certificates", binds_domains);
    let is_closed = in_azure(combination.network.starts_with("internal"));
    let site = resources.iter().find(|it| {
        it["type"]
            .as_str()
            .unwrap()
            .starts_with("Microsoft.Web/sites@")
    });
    let runs = is_local || environment != "dev";
    the_site_works_and_its_slot_does_not(combination, resources, runs);
    let access = &site.unwrap()["body"]["properties"]["publicNetworkAccess"];
    assert_eq!(access == "Disabled", is_closed, "{}", combination.name());
}

/// What runs beside the web process runs on the site and not on its slot, and that stays so in a swap.
fn the_site_works_and_its_slot_does_not(combination: Combination, resources: &[Value], runs: bool) {
    let name = combination.name();
    let settings = |kind: &str, what: &str| {
        let prefix = format!("{kind}@");
        let found = resources.iter().find(|it| {
            it["type"].as_str().unwrap().starts_with(&prefix)
                && it["name"].as_str().unwrap().ends_with(what)
        });
        let found = found.unwrap_or_else(|| panic!("{kind} {what} of {name}"));
        found["body"]["properties"].clone()
    };
    let site = settings("Microsoft.Web/sites/config", "/appsettings");
    let slot = settings("Microsoft.Web/sites/slots/config", "/appsettings");
    let sticky = settings("Microsoft.Web/sites/config", "/slotConfigNames");
    let values = [&site, &slot].map(|it| it["TAXIWAY_BACKGROUND"].as_str());
    let site = if runs { "on" } else { "off" };
    assert_eq!(values, [Some(site), Some("off")], "{name}");
    let sticky = sticky["appSettingNames"].as_array().unwrap();
    assert!(sticky.contains(&"TAXIWAY_BACKGROUND".into()), "{name}");
}

/// Only what the platform needs is written.
fn every_module_is_used(sources: &MemorySources, name: &str) {
    let files = sources.files();
    let bicep = files
        .iter()
        .filter(|path| path.extension() == Some("bicep"));
    let text: String = bicep.map(|path| sources.read_text(path).unwrap()).collect();
    let modules = Utf8Path::new("infrastructure/bicep/modules");
    for path in sources
        .files()
        .iter()
        .filter(|path| path.starts_with(modules))
    {
        let file = path.file_name().unwrap();
        let is_used = [format!("'modules/{file}'"), format!("'{file}'")];
        assert!(
            is_used.iter().any(|it| text.contains(it)),
            "{path} is of no use in {name}"
        );
    }
}
