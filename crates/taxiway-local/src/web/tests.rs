//! Sites from creation to swap, with a real application of thirty lines.

mod continuous;

use std::{io::Write, net::Ipv4Addr, sync::Arc, time::Duration};

use camino::{Utf8Path, Utf8PathBuf};
use http::{HeaderMap, Method};
use serde_json::{Value, json};
use taxiway_arm::ResourceId;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
    time::timeout,
};
use zip::{ZipWriter, write::SimpleFileOptions};

use super::{publish::Publication, slot_id::SlotId};
use crate::{
    authority::Authority,
    cloud::Cloud,
    deployments::Deployments,
    endpoints::Endpoints,
    error::ArmError,
    identity::{Caller, Tokens},
    operations::Operations,
    paths::Paths,
    postgresql,
    provider::{Request, Response},
    proxy,
    settings::Ports,
    shutdown::{ShutdownSender, shutdown_channel},
    store::Store,
};

const STUCK: Duration = Duration::from_secs(60);

/// Answers with its release, its slot and a setting; the path decides how.
const APPLICATION: &str = r#"
import http.server, json, os, time, sys

class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self):
        status = 200
        if self.path == "/slow":
            time.sleep(1)
        if self.path == "/ready" and os.environ.get("BROKEN"):
            status = 500
        body = json.dumps({
            "release": open("release.txt").read().strip(),
            "slot": os.environ["WEBSITE_SLOT_NAME"],
            "colour": os.environ.get("COLOUR"),
            "sticky": os.environ.get("STICKY"),
            "forwarded": self.headers.get("X-Forwarded-For"),
        }).encode()
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *arguments):
        print("request", self.path)

if os.environ.get("CRASH"):
    sys.exit("cannot find the thing")
http.server.ThreadingHTTPServer(("127.0.0.1", int(os.environ["PORT"])), Handler).serve_forever()
"#;

struct Fixture {
    cloud: Cloud,
    port: u16,
    _shutdown: ShutdownSender,
    folder: tempfile::TempDir,
}

async fn fixture() -> Fixture {
    fixture_in(tempfile::tempdir().unwrap()).await
}

/// A cloud on what an earlier one left in the folder.
async fn fixture_in(folder: tempfile::TempDir) -> Fixture {
    let state = Utf8PathBuf::from_path_buf(folder.path().to_owned()).unwrap();
    let cache =
        Utf8PathBuf::from_path_buf(std::env::temp_dir().join("taxiway-test-cache")).unwrap();
    let paths = Paths::new(&state, &cache);
    paths.create().unwrap();
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let endpoints = Endpoints::new(Ports {
        front_door: 8443,
        sites: port,
        proxy: 8081,
    });
    let store = Store::open(&paths.database()).unwrap();
    let tenant = "11111111-1111-1111-1111-111111111111";
    let cloud = Cloud {
        authority: Authority::load(&paths).unwrap(),
        tokens: Tokens::load(
            &paths.token_key(),
            store.clone(),
            tenant,
            &endpoints.login(),
        )
        .unwrap(),
        operations: Operations::new(store.clone()),
        deployments: Deployments::default(),
        sites: super::Sites::default(),
        servers: postgresql::Servers::default(),
        store,
        paths,
        endpoints,
    };
    let (sender, shutdown) = shutdown_channel();
    tokio::spawn(proxy::serve(cloud.sites.router(), listener, shutdown));
    cloud.sites.restore(&cloud).await.unwrap();
    Fixture {
        cloud,
        port,
        _shutdown: sender,
        folder,
    }
}

const GROUP: &str = "/subscriptions/22222222-2222-2222-2222-222222222222/resourceGroups/rg";

impl Fixture {
    async fn call(
        &self,
        method: Method,
        path: &str,
        action: Option<&str>,
        body: Value,
    ) -> Result<Response, ArmError> {
        let id = ResourceId::parse(&format!("{GROUP}/providers/Microsoft.Web/{path}")).unwrap();
        let request = Request {
            method,
            id,
            namespace: "Microsoft.Web".to_owned(),
            action: action.map(str::to_owned),
            api_version: "2025-03-01".to_owned(),
            query: std::collections::BTreeMap::new(),
            headers: HeaderMap::new(),
            body,
            caller: Caller {
                object_id: String::new(),
                app_id: String::new(),
                tenant_id: String::new(),
            },
        };
        super::handle(&self.cloud, request).await
    }

    async fn put(&self, path: &str, body: Value) -> Value {
        self.call(Method::PUT, path, None, body)
            .await
            .unwrap()
            .body
            .unwrap()
    }

