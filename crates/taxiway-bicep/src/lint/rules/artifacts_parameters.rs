//! `artifacts-parameters`: `_artifactsLocation` and `_artifactsLocationSasToken`.

use super::super::{Linter, Rule, RuleLevel};
use crate::ast::{ExprKind, Parameter};
use crate::model::{DeclarationKind, ModuleTarget};

pub(super) const RULE: Rule = Rule {
    code: "artifacts-parameters",
    level: RuleLevel::Warning,
    summary: "the parameters of artifacts come as a pair, with the types that tools expect",
    reason: "Tools that stage files fill both; one without the other, or with another type, is filled wrongly.",
    bad: "param _artifactsLocation string\noutput location string = _artifactsLocation\n",
    good: "param _artifactsLocation string = 'https://files.example/'\n@secure()\nparam _artifactsLocationSasToken string = ''\n@secure()\noutput location string = '${_artifactsLocation}${_artifactsLocationSasToken}'\n",
    check,
};

const LOCATION: &str = "_artifactsLocation";
const TOKEN: &str = "_artifactsLocationSasToken";

fn check(linter: &mut Linter<'_>) {
    modules(linter);
    let named = |name: &str| {
        linter
            .parameters()
            .find(|parameter| parameter.name.text.eq_ignore_ascii_case(name))
    };
    match (named(LOCATION), named(TOKEN)) {
        (Some(location), Some(token)) => pair(linter, location, token),
        (Some(only), None) => alone(linter, only, TOKEN),
        (None, Some(only)) => alone(linter, only, LOCATION),
        (None, None) => {}
    }
}

fn alone(linter: &mut Linter<'_>, only: &Parameter, other: &str) {
    let name = &only.name;
    linter.report(
        name.span,
        format!("`{}` comes with `{other}`, which is missing", name.text),
    );
}

fn pair<'a>(linter: &mut Linter<'a>, location: &'a Parameter, token: &'a Parameter) {
    for parameter in [location, token] {
        if linter
            .parameter_type(parameter)
            .0
            .is_some_and(|kind| kind != "string")
        {
            let name = &parameter.name;
            linter.report(name.span, format!("`{}` must be a string", name.text));
        }
    }
    if !linter.is_secure(token) {
        linter.report(
            token.name.span,
            format!("`{}` must be `@secure()`", token.name.text),
        );
    }
    if let Some(default) = &location.default {
        let is_address = default
            .plain_string()
            .is_some_and(|text| text.starts_with("http"));
        let source = linter.slice(default.span).to_ascii_lowercase();
        let is_linked = source.contains("deployment(") && source.contains(".templatelink");
        if !is_address && !is_linked {
            linter.report(default.span, format!("the default of `{}` must be an address, or come from `deployment().properties.templateLink`", location.name.text));
        }
    }
    if let Some(default) = &token.default
        && default.plain_string() != Some("")
    {
        linter.report(
            default.span,
            format!("the default of `{}` must be empty", token.name.text),
        );
    }
}

/// Modules that have these parameters get them.
fn modules(linter: &mut Linter<'_>) {
    for module in &linter.model.modules {
        let ModuleTarget::Bicep(target) = &module.target else {
            continue;
        };
        let object = module.syntax.body.object.as_ref();
        let params = object.and_then(|object| object.get("params"));
        let given = params.and_then(|params| match &params.value.kind {
            ExprKind::Object(object) => Some(object),
            _ => None,
        });
        for declaration in &target.declarations {
            let name = &declaration.name.text;
            let is_one = [LOCATION, TOKEN]
                .iter()
                .any(|known| name.eq_ignore_ascii_case(known));
            if is_one
                && matches!(declaration.kind, DeclarationKind::Parameter(_))
                && given.is_none_or(|given| given.get(name).is_none())
            {
                let module = &module.syntax.name;
                linter.report(
                    module.span,
                    format!("the module `{}` is not given `{name}`", module.text),
                );
            }
        }
    }
}
