//! The command line.

use camino::Utf8PathBuf;
use clap::{Args, Parser, Subcommand, ValueEnum};

/// Takes a Python web application from its repository to production, and keeps it there.
#[derive(Debug, Parser)]
#[command(name = "taxiway", version, arg_required_else_help = true, max_term_width = 100, after_help = EXAMPLES)]
pub(crate) struct Arguments {
    #[command(flatten)]
    pub(crate) global: Global,
    #[command(subcommand)]
    pub(crate) command: Command,
}

const EXAMPLES: &str = "\
Examples:
  taxiway up                    in a repository: read it, write the files, run it all on this machine
  taxiway up production         the same, in Azure
  taxiway rollback              back to the previous release
  taxiway explain database.sku  why it was chosen

Exit codes: 0 done · 1 findings · 2 wrong usage · 3 the environment lacks something ·
4 refused, nothing was changed · 5 rolled back: changed, then restored · 6 failed and not restored";

/// Options of every command.
#[derive(Clone, Debug, Args)]
pub(crate) struct Global {
    /// The repository, if not the current folder.
    #[arg(
        long,
        short = 'C',
        global = true,
        value_name = "FOLDER",
        env = "TAXIWAY_REPOSITORY"
    )]
    pub(crate) repository: Option<Utf8PathBuf>,
    /// How results are printed on standard output.
    #[arg(long, global = true, value_enum, default_value_t = Format::Text)]
    pub(crate) format: Format,
    /// No progress, only results and errors.
    #[arg(long, short, global = true, conflicts_with = "verbose")]
    pub(crate) quiet: bool,
    /// More of what happens.
    #[arg(long, short, global = true)]
    pub(crate) verbose: bool,
    /// When to use colour.
    #[arg(long, global = true, value_enum, default_value_t = Color::Auto)]
    pub(crate) color: Color,
}

/// How results are printed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Format {
    /// For people.
    Text,
    /// For programs: stable, versioned.
    #[value(alias = "json-v1")]
    Json,
    /// For code hosts: findings, as SARIF 2.1.0.
    Sarif,
}

/// When to use colour.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Color {
    /// On a terminal, unless NO_COLOR is set.
    Auto,
    /// Always.
    Always,
    /// Never.
    Never,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Read, write, check, provision, build, migrate, warm, swap, verify: from the repository to a served release.
    Up(Up),
    /// Bring the previous release back.
    Rollback(Rollback),
    /// What is served, where, and how it does.
    Status(InEnvironment),
    /// What the application printed.
    Logs(Logs),
    /// Open the application in a browser.
    Open(InEnvironment),
    /// Why something was decided.
    Explain(Explain),
    /// Remove what `up` created.
    Down(Down),
    /// What the repository is: facts, each with its place.
    Detect(Detect),
    /// Write or refresh the files that Taxiway owns.
    Generate(Generate),
    /// Judge the infrastructure: this repository's, or any Bicep and ARM templates.
    Check(Check),
    /// What would keep a deployment from working, before it is tried.
    #[command(subcommand)]
    Doctor(Doctor),
    /// The Bicep compiler on its own.
    #[command(subcommand)]
    Bicep(Bicep),
    /// The local cloud on its own.
    #[command(subcommand)]
    Cloud(Cloud),
    /// Print a JSON Schema.
    Schema(Schema),
    /// Print a completion script for a shell.
    Completions {
        /// The shell.
        shell: clap_complete::Shell,
    },
}

#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  taxiway up                      on this machine, in the local cloud
  taxiway up --yes                without the question
  taxiway up staging              in Azure, in the environment that taxiway.toml names
  taxiway up --allow orders.0007  with a migration that the previous release cannot live with
  taxiway up staging --keep-packages /tmp/verified && taxiway up production --packages /tmp/verified
                                  the very same bytes in both")]
