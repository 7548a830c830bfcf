//! The modules of a platform with several sites.
//!
//! With one site, its plan is in one module with it, and its alerts are in one with those of everything else. With several, the
//! same declarations are sorted into modules that are there once and modules that each site uses: nothing is said twice, here
//! or in what is written.

const APP_SERVICE: &str = include_str!("../../files/bicep/modules/app-service.bicep");
const ALERTS: &str = include_str!("../../files/bicep/modules/alerts.bicep");
const DOMAINS: &str = include_str!("../../files/bicep/modules/domains.bicep");
const POSTGRESQL: &str = include_str!("../../files/bicep/modules/postgresql.bicep");
const PRIVATE_ENDPOINT: &str = include_str!("../../files/bicep/modules/private-endpoint.bicep");
const SITE_ENDPOINTS: &str = include_str!("../../files/bicep/modules/site-endpoints.bicep");
const REDIS: &str = include_str!("../../files/bicep/modules/redis.bicep");
const STORAGE: &str = include_str!("../../files/bicep/modules/storage.bicep");
const KEY_VAULT: &str = include_str!("../../files/bicep/modules/key-vault.bicep");
const WORKBOOK: &str = include_str!("../../files/bicep/modules/workbook.bicep");
const POSTGRESQL_DATABASE: &str =
    include_str!("../../files/bicep/several/postgresql-database.bicep");
const SECRET_ACCESS: &str = include_str!("../../files/bicep/several/secret-access.bicep");

/// What the vault has where one identity reads all of it.
const OF_ONE_READER: [&str; 4] = [
    "readerPrincipalId",
    "secretsUserId",
    "secretsUser",
    "readerAssignment",
];

/// What only the plan needs of the module with plan and site.
const OF_THE_PLAN: [&str; 5] = [
    "planSku",
    "instances",
    "zoneRedundant",
    "planMetrics",
    "planId",
];
/// What both need.
const OF_BOTH: [&str; 5] = ["location", "tags", "planName", "workspaceId", "plan"];

/// What a private zone has that is there once for several endpoints.
const OF_A_ZONE: [&str; 3] = ["networkId", "zone", "zoneLink"];

/// What each service has of its own in the storage account, and what both need.
const OF_THE_FILES: [&str; 9] = [
    "writerPrincipalId",
    "containers",
    "blobContainers",
    "blobDataContributorId",
    "blobDataContributor",
    "writerAssignments",
    "blobDelegatorId",
    "blobDelegator",
    "delegatorAssignment",
];

/// What each site has of its own among the alerts.
const OF_A_SITE: [&str; 10] = [
    "location",
    "workspaceId",
    "siteId",
    "healthPath",
    "testHost",
    "requests",
    "rates",
    "rateAlerts",
    "test",
    "unreachable",
];
/// What its alerts need besides.
const SHARED_BY_ALERTS: [&str; 6] = [
    "tags",
    "environmentName",
    "groupName",
    "componentId",
    "people",
    "metricAlerts",
];

/// What stands in the place of a module for one site, by file; `None` where that stays as it is.
pub(super) fn instead_of(file: &str) -> Option<Vec<(&'static str, String)>> {
    match file {
        "app-service.bicep" => Some(vec![("plan.bicep", plan()), ("site.bicep", site())]),
        "alerts.bicep" => Some(vec![
            ("alerts.bicep", alerts()),
            ("site-alerts.bicep", site_alerts()),
        ]),
        "postgresql.bicep" => Some(vec![("postgresql.bicep", server())]),
        "domains.bicep" => Some(vec![("domains.bicep", domains())]),
        "key-vault.bicep" => Some(vec![
            ("key-vault.bicep", vault()),
            ("secret-access.bicep", SECRET_ACCESS.to_owned()),
        ]),
        "private-endpoint.bicep" => Some(vec![
            ("private-endpoint.bicep", private_endpoint()),
            ("private-zone.bicep", private_zone()),
        ]),
        "redis.bicep" => Some(vec![("redis.bicep", redis())]),
        "site-endpoints.bicep" => Some(vec![("site-endpoints.bicep", site_endpoints())]),
        "storage.bicep" => Some(vec![
            ("storage.bicep", storage()),
            ("storage-access.bicep", storage_access()),
        ]),
        "workbook.bicep" => Some(vec![("workbook.bicep", workbook())]),
        _ => None,
    }
}

