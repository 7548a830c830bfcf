//! What Azure refuses of a server, each rule with its words and its source.
//!
//! Only rules that a document or Azure's own tools state refuse; what is merely known to happen does not.

use serde_json::Value;

use taxiway_arm::catalogue::{
    POSTGRESQL_VERSIONS, PREMIUM_SSDS, PostgresqlTier, is_amd, is_reserved_login,
    postgresql_region, postgresql_tier, premium_ssd,
};

use super::session::SUPERUSER;
use crate::error::ArmError;

/// A server that is about to be written.
#[derive(Debug)]
pub(super) struct Change<'a> {
    /// What it shall be, write-only properties included.
    pub wanted: &'a Value,
    /// What it is.
    pub existing: Option<&'a Value>,
}

/// The objection is a sentence for people.
type Rule = fn(&Change<'_>) -> Result<(), String>;

/// The first objection.
pub(super) fn check(change: &Change<'_>) -> Result<(), ArmError> {
    let rules: [Rule; 11] = [
        create_mode,
        sku,
        region,
        version,
        high_availability,
        backup,
        storage,
        authentication,
        network,
        encryption,
        maintenance_window,
    ];
    rules
        .iter()
        .try_for_each(|rule| rule(change))
        .map_err(|message| ArmError::bad_request("InvalidParameterValue", message))
}

impl Change<'_> {
    fn property(&self, path: &str) -> &Value {
        self.wanted["properties"]
            .pointer(path)
            .unwrap_or(&Value::Null)
    }

    fn text(&self, path: &str) -> Option<&str> {
        self.property(path).as_str().filter(|text| !text.is_empty())
    }

    fn was(&self, path: &str) -> Option<&Value> {
        self.existing?["properties"]
            .pointer(path)
            .filter(|value| !value.is_null())
    }

    /// Login, password and version come from the source.
    fn is_restore(&self) -> bool {
        self.text("/createMode")
            .is_some_and(|mode| mode.eq_ignore_ascii_case("PointInTimeRestore"))
    }
}

fn invalid(parameter: &str, reason: &str) -> Result<(), String> {
    Err(format!(
        "Invalid value given for parameter {parameter}. {reason}"
    ))
}

fn create_mode(change: &Change<'_>) -> Result<(), String> {
    match change.text("/createMode") {
        None | Some("Default" | "Create" | "Update" | "PointInTimeRestore") => Ok(()),
        Some(mode @ ("GeoRestore" | "Replica" | "ReviveDropped")) => Err(format!(
            "The local cloud does not have the create mode '{mode}': it has one region, no replicas, and keeps nothing of a deleted server."
        )),
        Some(mode) => invalid(
            "createMode",
            &format!(
                "'{mode}' is none of Default, Create, Update, PointInTimeRestore, GeoRestore, Replica, ReviveDropped."
            ),
        ),
    }
}

/// Name and tier have to fit. Source: Azure CLI and Terraform provider.
fn sku(change: &Change<'_>) -> Result<(), String> {
    let sku = &change.wanted["sku"];
    let (name, tier) = (sku["name"].as_str(), sku["tier"].as_str());
    let (Some(name), Some(tier)) = (name, tier) else {
        if change.is_restore() && sku.is_null() {
            return Ok(());
        }
        return invalid("sku", "A server needs sku.name and sku.tier.");
    };
    let Some(given) = PostgresqlTier::of(tier) else {
        let known = PostgresqlTier::ALL.map(PostgresqlTier::name).join(", ");
        return invalid("sku.tier", &format!("'{tier}' is none of {known}."));
    };
    match postgresql_tier(name) {
        Some(right) if right == given => Ok(()),
        Some(right) => invalid(
            "sku",
            &format!(
                "The SKU '{name}' belongs to the tier {}, not {tier}.",
                right.name()
            ),
        ),
        None => invalid("sku.name", &format!("There is no SKU '{name}'.")),
    }
}

