//! The names that Azure takes. Source: Naming rules and restrictions for Azure resources.
//!
//! Where Azure's own definitions and tools disagree, the more liberal rule stands here, because a check refuses by it.

/// What a character of a name may be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NameUse {
    /// Letters and digits only.
    Alphanumeric,
    /// Lower case letters and digits only.
    LowerAlphanumeric,
    /// Letters, digits, and these besides.
    With(&'static str),
    /// Letters and digits of any script, and these besides.
    AnyScriptWith(&'static str),
    /// Lower case letters, digits, and these besides.
    LowerWith(&'static str),
    /// Anything but these.
    Without(&'static str),
}

/// The rule for the names of a type.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NameRule {
    /// The type.
    pub resource_type: &'static str,
    /// The fewest characters.
    pub least: usize,
    /// The most characters.
    pub most: usize,
    /// Which characters.
    pub characters: NameUse,
    /// What no name starts with.
    not_first: Edge,
    /// What no name ends with.
    not_last: Edge,
    /// Whether two hyphens may follow one another.
    has_double_hyphens: bool,
    /// Whether it is unique in all of Azure, because it becomes a host name.
    pub is_global: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Edge {
    Anything,
    /// No hyphen.
    NotHyphen,
    /// A letter or digit.
    Alphanumeric,
    /// A letter or digit or `_`.
    Word,
    /// A letter.
    Letter,
    /// Letter or `_`.
    LetterOrUnderscore,
    /// No space and no dot.
    NotSpaceOrDot,
    /// No dot.
    NotDot,
}

const fn rule(
    resource_type: &'static str,
    least: usize,
    most: usize,
    characters: NameUse,
) -> NameRule {
    NameRule {
        resource_type,
        least,
        most,
        characters,
        not_first: Edge::Anything,
        not_last: Edge::Anything,
        has_double_hyphens: true,
        is_global: false,
    }
}

impl NameRule {
    const fn edges(mut self, first: Edge, last: Edge) -> Self {
        self.not_first = first;
        self.not_last = last;
        self
    }

    const fn single_hyphens(mut self) -> Self {
        self.has_double_hyphens = false;
        self
    }

    const fn global(mut self) -> Self {
        self.is_global = true;
        self
    }

    /// What is wrong with a name, in words that go on "the name … ".
    pub fn problem(&self, name: &str) -> Option<String> {
        let length = name.chars().count();
        if length < self.least || length > self.most {
            let wanted = if self.least == self.most {
                self.most.to_string()
            } else {
                format!("{} to {}", self.least, self.most)
            };
            return Some(format!("has {length} characters, and has to have {wanted}"));
        }
        if let Some(wrong) = name
            .chars()
            .find(|character| !self.characters.takes(*character))
        {
            return Some(format!(
                "holds `{wrong}`, and takes {}",
                self.characters.words()
            ));
        }
        if let Some(wrong) = self.not_first.refuses(name.chars().next()) {
            return Some(format!(
                "starts with `{}`, and has to start with {wrong}",
                name.chars().next().unwrap_or_default()
            ));
        }
        if let Some(wrong) = self.not_last.refuses(name.chars().next_back()) {
            return Some(format!(
                "ends with `{}`, and has to end with {wrong}",
                name.chars().next_back().unwrap_or_default()
            ));
        }
        (!self.has_double_hyphens && name.contains("--"))
            .then(|| "holds two hyphens in a row".to_owned())
    }
}

impl NameUse {
    fn takes(self, character: char) -> bool {
        let is_lower = character.is_ascii_lowercase() || character.is_ascii_digit();
        match self {
            Self::Alphanumeric => character.is_ascii_alphanumeric(),
            Self::LowerAlphanumeric => is_lower,
            Self::With(others) => character.is_ascii_alphanumeric() || others.contains(character),
            Self::AnyScriptWith(others) => {
                character.is_alphanumeric() || others.contains(character)
            }
            Self::LowerWith(others) => is_lower || others.contains(character),
            Self::Without(others) => !others.contains(character) && !character.is_control(),
        }
    }

    fn words(self) -> String {
        match self {
            Self::Alphanumeric => "letters and digits".to_owned(),
            Self::LowerAlphanumeric => "lower case letters and digits".to_owned(),
            Self::With(others) | Self::AnyScriptWith(others) => {
                format!("letters, digits and `{others}`")
            }
            Self::LowerWith(others) => format!("lower case letters, digits and `{others}`"),
            Self::Without(others) => format!("anything but `{others}`"),
        }
    }
}

impl Edge {
    fn refuses(self, character: Option<char>) -> Option<&'static str> {
        let character = character?;
        let (fits, words) = match self {
            Self::Anything => (true, ""),
            Self::NotHyphen => (character != '-', "a letter or a digit"),
            Self::Alphanumeric => (character.is_ascii_alphanumeric(), "a letter or a digit"),
            Self::Word => (
                character.is_ascii_alphanumeric() || character == '_',
                "a letter, a digit or `_`",
            ),
            Self::Letter => (character.is_ascii_alphabetic(), "a letter"),
            Self::LetterOrUnderscore => (
                character.is_ascii_alphabetic() || character == '_',
                "a letter or `_`",
            ),
            Self::NotSpaceOrDot => (!matches!(character, ' ' | '.'), "something else"),
            Self::NotDot => (character != '.', "something else"),
        };
        (!fits).then_some(words)
    }
}

const HYPHEN: NameUse = NameUse::With("-");
const NETWORK: NameUse = NameUse::With("_.-");
const ALERT: NameUse = NameUse::Without("*#&:<>?%{}\\/");

/// The rule for the names of a type, where there is one.
pub fn name_rule(resource_type: &str) -> Option<&'static NameRule> {
    RULES
        .iter()
        .find(|rule| rule.resource_type.eq_ignore_ascii_case(resource_type))
}

const RULES: &[NameRule] = &[
    rule(
        "Microsoft.Resources/resourceGroups",
        1,
        90,
        NameUse::AnyScriptWith("_-.()"),
    )
    .edges(Edge::Anything, Edge::NotDot),
    rule(
        "Microsoft.Resources/deployments",
        1,
        64,
        NameUse::AnyScriptWith("_-.()"),
    ),
    rule("Microsoft.Web/serverfarms", 1, 60, NameUse::With("-_")),
    rule("Microsoft.Web/sites", 2, 60, HYPHEN)
        .edges(Edge::NotHyphen, Edge::NotHyphen)
        .global(),
    rule("Microsoft.Web/sites/slots", 2, 59, HYPHEN).edges(Edge::NotHyphen, Edge::NotHyphen),
    rule("Microsoft.DBforPostgreSQL/flexibleServers", 3, 63, HYPHEN)
        .edges(Edge::NotHyphen, Edge::NotHyphen)
        .global(),
    rule(
        "Microsoft.DBforPostgreSQL/flexibleServers/databases",
        1,
        63,
        NameUse::With("_-"),
    )
    .edges(Edge::LetterOrUnderscore, Edge::Anything),
    rule(
        "Microsoft.DBforPostgreSQL/flexibleServers/firewallRules",
        1,
        128,
        NameUse::With("_-"),
    )
    .edges(Edge::Alphanumeric, Edge::NotHyphen),
    rule("Microsoft.KeyVault/vaults", 3, 24, HYPHEN)
        .edges(Edge::Letter, Edge::Alphanumeric)
        .single_hyphens()
        .global(),
    rule("Microsoft.KeyVault/vaults/secrets", 1, 127, HYPHEN),
    rule("Microsoft.KeyVault/vaults/keys", 1, 127, HYPHEN),
    rule(
        "Microsoft.ContainerRegistry/registries",
        5,
        50,
        NameUse::Alphanumeric,
    )
    .global(),
    rule("Microsoft.OperationalInsights/workspaces", 4, 63, HYPHEN)
        .edges(Edge::Alphanumeric, Edge::Alphanumeric),
    rule(
        "Microsoft.Insights/components",
        1,
        260,
        NameUse::Without("%&\\?/"),
    )
    .edges(Edge::Anything, Edge::NotSpaceOrDot),
    rule(
        "Microsoft.Insights/webtests",
        1,
        260,
        NameUse::Without("%&\\?/"),
    )
    .edges(Edge::Anything, Edge::NotSpaceOrDot),
    rule("Microsoft.Insights/autoscalesettings", 1, 260, ALERT)
        .edges(Edge::Anything, Edge::NotSpaceOrDot),
    rule(
        "Microsoft.Insights/actionGroups",
        1,
        260,
        NameUse::Without(":<>+/&%\\?|"),
    ),
    rule("Microsoft.Insights/metricAlerts", 1, 260, ALERT)
        .edges(Edge::Anything, Edge::NotSpaceOrDot),
    rule("Microsoft.Insights/scheduledQueryRules", 1, 260, ALERT)
        .edges(Edge::Anything, Edge::NotSpaceOrDot),
    rule("Microsoft.Insights/workbooks", 36, 36, HYPHEN),
    rule("Microsoft.Cache/redis", 1, 63, HYPHEN)
        .edges(Edge::Alphanumeric, Edge::Alphanumeric)
        .single_hyphens()
        .global(),
    rule("Microsoft.Cache/redisEnterprise", 1, 60, HYPHEN)
        .edges(Edge::Alphanumeric, Edge::Alphanumeric)
        .single_hyphens()
        .global(),
    rule(
        "Microsoft.Cache/redisEnterprise/databases/accessPolicyAssignments",
        1,
        60,
        NameUse::Alphanumeric,
    ),
    rule(
        "Microsoft.Storage/storageAccounts",
        3,
        24,
        NameUse::LowerAlphanumeric,
    )
    .global(),
    rule(
        "Microsoft.Storage/storageAccounts/blobServices/containers",
        3,
        63,
        NameUse::LowerWith("-$"),
    )
    .edges(Edge::NotHyphen, Edge::Anything)
    .single_hyphens(),
    rule(
        "Microsoft.Storage/storageAccounts/fileServices/shares",
        3,
        63,
        NameUse::LowerWith("-"),
    )
    .single_hyphens(),
    rule("Microsoft.Network/virtualNetworks", 2, 64, NETWORK).edges(Edge::Alphanumeric, Edge::Word),
    rule("Microsoft.Network/virtualNetworks/subnets", 1, 80, NETWORK)
        .edges(Edge::Alphanumeric, Edge::Word),
    rule("Microsoft.Network/networkSecurityGroups", 1, 80, NETWORK)
        .edges(Edge::Alphanumeric, Edge::Word),
    rule("Microsoft.Network/publicIPAddresses", 1, 80, NETWORK)
        .edges(Edge::Alphanumeric, Edge::Word),
    rule("Microsoft.Network/privateEndpoints", 2, 64, NETWORK)
        .edges(Edge::Alphanumeric, Edge::Word),
    rule("Microsoft.Network/virtualNetworkGateways", 1, 80, NETWORK)
        .edges(Edge::Alphanumeric, Edge::Word),
    rule("Microsoft.Cdn/profiles", 1, 260, HYPHEN).edges(Edge::NotHyphen, Edge::NotHyphen),
    rule("Microsoft.Cdn/profiles/afdEndpoints", 2, 46, HYPHEN),
    rule(
        "Microsoft.Network/FrontDoorWebApplicationFirewallPolicies",
        1,
        128,
        NameUse::Alphanumeric,
    )
    .edges(Edge::Letter, Edge::Anything),
    rule("Microsoft.App/managedEnvironments", 2, 60, HYPHEN)
        .edges(Edge::NotHyphen, Edge::NotHyphen),
    rule(
        "Microsoft.App/containerApps",
        2,
        32,
        NameUse::LowerWith("-"),
    )
    .edges(Edge::NotHyphen, Edge::Alphanumeric)
    .single_hyphens(),
    rule("Microsoft.App/jobs", 2, 32, NameUse::LowerWith("-"))
        .edges(Edge::NotHyphen, Edge::Alphanumeric)
        .single_hyphens(),
    rule(
        "Microsoft.ManagedIdentity/userAssignedIdentities",
        3,
        128,
        NameUse::With("_-"),
    )
    .edges(Edge::Alphanumeric, Edge::Anything),
    rule(
        "Microsoft.ManagedIdentity/userAssignedIdentities/federatedIdentityCredentials",
        3,
        120,
        NameUse::With("_-"),
    )
    .edges(Edge::Alphanumeric, Edge::Anything),
    rule("Microsoft.Authorization/roleAssignments", 36, 36, HYPHEN),
    rule(
        "Microsoft.Authorization/locks",
        1,
        90,
        NameUse::With("._-()"),
    )
    .edges(Edge::Anything, Edge::NotDot),
    rule("Microsoft.Consumption/budgets", 1, 63, NameUse::With("_-")),
    rule("Microsoft.RecoveryServices/vaults", 2, 50, HYPHEN).edges(Edge::Letter, Edge::Anything),
    rule("Microsoft.DataProtection/backupVaults", 2, 50, HYPHEN)
        .edges(Edge::Letter, Edge::Anything),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_judged_by_length_characters_and_edges() {
        for (kind, name, expected) in [
            ("Microsoft.KeyVault/vaults", "kv-shop-prod", None),
            (
                "microsoft.keyvault/VAULTS",
                "kv-a-very-long-name-for-a-vault",
                Some("has 31 characters, and has to have 3 to 24"),
            ),
            (
                "Microsoft.KeyVault/vaults",
                "kv--shop",
                Some("holds two hyphens in a row"),
            ),
            (
                "Microsoft.KeyVault/vaults",
                "1vault",
                Some("starts with `1`, and has to start with a letter"),
            ),
            (
                "Microsoft.Storage/storageAccounts",
                "stShop",
                Some("holds `S`, and takes lower case letters and digits"),
            ),
            (
                "Microsoft.ContainerRegistry/registries",
                "cr-shop",
                Some("holds `-`, and takes letters and digits"),
            ),
            (
                "Microsoft.Web/sites",
                "shop-",
                Some("ends with `-`, and has to end with a letter or a digit"),
            ),
            (
                "Microsoft.Storage/storageAccounts/blobServices/containers",
                "$web",
                None,
            ),
        ] {
            let problem = name_rule(kind).unwrap().problem(name);
            assert_eq!(problem.as_deref(), expected, "{kind} {name}");
        }
        for (kind, name, is_possible) in [
            ("Microsoft.Resources/resourceGroups", "rg_(läden)", true),
            ("Microsoft.Resources/resourceGroups", "rg (shop)", false),
            ("Microsoft.Resources/resourceGroups", "rg-shop.", false),
            ("Microsoft.KeyVault/vaults/secrets", "a_b", false),
            ("Microsoft.OperationalInsights/workspaces", "log", false),
            ("Microsoft.Insights/autoscalesettings", "scale?", false),
        ] {
            let problem = name_rule(kind).unwrap().problem(name);
            assert_eq!(problem.is_none(), is_possible, "{kind} {name}: {problem:?}");
        }
        assert!(name_rule("Microsoft.Nothing/things").is_none());
    }
}
