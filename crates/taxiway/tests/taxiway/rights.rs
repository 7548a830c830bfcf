//! The rights of the pipelines: what `pipeline.bicep` gives, and that it is enough and not more.

use reqwest::Method;
use serde_json::{Value, json};

use crate::world::{World, runtime, wait_until};

const OWNER: &str = "8e3af657-a8ff-443c-a75c-2fe8c4bcb635";

/// Resource Manager, as the deployer of the local cloud.
pub(crate) struct ResourceManager {
    client: reqwest::Client,
    credentials: Value,
    address: String,
    group: String,
    token: String,
}

impl ResourceManager {
    pub(crate) fn of(world: &World, group: &str) -> Self {
        let credentials = std::fs::read(world.state().join("credentials.json")).expect("started");
        let credentials: Value = serde_json::from_slice(&credentials).expect("JSON");
        let text = |name: &str| credentials[name].as_str().expect("it is there").to_owned();
        let pem = std::fs::read(text("certificateAuthority")).expect("the authority");
        let group = format!(
            "/subscriptions/{}/resourceGroups/{group}",
            text("subscriptionId")
        );
        let address = text("resourceManager").trim_end_matches('/').to_owned();
        let mut manager = Self {
            client: taxiway_azure::http_client(Some(&pem)).expect("a client"),
            address,
            group,
            credentials,
            token: String::new(),
        };
        manager.token = manager.sign_in("https://management.azure.com/.default");
        manager
    }

    fn sign_in(&self, scope: &str) -> String {
        let text = |name: &str| self.credentials[name].as_str().expect("it is there");
        let url = format!(
            "{}/{}/oauth2/v2.0/token",
            text("authority").trim_end_matches('/'),
            text("tenantId")
        );
        let form = [
            ("grant_type", "client_credentials"),
            ("client_id", text("clientId")),
            ("client_secret", text("clientSecret")),
            ("scope", scope),
        ];
        let (status, body) = send(self.client.post(url).form(&form));
        assert_eq!(status, 200, "{body:#}");
        body["access_token"].as_str().expect("a token").to_owned()
    }

    /// A call at the resource group, or at a path that starts with `/subscriptions`.
    fn call(&self, method: Method, path: &str, version: &str, body: &Value) -> (u16, Value) {
        let path = if path.starts_with("/subscriptions") {
            path.to_owned()
        } else {
            format!("{}{path}", self.group)
        };
        let separator = if path.contains('?') { '&' } else { '?' };
        let url = format!("{}{path}{separator}api-version={version}", self.address);
        let request = self.client.request(method, url).bearer_auth(&self.token);
        send(if body.is_null() {
            request
        } else {
            request.json(body)
        })
    }

    /// The status of reading a secret of the group's vault with somebody's token.
    pub(crate) fn secret_as(&self, token: &str, secret: &str) -> u16 {
        let (_, listed) = self.call(Method::GET, "/resources", "2021-04-01", &Value::Null);
        let mut all = listed["value"].as_array().expect("a list").iter();
        let vault = all.find(|it| it["type"] == "Microsoft.KeyVault/vaults");
        let id = vault.expect("it was deployed")["id"].as_str();
        let (_, vault) = self.call(Method::GET, id.expect("an id"), "2023-07-01", &Value::Null);
        let uri = vault["properties"]["vaultUri"]
            .as_str()
            .expect("an address");
        let url = format!(
            "{}/secrets/{secret}?api-version=7.4",
            uri.trim_end_matches('/')
        );
        send(self.client.get(url).bearer_auth(token)).0
    }

