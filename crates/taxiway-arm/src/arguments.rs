//! The parameter values that a deployment is given.

use indexmap::IndexMap;
use serde_json::{Map, Value};

use crate::{ResourceId, TemplateDiagnostic};

/// A secret in a vault that stands for a parameter's value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeyVaultReference {
    /// The vault.
    pub vault: ResourceId,
    /// The secret's name.
    pub secret_name: String,
    /// The secret's version; the newest without one.
    pub secret_version: Option<String>,
}

/// One given value.
#[derive(Clone, PartialEq)]
pub enum Argument {
    /// The value itself.
    Value(Value),
    /// A secret that the caller fetches before a real deployment.
    KeyVault(KeyVaultReference),
    /// A value that will be given, and is not known now. Only a template that is looked at can have one.
    Unknown,
}

/// The values given to a deployment, by parameter.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Arguments {
    values: IndexMap<String, Argument>,
}

impl Arguments {
    /// None.
    pub fn new() -> Self {
        Self::default()
    }

    /// Reads `{"p": {"value": …} | {"reference": …}}`, alone or inside a parameter file's `parameters`; `null` is none.
    ///
    /// # Errors
    /// What is wrong with it, each at its place in the parameters.
    pub fn from_json(parameters: &Value) -> Result<Self, Vec<TemplateDiagnostic>> {
        let members = match parameters {
            Value::Null => return Ok(Self::new()),
            Value::Object(members) => parameter_map(members),
            Value::Bool(_) | Value::Number(_) | Value::String(_) | Value::Array(_) => None,
        };
        let Some(members) = members else {
            return Err(vec![invalid(
                String::new(),
                "the parameters are not an object",
            )]);
        };
        let mut arguments = Self::new();
        let mut diagnostics = Vec::new();
        for (name, given) in members {
            match argument(name, given) {
                Ok(argument) => {
                    arguments.values.insert(name.clone(), argument);
                }
                Err(diagnostic) => diagnostics.push(diagnostic),
            }
        }
        if diagnostics.is_empty() {
            Ok(arguments)
        } else {
            Err(diagnostics)
        }
    }

    /// Gives a parameter its value, in place of what it had.
    pub fn set(&mut self, name: impl Into<String>, value: Value) {
        let name = name.into();
        let existing = self
            .values
            .keys()
            .find(|key| key.eq_ignore_ascii_case(&name))
            .cloned();
        self.values
            .insert(existing.unwrap_or(name), Argument::Value(value));
    }

    /// Says that a parameter has a value, and that nobody knows it yet.
    pub fn set_unknown(&mut self, name: impl Into<String>) {
        self.values.insert(name.into(), Argument::Unknown);
    }

    /// What was given for a parameter; names are compared without case.
    pub fn get(&self, name: &str) -> Option<&Argument> {
        self.values
            .iter()
            .find(|(key, _)| key.eq_ignore_ascii_case(name))
            .map(|(_, argument)| argument)
    }

    /// All of them, as given.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &Argument)> {
        self.values
            .iter()
            .map(|(name, argument)| (name.as_str(), argument))
    }

    /// The secrets that have to be fetched and [`Arguments::set`] before a real deployment.
    pub fn key_vault_references(&self) -> impl Iterator<Item = (&str, &KeyVaultReference)> {
        self.iter().filter_map(|(name, argument)| match argument {
            Argument::KeyVault(reference) => Some((name, reference)),
            Argument::Value(_) | Argument::Unknown => None,
        })
    }
}

/// The parameters themselves: inside `parameters` where the object is a parameter file.
fn parameter_map(members: &Map<String, Value>) -> Option<&Map<String, Value>> {
    if members.contains_key("$schema") || members.contains_key("contentVersion") {
        return members.get("parameters").and_then(Value::as_object);
    }
    Some(members)
}

fn argument(name: &str, given: &Value) -> Result<Argument, TemplateDiagnostic> {
    let pointer = format!("/{}", name.replace('~', "~0").replace('/', "~1"));
    let member = |key: &str| {
        given.as_object().and_then(|members| {
            members
                .iter()
                .find(|(name, _)| name.eq_ignore_ascii_case(key))
                .map(|(_, value)| value)
        })
    };
    if let Some(value) = member("value") {
        return Ok(Argument::Value(value.clone()));
    }
    let Some(reference) = member("reference") else {
        return Err(invalid(
            pointer,
            format!("the value of parameter '{name}' has neither 'value' nor 'reference'"),
        ));
    };
    let vault = reference
        .pointer("/keyVault/id")
        .and_then(Value::as_str)
        .and_then(|id| ResourceId::parse(id).ok());
    let secret_name = reference.get("secretName").and_then(Value::as_str);
    match (vault, secret_name) {
        (Some(vault), Some(secret_name)) => Ok(Argument::KeyVault(KeyVaultReference {
            vault,
            secret_name: secret_name.to_owned(),
            secret_version: reference
                .get("secretVersion")
                .and_then(Value::as_str)
                .map(str::to_owned),
        })),
        _ => Err(invalid(
            pointer,
            format!("the reference of parameter '{name}' lacks 'keyVault.id' or 'secretName'"),
        )),
    }
}

fn invalid(pointer: String, message: impl Into<String>) -> TemplateDiagnostic {
    TemplateDiagnostic::error("InvalidDeploymentParameterValue", pointer, message)
}
