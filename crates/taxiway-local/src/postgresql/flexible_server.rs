//! The resource flexibleServers: what each method does.
//!
//! A PUT writes down what shall be, answers 202, and brings it about in the background, one change per server at a time. It
//! may be repeated: what is already so is left alone.

use std::net::Ipv4Addr;

use http::Method;
use jiff::Timestamp;
use serde_json::{Value, json};
use taxiway_arm::ResourceId;

use super::{
    TYPE,
    administrator::{self, Verifier},
    backups, body, cluster, deletion, entra,
    folders::{self, Folders},
    record::ServerRecord,
    restore::{self, RestorePoint},
    rules,
    server::Server,
    session::{self, Session},
};
use crate::{
    cloud::Cloud,
    error::ArmError,
    process::{RestartPolicy, State},
    provider::{Outcome, Request, Response},
    record,
    store::StoredResource,
    tools::PostgresqlTools,
};

/// A call on a server itself.
pub(super) fn handle(cloud: &Cloud, request: &Request) -> Outcome {
    match request.method {
        Method::PUT => put(cloud, request, &request.body),
        Method::PATCH => {
            find(cloud, &request.id)?;
            put(cloud, request, &request.body)
        }
        Method::GET => visible(cloud, find(cloud, &request.id)?).map(Response::ok),
        Method::HEAD => record::answer_get(cloud, request),
        Method::DELETE => deletion::start(cloud, request),
        _ => Err(record::method_not_allowed(request)),
    }
}

/// The servers of a group or a subscription.
pub(super) fn list(cloud: &Cloud, scope: &ResourceId) -> Outcome {
    let servers = cloud.store.resources_of_type(scope, TYPE)?;
    let bodies: Result<Vec<Value>, ArmError> = servers
        .into_iter()
        .map(|stored| visible(cloud, stored))
        .collect();
    bodies.map(Response::list)
}

pub(super) fn find(cloud: &Cloud, id: &ResourceId) -> Result<StoredResource, ArmError> {
    cloud
        .store
        .resource(id)?
        .ok_or_else(|| record::not_found(id))
}

/// The resource with the state that the process has now, and the address that it has or will have.
fn visible(cloud: &Cloud, stored: StoredResource) -> Result<Value, ArmError> {
    let mut body = stored.body;
    if let Some(record) = ServerRecord::load(cloud, &stored.id)? {
        body["properties"]["fullyQualifiedDomainName"] = json!(body::address(&record));
    }
    if body["properties"]["state"] == "Ready" {
        let state = match cloud.servers.server(&stored.id).state() {
            Some(State::Ready { .. }) => "Ready",
            None | Some(State::Starting | State::Exited(_)) => "Starting",
            Some(State::Crashed(_) | State::Stopped) => "Inaccessible",
        };
        body["properties"]["state"] = json!(state);
    }
    Ok(body)
}

/// What a PUT asks for beyond the resource itself.
#[derive(Debug)]
struct Wish {
    verifier: Option<Verifier>,
    login: Option<String>,
    version: u32,
    sku: String,
    restore: Option<RestorePoint>,
    is_resized: bool,
}

