//! Names of slots: what App Service asks besides the rule of their type.

use crate::error::ArmError;

/// Checks the name of a slot, and the host name that it makes with its site.
///
/// # Errors
/// What is wrong with it.
pub(super) fn check_slot(site: &str, name: &str) -> Result<(), ArmError> {
    let problem = if name.eq_ignore_ascii_case("production") {
        "the name is reserved"
    } else if site.len() + name.len() >= 59 {
        "site and slot together must have at most 58 characters"
    } else {
        return Ok(());
    };
    Err(ArmError::bad_request(
        "InvalidResourceName",
        format!("The slot name '{name}' is invalid: {problem}."),
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slots_fit_into_a_host_name_beside_their_site() {
        assert!(check_slot("shop", "staging").is_ok());
        assert!(check_slot("shop", "Production").is_err());
        assert!(check_slot(&"s".repeat(50), "staging-x").is_err());
    }
}