/// A further database of the server.
pub(super) const fn database() -> (&'static str, &'static str) {
    ("postgresql-database.bicep", POSTGRESQL_DATABASE)
}

fn plan() -> String {
    let text = select(
        APP_SERVICE,
        "// The plan: the instances that all sites share.",
        |declaration| {
            let symbol = declaration.symbol;
            (OF_THE_PLAN.contains(&symbol) || OF_BOTH.contains(&symbol))
                .then(|| declaration.text.to_owned())
        },
    );
    text.replace("that the site writes to", "that the plan writes to")
}

fn site() -> String {
    select(
        APP_SERVICE,
        "// A site on the plan, and its slot `staging`, into which a release goes before it is swapped in.",
        |declaration| match declaration.symbol {
            "plan" => Some(declaration.existing("planName")),
            symbol => (!OF_THE_PLAN.contains(&symbol)).then(|| declaration.text.to_owned()),
        },
    )
}

/// The metric of a site that is watched, in the list of all.
fn unhealthy() -> &'static str {
    let start = ALERTS.find("  {\n    name: 'unhealthy'\n");
    let rest = &ALERTS[start.expect("the alerts watch the health check")..];
    let end = rest.find("\n  }\n").expect("an entry ends") + "\n  }\n".len();
    &rest[..end]
}

fn alerts() -> String {
    let text = select(
        ALERTS,
        "// When people are told, and who: what the sites share. What is wrong with one of them is in site-alerts.bicep.",
        |declaration| {
            (!OF_A_SITE.contains(&declaration.symbol)).then(|| declaration.text.to_owned())
        },
    );
    text.replace(unhealthy(), "")
}

fn site_alerts() -> String {
    select(
        ALERTS,
        "// When people are told of one site. Each alert says what is wrong for its visitors.",
        |declaration| match declaration.symbol {
            "people" => Some(declaration.existing("groupName")),
            "platformMetrics" => Some(format!("var metrics = [\n{}]\n", unhealthy())),
            symbol => (OF_A_SITE.contains(&symbol) || SHARED_BY_ALERTS.contains(&symbol))
                .then(|| declaration.text.to_owned()),
        },
    )
}

/// The server says who reaches which of its databases.
fn server() -> String {
    POSTGRESQL
        .replace(
            "with the one database of the app.",
            "with the database of the first service. Those of further ones, if they have any, are in postgresql-database.bicep.",
        )
        .replace(
            "// The app's identity administers this server, which has the database of the app and no other. Whoever makes",
            "// The service's identity administers this server, which has the databases of the services and no other. Each service takes\n\
             // its own for itself before its first migration (taxiway_runtime/migrate.py): from then on no other one connects to it. Where\n\
             // the services sign in by password, the server's one login opens all of them. Whoever makes",
        )
}

/// What waits for a link that is made elsewhere by now.
const AFTER_THE_LINK: &str = "  dependsOn: [\n    zoneLink\n  ]\n";

fn private_endpoint() -> String {
    let text = select(
        PRIVATE_ENDPOINT,
        "// The private address of one service, with its name in the private zone of that kind of service.",
        |declaration| without_zone(declaration, "zoneName"),
    );
    text.replace(AFTER_THE_LINK, "")
}

fn private_zone() -> String {
    select(
        PRIVATE_ENDPOINT,
        "// A private zone: the names that the network knows the services of one kind by.",
        |declaration| {
            let symbol = declaration.symbol;
            (OF_A_ZONE.contains(&symbol) || ["tags", "zoneName"].contains(&symbol)).then(|| {
                declaration
                    .text
                    .replace("the name is known", "the names are known")
            })
        },
    )
}

