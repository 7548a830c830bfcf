//! The database of an environment.

use taxiway_app::{FrameworkName, Service};

use super::environments::Asked;
use super::several::Together;
use super::{Decisions, list};
use crate::platform::database_tier;
use crate::{
    Config, Database, DatabaseKind, Setting, SignIn, Size, Source, Standby, naming, regions,
};

/// The version of a new server.
const DEFAULT_VERSION: &str = "16";

pub(super) fn database(
    asked: &Asked<'_>,
    workload: &str,
    residency: &[Setting<String>],
    opens_connections: &Opens,
    decisions: &mut Decisions,
) -> Database {
    if !opens_connections.any() {
        return none(asked, workload);
    }
    let kind = kind(asked, decisions);
    let sign_in = sign_in(asked, kind, opens_connections, decisions);
    let database = &asked.settings.database;
    let sku = sku(asked, decisions);
    let tier = database_tier(&sku).unwrap_or("GeneralPurpose");
    let version = match &database.version {
        Some(version) => decisions.configured(
            asked.key("database.version"),
            &version.value,
            &version.place,
            "configured",
        ),
        None => decisions.choose(
            asked.key("database.version"),
            DEFAULT_VERSION,
            Source::Default,
            "supported until November 2028, and by every Django that is",
        ),
    };
    let storage_gb = match &database.storage {
        Some(storage) => storage.value,
        None if asked.is_local => Size::Dev.facts().storage_gb,
        None => asked.size.facts().storage_gb,
    };
    let backup_days = match &database.backup_days {
        Some(days) => days.value,
        None if asked.is_production => 14,
        None => 7,
    };
    let is_made_in_azure = kind == DatabaseKind::New && !asked.is_local;
    Database {
        kind,
        sign_in,
        pooler: pooler(asked, kind, tier, decisions),
        standby: if is_made_in_azure {
            standby(asked, tier, decisions)
        } else {
            Standby::None
        },
        geo_redundant_backup: is_made_in_azure && geo_redundant(asked, residency, decisions),
        version,
        tier: tier.to_owned(),
        sku,
        storage_gb,
        backup_days,
        name: naming::database(workload),
        login: format!("{}_owner", naming::database(workload)),
    }
}

/// The values of a database that is not there: nothing is made of them.
fn none(asked: &Asked<'_>, workload: &str) -> Database {
    let facts = asked.size.facts();
    Database {
        kind: DatabaseKind::None,
        sign_in: SignIn::Identity,
        pooler: false,
        standby: Standby::None,
        geo_redundant_backup: false,
        version: DEFAULT_VERSION.to_owned(),
        sku: facts.database_sku.to_owned(),
        tier: database_tier(facts.database_sku)
            .unwrap_or_default()
            .to_owned(),
        storage_gb: facts.storage_gb,
        backup_days: 7,
        name: naming::database(workload),
        login: format!("{}_owner", naming::database(workload)),
    }
}

/// What opens the app's connections to the database.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Opens {
    /// A library in which each new connection can be given a new token.
    Library(&'static str),
    /// The project's own code.
    Project,
    /// There is no database.
    Nothing,
}

impl Opens {
    fn any(&self) -> bool {
        *self != Self::Nothing
    }

    pub(super) fn of(service: &Service, config: &Config) -> Self {
        if !super::service::has_database(service, config) {
            return Self::Nothing;
        }
        let is_django = service
            .framework
            .as_ref()
            .is_some_and(|framework| framework.name == FrameworkName::Django);
        let uses_sqlalchemy = ["sqlalchemy", "flask-sqlalchemy", "sqlmodel"]
            .iter()
            .any(|name| service.installs(name));
        if is_django {
            Self::Library("Django")
        } else if uses_sqlalchemy {
            Self::Library("SQLAlchemy")
        } else {
            Self::Project
        }
    }

    /// How the services of one server sign in: all by password where one of them can't be given tokens.
    pub(super) fn beside(self, together: &Together<'_>) -> Self {
        match self {
            Self::Library(_) if together.opens_itself => Self::Project,
            own => own,
        }
    }
}

