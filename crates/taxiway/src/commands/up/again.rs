//! The second run: whether everything is as the repository says.

use taxiway_platform::EnvironmentKind;
use taxiway_rollout::{Package, Serving, Target as _};

use super::packages;
use super::preparation::Preparation;
use super::release::{self, Served};
use crate::surroundings::Surroundings;
use crate::{cloud_process, connection, left_behind, site, writing};

/// What is there already.
pub(super) struct Again {
    pub(super) packages: Vec<Package>,
    pub(super) served: Vec<Served>,
    /// Further services that still run, and that `taxiway.toml` no longer names.
    pub(super) left: Vec<String>,
}

/// What serves, and its packages, if there is nothing to write, to provision or to roll out. Anything doubtful counts as
/// something to do: the long way finds out, and says what is wrong.
pub(super) async fn nothing_to_do(
    preparation: &Preparation,
    taken: Option<&[Package]>,
    surroundings: &Surroundings,
) -> Option<Again> {
    if !writing::visible(&preparation.changes).is_empty() {
        return None;
    }
    let environment = preparation.environment();
    if environment.kind == EnvironmentKind::Local {
        cloud_process::running(surroundings)?;
    }
    let platform = &preparation.project.platform;
    let packages = match taken {
        Some(taken) => {
            packages::check_sources(taken, preparation).ok()?;
            taken.to_vec()
        }
        None => packages::present(preparation).ok()??,
    };
    for (platform, package) in platform.services().zip(&packages) {
        let state = release::state_of(platform, preparation);
        let history = state.history().ok()?;
        if history.serving()?.release != package.release
            || state.journal().ok()??.ending().is_none()
        {
            return None;
        }
    }
    let connection = connection::connect(environment, surroundings).await.ok()?;
    let provisioned = preparation
        .infrastructure(&connection)
        .current(&connection.azure)
        .await
        .ok()??;
    let mut served = Vec::new();
    for (platform, package) in platform.services().zip(&packages) {
        let web = &platform.service;
        let target = site::target(&connection, &provisioned.outputs, web).ok()?;
        match target.serving().await.ok()? {
            Serving::Release { id, ready: true } if id == package.release => served.push(Served {
                service: web.title().to_owned(),
                release: id,
                url: site::url(&provisioned.outputs, web, environment.https),
                is_new: false,
            }),
            Serving::Nothing | Serving::Release { .. } | Serving::Unknown { .. } => return None,
        }
    }
    let left = left_behind::deployed(&connection, platform).await.ok()?;
    Some(Again {
        packages,
        served,
        left,
    })
}
