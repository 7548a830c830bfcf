//! The administrator's role: no superuser, as in Azure, but the owner of the databases.
//!
//! Passwords are hashed here before they travel; the server and its log never see one, and nothing keeps one.

use postgres_protocol::password::scram_sha_256;

use super::session::{Session, identifier, literal};

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
    session
        .run(&format!(
            "DO $$ BEGIN CREATE ROLE azure_pg_admin NOLOGIN; EXCEPTION WHEN duplicate_object THEN NULL; END $$;
             CREATE ROLE {role} LOGIN CREATEDB CREATEROLE PASSWORD {password};
             GRANT azure_pg_admin, pg_monitor, pg_signal_backend TO {role} WITH ADMIN OPTION"
        ))
        .await
}
