//! The data folder of a server and the command that serves it.
//!
//! What must not be changed by the owner (addresses, folders, TLS, archiving) is on the command line, which wins over every
//! file. Sizes are in `postgresql.conf`, below what the owner sets through configurations (`postgresql.auto.conf`).

use std::time::Duration;

use camino::Utf8Path;
use nix::sys::signal::Signal;

use super::{
    certificate,
    folders::{self, Folders},
    programs::{Run, environment},
    record::ServerRecord,
    session::SUPERUSER,
    sizes,
};
use crate::{
    cloud::Cloud,
    error::ArmError,
    process::{Account, Program, StopPlan},
    tools::PostgresqlTools,
};

/// Little memory, and safe against a crash: `fsync` stays on.
const SETTINGS: &str = "
shared_buffers = '32MB'
maintenance_work_mem = '32MB'
effective_cache_size = '256MB'
min_wal_size = '32MB'
max_wal_size = '256MB'
max_wal_senders = 4
max_worker_processes = 4
max_parallel_workers = 2
max_parallel_workers_per_gather = 1
autovacuum_max_workers = 2
jit = off
password_encryption = 'scram-sha-256'
timezone = 'UTC'
log_timezone = 'UTC'
log_line_prefix = '%m [%p] %q%u@%d '
log_checkpoints = off
";

/// Segments of the write-ahead log in MiB: small, since each archived one costs its full size.
const SEGMENT: &str = "4";

/// Fast shutdown: clients are sent away, nothing is lost. Then an immediate one.
fn stop_plan() -> StopPlan {
    StopPlan(vec![
        (Signal::SIGINT, Duration::from_secs(20)),
        (Signal::SIGQUIT, Duration::from_secs(5)),
    ])
}

/// Makes the data folder of a new server.
pub(super) async fn initialize(
    cloud: &Cloud,
    folders: &Folders,
    tools: &PostgresqlTools,
    account: Option<Account>,
    sku: &str,
) -> Result<(), ArmError> {
    let run = |locale: &str| Run {
        cloud,
        folders,
        account,
        executable: tools.program("initdb"),
        arguments: [
            format!("--pgdata={}", folders.data),
            format!("--username={SUPERUSER}"),
            format!("--locale={locale}"),
            format!("--wal-segsize={SEGMENT}"),
            "--encoding=UTF8".to_owned(),
            "--auth-local=peer".to_owned(),
            "--auth-host=scram-sha-256".to_owned(),
            "--data-checksums".to_owned(),
            "--no-instructions".to_owned(),
            // The caller does that with `flush`, while the server is used already.
            "--no-sync".to_owned(),
        ]
        .to_vec(),
    };
    // Not every system has a locale of this name.
    if let Err(first) = run("C.UTF-8").output().await {
        tracing::debug!(%first, "no locale C.UTF-8");
        folders.remove()?;
        folders.prepare(account)?;
        run("C").output().await?;
    }
    let path = folders.data.join("postgresql.conf");
    let text =
        std::fs::read_to_string(&path).map_err(|error| folders::failed("read", &path, &error))?;
    let connections = sizes::connections(sku);
    let reserved = sizes::RESERVED_CONNECTIONS;
    folders::write(
        &path,
        &format!(
            "{text}\n# The local cloud's sizes.{SETTINGS}max_connections = {connections}\nsuperuser_reserved_connections = {reserved}\n"
        ),
        account,
    )
}

/// Brings a new data folder to the disk. Only a crash of the whole machine before its end could harm it; what clients commit
/// meanwhile is on the disk by the server's own doing.
pub(super) async fn flush(cloud: Cloud, record: ServerRecord) {
    let folders = Folders::of(&cloud, &record.id);
    let Ok(account) = folders::account() else {
        return;
    };
    let run = Run {
        cloud: &cloud,
        folders: &folders,
        account,
        executable: record.programs.join("initdb"),
        arguments: vec![
            "--sync-only".to_owned(),
            format!("--pgdata={}", folders.data),
        ],
    };
    if let Err(error) = run.output().await {
        tracing::warn!(server = record.id.name(), %error, "the files of a new server are not flushed yet");
    }
}

/// Whether the programs can speak TLS.
pub(super) async fn has_tls(
    cloud: &Cloud,
    folders: &Folders,
    tools: &PostgresqlTools,
    account: Option<Account>,
) -> Result<bool, ArmError> {
    let run = Run {
        cloud,
        folders,
        account,
        executable: tools.program("postgres"),
        arguments: ["-C", "ssl_library", "-D", folders.data.as_str()]
            .map(str::to_owned)
            .to_vec(),
    };
    let lines = run.output().await?;
    Ok(lines.iter().any(|line| line.trim() == "OpenSSL"))
}

