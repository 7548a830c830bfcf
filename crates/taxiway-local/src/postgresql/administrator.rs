//! The administrators' roles: no superusers, as in Azure, but the owners of the databases.
//!
//! Passwords are hashed here before they travel; the server and its log never see one, and nothing keeps one.

use postgres_protocol::password::scram_sha_256;

use super::session::{Session, identifier, literal};
use crate::identity::IssuedToken;

/// What the server stores of a password.
#[derive(Clone)]
pub(super) struct Verifier(String);

impl std::fmt::Debug for Verifier {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("Verifier(***)")
    }
}

impl Verifier {
    pub(super) fn of(password: &str) -> Self {
        Self(scram_sha_256(password.as_bytes()))
    }
}

/// Makes the role, or gives it the password. Done at each PUT that names a password: the old one cannot be compared, and
/// setting the same one again disturbs nobody.
pub(super) async fn ensure(
    session: &Session,
    login: &str,
    verifier: &Verifier,
) -> Result<(), tokio_postgres::Error> {
    let known = format!("SELECT 1 FROM pg_roles WHERE rolname = {}", literal(login));
    let (role, password) = (identifier(login), literal(&verifier.0));
    if session.value(&known).await?.is_some() {
        return session
            .run(&format!("ALTER ROLE {role} LOGIN PASSWORD {password}"))
            .await;
    }
    ensure_group(session).await?;
    session
        .run(&format!(
            "CREATE ROLE {role} LOGIN CREATEDB CREATEROLE PASSWORD {password}; {}",
            grant(&role)
        ))
        .await
}

/// What every administrator is a member of, and what owns databases that no login owns.
pub(super) const GROUP: &str = "azure_pg_admin";

/// Makes the administrators' group.
pub(super) async fn ensure_group(session: &Session) -> Result<(), tokio_postgres::Error> {
    session
        .run(&format!(
            "DO $$ BEGIN CREATE ROLE {GROUP} NOLOGIN; EXCEPTION WHEN duplicate_object THEN NULL; END $$"
        ))
        .await
}

/// Makes the role of an administrator of Entra. It can sign in once a token is its password.
pub(super) async fn ensure_principal(
    session: &Session,
    name: &str,
) -> Result<(), tokio_postgres::Error> {
    ensure_group(session).await?;
    let known = format!("SELECT 1 FROM pg_roles WHERE rolname = {}", literal(name));
    let role = identifier(name);
    let verb = if session.value(&known).await?.is_some() {
        "ALTER"
    } else {
        "CREATE"
    };
    session
        .run(&format!(
            "{verb} ROLE {role} LOGIN CREATEDB CREATEROLE; {}",
            grant(&role)
        ))
        .await
}

/// Takes the rights of an administrator away. What the role owns stays its own.
pub(super) async fn dismiss(session: &Session, name: &str) -> Result<(), tokio_postgres::Error> {
    let role = identifier(name);
    session
        .run(&format!(
            "ALTER ROLE {role} NOLOGIN NOCREATEDB NOCREATEROLE PASSWORD NULL;
             REVOKE {GROUP}, pg_monitor, pg_signal_backend FROM {role}"
        ))
        .await
}

/// Nobody signs in with the role's password any more.
pub(super) async fn forget_password(
    session: &Session,
    name: &str,
) -> Result<(), tokio_postgres::Error> {
    let role = identifier(name);
    session
        .run(&format!("ALTER ROLE {role} PASSWORD NULL"))
        .await
}

/// Lets the role sign in with the token until that expires.
pub(super) async fn set_token(
    session: &Session,
    name: &str,
    token: &IssuedToken,
) -> Result<(), tokio_postgres::Error> {
    let verifier = Verifier::of(&token.token);
    let (role, password) = (identifier(name), literal(&verifier.0));
    let until = literal(&token.expires.to_string());
    session
        .run(&format!(
            "ALTER ROLE {role} PASSWORD {password} VALID UNTIL {until}"
        ))
        .await
}

fn grant(role: &str) -> String {
    format!("GRANT {GROUP}, pg_monitor, pg_signal_backend TO {role} WITH ADMIN OPTION")
}
