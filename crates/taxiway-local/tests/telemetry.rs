//! What applications send about themselves.

use std::io::Write;

use serde_json::{Value, json};

use crate::harness::{TestCloud, answer};

fn envelope(key: &Value) -> Value {
    json!({"name": "Microsoft.ApplicationInsights.Request", "time": "2026-11-22T08:00:00Z", "iKey": key,
           "data": {"baseType": "RequestData", "baseData": {"name": "GET /"}}})
}

#[tokio::test]
async fn envelopes_are_taken_in_every_form_that_clients_use() {
    let cloud = TestCloud::start().await;
    cloud.make_group().await;
    let component = format!(
        "{}/providers/Microsoft.Insights/components/app",
        cloud.group()
    );
    let body = json!({"location": "swedencentral", "kind": "web", "properties": {"Application_Type": "web"}});
    let made = cloud.put(&component, body).await.expect(201);
    let known = envelope(&made.body["properties"]["InstrumentationKey"]);
    let unknown = envelope(&json!("00000000-0000-0000-0000-000000000001"));
    let mut packed = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    packed
        .write_all(known.to_string().as_bytes())
        .expect("memory");
    let packed = packed.finish().expect("memory");
    let lines = format!("{known}\n{known}\n");
    let cases: [(&str, Vec<u8>, u16, u64); 6] = [
        (
            "",
            json!([known, known, known]).to_string().into_bytes(),
            200,
            3,
        ),
        ("", lines.into_bytes(), 200, 2),
        ("gzip", packed, 200, 1),
        ("", json!([known, unknown]).to_string().into_bytes(), 206, 1),
        ("", json!([unknown]).to_string().into_bytes(), 400, 0),
        ("", b"nonsense".to_vec(), 400, 0),
    ];
    let plain = format!("http://127.0.0.1:{}", cloud.ports.proxy);
    for (encoding, bytes, status, accepted) in cases {
        for base in [plain.clone(), cloud.host("ingestion.localhost")] {
            let mut request = cloud
                .client
                .post(format!("{base}//v2.1/track"))
                .body(bytes.clone());
            if !encoding.is_empty() {
                request = request.header("content-encoding", encoding);
            }
            let answer = answer(request).await.expect(status);
            assert_eq!(answer.body["itemsAccepted"], accepted, "{:#}", answer.body);
        }
    }
    let ping = format!("{plain}/QuickPulseService.svc/ping?ikey=x");
    let pinged = answer(cloud.client.post(ping)).await.expect(200);
    assert_eq!(pinged.headers["x-ms-qps-subscribed"], "false");
    answer(cloud.client.get(format!("{plain}/subscriptions")))
        .await
        .expect(404);
    cloud.stop().await;
}
