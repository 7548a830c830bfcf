//! The script that stops and starts servers, with an Azure CLI that says what it is asked.

use std::process::{Command, Stdio};

const AZ: &str =
    "#!/bin/sh\ncase \"$*\" in *list*) printf \"$SERVERS\";; *) echo \"az $*\";; esac\n";

/// What the script prints.
fn run(action: &str, servers: &str) -> String {
    let folder = tempfile::tempdir().unwrap();
    let az = folder.path().join("az");
    std::fs::write(&az, AZ).unwrap();
    let mode = std::os::unix::fs::PermissionsExt::from_mode(0o755);
    std::fs::set_permissions(&az, mode).unwrap();
    let script = include_str!("../../files/workflows/off-hours.sh");
    #[expect(
        clippy::disallowed_methods,
        reason = "a workflow runs its script with bash"
    )]
    let output = Command::new("bash")
        .args(["-eo", "pipefail", "-c", script])
        .env_clear()
        .env("PATH", format!("{}:/usr/bin:/bin", folder.path().display()))
        .envs([("ACTION", action), ("RESOURCE_GROUP", "rg-shop-staging")])
        .env("SERVERS", servers)
        .stdin(Stdio::null())
        .output()
        .unwrap();
    let code = output.status.code().unwrap();
    format!("{}code {code}", String::from_utf8(output.stdout).unwrap())
}

#[test]
fn servers_are_brought_to_the_state_that_is_asked_for() {
    let servers = "psql-one\\tReady\\npsql-two\\tStopped\\n";
    insta::assert_snapshot!(run("stop", servers), @"
    psql-one is Ready: stop
    az postgres flexible-server stop --resource-group rg-shop-staging --name psql-one
    psql-two is Stopped already
    code 0
    ");
    insta::assert_snapshot!(run("start", servers), @"
    psql-one is Ready already
    psql-two is Stopped: start
    az postgres flexible-server start --resource-group rg-shop-staging --name psql-two
    code 0
    ");
    insta::assert_snapshot!(run("start", ""), @"
    ::error::rg-shop-staging has no database server
    code 1
    ");
    insta::assert_snapshot!(run("drop", servers), @"
    ::error::ACTION is neither start nor stop
    code 1
    ");
}
