//! Why a fact is what it is.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use taxiway_diagnostics::Place;

/// Why a fact is what it is, and what else it could have been.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Reason {
    /// What settled it: one sentence, lower case, no final stop.
    pub because: String,
    /// The alternatives, each with what spoke against it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub rejected: Vec<Rejected>,
}

/// An alternative that was not taken.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Rejected {
    /// What it would have been.
    pub value: String,
    /// What spoke against it.
    pub because: String,
    /// Where it was seen.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<String>")]
    pub place: Option<Place>,
}
