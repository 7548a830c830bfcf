//! Start, stop, kill, reset.

use std::{
    io::{BufRead, BufReader},
    process::{Child, Command, Stdio},
};

use reqwest::Method;
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::harness::{Answer, TestCloud, answer, client, settings};

const STATE: &str = "TAXIWAY_TEST_STATE";

/// No test of its own: the process that other tests start and kill.
#[expect(
    clippy::disallowed_methods,
    reason = "the process is told by it where to run"
)]
#[tokio::test]
async fn serve_for_another_test() {
    let Ok(folder) = std::env::var(STATE) else {
        return;
    };
    let folder = camino::Utf8PathBuf::from(folder);
    let settings = taxiway_local::Settings {
        state: folder.join("state"),
        cache: folder.join("cache"),
        ports: taxiway_local::Ports {
            front_door: 0,
            sites: 0,
            proxy: 0,
        },
    };
    taxiway_local::run(settings, std::future::pending(), |_| println!("\nready"))
        .await
        .expect("it runs until it is killed");
}

#[expect(
    clippy::disallowed_methods,
    reason = "the test owns the process that it kills"
)]
fn spawn(folder: &TempDir) -> Child {
    let program = std::env::current_exe().expect("the path of this test");
    let mut child = Command::new(program)
        .args([
            "--exact",
            "lifecycle::serve_for_another_test",
            "--nocapture",
        ])
        .env(STATE, folder.path())
        .stdout(Stdio::piped())
        .spawn()
        .expect("this test starts again");
    let output = child.stdout.take().expect("stdout is piped above");
    let is_ready = BufReader::new(output)
        .lines()
        .map_while(Result::ok)
        .any(|line| line == "ready");
    assert!(is_ready, "the cloud ended: {:?}", child.wait());
    child
}

/// A cloud in a process of its own.
struct OwnProcess {
    child: Child,
    client: reqwest::Client,
    port: Value,
    token: String,
    subscription: String,
}

impl OwnProcess {
    async fn start(folder: &TempDir) -> Self {
        let child = spawn(folder);
        let state = settings(folder).state;
        let read = |name: &str| -> Value {
            let text = std::fs::read(state.join(name)).expect("a file");
            serde_json::from_slice(&text).expect("JSON")
        };
        let (credentials, status) = (read("credentials.json"), read("cloud.json"));
        assert_eq!(status["pid"], child.id());
        let port = status["ports"]["front_door"].clone();
        let client = client(folder);
        let text = |name: &str| credentials[name].as_str().expect("a text").to_owned();
        let form = [
            ("grant_type", "client_credentials".to_owned()),
            ("client_id", text("clientId")),
            ("client_secret", text("clientSecret")),
            ("scope", "https://management.azure.com/.default".to_owned()),
        ];
        let tenant = text("tenantId");
        let url = format!("https://login.localhost:{port}/{tenant}/oauth2/v2.0/token");
        let token = answer(client.post(url).form(&form)).await.expect(200);
        Self {
            child,
            client,
            port,
            token: token.body["access_token"]
                .as_str()
                .expect("a token")
                .to_owned(),
            subscription: text("subscriptionId"),
        }
    }

    async fn put(&self, path: &str, body: &Value) -> Answer {
        let port = &self.port;
        let url = format!("https://management.localhost:{port}{path}?api-version=2025-04-01");
        answer(self.client.put(url).bearer_auth(&self.token).json(body)).await
    }

    fn kill(mut self) -> String {
        self.child.kill().expect("it runs");
        self.child.wait().expect("it ends");
        self.token
    }
}

#[tokio::test]
async fn kill_9_loses_nothing_that_was_acknowledged() {
    let folder = TempDir::new().expect("a folder");
    let process = OwnProcess::start(&folder).await;
    let group = format!("/subscriptions/{}/resourceGroups/rg", process.subscription);
    process
        .put(&group, &json!({"location": "swedencentral"}))
        .await
        .expect(201);
    let token = process.kill();
    let cloud = TestCloud::start_in(folder).await;
    // The old token is still good, because the key was kept.
    cloud
        .call_as(&token, Method::GET, &group, Value::Null)
        .await
        .expect(200);
    cloud.stop().await;
}

