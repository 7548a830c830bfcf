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
    let wants_tokens_alone = preparation.compiled.resources.iter().any(|resource| {
        let authentication = &resource.body["properties"]["authConfig"];
        resource.resource_type.eq_ignore_ascii_case(SERVER)
            && authentication["passwordAuth"] == "Disabled"
    });
    if !wants_tokens_alone {
        return Ok(());
    }
    let unknown = |error: taxiway_azure::Error| {
        Failure::failed("the database server could not be asked how it is signed in to")
            .because(&error)
    };
    let (azure, group) = (&connection.azure, &connection.group);
    if azure
        .resource_group(group)
        .await
        .map_err(unknown)?
        .is_none()
    {
        return Ok(());
    }
    // By what is there: before a deployment, names that come out of hashes are not known.
    for known in azure.resources(group).await.map_err(unknown)? {
        if !known.kind.eq_ignore_ascii_case(SERVER) {
            continue;
        }
        let id = PostgresqlServerId::new(group.clone(), &known.name);
        let server = azure.postgresql_server(&id).await.map_err(unknown)?;
        if server.is_some_and(|server| server.takes_passwords) {
            return Err(refusal(preparation, &known.name));
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
