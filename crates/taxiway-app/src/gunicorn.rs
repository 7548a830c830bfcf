//! Gunicorn's configuration of the project's own: what it says, statement by statement.
//!
//! It is Python that may do anything; what is read are its assignments and its hooks, whether they stand under a condition or not.
//! Source: gunicorn, "Settings".

use camino::Utf8PathBuf;
use ruff_python_ast::{Expr, Number, Stmt};
use ruff_text_size::{Ranged as _, TextRange};
use serde_json::Value;
use taxiway_diagnostics::Place;

use crate::document::{ServerConfiguration, ServerSetting};
use crate::python::Source;
use crate::repository::{Repository, join};

/// What gunicorn knows, hooks included; all else is the project's own business, and may be a secret. Source: gunicorn, "Settings".
const SETTINGS: [&str; 59] = [
    "bind",
    "workers",
    "worker_tmp_dir",
    "wsgi_app",
    "accesslog",
    "access_log_format",
    "backlog",
    "capture_output",
    "certfile",
    "chdir",
    "child_exit",
    "control_socket_disable",
    "daemon",
    "disable_redirect_access_to_syslog",
    "dogstatsd_tags",
    "errorlog",
    "forwarded_allow_ips",
    "graceful_timeout",
    "group",
    "header_map",
    "initgroups",
    "keepalive",
    "keyfile",
    "limit_request_field_size",
    "limit_request_fields",
    "limit_request_line",
    "logconfig",
    "logconfig_dict",
    "logconfig_json",
    "logger_class",
    "loglevel",
    "max_requests",
    "max_requests_jitter",
    "nworkers_changed",
    "on_exit",
    "on_reload",
    "on_starting",
    "pidfile",
    "post_fork",
    "post_request",
    "post_worker_init",
    "pre_exec",
    "pre_fork",
    "pre_request",
    "preload_app",
    "proc_name",
    "raw_env",
    "reload",
    "secure_scheme_headers",
    "spew",
    "statsd_host",
    "statsd_prefix",
    "threads",
    "timeout",
    "umask",
    "user",
    "when_ready",
    "worker_class",
    "worker_connections",
];

/// Values longer than this are shown by their beginning.
const LONGEST_VALUE: usize = 80;

/// The configuration that the start command names, else the one that gunicorn finds by itself.
pub(crate) fn read(
    repository: &Repository<'_>,
    folders: &[Utf8PathBuf],
    named: Option<&str>,
) -> Option<ServerConfiguration> {
    let named = named.map(|name| name.trim_start_matches("file:").trim_start_matches("./"));
    let mut paths = named
        .into_iter()
        .chain(["gunicorn.conf.py"])
        .flat_map(|name| folders.iter().filter_map(move |folder| join(folder, name)));
    let path = paths.find(|path| path.extension() == Some("py") && repository.is_file(path))?;
    let text = repository.text(&path)?;
    let source = Source::parse(text)?;
    let mut settings: Vec<ServerSetting> = Vec::new();
    collect(source.body(), &mut |name, range, literal| {
        if !SETTINGS.contains(&name) {
            return;
        }
        let shown = if name == "raw_env" {
            "[…]"
        } else {
            &text[range]
        };
        let value: String = shown.chars().take(LONGEST_VALUE).collect();
        settings.retain(|it| it.name != name);
        settings.push(ServerSetting {
            name: name.to_owned(),
            value: value.split_whitespace().collect::<Vec<_>>().join(" "),
            literal,
            place: Place::new(&path, source.lines.line(range.start().into())),
        });
    });
    Some(ServerConfiguration { path, settings })
}

/// Each name that gets a value in the module, in order; names of its own are among them.
fn collect(body: &[Stmt], found: &mut impl FnMut(&str, TextRange, Option<Value>)) {
    for statement in body {
        match statement {
            Stmt::Assign(assign) => {
                for target in &assign.targets {
                    if let Expr::Name(name) = target {
                        found(&name.id, assign.value.range(), literal(&assign.value));
                    }
                }
            }
            Stmt::AnnAssign(assign) => {
                if let (Expr::Name(name), Some(value)) = (&*assign.target, &assign.value) {
                    found(&name.id, value.range(), literal(value));
                }
            }
            Stmt::FunctionDef(hook) => found(&hook.name, hook.name.range(), None),
            Stmt::If(branch) => {
                collect(&branch.body, found);
                for clause in &branch.elif_else_clauses {
                    collect(&clause.body, found);
                }
            }
            Stmt::Try(attempt) => collect(&attempt.body, found),
            _ => {}
        }
    }
}

fn literal(expression: &Expr) -> Option<Value> {
    match expression {
        Expr::StringLiteral(text) => Some(text.value.to_str().into()),
        Expr::BooleanLiteral(switch) => Some(switch.value.into()),
        Expr::NoneLiteral(_) => Some(Value::Null),
        Expr::NumberLiteral(number) => match &number.value {
            Number::Int(number) => number.as_i64().map(Value::from),
            Number::Float(number) => Some(Value::from(*number)),
            Number::Complex { .. } => None,
        },
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use taxiway_diagnostics::MemorySources;

    use super::*;

    fn check(text: &str, named: Option<&str>) -> String {
        let sources = MemorySources::from_text(text);
        let repository = Repository::new(&sources);
        let Some(found) = read(&repository, &["".into()], named) else {
            return "none".to_owned();
        };
        let lines = found.settings.iter().map(|it| {
            let known = it.literal.as_ref().map_or("?".to_owned(), Value::to_string);
            format!("{} {} = {} ({known})\n", it.place, it.name, it.value)
        });
        lines.collect()
    }

    #[test]
    fn what_is_assigned_is_read_with_its_place_and_the_last_one_holds() {
        let text = "--- gunicorn.conf.py
import multiprocessing
bind = \"127.0.0.1:8000\"
workers = multiprocessing.cpu_count() * 2 + 1
if True:
    timeout = 600
preload_app: bool = True
API_KEY = \"hidden\"
raw_env = [\"KEY=hidden\"]
timeout = 30
def post_fork(server, worker):
    pass
";
        insta::assert_snapshot!(check(text, None), @r#"
        gunicorn.conf.py:2 bind = "127.0.0.1:8000" ("127.0.0.1:8000")
        gunicorn.conf.py:3 workers = multiprocessing.cpu_count() * 2 + 1 (?)
        gunicorn.conf.py:6 preload_app = True (true)
        gunicorn.conf.py:8 raw_env = […] (?)
        gunicorn.conf.py:9 timeout = 30 (30)
        gunicorn.conf.py:10 post_fork = post_fork (?)
        "#);
    }

    #[test]
    fn the_file_that_the_command_names_comes_first() {
        let text = "--- gunicorn.conf.py\nthreads = 1\n--- etc/web.py\nthreads = 2\n";
        insta::assert_snapshot!(check(text, Some("./etc/web.py")), @"etc/web.py:1 threads = 2 (2)");
        insta::assert_snapshot!(check("--- etc/web.py\nthreads = 2\n", None), @"none");
    }
}
