//! The text of `taxiway.toml` as a [`Config`], or everything that is wrong with it.

use indexmap::IndexMap;
use taxiway_diagnostics::{Diagnostic, Span};
use toml::de::{DeTable, DeValue};

use super::reader::{Reader, in_order, to_span, value_span};
use super::{
    AllowedFinding, AppConfig, CheckConfig, CloudRunSettings, Config, DatabaseChoice,
    DeliverySettings, EnvironmentSettings, ProgramSettings, Setting,
};
use crate::{Container, Hosting, Pipeline, Repository, Tool, naming};

pub(super) fn parse(text: &str) -> Result<Config, Vec<Diagnostic>> {
    let mut reader = Reader::new(text);
    let (document, errors) = DeTable::parse_recoverable(text);
    if !errors.is_empty() {
        for error in errors {
            let span = error.span().map_or(Span::at(0), to_span);
            reader.error("config-syntax", span, error.message().to_owned());
        }
        return Err(reader.diagnostics);
    }
    let config = reader.config(document.get_ref());
    if reader.diagnostics.is_empty() {
        Ok(config)
    } else {
        reader
            .diagnostics
            .sort_by(|one, other| one.sort_key().cmp(&other.sort_key()));
        Err(reader.diagnostics)
    }
}

impl Reader {
    fn config(&mut self, document: &DeTable<'_>) -> Config {
        self.keys(
            document,
            "taxiway.toml",
            &[
                "app",
                "variables",
                "delivery",
                "background",
                "services",
                "environments",
                "check",
            ],
        );
        let services = self.services(document);
        let environments = self.environments(document);
        self.only_known(document, &services);
        Config {
            app: self
                .table(document, "app")
                .map(|table| self.app(table))
                .unwrap_or_default(),
            variables: self.variables(document),
            delivery: self
                .table(document, "delivery")
                .map(|table| self.delivery(table))
                .unwrap_or_default(),
            background: self.background(document, "background"),
            services,
            environments,
            check: self
                .table(document, "check")
                .map(|table| self.check(table))
                .unwrap_or_default(),
        }
    }

    fn check(&mut self, table: &DeTable<'_>) -> CheckConfig {
        self.keys(table, "[check]", &["allow"]);
        let Some(value) = table.get("allow") else {
            return CheckConfig::default();
        };
        let Some(items) = value.get_ref().as_array() else {
            self.wrong_type(value, "a list of tables");
            return CheckConfig::default();
        };
        let mut allow = Vec::new();
        for item in items {
            match item.get_ref().as_table() {
                Some(table) => allow.extend(self.allowed(table, to_span(item.span()))),
                None => self.wrong_type(item, "a table"),
            }
        }
        CheckConfig { allow }
    }

    /// An accepted finding; one without a reason is none.
    fn allowed(&mut self, table: &DeTable<'_>, span: Span) -> Option<AllowedFinding> {
        self.keys(table, "[[check.allow]]", &["rule", "reason", "resource"]);
        for key in ["rule", "reason"] {
            if table.get(key).is_none() {
                let message = format!("[[check.allow]] needs `{key}`");
                self.error("config-value", span, message);
            }
        }
        let (rule, reason) = (self.text(table, "rule"), self.text(table, "reason"));
        let resource = self.text(table, "resource");
        Some(AllowedFinding {
            rule: rule?,
            reason: reason?,
            resource,
        })
    }

    fn app(&mut self, table: &DeTable<'_>) -> AppConfig {
        self.keys(
            table,
            "[app]",
            &[
                "name",
                "owner",
                "cost-centre",
                "data-classification",
                "hosting",
                "database",
                "data-residency",
                "root",
                "build-frontend",
                "secrets",
            ],
        );
        AppConfig {
            name: self.text(table, "name"),
            owner: self.text(table, "owner"),
            cost_centre: self.text(table, "cost-centre"),
            data_classification: self.text(table, "data-classification"),
            hosting: self.hosting(table),
            database: self.choice(
                table,
                "database",
                [
                    ("postgresql", DatabaseChoice::Postgresql),
                    ("none", DatabaseChoice::None),
                ],
            ),
            data_residency: self.regions(table, "data-residency"),
            root: self.folder(table, "root"),
            build_frontend: self.switch(table, "build-frontend"),
            secrets: self.texts(table, "secrets", secret_problem),
        }
    }

