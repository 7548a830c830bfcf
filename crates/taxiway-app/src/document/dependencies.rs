//! The interpreter and the distributions that a service needs.

use camino::Utf8PathBuf;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use taxiway_diagnostics::Place;

/// The interpreter a service wants.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Python {
    /// `major.minor` to run on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub version: Option<String>,
    /// The hard constraint as a version specifier, such as `>=3.12,<3.13`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub constraint: Option<String>,
    /// The file that says `version`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<String>")]
    pub source: Option<Utf8PathBuf>,
    /// Everything that files say about it, the most binding first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub declarations: Vec<PythonDeclaration>,
}

/// What one file says about the interpreter.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct PythonDeclaration {
    /// The specifier or version as written, such as `>=3.12` or `3.12.4`.
    pub value: String,
    /// Whether one may depart from it.
    pub strength: Declaration,
    /// Where it stands.
    #[schemars(with = "String")]
    pub place: Place,
}

/// How binding a declaration is.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "lowercase")]
pub enum Declaration {
    /// Installing fails on another version: `requires-python`, Poetry's `python`.
    Constraint,
    /// What the project runs on; another version may do: `.python-version`, `runtime.txt`, a Dockerfile, a Pipfile.
    Preference,
}

/// How production installs what a service needs.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Dependencies {
    /// The program that installs.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub manager: Option<Manager>,
    /// The files that hold the production requirements, the one to install from first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schemars(with = "Vec<String>")]
    pub manifests: Vec<Utf8PathBuf>,
    /// That manager's own lock.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<String>")]
    pub lockfile: Option<Utf8PathBuf>,
    /// The dependency groups and extras besides the main ones that production installs.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub groups: Vec<String>,
    /// What the production requirements name, without what those bring along.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub distributions: Vec<Distribution>,
}

/// The program that installs the requirements.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "lowercase")]
pub enum Manager {
    /// pip, also through `uv pip`.
    Pip,
    /// uv with its project interface.
    Uv,
    /// Poetry.
    Poetry,
    /// Pipenv.
    Pipenv,
    /// PDM.
    Pdm,
    /// Conda.
    Conda,
}

/// One production requirement.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Distribution {
    /// The normalised name: lower case, with `-`. Source: PEP 503.
    pub name: String,
    /// The one version that is pinned or locked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub version: Option<String>,
    /// The versions that are allowed, as written: `>=5.2,<5.3`, `^5.0`.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub specifier: String,
    /// The extras, such as `binary`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub extras: Vec<String>,
    /// The environment marker. Source: PEP 508.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub marker: Option<String>,
    /// The address or path it comes from, where that is not the package index.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub url: Option<String>,
    /// Where it stands.
    #[schemars(with = "String")]
    pub place: Place,
}
