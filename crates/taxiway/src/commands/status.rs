//! `taxiway status` and `taxiway open`: what serves, where, and how it does.

use camino::Utf8Path;
use serde_json::{Map, Value, json};
use taxiway_platform::{Platform, WebService};
use taxiway_rollout::{ReleaseId, ReleaseRecord, ReleaseState, Serving, Target as _};

use super::deployed::Deployed;
use crate::arguments::InEnvironment;
use crate::exit::Exit;
use crate::failure::{Failure, Outcome};
use crate::left_behind;
use crate::programs;
use crate::site::{state, target};
use crate::surroundings::Surroundings;
use crate::terminal::{BAD, BOLD, GOOD, Terminal, columns};

/// How many releases are listed.
const LISTED: usize = 5;

/// What is known of one service.
struct Seen<'a> {
    web: &'a WebService,
    url: String,
    serving: Serving,
    candidate: Option<ReleaseId>,
    /// The last releases, the newest first.
    releases: Vec<ReleaseRecord>,
}

impl Seen<'_> {
    const fn is_ready(&self) -> bool {
        matches!(self.serving, Serving::Release { ready: true, .. })
    }

    fn document(&self) -> Map<String, Value> {
        let document = json!({
            "url": self.url,
            "serving": self.serving.release(),
            "ready": self.is_ready(),
            "candidate": self.candidate,
            "releases": self.releases,
        });
        match document {
            Value::Object(document) => document,
            _ => Map::new(),
        }
    }
}

/// Prints what serves, what the other slot holds, and the last releases: of all services, or of the one that is named.
pub(crate) async fn run(
    arguments: &InEnvironment,
    repository: Option<&Utf8Path>,
    surroundings: &Surroundings,
    terminal: &Terminal,
) -> Outcome {
    let deployed = Deployed::find(repository, &arguments.environment, surroundings).await?;
    let chosen: Vec<&Platform> = match &arguments.service {
        Some(name) => vec![deployed.project.service(Some(name))?],
        None => deployed.project.platform.services().collect(),
    };
    let mut all = Vec::new();
    for platform in chosen {
        all.push(see(&deployed, &platform.service).await?);
    }
    let left = match &arguments.service {
        Some(_) => Vec::new(),
        None => left_behind::deployed(&deployed.connection, &deployed.project.platform).await?,
    };
    if terminal.is_json() {
        let mut document = document(arguments, &deployed, &all);
        if !left.is_empty() {
            document["left_behind"] = left.into();
        }
        terminal.print_json(&document);
    } else {
        for seen in &all {
            show(seen, &deployed, terminal);
        }
        left_behind::tell(&deployed.environment.name, &left, terminal);
    }
    Ok(if all.iter().all(Seen::is_ready) {
        Exit::Done
    } else {
        Exit::Findings
    })
}

async fn see<'a>(deployed: &Deployed, web: &'a WebService) -> Result<Seen<'a>, Failure> {
    let target = target(&deployed.connection, &deployed.provisioned.outputs, web)?;
    let asked = |failure: taxiway_rollout::Failure| {
        Failure::failed("the site cannot be asked").detail(failure.line())
    };
    let serving = target.serving().await.map_err(asked)?;
    let candidate = target.candidate().await.ok().flatten();
    let state = state(&deployed.project.root, &deployed.environment.name, web);
    let history = state
        .history()
        .map_err(|error| Failure::failed("the journal cannot be read").because(&error))?;
    let releases = history.releases.into_iter().rev().take(LISTED).collect();
    Ok(Seen {
        web,
        url: deployed.url(web),
        serving,
        candidate,
        releases,
    })
}

/// One service stands in the document itself, several in a list.
fn document(arguments: &InEnvironment, deployed: &Deployed, all: &[Seen<'_>]) -> Value {
    let mut document = Map::new();
    document.insert("schema".to_owned(), "taxiway.status/v1".into());
    let name = deployed.project.platform.name.as_str();
    document.insert("application".to_owned(), name.into());
    document.insert(
        "environment".to_owned(),
        deployed.environment.name.as_str().into(),
    );
    if let ([only], true) = (
        all,
        arguments.service.is_some() || deployed.project.platform.further.is_empty(),
    ) {
        document.extend(only.document());
        return Value::Object(document);
    }
    document.insert("ready".to_owned(), all.iter().all(Seen::is_ready).into());
    let each = all.iter().map(|seen| {
        let mut own = Map::new();
        own.insert("service".to_owned(), seen.web.title().into());
        own.extend(seen.document());
        Value::Object(own)
    });
    document.insert("services".to_owned(), each.collect());
    Value::Object(document)
}

fn show(seen: &Seen<'_>, deployed: &Deployed, terminal: &Terminal) {
    let (style, words) = words(&seen.serving);
    let mut rows = vec![
        vec!["serves".to_owned(), words],
        vec!["at".to_owned(), seen.url.clone()],
    ];
    if let Some(candidate) = &seen.candidate {
        rows.push(vec![
            "other slot".to_owned(),
            format!("release {candidate}"),
        ]);
    }
    let project = &deployed.project;
    let of = match project.platform.further.as_slice() {
        [] => String::new(),
        _ => format!(", service {}", seen.web.title()),
    };
    terminal.print(format_args!(
        "{BOLD}{}{BOLD:#} in {}{of}: {style}{}{style:#}\n{}",
        project.platform.name,
        deployed.environment.name,
        if seen.is_ready() {
            "healthy"
        } else {
            "not healthy"
        },
        columns(&rows, 2)
    ));
    if !seen.releases.is_empty() {
        let rows: Vec<Vec<String>> = seen.releases.iter().map(row).collect();
        terminal.print(format_args!("\n  releases\n{}", columns(&rows, 4)));
    }
}

fn words(serving: &Serving) -> (anstyle::Style, String) {
    match serving {
        Serving::Nothing => (BAD, "nothing".to_owned()),
        Serving::Release { id, ready: true } => (GOOD, format!("release {id}")),
        Serving::Release { id, ready: false } => (
            BAD,
            format!("release {id}, which says that it is not ready"),
        ),
        Serving::Unknown { reason } => (
            BAD,
            format!("something that does not tell its release: {reason}"),
        ),
    }
}

fn row(record: &ReleaseRecord) -> Vec<String> {
    let state = match &record.state {
        ReleaseState::Served => "served".to_owned(),
        ReleaseState::Withdrawn => "rolled back".to_owned(),
        ReleaseState::Rejected { reason } => format!("rejected: {reason}"),
    };
    let time = record.time.strftime("%Y-%m-%d %H:%M:%S UTC").to_string();
    vec![
        record.release.to_string(),
        time,
        record.commit.clone().unwrap_or_default(),
        state,
    ]
}

/// Opens the application in the user's browser, or prints where it is.
pub(crate) async fn open(
    arguments: &InEnvironment,
    repository: Option<&Utf8Path>,
    surroundings: &Surroundings,
    terminal: &Terminal,
) -> Outcome {
    let deployed = Deployed::find(repository, &arguments.environment, surroundings).await?;
    let web = &deployed
        .project
        .service(arguments.service.as_deref())?
        .service;
    let url = deployed.url(web);
    if terminal.is_json() {
        terminal.print_json(&json!({ "schema": "taxiway.open/v1", "url": url }));
        return Ok(Exit::Done);
    }
    terminal.print(&url);
    if terminal.is_interactive() && !programs::open(&url) {
        terminal.say("no browser could be opened: visit the address above");
    }
    Ok(Exit::Done)
}
