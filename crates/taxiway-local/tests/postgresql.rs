//! PostgreSQL servers: made, used, changed, killed, restored, deleted. With the PostgreSQL of this machine.

use std::{
    net::{Ipv4Addr, SocketAddrV4},
    time::Duration,
};

use nix::{
    sys::signal::{Signal, kill},
    unistd::Pid,
};
use reqwest::Method;
use serde_json::{Value, json};
use tokio::time::{interval, timeout};
use tokio_postgres::{Client, Config, NoTls};

use crate::harness::{Answer, TestCloud, answer, settings};

/// "Stuck": making a server takes seconds of a processor, which other tests want too.
const DEADLINE: Duration = Duration::from_secs(120);

/// Between two looks; a tighter loop would take the processor away from the server that it waits for.
const LOOK: Duration = Duration::from_millis(100);

const LOGIN: &str = "shopadmin";
const PASSWORD: &str = "It's \"one\" p%ss\\word";

pub(crate) fn server_path(cloud: &TestCloud, name: &str) -> String {
    format!(
        "{}/providers/Microsoft.DBforPostgreSQL/flexibleServers/{name}",
        cloud.group()
    )
}

fn body(tier: &str, password: &str) -> Value {
    let sku = match tier {
        "Burstable" => "Standard_B1ms",
        _ => "Standard_D2ds_v5",
    };
    json!({
        "location": "swedencentral",
        "sku": {"name": sku, "tier": tier},
        "properties": {
            "administratorLogin": LOGIN,
            "administratorLoginPassword": password,
            "version": "16",
            "storage": {"storageSizeGB": 32},
        },
    })
}

/// A write that has to succeed in the background.
pub(crate) async fn done(cloud: &TestCloud, method: Method, path: &str, body: Value) -> Value {
    let started = cloud.call(method, path, body).await.expect(202);
    let ended = finished(cloud, &started).await;
    assert_eq!(ended["status"], "Succeeded", "{path}: {ended:#}");
    ended
}

/// What the operation of an answer says once it has ended.
async fn finished(cloud: &TestCloud, started: &Answer) -> Value {
    let url = started.headers["azure-asyncoperation"]
        .to_str()
        .expect("a URL");
    let polls = async {
        let mut looks = interval(LOOK);
        loop {
            looks.tick().await;
            let status = answer(cloud.client.get(url).bearer_auth(&cloud.token))
                .await
                .expect(200);
            if status.body["status"] != "Running" {
                return status.body;
            }
        }
    };
    timeout(DEADLINE, polls).await.expect("it ends in time")
}

/// A server with a database `shop`, to which clients may come without TLS.
async fn make(cloud: &TestCloud, name: &str, tier: &str) -> String {
    let path = server_path(cloud, name);
    done(cloud, Method::PUT, &path, body(tier, PASSWORD)).await;
    done(
        cloud,
        Method::PUT,
        &format!("{path}/databases/shop"),
        json!({}),
    )
    .await;
    let plain = json!({"properties": {"value": "off", "source": "user-override"}});
    done(
        cloud,
        Method::PUT,
        &format!("{path}/configurations/require_secure_transport"),
        plain,
    )
    .await;
    path
}

/// Where the server listens, by the name that clients are given: 5432 is implied.
async fn address(cloud: &TestCloud, path: &str) -> SocketAddrV4 {
    let answer = cloud.get(path).await.expect(200);
    let name = answer.body["properties"]["fullyQualifiedDomainName"]
        .as_str()
        .expect("an address");
    let (host, port) = name.split_once(':').unwrap_or((name, "5432"));
    let host: Ipv4Addr = host.parse().expect("an address");
    assert!(host.is_loopback(), "{name}");
    SocketAddrV4::new(host, port.parse().expect("a port"))
}

pub(crate) async fn connect_as(
    cloud: &TestCloud,
    path: &str,
    user: &str,
    password: &str,
) -> Result<Client, tokio_postgres::Error> {
    let address = address(cloud, path).await;
    let (client, connection) = Config::new()
        .host(address.ip().to_string())
        .port(address.port())
        .user(user)
        .password(password)
        .dbname("shop")
        .connect(NoTls)
        .await?;
    tokio::spawn(connection);
    Ok(client)
}

