//! The one table before anything happens: what there will be, and where each value comes from.

use std::collections::BTreeMap;

use taxiway_platform::{CONFIG_PATH, Choice, DatabaseKind, EnvironmentKind, Origin, Platform};

use super::preparation::Preparation;
use crate::terminal::{BOLD, DIM, columns};
use crate::writing;

/// The whole table.
pub(super) fn text(preparation: &Preparation) -> String {
    let platform = &preparation.project.platform;
    let environment = preparation.environment();
    let mut rows: Vec<Vec<String>> = ["entrypoint", "settings", "server", "static"]
        .into_iter()
        .filter_map(|key| platform.choice(key))
        .map(row)
        .collect();
    for further in &platform.further {
        rows.extend(service(further, platform));
    }
    rows.push(python(preparation));
    rows.push(database(preparation));
    rows.extend(secrets(preparation));
    rows.push(vec![
        "resources".into(),
        resources(preparation),
        "infrastructure/bicep/main.bicep".into(),
    ]);
    rows.push(place(preparation));
    let database = match environment.database.kind {
        DatabaseKind::None => "no database".to_owned(),
        DatabaseKind::New | DatabaseKind::External => {
            format!("PostgreSQL {}", environment.database.version)
        }
    };
    let mut text = format!(
        "\n{BOLD}{}{BOLD:#} {DIM}· {} · {database} · environment {}{DIM:#}\n\n{}",
        platform.name,
        platform.service.framework,
        environment.name,
        columns(&rows, 2)
    );
    for warning in &platform.warnings {
        let help = warning
            .help
            .as_ref()
            .map(|help| format!(": {help}"))
            .unwrap_or_default();
        text = format!("{text}\n  note: {}{help}", warning.message);
    }
    format!("{text}\n")
}

/// The question that follows the table.
pub(super) fn question(preparation: &Preparation) -> String {
    let visible = writing::visible(&preparation.changes).len();
    match visible {
        0 => "Go on?".to_owned(),
        1 => "Writes 1 file (taxiway generate --diff shows it). Go on?".to_owned(),
        count => format!("Writes {count} files (taxiway generate --diff shows them). Go on?"),
    }
}

fn row(choice: &Choice) -> Vec<String> {
    let what = match choice.key.as_str() {
        "entrypoint" => "entry point",
        "static" => "static files",
        other => other,
    };
    vec![
        what.to_owned(),
        choice.value.clone(),
        choice.source.to_string(),
    ]
}

/// A further service: what it is, and what of it differs from one repository to the next.
fn service(further: &Platform, platform: &Platform) -> Vec<Vec<String>> {
    let web = &further.service;
    let title = format!("service {}", web.title());
    let key = |what: &str| format!("services.{}.{what}", web.title());
    let mut rows: Vec<Vec<String>> = ["entrypoint", "server", "database"]
        .into_iter()
        .filter_map(|what| platform.choice(&key(what)))
        .map(|choice| {
            vec![
                String::new(),
                choice.value.clone(),
                choice.source.to_string(),
            ]
        })
        .collect();
    let is = format!("{} in {}, after those above", web.framework, web.root);
    rows.insert(0, vec![title, is, CONFIG_PATH.to_owned()]);
    rows
}

fn python(preparation: &Preparation) -> Vec<String> {
    let environment = preparation.environment();
    let key = format!("{}.python", environment.name);
    let source = preparation
        .project
        .platform
        .choice(&key)
        .map(|choice| choice.source.to_string())
        .unwrap_or_default();
    let value = match &preparation.interpreter {
        Some(interpreter) if interpreter.is_substitute => {
            format!(
                "{} (for {}, which this machine lacks)",
                interpreter.version, environment.python.version
            )
        }
        _ => environment.python.version.clone(),
    };
    vec!["python".to_owned(), value, source]
}

fn database(preparation: &Preparation) -> Vec<String> {
    let environment = preparation.environment();
    let database = &environment.database;
    let source = preparation
        .project
        .platform
        .choice("database")
        .map(|choice| choice.source.to_string())
        .unwrap_or_default();
    if database.kind == DatabaseKind::None {
        return vec!["database".to_owned(), "none".to_owned(), source];
    }
    if database.kind == DatabaseKind::External {
        let what = "PostgreSQL of somebody else, by DATABASE_URL";
        return vec!["database".to_owned(), what.to_owned(), source];
    }
    let size = match environment.kind {
        EnvironmentKind::Local => String::new(),
        EnvironmentKind::Azure => format!(" ({}, {} GiB)", database.sku, database.storage_gb),
    };
    vec![
        "database".to_owned(),
        format!(
            "PostgreSQL {}{size}, signed in to by {}",
            database.version,
            database.sign_in.name()
        ),
        source,
    ]
}

fn secrets(preparation: &Preparation) -> Option<Vec<String>> {
    let names = |wanted: fn(&Origin) -> bool| -> Vec<&str> {
        let secrets = preparation
            .project
            .platform
            .secrets_of(preparation.environment())
            .filter(|secret| wanted(&secret.origin));
        secrets
            .map(|secret| secret.setting.as_deref().unwrap_or(&secret.name))
            .collect()
    };
    let generated = names(|origin| matches!(origin, Origin::Generated { .. }));
    let supplied = names(|origin| matches!(origin, Origin::Supplied));
    let parts: Vec<String> = [
        ("generated", generated),
        ("from your environment", supplied),
    ]
    .into_iter()
    .filter(|(_, names)| !names.is_empty())
    .map(|(how, names)| format!("{} {how}", names.join(", ")))
    .collect();
    (!parts.is_empty()).then(|| {
        vec![
            "secrets".to_owned(),
            parts.join("; "),
            "kept in the key vault".to_owned(),
        ]
    })
}

/// `1 key vault, 1 PostgreSQL server, 1 site with slot …`: the kinds that matter, counted.
fn resources(preparation: &Preparation) -> String {
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    for resource in &preparation.compiled.resources {
        if let Some(kind) = kind(&resource.resource_type) {
            *counts.entry(kind).or_default() += 1;
        }
    }
    let named: Vec<String> = counts
        .into_iter()
        .map(|(kind, count)| {
            if count == 1 {
                kind.to_owned()
            } else {
                format!("{count} × {kind}")
            }
        })
        .collect();
    format!(
        "{}: {}",
        preparation.compiled.resources.len(),
        named.join(", ")
    )
}

fn kind(resource_type: &str) -> Option<&'static str> {
    let kinds = [
        (
            "Microsoft.DBforPostgreSQL/flexibleServers",
            "PostgreSQL server",
        ),
        ("Microsoft.Insights/components", "Application Insights"),
        ("Microsoft.KeyVault/vaults", "key vault"),
        ("Microsoft.Web/serverfarms", "plan"),
        ("Microsoft.Web/sites", "site"),
        ("Microsoft.Web/sites/slots", "staging slot"),
    ];
    kinds
        .into_iter()
        .find(|(known, _)| known.eq_ignore_ascii_case(resource_type))
        .map(|(_, kind)| kind)
}

fn place(preparation: &Preparation) -> Vec<String> {
    let environment = preparation.environment();
    match environment.kind {
        EnvironmentKind::Local => vec![
            "where".to_owned(),
            "on this machine, no account, no cost".to_owned(),
            String::new(),
        ],
        EnvironmentKind::Azure => {
            vec![
                "where".to_owned(),
                format!(
                    "Azure, {}, {}",
                    environment.region, environment.resource_group
                ),
                String::new(),
            ]
        }
    }
}
