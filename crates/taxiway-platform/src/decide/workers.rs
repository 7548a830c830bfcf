//! How many processes and threads serve: from the plan's processors and memory, as far as the database takes them.

use taxiway_diagnostics::Place;

use super::Decisions;
use super::environments::Asked;
use super::several::Together;
use crate::{
    BackgroundProcess, Config, Database, DatabaseKind, Plan, Server, Setting, Size, Source, Workers,
};

/// The variable that says how many processes. Source: gunicorn, settings, `workers`.
const PROCESSES: &str = "WEB_CONCURRENCY";
/// The variable that says how many threads each has.
const THREADS: &str = "GUNICORN_THREADS";

/// The threads of each process of a WSGI server: they wait for the database more than they compute.
const USUAL_THREADS: u32 = 4;

/// What a pool of SQLAlchemy opens under load: 5, and 10 beyond. Source: SQLAlchemy, `QueuePool`.
const POOL: u32 = 15;

/// The readiness probe has a connection of its own.
const PROBE: u32 = 1;

/// What the interpreter, the operating system and the front end's side take, and what one process of a web app usually
/// takes; both in MiB.
const MEMORY_OF_OTHERS: u32 = 200;
const MEMORY_OF_WORKER: u32 = 256;

/// What a person wrote about it, in one environment.
struct Configured<'a> {
    processes: Option<(u32, &'a Place)>,
    threads: Option<(u32, &'a Place)>,
}

pub(super) fn workers(
    asked: &Asked<'_>,
    config: &Config,
    (server, own_threads): (Server, Option<u32>),
    (plan, database, together): (&Plan, &Database, &Together<'_>),
    background: &[BackgroundProcess],
    decisions: &mut Decisions,
) -> Workers {
    let configured = Configured {
        processes: number(asked, config, PROCESSES, decisions),
        threads: number(asked, config, THREADS, decisions),
    };
    let size = if asked.is_local {
        Size::Dev
    } else {
        asked.size
    };
    let threads = match server {
        Server::Uvicorn | Server::Aiohttp => 1,
        Server::Gunicorn => configured
            .threads
            .map(|(threads, _)| threads)
            .or(own_threads)
            .unwrap_or(USUAL_THREADS),
    };
    let has_database = database.kind != DatabaseKind::None;
    let mut workers = Workers {
        processes: 1,
        threads,
        connections: match server {
            _ if !has_database => 0,
            Server::Gunicorn => PROBE + threads,
            Server::Uvicorn | Server::Aiohttp => PROBE + POOL,
        },
        instances: plan.most_instances.max(plan.instances),
        background: background
            .iter()
            .filter(|_| has_database)
            .map(|it| it.connections)
            .sum(),
        limit: (database.kind == DatabaseKind::New).then(|| database.connections()),
        sharing: together.databases.max(1),
    };
    if let Some((processes, place)) = configured.processes {
        workers.processes = processes;
        let reason = format!("configured; {}", workers.arithmetic());
        let value = value(&workers, server);
        decisions.configured(asked.key("workers"), value, place, &reason);
    } else {
        let wanted = wanted(size, server, together.sites());
        workers.processes = wanted;
        reduce(&mut workers);
        let reason = format!(
            "{}{}; {}",
            because(size, server, together.sites()),
            if workers.processes < wanted {
                format!(", and no more than the database takes, which {wanted} are not")
            } else {
                String::new()
            },
            workers.arithmetic()
        );
        let value = value(&workers, server);
        decisions.choose(asked.key("workers"), value, Source::Default, reason);
    }
    if !workers.fit() {
        say(asked, &workers, server, &configured, decisions);
    }
    workers
}

/// Two at least, so that one may start anew while the other serves.
fn wanted(size: Size, server: Server, sites: u32) -> u32 {
    let facts = size.facts();
    let by_cores = match (server, facts.plan_cores) {
        (_, 1) => 2,
        (Server::Gunicorn, cores) => 2 * cores + 1,
        (Server::Uvicorn | Server::Aiohttp, cores) => cores,
    };
    // The slot's processes are on the same instance while a release is rolled out.
    let memory = facts.plan_memory_gb * 1024 / 2;
    let by_memory = memory.saturating_sub(MEMORY_OF_OTHERS) / MEMORY_OF_WORKER;
    // The sites of one plan are on the same instances.
    let by_cores = (by_cores / sites).max(2.min(by_cores));
    by_cores.min(by_memory / sites).max(1)
}

/// A fifth of the connections is left to people, migrations and backups; only one process is better than none that connects.
fn reduce(workers: &mut Workers) {
    let Some(limit) = workers.share() else { return };
    while workers.processes > 2 && workers.total() > limit / 5 * 4 {
        workers.processes -= 1;
    }
    while workers.processes > 1 && !workers.fit() {
        workers.processes -= 1;
    }
}

fn because(size: Size, server: Server, sites: u32) -> String {
    let facts = size.facts();
    let rule = match (server, facts.plan_cores) {
        (_, 1) => "two, so that one may start anew while the other serves",
        (Server::Gunicorn, _) => "twice that and one",
        (Server::Uvicorn | Server::Aiohttp, _) => "a loop keeps one busy",
    };
    let shared = match sites {
        1 => String::new(),
        sites => format!(", shared by {sites} services"),
    };
    format!(
        "{} has {} vCPU and {} GB: {rule}{shared}",
        facts.plan_sku, facts.plan_cores, facts.plan_memory_gb
    )
}

fn value(workers: &Workers, server: Server) -> String {
    match server {
        Server::Gunicorn => format!(
            "{} of gthread, {} threads each",
            workers.processes, workers.threads
        ),
        Server::Uvicorn => format!("{} of uvicorn", workers.processes),
        Server::Aiohttp => format!("{} of aiohttp", workers.processes),
    }
}

/// The number that a person gave to a variable.
fn number<'a>(
    asked: &Asked<'a>,
    config: &'a Config,
    name: &str,
    decisions: &mut Decisions,
) -> Option<(u32, &'a Place)> {
    let variables = &asked.settings.variables;
    let Setting { value, place } = variables.get(name).or_else(|| config.variables.get(name))?;
    let number = value
        .parse()
        .ok()
        .filter(|number| (1..=1000).contains(number));
    if number.is_none() {
        decisions.refuse(
            "workers-not-a-number",
            format!("`{name} = \"{value}\"` ({place}) is no number from 1 to 1000"),
            "leave it out: the plan's processors and memory decide then",
        );
    }
    Some((number?, place))
}

/// What a person asked for and the database refuses is refused here. A pool may be smaller than is assumed.
fn say(
    asked: &Asked<'_>,
    workers: &Workers,
    server: Server,
    configured: &Configured<'_>,
    decisions: &mut Decisions,
) {
    let place = configured.processes.or(configured.threads);
    let place = place.map_or_else(String::new, |(_, place)| format!(" ({place})"));
    let message = format!(
        "environment `{}` may open more connections than its database takes{place}: {}",
        asked.name,
        workers.arithmetic()
    );
    let larger = format!(
        "take fewer workers, or a larger database: [environments.{}.database] sku = \"…\"",
        asked.name
    );
    match server {
        Server::Gunicorn => decisions.refuse("too-many-connections", message, larger),
        Server::Uvicorn | Server::Aiohttp => decisions.warn(
            "too-many-connections",
            message,
            format!("give the pool less than {POOL}, or {larger}"),
        ),
    }
}
