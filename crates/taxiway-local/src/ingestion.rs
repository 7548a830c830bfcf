//! Telemetry ingestion: envelopes of Application Insights, kept as they come.
//!
//! JSON in an array, one alone, or one per line; gzip too. No token is asked for: the instrumentation key names the component,
//! and only keys of components that exist are taken. Source: Application Insights documentation, "ingestion endpoint".

use std::io::Read;

use http::{HeaderValue, Method, Request, Response, StatusCode, header};
use http_body_util::{BodyExt, Limited};
use hyper::body::Body;
use serde_json::{Value, json};

use crate::{
    body::{self, HttpBody},
    cloud::Cloud,
    store::TelemetryItem,
};

const MAX_BODY: usize = 16 * 1024 * 1024;
const MAX_UNPACKED: u64 = 64 * 1024 * 1024;

/// Answers a request of a telemetry client.
pub(crate) async fn respond<B>(cloud: &Cloud, request: Request<B>) -> Response<HttpBody>
where
    B: Body + Send,
    B::Data: Send,
    B::Error: Into<Box<dyn std::error::Error + Send + Sync>>,
{
    let path = request.uri().path().to_ascii_lowercase();
    let segments: Vec<&str> = path
        .split('/')
        .filter(|segment| !segment.is_empty())
        .collect();
    match (request.method(), segments.as_slice()) {
        (&Method::POST, ["v2" | "v2.1", "track"]) => track(cloud, request).await,
        (&Method::POST, ["quickpulseservice.svc", "ping" | "post"]) => live_metrics(),
        _ => answer(StatusCode::NOT_FOUND, &json!({"error": "not found"})),
    }
}

/// Nobody watches: the client asks again in some seconds.
fn live_metrics() -> Response<HttpBody> {
    let mut response = Response::new(body::empty());
    response
        .headers_mut()
        .insert("x-ms-qps-subscribed", HeaderValue::from_static("false"));
    response
}

async fn track<B>(cloud: &Cloud, request: Request<B>) -> Response<HttpBody>
where
    B: Body + Send,
    B::Data: Send,
    B::Error: Into<Box<dyn std::error::Error + Send + Sync>>,
{
    let is_packed = request
        .headers()
        .get(header::CONTENT_ENCODING)
        .is_some_and(|encoding| encoding == "gzip");
    let Ok(collected) = Limited::new(request.into_body(), MAX_BODY).collect().await else {
        return answer(
            StatusCode::PAYLOAD_TOO_LARGE,
            &json!({"error": "the body is too large"}),
        );
    };
    let bytes = collected.to_bytes();
    let envelopes = if is_packed {
        unpack(&bytes).and_then(|text| envelopes(&text))
    } else {
        std::str::from_utf8(&bytes).ok().and_then(envelopes)
    };
    match envelopes {
        Some(envelopes) => keep(cloud, envelopes),
        None => answer(
            StatusCode::BAD_REQUEST,
            &json!({"itemsReceived": 0, "itemsAccepted": 0, "errors": [
                {"index": 0, "statusCode": 400, "message": "the body holds no telemetry envelopes"}
            ]}),
        ),
    }
}

fn unpack(bytes: &[u8]) -> Option<String> {
    let mut text = String::new();
    flate2::read::MultiGzDecoder::new(bytes)
        .take(MAX_UNPACKED)
        .read_to_string(&mut text)
        .ok()?;
    Some(text)
}

fn envelopes(text: &str) -> Option<Vec<Value>> {
    match serde_json::from_str(text) {
        Ok(Value::Array(envelopes)) => Some(envelopes),
        Ok(envelope @ Value::Object(_)) => Some(vec![envelope]),
        Ok(_) => None,
        Err(_) => text
            .lines()
            .filter(|line| !line.trim().is_empty())
            .map(|line| serde_json::from_str(line).ok())
            .collect(),
    }
}

fn keep(cloud: &Cloud, envelopes: Vec<Value>) -> Response<HttpBody> {
    let Ok(keys) = known_keys(cloud) else {
        return answer(
            StatusCode::INTERNAL_SERVER_ERROR,
            &json!({"error": "the store failed"}),
        );
    };
    let received = envelopes.len();
    let mut items = Vec::new();
    let mut errors = Vec::new();
    for (index, envelope) in envelopes.into_iter().enumerate() {
        match item(envelope, &keys) {
            Ok(item) => items.push(item),
            Err(message) => {
                errors.push(json!({"index": index, "statusCode": 400, "message": message}));
            }
        }
    }
    if let Err(error) = cloud.store.append_telemetry(&items) {
        tracing::error!(%error, "cannot keep telemetry");
        return answer(
            StatusCode::INTERNAL_SERVER_ERROR,
            &json!({"error": "the store failed"}),
        );
    }
    let status = match (items.len(), errors.len()) {
        (_, 0) => StatusCode::OK,
        (0, _) => StatusCode::BAD_REQUEST,
        _ => StatusCode::PARTIAL_CONTENT,
    };
    answer(
        status,
        &json!({"itemsReceived": received, "itemsAccepted": items.len(), "errors": errors}),
    )
}

fn known_keys(cloud: &Cloud) -> Result<Vec<String>, crate::store::StoreError> {
    let components = cloud.store.all_of_type("Microsoft.Insights/components")?;
    Ok(components
        .iter()
        .filter_map(|component| component.body["properties"]["InstrumentationKey"].as_str())
        .map(str::to_ascii_lowercase)
        .collect())
}

fn item(envelope: Value, keys: &[String]) -> Result<TelemetryItem, &'static str> {
    let key = envelope["iKey"]
        .as_str()
        .unwrap_or_default()
        .to_ascii_lowercase();
    if !keys.contains(&key) {
        return Err("the instrumentation key belongs to no component of this cloud");
    }
    let item_type = envelope["data"]["baseType"]
        .as_str()
        .ok_or("the envelope has no data.baseType")?
        .to_owned();
    Ok(TelemetryItem {
        instrumentation_key: key,
        item_type,
        time: envelope["time"].as_str().unwrap_or_default().to_owned(),
        body: envelope,
    })
}

fn answer(status: StatusCode, value: &Value) -> Response<HttpBody> {
    let mut response = Response::new(body::json(value));
    *response.status_mut() = status;
    response.headers_mut().insert(
        header::CONTENT_TYPE,
        HeaderValue::from_static("application/json; charset=utf-8"),
    );
    response
}