/// Without a secret, where the app can do without.
fn sign_in(
    asked: &Asked<'_>,
    kind: DatabaseKind,
    opens: &Opens,
    decisions: &mut Decisions,
) -> SignIn {
    let key = asked.key("database.sign-in");
    let wanted = asked.settings.database.sign_in.as_ref();
    if let Some(wanted) = wanted.filter(|it| it.value == SignIn::Identity) {
        let objection = match (kind, opens) {
            (DatabaseKind::External, _) => {
                Some("the URL of somebody else's database brings its password")
            }
            (DatabaseKind::New, Opens::Project) => Some(
                "only Django and SQLAlchemy can be given a new token for each connection, and neither opens this app's",
            ),
            (DatabaseKind::None, _) | (DatabaseKind::New, Opens::Library(_) | Opens::Nothing) => {
                None
            }
        };
        if let Some(objection) = objection {
            decisions.refuse(
                "identity-sign-in-not-possible",
                format!("`sign-in = \"identity\"` ({}): {objection}", wanted.place),
                "leave it out",
            );
        }
    }
    match (kind, wanted, opens) {
        (DatabaseKind::External, _, _) => SignIn::Password,
        (DatabaseKind::None, _, _) | (DatabaseKind::New, None, Opens::Nothing) => SignIn::Identity,
        (DatabaseKind::New, Some(wanted), _) => {
            decisions.configured(key, wanted.value.name(), &wanted.place, "configured");
            wanted.value
        }
        (DatabaseKind::New, None, Opens::Library(library)) => {
            decisions.choose(
                key,
                SignIn::Identity.name(),
                Source::Default,
                format!("{library} is given a token of the site's identity for each new connection; there is no password"),
            );
            SignIn::Identity
        }
        (DatabaseKind::New, None, Opens::Project) => {
            decisions.choose(
                key,
                SignIn::Password.name(),
                Source::Default,
                "the project opens its connections itself, and tokens change every hour",
            );
            SignIn::Password
        }
    }
}

/// Asked for only: behind a pooler whatever a session remembers is lost between transactions. Source: Azure Database for
/// PostgreSQL, PgBouncer.
fn pooler(asked: &Asked<'_>, kind: DatabaseKind, tier: &str, decisions: &mut Decisions) -> bool {
    let Some(wanted) = &asked.settings.database.pooler else {
        return false;
    };
    if wanted.value && asked.is_local {
        decisions.refuse(
            "not-in-the-local-cloud",
            format!(
                "the local cloud has no such resource: `pooler` ({})",
                wanted.place
            ),
            "leave `pooler` out of [environments.local.database]",
        );
    }
    if wanted.value && kind == DatabaseKind::New && tier == "Burstable" {
        decisions.refuse(
            "pooler-of-burstable",
            format!(
                "`pooler = true` ({}): a burstable server has no PgBouncer",
                wanted.place
            ),
            format!("[environments.{}] size = \"small\" at least", asked.name),
        );
    }
    let reason = match kind {
        _ if !wanted.value => "configured",
        DatabaseKind::None => "configured",
        DatabaseKind::New => {
            "PgBouncer of the server, port 6432; migrations go to the server itself"
        }
        DatabaseKind::External => {
            "DATABASE_URL leads to a pooler; migrations use DATABASE_DIRECT_URL, read where taxiway runs, once, and kept in the vault"
        }
    };
    let value = wanted.value.to_string();
    decisions.configured(asked.key("database.pooler"), value, &wanted.place, reason);
    wanted.value
}

fn kind(asked: &Asked<'_>, decisions: &mut Decisions) -> DatabaseKind {
    let Some(kind) = &asked.settings.database.kind else {
        return DatabaseKind::New;
    };
    let (value, reason) = match kind.value {
        DatabaseKind::New | DatabaseKind::None => ("new", "configured"),
        DatabaseKind::External => (
            "external",
            "its URL is read from DATABASE_URL where taxiway runs, once, and kept in the vault",
        ),
    };
    if kind.value == DatabaseKind::External && asked.is_local {
        decisions.refuse(
            "external-database-locally",
            format!(
                "the local environment has a database of its own, and `kind = \"external\"` ({}) asks for another",
                kind.place
            ),
            "leave it out of [environments.local.database]",
        );
    }
    decisions.configured(asked.key("database.kind"), value, &kind.place, reason);
    kind.value
}

