//! The project's own configuration of gunicorn: what of it holds, and what the platform has to decide, with the reason.
//!
//! The generated configuration starts from Taxiway's defaults, loads the project's own file over them, and then says what no
//! project can know: where to listen, how many processes, what the front end does.

use serde_json::Value;
use taxiway_app::{Interface, ServerSetting, Service};

use super::Decisions;
use crate::Source;

/// App Service's front end gives up on a request after this many seconds. Source: App Service, frequently asked questions about
/// web applications.
const FRONT_END_SECONDS: i64 = 230;
/// Less than the site waits for its processes to end.
const STOPPING_SECONDS: i64 = 25;

/// What becomes of one setting.
enum Verdict {
    /// It is as the project says.
    Kept,
    /// The platform says otherwise, as it has to.
    Decided(&'static str, &'static str),
    /// The same, and the project will behave in another way than it is used to.
    Changed(&'static str, &'static str),
}

use Verdict::{Changed, Decided, Kept};

/// Tells what of the project's own configuration holds.
pub(super) fn tell(service: &Service, decisions: &mut Decisions) {
    let Some(configuration) = &service.server_configuration else {
        return;
    };
    let mut kept = Vec::new();
    for setting in &configuration.settings {
        let (value, reason, is_change) = match verdict(setting, service) {
            Kept => {
                kept.push(setting.name.as_str());
                continue;
            }
            Decided(value, reason) => (value, reason, false),
            Changed(value, reason) => (value, reason, true),
        };
        if is_change {
            decisions.warn(
                "server-setting-overridden",
                format!(
                    "`{} = {}` ({}) does not hold: {reason}",
                    setting.name, setting.value, setting.place
                ),
                format!("the site runs with {} = {value}", setting.name),
            );
        }
        decisions.choose(
            format!("server.{}", setting.name),
            format!("{value}, not {}", setting.value),
            Source::detected(Some(&setting.place)),
            reason,
        );
    }
    let first = configuration.settings.first();
    decisions.choose(
        "server.configuration",
        match kept.as_slice() {
            [] => format!("{}, of which nothing is left", configuration.path),
            names => format!("{}, with its {}", configuration.path, names.join(", ")),
        },
        Source::detected(first.map(|setting| &setting.place)),
        "the project's own, over Taxiway's defaults and below what the platform decides",
    );
}

/// What becomes of a setting.
fn verdict(setting: &ServerSetting, service: &Service) -> Verdict {
    let literal = setting.literal.as_ref();
    let number = literal.and_then(Value::as_i64);
    let is_off = matches!(literal, Some(Value::Null | Value::Bool(false)));
    match setting.name.as_str() {
        "bind" => Decided(
            "0.0.0.0:$PORT",
            "the platform chooses the port, and reaches the container from outside",
        ),
        "workers" if setting.value.contains("cpu_count") => Decided(
            "$WEB_CONCURRENCY",
            "the host's processors are not the plan's, and each process takes memory and connections",
        ),
        "workers" => Decided(
            "$WEB_CONCURRENCY",
            "as many as the plan carries and the database takes; [variables] WEB_CONCURRENCY sets it",
        ),
        "timeout" if number == Some(0) || number.is_some_and(|it| it > FRONT_END_SECONDS) => {
            Changed(
                "230",
                "App Service's front end gives up after 230 seconds, and a worker that goes on works for nobody",
            )
        }
        "graceful_timeout" if number.is_none_or(|it| it > STOPPING_SECONDS) => Decided(
            "25",
            "the site is stopped for good 30 seconds after it is told to",
        ),
        "preload_app" if !is_off => Changed(
            "False",
            "threads and connections that are opened before the fork are dead after it: telemetry, tokens of the identity, pools",
        ),
        "forwarded_allow_ips" if literal.and_then(Value::as_str) != Some("*") => Decided(
            "\"*\"",
            "the container is reached through the front end alone, whose address is not known",
        ),
        "daemon" | "reload" | "spew" if !is_off => Changed(
            "False",
            "the site lives as long as the process that it started",
        ),
        "certfile" | "keyfile" if !is_off => Changed(
            "None",
            "TLS ends at the front end, which speaks plain HTTP to the site",
        ),
        "user" | "group" if !is_off => {
            Decided("None", "the site, or the image, decides who runs it")
        }
        "pidfile" if !is_off => Decided(
            "None",
            "one process manages the site, and nobody looks for its number",
        ),
        "accesslog" | "errorlog"
            if literal
                .and_then(Value::as_str)
                .is_none_or(|path| path != "-")
                && !is_off =>
        {
            Decided(
                "\"-\"",
                "a file in the container is lost with it; standard output is kept",
            )
        }
        "control_socket_disable" if literal != Some(&Value::Bool(true)) => {
            Decided("True", "its folder may not be writable")
        }
        "worker_class" if !fits(setting, service) => Changed(
            if service.interface == Some(Interface::Asgi) {
                "uvicorn_worker.UvicornWorker"
            } else {
                "gthread"
            },
            "it does not speak the interface of the application",
        ),
        _ => Kept,
    }
}

/// Whether a worker class speaks the application's interface, as far as that is known.
fn fits(setting: &ServerSetting, service: &Service) -> bool {
    let Some(class) = setting.literal.as_ref().and_then(Value::as_str) else {
        return true;
    };
    let is_asgi = class.contains("uvicorn") || class == "asgi";
    let is_wsgi = matches!(
        class,
        "sync" | "gthread" | "gevent" | "eventlet" | "tornado"
    );
    match service.interface {
        Some(Interface::Asgi) => !is_wsgi,
        Some(Interface::Wsgi) => !is_asgi,
        Some(Interface::Other) | None => true,
    }
}

/// The threads of each process that the project's own configuration asks for.
pub(super) fn threads(service: &Service) -> Option<u32> {
    let configuration = service.server_configuration.as_ref()?;
    let Some(setting) = configuration.setting("threads") else {
        // Who asks for this one by name may not be able to bear any other.
        let class = configuration.setting("worker_class")?;
        return (class.literal.as_ref()?.as_str() == Some("sync")).then_some(1);
    };
    let number = u32::try_from(setting.literal.as_ref()?.as_u64()?).ok()?;
    (1..=1000).contains(&number).then_some(number)
}
