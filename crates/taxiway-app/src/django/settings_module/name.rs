//! What the name of a settings module says.

/// Whether a module's name says production.
pub(super) fn is_production(module: &str) -> bool {
    parts(module).any(|part| {
        matches!(
            part,
            "production" | "prod" | "live" | "deploy" | "deployment" | "release"
        )
    })
}

/// Whether a module's name says that production does not use it as it is.
pub(crate) fn is_for_development(module: &str) -> bool {
    parts(module).any(|part| {
        matches!(
            part,
            "dev"
                | "devel"
                | "develop"
                | "development"
                | "local"
                | "base"
                | "common"
                | "default"
                | "defaults"
                | "test"
                | "tests"
                | "testing"
                | "debug"
                | "ci"
                | "sample"
                | "example"
                | "core"
                | "travis"
                | "shared"
        )
    }) && !is_production(module)
}

/// How much a file's name says production; less is more.
pub(super) fn production_rank(stem: &str) -> Option<usize> {
    const NAMES: [&str; 14] = [
        "production",
        "prod",
        "settings_production",
        "settings_prod",
        "production_settings",
        "prod_settings",
        "live",
        "deploy",
        "deployment",
        "release",
        "heroku",
        "azure",
        "docker",
        "server",
    ];
    NAMES
        .iter()
        .position(|name| *name == stem)
        .or_else(|| is_production(stem).then_some(NAMES.len()))
}

pub(super) fn last_part(module: &str) -> &str {
    module.rsplit('.').next().unwrap_or(module)
}

pub(super) fn parent(module: &str) -> &str {
    module.rsplit_once('.').map_or("", |(parent, _)| parent)
}

fn parts(module: &str) -> impl Iterator<Item = &str> {
    last_part(module).split('_')
}
