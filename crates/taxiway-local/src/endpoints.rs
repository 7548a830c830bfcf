//! The host names and ports under which the local cloud is reached; the one place that spells them.

use crate::settings::Ports;

/// The hosts of a running cloud.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Endpoints {
    ports: Ports,
}

/// The domain of every vault, without port.
pub(crate) const VAULT_DOMAIN: &str = "vault.localhost";
/// The domain of every Kudu host, without port.
pub(crate) const SCM_DOMAIN: &str = "scm.localhost";
/// Resource Manager.
pub(crate) const MANAGEMENT_HOST: &str = "management.localhost";
/// The token endpoint.
pub(crate) const LOGIN_HOST: &str = "login.localhost";
/// Microsoft Graph.
pub(crate) const GRAPH_HOST: &str = "graph.localhost";
/// Telemetry ingestion and live metrics.
pub(crate) const INGESTION_HOST: &str = "ingestion.localhost";

impl Endpoints {
    /// `ports` are those really bound, never 0.
    pub(crate) const fn new(ports: Ports) -> Self {
        Self { ports }
    }

    pub(crate) const fn ports(&self) -> Ports {
        self.ports
    }

    /// `https://management.localhost:8443/`; ends in a slash, as clients glue paths behind it.
    pub(crate) fn resource_manager(&self) -> String {
        format!("https://{MANAGEMENT_HOST}:{}/", self.ports.front_door)
    }

    /// `https://login.localhost:8443`, without a slash at the end.
    pub(crate) fn login(&self) -> String {
        format!("https://{LOGIN_HOST}:{}", self.ports.front_door)
    }

    /// `https://graph.localhost:8443/`.
    pub(crate) fn graph(&self) -> String {
        format!("https://{GRAPH_HOST}:{}/", self.ports.front_door)
    }

    /// `vault.localhost:8443`: what follows the name of a vault and a dot.
    pub(crate) fn vault_suffix(&self) -> String {
        format!("{VAULT_DOMAIN}:{}", self.ports.front_door)
    }

    /// `https://kv.vault.localhost:8443/`.
    pub(crate) fn vault_uri(&self, vault: &str) -> String {
        format!(
            "https://{}.{}/",
            vault.to_ascii_lowercase(),
            self.vault_suffix()
        )
    }

    /// The Kudu host of a site or slot: `shop-staging.scm.localhost:8443`.
    pub(crate) fn scm_host(&self, label: &str) -> String {
        format!(
            "{}.{SCM_DOMAIN}:{}",
            label.to_ascii_lowercase(),
            self.ports.front_door
        )
    }

    /// The host of a site or slot, as `defaultHostName` has it: `shop-staging.localhost:8080`.
    pub(crate) fn site_host(&self, label: &str) -> String {
        format!(
            "{}.localhost:{}",
            label.to_ascii_lowercase(),
            self.ports.sites
        )
    }

    /// `http://127.0.0.1:8081/`: plain, and by address, because the application's own process sends there and neither trusts our
    /// certificates nor resolves our names.
    pub(crate) fn ingestion(&self) -> String {
        format!("http://127.0.0.1:{}/", self.ports.proxy)
    }
}
