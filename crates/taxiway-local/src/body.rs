//! The body of HTTP answers.

use std::io;

use bytes::Bytes;
use http_body_util::{BodyExt, Empty, Full, combinators::UnsyncBoxBody};
use serde_json::Value;

/// A whole body, or a stream such as a log.
pub(crate) type HttpBody = UnsyncBoxBody<Bytes, io::Error>;

/// No body.
pub(crate) fn empty() -> HttpBody {
    Empty::new().map_err(|never| match never {}).boxed_unsync()
}

/// Bytes known in full.
pub(crate) fn full(bytes: impl Into<Bytes>) -> HttpBody {
    Full::new(bytes.into())
        .map_err(|never| match never {})
        .boxed_unsync()
}

/// JSON.
pub(crate) fn json(value: &Value) -> HttpBody {
    full(value.to_string())
}
