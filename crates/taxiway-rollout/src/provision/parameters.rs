//! Values of secure parameters: generated or given on the first deployment, referred to in the vault afterwards.
//!
//! Once the vault has a secret its value is never read here again: the deployment gets a reference, and Resource Manager
//! reads it.

use rand::seq::{IndexedRandom as _, SliceRandom as _};
use serde_json::{Map, Value, json};
use taxiway_azure::{Azure, ResourceGroupId, Secret};

use super::ProvisionError;

/// The version of the vault's management API that is asked.
const VAULT_API: &str = "2024-11-01";

/// A secure parameter of the template, and where its value is kept.
#[derive(Clone, Debug)]
pub struct SecretParameter {
    /// The parameter.
    pub parameter: String,
    /// The secret's name in the vault.
    pub name: String,
    /// Where its first value comes from.
    pub value: SecretValue,
}

/// Where the first value of a secret comes from.
#[derive(Clone, Debug)]
pub enum SecretValue {
    /// Generated.
    Generated {
        /// How many characters.
        length: usize,
    },
    /// A person gives it.
    Supplied {
        /// The variable of the environment that holds it.
        variable: String,
        /// Its value there, if it is set.
        value: Option<Secret<String>>,
    },
}

/// The parameters to send.
pub(super) async fn supply(
    azure: &Azure,
    group: &ResourceGroupId,
    secrets: &[SecretParameter],
) -> Result<Map<String, Value>, ProvisionError> {
    let vault = vault(azure, group).await?;
    let mut parameters = Map::new();
    for secret in secrets {
        let kept = match &vault {
            Some(vault) => {
                azure
                    .exists(&format!("{vault}/secrets/{}", secret.name), VAULT_API)
                    .await?
            }
            None => false,
        };
        let value = match (&vault, kept) {
            (Some(vault), true) => {
                json!({"reference": {"keyVault": {"id": vault}, "secretName": secret.name}})
            }
            _ => json!({"value": first_value(secret)?.expose()}),
        };
        parameters.insert(secret.parameter.clone(), value);
    }
    Ok(parameters)
}

/// The id of the environment's vault, once there is one.
async fn vault(azure: &Azure, group: &ResourceGroupId) -> Result<Option<String>, ProvisionError> {
    let resources = azure.resources(group).await?;
    Ok(resources
        .into_iter()
        .find(|resource| {
            resource
                .kind
                .eq_ignore_ascii_case("Microsoft.KeyVault/vaults")
        })
        .map(|vault| vault.id))
}

fn first_value(secret: &SecretParameter) -> Result<Secret<String>, ProvisionError> {
    match &secret.value {
        SecretValue::Generated { length } => Ok(Secret::new(generate(*length))),
        SecretValue::Supplied {
            value: Some(value), ..
        } => Ok(value.clone()),
        SecretValue::Supplied {
            variable,
            value: None,
        } => Err(ProvisionError::MissingSecret {
            parameter: secret.parameter.clone(),
            variable: variable.clone(),
        }),
    }
}

const UPPER: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ";
const LOWER: &[u8] = b"abcdefghijklmnopqrstuvwxyz";
const DIGITS: &[u8] = b"0123456789";

/// A random value of letters, digits, `-` and `_`, with at least one upper-case letter, one lower-case letter and one digit,
/// as Azure demands of administrators' passwords; starts with a letter.
fn generate(length: usize) -> String {
    let mut random = rand::rng();
    let all: Vec<u8> = [UPPER, LOWER, DIGITS, b"-_"].concat();
    let mut characters: Vec<u8> = [UPPER, LOWER, DIGITS]
        .iter()
        .filter_map(|set| set.choose(&mut random))
        .copied()
        .collect();
    characters.extend(
        (characters.len()..length.max(8) - 1).filter_map(|_| all.choose(&mut random).copied()),
    );
    characters.shuffle(&mut random);
    let first = LOWER.choose(&mut random).copied();
    first
        .into_iter()
        .chain(characters)
        .map(char::from)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_generated_value_suits_every_rule_for_passwords() {
        for _ in 0..200 {
            let value = generate(32);
            assert_eq!(value.len(), 32);
            assert!(
                value.starts_with(|first: char| first.is_ascii_lowercase()),
                "{value}"
            );
            for set in [UPPER, LOWER, DIGITS] {
                assert!(value.bytes().any(|byte| set.contains(&byte)), "{value}");
            }
        }
        assert_ne!(generate(32), generate(32));
    }

    #[test]
    fn a_secret_that_nobody_gave_is_named() {
        let secret = SecretParameter {
            parameter: "stripeKey".into(),
            name: "stripe-key".into(),
            value: SecretValue::Supplied {
                variable: "STRIPE_KEY".into(),
                value: None,
            },
        };
        assert_eq!(
            first_value(&secret).unwrap_err().to_string(),
            "the secret parameter `stripeKey` has no value yet"
        );
    }
}