fn put(cloud: &Cloud, request: &Request, requested: &Value) -> Outcome {
    let id = &request.id;
    let known = ServerRecord::load(cloud, id)?;
    let stored = cloud.store.resource(id)?;
    if stored
        .as_ref()
        .is_some_and(|stored| stored.body["properties"]["state"] == "Dropping")
    {
        return Err(busy(id, "it is being deleted"));
    }
    require_free_name(cloud, id)?;
    let existing = stored
        .as_ref()
        .filter(|_| known.is_some())
        .map(|stored| &stored.body);
    let restore = match existing {
        None => RestorePoint::of(cloud, id, requested)?,
        // It was restored before; a deployment says so each time.
        Some(_) => None,
    };
    let base = match &restore {
        Some(point) => Some(point.template(cloud)?),
        None => existing.cloned(),
    };
    let wanted = body::wanted(requested, base.as_ref());
    rules::check(&rules::Change {
        wanted: &wanted,
        existing,
    })?;
    if let Some(point) = &restore {
        point.check_target(cloud, &wanted)?;
    }
    let sku = wanted["sku"]["name"]
        .as_str()
        .unwrap_or_default()
        .to_owned();
    let properties = &wanted["properties"];
    let wish = Wish {
        verifier: properties["administratorLoginPassword"]
            .as_str()
            .map(Verifier::of),
        login: properties["administratorLogin"].as_str().map(str::to_owned),
        version: properties["version"]
            .as_str()
            .and_then(|text| text.parse().ok())
            .unwrap_or(0),
        is_resized: existing.is_some_and(|existing| existing["sku"]["name"] != sku.as_str()),
        sku,
        restore,
    };
    if let Some(known) = &known
        && known.is_stopped
    {
        return Err(stopped(id));
    }
    let state = if known.is_some() {
        "Updating"
    } else {
        "Provisioning"
    };
    let body = body::resource(id, &wanted, state);
    record::save(cloud, id, &request.api_version, body.clone())?;
    let work = bring_about(cloud.clone(), id.clone(), wish);
    cloud.operations.start(
        cloud,
        request,
        "Microsoft.DBforPostgreSQL/flexibleServers/write",
        Some(body),
        work,
    )
}

/// Host names are unique in all of Azure, and the folders of this cloud are named after servers.
fn require_free_name(cloud: &Cloud, id: &ResourceId) -> Result<(), ArmError> {
    if is_name_taken(cloud, id.name(), Some(id))? {
        return Err(ArmError::conflict(
            "ServerNameAlreadyExists",
            format!("Specified server name '{}' is already used.", id.name()),
        ));
    }
    Ok(())
}

/// Whether another server than `own` has the name.
pub(super) fn is_name_taken(
    cloud: &Cloud,
    name: &str,
    own: Option<&ResourceId>,
) -> Result<bool, ArmError> {
    let servers = cloud.store.all_of_type(TYPE)?;
    Ok(servers
        .iter()
        .any(|other| other.id.name().eq_ignore_ascii_case(name) && Some(&other.id) != own))
}

/// Makes the server, or changes it.
async fn bring_about(cloud: Cloud, id: ResourceId, wish: Wish) -> Result<Option<Value>, ArmError> {
    let server = cloud.servers.server(&id);
    let _turn = server.turn.lock().await;
    let done = match ServerRecord::load(&cloud, &id)? {
        None => create(&cloud, &server, &id, &wish).await,
        Some(record) => change(&cloud, &server, record, &wish).await,
    };
    match done {
        Ok(record) => settle(&cloud, &record).map(Some),
        Err(error) => {
            tracing::error!(server = id.name(), %error, "a PostgreSQL server could not be brought about");
            mark(&cloud, &id, "Inaccessible")?;
            Err(error)
        }
    }
}

async fn create(
    cloud: &Cloud,
    server: &Server,
    id: &ResourceId,
    wish: &Wish,
) -> Result<ServerRecord, ArmError> {
    let folders = Folders::of(cloud, id);
    folders.remove()?;
    let made = match &wish.restore {
        Some(point) => restore::create(cloud, server, id, point).await,
        None => create_empty(cloud, server, id, wish).await,
    };
    let record = match made {
        Ok(record) => record,
        Err(error) => {
            server.stop().await;
            folders.remove()?;
            return Err(error);
        }
    };
    record.save(cloud)?;
    tracing::info!(
        server = id.name(),
        address = %record.address,
        port = record.port,
        version = record.version,
        "a PostgreSQL server is ready"
    );
    backups::take_automatic(cloud, &record).await?;
    cloud
        .servers
        .spawn(cluster::flush(cloud.clone(), record.clone()));
    Ok(record)
}

