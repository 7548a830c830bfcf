//! The Azure CLI's own sign-in, asked for a token.

use std::{process::Stdio, time::Duration};

use serde::Deserialize;

use super::{Token, sign_in};
use crate::{error::Error, secret::Secret};

/// How long the CLI may take; its first start is slow.
const LIMIT: Duration = Duration::from_secs(60);

#[derive(Deserialize)]
struct Granted {
    #[serde(rename = "accessToken")]
    access_token: Secret<String>,
    expires_on: Option<i64>,
}

/// A token of whoever is signed in at `az`.
pub(crate) async fn token(tenant: Option<&str>, scope: &str) -> Result<Token, Error> {
    let output = tokio::time::timeout(LIMIT, command(tenant, scope).output())
        .await
        .map_err(|_elapsed| sign_in(format!("`az` did not answer within {} s", LIMIT.as_secs())))?
        .map_err(|error| {
            sign_in(format!(
                "cannot run `az` ({error}); install the Azure CLI and sign in: az login"
            ))
        })?;
    if !output.status.success() {
        let said = String::from_utf8_lossy(&output.stderr);
        let said = said
            .lines()
            .find(|line| line.starts_with("ERROR"))
            .unwrap_or("it is not signed in: az login");
        return Err(sign_in(format!("the Azure CLI gave no token: {said}")));
    }
    let granted: Granted = serde_json::from_slice(&output.stdout)
        .map_err(|error| sign_in(format!("the Azure CLI's answer can't be read ({error})")))?;
    Ok(match granted.expires_on {
        Some(expires_at) => Token {
            value: granted.access_token,
            expires_at,
        },
        // CLI versions before 2.54 tell local time alone; a token lives an hour at least.
        None => Token::for_seconds(granted.access_token, 1_800),
    })
}

#[expect(
    clippy::disallowed_methods,
    reason = "the one child process of this crate; it is killed when its future is dropped"
)]
fn command(tenant: Option<&str>, scope: &str) -> tokio::process::Command {
    let mut command = tokio::process::Command::new("az");
    command.args([
        "account",
        "get-access-token",
        "--output",
        "json",
        "--scope",
        scope,
    ]);
    if let Some(tenant) = tenant {
        command.args(["--tenant", tenant]);
    }
    command
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .kill_on_drop(true);
    command
}
