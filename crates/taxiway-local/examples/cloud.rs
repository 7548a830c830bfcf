//! Runs a local cloud in the foreground: `cloud STATE_FOLDER [FRONT_DOOR_PORT SITES_PORT PROXY_PORT]`.

use std::error::Error;

use taxiway_local::{Ports, Settings};
use tokio::signal::unix::{SignalKind, signal};

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    tracing_subscriber::fmt()
        .with_env_filter(tracing_subscriber::EnvFilter::from_default_env())
        .with_writer(std::io::stderr)
        .init();
    let mut arguments = std::env::args().skip(1);
    let state = arguments.next().ok_or("the state folder is missing")?;
    let mut port = |usual: u16| match arguments.next() {
        Some(text) => text.parse(),
        None => Ok(usual),
    };
    let usual = Ports::default();
    let settings = Settings {
        cache: format!("{state}/cache").into(),
        state: state.into(),
        ports: Ports {
            front_door: port(usual.front_door)?,
            sites: port(usual.sites)?,
            proxy: port(usual.proxy)?,
        },
    };
    let mut terminate = signal(SignalKind::terminate())?;
    let shutdown = async move {
        tokio::select! {
            _ = terminate.recv() => {}
            _ = tokio::signal::ctrl_c() => {}
        }
    };
    taxiway_local::run(settings, shutdown, |ports| {
        tracing::info!(port = ports.front_door, "ready");
    })
    .await?;
    Ok(())
}