async fn create_empty(
    cloud: &Cloud,
    server: &Server,
    id: &ResourceId,
    wish: &Wish,
) -> Result<ServerRecord, ArmError> {
    let folders = Folders::of(cloud, id);
    let account = folders::account()?;
    folders.prepare(account)?;
    let tools = PostgresqlTools::find(&cloud.paths.cache, wish.version)
        .await
        .map_err(|error| {
            ArmError::internal(format!("There is no PostgreSQL for the server: {error}."))
        })?;
    if tools.major != wish.version {
        tracing::warn!(
            server = id.name(),
            wanted = wish.version,
            version = tools.version,
            "this machine has another version of PostgreSQL than was asked for"
        );
    }
    if let Some(account) = account {
        folders::let_pass(&tools.folder, account)?;
    }
    cluster::initialize(cloud, &folders, &tools, account, &wish.sku).await?;
    let has_tls = cluster::has_tls(cloud, &folders, &tools, account).await?;
    let mut record = ServerRecord {
        id: id.clone(),
        address: Ipv4Addr::LOCALHOST,
        port: 0,
        programs: tools.folder,
        version: tools.version,
        has_tls,
        requires_tls: has_tls,
        login: wish.login.clone(),
        extensions: Vec::new(),
        is_stopped: false,
    };
    server
        .start_with(cloud, &mut record, &[], RestartPolicy::SERVICE)
        .await?;
    let session = open(cloud, &record, "postgres").await?;
    administrator::ensure_group(&session)
        .await
        .map_err(|error| session::broken(&error))?;
    set_password(cloud, &record, wish).await?;
    Ok(record)
}

async fn change(
    cloud: &Cloud,
    server: &Server,
    mut record: ServerRecord,
    wish: &Wish,
) -> Result<ServerRecord, ArmError> {
    if wish.is_resized {
        // A resize restarts the server, as in Azure.
        server.stop().await;
    }
    server.start(cloud, &mut record).await?;
    if record.login.is_none() && wish.login.is_some() {
        record.login.clone_from(&wish.login);
    }
    record.save(cloud)?;
    set_password(cloud, &record, wish).await?;
    entra::close_what_is_off(cloud, &record).await?;
    Ok(record)
}

async fn set_password(cloud: &Cloud, record: &ServerRecord, wish: &Wish) -> Result<(), ArmError> {
    let (Some(login), Some(verifier)) = (&record.login, &wish.verifier) else {
        return Ok(());
    };
    let session = open(cloud, record, "postgres").await?;
    administrator::ensure(&session, login, verifier)
        .await
        .map_err(|error| session::broken(&error))
}

/// Our own connection to a running server.
pub(super) async fn open(
    cloud: &Cloud,
    record: &ServerRecord,
    database: &str,
) -> Result<Session, ArmError> {
    Session::open(&Folders::of(cloud, &record.id), record.port, database)
        .await
        .map_err(|error| session::broken(&error))
}

/// Writes down how the server is after a change, and gives the resource.
pub(super) fn settle(cloud: &Cloud, record: &ServerRecord) -> Result<Value, ArmError> {
    let mut stored = find(cloud, &record.id)?;
    let state = if record.is_stopped {
        "Stopped"
    } else {
        "Ready"
    };
    let earliest = backups::earliest(cloud, &record.id)?;
    body::complete(&mut stored.body, record, state, earliest);
    stored.changed = Timestamp::now();
    cloud.store.put_resource(&stored)?;
    visible(cloud, stored)
}

/// Only the state.
pub(super) fn mark(cloud: &Cloud, id: &ResourceId, state: &str) -> Result<(), ArmError> {
    if let Some(mut stored) = cloud.store.resource(id)? {
        stored.body["properties"]["state"] = json!(state);
        cloud.store.put_resource(&stored)?;
    }
    Ok(())
}

