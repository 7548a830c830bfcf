//! Who may sign in, and the tokens that prove it.

mod principals;
mod tokens;

pub(crate) use principals::{Principal, PrincipalKind, Principals};
pub(crate) use tokens::{Audience, IssuedToken, TokenError, TokenKeyError, Tokens};

/// Who makes a call: the principal that its token names.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub(crate) struct Caller {
    /// The object id of the principal; role assignments name it.
    pub object_id: String,
    /// The application (client) id.
    pub app_id: String,
    pub tenant_id: String,
}