async fn connect(cloud: &TestCloud, path: &str) -> Client {
    connect_as(cloud, path, LOGIN, PASSWORD)
        .await
        .expect("the administrator gets in")
}

/// Waits until the server has come back, and connects.
async fn reconnect(cloud: &TestCloud, path: &str) -> Client {
    let tries = async {
        let mut looks = interval(LOOK);
        loop {
            looks.tick().await;
            if let Ok(client) = connect_as(cloud, path, LOGIN, PASSWORD).await {
                return client;
            }
        }
    };
    timeout(DEADLINE, tries)
        .await
        .expect("it comes back in time")
}

async fn count(client: &Client) -> i64 {
    client
        .query_one("SELECT count(*) FROM orders", &[])
        .await
        .expect("a count")
        .get(0)
}

fn postmaster(cloud: &TestCloud, name: &str) -> i32 {
    let file = settings(&cloud.folder)
        .state
        .join(format!("postgresql/{name}/data/postmaster.pid"));
    let text = std::fs::read_to_string(file).expect("a running server");
    text.lines().next().expect("a line").parse().expect("a pid")
}

#[tokio::test]
async fn a_deployment_may_be_repeated_and_changes_the_password() {
    let cloud = TestCloud::start().await;
    cloud.make_group().await;
    let path = make(&cloud, "pg-repeat", "Burstable").await;
    let client = connect(&cloud, &path).await;
    client
        .batch_execute("CREATE TABLE orders (id int)")
        .await
        .expect("the administrator owns the database");
    let pid = postmaster(&cloud, "pg-repeat");

    let before = cloud.get(&path).await.expect(200).body;
    done(&cloud, Method::PUT, &path, body("Burstable", PASSWORD)).await;
    assert_eq!(cloud.get(&path).await.expect(200).body, before);
    assert_eq!(
        count(&client).await,
        0,
        "an unchanged PUT interrupts nobody"
    );

    done(&cloud, Method::PUT, &path, body("Burstable", "Another-1")).await;
    assert_eq!(
        postmaster(&cloud, "pg-repeat"),
        pid,
        "a password needs no restart"
    );
    let refused = connect_as(&cloud, &path, LOGIN, PASSWORD)
        .await
        .expect_err("the old password is over");
    assert_eq!(refused.code().expect("an answer").code(), "28P01");
    connect_as(&cloud, &path, LOGIN, "Another-1")
        .await
        .expect("the new password");
    cloud.stop().await;
}

#[tokio::test]
async fn nobody_but_the_owner_of_the_cloud_is_superuser() {
    let cloud = TestCloud::start().await;
    cloud.make_group().await;
    let path = make(&cloud, "pg-roles", "Burstable").await;
    let refused = connect_as(&cloud, &path, "azuresu", "")
        .await
        .expect_err("no superuser by TCP");
    assert_eq!(refused.code().expect("an answer").code(), "28000");
    let client = connect(&cloud, &path).await;
    let row = client
        .query_one("SELECT rolsuper, rolcreatedb, rolcreaterole FROM pg_roles WHERE rolname = current_user", &[])
        .await
        .expect("its own role");
    assert_eq!((row.get(0), row.get(1), row.get(2)), (false, true, true));
    client
        .batch_execute("CREATE EXTENSION pg_trgm")
        .await
        .expect("a trusted extension");

    let tls = json!({"properties": {"value": "on", "source": "user-override"}});
    done(
        &cloud,
        Method::PUT,
        &format!("{path}/configurations/require_secure_transport"),
        tls,
    )
    .await;
    let refused = connect_as(&cloud, &path, LOGIN, PASSWORD)
        .await
        .expect_err("no way in without TLS");
    assert_eq!(refused.code().expect("an answer").code(), "28000");
    cloud.stop().await;
}