    fn delivery(&mut self, table: &DeTable<'_>) -> DeliverySettings {
        self.keys(
            table,
            "[delivery]",
            &[
                "pipeline",
                "container",
                "repository",
                "branch",
                "deploy-with",
                "taxiway",
                "code-owners",
                "approvers",
                "cloud-run",
            ],
        );
        let branch = self.text(table, "branch");
        if let Some(branch) = branch.as_ref().filter(|branch| !is_branch(&branch.value)) {
            let message = format!("`{}` is no name of a branch", branch.value);
            self.error("config-value", value_span(table, "branch"), message);
        }
        DeliverySettings {
            repository: self.repository(table),
            pipeline: self.choice(
                table,
                "pipeline",
                [
                    ("github", Pipeline::Github),
                    ("cloud-build", Pipeline::CloudBuild),
                    ("none", Pipeline::None),
                ],
            ),
            container: self.choice(
                table,
                "container",
                [("docker", Container::Docker), ("none", Container::None)],
            ),
            branch,
            deploy_with: self.choice(
                table,
                "deploy-with",
                [("taxiway", Tool::Taxiway), ("azure-cli", Tool::AzureCli)],
            ),
            taxiway: self.program(table),
            code_owners: self.texts(table, "code-owners", |owner| {
                (!is_owner(owner)).then(|| {
                    format!("`{owner}` is neither a user nor a team of GitHub: `@user`, `@organisation/team`")
                })
            }),
            approvers: self.texts(table, "approvers", |address| {
                (!is_address(address)).then(|| {
                    format!("`{address}` is no e-mail address of a signature: `ada@example.com`")
                })
            }),
            cloud_run: self.cloud_run(table),
        }
    }

    fn cloud_run(&mut self, delivery: &DeTable<'_>) -> Option<CloudRunSettings> {
        let table = self.table(delivery, "cloud-run")?;
        self.keys(table, "[delivery.cloud-run]", &["region", "sql-instance"]);
        let settings = CloudRunSettings {
            region: self.text(table, "region"),
            sql_instance: self.text(table, "sql-instance"),
        };
        for (key, setting, kind) in [
            (
                "region",
                &settings.region,
                "region of Google Cloud: `europe-west4`",
            ),
            (
                "sql-instance",
                &settings.sql_instance,
                "name of a Cloud SQL instance",
            ),
        ] {
            if let Some(written) = setting.as_ref().filter(|it| !is_google_name(&it.value)) {
                let message = format!("`{}` is no {kind}", written.value);
                self.error("config-value", value_span(table, key), message);
            }
        }
        Some(settings)
    }

    fn repository(&mut self, table: &DeTable<'_>) -> Option<Setting<Repository>> {
        let written = self.text(table, "repository")?;
        let repository = Repository::parse(&written.value);
        if repository.is_none() {
            let message = format!(
                "`{}` is neither `OWNER/NAME` nor `OWNER@ID/NAME@ID`",
                written.value
            );
            self.error("config-value", value_span(table, "repository"), message);
        }
        Some(Setting {
            value: repository?,
            place: written.place,
        })
    }

    /// Without a checksum nobody would notice another program under the same address.
    fn program(&mut self, delivery: &DeTable<'_>) -> Option<ProgramSettings> {
        let table = self.table(delivery, "taxiway")?;
        self.keys(table, "[delivery.taxiway]", &["url", "sha256"]);
        let (url, sha256) = (self.text(table, "url"), self.text(table, "sha256"));
        let (Some(url), Some(sha256)) = (url, sha256) else {
            let message = "`[delivery.taxiway]` needs `url` and `sha256`".to_owned();
            self.error("config-value", value_span(delivery, "taxiway"), message);
            return None;
        };
        let is_url = url.value.strip_prefix("https://").is_some_and(|rest| {
            !rest.is_empty()
                && rest
                    .chars()
                    .all(|it| it.is_ascii_alphanumeric() || "-._~/%+@:".contains(it))
        });
        if !is_url {
            let message = format!("`{}` is no address that begins with https://", url.value);
            self.error("config-value", value_span(table, "url"), message);
        }
        let is_digest = sha256.value.len() == 64
            && sha256
                .value
                .bytes()
                .all(|it| it.is_ascii_digit() || (b'a'..=b'f').contains(&it));
        if !is_digest {
            let message = format!("`{}` is not 64 digits of 0-9 and a-f", sha256.value);
            self.error("config-value", value_span(table, "sha256"), message);
        }
        Some(ProgramSettings { url, sha256 })
    }

