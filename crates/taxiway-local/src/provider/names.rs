//! What names Azure takes for each type.
//!
//! Source: Azure documentation, "Naming rules and restrictions for Azure resources". Where tools and documentation differ the
//! wider rule counts here.

/// The rule for the last segment of a name.
#[derive(Debug)]
pub(crate) struct NameRule {
    resource_type: &'static str,
    length: (usize, usize),
    allowed: fn(char) -> bool,
    ends: fn(&str) -> bool,
    /// For people: which characters.
    description: &'static str,
}

const fn any_end(_: &str) -> bool {
    true
}

fn word(character: char) -> bool {
    character.is_ascii_alphanumeric() || character == '-'
}

fn word_or_underscore(character: char) -> bool {
    word(character) || character == '_'
}

fn group(character: char) -> bool {
    character.is_alphanumeric() || "_-.()".contains(character)
}

fn insights(character: char) -> bool {
    !"%&\\?/".contains(character) && !character.is_control()
}

fn action_group(character: char) -> bool {
    !":<>+/&%\\?|".contains(character) && !character.is_control()
}

fn alert(character: char) -> bool {
    !"*#&+:<>?@%{}\\/".contains(character) && !character.is_control()
}

fn alphanumeric_ends(name: &str) -> bool {
    !name.starts_with('-') && !name.ends_with('-')
}

fn alphanumeric_start(name: &str) -> bool {
    name.starts_with(|first: char| first.is_ascii_alphanumeric())
}

fn no_dot_at_end(name: &str) -> bool {
    !name.ends_with('.')
}

fn no_dot_or_space_at_end(name: &str) -> bool {
    !name.ends_with(['.', ' '])
}

fn vault(name: &str) -> bool {
    name.starts_with(|first: char| first.is_ascii_alphabetic())
        && !name.ends_with('-')
        && !name.contains("--")
}

fn database(name: &str) -> bool {
    name.starts_with(|first: char| first.is_ascii_alphabetic() || first == '_')
}

const fn rule(
    resource_type: &'static str,
    length: (usize, usize),
    allowed: fn(char) -> bool,
    ends: fn(&str) -> bool,
    description: &'static str,
) -> NameRule {
    NameRule {
        resource_type,
        length,
        allowed,
        ends,
        description,
    }
}

const WORDS: &str = "letters, digits and hyphens, with a letter or digit at both ends";
const ALERTS: &str = "everything but * # & + : < > ? @ % { } \\ /, and no dot or space at the end";
const INSIGHTS: &str = "everything but % & \\ ? /, and no dot or space at the end";