    async fn swap(&self) -> Result<(), ArmError> {
        let body = json!({"targetSlot": "production", "preserveVnet": true});
        let response = self
            .call(
                Method::POST,
                "sites/shop/slots/staging",
                Some("slotsswap"),
                body,
            )
            .await?;
        timeout(STUCK, self.cloud.operations.wait(response))
            .await
            .unwrap()
            .map(|_| ())
    }

    /// A plan, the site `shop` and its slot `staging`, which builds.
    async fn shop(&self) {
        let plan = json!({"location": "westeurope", "kind": "linux", "sku": {"name": "S1"}, "properties": {"reserved": true}});
        let plan = self.put("serverfarms/plan", plan).await;
        let settings = |colour: &str, sticky: &str| {
            json!([
                {"name": "SCM_DO_BUILD_DURING_DEPLOYMENT", "value": "true"},
                {"name": "COLOUR", "value": colour},
                {"name": "STICKY", "value": sticky},
            ])
        };
        let site = |settings: Value| {
            json!({"location": "westeurope", "properties": {
                "serverFarmId": plan["id"],
                "siteConfig": {"linuxFxVersion": python(), "appCommandLine": "python app.py", "appSettings": settings},
            }})
        };
        self.put("sites/shop", site(settings("blue", "in production")))
            .await;
        self.put(
            "sites/shop/slots/staging",
            site(settings("green", "in staging")),
        )
        .await;
        let sticky = json!({"properties": {"appSettingNames": ["STICKY"]}});
        self.put("sites/shop/config/slotConfigNames", sticky).await;
    }

    async fn publish(&self, slot: &str, files: &[(&str, &str)]) -> Value {
        let site =
            ResourceId::parse(&format!("{GROUP}/providers/Microsoft.Web/sites/shop")).unwrap();
        let slot_id = SlotId::of(&site, slot);
        let publication = Publication::begin(&self.cloud, &slot_id, "tester", "").unwrap();
        let id = publication.deployment.id.clone();
        zip(&publication.package(&self.cloud).unwrap(), files);
        timeout(STUCK, publication.run(&self.cloud)).await.unwrap();
        let path = match slot {
            "production" => format!("sites/shop/deploymentStatus/{id}"),
            slot => format!("sites/shop/slots/{slot}/deploymentStatus/{id}"),
        };
        self.call(Method::GET, &path, None, Value::Null)
            .await
            .unwrap()
            .body
            .unwrap()["properties"]
            .clone()
    }

    async fn release(&self, slot: &str, release: &str) -> Value {
        self.publish(
            slot,
            &[
                ("app.py", APPLICATION),
                ("release.txt", release),
                ("requirements.txt", ""),
            ],
        )
        .await
    }

    /// The status and the JSON body, or the text.
    async fn get(&self, host: &str, path: &str) -> (u16, Value) {
        let (status, body) = timeout(STUCK, get(self.port, host, path)).await.unwrap();
        let body = serde_json::from_str(&body).unwrap_or(Value::String(body));
        (status, body)
    }
}

/// The Python of the machine that runs the tests.
fn python() -> String {
    let output = crate::process::command_output(
        "python3",
        &["-c", "import sys; print('%d.%d' % sys.version_info[:2])"],
    );
    format!("PYTHON|{}", output.unwrap().trim())
}

fn zip(path: &Utf8Path, files: &[(&str, &str)]) {
    let mut writer = ZipWriter::new(std::fs::File::create(path).unwrap());
    for (name, text) in files {
        writer
            .start_file(*name, SimpleFileOptions::default())
            .unwrap();
        writer.write_all(text.as_bytes()).unwrap();
    }
    writer.finish().unwrap();
}