    /// Container Apps are told apart from a misspelling.
    fn hosting(&mut self, table: &DeTable<'_>) -> Option<Setting<Hosting>> {
        let is_container_apps = table
            .get("hosting")
            .and_then(|value| value.get_ref().as_str())
            .is_some_and(|hosting| hosting == "container-apps");
        if is_container_apps {
            self.error(
                "hosting-not-supported",
                value_span(table, "hosting"),
                "Azure Container Apps are not supported: rollouts need the deployment slots of App Service".to_owned(),
            );
            return None;
        }
        self.choice(
            table,
            "hosting",
            [("code", Hosting::Code), ("container", Hosting::Container)],
        )
    }

    fn environments(&mut self, document: &DeTable<'_>) -> IndexMap<String, EnvironmentSettings> {
        let mut environments = IndexMap::new();
        let Some(tables) = self.table(document, "environments") else {
            return environments;
        };
        for (name, value) in in_order(tables) {
            let span = to_span(name.span());
            let name = name.get_ref().as_ref();
            if let Some(problem) = naming::environment_problem(name) {
                let message = format!("environment `{name}` has a name that is {problem}");
                self.error("environment-name", span, message);
            }
            let Some(table) = value.get_ref().as_table() else {
                self.wrong_type(value, "a table");
                continue;
            };
            let settings = self.environment(name, table, self.place(span));
            environments.insert(name.to_owned(), settings);
        }
        environments
    }

    pub(super) fn variables(&mut self, table: &DeTable<'_>) -> IndexMap<String, Setting<String>> {
        let mut variables = IndexMap::new();
        let Some(entries) = self.table(table, "variables") else {
            return variables;
        };
        for (name, value) in in_order(entries) {
            let span = to_span(name.span());
            let name = name.get_ref().as_ref();
            if !is_variable_name(name) {
                let message = format!("`{name}` is no name of a variable");
                self.error("variable-name", span, message);
            } else if is_platforms_own(name) {
                let message = format!("`{name}` is set by the platform");
                self.error("variable-of-the-platform", span, message);
            }
            let text = match value.get_ref() {
                DeValue::String(text) => text.to_string(),
                DeValue::Integer(number) if number.radix() == 10 => number.as_str().to_owned(),
                DeValue::Boolean(value) => value.to_string(),
                _ => {
                    self.wrong_type(value, "a string");
                    continue;
                }
            };
            let place = self.place(span);
            variables.insert(name.to_owned(), Setting { value: text, place });
        }
        variables
    }
}

/// What is wrong with the name of a variable that holds a credential, if anything.
pub(super) fn secret_problem(name: &str) -> Option<String> {
    if is_platforms_own(name) {
        return Some(format!("`{name}` is set by the platform"));
    }
    (!is_variable_name(name)).then(|| format!("`{name}` is no name of a variable"))
}

/// App Service passes only such names to Linux processes unchanged. Source: Azure App Service, app settings.
fn is_variable_name(name: &str) -> bool {
    name.starts_with(|first: char| first.is_ascii_alphabetic() || first == '_')
        && name
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
}

/// Names that mean something to App Service, or that the generated settings own.
fn is_platforms_own(name: &str) -> bool {
    const OWN: [&str; 4] = [
        "PORT",
        "DATABASE_URL",
        "DJANGO_SETTINGS_MODULE",
        "SCM_DO_BUILD_DURING_DEPLOYMENT",
    ];
    OWN.contains(&name)
        || ["WEBSITE_", "WEBSITES_", "TAXIWAY_", "APPSETTING_"]
            .iter()
            .any(|prefix| name.starts_with(prefix))
}

/// Regions, and names of instances. Source: Cloud SQL Admin API v1, instances.insert.
fn is_google_name(name: &str) -> bool {
    name.starts_with(|first: char| first.is_ascii_lowercase())
        && name.len() <= 98
        && name
            .bytes()
            .all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-')
}