/// Source: Azure Database for PostgreSQL flexible server, regions table.
fn region(change: &Change<'_>) -> Result<(), String> {
    let location = change.wanted["location"].as_str();
    let Some(region) = location.and_then(postgresql_region) else {
        return Ok(());
    };
    let size = change.wanted["sku"]["name"].as_str().unwrap_or_default();
    if !region.has_amd && is_amd(size) {
        return invalid(
            "sku.name",
            &format!("The region {} does not offer '{size}'.", region.name),
        );
    }
    if !region.has_geo_backup && change.text("/backup/geoRedundantBackup") == Some("Enabled") {
        return invalid(
            "backup.geoRedundantBackup",
            &format!("The region {} has no pair for backups.", region.name),
        );
    }
    Ok(())
}

/// The types list the versions; a lower one means a new server. Source: type definition, Terraform provider.
fn version(change: &Change<'_>) -> Result<(), String> {
    let Some(version) = change.text("/version") else {
        return if change.is_restore() || change.existing.is_some() {
            Ok(())
        } else {
            invalid("version", "A new server needs one.")
        };
    };
    if !POSTGRESQL_VERSIONS.contains(&version) {
        return invalid(
            "version",
            &format!("'{version}' is none of {}.", POSTGRESQL_VERSIONS.join(", ")),
        );
    }
    let number = |text: &str| text.parse::<u32>().unwrap_or_default();
    match change.was("/version").and_then(Value::as_str) {
        Some(was) if number(was) > number(version) => invalid(
            "version",
            &format!("The server has version {was}; it cannot go back to {version}."),
        ),
        _ => Ok(()),
    }
}

/// Source: Azure documentation, "High availability in Azure Database for PostgreSQL"; standby zone: Azure CLI.
fn high_availability(change: &Change<'_>) -> Result<(), String> {
    let mode = change.text("/highAvailability/mode").unwrap_or("Disabled");
    let standby = change.text("/highAvailability/standbyAvailabilityZone");
    match mode {
        "Disabled" if standby.is_some() => invalid(
            "highAvailability.standbyAvailabilityZone",
            "It needs high availability.",
        ),
        "Disabled" => Ok(()),
        "SameZone" | "ZoneRedundant" => {
            if change.wanted["sku"]["tier"] == "Burstable" {
                return Err("High availability is not supported for the Burstable tier.".to_owned());
            }
            if mode == "ZoneRedundant"
                && standby.is_some()
                && standby == change.text("/availabilityZone")
            {
                return invalid(
                    "highAvailability.standbyAvailabilityZone",
                    "Zone-redundant high availability needs another zone than the server's own.",
                );
            }
            Ok(())
        }
        _ => invalid(
            "highAvailability.mode",
            &format!("'{mode}' is none of Disabled, SameZone, ZoneRedundant."),
        ),
    }
}

/// Source: Azure documentation, "Backup and restore in Azure Database for PostgreSQL".
fn backup(change: &Change<'_>) -> Result<(), String> {
    let days = change.property("/backup/backupRetentionDays");
    if !days.as_u64().is_some_and(|days| (7..=35).contains(&days)) {
        return invalid(
            "backup.backupRetentionDays",
            &format!("{days} is not between 7 and 35."),
        );
    }
    let geo = change.text("/backup/geoRedundantBackup");
    match change
        .was("/backup/geoRedundantBackup")
        .and_then(Value::as_str)
    {
        Some(was) if geo.is_some_and(|geo| geo != was) => invalid(
            "backup.geoRedundantBackup",
            "It can only be chosen when the server is created.",
        ),
        _ => Ok(()),
    }
}