    /// For how many days logs are kept, after somebody has changed that by hand.
    pub(crate) fn retention(&self, by_hand: Option<u64>) -> u64 {
        let (_, listed) = self.call(Method::GET, "/resources", "2021-04-01", &Value::Null);
        let mut all = listed["value"].as_array().expect("a list").iter();
        let workspace = all.find(|it| it["type"] == "Microsoft.OperationalInsights/workspaces");
        let id = workspace.expect("it was deployed")["id"].as_str();
        let id = id.expect("an id");
        let (_, mut workspace) = self.call(Method::GET, id, "2023-09-01", &Value::Null);
        if let Some(days) = by_hand {
            workspace["properties"]["retentionInDays"] = days.into();
            let (status, answer) = self.call(Method::PUT, id, "2023-09-01", &workspace);
            assert!([200, 201].contains(&status), "{answer:#}");
            workspace = answer;
        }
        let days = &workspace["properties"]["retentionInDays"];
        days.as_u64().expect("a number of days")
    }

    /// Deploys a file with its parameters, and tells the outputs.
    fn deploy(&self, properties: &Value) -> Value {
        let path = "/providers/Microsoft.Resources/deployments/pipeline";
        let body = json!({"properties": properties});
        let (status, answer) = self.call(Method::PUT, path, "2025-04-01", &body);
        assert!([200, 201].contains(&status), "{answer:#}");
        let done = wait_until(|| {
            let (_, answer) = self.call(Method::GET, path, "2025-04-01", &Value::Null);
            let state = &answer["properties"]["provisioningState"];
            (state == "Succeeded" || state == "Failed").then_some(answer)
        });
        let done = done.expect("it ends");
        assert_eq!(
            done["properties"]["provisioningState"], "Succeeded",
            "{done:#}"
        );
        done["properties"]["outputs"].clone()
    }

    /// What the same deployment would change now.
    fn changes(&self, properties: &Value) -> Vec<Value> {
        let path = format!(
            "{}{}/providers/Microsoft.Resources/deployments/pipeline/whatIf?api-version=2025-04-01",
            self.address, self.group
        );
        let body = json!({"properties": properties});
        let request = self.client.post(path).bearer_auth(&self.token).json(&body);
        let started = runtime().block_on(request.send()).expect("an answer");
        let location = started.headers()["location"].to_str().expect("a URL");
        let done = wait_until(|| {
            let (status, body) = send(self.client.get(location).bearer_auth(&self.token));
            (status == 200).then_some(body)
        });
        let done = done.expect("it ends");
        let changes = done["properties"]["changes"].as_array().expect("changes");
        let is_change = |change: &&Value| {
            change["changeType"] != "NoChange" && change["changeType"] != "Ignore"
        };
        changes.iter().filter(is_change).cloned().collect()
    }
}

/// Deploys `pipeline.bicep`, and leaves to the program the rights of the deployer that it makes, alone.
pub(crate) fn leave_those_of_the_pipeline(
    world: &World,
    environment: &str,
    group: &str,
) -> ResourceManager {
    let manager = ResourceManager::of(world, group);
    let file = format!("infrastructure/bicep/pipeline.{environment}.bicepparam");
    let compiled = |command: &str, file: &str| {
        let ran = world.run(&["bicep", command, file, "--stdout"]);
        ran.succeeds().json()
    };
    let properties = json!({
        "mode": "Incremental",
        "template": compiled("build", "infrastructure/bicep/pipeline.bicep"),
        "parameters": compiled("build", &file)["parameters"],
    });
    manager.deploy(&properties);
    assert_eq!(manager.changes(&properties), Vec::<Value>::new());
    manager.deploy(&properties);

    let assignments = "/providers/Microsoft.Authorization/roleAssignments";
    let (_, listed) = manager.call(Method::GET, assignments, "2022-04-01", &Value::Null);
    let listed = listed["value"].as_array().expect("a list").clone();
    let is_described = |assignment: &&Value, start: &str| {
        assignment["properties"]["description"]
            .as_str()
            .is_some_and(|text| text.starts_with(start))
    };
    let owner = listed
        .iter()
        .find(|assignment| {
            let role = assignment["properties"]["roleDefinitionId"].as_str();
            role.is_some_and(|role| role.ends_with(OWNER))
        })
        .expect("the local cloud's own deployer owns the subscription");
    let given: Vec<&Value> = listed
        .iter()
        .filter(|assignment| is_described(assignment, "The pipeline "))
        .collect();
    assert_eq!(given.len(), 2, "{listed:#?}");
    for (number, assignment) in given.into_iter().enumerate() {
        let mut properties = assignment["properties"].clone();
        properties["principalId"] = owner["properties"]["principalId"].clone();
        let path = format!("{assignments}/7f2f2f5c-0000-4000-8000-00000000000{number}");
        let body = json!({"properties": properties});
        let (status, answer) = manager.call(Method::PUT, &path, "2022-04-01", &body);
        assert_eq!(status, 201, "{answer:#}");
    }
    let id = owner["id"].as_str().expect("an id");
    let (status, _) = manager.call(Method::DELETE, id, "2022-04-01", &Value::Null);
    assert_eq!(status, 200);
    manager
}

