//! What a role permits, and the matching of its patterns.
//!
//! What `notActions` name is taken from the same permission's `actions` alone: another role may still give it. Source: Azure RBAC
//! documentation, "Understand Azure role definitions".

use serde::{Deserialize, Serialize};

/// One of a role's permissions. Patterns hold `*` for any text; case does not matter.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "camelCase", default)]
pub(crate) struct Permissions {
    pub(crate) actions: Vec<String>,
    pub(crate) not_actions: Vec<String>,
    pub(crate) data_actions: Vec<String>,
    pub(crate) not_data_actions: Vec<String>,
}

impl Permissions {
    pub(crate) fn allows(&self, action: &str) -> bool {
        matches_any(&self.actions, action) && !matches_any(&self.not_actions, action)
    }

    pub(crate) fn allows_data(&self, action: &str) -> bool {
        matches_any(&self.data_actions, action) && !matches_any(&self.not_data_actions, action)
    }
}

fn matches_any(patterns: &[String], action: &str) -> bool {
    patterns.iter().any(|pattern| matches(pattern, action))
}

/// Whether the pattern covers the action.
pub(super) fn matches(pattern: &str, action: &str) -> bool {
    matches_folded(&pattern.to_ascii_lowercase(), &action.to_ascii_lowercase())
}

fn matches_folded(pattern: &str, text: &str) -> bool {
    let Some((start, rest)) = pattern.split_once('*') else {
        return pattern == text;
    };
    let Some(text) = text.strip_prefix(start) else {
        return false;
    };
    // What follows the star may begin at any later place.
    (0..=text.len())
        .filter(|offset| text.is_char_boundary(*offset))
        .any(|offset| matches_folded(rest, &text[offset..]))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stars_stand_for_any_text() {
        let cases = [
            ("*", "Microsoft.Web/sites/write", true),
            ("*/read", "microsoft.web/sites/read", true),
            ("*/read", "Microsoft.Web/sites/write", false),
            (
                "Microsoft.Web/sites/*",
                "Microsoft.Web/sites/config/list/action",
                true,
            ),
            (
                "Microsoft.Authorization/*/Write",
                "microsoft.authorization/roleassignments/write",
                true,
            ),
            ("Microsoft.Web/sites", "Microsoft.Web/sites/read", false),
        ];
        for (pattern, text, expected) in cases {
            assert_eq!(matches(pattern, text), expected, "{pattern} {text}");
        }
    }

    #[test]
    fn what_is_taken_away_is_not_given() {
        let texts = |values: &[&str]| values.iter().map(|&value| value.to_owned()).collect();
        let permissions = Permissions {
            actions: texts(&["Microsoft.Storage/storageAccounts/*"]),
            not_actions: texts(&["Microsoft.Storage/storageAccounts/listKeys/action"]),
            data_actions: texts(&["Microsoft.KeyVault/vaults/secrets/*"]),
            not_data_actions: texts(&["*/getSecret/action"]),
        };
        assert!(permissions.allows("Microsoft.Storage/storageAccounts/write"));
        assert!(!permissions.allows("Microsoft.Storage/storageAccounts/listkeys/Action"));
        assert!(permissions.allows_data("Microsoft.KeyVault/vaults/secrets/setSecret/action"));
        assert!(!permissions.allows_data("Microsoft.KeyVault/vaults/secrets/getSecret/action"));
        assert!(!permissions.allows_data("Microsoft.Storage/storageAccounts/write"));
    }
}
