//! Sites through Resource Manager and Kudu, as clients drive them: create, publish, run, restart the cloud, delete.

use std::{io::Write, time::Duration};

use reqwest::{Method, StatusCode};
use serde_json::{Value, json};
use tempfile::TempDir;
use tokio::time::timeout;
use zip::{ZipWriter, write::SimpleFileOptions};

use crate::harness::{Answer, DEADLINE, TestCloud, answer};

/// The role Key Vault Secrets User.
const SECRETS_USER: &str = "4633458b-17de-408a-b874-0445c86b69e6";

/// Shows its environment, and asks the identity endpoint.
const APPLICATION: &str = r#"
import http.server, json, os, urllib.parse, urllib.request

class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self):
        url = urllib.parse.urlsplit(self.path)
        if url.path == "/env":
            text = os.environ.get(url.query, "(unset)")
        elif url.path == "/token":
            asked = urllib.request.Request(
                os.environ["IDENTITY_ENDPOINT"] + "?api-version=2019-08-01&resource=https://vault.azure.net&" + url.query,
                headers={"X-IDENTITY-HEADER": os.environ["IDENTITY_HEADER"]})
            text = json.load(urllib.request.urlopen(asked))["access_token"]
        else:
            text = "release " + open("release.txt").read()
        print("served", url.path)
        body = text.encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *arguments):
        pass

http.server.ThreadingHTTPServer(("127.0.0.1", int(os.environ["PORT"])), Handler).serve_forever()
"#;

const JOB: &str =
    "echo \"job in $(basename \"$PWD\") with $COLOUR\"\ncat release.txt\ntest \"$FAIL\" != 1\n";

/// A cloud whose tools are kept from one test to the next.
pub(crate) async fn cloud() -> TestCloud {
    let folder = TempDir::new().expect("a temporary folder");
    let cache = std::env::temp_dir().join("taxiway-test-cache");
    std::fs::create_dir_all(&cache).expect("a cache");
    std::os::unix::fs::symlink(&cache, folder.path().join("cache")).expect("a link");
    let cloud = TestCloud::start_in(folder).await;
    cloud.make_group().await;
    cloud
}

#[expect(
    clippy::disallowed_methods,
    reason = "a test asks the machine for its Python"
)]
fn python() -> String {
    let output = std::process::Command::new("python3")
        .args(["-c", "import sys; print('%d.%d' % sys.version_info[:2])"])
        .output()
        .expect("a Python");
    format!("PYTHON|{}", String::from_utf8_lossy(&output.stdout).trim())
}

fn package(release: &str) -> Vec<u8> {
    let files = [
        ("app.py", APPLICATION),
        ("release.txt", release),
        ("requirements.txt", ""),
        ("App_Data/jobs/triggered/migrate/run.sh", JOB),
        (
            "App_Data/jobs/continuous/mail/run.sh",
            "echo sends mail\nexec sleep 3600\n",
        ),
    ];
    let mut writer = ZipWriter::new(std::io::Cursor::new(Vec::new()));
    for (name, text) in files {
        writer
            .start_file(name, SimpleFileOptions::default())
            .expect("an entry");
        writer.write_all(text.as_bytes()).expect("its content");
    }
    writer.finish().expect("a package").into_inner()
}

pub(crate) trait Sites {
    fn site_path(&self) -> String;
    async fn make_site(&self, settings: &[(&str, &str)], identity: Value);
    async fn scm(&self, method: Method, path: &str, body: Vec<u8>) -> Answer;
    async fn publish(&self, release: &str) -> Answer;
    async fn page(&self, path: &str) -> (u16, String);
}

impl Sites for TestCloud {
    fn site_path(&self) -> String {
        format!("{}/providers/Microsoft.Web/sites/shop", self.group())
    }

    async fn make_site(&self, settings: &[(&str, &str)], identity: Value) {
        let plan = format!("{}/providers/Microsoft.Web/serverfarms/plan", self.group());
        let body = json!({"location": "swedencentral", "kind": "linux", "sku": {"name": "P0v3"}, "properties": {"reserved": true}});
        self.put(&plan, body).await.expect(200);
        let settings: Vec<Value> = settings
            .iter()
            .map(|(name, value)| json!({"name": name, "value": value}))
            .collect();
        let mut site = json!({"location": "swedencentral", "kind": "app,linux", "properties": {
            "serverFarmId": plan,
            "siteConfig": {"linuxFxVersion": python(), "appCommandLine": "python app.py", "appSettings": settings},
        }});
        if let Some(id) = identity["id"].as_str() {
            site["identity"] = json!({"type": "UserAssigned", "userAssignedIdentities": {id: {}}});
            site["properties"]["keyVaultReferenceIdentity"] = json!(id);
        }
        self.put(&self.site_path(), site).await.expect(200);
    }

