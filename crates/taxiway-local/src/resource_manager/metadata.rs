//! `/metadata/endpoints`: how clients find the other hosts. The only address that needs no token.
//!
//! With api-version 2022-09-01 the answer is one object, as `az cloud register` wants it; asked for the list (`2019-05-01`), or
//! as `ARM_CLOUD_METADATA_URL`, clients get a list of one.

use serde_json::{Value, json};

use crate::{cloud::Cloud, endpoints, provider::Response};

pub(super) fn is_public(segments: &[String]) -> bool {
    matches!(segments, [first, second]
        if first.eq_ignore_ascii_case("metadata") && second.eq_ignore_ascii_case("endpoints"))
}

pub(super) fn respond(cloud: &Cloud, api_version: Option<&String>) -> Response {
    let metadata = metadata(cloud);
    match api_version.map(String::as_str) {
        Some("2022-09-01") => Response::ok(metadata),
        _ => Response::ok(json!([metadata])),
    }
}

/// The description of this cloud, also what `environment()` gives in a template.
pub(crate) fn metadata(cloud: &Cloud) -> Value {
    let endpoints = &cloud.endpoints;
    let port = endpoints.ports().front_door;
    let resource_manager = endpoints.resource_manager();
    json!({
        "name": "TaxiwayLocal",
        "resourceManager": resource_manager,
        "authentication": {
            "loginEndpoint": format!("{}/adfs", endpoints.login()),
            "audiences": [resource_manager, "https://management.core.windows.net/", "https://management.azure.com/"],
            "tenant": cloud.tokens.tenant_id(),
            "identityProvider": "ADFS",
        },
        "microsoftGraphResourceId": endpoints.graph(),
        "graph": endpoints.graph(),
        "graphAudience": endpoints.graph(),
        "portal": resource_manager,
        "gallery": resource_manager,
        "appServiceResourceId": format!("https://appservice.localhost:{port}"),
        "suffixes": {
            "keyVaultDns": endpoints.vault_suffix(),
            "storage": format!("storage.localhost:{port}"),
            "acrLoginServer": format!("registry.localhost:{port}"),
            "postgresqlServerEndpoint": format!("postgres.{}", endpoints::MANAGEMENT_HOST),
        },
    })
}