/// Each resource waits for the one before it, so that the deployment takes a while.
fn long_template() -> Value {
    let resources: Vec<Value> = (0..200)
        .map(|number| {
            let mut resource = json!({
                "type": "Microsoft.Insights/actionGroups", "apiVersion": "2023-01-01", "name": format!("ag{number}"),
                "location": "global", "properties": {"groupShortName": "ops"}
            });
            if number > 0 {
                let before = format!("[resourceId('Microsoft.Insights/actionGroups', 'ag{}')]", number - 1);
                resource["dependsOn"] = json!([before]);
            }
            resource
        })
        .collect();
    json!({"properties": {"mode": "Incremental", "template": {
        "$schema": "https://schema.management.azure.com/schemas/2019-04-01/deploymentTemplate.json#",
        "contentVersion": "1.0.0.0", "resources": resources
    }}})
}

#[tokio::test]
async fn a_deployment_that_is_cut_off_by_kill_9_says_so_and_can_be_repeated() {
    let folder = TempDir::new().expect("a folder");
    let process = OwnProcess::start(&folder).await;
    let group = format!("/subscriptions/{}/resourceGroups/rg", process.subscription);
    process
        .put(&group, &json!({"location": "swedencentral"}))
        .await
        .expect(201);
    let path = format!("{group}/providers/Microsoft.Resources/deployments/long");
    let started = process.put(&path, &long_template()).await.expect(201);
    let poll = started.headers["azure-asyncoperation"]
        .to_str()
        .expect("a URL")
        .to_owned();
    process.kill();

    let cloud = TestCloud::start_in(folder).await;
    let (_, operation) = poll
        .split_once("/operationStatuses/")
        .expect("an operation");
    let (operation, _) = operation.split_once('?').expect("a version");
    let status = cloud
        .get(&format!("{path}/operationStatuses/{operation}"))
        .await
        .expect(200);
    assert_eq!(status.body["status"], "Failed", "{:#}", status.body);
    let done = cloud.get(&path).await.expect(200).body;
    assert_eq!(
        done["properties"]["error"]["code"], "DeploymentInterrupted",
        "{done:#}"
    );
    let again = cloud.put(&path, long_template()).await.expect(200);
    assert_eq!(cloud.finished(&again).await["status"], "Succeeded");
    cloud.stop().await;
}

#[tokio::test]
async fn a_running_deployment_is_not_replaced_and_can_be_canceled() {
    let cloud = TestCloud::start().await;
    cloud.make_group().await;
    let path = format!(
        "{}/providers/Microsoft.Resources/deployments/long",
        cloud.group()
    );
    let started = cloud.put(&path, long_template()).await.expect(201);
    cloud
        .put(&path, long_template())
        .await
        .expect_error(409, "DeploymentActive");
    cloud
        .post(&format!("{path}/cancel"), Value::Null)
        .await
        .expect(204);
    assert_eq!(cloud.finished(&started).await["status"], "Canceled");
    let done = cloud.get(&path).await.expect(200).body;
    assert_eq!(done["properties"]["provisioningState"], "Canceled");
    cloud.stop().await;
}

#[tokio::test]
async fn only_one_cloud_runs_on_a_state_and_reset_waits_for_its_end() {
    let cloud = TestCloud::start().await;
    let settings = settings(&cloud.folder);
    let second = taxiway_local::run(settings.clone(), std::future::pending(), |_| {}).await;
    let error = second.expect_err("the state is taken").to_string();
    assert!(
        error.starts_with("a local cloud already runs on"),
        "{error}"
    );
    taxiway_local::reset(&settings).expect_err("it runs");
    let folder = cloud.stop().await;
    taxiway_local::reset(&settings).expect("it can be removed");
    assert!(!settings.state.exists());
    taxiway_local::reset(&settings).expect("nothing is fine too");
    drop(folder);
}

#[tokio::test]
async fn no_file_is_open_to_others() {
    use std::os::unix::fs::PermissionsExt;
    let cloud = TestCloud::start().await;
    cloud.make_group().await;
    let folder = cloud.stop().await;
    let state = settings(&folder).state;
    let mode = |path: &std::path::Path| {
        std::fs::metadata(path)
            .expect("a file")
            .permissions()
            .mode()
            & 0o777
    };
    assert_eq!(mode(state.as_std_path()), 0o700);
    for entry in state.read_dir_utf8().expect("the folder") {
        let entry = entry.expect("an entry");
        if entry.path().is_file() {
            assert_eq!(mode(entry.path().as_std_path()), 0o600, "{}", entry.path());
        }
    }
}