fn site_endpoints() -> String {
    let text = select(
        SITE_ENDPOINTS,
        "// The private addresses of a site and of its slot: an endpoint leads to one of them only. All share a zone, which also\n\
         // gets the name of the deployment site of each.",
        |declaration| without_zone(declaration, "'privatelink.azurewebsites.net'"),
    );
    text.replace(
        &AFTER_THE_LINK
            .replace("  ", "    ")
            .replace("        zoneLink", "      zoneLink"),
        "",
    )
}

/// A declaration of a module whose zone is there.
fn without_zone(declaration: &Declaration<'_>, zone: &str) -> Option<String> {
    match declaration.symbol {
        "zone" => Some(declaration.existing(zone)),
        symbol => (!OF_A_ZONE.contains(&symbol)).then(|| declaration.text.to_owned()),
    }
}

/// Each Redis has a secret of its own.
fn redis() -> String {
    REDIS
        .replace(
            "param vaultName string\n",
            "param vaultName string\n\n@description('The secret that has the URL.')\nparam secretName string\n",
        )
        .replace("name: 'cache-url'", "name: secretName")
}

fn storage() -> String {
    let text = select(
        STORAGE,
        "// Media and static files of the services. Nothing in it is public: each signs what it hands out. Their containers, and who\n\
         // opens which, are in storage-access.bicep.",
        |declaration| {
            match declaration.symbol {
            "writerPrincipalId" => Some(
                "@description('What the paths of media begin with: their containers.')\nparam mediaPrefixes array\n".to_owned(),
            ),
            symbol => (!OF_THE_FILES.contains(&symbol)).then(|| declaration.text.to_owned()),
        }
        },
    );
    text.replace(
        "prefixMatch: [\n                'media/'\n              ]",
        "prefixMatch: mediaPrefixes",
    )
    .replace("    blobContainers\n", "    blobs\n")
}

fn storage_access() -> String {
    let text = select(
        STORAGE,
        "// The containers of one service in the storage account, which no other one opens.",
        |declaration| match declaration.symbol {
            "name" if declaration.line.starts_with("param") => {
                Some("param accountName string\n".to_owned())
            }
            "account" => Some(declaration.existing("accountName")),
            "blobs" => Some(
                declaration
                    .existing("'default'")
                    .replace("  name:", "  parent: account\n  name:"),
            ),
            "containers" => None,
            "writerPrincipalId" => Some(format!("param containers array\n\n{}", declaration.text)),
            symbol => OF_THE_FILES
                .contains(&symbol)
                .then(|| declaration.text.to_owned()),
        },
    );
    text.replace("of the app.", "of the service.")
}

/// Who reads which secret is told apart from the vault.
fn vault() -> String {
    select(
        KEY_VAULT,
        "// The vault of one application in one environment. Its secrets come in `secret.bicep`, once their values are known, and who\n\
         // reads which of them is in `secret-access.bicep`.",
        |declaration| {
            (!OF_ONE_READER.contains(&declaration.symbol)).then(|| declaration.text.to_owned())
        },
    )
}

/// Deployments of one resource group have names of their own.
fn domains() -> String {
    DOMAINS.replace(
        "'domain-tls-${index}'",
        "'domain-tls-${uniqueString(siteName)}-${index}'",
    )
}

fn workbook() -> String {
    WORKBOOK
        .replace("'The site whose", "'The sites whose")
        .replace("param siteId string", "param siteIds array")
        .replace("=~ \"${siteId}\"", "in~ (\"${join(siteIds, '\", \"')}\")")
}

/// A top-level declaration with the comments and decorators before it.
struct Declaration<'a> {
    symbol: &'a str,
    /// The line that begins it.
    line: &'a str,
    text: &'a str,
}

impl Declaration<'_> {
    /// A reference to the resource that another module declares.
    fn existing(&self, name: &str) -> String {
        let of = self.line.trim_end_matches(" = {");
        format!("{of} existing = {{\n  name: {name}\n}}\n")
    }
}