/// A branch whose name needs no quotes anywhere. Source: Git, git-check-ref-format.
fn is_branch(name: &str) -> bool {
    !name.starts_with(['/', '-', '.'])
        && !name.ends_with(['/', '.'])
        && !name.contains("..")
        && name
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || b"-_./".contains(&byte))
}

/// Source: GitHub, about code owners.
fn is_owner(name: &str) -> bool {
    let is_part = |part: &str| {
        !part.is_empty()
            && part
                .bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte))
    };
    name.strip_prefix('@')
        .is_some_and(|name| name.split('/').count() <= 2 && name.split('/').all(is_part))
}

/// Only what cannot be mistaken for something else in a list, or by a shell.
fn is_address(address: &str) -> bool {
    let Some((name, host)) = address.split_once('@') else {
        return false;
    };
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b"._+-".contains(&byte);
    !name.is_empty() && name.bytes().all(is_plain) && is_host_name(host)
}

pub(super) fn is_host_name(name: &str) -> bool {
    let is_label = |label: &str| {
        (1..=63).contains(&label.len())
            && !label.starts_with('-')
            && !label.ends_with('-')
            && label
                .bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
    };
    name.contains('.') && name.len() <= 253 && name.split('.').all(is_label)
}

#[cfg(test)]
mod tests {
    use taxiway_diagnostics::LineIndex;

    use super::*;
    use crate::Size;

    fn check(text: &str) -> String {
        let lines = LineIndex::new(text);
        match Config::parse(text) {
            Ok(_) => "fine".to_owned(),
            Err(diagnostics) => diagnostics
                .iter()
                .map(|diagnostic| {
                    let span = diagnostic.location.as_ref().unwrap().span;
                    let (line, column) = lines.line_column(text, span.start);
                    let help = diagnostic.help.as_deref().unwrap_or("");
                    format!(
                        "{line}:{column} {}: {} | {help}\n",
                        diagnostic.code, diagnostic.message
                    )
                })
                .collect(),
        }
    }

    #[test]
    fn every_value_keeps_its_line() {
        let config = Config::parse(
            "[app]\nname = \"shop\"\nsecrets = [\"STRIPE_KEY\"]\n\n[variables]\nPAGE_SIZE = 20\n\n\
             [environments.staging]\n\n[environments.production]\nregion = \"westeurope\"\nsize = \"medium\"\n\
             domains = [\"shop.example\"]\ndatabase = { version = \"17\", storage = 128 }\n",
        )
        .unwrap();
        assert_eq!(config.app.secrets[0].place.to_string(), "taxiway.toml:3");
        assert_eq!(config.variables["PAGE_SIZE"].value, "20");
        let names: Vec<_> = config.environments.keys().collect();
        assert_eq!(names, ["staging", "production"]);
        let production = &config.environments["production"];
        assert_eq!(production.size.as_ref().unwrap().value, Size::Medium);
        assert_eq!(production.database.storage.as_ref().unwrap().value, 128);
        assert_eq!(
            production.region.as_ref().unwrap().place.to_string(),
            "taxiway.toml:11"
        );
    }

    #[test]
    fn everything_that_is_wrong_is_said_at_once() {
        insta::assert_snapshot!(
            check("[app]\nnmae = \"shop\"\ncolour = 1\n\n[environments.production]\nregoin = \"x\"\nregion = \"Sweden Central\"\nsize = \"smal\"\npython = 3.12\ndomains = [\"https://a.example\"]\n[environments.production.database]\nstorage = 33\nbackup-days = 3\nsku = \"B1\"\n[environments.Prod]\n[variables]\nWEBSITE_X = \"1\"\n"),
            @r"
    2:1 unknown-key: [app] has no key `nmae` | did you mean `name`?
    3:1 unknown-key: [app] has no key `colour` | its keys are name, owner, cost-centre, data-classification, hosting, database, data-residency, root, build-frontend, secrets
    6:1 unknown-key: [environments.production] has no key `regoin` | did you mean `region`?
    7:10 unknown-region: there is no region `Sweden Central` | did you mean `swedencentral`?
    8:8 config-value: `size` is one of dev, small, medium, large, not `smal` | did you mean `small`?
    9:10 config-type: expected a string, found float | 
    10:12 config-value: `https://a.example` is no host name: write it without scheme, port and path | 
    12:11 config-value: 33 GiB is no disk size; there are 32, 64, 128, 256, 512, 1024, 2048, 4095, 4096, 8192, 16384, 32767 | 
    13:15 config-value: 3 days are not from 7 to 35 | 
    14:7 database-sku: `B1` is no compute size of PostgreSQL | 
    15:15 environment-name: environment `Prod` has a name that is not made of lower-case letters and digits with single hyphens between | 
    17:1 variable-of-the-platform: `WEBSITE_X` is set by the platform |
    "
        );
    }

