//! What commands of pipelines and images do: test, scan, migrate, deploy, serve.

use taxiway_diagnostics::Location;

use crate::files::{Command, Image, Instruction, Job, Script, Step, Then, Workflow, YamlNode};

/// The commands of a step with their script.
pub(crate) fn commands_of(step: &Step) -> impl Iterator<Item = (&Script, Command)> {
    let script = step.run.as_ref();
    script.into_iter().flat_map(|script| {
        script
            .commands()
            .into_iter()
            .map(move |command| (script, command))
    })
}

/// The major version of an action that no longer works: those that GitHub refuses. Source: GitHub, changelog.
pub(crate) fn retired_major(uses: &str) -> Option<(&str, u32)> {
    const RETIRED: [(&str, u32); 3] = [
        ("actions/upload-artifact", 3),
        ("actions/download-artifact", 3),
        ("actions/cache", 2),
    ];
    let (action, version) = uses.split_once('@')?;
    let major = version
        .trim_start_matches('v')
        .split('.')
        .next()?
        .parse::<u32>()
        .ok()?;
    let (_, last) = RETIRED
        .iter()
        .find(|(name, _)| action.eq_ignore_ascii_case(name))?;
    (version.len() < 40 && major <= *last).then_some((action, major))
}

/// Whether it runs tests.
pub(crate) fn is_test(command: &Command) -> bool {
    match command.program() {
        "pytest" | "py.test" | "tox" | "nox" | "unittest" => true,
        "coverage" => command.has("run"),
        "make" | "just" | "task" => command.call()[1..]
            .iter()
            .any(|word| word.text.starts_with("test")),
        "manage.py" | "django-admin" => command.has("test"),
        program if program.starts_with("python") => {
            command
                .call()
                .iter()
                .any(|word| word.text.ends_with("manage.py"))
                && command.has("test")
        }
        _ => false,
    }
}

/// Whether it changes the schema of a database.
pub(crate) fn is_migration(command: &Command) -> bool {
    let is_django = || {
        let words = command.call();
        let is_manage = words.iter().take(2).any(|word| {
            word.text.ends_with("manage.py") || word.text == "django-admin" || word.text == "django"
        });
        let verb = words
            .iter()
            .find(|word| matches!(word.text.as_str(), "migrate" | "migrate_schemas"));
        is_manage
            && verb.is_some()
            && !["--plan", "--check", "--fake", "--help"]
                .iter()
                .any(|flag| command.has(flag))
    };
    is_django() || command.is(&["alembic", "upgrade"]) || command.is(&["flask", "db", "upgrade"])
}

/// Whether it collects static files.
pub(crate) fn is_collection(command: &Command) -> bool {
    command.has("collectstatic")
        && command
            .words
            .iter()
            .any(|word| word.text.contains("manage.py") || word.text.contains("django"))
}

/// The place of an instruction that copies the whole folder which an image is built from.
pub(crate) fn copies_everything(instruction: &Instruction) -> Option<Location> {
    let is_copy = matches!(instruction.keyword.as_str(), "COPY" | "ADD");
    let text = &instruction.script.text;
    let source = text.split_whitespace().find(|word| !word.starts_with("--"));
    let is_whole = is_copy && !text.contains("--from") && matches!(source, Some("." | "./"));
    is_whole.then(|| instruction.location())
}

/// Whether it serves requests in production.
pub(crate) fn is_server(command: &Command) -> bool {
    matches!(
        command.program(),
        "gunicorn" | "uvicorn" | "hypercorn" | "daphne" | "uwsgi" | "granian" | "waitress-serve"
    ) || command.is(&["fastapi", "run"])
}

/// Whether it exchanges two slots.
pub(crate) fn is_swap(command: &Command) -> bool {
    command.is(&["az", "webapp", "deployment", "slot", "swap"])
}

/// The scanner that a command runs.
pub(crate) fn scanner(command: &Command) -> Option<&'static str> {
    const SCANNERS: [&str; 13] = [
        "safety",
        "pip-audit",
        "bandit",
        "semgrep",
        "trivy",
        "grype",
        "gitleaks",
        "trufflehog",
        "checkov",
        "osv-scanner",
        "snyk",
        "zizmor",
        "tfsec",
    ];
    let program = command.program().replace('_', "-");
    let found = SCANNERS.into_iter().find(|name| *name == program);
    let is_only_asked = ["--version", "--help", "install", "login", "auth"]
        .iter()
        .any(|word| command.has(word));
    if is_only_asked {
        return None;
    }
    found.or_else(|| {
        (command.is(&["npm", "audit"]) || command.is(&["uv", "audit"])).then_some("audit")
    })
}

/// Whether what follows it makes its failure a success: `|| true`.
pub(crate) fn is_excused<'c>(command: &Command, commands: &'c [Command]) -> Option<&'c Command> {
    if command.then != Then::Or {
        return None;
    }
    let next = commands.iter().find(|next| next.start > command.end)?;
    let is_nothing =
        matches!(next.program(), "true" | ":" | "echo" | "printf") || next.is(&["exit", "0"]);
    // `|| { echo …; exit 1; }` does fail.
    let fails = commands.iter().any(|later| {
        later.start > next.start
            && later.depth > command.depth
            && later.depth == next.depth
            && later.program() == "exit"
    });
    (is_nothing && !fails).then_some(next)
}

