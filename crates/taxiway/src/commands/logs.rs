//! `taxiway logs`: what the application printed.

use camino::Utf8Path;
use serde_json::json;
use taxiway_azure::{Kudu, KuduStatus, SiteId};
use taxiway_platform::WebService;
use taxiway_rollout::{ReleaseId, Serving, Target as _};

use super::deployed::Deployed;
use crate::arguments::Logs;
use crate::exit::Exit;
use crate::failure::{Failure, Outcome};
use crate::site::target;
use crate::surroundings::Surroundings;
use crate::terminal::Terminal;

/// Prints the last lines, then those that come.
pub(crate) async fn run(
    arguments: &Logs,
    repository: Option<&Utf8Path>,
    surroundings: &Surroundings,
    terminal: &Terminal,
) -> Outcome {
    let deployed = Deployed::find(repository, &arguments.environment, surroundings).await?;
    let web = &deployed
        .project
        .service(arguments.service.as_deref())?
        .service;
    let names = deployed.project.service_names();
    if arguments.service.is_none() && names.len() > 1 {
        terminal.say(format_args!(
            "of {}; others by --service: {}",
            names[0],
            names[1..].join(", ")
        ));
    }
    let site = site(arguments, &deployed, web).await?;
    let kudu = deployed
        .connection
        .azure
        .kudu(&site)
        .await
        .map_err(|error| unreadable(&error))?;
    let mut lines = Vec::new();
    if arguments.release.is_some() {
        lines.extend(failed_build(&kudu).await?);
    }
    let kept = kudu
        .container_logs()
        .await
        .map_err(|error| unreadable(&error))?
        .unwrap_or_default();
    lines.extend(kept.lines().map(str::to_owned));
    for line in &lines[lines.len().saturating_sub(arguments.lines)..] {
        print(line, terminal);
    }
    if arguments.follow {
        follow(&kudu, terminal).await?;
    }
    Ok(Exit::Done)
}

/// The slot whose log is meant: production, or the other one for a release that does not serve.
async fn site(arguments: &Logs, deployed: &Deployed, web: &WebService) -> Result<SiteId, Failure> {
    let outputs = &deployed.provisioned.outputs;
    let output = |what: &str| {
        outputs
            .get(&web.symbol(what))
            .and_then(serde_json::Value::as_str)
            .unwrap_or_default()
            .to_owned()
    };
    let production = SiteId::new(deployed.connection.group.clone(), output("siteName"));
    let Some(wanted) = &arguments.release else {
        return Ok(production);
    };
    let wanted: ReleaseId = wanted.parse().map_err(|_| {
        Failure::usage(format!("`{wanted}` is no release id")).next("see them", "taxiway status")
    })?;
    let target = target(&deployed.connection, outputs, web)?;
    match target.serving().await {
        Ok(Serving::Release { id, .. }) if id == wanted => Ok(production),
        _ => Ok(production.slot(output("slotName"))),
    }
}

/// The log of the slot's last build, if that failed.
async fn failed_build(kudu: &Kudu) -> Result<Vec<String>, Failure> {
    let latest = kudu
        .deployment("latest")
        .await
        .map_err(|error| unreadable(&error))?;
    let Some(latest) = latest.filter(|latest| latest.status == KuduStatus::Failed) else {
        return Ok(Vec::new());
    };
    let entries = kudu
        .deployment_log(&latest.id)
        .await
        .map_err(|error| unreadable(&error))?;
    Ok(entries.into_iter().map(|entry| entry.message).collect())
}

async fn follow(kudu: &Kudu, terminal: &Terminal) -> Result<(), Failure> {
    let mut stream = kudu
        .log_stream()
        .await
        .map_err(|error| unreadable(&error))?;
    loop {
        tokio::select! {
            line = stream.next_line() => match line.map_err(|error| unreadable(&error))? {
                Some(line) => print(&line, terminal),
                None => return Ok(()),
            },
            _ = tokio::signal::ctrl_c() => return Ok(()),
        }
    }
}

fn print(line: &str, terminal: &Terminal) {
    if terminal.is_json() {
        terminal.print(json!({ "line": line }))
    } else {
        terminal.print(line)
    }
}

fn unreadable(error: &taxiway_azure::Error) -> Failure {
    Failure::failed("the log cannot be read").because(error)
}
