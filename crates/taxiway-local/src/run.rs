//! The life of a local cloud: bind, restore, serve, stop.

use std::{fs::File, io, os::unix::fs::OpenOptionsExt};

use camino::{Utf8Path, Utf8PathBuf};
use nix::fcntl::{Flock, FlockArg};
use serde::{Deserialize, Serialize};
use tokio::{net::TcpListener, task::JoinSet};

use crate::{
    authority::{Authority, AuthorityError},
    cloud::Cloud,
    deployments::{self, Deployments},
    endpoints::Endpoints,
    error::ArmError,
    files::write_private,
    first_start, front_door,
    identity::{TokenKeyError, Tokens},
    listener::{self, BindError},
    operations::Operations,
    paths::Paths,
    postgresql, proxy, resources,
    settings::{Ports, Settings},
    shutdown::{Shutdown, shutdown_channel},
    store::{Store, StoreError},
    web,
};

/// The local cloud can't start.
#[derive(Debug, thiserror::Error)]
pub enum RunError {
    /// The state directory can't be used.
    #[error("cannot use the state directory `{path}`")]
    State {
        /// The directory.
        path: Utf8PathBuf,
        /// What the system says.
        source: io::Error,
    },
    /// Another local cloud has this state.
    #[error("a local cloud already runs on `{path}`")]
    Running {
        /// The state directory.
        path: Utf8PathBuf,
    },
    /// A port can't be had.
    #[error(transparent)]
    Bind(#[from] BindError),
    /// Certificates can't be made.
    #[error("cannot set up the certificate authority")]
    Authority(#[source] Box<dyn std::error::Error + Send + Sync>),
    /// The token key can't be used.
    #[error("cannot set up the token key")]
    TokenKey(#[source] Box<dyn std::error::Error + Send + Sync>),
    /// The database can't be used.
    #[error("cannot use the store")]
    Store(#[source] Box<dyn std::error::Error + Send + Sync>),
    /// What the store remembers can't be brought back.
    #[error("cannot restore the state: {0}")]
    Restore(String),
}

impl From<StoreError> for RunError {
    fn from(error: StoreError) -> Self {
        Self::Store(Box::new(error))
    }
}

impl From<AuthorityError> for RunError {
    fn from(error: AuthorityError) -> Self {
        Self::Authority(Box::new(error))
    }
}

impl From<TokenKeyError> for RunError {
    fn from(error: TokenKeyError) -> Self {
        Self::TokenKey(Box::new(error))
    }
}

impl From<ArmError> for RunError {
    fn from(error: ArmError) -> Self {
        Self::Restore(error.to_string())
    }
}

/// What stands in `<state>/cloud.json`. It stays after the cloud has ended, for the ports of the next start.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Status {
    /// The process.
    pub pid: u32,
    /// Its version.
    pub version: String,
    /// The ports that it bound.
    pub ports: Ports,
}

/// Runs a local cloud until `shutdown` is done. `ready` is called once it answers.
///
/// # Errors
/// When it can't start. Once it is ready it ends without an error.
pub async fn run(
    settings: Settings,
    shutdown: impl Future<Output = ()>,
    ready: impl FnOnce(Ports),
) -> Result<(), RunError> {
    let paths = Paths::new(&settings.state, &settings.cache);
    paths
        .create()
        .map_err(|source| state_error(&paths, source))?;
    let _lock = lock(&paths)?;
    let listeners = Listeners::bind(settings.ports).await?;
    let ports = listeners.ports;
    let cloud = open(paths, ports)?;
    let (sender, stop) = shutdown_channel();
    let mut serving = listeners.serve(&cloud, &stop);
    restore(&cloud).await?;
    write_status(&cloud, ports)?;
    tracing::info!(
        front_door = ports.front_door,
        sites = ports.sites,
        proxy = ports.proxy,
        "the local cloud is ready"
    );
    ready(ports);
    shutdown.await;
    tracing::info!("the local cloud stops");
    sender.stop();
    while serving.join_next().await.is_some() {}
    cloud.sites.stop_all().await;
    cloud.servers.stop_all().await;
    Ok(())
}

fn state_error(paths: &Paths, source: io::Error) -> RunError {
    RunError::State {
        path: paths.state.clone(),
        source,
    }
}

/// Held for as long as the cloud runs; the system lets go of it when the process ends in whatever way.
fn lock(paths: &Paths) -> Result<Flock<File>, RunError> {
    let file = File::options()
        .create(true)
        .truncate(false)
        .write(true)
        .mode(0o600)
        .open(paths.lock())
        .map_err(|source| state_error(paths, source))?;
    Flock::lock(file, FlockArg::LockExclusiveNonblock).map_err(|_| RunError::Running {
        path: paths.state.clone(),
    })
}

fn open(paths: Paths, ports: Ports) -> Result<Cloud, RunError> {
    let store = Store::open(&paths.database())?;
    let identity = first_start::identity(&store)?;
    let endpoints = Endpoints::new(ports);
    let cloud = Cloud {
        authority: Authority::load(&paths)?,
        tokens: Tokens::load(
            &paths.token_key(),
            store.clone(),
            &identity.tenant_id,
            &endpoints.login(),
        )?,
        operations: Operations::new(store.clone()),
        deployments: Deployments::default(),
        sites: web::Sites::default(),
        servers: postgresql::Servers::default(),
        endpoints,
        store,
        paths,
    };
    first_start::ensure_deployer(&cloud, &identity)?;
    Ok(cloud)
}

/// Brings back what was there. Operations that nobody takes up again are reported as failed.
async fn restore(cloud: &Cloud) -> Result<(), RunError> {
    cloud.servers.restore(cloud).await?;
    cloud.sites.restore(cloud).await?;
    resources::resume_deletions(cloud)?;
    deployments::fail_interrupted(cloud)?;
    cloud.operations.fail_interrupted()?;
    Ok(())
}

fn write_status(cloud: &Cloud, ports: Ports) -> Result<(), RunError> {
    let status = Status {
        pid: std::process::id(),
        version: env!("CARGO_PKG_VERSION").to_owned(),
        ports,
    };
    let text = serde_json::to_vec_pretty(&status).map_err(StoreError::from)?;
    write_private(&cloud.paths.status(), &text).map_err(|source| state_error(&cloud.paths, source))
}

struct Listeners {
    ports: Ports,
    front_door: Vec<TcpListener>,
    sites: Vec<TcpListener>,
    proxy: TcpListener,
}

impl Listeners {
    async fn bind(wanted: Ports) -> Result<Self, BindError> {
        let (front_door, front_door_port) = listener::bind(wanted.front_door, "--port").await?;
        let (sites, sites_port) = listener::bind(wanted.sites, "--sites-port").await?;
        let (proxy, proxy_port) = listener::bind(wanted.proxy, "--proxy-port").await?;
        let mut listeners = Self {
            ports: Ports {
                front_door: front_door_port,
                sites: sites_port,
                proxy: proxy_port,
            },
            front_door: vec![front_door],
            sites: vec![sites],
            proxy,
        };
        listeners
            .front_door
            .extend(listener::bind_ipv6(front_door_port).await);
        listeners
            .sites
            .extend(listener::bind_ipv6(sites_port).await);
        Ok(listeners)
    }

    fn serve(self, cloud: &Cloud, stop: &Shutdown) -> JoinSet<()> {
        let mut serving = JoinSet::new();
        for listener in self.front_door {
            serving.spawn(front_door::serve(cloud.clone(), listener, stop.clone()));
        }
        for listener in self.sites {
            serving.spawn(proxy::serve(cloud.sites.router(), listener, stop.clone()));
        }
        serving.spawn(front_door::serve_connect(
            cloud.clone(),
            self.proxy,
            stop.clone(),
        ));
        serving
    }
}

/// Removes everything of a local cloud that does not run: what is left of its processes, then its files.
///
/// The folder itself goes too, unless it holds files of somebody else.
///
/// # Errors
/// When the cloud runs, or something can't be removed.
pub fn reset(settings: &Settings) -> Result<(), RunError> {
    let paths = Paths::new(&settings.state, &settings.cache);
    if !paths.state.exists() {
        return Ok(());
    }
    let lock = lock(&paths)?;
    let error = |source| state_error(&paths, source);
    for folder in subfolders(&paths.processes()).map_err(error)? {
        crate::process::Records::new(&folder)
            .stop_orphans()
            .map_err(error)?;
    }
    std::fs::remove_dir_all(&paths.state).map_err(error)?;
    drop(lock);
    Ok(())
}

fn subfolders(folder: &Utf8Path) -> io::Result<Vec<Utf8PathBuf>> {
    let entries = match folder.read_dir_utf8() {
        Ok(entries) => entries,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        Err(error) => return Err(error),
    };
    entries
        .map(|entry| entry.map(|entry| entry.path().to_owned()))
        .collect()
}
