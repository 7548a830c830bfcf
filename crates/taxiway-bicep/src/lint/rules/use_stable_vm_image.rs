//! `use-stable-vm-image`: a machine made from a preview.

use super::super::{Linter, Rule, RuleLevel};
use crate::ast::Object;

pub(super) const RULE: Rule = Rule {
    code: "use-stable-vm-image",
    level: RuleLevel::Warning,
    summary: "machines are not made from previews",
    reason: "A preview image has no support and goes away without notice.",
    bad: "resource machine 'Microsoft.Compute/virtualMachines@2023-09-01' = {\n  name: 'machine'\n  location: 'westeurope'\n  properties: {\n    storageProfile: {\n      imageReference: { offer: 'server-preview' }\n    }\n  }\n}\n",
    good: "resource machine 'Microsoft.Compute/virtualMachines@2023-09-01' = {\n  name: 'machine'\n  location: 'westeurope'\n  properties: {\n    storageProfile: {\n      imageReference: { offer: 'server' }\n    }\n  }\n}\n",
    check,
};

fn check(linter: &mut Linter<'_>) {
    for resource in &linter.model.resources {
        let image = resource
            .syntax
            .body
            .object
            .as_ref()
            .and_then(|object| image(linter, object));
        for property in ["offer", "sku", "version"] {
            let Some(value) = image.and_then(|image| image.get(property)) else {
                continue;
            };
            let text = value.value.plain_string().unwrap_or("");
            if text.to_ascii_lowercase().contains("preview") {
                linter.report(
                    value.value.span,
                    format!("the {property} of this image is a preview"),
                );
            }
        }
    }
}

fn image<'a>(linter: &Linter<'a>, body: &'a Object) -> Option<&'a Object> {
    let mut object = body;
    for name in ["properties", "storageProfile", "imageReference"] {
        object = linter.object(&object.get(name)?.value)?;
    }
    Some(object)
}