const RULES: &[NameRule] = &[
    rule(
        "Microsoft.Resources/resourceGroups",
        (1, 90),
        group,
        no_dot_at_end,
        "letters, digits, underscores, hyphens, dots and parentheses, and no dot at the end",
    ),
    rule(
        "Microsoft.Resources/deployments",
        (1, 64),
        group,
        any_end,
        "letters, digits, underscores, hyphens, dots and parentheses",
    ),
    rule(
        "Microsoft.Web/serverfarms",
        (1, 60),
        word_or_underscore,
        any_end,
        "letters, digits and hyphens",
    ),
    rule(
        "Microsoft.Web/sites",
        (2, 60),
        word,
        alphanumeric_ends,
        WORDS,
    ),
    rule(
        "Microsoft.Web/sites/slots",
        (2, 59),
        word,
        alphanumeric_ends,
        WORDS,
    ),
    rule(
        "Microsoft.DBforPostgreSQL/flexibleServers",
        (3, 63),
        word,
        alphanumeric_ends,
        WORDS,
    ),
    rule(
        "Microsoft.DBforPostgreSQL/flexibleServers/databases",
        (1, 63),
        word_or_underscore,
        database,
        "letters, digits, underscores and hyphens, with a letter or underscore first",
    ),
    rule(
        "Microsoft.DBforPostgreSQL/flexibleServers/firewallRules",
        (1, 128),
        word_or_underscore,
        alphanumeric_start,
        "letters, digits, underscores and hyphens, with a letter or digit first",
    ),
    rule(
        "Microsoft.KeyVault/vaults",
        (3, 24),
        word,
        vault,
        "letters, digits and single hyphens, with a letter first and no hyphen at the end",
    ),
    rule(
        "Microsoft.KeyVault/vaults/secrets",
        (1, 127),
        word,
        any_end,
        "letters, digits and hyphens",
    ),
    rule(
        "Microsoft.OperationalInsights/workspaces",
        (4, 63),
        word,
        alphanumeric_ends,
        WORDS,
    ),
    rule(
        "Microsoft.Insights/components",
        (1, 260),
        insights,
        no_dot_or_space_at_end,
        INSIGHTS,
    ),
    rule(
        "Microsoft.Insights/webtests",
        (1, 260),
        insights,
        no_dot_or_space_at_end,
        INSIGHTS,
    ),
    rule(
        "Microsoft.Insights/actionGroups",
        (1, 260),
        action_group,
        any_end,
        "everything but : < > + / & % \\ ? |",
    ),
    rule(
        "Microsoft.Insights/metricAlerts",
        (1, 260),
        alert,
        no_dot_or_space_at_end,
        ALERTS,
    ),
    rule(
        "Microsoft.Insights/autoscalesettings",
        (1, 260),
        alert,
        no_dot_or_space_at_end,
        ALERTS,
    ),
    rule(
        "Microsoft.ManagedIdentity/userAssignedIdentities",
        (3, 128),
        word_or_underscore,
        alphanumeric_start,
        "letters, digits, underscores and hyphens, with a letter or digit first",
    ),
    rule(
        "Microsoft.ManagedIdentity/userAssignedIdentities/federatedIdentityCredentials",
        (3, 120),
        word_or_underscore,
        alphanumeric_start,
        "letters, digits, underscores and hyphens, with a letter or digit first",
    ),
    rule(
        "Microsoft.Authorization/locks",
        (1, 90),
        group,
        no_dot_at_end,
        "letters, digits, dots, underscores, hyphens and parentheses, and no dot at the end",
    ),
    rule(
        "Microsoft.Consumption/budgets",
        (1, 63),
        word_or_underscore,
        any_end,
        "letters, digits, underscores and hyphens",
    ),
];

/// Why a name is not possible for its type, as a sentence; `None` where it is, or no rule is known.
pub(crate) fn objection(resource_type: &str, name: &str) -> Option<String> {
    let rule = RULES
        .iter()
        .find(|rule| rule.resource_type.eq_ignore_ascii_case(resource_type))?;
    let (shortest, longest) = rule.length;
    let length = name.chars().count();
    let fits = (shortest..=longest).contains(&length)
        && name.chars().all(rule.allowed)
        && (rule.ends)(name);
    (!fits).then(|| {
        format!(
            "The name '{name}' is not possible for {}: it takes {shortest} to {longest} characters: {}.",
            rule.resource_type, rule.description
        )
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_held_to_the_rules_of_their_type() {
        let cases = [
            ("Microsoft.KeyVault/vaults", "kv-shop-local", true),
            ("microsoft.keyvault/vaults", "kv--shop", false),
            ("Microsoft.KeyVault/vaults", "1kv", false),
            (
                "Microsoft.KeyVault/vaults",
                "kv-shop-local-with-a-long-name",
                false,
            ),
            ("Microsoft.KeyVault/vaults/secrets", "a_b", false),
            ("Microsoft.OperationalInsights/workspaces", "log", false),
            ("Microsoft.Resources/resourceGroups", "rg-shop.", false),
            ("Microsoft.Resources/resourceGroups", "rg (shop)", false),
            ("Microsoft.Resources/resourceGroups", "rg_(shop)", true),
            ("Microsoft.Unknown/things", "", true),
        ];
        for (resource_type, name, possible) in cases {
            let objection = objection(resource_type, name);
            assert_eq!(
                objection.is_none(),
                possible,
                "{resource_type} {name}: {objection:?}"
            );
        }
    }
}