/// Source: Azure documentation, "Storage options"; tier, SSD v2: Terraform provider and Azure CLI.
fn storage(change: &Change<'_>) -> Result<(), String> {
    let size = change
        .property("/storage/storageSizeGB")
        .as_u64()
        .unwrap_or_default();
    if let Some(was) = change.was("/storage/storageSizeGB").and_then(Value::as_u64)
        && size < was
    {
        return invalid(
            "storage.storageSizeGB",
            &format!("Storage only grows: the server has {was} GiB."),
        );
    }
    if change.text("/storage/type") == Some("PremiumV2_LRS") {
        if change.wanted["sku"]["tier"] == "Burstable" {
            return Err(
                "Burstable tier is not supported for servers with Premium SSD V2.".to_owned(),
            );
        }
        if change.text("/storage/autoGrow") == Some("Enabled") {
            return invalid(
                "storage.autoGrow",
                "Premium SSD v2 does not grow by itself.",
            );
        }
        return Ok(());
    }
    let Some(ssd) = premium_ssd(size) else {
        let sizes: Vec<String> = PREMIUM_SSDS.iter().map(|ssd| ssd.gib.to_string()).collect();
        return invalid(
            "storage.storageSizeGB",
            &format!("{size} is none of {}.", sizes.join(", ")),
        );
    };
    let Some(tier) = change.text("/storage/tier") else {
        return Ok(());
    };
    let rank = tier
        .strip_prefix('P')
        .and_then(|number| number.parse::<u32>().ok());
    match rank {
        None => invalid("storage.tier", &format!("There is no tier '{tier}'.")),
        Some(given) if given < ssd.tier => invalid(
            "storage.tier",
            &format!("{size} GiB begin at P{}.", ssd.tier),
        ),
        Some(_) => Ok(()),
    }
}

/// Source: Azure SDK's descriptions of `administratorLogin` and `authConfig`; Terraform provider.
fn authentication(change: &Change<'_>) -> Result<(), String> {
    let is_on = |path| {
        change
            .text(path)
            .is_some_and(|text| text.eq_ignore_ascii_case("Enabled"))
    };
    let password = is_on("/authConfig/passwordAuth");
    if !password && !is_on("/authConfig/activeDirectoryAuth") {
        return invalid(
            "authConfig",
            "At least one way of authentication has to be Enabled.",
        );
    }
    if let Some(was) = change.was("/administratorLogin").and_then(Value::as_str) {
        return match change.text("/administratorLogin") {
            Some(login) if login != was => invalid(
                "administratorLogin",
                &format!("The login of a server cannot change; it is '{was}'."),
            ),
            _ => Ok(()),
        };
    }
    if change.is_restore() || !password {
        return Ok(());
    }
    let Some(login) = change.text("/administratorLogin") else {
        return invalid(
            "administratorLogin",
            "A server with password authentication needs one.",
        );
    };
    if is_reserved_login(login) {
        return invalid("administratorLogin", &format!("'{login}' is reserved."));
    }
    if login == SUPERUSER {
        let message = format!("'{login}' is the local cloud's own role in each server.");
        return invalid("administratorLogin", &message);
    }
    if login.len() > 63 {
        return invalid("administratorLogin", "It may have 63 characters.");
    }
    if change.text("/administratorLoginPassword").is_none() {
        return invalid(
            "administratorLoginPassword",
            "A new server with password authentication needs one.",
        );
    }
    Ok(())
}

fn network(change: &Change<'_>) -> Result<(), String> {
    if change.text("/network/delegatedSubnetResourceId").is_some() {
        return Err("The local cloud has no virtual networks: leave 'network.delegatedSubnetResourceId' out.".to_owned());
    }
    match change.text("/network/publicNetworkAccess") {
        None | Some("Enabled" | "Disabled") => Ok(()),
        Some(other) => invalid(
            "network.publicNetworkAccess",
            &format!("'{other}' is neither Enabled nor Disabled."),
        ),
    }
}

fn encryption(change: &Change<'_>) -> Result<(), String> {
    if change.text("/dataEncryption/type") == Some("AzureKeyVault") {
        return Err(
            "The local cloud does not encrypt with keys of a vault: leave 'dataEncryption' out."
                .to_owned(),
        );
    }
    if !change.property("/cluster").is_null() {
        return Err("The local cloud has no elastic clusters: leave 'cluster' out.".to_owned());
    }
    Ok(())
}

/// Source: type definition.
fn maintenance_window(change: &Change<'_>) -> Result<(), String> {
    let limits = [("dayOfWeek", 6), ("startHour", 23), ("startMinute", 59)];
    for (name, most) in limits {
        let value = change.property(&format!("/maintenanceWindow/{name}"));
        if !value.is_null() && value.as_u64().is_none_or(|value| value > most) {
            return invalid(
                &format!("maintenanceWindow.{name}"),
                &format!("{value} is not between 0 and {most}."),
            );
        }
    }
    Ok(())
}