pub(crate) struct Up {
    /// The environment: `local`, or one that taxiway.toml names.
    #[arg(default_value = "local")]
    pub(crate) environment: String,
    /// Go ahead without asking.
    #[arg(long, short)]
    pub(crate) yes: bool,
    /// Acknowledge a migration that is unsafe for the release that serves now; may be repeated.
    #[arg(long, value_name = "APP.MIGRATION")]
    pub(crate) allow: Vec<String>,
    /// Deploy the infrastructure even where nothing of it is new: takes back what was changed by hand.
    #[arg(long)]
    pub(crate) provision: bool,
    /// Keep what is rolled out, for another environment: a zip for each service, in this folder outside the repository.
    #[arg(long, value_name = "FOLDER", conflicts_with = "packages")]
    pub(crate) keep_packages: Option<Utf8PathBuf>,
    /// Roll out what --keep-packages kept in this folder, instead of building and packing it again.
    #[arg(long, value_name = "FOLDER")]
    pub(crate) packages: Option<Utf8PathBuf>,
}

#[derive(Debug, Args)]
pub(crate) struct Rollback {
    /// The environment.
    #[arg(default_value = "local")]
    pub(crate) environment: String,
    /// Which service, where there are several: `app`, or a name of [services] in taxiway.toml.
    #[arg(long, value_name = "NAME")]
    pub(crate) service: Option<String>,
    /// Acknowledge a migration that the previous release does not know; may be repeated.
    #[arg(long, value_name = "APP.MIGRATION")]
    pub(crate) allow: Vec<String>,
}

#[derive(Debug, Args)]
pub(crate) struct InEnvironment {
    /// The environment.
    #[arg(default_value = "local")]
    pub(crate) environment: String,
    /// Which service, where there are several: `app`, or a name of [services] in taxiway.toml.
    #[arg(long, value_name = "NAME")]
    pub(crate) service: Option<String>,
}

#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  taxiway logs                     the last lines of what serves
  taxiway logs -f                  and what comes
  taxiway logs --release 91ab04    of a release that did not start")]
pub(crate) struct Logs {
    /// The environment.
    #[arg(default_value = "local")]
    pub(crate) environment: String,
    /// Which service, where there are several: `app`, or a name of [services] in taxiway.toml.
    #[arg(long, value_name = "NAME")]
    pub(crate) service: Option<String>,
    /// Go on with new lines as they come.
    #[arg(long, short)]
    pub(crate) follow: bool,
    /// Of this release instead of the one that serves.
    #[arg(long)]
    pub(crate) release: Option<String>,
    /// How many lines to start with.
    #[arg(long, short = 'n', default_value_t = 100)]
    pub(crate) lines: usize,
}

#[derive(Debug, Args)]
pub(crate) struct Explain {
    /// What: `production.database.sku`, or a part of it; all decisions without it.
    pub(crate) key: Option<String>,
}

/// What is looked at.
#[derive(Debug, Subcommand)]
pub(crate) enum Doctor {
    /// GitHub: the token of each workflow job against the federated credentials, and what workflows read.
    Github(DoctorGithub),
}

#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  taxiway doctor github                        from the files alone; the repository is that of the remote `origin`
  taxiway doctor github --ask                  with what GitHub says, through gh
  az identity federated-credential list --resource-group rg-shop-production --identity-name id-shop-production-github |
    taxiway doctor github --credentials -      with what Azure says

