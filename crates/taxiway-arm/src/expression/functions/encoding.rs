//! Base64 and data URIs.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::Value;

use super::argument;
use super::{Pure, pure};

pub(super) const FUNCTIONS: &[Pure] = &[
    pure("base64", 1, 1, |arguments| {
        Ok(STANDARD.encode(argument::text(arguments, 0)?).into())
    }),
    pure("base64ToString", 1, 1, |arguments| {
        decode(argument::text(arguments, 0)?).map(Value::String)
    }),
    pure("base64ToJson", 1, 1, |arguments| {
        serde_json::from_str(&decode(argument::text(arguments, 0)?)?)
            .map_err(|_| "the decoded text is not valid JSON".to_owned())
    }),
    pure("dataUri", 1, 1, |arguments| {
        let encoded = STANDARD.encode(argument::text(arguments, 0)?);
        Ok(format!("data:text/plain;charset=utf8;base64,{encoded}").into())
    }),
    pure("dataUriToString", 1, 1, |arguments| {
        let (header, data) = argument::text(arguments, 0)?
            .strip_prefix("data:")
            .and_then(|uri| uri.split_once(','))
            .ok_or("the text is not a data URI")?;
        if header.to_ascii_lowercase().ends_with(";base64") {
            return decode(data).map(Value::String);
        }
        percent_encoding::percent_decode_str(data)
            .decode_utf8()
            .map(|text| text.into_owned().into())
            .map_err(|_| "the data is not text in UTF-8".to_owned())
    }),
];

fn decode(encoded: &str) -> Result<String, String> {
    let bytes = STANDARD
        .decode(encoded.trim())
        .map_err(|_| "the text is not valid base64".to_owned())?;
    String::from_utf8(bytes).map_err(|_| "the decoded bytes are not text in UTF-8".to_owned())
}