/// Whether a step deploys an app.
pub(crate) fn is_deployment(step: &Step) -> bool {
    const ACTIONS: [&str; 7] = [
        "azure/webapps-deploy",
        "azure/functions-action",
        "azure/container-apps-deploy-action",
        "azure/aca-deploy",
        "google-github-actions/deploy-cloudrun",
        "google-github-actions/deploy-appengine",
        "akhileshns/heroku-deploy",
    ];
    ACTIONS.contains(&step.action().as_str())
        || commands_of(step).any(|(_, command)| is_deploying(&command))
}

fn is_deploying(command: &Command) -> bool {
    const DEPLOYING: [&[&str]; 11] = [
        &["az", "webapp", "deploy"],
        &["az", "webapp", "up"],
        &["az", "webapp", "deployment", "source", "config-zip"],
        &["az", "webapp", "config", "container", "set"],
        &["az", "containerapp", "up"],
        &["az", "containerapp", "update"],
        &["gcloud", "run", "deploy"],
        &["gcloud", "app", "deploy"],
        &["flyctl", "deploy"],
        &["fly", "deploy"],
        &["taxiway", "up"],
    ];
    DEPLOYING.iter().any(|words| command.is(words)) || is_swap(command)
}

/// The jobs that have to pass before this one, itself not included.
pub(crate) fn before<'w>(workflow: &'w Workflow, job: &Job) -> Vec<&'w Job> {
    let mut found: Vec<&Job> = Vec::new();
    let mut wanted: Vec<String> = job.needs().into_iter().map(str::to_owned).collect();
    while let Some(id) = wanted.pop() {
        if let Some(job) = workflow.jobs.iter().find(|job| job.id == id)
            && !found.iter().any(|known| known.id == id)
        {
            wanted.extend(job.needs().into_iter().map(str::to_owned));
            found.push(job);
        }
    }
    found
}

/// Whether the job runs only when something failed.
pub(crate) fn condition(node: &YamlNode) -> &str {
    node.get("if").and_then(YamlNode::text).unwrap_or_default()
}

/// The variables that a step sees, the nearest first.
pub(crate) fn environment<'w>(
    workflow: &'w Workflow,
    job: &'w Job,
    step: Option<&'w Step>,
) -> Vec<(&'w str, &'w YamlNode)> {
    let nodes = [
        step.map(|step| &step.node),
        Some(&job.node),
        Some(&workflow.root),
    ];
    let mut found: Vec<(&str, &YamlNode)> = Vec::new();
    for (name, node) in nodes
        .into_iter()
        .flatten()
        .filter_map(|node| node.get("env"))
        .flat_map(YamlNode::entries)
    {
        if !found.iter().any(|(known, _)| known == name) {
            found.push((name, node));
        }
    }
    found
}

/// Whether a variable of this name says where a database is.
pub(crate) fn is_database_variable(name: &str) -> bool {
    let name = name.to_uppercase();
    let is_address = [
        "DATABASE_URL",
        "DATABASE_URI",
        "DB_URL",
        "DB_URI",
        "POSTGRES_URL",
        "POSTGRES_DSN",
        "DATABASE_DSN",
        "DB_HOST",
        "POSTGRES_HOST",
        "PGHOST",
        "DATABASE_HOST",
        "DB_PASSWORD",
        "POSTGRES_PASSWORD",
        "PGPASSWORD",
        "DATABASE_PASSWORD",
    ];
    is_address.iter().any(|known| name.ends_with(known))
}

/// The literal port that an image's server listens on, and where that is written.
pub(crate) fn bound_port(image: &Image) -> Option<(u16, taxiway_diagnostics::Location)> {
    for instruction in image.start().into_iter().rev() {
        for command in instruction.commands() {
            if let Some(port) = port_of(&command) {
                let word = port.1;
                return Some((port.0, instruction.script.location(word.0, word.1)));
            }
        }
    }
    None
}

/// `--bind 0.0.0.0:8000`, `-b :8000`, `--port 8000`; the default of `${PORT:-8000}`.
pub(crate) fn port_of(command: &Command) -> Option<(u16, (usize, usize))> {
    if !is_server(command) && !command.has("runserver") {
        return None;
    }
    let word = command
        .option(&["--bind", "-b", "--port", "-p"])
        .or_else(|| {
            command
                .has("runserver")
                .then(|| command.words.last().cloned())
                .flatten()
        })?;
    let text = word
        .text
        .rsplit_once(':')
        .map_or(word.text.as_str(), |(before, after)| {
            if before.is_empty() || !after.starts_with('-') {
                after
            } else {
                word.text.as_str()
            }
        });
    let text = text.trim_end_matches('}');
    let digits = text.rsplit(['-', ':']).next().unwrap_or(text);
    Some((digits.parse().ok()?, (word.start, word.end)))
}