Exit codes: 0 every job can sign in · 1 one cannot, or needs something that is not there · 3 it is not known which repository this is")]
pub(crate) struct DoctorGithub {
    /// The repository on GitHub; without it that of the remote `origin`.
    #[arg(long, value_name = "OWNER/NAME")]
    pub(crate) repo: Option<String>,
    /// The owner's number, which new repositories have in their subjects.
    #[arg(long, value_name = "NUMBER", requires = "repository_id")]
    pub(crate) owner_id: Option<u64>,
    /// The repository's number.
    #[arg(long, value_name = "NUMBER", requires = "owner_id")]
    pub(crate) repository_id: Option<u64>,
    /// How subjects call the repository, where it is known.
    #[arg(long, value_enum)]
    pub(crate) subjects: Option<Subjects>,
    /// Federated credentials as `az identity federated-credential list` prints them, besides those of the Bicep; `-` reads them
    /// from standard input.
    #[arg(long, value_name = "FILE")]
    pub(crate) credentials: Vec<Utf8PathBuf>,
    /// Ask GitHub, through gh, which environments, variables and secrets there are, and how it calls the repository.
    #[arg(long)]
    pub(crate) ask: bool,
}

/// How subjects call a repository.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Subjects {
    /// `repo:OWNER/NAME:…`.
    Names,
    /// `repo:OWNER@1/NAME@2:…`.
    Immutable,
}

#[derive(Debug, Args)]
pub(crate) struct Down {
    /// The environment.
    #[arg(default_value = "local")]
    pub(crate) environment: String,
    /// Only this service, which taxiway.toml names no more. Its database is kept.
    #[arg(long, value_name = "NAME")]
    pub(crate) service: Option<String>,
    /// Its database too, with the identity that it belongs to.
    #[arg(long, requires = "service")]
    pub(crate) with_database: bool,
    /// Go ahead without asking.
    #[arg(long, short)]
    pub(crate) yes: bool,
}

#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  taxiway detect                             a summary, then the facts with their places
  taxiway detect --format json               the document; its schema: taxiway schema detect
  taxiway detect --why entrypoint            what settled it, where it was seen, what was rejected
  taxiway detect --why env.DATABASE_URL      one variable; also backing.redis, processes.celery, database.engine
  taxiway detect services/api                another folder")]
pub(crate) struct Detect {
    /// The folder to read instead of the repository.
    pub(crate) folder: Option<Utf8PathBuf>,
    /// Explain one fact: what settled it, where it was seen, and which alternatives were rejected.
    #[arg(long, value_name = "FACT")]
    pub(crate) why: Option<String>,
}

#[derive(Debug, Args)]
pub(crate) struct Generate {
    /// Write nothing; exit 1 where a file is not as it would be written.
    #[arg(long, conflicts_with = "diff")]
    pub(crate) check: bool,
    /// Write nothing; show what would change.
    #[arg(long)]
    pub(crate) diff: bool,
}

#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  taxiway check                          what this repository has, for each of its environments
  taxiway check main.bicep --pedantic    any Bicep, and also what could be better
  taxiway check --gate security          in a pipeline
  taxiway check Dockerfile --diff        what would be mended, as a patch
  taxiway check --explain plain-http     what a rule is about

Exit codes: 0 nothing found, or notes only · 1 findings · 2 something cannot be compiled · 3 there is nothing to judge

A finding is accepted by a comment `// taxiway:allow(rule) reason`, or in taxiway.toml under [[check.allow]].")]
pub(crate) struct Check {
    /// Bicep files, parameters files, ARM templates, workflows, Dockerfiles, scripts or folders; the repository without any.
    pub(crate) paths: Vec<Utf8PathBuf>,
    /// A parameters file in JSON for the file.
    #[arg(long, value_name = "FILE", requires = "paths")]
    pub(crate) parameters: Option<Utf8PathBuf>,
    /// Also what could be better.
    #[arg(long)]
    pub(crate) pedantic: bool,
    /// Only the rules of this gate.
    #[arg(long, value_enum)]
    pub(crate) gate: Option<CheckGate>,
    /// Mend what can be mended without a change in meaning.
    #[arg(long)]
    pub(crate) fix: bool,
    /// Also mend what may break somebody who relies on it.
    #[arg(long)]
    pub(crate) unsafe_fixes: bool,
    /// Show what mending would change, and change nothing.
    #[arg(long, conflicts_with = "fix")]
    pub(crate) diff: bool,
    /// What a rule is about, with examples.
    #[arg(long, value_name = "RULE", exclusive = true)]
    pub(crate) explain: Option<String>,
}

