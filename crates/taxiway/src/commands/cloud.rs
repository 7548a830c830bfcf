//! `taxiway cloud`: the local cloud on its own.

use serde_json::json;

use crate::arguments::{Cloud, CloudEnvironment, CloudPorts};
use crate::cloud_process;
use crate::connection::LocalCredentials;
use crate::exit::Exit;
use crate::failure::{Failure, Outcome};
use crate::surroundings::Surroundings;
use crate::terminal::{Terminal, columns};

/// Runs one command of the local cloud.
pub(crate) async fn run(
    command: &Cloud,
    surroundings: &Surroundings,
    terminal: &Terminal,
) -> Outcome {
    match command {
        Cloud::Start(ports) => start(ports, surroundings, terminal),
        Cloud::Stop => stop(surroundings, terminal),
        Cloud::Status => status(surroundings, terminal),
        Cloud::Reset { yes } => reset(*yes, surroundings, terminal),
        Cloud::Env { way } => environment(*way, surroundings, terminal),
        Cloud::Serve(ports) => serve(ports, surroundings, terminal).await,
    }
}

fn start(ports: &CloudPorts, surroundings: &Surroundings, terminal: &Terminal) -> Outcome {
    let (running, is_new) = cloud_process::ensure(ports, surroundings)?;
    if terminal.is_json() {
        terminal.print_json(&json!({ "schema": "taxiway.cloud/v1", "running": true, "started": is_new, "cloud": running }));
    } else {
        let word = if is_new { "ready" } else { "running already" };
        terminal.say(format_args!(
            "{word} on 127.0.0.1:{} (process {})",
            running.ports.front_door, running.pid
        ));
    }
    Ok(Exit::Done)
}

fn stop(surroundings: &Surroundings, terminal: &Terminal) -> Outcome {
    let was_running = cloud_process::stop(surroundings)?;
    if terminal.is_json() {
        terminal.print_json(
            &json!({ "schema": "taxiway.cloud/v1", "running": false, "stopped": was_running }),
        );
    } else {
        terminal.say(if was_running {
            "stopped; nothing is lost, and the next start brings it back"
        } else {
            "it does not run"
        });
    }
    Ok(Exit::Done)
}

fn status(surroundings: &Surroundings, terminal: &Terminal) -> Outcome {
    let running = cloud_process::running(surroundings);
    if terminal.is_json() {
        terminal.print_json(&json!({ "schema": "taxiway.cloud/v1", "running": running.is_some(), "cloud": running }));
        return Ok(Exit::Done);
    }
    let Some(running) = running else {
        terminal.print("it does not run");
        return Ok(Exit::Done);
    };
    let rows = [
        [
            "azure's api",
            &format!("https://management.localhost:{}", running.ports.front_door),
        ],
        [
            "applications",
            &format!("http://127.0.0.1:{}", running.ports.sites),
        ],
        [
            "proxy",
            &format!("http://127.0.0.1:{}", running.ports.proxy),
        ],
        ["state", surroundings.state.as_str()],
        ["process", &running.pid.to_string()],
    ];
    let rows: Vec<Vec<String>> = rows
        .iter()
        .map(|row| row.iter().map(|cell| (*cell).to_owned()).collect())
        .collect();
    terminal.print(columns(&rows, 0));
    Ok(Exit::Done)
}

fn reset(yes: bool, surroundings: &Surroundings, terminal: &Terminal) -> Outcome {
    if !yes {
        let question = format!(
            "Removes every site, database and secret of the local cloud ({}). Go on?",
            surroundings.state
        );
        if !terminal.is_interactive() {
            return Err(Failure::refused(
                "this removes every site, database and secret of the local cloud",
            )
            .next("go ahead", "taxiway cloud reset --yes"));
        }
        if !terminal.confirm(&question) {
            return Err(Failure::refused("nothing was done"));
        }
    }
    cloud_process::stop(surroundings)?;
    taxiway_local::reset(&settings(&CloudPorts::default(), surroundings))
        .map_err(|error| Failure::failed("the local cloud could not be removed").because(&error))?;
    terminal.say("nothing is left of it");
    Ok(Exit::Done)
}

/// Lines for a shell: `eval "$(taxiway cloud env)"`.
fn environment(way: CloudEnvironment, surroundings: &Surroundings, terminal: &Terminal) -> Outcome {
    let Some(running) = cloud_process::running(surroundings) else {
        return Err(Failure::lacking("the local cloud does not run")
            .next("start it", "taxiway cloud start"));
    };
    let credentials = LocalCredentials::read(&surroundings.state)?;
    let mut variables = vec![
        ("AZURE_CLIENT_ID", credentials.client_id.clone()),
        (
            "AZURE_CLIENT_SECRET",
            credentials.client_secret().expose().clone(),
        ),
        ("AZURE_TENANT_ID", credentials.tenant_id.clone()),
        ("AZURE_SUBSCRIPTION_ID", credentials.subscription_id.clone()),
        (
            "REQUESTS_CA_BUNDLE",
            credentials.certificate_authority.to_string(),
        ),
        (
            "SSL_CERT_FILE",
            credentials.certificate_authority.to_string(),
        ),
        ("AZURE_CORE_COLLECT_TELEMETRY", "false".to_owned()),
        (
            "AZURE_CONFIG_DIR",
            surroundings.state.join("az").to_string(),
        ),
    ];
    if way == CloudEnvironment::Proxy {
        variables.push((
            "HTTPS_PROXY",
            format!("http://127.0.0.1:{}", running.ports.proxy),
        ));
    } else {
        variables.push(("AZURE_CORE_INSTANCE_DISCOVERY", "false".to_owned()));
    }
    if terminal.is_json() {
        let map: serde_json::Map<String, serde_json::Value> = variables
            .into_iter()
            .map(|(name, value)| (name.to_owned(), value.into()))
            .collect();
        terminal.print_json(&json!({ "schema": "taxiway.cloud-env/v1", "variables": map }));
        return Ok(Exit::Done);
    }
    for (name, value) in variables {
        terminal.print(format_args!(
            "export {name}='{}'",
            value.replace('\'', r"'\''")
        ));
    }
    if way == CloudEnvironment::Register {
        let manager = &credentials.resource_manager;
        terminal.print(format_args!(
            "az cloud register --name taxiway --endpoint-resource-manager {manager}"
        ));
        terminal.print("az cloud set --name taxiway");
    }
    Ok(Exit::Done)
}

fn settings(ports: &CloudPorts, surroundings: &Surroundings) -> taxiway_local::Settings {
    taxiway_local::Settings {
        state: surroundings.state.clone(),
        cache: surroundings.cache.clone(),
        ports: cloud_process::ports(ports, surroundings),
    }
}

async fn serve(ports: &CloudPorts, surroundings: &Surroundings, terminal: &Terminal) -> Outcome {
    use tokio::signal::unix::{SignalKind, signal};
    let cannot =
        |error: std::io::Error| Failure::failed("signals cannot be handled").because(&error);
    let mut terminate = signal(SignalKind::terminate()).map_err(cannot)?;
    let mut interrupt = signal(SignalKind::interrupt()).map_err(cannot)?;
    let shutdown = async move {
        tokio::select! {
            _ = terminate.recv() => {}
            _ = interrupt.recv() => {}
        }
    };
    let ready = terminal.clone();
    taxiway_local::run(settings(ports, surroundings), shutdown, move |_ports| {
        ready.print("ready")
    })
    .await
    .map_err(|error| Failure::lacking("the local cloud cannot run").because(&error))?;
    Ok(Exit::Done)
}
