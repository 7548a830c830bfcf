//! The second run: whether everything is as the repository says.

use taxiway_platform::EnvironmentKind;
use taxiway_rollout::{Serving, Target as _};

use super::preparation::Preparation;
use super::release::{self, Served};
use crate::surroundings::Surroundings;
use crate::{cloud_process, connection, site, writing};

/// What serves, if there is nothing to write, to provision or to roll out. Anything doubtful counts as something to do:
/// the long way finds out, and says what is wrong.
pub(super) async fn nothing_to_do(
    preparation: &Preparation,
    surroundings: &Surroundings,
) -> Option<Served> {
    if !writing::visible(&preparation.changes).is_empty() {
        return None;
    }
    let environment = preparation.environment();
    if environment.kind == EnvironmentKind::Local {
        cloud_process::running(surroundings)?;
    }
    let state = site::state(&preparation.project.root, &environment.name);
    let package = release::package(preparation).ok()??;
    let history = state.history().ok()?;
    if history.serving()?.release != package.release || state.journal().ok()??.ending().is_none() {
        return None;
    }
    let connection = connection::connect(environment, surroundings).await.ok()?;
    let provisioned = preparation
        .infrastructure(&connection)
        .current(&connection.azure)
        .await
        .ok()??;
    let target = site::target(&connection, &provisioned.outputs).ok()?;
    match target.serving().await.ok()? {
        Serving::Release { id, ready: true } if id == package.release => {
            let url = site::url(&provisioned.outputs, environment.https);
            Some(Served {
                release: id,
                url,
                is_new: false,
            })
        }
        Serving::Nothing | Serving::Release { .. } | Serving::Unknown { .. } => None,
    }
}
