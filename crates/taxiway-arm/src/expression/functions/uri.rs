//! Functions of URIs.

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode};
use serde_json::{Map, Value, json};
use url::Url;

use super::argument;
use super::{Outcome, Pure, pure};
use crate::expression::member;

/// Everything but letters, digits and `-._~`. Source: .NET documentation, `Uri.EscapeDataString`.
const ESCAPED: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'.')
    .remove(b'_')
    .remove(b'~');

pub(super) const FUNCTIONS: &[Pure] = &[
    pure("uri", 2, 2, |arguments| {
        let base = argument::text(arguments, 0)?;
        Url::parse(base)
            .and_then(|base| base.join(argument::text(arguments, 1).unwrap_or_default()))
            .map(|uri| String::from(uri).into())
            .map_err(|_| "the base is not an absolute URI".to_owned())
    }),
    pure("uriComponent", 1, 1, |arguments| {
        let text = argument::text(arguments, 0)?;
        Ok(utf8_percent_encode(text, ESCAPED).to_string().into())
    }),
    pure("uriComponentToString", 1, 1, |arguments| {
        percent_decode_str(argument::text(arguments, 0)?)
            .decode_utf8()
            .map(|text| text.into_owned().into())
            .map_err(|_| "the decoded bytes are not text in UTF-8".to_owned())
    }),
    pure("parseUri", 1, 1, parse_uri),
    pure("buildUri", 1, 1, build_uri),
];

fn parse_uri(arguments: &[&Value]) -> Outcome {
    let uri = Url::parse(argument::text(arguments, 0)?)
        .map_err(|_| "the text is not an absolute URI".to_owned())?;
    let mut parts = Map::new();
    parts.insert("scheme".to_owned(), uri.scheme().into());
    parts.insert("host".to_owned(), uri.host_str().unwrap_or_default().into());
    if let Some(port) = uri.port_or_known_default() {
        parts.insert("port".to_owned(), port.into());
    }
    parts.insert("path".to_owned(), uri.path().into());
    if let Some(query) = uri.query() {
        parts.insert("query".to_owned(), format!("?{query}").into());
    }
    Ok(json!(parts))
}

fn build_uri(arguments: &[&Value]) -> Outcome {
    let parts = argument::object(arguments, 0)?;
    let text = |name: &str| member(parts, name).and_then(Value::as_str);
    let (Some(scheme), Some(host)) = (text("scheme"), text("host")) else {
        return Err("the object needs the members 'scheme' and 'host'".to_owned());
    };
    let mut uri = Url::parse(&format!("{scheme}://{host}"))
        .map_err(|_| "scheme and host do not form a URI".to_owned())?;
    if let Some(port) = member(parts, "port").and_then(Value::as_u64) {
        let port = u16::try_from(port).map_err(|_| "the port is out of range".to_owned())?;
        uri.set_port(Some(port))
            .map_err(|()| "a URI of this scheme has no port".to_owned())?;
    }
    if let Some(path) = text("path") {
        uri.set_path(path);
    }
    if let Some(query) = text("query") {
        uri.set_query(Some(query.trim_start_matches('?')));
    }
    Ok(String::from(uri).into())
}