#[tokio::test]
async fn rows_survive_the_end_of_the_cloud_and_of_the_postmaster() {
    let cloud = TestCloud::start().await;
    cloud.make_group().await;
    let path = make(&cloud, "pg-restart", "Burstable").await;
    let client = connect(&cloud, &path).await;
    client
        .batch_execute("CREATE TABLE orders (id int); INSERT INTO orders VALUES (1), (2)")
        .await
        .expect("two rows");
    let place = address(&cloud, &path).await;

    let cloud = TestCloud::start_in(cloud.stop().await).await;
    let client = reconnect(&cloud, &path).await;
    assert_eq!(count(&client).await, 2);
    assert_eq!(address(&cloud, &path).await, place, "the address is kept");
    // On a system with more than one loopback address, the host alone is enough.
    let has_addresses = std::net::TcpListener::bind((Ipv4Addr::new(127, 100, 1, 1), 0)).is_ok();
    assert_eq!(place.port() == 5432, has_addresses, "{place}");

    client
        .batch_execute("INSERT INTO orders VALUES (3)")
        .await
        .expect("a third row");
    let first = postmaster(&cloud, "pg-restart");
    kill(Pid::from_raw(first), Signal::SIGKILL).expect("it ran");
    let client = reconnect(&cloud, &path).await;
    assert_eq!(count(&client).await, 3);
    assert_ne!(postmaster(&cloud, "pg-restart"), first);

    let folder = cloud.stop().await;
    let _stranger = std::net::TcpListener::bind(place).expect("the port is free");
    let cloud = TestCloud::start_in(folder).await;
    until_ready(&cloud, &path).await;
    assert_ne!(
        address(&cloud, &path).await,
        place,
        "a taken address is given up"
    );
    assert_eq!(count(&connect(&cloud, &path).await).await, 3);
    cloud.stop().await;
}

async fn until_ready(cloud: &TestCloud, path: &str) {
    let looks = async {
        let mut looks = interval(LOOK);
        while cloud.get(path).await.expect(200).body["properties"]["state"] != "Ready" {
            looks.tick().await;
        }
    };
    timeout(DEADLINE, looks).await.expect("it is ready in time");
}

#[tokio::test]
async fn a_server_is_restored_to_a_time_between_two_writes() {
    let cloud = TestCloud::start().await;
    cloud.make_group().await;
    let path = make(&cloud, "pg-source", "GeneralPurpose").await;
    let client = connect(&cloud, &path).await;
    client
        .batch_execute("CREATE TABLE orders (id int); INSERT INTO orders VALUES (1)")
        .await
        .expect("a row");
    done(
        &cloud,
        Method::PUT,
        &format!("{path}/backups/before"),
        Value::Null,
    )
    .await;
    let backup = cloud
        .get(&format!("{path}/backups/before"))
        .await
        .expect(200)
        .body;
    assert_eq!(backup["properties"]["backupType"], "Customer On-Demand");
    cloud
        .put(&format!("{path}/backups/before"), Value::Null)
        .await
        .expect_error(409, "BackupAlreadyExists");

    client
        .batch_execute("INSERT INTO orders VALUES (2)")
        .await
        .expect("a row that is wanted");
    let time: String = client
        .query_one(
            "SELECT to_char(clock_timestamp(), 'YYYY-MM-DD\"T\"HH24:MI:SS.US\"Z\"')",
            &[],
        )
        .await
        .expect("the time")
        .get(0);
    client
        .batch_execute("INSERT INTO orders VALUES (3)")
        .await
        .expect("a row that is not");

    let target = server_path(&cloud, "pg-target");
    let restore = |time: &str| {
        json!({
            "location": "swedencentral",
            "properties": {
                "createMode": "PointInTimeRestore",
                "sourceServerResourceId": path,
                "pointInTimeUTC": time,
            },
        })
    };
    cloud
        .put(&target, restore("2020-01-01T00:00:00Z"))
        .await
        .expect_error(400, "InvalidParameterValue");
    done(&cloud, Method::PUT, &target, restore(&time)).await;
    assert_eq!(count(&connect(&cloud, &target).await).await, 2);
    assert_eq!(count(&client).await, 3, "the source goes on");
    let databases = cloud
        .get(&format!("{target}/databases"))
        .await
        .expect(200)
        .body;
    let names: Vec<&str> = databases["value"]
        .as_array()
        .expect("a list")
        .iter()
        .filter_map(|item| item["name"].as_str())
        .collect();
    assert_eq!(names, ["postgres", "shop"]);

    // What happened after the restore point is still there to be restored to.
    let now = server_path(&cloud, "pg-now");
    let time = backup_time(&cloud).await;
    done(&cloud, Method::PUT, &now, restore(&time)).await;
    assert_eq!(count(&connect(&cloud, &now).await).await, 3);
    cloud.stop().await;
}