    async fn scm(&self, method: Method, path: &str, body: Vec<u8>) -> Answer {
        let url = format!("{}{path}", self.host("shop.scm.localhost"));
        answer(
            self.client
                .request(method, url)
                .bearer_auth(&self.token)
                .body(body),
        )
        .await
    }

    async fn publish(&self, release: &str) -> Answer {
        self.scm(Method::POST, "/api/publish?type=zip", package(release))
            .await
            .expect(200)
    }

    async fn page(&self, path: &str) -> (u16, String) {
        let url = format!("http://shop.localhost:{}{path}", self.ports.sites);
        let response = self.client.get(url).send().await.expect("an answer");
        (
            response.status().as_u16(),
            response.text().await.expect("a text"),
        )
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_site_is_published_run_brought_back_and_deleted() {
    let cloud = cloud().await;
    cloud
        .make_site(
            &[
                ("SCM_DO_BUILD_DURING_DEPLOYMENT", "true"),
                ("COLOUR", "blue"),
            ],
            Value::Null,
        )
        .await;
    let first = cloud.publish("one").await;
    let first = first.body["id"].as_str().expect("an id").to_owned();
    assert_eq!(cloud.page("/").await, (200, "release one".to_owned()));
    let status = cloud
        .get(&format!("{}/deploymentStatus/{first}", cloud.site_path()))
        .await
        .expect(200);
    assert_eq!(status.body["properties"]["status"], "RuntimeSuccessful");

    cloud.publish("two").await;
    assert_eq!(cloud.page("/").await.1, "release two");
    let listed = cloud
        .scm(Method::GET, "/api/deployments/", Vec::new())
        .await
        .expect(200);
    let listed: Vec<(&Value, &Value)> = listed
        .body
        .as_array()
        .expect("a list")
        .iter()
        .map(|one| (&one["active"], &one["status"]))
        .collect();
    assert_eq!(
        listed,
        [(&json!(true), &json!(4)), (&json!(false), &json!(4))]
    );
    cloud
        .scm(
            Method::PUT,
            &format!("/api/deployments/{first}"),
            Vec::new(),
        )
        .await
        .expect(202);
    let back = async { while cloud.page("/").await.1 != "release one" {} };
    timeout(DEADLINE, back)
        .await
        .expect("the first release again");

    let folder = cloud.stop().await;
    let cloud = TestCloud::start_in(folder).await;
    assert_eq!(cloud.page("/").await, (200, "release one".to_owned()));
    let log = cloud
        .scm(Method::GET, "/api/logs/docker", Vec::new())
        .await
        .expect(200);
    let log = log.body[0]["href"].as_str().expect("a log").to_owned();
    let log = answer(cloud.client.get(log).bearer_auth(&cloud.token))
        .await
        .expect(200);
    assert!(
        log.body.as_str().expect("a text").contains("served /"),
        "{}",
        log.body
    );

    cloud
        .post(&format!("{}/stop", cloud.site_path()), Value::Null)
        .await
        .expect(200);
    let stopped = async { while cloud.page("/").await.0 != 403 {} };
    timeout(DEADLINE, stopped).await.expect("a stopped site");
    cloud.delete(&cloud.site_path()).await.expect(200);
    cloud
        .get(&cloud.site_path())
        .await
        .expect_error(404, "ResourceNotFound");
    assert_eq!(cloud.page("/").await.0, 404);
    let state = cloud.folder.path().join("state/sites/shop");
    assert!(!state.exists());
    cloud.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn references_and_tokens_come_by_the_sites_identity() {
    let cloud = cloud().await;
    let identity = cloud.make_identity("worker").await;
    let identity_id = format!(
        "{}/providers/Microsoft.ManagedIdentity/userAssignedIdentities/worker",
        cloud.group()
    );
    let vault = format!(
        "{}/providers/Microsoft.KeyVault/vaults/kv-shop",
        cloud.group()
    );
    let body = json!({"location": "swedencentral", "properties": {
        "tenantId": cloud.tenant(), "sku": {"name": "standard", "family": "A"}, "enableRbacAuthorization": true,
    }});
    cloud.put(&vault, body).await;
    let secret = json!({"properties": {"value": "hidden value"}});
    cloud.put(&format!("{vault}/secrets/colour"), secret).await;
    let reference = "@Microsoft.KeyVault(VaultName=kv-shop;SecretName=colour)";
    let settings = [
        ("SCM_DO_BUILD_DURING_DEPLOYMENT", "true"),
        ("COLOUR", reference),
    ];
    cloud.make_site(&settings, json!({"id": identity_id})).await;
    cloud.publish("one").await;
    assert_eq!(
        cloud.page("/env?COLOUR").await.1,
        reference,
        "without a role the text stays"
    );
    let status = format!(
        "{}/config/configreferences/appsettings/COLOUR",
        cloud.site_path()
    );
    let denied = cloud.get(&status).await.expect(200);
    assert_eq!(
        denied.body["properties"]["status"], "AccessToKeyVaultDenied",
        "{}",
        denied.body
    );

    cloud
        .assign(&identity["principalId"], SECRETS_USER, &vault)
        .await;
    let resolved = cloud.get(&status).await.expect(200);
    assert_eq!(
        resolved.body["properties"]["status"], "Resolved",
        "{}",
        resolved.body
    );
    let restart = format!("{}/restart?synchronous=true", cloud.site_path());
    cloud.post(&restart, Value::Null).await.expect(200);
    assert_eq!(cloud.page("/env?COLOUR").await.1, "hidden value");
    let client_id = identity["clientId"].as_str().expect("an id");
    let (_, token) = cloud.page(&format!("/token?client_id={client_id}")).await;
    assert_eq!(
        crate::harness::claim(&token, "oid"),
        identity["principalId"].as_str().expect("an id")
    );
    cloud.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_web_job_runs_in_the_applications_place() {
    let cloud = cloud().await;
    cloud
        .make_site(
            &[
                ("SCM_DO_BUILD_DURING_DEPLOYMENT", "true"),
                ("COLOUR", "blue"),
            ],
            Value::Null,
        )
        .await;
    cloud.publish("one").await;
    let run = async |cloud: &TestCloud| {
        let started = cloud
            .scm(
                Method::POST,
                "/api/triggeredwebjobs/migrate/run",
                Vec::new(),
            )
            .await
            .expect(202);
        let url = started.headers["location"]
            .to_str()
            .expect("a URL")
            .to_owned();
        let over = async {
            loop {
                let run = answer(cloud.client.get(&url).bearer_auth(&cloud.token))
                    .await
                    .expect(200)
                    .body;
                if !["Initializing", "Running"].contains(&run["status"].as_str().expect("a status"))
                {
                    return run;
                }
            }
        };
        timeout(DEADLINE, over).await.expect("a run that ends")
    };
    let good = run(&cloud).await;
    assert_eq!(
        (&good["status"], &good["exit_code"]),
        (&json!("Success"), &json!(0))
    );
    let output = good["output_url"].as_str().expect("a URL");
    let output = answer(cloud.client.get(output).bearer_auth(&cloud.token))
        .await
        .expect(200);
    assert!(
        output
            .body
            .as_str()
            .expect("a text")
            .contains("job in app with blue"),
        "{}",
        output.body
    );

    let settings = json!({"properties": {"SCM_DO_BUILD_DURING_DEPLOYMENT": "true", "FAIL": "1"}});
    cloud
        .put(
            &format!("{}/config/appsettings", cloud.site_path()),
            settings,
        )
        .await
        .expect(200);
    assert_eq!(run(&cloud).await["status"], "Failed");
    continuous_job_runs(&cloud).await;
    cloud
        .scm(Method::POST, "/api/triggeredwebjobs/other/run", Vec::new())
        .await
        .expect(404);
    cloud.stop().await;
}

/// The continuous job of the package is listed, runs, and its log can be read.
async fn continuous_job_runs(cloud: &TestCloud) {
    let path = "/api/continuouswebjobs/mail";
    let running = async {
        loop {
            let job = cloud.scm(Method::GET, path, Vec::new()).await.expect(200);
            if job.body["status"] == "Running" {
                return job.body;
            }
        }
    };
    let job = timeout(DEADLINE, running).await.expect("a job that runs");
    let url = job["log_url"].as_str().expect("a URL");
    let log = answer(cloud.client.get(url).bearer_auth(&cloud.token))
        .await
        .expect(200);
    let log = log.body.as_str().expect("a text").to_owned();
    assert!(log.contains("sends mail"), "{log}");
    let all = cloud.scm(Method::GET, "/api/webjobs", Vec::new()).await;
    let all = all.expect(200).body;
    let kinds: Vec<&Value> = all
        .as_array()
        .expect("a list")
        .iter()
        .map(|job| &job["type"])
        .collect();
    assert_eq!(kinds, ["continuous", "triggered"]);
    cloud
        .scm(Method::GET, "/api/continuouswebjobs/other", Vec::new())
        .await
        .expect(404);
}

#[tokio::test(flavor = "multi_thread")]
async fn kudu_asks_for_credentials() {
    let cloud = cloud().await;
    cloud.make_site(&[], Value::Null).await;
    let url = format!("{}/api/settings", cloud.host("shop.scm.localhost"));
    assert_eq!(
        answer(cloud.client.get(&url)).await.status,
        StatusCode::UNAUTHORIZED
    );
    let vault_token = cloud.sign_in("https://vault.azure.net/.default").await;
    assert_eq!(
        answer(cloud.client.get(&url).bearer_auth(vault_token))
            .await
            .status,
        StatusCode::UNAUTHORIZED
    );
    let credentials = format!("{}/config/publishingcredentials/list", cloud.site_path());
    let credentials =
        cloud.post(&credentials, Value::Null).await.expect(200).body["properties"].clone();
    let (user, password) = (
        credentials["publishingUserName"].as_str(),
        credentials["publishingPassword"].as_str(),
    );
    assert_eq!(user, Some("$shop"));
    let basic = || cloud.client.get(&url).basic_auth("$shop", password);
    answer(basic()).await.expect(200);
    assert_eq!(
        answer(cloud.client.get(&url).basic_auth("$shop", Some("guess")))
            .await
            .status,
        StatusCode::UNAUTHORIZED
    );
    let policy = format!(
        "{}/basicPublishingCredentialsPolicies/scm",
        cloud.site_path()
    );
    cloud
        .put(&policy, json!({"properties": {"allow": false}}))
        .await
        .expect(200);
    assert_eq!(answer(basic()).await.status, StatusCode::UNAUTHORIZED);
    cloud.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn logs_are_streamed_as_they_come() {
    let cloud = cloud().await;
    cloud
        .make_site(&[("SCM_DO_BUILD_DURING_DEPLOYMENT", "true")], Value::Null)
        .await;
    cloud.publish("one").await;
    let url = format!("{}/api/logstream", cloud.host("shop.scm.localhost"));
    let mut stream = cloud
        .client
        .get(url)
        .bearer_auth(&cloud.token)
        .send()
        .await
        .expect("a stream");
    cloud.page("/marker").await;
    let seen = async {
        let mut text = String::new();
        while !text.contains("served /marker\r\n") {
            let chunk = stream.chunk().await.expect("a chunk").expect("no end");
            text.push_str(&String::from_utf8_lossy(&chunk));
        }
    };
    timeout(Duration::from_secs(20), seen)
        .await
        .expect("the line");
    cloud.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_azure_refuses_is_refused() {
    let cloud = cloud().await;
    cloud.make_site(&[], Value::Null).await;
    let web = format!("{}/providers/Microsoft.Web", cloud.group());
    let plan = |sku: Value, properties: Value| json!({"location": "swedencentral", "sku": sku, "properties": properties});
    let linux = json!({"reserved": true});
    cloud
        .put(
            &format!("{web}/serverfarms/w"),
            plan(json!({"name": "B1"}), json!({})),
        )
        .await
        .expect_error(400, "LocalCloudUnsupported");
    cloud
        .put(
            &format!("{web}/serverfarms/w"),
            plan(json!({"name": "B1", "capacity": 4}), linux.clone()),
        )
        .await
        .expect_error(409, "Conflict");
    let config = |config: Value| json!({"properties": config});
    let path = format!("{}/config/web", cloud.site_path());
    let rule =
        json!({"experiments": {"rampUpRules": [{"name": "staging", "reroutePercentage": 10}]}});
    cloud
        .call(Method::PATCH, &path, config(rule))
        .await
        .expect_error(400, "LocalCloudUnsupported");
    cloud
        .call(
            Method::PATCH,
            &path,
            config(json!({"linuxFxVersion": "DOCKER|nginx"})),
        )
        .await
        .expect_error(400, "LocalCloudUnsupported");
    cloud
        .delete(&format!("{web}/serverfarms/plan"))
        .await
        .expect_error(409, "Conflict");

    cloud
        .put(
            &format!("{web}/serverfarms/basic"),
            plan(json!({"name": "B1"}), linux),
        )
        .await
        .expect(200);
    let site = json!({"location": "swedencentral", "properties": {"serverFarmId": format!("{web}/serverfarms/basic")}});
    cloud
        .put(&format!("{web}/sites/basic"), site.clone())
        .await
        .expect(200);
    cloud
        .put(&format!("{web}/sites/basic/slots/staging"), site.clone())
        .await
        .expect_error(409, "Conflict");
    let gone = json!({"location": "swedencentral", "properties": {"serverFarmId": format!("{web}/serverfarms/gone")}});
    cloud
        .put(&format!("{web}/sites/other"), gone)
        .await
        .expect_error(404, "NotFound");
    cloud
        .put(
            &format!("{}/slots/staging", cloud.site_path()),
            site.clone(),
        )
        .await
        .expect(200);
    cloud
        .put(&format!("{web}/sites/shop-staging"), site)
        .await
        .expect_error(409, "Conflict");
    let taken = json!({"name": "shop", "type": "Microsoft.Web/sites"});
    let path = format!(
        "{}/providers/Microsoft.Web/checknameavailability",
        cloud.subscription()
    );
    assert_eq!(
        cloud.post(&path, taken).await.expect(200).body["nameAvailable"],
        false
    );
    cloud.stop().await;
}