/// `POST …/restart`, `start` and `stop`.
pub(super) fn act(cloud: &Cloud, request: &Request, action: &str) -> Outcome {
    let id = &request.id;
    find(cloud, id)?;
    let record = ServerRecord::load(cloud, id)?.ok_or_else(|| busy(id, "it is not made yet"))?;
    if action == "restart" && record.is_stopped {
        return Err(stopped(id));
    }
    if request.body["restartWithFailover"] == true {
        return Err(ArmError::bad_request(
            "InvalidParameterValue",
            "A restart with failover needs high availability, and the local cloud runs no standby.",
        ));
    }
    let (state, work) = match action {
        "start" => ("Starting", Action::Start),
        "stop" => ("Stopping", Action::Stop),
        _ => ("Restarting", Action::Restart),
    };
    mark(cloud, id, state)?;
    let kind = format!("{TYPE}/{action}");
    cloud.operations.start(
        cloud,
        request,
        &kind,
        None,
        run_action(cloud.clone(), id.clone(), work),
    )
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Action {
    Start,
    Stop,
    Restart,
}

async fn run_action(
    cloud: Cloud,
    id: ResourceId,
    action: Action,
) -> Result<Option<Value>, ArmError> {
    let server = cloud.servers.server(&id);
    let _turn = server.turn.lock().await;
    let mut record = ServerRecord::load(&cloud, &id)?.ok_or_else(|| record::not_found(&id))?;
    if action != Action::Start {
        server.stop().await;
    }
    record.is_stopped = action == Action::Stop;
    if !record.is_stopped
        && let Err(error) = server.start(&cloud, &mut record).await
    {
        mark(&cloud, &id, "Inaccessible")?;
        return Err(error);
    }
    record.save(&cloud)?;
    settle(&cloud, &record)?;
    Ok(None)
}

/// Runs `work` on a running server, alone. For writes to what is below a server.
pub(super) async fn with_turn<T>(
    cloud: &Cloud,
    id: &ResourceId,
    work: impl AsyncFnOnce(&mut ServerRecord) -> Result<T, ArmError>,
) -> Result<T, ArmError> {
    let server = cloud.servers.server(id);
    let _turn = server.turn.lock().await;
    let mut record = ServerRecord::load(cloud, id)?.ok_or_else(|| record::not_found(id))?;
    if record.is_stopped {
        return Err(stopped(id));
    }
    let before = (record.address, record.port);
    server.start(cloud, &mut record).await?;
    if (record.address, record.port) != before {
        settle(cloud, &record)?;
    }
    work(&mut record).await
}

/// The record of a server below which something is written.
pub(super) fn require_running(cloud: &Cloud, id: &ResourceId) -> Result<ServerRecord, ArmError> {
    find(cloud, id)?;
    let record = ServerRecord::load(cloud, id)?.ok_or_else(|| busy(id, "it is not ready"))?;
    if record.is_stopped {
        return Err(stopped(id));
    }
    Ok(record)
}

pub(super) fn busy(id: &ResourceId, reason: &str) -> ArmError {
    ArmError::conflict(
        "ServerIsBusy",
        format!(
            "Server '{}' is busy with another operation: {reason}. Please try again later.",
            id.name()
        ),
    )
}

fn stopped(id: &ResourceId) -> ArmError {
    ArmError::conflict(
        "ServerIsBusy",
        format!("The server '{}' is stopped. Start it first.", id.name()),
    )
}

/// Brings a server back when the cloud starts.
pub(super) async fn resume(cloud: &Cloud, id: &ResourceId) -> Result<(), ArmError> {
    let server = cloud.servers.server(id);
    let _turn = server.turn.lock().await;
    let Some(mut record) = ServerRecord::load(cloud, id)? else {
        return Ok(());
    };
    if !record.is_stopped {
        server.start(cloud, &mut record).await?;
    }
    settle(cloud, &record)?;
    Ok(())
}
