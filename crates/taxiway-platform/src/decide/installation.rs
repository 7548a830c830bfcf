//! What a service's build installs.

use taxiway_app::Service;

use super::{Decisions, at};

/// Refuses a service of which nothing says what to install: its build would end without its own framework.
pub(super) fn refuse(service: &Service, decisions: &mut Decisions) {
    let dependencies = &service.dependencies;
    if !dependencies.manifests.is_empty() || service.framework.is_none() {
        return;
    }
    let place = at(service
        .seen("framework")
        .or_else(|| service.seen("framework.name"))
        .or_else(|| service.seen("entrypoint")));
    let folder = match service.root.as_str() {
        "" | "." => String::new(),
        root => format!("{root}/"),
    };
    decisions.refuse(
        "nothing-to-install",
        format!(
            "nothing says which packages this service needs{place}: there is neither a requirements file nor a pyproject.toml with \
             dependencies"
        ),
        format!(
            "write {folder}requirements.txt; where the application runs today: pip freeze > {folder}requirements.txt"
        ),
    );
}
