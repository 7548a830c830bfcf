//! The condition of a role assignment: which calls it gives, of those that its role allows.
//!
//! Evaluated is what delegates the assignment of roles: `ActionMatches`, and the attributes of the role assignment in question.
//! A condition with anything else is refused when it is written, for it would give more here than in Azure. Source: Azure RBAC
//! documentation, "Azure role assignment condition format and syntax".

mod parse;

use serde_json::Value;

use super::permissions;

/// A condition that can be evaluated.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Condition {
    Or(Vec<Condition>),
    And(Vec<Condition>),
    Not(Box<Condition>),
    ActionMatches(String),
    Compares(Comparison),
}

/// An attribute beside what it is compared with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Comparison {
    source: Source,
    attribute: Attribute,
    /// Whether one of the values is enough; else all have to agree.
    any: bool,
    /// Whether equal values agree; else different ones.
    equal: bool,
    ignores_case: bool,
    values: Vec<String>,
}

/// Where an attribute is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Source {
    Request,
    Resource,
}

/// An attribute of a role assignment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Attribute {
    Role,
    Principal,
    PrincipalType,
}

/// What is known of the call that a condition judges.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) enum Attributes<'a> {
    /// It has no attributes that a condition could name.
    #[default]
    None,
    /// The properties that it writes.
    Request(&'a Value),
    /// The properties of what it deletes.
    Resource(&'a Value),
    /// Not known yet: the call itself decides later.
    Later,
}

/// Why a text is no condition that can be evaluated.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub(crate) struct ConditionError(String);

impl Condition {
    /// # Errors
    /// [`ConditionError`] for what is not a condition, and for what this cloud can't evaluate.
    pub(crate) fn parse(text: &str) -> Result<Self, ConditionError> {
        parse::condition(text)
    }

    pub(crate) fn holds(&self, action: &str, attributes: Attributes<'_>) -> bool {
        match self {
            Self::Or(parts) => parts.iter().any(|part| part.holds(action, attributes)),
            Self::And(parts) => parts.iter().all(|part| part.holds(action, attributes)),
            Self::Not(part) => !part.holds(action, attributes),
            Self::ActionMatches(pattern) => permissions::matches(pattern, action),
            Self::Compares(comparison) => comparison.holds(attributes),
        }
    }
}

impl Comparison {
    fn holds(&self, attributes: Attributes<'_>) -> bool {
        let properties = match (attributes, self.source) {
            (Attributes::Later, _) => return true,
            (Attributes::Request(properties), Source::Request)
            | (Attributes::Resource(properties), Source::Resource) => properties,
            (
                Attributes::None | Attributes::Request(_) | Attributes::Resource(_),
                Source::Request | Source::Resource,
            ) => return false,
        };
        let Some(given) = self.attribute.of(properties) else {
            return false;
        };
        let agrees = |value: &String| {
            let is_equal = if self.ignores_case {
                value.eq_ignore_ascii_case(given)
            } else {
                value == given
            };
            is_equal == self.equal
        };
        if self.any {
            self.values.iter().any(agrees)
        } else {
            self.values.iter().all(agrees)
        }
    }
}

impl Attribute {
    fn of(self, properties: &Value) -> Option<&str> {
        match self {
            // The full id ends with the GUID.
            Self::Role => properties["roleDefinitionId"].as_str()?.rsplit('/').next(),
            Self::Principal => properties["principalId"].as_str(),
            Self::PrincipalType => properties["principalType"].as_str(),
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    const WRITE: &str = "Microsoft.Authorization/roleAssignments/write";
    const DELETE: &str = "Microsoft.Authorization/roleAssignments/delete";
    const READER: &str = "acdd72a7-3385-48ef-bd42-f606fba81ae7";
    const OWNER: &str = "8e3af657-a8ff-443c-a75c-2fe8c4bcb635";

    #[test]
    fn a_delegation_gives_the_named_roles_to_the_named_kind_alone() {
        let condition = Condition::parse(
            "((!(ActionMatches{'Microsoft.Authorization/roleAssignments/write'})) OR (@Request[Microsoft.Authorization/roleAssignments:RoleDefinitionId] ForAnyOfAnyValues:GuidEquals {4633458b-17de-408a-b874-0445c86b69e6, ACDD72A7-3385-48ef-bd42-f606fba81ae7} AND @Request[Microsoft.Authorization/roleAssignments:PrincipalType] ForAnyOfAnyValues:StringEqualsIgnoreCase {'ServicePrincipal'})) AND ((!(ActionMatches{'Microsoft.Authorization/roleAssignments/delete'})) OR (@Resource[Microsoft.Authorization/roleAssignments:RoleDefinitionId] ForAnyOfAllValues:GuidNotEquals {8e3af657-a8ff-443c-a75c-2fe8c4bcb635}))",
        )
        .unwrap();
        let assignment = |role: &str, kind: &str| json!({"roleDefinitionId": format!("/subscriptions/s/providers/Microsoft.Authorization/roleDefinitions/{role}"), "principalType": kind});
        let reader = assignment(READER, "serviceprincipal");
        let person = assignment(READER, "User");
        let owner = assignment(OWNER, "ServicePrincipal");
        let cases = [
            (WRITE, Attributes::Request(&reader), true),
            (WRITE, Attributes::Request(&person), false),
            (WRITE, Attributes::Request(&owner), false),
            (WRITE, Attributes::None, false),
            (WRITE, Attributes::Later, true),
            (DELETE, Attributes::Resource(&person), true),
            (DELETE, Attributes::Resource(&owner), false),
            ("Microsoft.Web/sites/write", Attributes::None, true),
        ];
        for (action, attributes, expected) in cases {
            let holds = condition.holds(action, attributes);
            assert_eq!(holds, expected, "{action} {attributes:?}");
        }
    }

    #[test]
    fn what_cannot_be_evaluated_is_refused() {
        let cases = [
            ("", "it ends too early"),
            ("(ActionMatches{'a'}", "it ends too early, at `)`"),
            (
                "ActionMatches{'a'} ActionMatches{'b'}",
                "`ActionMatches` stands where it should end",
            ),
            (
                "@Resource[Microsoft.Storage/storageAccounts/blobServices/containers:name] StringEquals 'x'",
                "the attribute `Microsoft.Storage/storageAccounts/blobServices/containers:name` is not supported",
            ),
            (
                "@Principal[Microsoft.Directory/CustomSecurityAttributes/Id:a] StringEquals 'x'",
                "`@Principal` is not supported",
            ),
            (
                "@Request[Microsoft.Authorization/roleAssignments:PrincipalId] DateTimeEquals 'x'",
                "the operator `DateTimeEquals` is not supported",
            ),
            (
                "SubOperationMatches{'a'}",
                "`SubOperationMatches` is not supported",
            ),
        ];
        for (text, expected) in cases {
            let error = Condition::parse(text).unwrap_err().to_string();
            assert!(error.starts_with(expected), "{text}: {error}");
        }
        let deep = "(".repeat(500);
        assert!(Condition::parse(&deep).is_err());
    }
}
