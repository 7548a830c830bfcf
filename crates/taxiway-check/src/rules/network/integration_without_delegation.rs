//! A site is integrated into a subnet that is not delegated to App Service.

use crate::rules::prelude::*;

pub(crate) static RULE: Rule = Rule::new(
    "integration-without-delegation",
    "a site is integrated into a subnet that is not delegated to App Service",
    include_str!("integration_without_delegation.md"),
    look,
);

fn look(graph: &Graph<'_>, report: &mut Report<'_>) {
    for site in sites(graph) {
        let Some(part) = site.subnet() else { continue };
        let Some(subnet) = subnet(graph, &part) else { continue };
        let is_delegated = subnet.delegations().is_none_or(|services| services.iter().any(|one| one.eq_ignore_ascii_case("Microsoft.Web/serverFarms")));
        if !is_delegated {
            report.push(Found::at(&part, format!("the subnet `{}` is not delegated to App Service", subnet.name)).label(&subnet.part, "the subnet").help("delegate it to `Microsoft.Web/serverFarms`"));
        }
    }
}