/// Now, as a text.
async fn backup_time(cloud: &TestCloud) -> String {
    let client = connect(cloud, &server_path(cloud, "pg-source")).await;
    client
        .query_one(
            "SELECT to_char(clock_timestamp(), 'YYYY-MM-DD\"T\"HH24:MI:SS.US\"Z\"')",
            &[],
        )
        .await
        .expect("the time")
        .get(0)
}

#[tokio::test]
async fn a_deleted_server_leaves_nothing() {
    let cloud = TestCloud::start().await;
    cloud.make_group().await;
    let path = make(&cloud, "pg-gone", "Burstable").await;
    let rule = json!({"properties": {"startIpAddress": "0.0.0.0", "endIpAddress": "0.0.0.0"}});
    done(
        &cloud,
        Method::PUT,
        &format!("{path}/firewallRules/azure"),
        rule,
    )
    .await;
    let pid = postmaster(&cloud, "pg-gone");
    done(&cloud, Method::DELETE, &path, Value::Null).await;
    cloud.get(&path).await.expect_error(404, "ResourceNotFound");
    cloud
        .get(&format!("{path}/firewallRules/azure"))
        .await
        .expect_error(404, "ResourceNotFound");
    assert!(
        kill(Pid::from_raw(pid), None).is_err(),
        "the process is gone"
    );
    assert!(
        !settings(&cloud.folder)
            .state
            .join("postgresql/pg-gone")
            .exists()
    );
    cloud.delete(&path).await.expect(204);
    // The name is free again.
    make(&cloud, "pg-gone", "Burstable").await;
    cloud.stop().await;
}

#[tokio::test]
async fn settings_are_postgresqls_own() {
    let cloud = TestCloud::start().await;
    cloud.make_group().await;
    let path = make(&cloud, "pg-settings", "Burstable").await;
    let setting = |name: &str| format!("{path}/configurations/{name}");
    let value = |value: &str| json!({"properties": {"value": value, "source": "user-override"}});

    done(&cloud, Method::PATCH, &setting("work_mem"), value("8192")).await;
    let changed = cloud.get(&setting("work_mem")).await.expect(200).body;
    assert_eq!(changed["properties"]["value"], "8192");
    assert_eq!(changed["properties"]["source"], "user-override");
    assert_eq!(changed["properties"]["isConfigPendingRestart"], false);

    done(
        &cloud,
        Method::PUT,
        &setting("max_connections"),
        value("60"),
    )
    .await;
    let waiting = cloud
        .get(&setting("max_connections"))
        .await
        .expect(200)
        .body;
    assert_eq!(waiting["properties"]["value"], "60");
    assert_eq!(waiting["properties"]["isConfigPendingRestart"], true);
    done(
        &cloud,
        Method::POST,
        &format!("{path}/restart"),
        Value::Null,
    )
    .await;
    let row = connect(&cloud, &path)
        .await
        .query_one("SHOW max_connections", &[])
        .await
        .expect("a setting");
    assert_eq!(row.get::<_, String>(0), "60");

    done(
        &cloud,
        Method::PUT,
        &setting("azure.extensions"),
        value("PG_STAT_STATEMENTS,PG_TRGM"),
    )
    .await;
    // As it was written, so that a second plan of the same text is empty.
    let kept = cloud.get(&setting("azure.extensions")).await.expect(200);
    assert_eq!(
        kept.body["properties"]["value"],
        "PG_STAT_STATEMENTS,PG_TRGM"
    );
    let client = connect(&cloud, &path).await;
    client
        .batch_execute("CREATE EXTENSION IF NOT EXISTS pg_stat_statements")
        .await
        .expect("an allowed extension");

    cloud
        .put(&setting("port"), value("1"))
        .await
        .expect_error(400, "InvalidParameterValue");
    for (name, given) in [
        ("work_mem", "much"),
        ("shared_preload_libraries", "nothing_of_the_kind"),
        ("no_such", "1"),
    ] {
        let started = cloud.put(&setting(name), value(given)).await.expect(202);
        let ended = finished(&cloud, &started).await;
        assert_eq!(ended["status"], "Failed", "{name}: {ended}");
    }
    cloud.stop().await;
}