/// Writes who may connect and how, and the certificate.
pub(super) fn write_config(
    cloud: &Cloud,
    folders: &Folders,
    record: &ServerRecord,
    account: Option<Account>,
) -> Result<(), ArmError> {
    write_access(folders, record, account)?;
    if record.has_tls {
        let issued = certificate::issue(cloud, record.address)?;
        folders::write(
            &folders.config.join("server.crt"),
            &issued.certificate,
            account,
        )?;
        folders::write(&folders.config.join("server.key"), &issued.key, account)?;
    }
    Ok(())
}

/// The superuser comes only over the Unix socket and only as an account that owns the cloud; everybody else with a password.
pub(super) fn write_access(
    folders: &Folders,
    record: &ServerRecord,
    account: Option<Account>,
) -> Result<(), ArmError> {
    let kind = if record.has_tls && record.requires_tls {
        "hostssl"
    } else {
        "host"
    };
    let access = format!(
        "local all {SUPERUSER} peer map=cloud\n\
         local replication {SUPERUSER} peer map=cloud\n\
         host all {SUPERUSER} all reject\n\
         {kind} all all 127.0.0.0/8 scram-sha-256\n"
    );
    folders::write(&folders.config.join("pg_hba.conf"), &access, account)?;
    let map: String = folders::owners(account)?
        .iter()
        .map(|owner| format!("cloud \"{owner}\" {SUPERUSER}\n"))
        .collect();
    folders::write(&folders.config.join("pg_ident.conf"), &map, account)
}

/// The command that serves the data folder; `extra` are further settings.
pub(super) fn program(
    folders: &Folders,
    record: &ServerRecord,
    account: Option<Account>,
    extra: &[(String, String)],
) -> Program {
    let mut settings: Vec<(String, String)> = [
        ("listen_addresses", record.address.to_string()),
        ("port", record.port.to_string()),
        ("unix_socket_directories", quoted_folder(&folders.sockets)),
        ("unix_socket_permissions", "0700".to_owned()),
        ("hba_file", folders.config.join("pg_hba.conf").into_string()),
        (
            "ident_file",
            folders.config.join("pg_ident.conf").into_string(),
        ),
        ("fsync", "on".to_owned()),
        ("full_page_writes", "on".to_owned()),
        ("logging_collector", "off".to_owned()),
        ("log_destination", "stderr".to_owned()),
        ("archive_mode", "on".to_owned()),
        ("archive_command", archive_command(&folders.archive)),
        ("cluster_name", record.id.name().to_owned()),
    ]
    .map(|(name, value)| (name.to_owned(), value))
    .to_vec();
    if record.has_tls {
        let file = |name: &str| folders.config.join(name).into_string();
        settings.extend([
            ("ssl".to_owned(), "on".to_owned()),
            ("ssl_cert_file".to_owned(), file("server.crt")),
            ("ssl_key_file".to_owned(), file("server.key")),
        ]);
    }
    settings.extend_from_slice(extra);
    let mut arguments = vec!["-D".to_owned(), folders.data.to_string()];
    for (name, value) in settings {
        arguments.extend(["-c".to_owned(), format!("{name}={value}")]);
    }
    Program {
        name: format!("postgresql {}", record.id.name()),
        executable: record.programs.join("postgres"),
        arguments,
        environment: environment(),
        directory: folders.root.clone(),
        account,
        stop: stop_plan(),
    }
}

/// The names that [`program`] decides, and those that would undo it; nobody else may set them.
pub(super) const DECIDED: [&str; 21] = [
    "listen_addresses",
    "port",
    "unix_socket_directories",
    "unix_socket_permissions",
    "unix_socket_group",
    "hba_file",
    "ident_file",
    "fsync",
    "full_page_writes",
    "logging_collector",
    "log_destination",
    "archive_mode",
    "archive_command",
    "archive_library",
    "cluster_name",
    "ssl",
    "ssl_cert_file",
    "ssl_key_file",
    "ssl_ca_file",
    "ssl_crl_file",
    "restore_command",
];

/// The setting is a list, in which a comma would part two folders.
fn quoted_folder(folder: &Utf8Path) -> String {
    format!("\"{}\"", folder.as_str().replace('"', "\"\""))
}

/// Copies under another name first, so that a segment is there as a whole or not at all.
fn archive_command(archive: &Utf8Path) -> String {
    let folder = shell_text(archive);
    format!("cp \"%p\" {folder}/\"%f.partial\" && mv -f {folder}/\"%f.partial\" {folder}/\"%f\"")
}

/// Gets a segment back out of an archive.
pub(super) fn restore_command(archive: &Utf8Path) -> String {
    format!("cp {}/\"%f\" \"%p\"", shell_text(archive))
}

/// A path for a command in which the server replaces `%`.
fn shell_text(path: &Utf8Path) -> String {
    format!(
        "'{}'",
        path.as_str().replace('\'', r"'\''").replace('%', "%%")
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn commands_survive_odd_folders() {
        let command = restore_command(Utf8Path::new("/a b/it's 5%"));
        assert_eq!(command, r#"cp '/a b/it'\''s 5%%'/"%f" "%p""#);
    }
}