/// The declarations of `module` that `keep` gives a text, below another first comment.
fn select(module: &str, head: &str, keep: impl Fn(&Declaration<'_>) -> Option<String>) -> String {
    let (_, body) = module.split_once("\n\n").expect("a comment comes first");
    let mut text = format!("{head}\n");
    let mut is_apart = true;
    for (declaration, has_blank_before) in declarations(body) {
        is_apart |= has_blank_before;
        if let Some(kept) = keep(&declaration) {
            if is_apart {
                text.push('\n');
            }
            text.push_str(&kept);
            is_apart = false;
        }
    }
    text
}

/// The declarations of a module, and whether an empty line stands before each.
fn declarations(body: &str) -> Vec<(Declaration<'_>, bool)> {
    const KEYWORDS: [&str; 5] = ["param ", "var ", "resource ", "module ", "output "];
    let mut found = Vec::new();
    let (mut start, mut line_of, mut at) = (0, None, 0);
    for line in body.split_inclusive('\n') {
        let is_start = KEYWORDS.iter().any(|it| line.starts_with(it));
        let begins = is_start || line.starts_with("//") || line.starts_with('@');
        if begins && line_of.is_some() {
            found.extend(declaration(&body[start..at], line_of));
            (start, line_of) = (at, None);
        }
        if is_start {
            line_of = Some(line.trim_end());
        }
        at += line.len();
    }
    found.extend(declaration(&body[start..], line_of));
    let mut has_blank_before = true;
    found
        .into_iter()
        .map(|declaration: Declaration<'_>| {
            let before = has_blank_before;
            has_blank_before = declaration.text.ends_with("\n\n");
            let text = declaration.text.trim_end_matches('\n');
            let text = &declaration.text[..text.len() + 1];
            (
                Declaration {
                    text,
                    ..declaration
                },
                before,
            )
        })
        .collect()
}

fn declaration<'a>(text: &'a str, line: Option<&'a str>) -> Option<Declaration<'a>> {
    let line = line?;
    let symbol = line.split(' ').nth(1)?;
    Some(Declaration { symbol, line, text })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What is said differently is there to be said differently.
    #[test]
    fn every_replacement_replaces() {
        for (one, several) in [
            (POSTGRESQL, server()),
            (DOMAINS, domains()),
            (WORKBOOK, workbook()),
            (REDIS, redis()),
        ] {
            assert_ne!(one, several);
        }
        assert_eq!(
            server().matches("database of the app and no other").count(),
            0
        );
        assert!(server().contains("takes\n// its own for itself"));
        assert!(
            redis().contains("param secretName string") && redis().contains("name: secretName")
        );
        assert!(!private_endpoint().contains("zoneLink") && !site_endpoints().contains("zoneLink"));
        assert!(storage().contains("prefixMatch: mediaPrefixes"));
        assert!(!storage().contains("blobContainers"));
        assert!(!vault().contains("readerPrincipalId") && vault().contains("resource lock"));
        assert!(!workbook().contains("siteId}") && workbook().contains("The sites whose"));
        assert!(!alerts().contains("'unhealthy'") && site_alerts().contains("'unhealthy'"));
        assert!(plan().contains("that the plan writes to"));
    }

    /// Every declaration of the module for one site is in one of those for several, and none is in both by mistake.
    #[test]
    fn nothing_is_lost_and_nothing_is_said_twice() {
        for (one, several, both) in [
            (APP_SERVICE, [plan(), site()], 5),
            (ALERTS, [alerts(), site_alerts()], 6),
        ] {
            let names = |text: &str| -> Vec<String> {
                let body = text.split_once("\n\n").unwrap().1;
                declarations(body)
                    .iter()
                    .map(|(it, _)| format!("{} {}", it.line.split(' ').next().unwrap(), it.symbol))
                    .collect()
            };
            let (left, right) = (names(&several[0]), names(&several[1]));
            for name in names(one) {
                let is_kept = left.contains(&name) || right.contains(&name);
                assert!(is_kept, "{name}");
            }
            let twice: Vec<&String> = left.iter().filter(|it| right.contains(it)).collect();
            let expected = both + usize::from(one == ALERTS);
            assert_eq!(twice.len(), expected, "{twice:?}");
        }
    }
}
