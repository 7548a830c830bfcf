//! Names and sizes that App Service accepts.

use crate::error::ArmError;

/// A tier of App Service plans. Source: App Service documentation, "App Service plan overview" and "App Service limits".
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Tier {
    /// As `sku.tier` has it.
    pub name: &'static str,
    pub family: &'static str,
    pub most_instances: u64,
    pub most_slots: usize,
    pub has_always_on: bool,
}

/// The tier of a size such as `P1v3`, with the size as Azure spells it.
pub(super) fn tier_of(size: &str) -> Option<(String, Tier)> {
    let upper = size.to_ascii_uppercase();
    let tier = |name, family, most_instances, most_slots, has_always_on| Tier {
        name,
        family,
        most_instances,
        most_slots,
        has_always_on,
    };
    let found = match upper.as_str() {
        "F1" => tier("Free", "F", 1, 0, false),
        "D1" => tier("Shared", "D", 1, 0, false),
        "B1" | "B2" | "B3" => tier("Basic", "B", 3, 0, true),
        "S1" | "S2" | "S3" => tier("Standard", "S", 10, 5, true),
        "P1V2" | "P2V2" | "P3V2" => tier("PremiumV2", "Pv2", 30, 20, true),
        "P0V3" => tier("Premium0V3", "Pv3", 30, 20, true),
        "P1V3" | "P2V3" | "P3V3" => tier("PremiumV3", "Pv3", 30, 20, true),
        "P1MV3" | "P2MV3" | "P3MV3" | "P4MV3" | "P5MV3" => tier("PremiumMV3", "Pmv3", 30, 20, true),
        "P0V4" | "P1V4" | "P2V4" | "P3V4" => tier("PremiumV4", "Pv4", 30, 20, true),
        "P1MV4" | "P2MV4" | "P3MV4" | "P4MV4" | "P5MV4" => tier("PremiumMV4", "Pmv4", 30, 20, true),
        "I1V2" | "I2V2" | "I3V2" | "I4V2" | "I5V2" | "I6V2" => {
            tier("IsolatedV2", "Iv2", 100, 20, true)
        }
        _ => return None,
    };
    let spelled = upper.replace("MV", "mv").replace('V', "v");
    Some((spelled, found))
}

/// Checks the name of a site.
///
/// # Errors
/// What is wrong with it.
pub(super) fn check_site(name: &str) -> Result<(), ArmError> {
    check("site", name, 60)
}

/// Checks the name of a slot, and the host name that it makes with its site.
///
/// # Errors
/// What is wrong with it.
pub(super) fn check_slot(site: &str, name: &str) -> Result<(), ArmError> {
    check("slot", name, 59)?;
    if name.eq_ignore_ascii_case("production") {
        return Err(invalid("slot", name, "the name is reserved"));
    }
    match site.len() + name.len() < 59 {
        true => Ok(()),
        false => Err(invalid(
            "slot",
            name,
            "site and slot together must have at most 58 characters",
        )),
    }
}

/// Checks the name of a plan.
///
/// # Errors
/// What is wrong with it.
pub(super) fn check_plan(name: &str) -> Result<(), ArmError> {
    let is_good = (1..=60).contains(&name.len())
        && name
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_');
    match is_good {
        true => Ok(()),
        false => Err(invalid(
            "plan",
            name,
            "1 to 60 letters, digits and hyphens are allowed",
        )),
    }
}

fn check(kind: &str, name: &str, longest: usize) -> Result<(), ArmError> {
    let is_good = (2..=longest).contains(&name.len())
        && name
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
        && !name.starts_with('-')
        && !name.ends_with('-');
    match is_good {
        true => Ok(()),
        false => Err(invalid(
            kind,
            name,
            &format!(
                "2 to {longest} letters, digits and hyphens are allowed, with no hyphen at either end"
            ),
        )),
    }
}

fn invalid(kind: &str, name: &str, rule: &str) -> ArmError {
    ArmError::bad_request(
        "InvalidResourceName",
        format!("The {kind} name '{name}' is invalid: {rule}."),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_have_tiers() {
        let spelled = |size: &str| {
            tier_of(size).map(|(size, tier)| format!("{size} {} {}", tier.name, tier.most_slots))
        };
        assert_eq!(spelled("p1V3").as_deref(), Some("P1v3 PremiumV3 20"));
        assert_eq!(spelled("P1mv3").as_deref(), Some("P1mv3 PremiumMV3 20"));
        assert_eq!(spelled("S1").as_deref(), Some("S1 Standard 5"));
        assert_eq!(spelled("B1").as_deref(), Some("B1 Basic 0"));
        assert_eq!(spelled("P9v9"), None);
    }

    #[test]
    fn names_are_checked() {
        for (name, is_good) in [
            ("shop", true),
            ("s", false),
            ("-shop", false),
            ("my_shop", false),
            ("Shop-1", true),
        ] {
            assert_eq!(check_site(name).is_ok(), is_good, "{name}");
        }
        assert!(check_slot("shop", "Production").is_err());
        assert!(check_slot(&"s".repeat(50), "staging-x").is_err());
    }
}