#[tokio::test]
async fn a_stopped_server_stays_stopped() {
    let cloud = TestCloud::start().await;
    cloud.make_group().await;
    let path = make(&cloud, "pg-stopped", "Burstable").await;
    done(&cloud, Method::POST, &format!("{path}/stop"), Value::Null).await;
    let state = |body: &Value| {
        body["properties"]["state"]
            .as_str()
            .unwrap_or_default()
            .to_owned()
    };
    let cloud = TestCloud::start_in(cloud.stop().await).await;
    assert_eq!(state(&cloud.get(&path).await.expect(200).body), "Stopped");
    cloud
        .put(&format!("{path}/databases/other"), json!({}))
        .await
        .expect_error(409, "ServerIsBusy");
    done(&cloud, Method::POST, &format!("{path}/start"), Value::Null).await;
    assert_eq!(state(&cloud.get(&path).await.expect(200).body), "Ready");
    connect(&cloud, &path).await;
    cloud.stop().await;
}

#[tokio::test]
async fn what_azure_refuses_is_refused() {
    let cloud = TestCloud::start().await;
    cloud.make_group().await;
    let path = server_path(&cloud, "pg-refused");
    let changes = [
        ("/sku/tier", json!("GeneralPurpose"), "tier"),
        ("/sku/name", json!("Standard_F2"), "SKU"),
        ("/properties/version", json!("9.6"), "version"),
        (
            "/properties/administratorLogin",
            json!("azure_superuser"),
            "reserved",
        ),
        (
            "/properties/administratorLogin",
            json!("pg_shop"),
            "reserved",
        ),
        (
            "/properties/administratorLoginPassword",
            Value::Null,
            "administratorLoginPassword",
        ),
        (
            "/properties/highAvailability",
            json!({"mode": "SameZone"}),
            "High availability",
        ),
        (
            "/properties/backup",
            json!({"backupRetentionDays": 3}),
            "backupRetentionDays",
        ),
        (
            "/properties/storage/storageSizeGB",
            json!(33),
            "storageSizeGB",
        ),
        (
            "/properties/authConfig",
            json!({"passwordAuth": "Disabled"}),
            "authConfig",
        ),
        (
            "/properties/network",
            json!({"delegatedSubnetResourceId": "/x"}),
            "virtual networks",
        ),
        ("/properties/createMode", json!("Replica"), "Replica"),
    ];
    for (pointer, value, reason) in changes {
        let mut body = body("Burstable", PASSWORD);
        set(&mut body, pointer, value);
        let refused = cloud
            .put(&path, body)
            .await
            .expect_error(400, "InvalidParameterValue");
        let message = refused.body["error"]["message"]
            .as_str()
            .unwrap_or_default();
        assert!(message.contains(reason), "{pointer}: {message}");
    }
    let regions = [
        (
            "swedencentral",
            "/sku",
            json!({"name": "Standard_D2ads_v5", "tier": "GeneralPurpose"}),
        ),
        (
            "italynorth",
            "/properties/backup",
            json!({"geoRedundantBackup": "Enabled"}),
        ),
    ];
    for (region, pointer, value) in regions {
        let mut body = body("Burstable", PASSWORD);
        set(&mut body, "/location", json!(region));
        set(&mut body, pointer, value);
        let refused = cloud
            .put(&path, body)
            .await
            .expect_error(400, "InvalidParameterValue");
        assert!(
            refused.body.to_string().contains(region),
            "{}",
            refused.body
        );
    }
    cloud.get(&path).await.expect(404);
    cloud.stop().await;
}

/// Puts a value at a pointer whose parent is there.
fn set(body: &mut Value, pointer: &str, value: Value) {
    let (parent, name) = pointer.rsplit_once('/').expect("a pointer");
    body.pointer_mut(parent).expect("a parent")[name] = value;
}
