//! Names by Azure's rules.
//!
//! A name is built as abbreviation, workload, environment, and for those that become a host name a hash of the resource
//! group, which only the template can compute. What is too long is cut at the workload, never at the environment, so
//! that two environments can't get one name. Source: Azure naming rules; Cloud Adoption Framework, abbreviations.

/// The longest environment name: the vault (24 characters) is `kv-W-ENVIRONMENT-HASH6` and keeps one letter of the workload.
pub(crate) const ENVIRONMENT_LIMIT: usize = 12;

/// The longest workload: the host label of the slot (59 characters) is `app-WORKLOAD-ENVIRONMENT-HASH6-staging`.
pub(crate) const WORKLOAD_LIMIT: usize = 27;

/// A person's name for their application as the part of resource names that says which application it is.
///
/// Lower-case letters, digits and single hyphens, starting with a letter; `app` where nothing of that is left.
pub(crate) fn workload(name: &str) -> String {
    let mut workload = String::new();
    for character in name.chars() {
        if character.is_ascii_alphanumeric() {
            workload.push(character.to_ascii_lowercase());
        } else if !workload.is_empty() && !workload.ends_with('-') {
            workload.push('-');
        }
    }
    let workload = workload.trim_start_matches(|character: char| !character.is_ascii_lowercase());
    let cut = &workload[..workload.len().min(WORKLOAD_LIMIT)];
    let cut = cut.trim_end_matches('-');
    if cut.is_empty() { "app" } else { cut }.to_owned()
}

/// What is wrong with the name of an environment, if anything.
pub(crate) fn environment_problem(name: &str) -> Option<&'static str> {
    let is_word = |part: &str| {
        !part.is_empty()
            && part
                .bytes()
                .all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit())
    };
    if name.len() > ENVIRONMENT_LIMIT {
        Some("longer than 12 characters")
    } else if !name.split('-').all(is_word) {
        Some("not made of lower-case letters and digits with single hyphens between")
    } else {
        None
    }
}

/// The longest name of a service: `app-WORKLOAD-SERVICE-ENVIRONMENT-HASH6-staging` keeps half of the workload.
const SERVICE_LIMIT: usize = 12;

/// Names that would be taken for the service of `[app]`, or for what the services share.
const NOT_OF_A_SERVICE: [&str; 14] = [
    "app",
    "cache",
    "database",
    "identity",
    "key-vault",
    "monitoring",
    "network",
    "plan",
    "registry",
    "site",
    "slot",
    "staging",
    "storage",
    "vault",
];

/// What is wrong with the name of a service, if anything.
pub(crate) fn service_problem(name: &str) -> Option<&'static str> {
    if NOT_OF_A_SERVICE.contains(&name) {
        return Some("taken by something else in the infrastructure");
    }
    if !name.starts_with(|first: char| first.is_ascii_lowercase()) {
        return Some("without a lower-case letter at its start");
    }
    if name.len() > SERVICE_LIMIT {
        return Some("longer than 12 characters");
    }
    environment_problem(name)
}

/// The resource group of an environment. It is unique within a subscription only, so it needs no hash.
pub(crate) fn resource_group(workload: &str, environment: &str) -> String {
    format!("rg-{workload}-{environment}")
}

/// A name with hyphens as the beginning of a symbol of Bicep: `front-door` as `frontDoor`.
pub(crate) fn symbol(name: &str) -> String {
    let mut symbol = String::new();
    for word in name.split('-') {
        let mut letters = word.chars();
        let first = letters.next();
        if symbol.is_empty() {
            symbol.extend(first);
        } else {
            symbol.extend(first.map(|first| first.to_ascii_uppercase()));
        }
        symbol.extend(letters);
    }
    symbol
}

/// A name of PostgreSQL: lower-case letters, digits and underscores, starting with a letter.
pub(crate) fn database(workload: &str) -> String {
    workload.replace('-', "_")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn workloads_are_valid_in_every_name_they_are_part_of() {
        for (name, expected) in [
            ("shop", "shop"),
            ("My Shop!", "my-shop"),
            ("2nd_try", "nd-try"),
            ("--", "app"),
            ("ä", "app"),
            (
                "a-very-long-name-for-a-django-application",
                "a-very-long-name-for-a-djan",
            ),
            ("a-very-long-name-for-a-dja-x", "a-very-long-name-for-a-dja"),
        ] {
            assert_eq!(workload(name), expected, "{name}");
        }
    }

    #[test]
    fn environments_fit_into_the_shortest_name() {
        for good in ["local", "production", "pre-prod", "qa2", "development"] {
            assert_eq!(environment_problem(good), None, "{good}");
        }
        for bad in ["", "Prod", "a--b", "-a", "a_b", "a-long-environment"] {
            assert!(environment_problem(bad).is_some(), "{bad}");
        }
    }

    #[test]
    fn the_longest_names_keep_azures_limits() {
        let (workload, environment) = ("w".repeat(WORKLOAD_LIMIT), "e".repeat(ENVIRONMENT_LIMIT));
        let slot_label = format!("app-{workload}-{environment}-123456-staging");
        assert!(slot_label.len() <= 59, "{}", slot_label.len());
        assert!(resource_group(&workload, &environment).len() <= 90);
        let vault_without_workload = format!("kv--{environment}-123456");
        assert!(vault_without_workload.len() < 24);
    }
}