/// What a pipeline asks about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum CheckGate {
    /// Will Azure take it, and will it work?
    Infrastructure,
    /// Is it closed to those who should not be there?
    Security,
    /// Can it be run: seen, restored, kept alive?
    Operations,
    /// Does it cost more than it gives?
    Cost,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Bicep {
    /// Compile to ARM templates.
    Build(Built),
    /// Compile parameter files.
    BuildParams(BuiltParameters),
    /// Say what is wrong, and what should be written differently.
    Lint(Linted),
    /// List the linter's rules, or explain one.
    Rules {
        /// The rule: `no-unused-params`.
        code: Option<String>,
    },
    /// Format files in place.
    Format(Formatted),
    /// Fetch the modules of registries that files name into the module cache.
    Restore(Restored),
}

#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  taxiway bicep build-params main.bicepparam                writes main.json beside it
  taxiway bicep build-params main.bicepparam --stdout       prints parameters and template as the Azure CLI wants them

BICEP_PARAMETERS_OVERRIDES holds a JSON object of values that count more than those of the file.

Exit codes: 0 done · 1 a file has errors · 2 wrong usage")]
pub(crate) struct BuiltParameters {
    #[command(flatten)]
    pub(crate) built: Built,
    /// The Bicep file that the parameters must be for.
    #[arg(long, value_name = "FILE")]
    pub(crate) bicep_file: Option<Utf8PathBuf>,
}

#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  taxiway bicep build main.bicep                       writes main.json beside it
  taxiway bicep build main.bicep --stdout              prints the template
  taxiway bicep build infrastructure --outdir out      every .bicep file below a folder
  taxiway bicep build - < main.bicep                   reads standard input, prints the template
  taxiway bicep build main.bicep --format sarif        what was found, for a code host

Exit codes: 0 done · 1 a file has errors · 2 wrong usage")]
pub(crate) struct Built {
    /// Files or folders; `-` is standard input.
    #[arg(required = true, value_name = "FILE")]
    pub(crate) files: Vec<Utf8PathBuf>,
    /// Print the result instead of writing it beside the file.
    #[arg(long)]
    pub(crate) stdout: bool,
    /// Write into this folder.
    #[arg(long, value_name = "FOLDER", conflicts_with_all = ["stdout", "outfile"])]
    pub(crate) outdir: Option<Utf8PathBuf>,
    /// Write into this file.
    #[arg(long, value_name = "FILE", conflicts_with = "stdout")]
    pub(crate) outfile: Option<Utf8PathBuf>,
    /// Where restored modules lie, if not in ~/.bicep.
    #[arg(long, value_name = "FOLDER", env = "TAXIWAY_MODULE_CACHE")]
    pub(crate) module_cache: Option<Utf8PathBuf>,
}

#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  taxiway bicep lint main.bicep                        one file, with the modules it uses
  taxiway bicep lint .                                 every file below this folder
  taxiway bicep lint . --fix                           mends what can be mended without a look
  taxiway bicep lint . --format sarif > bicep.sarif    for a code host
  taxiway bicep rules no-unused-params                 what a rule asks for, and why

Levels: bicepconfig.json, analyzers.core.rules.RULE.level. One line: #disable-next-line RULE
Exit codes: 0 nothing found · 1 errors or warnings · 2 wrong usage")]
pub(crate) struct Linted {
    /// Files or folders; `-` is standard input.
    #[arg(required = true, value_name = "FILE")]
    pub(crate) files: Vec<Utf8PathBuf>,
    /// Mend what can be mended without changing what is deployed.
    #[arg(long)]
    pub(crate) fix: bool,
    /// Where restored modules lie, if not in ~/.bicep.
    #[arg(long, value_name = "FOLDER", env = "TAXIWAY_MODULE_CACHE")]
    pub(crate) module_cache: Option<Utf8PathBuf>,
}