    #[test]
    fn findings_are_accepted_with_a_reason() {
        let text = "[[check.allow]]\nrule = \"single-instance\"\nreason = \"a pilot\"\n";
        let config = Config::parse(text).unwrap();
        assert_eq!(
            config.check.allow[0].rule.place.to_string(),
            "taxiway.toml:2"
        );
        insta::assert_snapshot!(
            check("[[check.allow]]\nrule = \"single-instance\"\n\n[[check.allow]]\nrule = \"x\"\nreason = \"\"\nwhy = 1\n"),
            @r"
        1:1 config-value: [[check.allow]] needs `reason` | 
        6:10 config-value: `reason` is empty | 
        7:1 unknown-key: [[check.allow]] has no key `why` | its keys are rule, reason, resource
        "
        );
    }

    #[test]
    fn a_process_has_a_plain_name_and_a_plain_command() {
        insta::assert_snapshot!(
            check("[background.Celery_1]\ncommand = \"celery worker | tee log\"\nsingel = true\n[background]\nbeat = 1\n"),
            @"
        1:13 background-name: `Celery_1` is no name of a process: lower-case letters, digits and single hyphens between, 32 at most | 
        2:11 config-value: a shell's quotes, variables and pipes mean nothing here: put them into a script, and name that | 
        3:1 unknown-key: [background.Celery_1] has no key `singel` | did you mean `single`?
        5:8 config-type: expected a table, found integer |
        "
        );
    }

    #[test]
    fn a_service_has_a_name_of_its_own_and_a_folder() {
        insta::assert_snapshot!(
            check("[services.Gate_Way]\nroot = \"gateway\"\n[services.database]\nroot = \"api/\"\n[services.gateway]\ndatabase = \"own\"\nport = 1\n[services]\napi = 1\n[environments.production.services.gatewy]\ndomains = [\"x\"]\n"),
            @"
        1:11 service-name: service `Gate_Way` has a name that is without a lower-case letter at its start | 
        3:11 service-name: service `database` has a name that is taken by something else in the infrastructure | 
        5:11 missing-key: [services.gateway] lacks `root`, its folder | 
        6:12 config-value: `database` is one of postgresql, shared, none, not `own` | 
        7:1 unknown-key: [services.gateway] has no key `port` | did you mean `root`?
        9:7 config-type: expected a table, found integer | 
        10:35 unknown-service: [environments.production.services.gatewy] is about a service that [services] does not name | 
        11:12 config-value: `x` is no host name: write it without scheme, port and path |
        "
        );
    }

    #[test]
    fn off_hours_are_two_times_of_day() {
        insta::assert_snapshot!(
            check("[environments.a.off-hours]\nfrom = \"7 pm\"\nuntil = \"24:00\"\n[environments.b.off-hours]\nfrom = \"19:00\"\ntill = \"05:00\"\n[environments.c.off-hours]\nfrom = \"19:00\"\n"),
            @"
        2:8 config-value: `7 pm` is no time of day: write it as 19:30, in UTC | 
        3:9 config-value: `24:00` is no time of day: write it as 19:30, in UTC | 
        5:1 missing-key: [environments.b.off-hours] lacks `until` | 
        6:1 unknown-key: [environments.b.off-hours] has no key `till` | its keys are from, until
        8:1 missing-key: [environments.c.off-hours] lacks `until` |
        "
        );
    }

    #[test]
    fn what_is_no_toml_is_said_with_its_place() {
        insta::assert_snapshot!(check("[app\nname = \"shop\"\n"), @"1:5 config-syntax: unclosed table, expected `]` | ");
    }
}
