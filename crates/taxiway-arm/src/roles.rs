//! The built-in roles that `roleDefinitions('<name>')` knows.
//!
//! Source: Azure documentation, "Azure built-in roles".

use serde_json::{Value, json};

use crate::Context;

/// The definition of a built-in role, at the subscription or, above one, at the tenant.
pub(crate) fn definition(context: &Context, arguments: &[&Value]) -> Result<Option<Value>, String> {
    let name = arguments[0]
        .as_str()
        .ok_or("its parameter must be of type 'String'")?;
    let role = crate::catalogue::role_id(name)
        .ok_or_else(|| format!("the built-in role '{name}' is not known here"))?;
    let scope = context
        .scope
        .subscription()
        .map(|subscription| format!("/subscriptions/{}", subscription.id))
        .unwrap_or_default();
    Ok(Some(json!({
        "id": format!("{scope}/providers/Microsoft.Authorization/roleDefinitions/{role}"),
        "roleDefinitionId": role,
    })))
}