#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  taxiway bicep format main.bicep        in place
  taxiway bicep format . --check         for a pipeline: exit 1 where something is not formatted
  taxiway bicep format . --diff          what would change
  taxiway bicep format - < main.bicep    from standard input to standard output

Settings: bicepconfig.json, formatting.{width, indentKind, indentSize, newlineKind, insertFinalNewline}
Exit codes: 0 done · 1 not formatted, or cannot be parsed · 2 wrong usage")]
pub(crate) struct Formatted {
    /// Files or folders; `-` is standard input.
    #[arg(required = true, value_name = "FILE")]
    pub(crate) files: Vec<Utf8PathBuf>,
    /// Write nothing; exit 1 where a file is not formatted.
    #[arg(long)]
    pub(crate) check: bool,
    /// Write nothing; show what would change.
    #[arg(long, conflicts_with = "check")]
    pub(crate) diff: bool,
}

#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  taxiway bicep restore main.bicep    the modules that it and its modules name
  taxiway bicep restore . --force     everything below this folder, again

Logins are those of `docker login` and `az acr login` (~/.docker/config.json).
Exit codes: 0 everything is there · 1 a file has errors · 2 wrong usage · 3 modules could not be fetched")]
pub(crate) struct Restored {
    /// Files or folders.
    #[arg(required = true, value_name = "FILE")]
    pub(crate) files: Vec<Utf8PathBuf>,
    /// Fetch what is there already too.
    #[arg(long)]
    pub(crate) force: bool,
    /// Where restored modules lie, if not in ~/.bicep.
    #[arg(long, value_name = "FOLDER", env = "TAXIWAY_MODULE_CACHE")]
    pub(crate) module_cache: Option<Utf8PathBuf>,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Cloud {
    /// Start it, and return when it answers.
    Start(CloudPorts),
    /// Stop it and everything that it runs; nothing is lost.
    Stop,
    /// What it runs.
    Status,
    /// Remove everything that is in it.
    Reset {
        /// Go ahead without asking.
        #[arg(long, short)]
        yes: bool,
    },
    /// What to export so that the az CLI and the Azure SDKs talk to it.
    Env {
        /// The way: through a proxy with the stock clouds, or by registering a cloud.
        #[arg(long, value_enum, default_value_t = CloudEnvironment::Proxy)]
        way: CloudEnvironment,
    },
    /// Run it in the foreground.
    #[command(hide = true)]
    Serve(CloudPorts),
}

/// How stock clients reach the local cloud.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum CloudEnvironment {
    /// `HTTPS_PROXY`: the stock AzureCloud, no registration, no DNS.
    Proxy,
    /// `az cloud register`.
    Register,
}

#[derive(Clone, Debug, Default, Args)]
pub(crate) struct CloudPorts {
    /// The port of Azure's API (HTTPS); 8443, the one of the last start, or TAXIWAY_CLOUD_PORT.
    #[arg(long)]
    pub(crate) port: Option<u16>,
    /// The port of the applications (HTTP); 8080, the one of the last start, or TAXIWAY_SITES_PORT.
    #[arg(long)]
    pub(crate) sites_port: Option<u16>,
    /// The port of the proxy for stock clients; 8081, the one of the last start, or TAXIWAY_PROXY_PORT.
    #[arg(long)]
    pub(crate) proxy_port: Option<u16>,
}

#[derive(Debug, Args)]
pub(crate) struct Schema {
    /// Of what.
    #[arg(value_enum)]
    pub(crate) of: SchemaOf,
}

/// What a JSON Schema is published for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum SchemaOf {
    /// `taxiway.toml`.
    Config,
    /// The output of `taxiway detect --format json`.
    Detect,
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::CommandFactory as _;

    #[test]
    fn the_command_line_is_consistent() {
        Arguments::command().debug_assert();
    }
}
