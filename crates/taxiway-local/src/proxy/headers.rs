//! Headers on their way through: what belongs to one connection stays behind, what the platform adds is added.

use std::net::SocketAddr;

use http::{HeaderMap, HeaderName, HeaderValue, header};

/// Source: RFC 9110 section 7.6.1, and the older names that clients still send.
const HOP_BY_HOP: [&str; 9] = [
    "connection",
    "keep-alive",
    "proxy-authenticate",
    "proxy-authorization",
    "proxy-connection",
    "te",
    "trailer",
    "transfer-encoding",
    "upgrade",
];

/// What only the front end may say; a client that says it is not believed.
const PLATFORM: [&str; 8] = [
    "x-arr-ssl",
    "x-arr-log-id",
    "x-site-deployment-id",
    "was-default-hostname",
    "x-forwarded-proto",
    "x-forwarded-host",
    "x-client-ip",
    "client-ip",
];

/// Removes what concerns the connection alone, also what `Connection` names.
pub(super) fn remove_hop_by_hop(headers: &mut HeaderMap) {
    let named: Vec<HeaderName> = headers
        .get_all(header::CONNECTION)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(','))
        .filter_map(|name| name.trim().parse().ok())
        .collect();
    for name in named {
        headers.remove(name);
    }
    for name in HOP_BY_HOP {
        headers.remove(name);
    }
}

/// Whether the sender closes the connection after this message. Source: RFC 9110 section 7.6.1.
pub(super) fn closes(headers: &HeaderMap) -> bool {
    headers
        .get_all(header::CONNECTION)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(','))
        .any(|option| option.trim().eq_ignore_ascii_case("close"))
}

/// The protocol that a client wants to change to.
pub(super) fn upgrade(headers: &HeaderMap) -> Option<HeaderValue> {
    let wants = headers
        .get_all(header::CONNECTION)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(','))
        .any(|token| token.trim().eq_ignore_ascii_case("upgrade"));
    headers.get(header::UPGRADE).filter(|_| wants).cloned()
}

/// Says that the connection changes its protocol.
pub(super) fn set_upgrade(headers: &mut HeaderMap, protocol: HeaderValue) {
    headers.insert(header::CONNECTION, HeaderValue::from_static("Upgrade"));
    headers.insert(header::UPGRADE, protocol);
}

/// Adds what App Service's front end adds. The client stands in `X-Forwarded-For` with its port; `X-ARR-SSL` describes the
/// client's TLS, and there is none here.
pub(super) fn add_forwarded(headers: &mut HeaderMap, client: SocketAddr) {
    for name in PLATFORM {
        headers.remove(name);
    }
    let forwarded_for = match headers.get("x-forwarded-for").map(HeaderValue::to_str) {
        Some(Ok(earlier)) => format!("{earlier}, {client}"),
        _ => client.to_string(),
    };
    insert(headers, "x-forwarded-for", &forwarded_for);
    insert(headers, "x-forwarded-proto", "http");
    if let Some(host) = headers.get(header::HOST).cloned() {
        headers.insert("x-forwarded-host", host);
    }
    insert(headers, "x-client-ip", &client.ip().to_string());
    insert(headers, "client-ip", &client.to_string());
}

fn insert(headers: &mut HeaderMap, name: &'static str, value: &str) {
    if let Ok(value) = HeaderValue::from_str(value) {
        headers.insert(name, value);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(pairs: &[(&'static str, &'static str)]) -> HeaderMap {
        pairs
            .iter()
            .map(|(name, value)| {
                (
                    HeaderName::from_static(name),
                    HeaderValue::from_static(value),
                )
            })
            .collect()
    }

    #[test]
    fn what_concerns_the_connection_stays_behind() {
        let mut map = headers(&[
            ("connection", "close, X-Private"),
            ("x-private", "1"),
            ("te", "trailers"),
            ("transfer-encoding", "chunked"),
            ("accept", "*/*"),
        ]);
        remove_hop_by_hop(&mut map);
        assert_eq!(map, headers(&[("accept", "*/*")]));
    }

    #[test]
    fn the_client_is_named_and_its_own_claims_are_dropped() {
        let mut map = headers(&[
            ("host", "shop.localhost:8080"),
            ("x-forwarded-for", "203.0.113.9"),
            ("x-forwarded-proto", "https"),
            ("x-arr-ssl", "2048|256|CN=x"),
        ]);
        add_forwarded(&mut map, "127.0.0.1:5000".parse().unwrap());
        assert_eq!(
            map,
            headers(&[
                ("host", "shop.localhost:8080"),
                ("x-forwarded-for", "203.0.113.9, 127.0.0.1:5000"),
                ("x-forwarded-proto", "http"),
                ("x-forwarded-host", "shop.localhost:8080"),
                ("x-client-ip", "127.0.0.1"),
                ("client-ip", "127.0.0.1:5000"),
            ])
        );
    }

    #[test]
    fn an_upgrade_needs_both_headers() {
        let wanted = headers(&[
            ("connection", "keep-alive, Upgrade"),
            ("upgrade", "websocket"),
        ]);
        assert_eq!(upgrade(&wanted).unwrap(), "websocket");
        assert_eq!(upgrade(&headers(&[("upgrade", "h2c")])), None);
    }
}
