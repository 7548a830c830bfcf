//! A server that has a password is not switched to tokens in passing: its tables belong to a login that could not sign in any more.

use taxiway_azure::PostgresqlServerId;
use taxiway_platform::EnvironmentKind;

use crate::connection::Connection;
use crate::failure::Failure;

use super::preparation::Preparation;

const SERVER: &str = "Microsoft.DBforPostgreSQL/flexibleServers";

/// Refuses to take the password of a server away.
///
/// # Errors
/// [`Failure`] that says how to keep it and how to switch; nothing was changed in the cloud.
pub(super) async fn keep(
    preparation: &Preparation,
    connection: &Connection,
) -> Result<(), Failure> {
    let servers = preparation.compiled.resources.iter().filter(|resource| {
        let authentication = &resource.body["properties"]["authConfig"];
        resource.resource_type.eq_ignore_ascii_case(SERVER)
            && authentication["passwordAuth"] == "Disabled"
    });
    for wanted in servers {
        let id = PostgresqlServerId::new(connection.group.clone(), &wanted.name);
        let server = connection.azure.postgresql_server(&id).await;
        let server = server.map_err(|error| {
            Failure::failed("the database server could not be asked how it is signed in to")
                .because(&error)
        })?;
        if server.is_some_and(|server| server.takes_passwords) {
            return Err(refusal(preparation, &wanted.name));
        }
    }
    Ok(())
}

fn refusal(preparation: &Preparation, server: &str) -> Failure {
    let environment = preparation.environment();
    let name = &environment.name;
    let keep = format!("[environments.{name}.database] sign-in = \"password\"");
    let failure = Failure::refused(format!(
        "the database server `{server}` is signed in to by password, and the infrastructure wants tokens alone"
    ))
    .detail("its tables belong to the login with the password, which could not sign in any more")
    .detail(format!("to keep the password, in taxiway.toml: {keep}"));
    if environment.kind == EnvironmentKind::Local {
        return failure.next(
            "or begin anew, without the data that is in it",
            "taxiway down && taxiway up",
        );
    }
    failure
        .detail(
            "to switch: let the server take both (Entra beside the password, the identity as its administrator), hand what the \
             login owns to the identity's role (try `REASSIGN OWNED` on a restored copy first; where the server refuses it, \
             `pg_dump --no-owner` and a restore as the identity do), then turn the password off and remove that line",
        )
        .next("then", format!("taxiway up {name}"))
}
