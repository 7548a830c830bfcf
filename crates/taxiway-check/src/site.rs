//! A web app or a slot with what belongs to it: configuration, app settings, plan, identity, network.
//!
//! Azure takes settings in several places; rules ask here.

use crate::graph::Graph;
use crate::node::{Node, Part};

pub(crate) const PLANS: &str = "Microsoft.Web/serverfarms";
pub(crate) const SITES: &str = "Microsoft.Web/sites";
pub(crate) const SLOTS: &str = "Microsoft.Web/sites/slots";

/// A site or a slot.
#[derive(Debug)]
pub(crate) struct Site<'g, 'e> {
    pub(crate) graph: &'g Graph<'e>,
    pub(crate) node: &'g Node<'e>,
}

/// All sites and slots, function apps left out: their rules are others.
pub(crate) fn sites<'g, 'e>(graph: &'g Graph<'e>) -> impl Iterator<Item = Site<'g, 'e>> {
    graph
        .of(SITES)
        .chain(graph.of(SLOTS))
        .filter(|node| !kind_of(graph, node).contains("functionapp"))
        .map(move |node| Site { graph, node })
}

/// The kind of a site; a slot that does not say has its site's.
fn kind_of(graph: &Graph<'_>, node: &Node<'_>) -> String {
    let own = node.at("kind");
    let of_site = || graph.parent(node).map(|site| site.at("kind"));
    let kind = if own.is_absent() && node.is(SLOTS) {
        of_site().unwrap_or(own)
    } else {
        own
    };
    kind.text_or_expression()
        .unwrap_or_default()
        .to_ascii_lowercase()
}

impl<'g, 'e> Site<'g, 'e> {
    pub(crate) fn is_slot(&self) -> bool {
        self.node.is(SLOTS)
    }

    /// `the slot `staging``, `the site `app-shop``.
    pub(crate) fn title(&self) -> String {
        let word = if self.is_slot() { "slot" } else { "site" };
        format!("the {word} `{}`", self.node.name())
    }

    /// A property of `siteConfig`, or of the child resource `config/web`, which wins.
    pub(crate) fn config(&self, name: &str) -> Part<'e> {
        let child = self
            .config_child("web")
            .map(|child| child.at("properties").at(name))
            .filter(Part::is_present);
        child.unwrap_or_else(|| self.node.at("properties/siteConfig").at(name))
    }

    pub(crate) fn config_child(&self, name: &str) -> Option<&'g Node<'e>> {
        self.graph
            .children(self.node, "config")
            .find(|child| child.id().name().eq_ignore_ascii_case(name))
    }

    /// The app settings by name; `None` where not all of them are known.
    pub(crate) fn settings(&self) -> Option<Vec<(String, Part<'e>)>> {
        let child = self
            .config_child("appsettings")
            .map(|child| child.at("properties"));
        let inline = self.config("appSettings");
        if inline.is_unknown() || child.as_ref().is_some_and(Part::is_unknown) {
            return None;
        }
        let mut settings: Vec<(String, Part<'e>)> = child
            .iter()
            .flat_map(Part::members)
            .map(|(name, value)| (name.to_owned(), value))
            .collect();
        if child.is_none() {
            for item in inline.items() {
                let name = item.at("name").text()?.to_owned();
                settings.push((name, item.at("value")));
            }
        }
        Some(settings)
    }

    /// One app setting, where it is known to be there.
    pub(crate) fn setting(&self, name: &str) -> Option<Part<'e>> {
        self.settings()?
            .into_iter()
            .find(|(known, _)| known.eq_ignore_ascii_case(name))
            .map(|(_, value)| value)
    }

    /// The app settings, or the text of the expression that they are.
    pub(crate) fn settings_text(&self) -> String {
        let child = self
            .config_child("appsettings")
            .map(|child| child.at("properties"));
        let part = child.unwrap_or_else(|| self.config("appSettings"));
        part.text_or_expression().map_or_else(
            || part.value().map(ToString::to_string).unwrap_or_default(),
            str::to_owned,
        )
    }

    /// The plan, where it is in the template.
    pub(crate) fn plan(&self) -> Option<&'g Node<'e>> {
        let own = self.node.at("properties/serverFarmId");
        if own.is_absent() && self.is_slot() {
            let site = self.graph.parent(self.node)?;
            return self.graph.referred(&site.at("properties/serverFarmId"));
        }
        self.graph.referred(&own)
    }

    pub(crate) fn runtime(&self) -> Option<&'e str> {
        self.config("linuxFxVersion").text()
    }

    /// Whether it runs on Linux; `None` where nothing says so.
    pub(crate) fn is_linux(&self) -> Option<bool> {
        let kind = kind_of(self.graph, self.node);
        if kind.contains("linux")
            || self
                .config("linuxFxVersion")
                .text()
                .is_some_and(|text| !text.is_empty())
        {
            return Some(true);
        }
        self.plan()
            .map(|plan| plan.at("properties/reserved").is_true())
    }

    pub(crate) fn is_builtin_python(&self) -> bool {
        self.runtime()
            .is_some_and(|runtime| runtime.to_ascii_uppercase().starts_with("PYTHON|"))
    }

    pub(crate) fn is_container(&self) -> bool {
        self.runtime().is_some_and(|runtime| {
            let runtime = runtime.to_ascii_uppercase();
            runtime.starts_with("DOCKER|") || runtime.starts_with("SITECONTAINERS")
        })
    }

    /// The ids of the user-assigned identities; `None` where not all are known.
    pub(crate) fn identities(&self) -> Option<Vec<&'e str>> {
        let identities = self.node.at("identity/userAssignedIdentities");
        if identities.is_unknown() || self.node.at("identity").is_unknown() {
            return None;
        }
        let names: Vec<&str> = identities
            .members()
            .into_iter()
            .map(|(name, _)| name)
            .collect();
        names
            .iter()
            .all(|name| name.starts_with('/'))
            .then_some(names)
    }

    pub(crate) fn has_system_identity(&self) -> bool {
        self.node
            .at("identity/type")
            .text_or_expression()
            .is_some_and(|kind| kind.to_ascii_lowercase().contains("systemassigned"))
    }

    /// The subnet into which it is integrated.
    pub(crate) fn subnet(&self) -> Option<Part<'e>> {
        let own = self.node.at("properties/virtualNetworkSubnetId");
        if own.is_present() {
            return Some(own);
        }
        self.graph
            .children(self.node, "networkConfig")
            .map(|child| child.at("properties/subnetResourceId"))
            .find(Part::is_present)
    }
}

/// What an App Service tier has. Source: App Service limits.
pub(crate) fn tier_of(plan: &Node<'_>) -> Option<&'static taxiway_arm::catalogue::PlanTier> {
    taxiway_arm::catalogue::plan_tier(plan.at("sku/name").text()?)
}
