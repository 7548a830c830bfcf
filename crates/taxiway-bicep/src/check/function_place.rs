//! Which functions may stand where.

use taxiway_diagnostics::Span;

use super::Checker;
use super::signatures::{Place, Signature};
use crate::model::TargetScope;

/// What functions may be called in the part of the file that is looked at.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Allowed {
    /// Those that differ with every deployment: `utcNow`, `newGuid`.
    pub(super) parameter_default: bool,
    /// Those that need the deployment to run: `reference`, `list…`.
    pub(super) runtime: bool,
}

impl Allowed {
    pub(super) const PARAMETER_DEFAULT: Self = Self {
        parameter_default: true,
        runtime: false,
    };
    pub(super) const RUNTIME: Self = Self {
        parameter_default: false,
        runtime: true,
    };
    pub(super) const NOTHING: Self = Self {
        parameter_default: false,
        runtime: false,
    };
}

/// Functions of the namespace `az`; all others are of `sys`.
const AZ: &[&str] = &[
    "deployer",
    "deployment",
    "environment",
    "extensionResourceId",
    "getSecret",
    "managementGroup",
    "managementGroupResourceId",
    "pickZones",
    "providers",
    "reference",
    "resourceGroup",
    "resourceId",
    "roleDefinitions",
    "subscription",
    "subscriptionResourceId",
    "tenant",
    "tenantResourceId",
    "toLogicalZone",
    "toLogicalZones",
    "toPhysicalZone",
    "toPhysicalZones",
];

/// Whether a function belongs to `az`.
pub(super) fn is_of_azure(name: &str) -> bool {
    AZ.contains(&name) || name.starts_with("list")
}

/// Whether an overload is there in files of this scope.
pub(super) fn is_in_scope(signature: &Signature, scope: TargetScope) -> bool {
    let is_bare = signature.parameters.is_empty();
    match signature.name {
        "managementGroup" if is_bare => scope == TargetScope::ManagementGroup,
        "subscription" if is_bare => {
            matches!(
                scope,
                TargetScope::Subscription | TargetScope::ResourceGroup
            )
        }
        "resourceGroup" if is_bare => scope == TargetScope::ResourceGroup,
        "resourceGroup" if signature.parameters.len() == 1 => {
            matches!(
                scope,
                TargetScope::Subscription | TargetScope::ResourceGroup
            )
        }
        _ => true,
    }
}

/// A function of templates that the language has something better for: how to write it, and the official code.
pub(crate) fn replaced(name: &str) -> Option<(&'static str, &'static str)> {
    Some(match name {
        "variables" => ("BCP060", "write the name of the variable"),
        "parameters" => ("BCP061", "write the name of the parameter"),
        "if" => ("BCP100", "write `condition ? one : other`"),
        "createArray" => ("BCP101", "write `[one, other]`"),
        "createObject" => ("BCP102", "write `{ key: value }`"),
        "add" => ("BCP069", "write `+`"),
        "sub" => ("BCP069", "write `-`"),
        "mul" => ("BCP069", "write `*`"),
        "div" => ("BCP069", "write `/`"),
        "mod" => ("BCP069", "write `%`"),
        "less" => ("BCP069", "write `<`"),
        "lessOrEquals" => ("BCP069", "write `<=`"),
        "greater" => ("BCP069", "write `>`"),
        "greaterOrEquals" => ("BCP069", "write `>=`"),
        "equals" => ("BCP069", "write `==`"),
        "not" => ("BCP069", "write `!`"),
        "and" => ("BCP069", "write `&&`"),
        "or" => ("BCP069", "write `||`"),
        "coalesce" => ("BCP069", "write `??`"),
        _ => return None,
    })
}

impl Checker<'_> {
    /// Whether a function may be called here; reports it if not.
    pub(super) fn may_stand_here(&mut self, name: &str, place: Place, span: Span) -> bool {
        match place {
            Place::ParameterDefault if !self.allowed.parameter_default => {
                let message = format!(
                    "`{name}` gives another value with every deployment, so only default values of parameters may call it"
                );
                self.error(span, "BCP065", message);
                false
            }
            Place::Runtime if !self.allowed.runtime => {
                let message = format!(
                    "`{name}` needs deployed resources, so it can only be called in resources, modules, outputs and variables"
                );
                self.error(span, "BCP066", message);
                false
            }
            _ => true,
        }
    }
}
