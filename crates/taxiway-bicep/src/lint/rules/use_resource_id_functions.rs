//! `use-resource-id-functions`: an id that is put together by hand.

use super::super::{Linter, Rule, RuleLevel};
use crate::ast::walk::{children, descendants};
use crate::ast::{Expr, ExprKind, Object, ObjectItem, Property};
use crate::model::DeclarationKind;

pub(super) const RULE: Rule = Rule {
    code: "use-resource-id-functions",
    level: RuleLevel::Off,
    summary: "ids come from a resource or from a function",
    reason: "An id that is put together from text is right in one subscription and group, and no dependency follows from it.",
    bad: "resource site 'Microsoft.Web/sites@2023-12-01' = {\n  name: 'site'\n  location: 'westeurope'\n  properties: {\n    serverFarmId: '/subscriptions/x/resourceGroups/y/providers/Microsoft.Web/serverfarms/z'\n  }\n}\n",
    good: "resource site 'Microsoft.Web/sites@2023-12-01' = {\n  name: 'site'\n  location: 'westeurope'\n  properties: {\n    serverFarmId: resourceId('Microsoft.Web/serverfarms', 'z')\n  }\n}\n",
    check,
};

/// Functions that give ids. Source: Bicep documentation, "Linter rule: use resource ID functions".
const FUNCTIONS: [&str; 10] = [
    "extensionResourceId",
    "if",
    "guid",
    "managementGroupResourceId",
    "reference",
    "resourceId",
    "roleDefinitions",
    "subscription",
    "subscriptionResourceId",
    "tenantResourceId",
];

/// Names that end as an id does, and are none of a resource.
const OTHER: [&str; 46] = [
    "appid",
    "clientid",
    "contentid",
    "connectorid",
    "datatypeid",
    "defaultmenuitemid",
    "deploymentspecid",
    "detector",
    "groupid",
    "illusiveincidentid",
    "keyid",
    "keyvaultid",
    "keyvaultsecretid",
    "locations",
    "menuid",
    "metadata",
    "metricid",
    "nodeagentskuid",
    "objectid",
    "parentid",
    "policydefinitionreferenceid",
    "principalid",
    "requestedserviceobjectiveid",
    "resource",
    "ruleid",
    "schemaid",
    "serviceprincipalclientid",
    "sid",
    "startingdeviceid",
    "storageaccountsubscriptionid",
    "subscriptionid",
    "syntheticmonitorid",
    "tags",
    "targetprotectioncontainerid",
    "targetworkersizeid",
    "tenantid",
    "timezoneid",
    "uniquefindingid",
    "vlanid",
    "workersizeid",
    "appregistrationid",
    "applicationid",
    "correlationid",
    "deviceid",
    "instanceid",
    "userid",
];

/// Types whose bodies hold ids of their own kind.
const OTHER_TYPES: [&str; 4] = [
    "microsoft.portal/dashboards",
    "microsoft.logic/workflows",
    "microsoft.apimanagement/service/backends",
    "microsoft.web/sites/config",
];

fn check(linter: &mut Linter<'_>) {
    for resource in &linter.model.resources {
        let kind = resource.kind.to_ascii_lowercase();
        if resource.extension.is_some() || OTHER_TYPES.contains(&kind.as_str()) {
            continue;
        }
        let properties = resource
            .syntax
            .body
            .object
            .as_ref()
            .and_then(|object| object.get("properties"));
        if let Some(ExprKind::Object(properties)) =
            properties.map(|properties| &properties.value.kind)
        {
            visit(linter, properties);
        }
    }
}

fn visit<'a>(linter: &mut Linter<'a>, object: &'a Object) {
    for item in &object.items {
        match item {
            ObjectItem::Property(property) => visit_property(linter, property),
            ObjectItem::Spread(value) => descend(linter, value),
            ObjectItem::Resource(_) => {}
        }
    }
}

fn visit_property<'a>(linter: &mut Linter<'a>, property: &'a Property) {
    let key = property.key.plain().unwrap_or("");
    let lower = key.to_ascii_lowercase();
    if OTHER.contains(&lower.as_str()) {
        return;
    }
    if !lower.ends_with("id") || key.ends_with("uid") || key.ends_with("UID") {
        return descend(linter, &property.value);
    }
    if linter.text(&property.value).is_some() && is_put_together(linter, &property.value, 32) {
        linter.report(
            property.key.span,
            format!("`{key}` is put together from text: name the resource, or use a function such as `resourceId`"),
        );
    }
}

/// Looks at the objects in a value, at any depth.
fn descend<'a>(linter: &mut Linter<'a>, value: &'a Expr) {
    if let ExprKind::Object(object) = &value.kind {
        return visit(linter, object);
    }
    let mut inside = Vec::new();
    children(value, &mut |child| inside.push(child));
    for child in inside {
        descend(linter, child);
    }
}

fn is_put_together<'a>(linter: &Linter<'a>, value: &'a Expr, depth: u32) -> bool {
    let mut names_resource = false;
    descendants(value, &mut |expr| {
        names_resource |= matches!(
            linter.named(expr),
            Some(DeclarationKind::Resource(_) | DeclarationKind::Module(_))
        );
    });
    let Some(depth) = depth.checked_sub(1).filter(|_| !names_resource) else {
        return false;
    };
    match &value.kind {
        ExprKind::Paren(inner)
        | ExprKind::NonNull(inner)
        | ExprKind::Property { base: inner, .. }
        | ExprKind::Index { base: inner, .. } => is_put_together(linter, inner, depth),
        ExprKind::Name(name) => match linter.named(value) {
            Some(DeclarationKind::Variable(variable)) => {
                is_put_together(linter, &variable.value, depth)
            }
            Some(DeclarationKind::Parameter(_)) => false,
            _ => linter.model.target(name).is_some(),
        },
        ExprKind::Ternary(..) => false,
        ExprKind::String(literal) => literal.plain().is_none_or(|text| text.contains('/')),
        ExprKind::Call { name, .. } => !FUNCTIONS.contains(&&*name.text),
        _ => true,
    }
}
