//! Which checkout an application of the local cloud belongs to.
//!
//! An application is found by its name, and two checkouts may have the same: without this, the second would replace or
//! remove what the first runs. In Azure a subscription's owner sees to that.

use std::collections::BTreeMap;

use camino::{Utf8Path, Utf8PathBuf};
use taxiway_platform::{Environment, EnvironmentKind};

use crate::failure::Failure;
use crate::surroundings::Surroundings;

/// Resource groups and the folders they were deployed from.
type Owners = BTreeMap<String, Utf8PathBuf>;

/// Refuses where another checkout, which still exists, runs an application of this name.
///
/// # Errors
/// [`Failure`] with that checkout and the ways out.
pub(crate) fn check(
    environment: &Environment,
    root: &Utf8Path,
    surroundings: &Surroundings,
) -> Result<(), Failure> {
    if environment.kind != EnvironmentKind::Local {
        return Ok(());
    }
    let owners = read(surroundings);
    match owners.get(&environment.resource_group) {
        Some(owner) if owner != root && owner.is_dir() => Err(Failure::refused(format!(
            "`{owner}` runs under this name already ({})",
            environment.resource_group
        ))
        .next(
            "give this one another name, in taxiway.toml",
            "[app] name = \"…\"",
        )
        .next(
            "or remove the other one",
            format!("taxiway -C {owner} down"),
        )),
        _ => Ok(()),
    }
}

/// Notes that the application is deployed from this folder.
///
/// # Errors
/// [`Failure`] where the state directory cannot be written.
pub(crate) fn take(
    environment: &Environment,
    root: &Utf8Path,
    surroundings: &Surroundings,
) -> Result<(), Failure> {
    if environment.kind != EnvironmentKind::Local {
        return Ok(());
    }
    let mut owners = read(surroundings);
    let before = owners.insert(environment.resource_group.clone(), root.to_owned());
    if before.as_deref() == Some(root) {
        return Ok(());
    }
    write(&owners, surroundings)
}

/// Forgets the application.
///
/// # Errors
/// [`Failure`] where the state directory cannot be written.
pub(crate) fn release(
    environment: &Environment,
    surroundings: &Surroundings,
) -> Result<(), Failure> {
    let mut owners = read(surroundings);
    if environment.kind != EnvironmentKind::Local
        || owners.remove(&environment.resource_group).is_none()
    {
        return Ok(());
    }
    write(&owners, surroundings)
}

fn path(surroundings: &Surroundings) -> Utf8PathBuf {
    surroundings.state.join("repositories.json")
}

/// Nothing known counts as nobody's: the file only keeps checkouts apart.
fn read(surroundings: &Surroundings) -> Owners {
    std::fs::read(path(surroundings))
        .ok()
        .and_then(|text| serde_json::from_slice(&text).ok())
        .unwrap_or_default()
}

fn write(owners: &Owners, surroundings: &Surroundings) -> Result<(), Failure> {
    let path = path(surroundings);
    let temporary = path.with_extension(format!("{}.tmp", std::process::id()));
    let text = serde_json::to_vec_pretty(owners).expect("a map of texts");
    std::fs::create_dir_all(&surroundings.state)
        .and_then(|()| std::fs::write(&temporary, text))
        .and_then(|()| std::fs::rename(&temporary, &path))
        .map_err(|error| Failure::lacking(format!("`{path}` cannot be written")).because(&error))
}
