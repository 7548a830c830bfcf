//! Resource ids: their parts, how they are built, and how they compare.

use taxiway_arm::ResourceId;

use crate::support::{GROUP, id};

/// An id with its type, full name, scope and parent, each as text.
fn parts(text: &str) -> String {
    let id = id(text);
    format!(
        "{} | {} | {} | {}",
        id.resource_type(),
        id.full_name(),
        id.scope(),
        id.parent()
            .map(|parent| parent.to_string())
            .unwrap_or_default()
    )
}

#[test]
fn the_parts_of_an_id() {
    let cases = [
        ("/", "Microsoft.Resources/tenants |  | / | "),
        (
            "/subscriptions/s",
            "Microsoft.Resources/subscriptions | s | / | ",
        ),
        (
            "/subscriptions/s/resourceGroups/g",
            "Microsoft.Resources/resourceGroups | g | /subscriptions/s | ",
        ),
        (
            "/subscriptions/s/resourcegroups/g/providers/Microsoft.Web/sites/a",
            "Microsoft.Web/sites | a | /subscriptions/s/resourcegroups/g | ",
        ),
        (
            "/subscriptions/s/resourceGroups/g/providers/Microsoft.Web/sites/a/slots/b",
            "Microsoft.Web/sites/slots | a/b | /subscriptions/s/resourceGroups/g | /subscriptions/s/resourceGroups/g/providers/Microsoft.Web/sites/a",
        ),
        (
            "/subscriptions/s/resourceGroups/g/providers/Microsoft.KeyVault/vaults/v/providers/Microsoft.Authorization/roleAssignments/r",
            "Microsoft.Authorization/roleAssignments | r | /subscriptions/s/resourceGroups/g/providers/Microsoft.KeyVault/vaults/v | ",
        ),
        (
            "/subscriptions/s/providers/Microsoft.Authorization/roleDefinitions/r",
            "Microsoft.Authorization/roleDefinitions | r | /subscriptions/s | ",
        ),
        (
            "/providers/Microsoft.Management/managementGroups/m",
            "Microsoft.Management/managementGroups | m | / | ",
        ),
        (
            "/providers/Microsoft.Management/managementGroups/m/providers/Microsoft.Resources/deployments/d",
            "Microsoft.Resources/deployments | d | /providers/Microsoft.Management/managementGroups/m | ",
        ),
    ];
    for (text, expected) in cases {
        assert_eq!(parts(text), expected, "{text}");
    }
}

#[test]
fn subscription_and_group_are_known_below_them() {
    let site = id("/subscriptions/S/resourceGroups/G/providers/Microsoft.Web/sites/a");
    assert_eq!(site.subscription(), Some("S"));
    assert_eq!(site.resource_group(), Some("G"));
    assert_eq!(site.namespace(), "Microsoft.Web");
    assert_eq!(site.name(), "a");
    assert_eq!(
        site.resource_group_id(),
        Some(id("/subscriptions/s/resourceGroups/g"))
    );
    assert!(site.extended().is_none());
    assert!(site.is_type("microsoft.web/SITES"));
    assert!(site.is_at_or_below(&id("/subscriptions/s")));
    assert!(!site.is_at_or_below(&id("/subscriptions/s/resourceGroups/gg")));
    assert!(
        !id("/subscriptions/s/resourceGroups/gg")
            .is_at_or_below(&id("/subscriptions/s/resourceGroups/g"))
    );
    let group = id("/providers/Microsoft.Management/managementGroups/m");
    assert_eq!((group.subscription(), group.resource_group()), (None, None));
    assert!(group.is_scope());
}

#[test]
fn ids_are_built_from_a_scope() {
    let group = id(GROUP);
    let slot = group.resource("Microsoft.Web/sites/slots", "a/b").unwrap();
    assert_eq!(
        slot.as_str(),
        format!("{GROUP}/providers/Microsoft.Web/sites/a/slots/b")
    );
    assert_eq!(slot.parent().unwrap().child("slots", "b").unwrap(), slot);
    let role = slot
        .resource("Microsoft.Authorization/roleAssignments", "r")
        .unwrap();
    assert_eq!(role.extended(), Some(slot));
    let subscription = ResourceId::for_subscription("s").unwrap();
    assert_eq!(
        subscription
            .resource("Microsoft.Resources/resourceGroups", "g")
            .unwrap()
            .as_str(),
        "/subscriptions/s/resourceGroups/g"
    );
    assert_eq!(
        ResourceId::tenant()
            .resource("Microsoft.Management/managementGroups", "m")
            .unwrap()
            .as_str(),
        "/providers/Microsoft.Management/managementGroups/m"
    );
    assert!(group.resource("Microsoft.Web/sites/slots", "a").is_err());
    assert!(group.resource("Microsoft.Web", "").is_err());
    assert!(ResourceId::for_resource_group("s", "a/b").is_err());
}

#[test]
fn ids_compare_without_case_and_keep_theirs() {
    let left = id("/Subscriptions/S/resourcegroups/G");
    let right = id("/subscriptions/s/resourceGroups/g/");
    assert_eq!(left, right);
    assert_eq!(left.cmp(&right), std::cmp::Ordering::Equal);
    assert_eq!(left.key(), right.key());
    assert_eq!(left.to_string(), "/Subscriptions/S/resourcegroups/G");
    assert_eq!(right.to_string(), "/subscriptions/s/resourceGroups/g");
    let json = serde_json::to_string(&left).unwrap();
    assert_eq!(
        serde_json::from_str::<ResourceId>(&json)
            .unwrap()
            .to_string(),
        left.to_string()
    );
}

#[test]
fn what_is_no_id_is_refused() {
    let cases = [
        "",
        "a",
        "subscriptions/s",
        "/subscriptions",
        "/subscriptions//resourceGroups/g",
        "/subscriptions/s/resourceGroups",
        "/subscriptions/s/resourceGroups/g/sites/a",
        "/subscriptions/s/providers/Microsoft.Web",
        "/subscriptions/s/providers/Microsoft.Web/sites",
        "/subscriptions/s/providers/Microsoft.Web/sites/a/slots",
        "/locations/x",
        "/subscriptions/s?x=1",
    ];
    for text in cases {
        assert!(ResourceId::parse(text).is_err(), "{text}");
    }
}