async fn get(port: u16, host: &str, path: &str) -> (u16, String) {
    let mut stream = TcpStream::connect((Ipv4Addr::LOCALHOST, port))
        .await
        .unwrap();
    let request = format!(
        "GET {path} HTTP/1.1\r\nHost: {host}.localhost:{port}\r\nConnection: close\r\n\r\n"
    );
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await.unwrap();
    let status = answer.split(' ').nth(1).unwrap().parse().unwrap();
    let body = answer.split_once("\r\n\r\n").unwrap().1.to_owned();
    (status, body)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_site_is_created_published_started_and_swapped() {
    let fixture = fixture().await;
    fixture.shop().await;
    let (status, page) = fixture.get("shop", "/").await;
    assert_eq!(status, 200);
    assert!(page.as_str().unwrap().contains("waiting for your content"));

    let status = fixture.release("production", "one").await;
    assert_eq!(status["status"], "RuntimeSuccessful", "{status}");
    let (status, body) = fixture.get("shop", "/").await;
    assert_eq!(
        (status, &body["release"], &body["slot"], &body["colour"]),
        (200, &json!("one"), &json!("Production"), &json!("blue"))
    );
    assert!(
        body["forwarded"]
            .as_str()
            .unwrap()
            .starts_with("127.0.0.1:")
    );

    fixture.release("staging", "two").await;
    let (_, body) = fixture.get("shop-staging", "/").await;
    assert_eq!(
        (&body["release"], &body["sticky"]),
        (&json!("two"), &json!("in staging"))
    );

    fixture.swap().await.unwrap();
    let (_, body) = fixture.get("shop", "/").await;
    assert_eq!(
        [
            &body["release"],
            &body["slot"],
            &body["colour"],
            &body["sticky"]
        ],
        [
            &json!("two"),
            &json!("Production"),
            &json!("green"),
            &json!("in production")
        ]
    );
    let site = fixture
        .call(Method::GET, "sites/shop", None, Value::Null)
        .await
        .unwrap()
        .body
        .unwrap();
    assert_eq!(
        site["properties"]["slotSwapStatus"]["sourceSlotName"],
        "staging"
    );
    timeout(STUCK, async {
        loop {
            let (_, body) = fixture.get("shop-staging", "/").await;
            if body["slot"] == "staging" && body["release"] == "one" {
                assert_eq!(
                    (&body["colour"], &body["sticky"]),
                    (&json!("blue"), &json!("in staging"))
                );
                return;
            }
        }
    })
    .await
    .unwrap();
    fixture.cloud.sites.stop_all().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_release_that_does_not_get_warm_is_not_swapped() {
    let fixture = fixture().await;
    fixture.shop().await;
    fixture.release("production", "one").await;
    fixture.release("staging", "two").await;
    let settings = json!({"properties": {
        "SCM_DO_BUILD_DURING_DEPLOYMENT": "true",
        "BROKEN": "1",
        "WEBSITE_SWAP_WARMUP_PING_PATH": "/ready",
        "WEBSITE_SWAP_WARMUP_PING_STATUSES": "200",
    }});
    fixture
        .put("sites/shop/slots/staging/config/appsettings", settings)
        .await;
    let error = fixture.swap().await.unwrap_err();
    assert_eq!(error.code, "CannotSwapSlots");
    assert!(error.message.contains("/ready answered 500"), "{error}");
    let (_, body) = fixture.get("shop", "/").await;
    assert_eq!(body["release"], "one");
    let (_, body) = fixture.get("shop-staging", "/").await;
    assert_eq!(body["release"], "two");
    fixture.cloud.sites.stop_all().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_site_can_be_deleted_while_it_starts() {
    let fixture = fixture().await;
    fixture.shop().await;
    let slow = [
        (
            "app.py",
            "import time; print('waiting', flush=True); time.sleep(1000)",
        ),
        ("requirements.txt", ""),
    ];
    let site = ResourceId::parse(&format!("{GROUP}/providers/Microsoft.Web/sites/shop")).unwrap();
    let slot = SlotId::of(&site, "staging");
    let runtime = fixture.cloud.sites.runtime(&fixture.cloud, &slot);
    let mut log = runtime.log.follow();
    let publication = Publication::begin(&fixture.cloud, &slot, "tester", "").unwrap();
    zip(&publication.package(&fixture.cloud).unwrap(), &slow);
    let deleted = async {
        while !log.recv().await.unwrap().contains("waiting") {}
        let path = "sites/shop/slots/staging";
        let deleted = fixture.call(Method::DELETE, path, None, Value::Null);
        timeout(STUCK, deleted).await.unwrap().unwrap();
    };
    let (published, ()) = tokio::join!(timeout(STUCK, publication.run(&fixture.cloud)), deleted);
    published.unwrap();
    fixture.cloud.sites.stop_all().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_wrong_with_a_release_is_said() {
    let fixture = fixture().await;
    fixture.shop().await;
    let status = fixture.publish("staging", &[("app.py", APPLICATION)]).await;
    assert_eq!(status["status"], "BuildFailed");
    assert!(
        status["errors"][0]["message"]
            .as_str()
            .unwrap()
            .starts_with("nothing says which packages"),
        "{status}"
    );

    let crash = [
        ("app.py", "raise SystemExit('cannot find the thing')"),
        ("requirements.txt", ""),
    ];
    let status = fixture.publish("staging", &crash).await;
    assert_eq!(status["status"], "RuntimeFailed");
    let message = status["errors"][0]["message"].as_str().unwrap();
    assert_eq!(
        message,
        "The application exited with code 1: cannot find the thing"
    );
    let (status, page) = fixture.get("shop-staging", "/").await;
    assert_eq!(status, 503);
    assert!(
        page.as_str().unwrap().contains("exited with code 1"),
        "{page}"
    );
    fixture.cloud.sites.stop_all().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn no_request_is_lost_in_swaps_and_restarts() {
    let fixture = Arc::new(fixture().await);
    fixture.shop().await;
    fixture.release("production", "one").await;
    fixture.release("staging", "two").await;
    let is_over = Arc::new(std::sync::atomic::AtomicBool::new(false));
    let clients: Vec<_> = (0..4)
        .map(|_| {
            let (port, is_over) = (fixture.port, is_over.clone());
            tokio::spawn(async move {
                let mut answers = 0_u32;
                while !is_over.load(std::sync::atomic::Ordering::Relaxed) {
                    let (status, body) = get(port, "shop", "/").await;
                    assert_eq!(status, 200, "{body}");
                    answers += 1;
                }
                answers
            })
        })
        .collect();
    for _ in 0..3 {
        fixture.swap().await.unwrap();
        fixture
            .call(Method::POST, "sites/shop", Some("restart"), Value::Null)
            .await
            .unwrap();
    }
    is_over.store(true, std::sync::atomic::Ordering::Relaxed);
    for client in clients {
        assert!(client.await.unwrap() > 0);
    }
    fixture.cloud.sites.stop_all().await;
}

/// Stops what runs as a `kill -9` would leave it to the next cloud, and starts that one on the same state.
async fn next_cloud(fixture: Fixture) -> Fixture {
    fixture.cloud.sites.stop_all().await;
    let Fixture { folder, .. } = fixture;
    fixture_in(folder).await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_swap_that_was_interrupted_is_taken_up_or_was_done() {
    let fixture = fixture().await;
    fixture.shop().await;
    fixture.release("production", "one").await;
    fixture.release("staging", "two").await;
    let site = ResourceId::parse(&format!("{GROUP}/providers/Microsoft.Web/sites/shop")).unwrap();
    let (production, staging) = (SlotId::production(&site), SlotId::of(&site, "staging"));
    let interrupted = super::swap::Swap::new(&staging, &production);
    interrupted.begin(&fixture.cloud).unwrap();
    // The operation is remembered as running, and nobody works on it.
    let never = std::future::pending();
    fixture
        .cloud
        .operations
        .run("before", super::swap::OPERATION, &staging_id(&site), never)
        .unwrap();

    let fixture = next_cloud(fixture).await;
    let done = timeout(STUCK, async {
        while fixture
            .cloud
            .operations
            .find("before")
            .unwrap()
            .unwrap()
            .ended
            .is_none()
        {
            tokio::task::yield_now().await;
        }
    });
    done.await.unwrap();
    let (_, body) = fixture.get("shop", "/").await;
    assert_eq!(
        (&body["release"], &body["sticky"]),
        (&json!("two"), &json!("in production"))
    );

    // This time its transaction was done before the cloud ended.
    fixture.swap().await.unwrap();
    let never = std::future::pending();
    fixture
        .cloud
        .operations
        .run("after", super::swap::OPERATION, &staging_id(&site), never)
        .unwrap();
    let fixture = next_cloud(fixture).await;
    let (_, body) = fixture.get("shop", "/").await;
    assert_eq!(body["release"], "one");
    let status = fixture.cloud.operations.status("after");
    assert!(status.is_ok(), "{status:?}");
    fixture.cloud.sites.stop_all().await;
}

fn staging_id(site: &ResourceId) -> ResourceId {
    site.child("slots", "staging").unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_swap_with_preview_shows_the_targets_settings_first() {
    let fixture = fixture().await;
    fixture.shop().await;
    fixture.release("staging", "two").await;
    let body = json!({"targetSlot": "production", "preserveVnet": true});
    let apply = |action: &'static str| {
        fixture.call(
            Method::POST,
            "sites/shop/slots/staging",
            Some(action),
            body.clone(),
        )
    };
    let until = async |sticky: &str| {
        let seen = async { while fixture.get("shop-staging", "/").await.1["sticky"] != sticky {} };
        timeout(STUCK, seen).await.unwrap();
    };
    apply("applySlotConfig").await.unwrap();
    until("in production").await;
    apply("resetSlotConfig").await.unwrap();
    until("in staging").await;
    apply("applySlotConfig").await.unwrap();
    fixture.swap().await.unwrap();
    let (_, body) = fixture.get("shop", "/").await;
    assert_eq!(
        (&body["release"], &body["sticky"], &body["colour"]),
        (&json!("two"), &json!("in production"), &json!("green"))
    );
    let settings = fixture
        .call(
            Method::POST,
            "sites/shop/slots/staging/config/appsettings",
            Some("list"),
            Value::Null,
        )
        .await;
    assert_eq!(
        settings.unwrap().body.unwrap()["properties"]["STICKY"],
        "in staging"
    );
    fixture.cloud.sites.stop_all().await;
}
