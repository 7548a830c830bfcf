//! Host names, the local ones and Azure's own.

use crate::endpoints::{
    GRAPH_HOST, INGESTION_HOST, LOGIN_HOST, MANAGEMENT_HOST, SCM_DOMAIN, VAULT_DOMAIN,
};

/// The service behind a host name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Service {
    ResourceManager,
    Login,
    Graph,
    /// The data plane of the vault with this name.
    Vault(String),
    /// Kudu of the site or slot with this label.
    Scm(String),
    Ingestion,
    /// Files that a client looks for outside of Azure and can do without: every path is 404.
    Absent,
}

/// Azure's own names, by which clients come through the proxy. Source: Azure REST documentation, "hosts" of each service.
const AZURE_HOSTS: &[(&str, Service)] = &[
    ("management.azure.com", Service::ResourceManager),
    ("management.core.windows.net", Service::ResourceManager),
    ("login.microsoftonline.com", Service::Login),
    ("login.windows.net", Service::Login),
    ("login.microsoft.com", Service::Login),
    ("sts.windows.net", Service::Login),
    ("graph.microsoft.com", Service::Graph),
    ("dc.services.visualstudio.com", Service::Ingestion),
    // az looks for its newest version here.
    ("azcliprod.blob.core.windows.net", Service::Absent),
    ("aka.ms", Service::Absent),
];

impl Service {
    /// The service that answers a host, given without port; `None` for a host of somebody else.
    pub(crate) fn of_host(host: &str) -> Option<Self> {
        let host = host.to_ascii_lowercase();
        let host = host.trim_end_matches('.');
        match host {
            MANAGEMENT_HOST | "localhost" | "127.0.0.1" | "::1" | "[::1]" => {
                return Some(Self::ResourceManager);
            }
            LOGIN_HOST => return Some(Self::Login),
            GRAPH_HOST => return Some(Self::Graph),
            INGESTION_HOST => return Some(Self::Ingestion),
            _ => {}
        }
        if let Some((_, service)) = AZURE_HOSTS.iter().find(|(name, _)| *name == host) {
            return Some(service.clone());
        }
        let label_of = |domain: &str| {
            host.strip_suffix(domain)
                .and_then(|rest| rest.strip_suffix('.'))
                .filter(|label| !label.is_empty() && !label.contains('.'))
                .map(str::to_owned)
        };
        for domain in [VAULT_DOMAIN, "vault.azure.net"] {
            if let Some(vault) = label_of(domain) {
                return Some(Self::Vault(vault));
            }
        }
        for domain in [SCM_DOMAIN, "scm.azurewebsites.net"] {
            if let Some(label) = label_of(domain) {
                return Some(Self::Scm(label));
            }
        }
        if host.ends_with(".in.applicationinsights.azure.com")
            || host.ends_with(".livediagnostics.monitor.azure.com")
        {
            return Some(Self::Ingestion);
        }
        None
    }
}

/// Whether this cloud answers for the host.
pub(crate) fn is_served(host: &str) -> bool {
    Service::of_host(host).is_some()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hosts_lead_to_services() {
        let cases = [
            ("Management.localhost", Some(Service::ResourceManager)),
            ("login.microsoftonline.com", Some(Service::Login)),
            ("kv.vault.localhost", Some(Service::Vault("kv".into()))),
            ("KV.vault.azure.net", Some(Service::Vault("kv".into()))),
            (
                "shop-staging.scm.localhost",
                Some(Service::Scm("shop-staging".into())),
            ),
            ("vault.localhost", None),
            ("a.b.vault.localhost", None),
            ("pypi.org", None),
            ("management.azure.com.example.org", None),
        ];
        for (host, service) in cases {
            assert_eq!(Service::of_host(host), service, "{host}");
        }
    }
}
