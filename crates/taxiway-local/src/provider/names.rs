//! What names Azure takes for each type: the catalogue's rules in Resource Manager's words.

use taxiway_arm::catalogue::name_rule;

use crate::error::ArmError;

/// Checks the name of a resource that is about to be written.
///
/// # Errors
/// 400 with the code that the provider of its type uses.
pub(crate) fn check(resource_type: &str, name: &str) -> Result<(), ArmError> {
    let Some(objection) = objection(resource_type, name) else {
        return Ok(());
    };
    let code = match resource_type.to_ascii_lowercase().as_str() {
        "microsoft.keyvault/vaults" => "VaultNameNotValid",
        "microsoft.authorization/roleassignments" => "InvalidRoleAssignmentId",
        _ => "InvalidResourceName",
    };
    Err(ArmError::bad_request(code, objection))
}

/// Why a name is not possible for its type, as a sentence; `None` where it is, or no rule is known.
pub(crate) fn objection(resource_type: &str, name: &str) -> Option<String> {
    let rule = name_rule(resource_type)?;
    let problem = rule.problem(name)?;
    Some(format!(
        "The name '{name}' is not possible for {}: it {problem}.",
        rule.resource_type
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_wrong_with_a_name_is_said() {
        assert_eq!(
            objection("microsoft.keyvault/vaults", "kv--shop").as_deref(),
            Some(
                "The name 'kv--shop' is not possible for Microsoft.KeyVault/vaults: it holds two hyphens in a row."
            )
        );
        assert_eq!(objection("Microsoft.KeyVault/vaults", "kv-shop"), None);
        assert_eq!(objection("Microsoft.Unknown/things", ""), None);
    }
}