fn sku(asked: &Asked<'_>, decisions: &mut Decisions) -> String {
    let key = asked.key("database.sku");
    match &asked.settings.database.sku {
        Some(sku) => decisions.configured(key, &sku.value, &sku.place, "configured"),
        // Backups on demand, which a rollout makes as restore points, exist from General Purpose on.
        None if asked.is_local => decisions.choose(
            key,
            Size::Small.facts().database_sku,
            Source::Default,
            "the least that has backups on demand; it costs nothing here",
        ),
        None => {
            let reason = format!("size = \"{}\"", asked.size);
            let sku = asked.size.facts().database_sku;
            decisions.choose(key, sku, Source::Default, reason)
        }
    }
}

/// Source: Azure Database for PostgreSQL, high availability; regions.
fn standby(asked: &Asked<'_>, tier: &str, decisions: &mut Decisions) -> Standby {
    let key = asked.key("database.standby");
    let has_zones =
        regions::facts(asked.region).is_some_and(|facts| facts.has_zone_redundant_standby);
    let kind = if has_zones {
        Standby::ZoneRedundant
    } else {
        Standby::SameZone
    };
    if let Some(wanted) = &asked.settings.database.standby {
        if wanted.value && tier == "Burstable" {
            decisions.refuse(
                "standby-of-burstable",
                format!(
                    "`standby = true` ({}): a burstable server has no high availability",
                    wanted.place
                ),
                format!("[environments.{}] size = \"small\" at least", asked.name),
            );
        }
        let standby = if wanted.value { kind } else { Standby::None };
        decisions.configured(key, standby.mode(), &wanted.place, "configured");
        return standby;
    }
    if asked.is_production && asked.size >= Size::Medium && tier != "Burstable" {
        decisions.choose(
            key,
            kind.mode(),
            Source::Default,
            "an environment of this size is worth twice the price of its database",
        );
        return kind;
    }
    Standby::None
}

/// Backups in another region are data in another region.
fn geo_redundant(
    asked: &Asked<'_>,
    residency: &[Setting<String>],
    decisions: &mut Decisions,
) -> bool {
    let key = asked.key("database.geo-redundant-backup");
    let facts = regions::facts(asked.region).filter(|facts| facts.has_geo_backup);
    let pair = facts.and_then(|facts| facts.pair);
    let is_allowed =
        |pair: &str| residency.is_empty() || residency.iter().any(|region| region.value == pair);
    if let Some(wanted) = &asked.settings.database.geo_redundant_backup {
        if wanted.value {
            match pair {
                None => decisions.refuse(
                    "no-geo-backup",
                    format!(
                        "`geo-redundant-backup = true` ({}): no backup of {} to another region is known",
                        wanted.place, asked.region
                    ),
                    "leave it out, or choose a region with a pair",
                ),
                Some(pair) if !is_allowed(pair) => decisions.refuse(
                    "backup-against-residency",
                    format!(
                        "`geo-redundant-backup = true` ({}) copies the data to {pair}, and it may be in {} only",
                        wanted.place,
                        list(residency)
                    ),
                    "leave it out, or add that region to data-residency",
                ),
                Some(_) => {}
            }
        }
        decisions.configured(key, wanted.value.to_string(), &wanted.place, "configured");
        return wanted.value;
    }
    if !asked.is_production {
        return false;
    }
    let (value, reason) = match pair {
        Some(pair) if is_allowed(pair) => {
            (true, format!("copied to {pair}; it can't be added later"))
        }
        Some(pair) => (false, format!("data may not go to {pair}")),
        None => (false, format!("no copy from {} is known", asked.region)),
    };
    decisions.choose(key, value.to_string(), Source::Default, reason);
    value
}