/// What no release needs is refused: to delete what serves or keeps data, to read a secret, to give rights, to leave the group.
pub(crate) fn nothing_else_is_allowed(manager: &ResourceManager) {
    let subscription = manager
        .group
        .split("/resourceGroups")
        .next()
        .expect("it is in one");
    let (_, listed) = manager.call(Method::GET, "/resources", "2021-04-01", &Value::Null);
    let first = |kind: &str| {
        let all = listed["value"].as_array().expect("a list");
        let found = all.iter().find(|resource| resource["type"] == kind);
        found.expect("it was deployed")["id"]
            .as_str()
            .expect("an id")
            .to_owned()
    };
    let vault = first("Microsoft.KeyVault/vaults");
    let assignment =
        "/providers/Microsoft.Authorization/roleAssignments/7f2f2f5c-0000-4000-8000-0000000000ff";
    let owner = json!({"properties": {
        "roleDefinitionId": format!("{subscription}/providers/Microsoft.Authorization/roleDefinitions/{OWNER}"),
        "principalId": "7f2f2f5c-0000-4000-8000-0000000000ee", "principalType": "ServicePrincipal",
    }});
    let location = json!({"location": "swedencentral"});
    let another = format!("{subscription}/resourceGroups/another");
    let none = Value::Null;
    let refused = [
        (Method::DELETE, first("Microsoft.Web/sites"), &none),
        (Method::DELETE, first("Microsoft.Web/serverfarms"), &none),
        (
            Method::DELETE,
            first("Microsoft.DBforPostgreSQL/flexibleServers"),
            &none,
        ),
        (Method::DELETE, vault.clone(), &none),
        (Method::DELETE, String::new(), &none),
        (Method::PUT, assignment.to_owned(), &owner),
        (Method::PUT, another.clone(), &location),
        (Method::GET, another, &none),
    ];
    for (method, path, body) in refused {
        let (status, answer) = manager.call(method.clone(), &path, "2022-04-01", body);
        let code = answer["error"]["code"].as_str().unwrap_or_default();
        assert_eq!(
            (status, code),
            (403, "AuthorizationFailed"),
            "{method} {path}: {answer:#}"
        );
    }
    let (_, vault) = manager.call(Method::GET, &vault, "2023-07-01", &none);
    let uri = vault["properties"]["vaultUri"]
        .as_str()
        .expect("an address");
    let token = manager.sign_in("https://vault.azure.net/.default");
    let url = format!("{}/secrets/any?api-version=7.4", uri.trim_end_matches('/'));
    let (status, answer) = send(manager.client.get(url).bearer_auth(token));
    assert_eq!(
        (status, &answer["error"]["code"]),
        (403, &json!("Forbidden")),
        "{answer:#}"
    );
}

fn send(request: reqwest::RequestBuilder) -> (u16, Value) {
    runtime().block_on(async {
        let answer = request.send().await.expect("an answer");
        let status = answer.status().as_u16();
        let text = answer.text().await.expect("a text");
        (status, serde_json::from_str(&text).unwrap_or(Value::Null))
    })
}
