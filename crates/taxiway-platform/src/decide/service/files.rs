//! The files that an application serves besides its pages: static ones, and what its front end is built into.

use taxiway_app::{Service, StaticStrategy};

use super::{super::Decisions, framework::is_django};
use crate::{Config, Setting, Source, StaticServing};

pub(super) fn static_files(service: &Service, decisions: &mut Decisions) -> StaticServing {
    if !is_django(service) {
        let reason = "the framework serves its own";
        decisions.choose("static", "as the application does", Source::Default, reason);
        return StaticServing::None;
    }
    let is_named = |names: &[String], part: &str| names.iter().any(|name| name.contains(part));
    let strategy = service
        .static_files
        .as_ref()
        .and_then(|files| files.strategy);
    let (serving, value, reason) = match strategy {
        Some(StaticStrategy::Storage) => (
            StaticServing::Overlay,
            "object storage where the project configures it, else WhiteNoise",
            "its settings say so",
        ),
        Some(StaticStrategy::Whitenoise)
            if service.installs("whitenoise") || is_named(&service.middleware, "whitenoise") =>
        {
            (
                StaticServing::Project,
                "WhiteNoise, collected at build",
                "its settings say so",
            )
        }
        Some(_) => (
            StaticServing::Overlay,
            "WhiteNoise of the overlay, collected at build",
            "App Service has no web server of its own for them",
        ),
        None if service.static_files.is_some()
            || is_named(&service.installed_apps, "django.contrib.staticfiles")
            || service.installed_apps.is_empty() =>
        {
            (
                StaticServing::Overlay,
                "WhiteNoise of the overlay, collected at build",
                "nothing in the project serves them in production",
            )
        }
        None => (
            StaticServing::None,
            "none",
            "django.contrib.staticfiles is not installed",
        ),
    };
    let seen = service
        .seen("static.strategy")
        .or_else(|| service.seen("static"));
    decisions.choose("static", value, Source::detected(seen), reason);
    serving
}

/// Whether the front end that the service serves is built before its code is published.
pub(super) fn frontend(service: &Service, config: &Config, decisions: &mut Decisions) -> bool {
    let wanted = config.app.build_frontend.as_ref();
    let found = service.frontend.as_ref().filter(|it| it.bundled);
    let Some((found, script)) = found.and_then(|it| Some((it, it.build.as_ref()?))) else {
        if let Some(Setting { value: true, place }) = wanted {
            decisions.refuse(
                "no-front-end",
                format!("`build-frontend = true` ({place}), and no front end that this service serves was found"),
                "`taxiway detect` shows what was found",
            );
        }
        return false;
    };
    if let Some(Setting {
        value: false,
        place,
    }) = wanted
    {
        let reason = "its output is taken as it is committed";
        decisions.configured("front-end", "not built", place, reason);
        return false;
    }
    if !found.is_built_into(&service.root) {
        decisions.warn(
            "frontend-not-built",
            format!(
                "the front end in `{}` is built into a folder that is not published with `{}`",
                found.dir, service.root
            ),
            "let its build write into the folder of the service, or copy its output there and commit it",
        );
        return false;
    }
    let manager = found.package_manager.as_deref().unwrap_or("npm");
    decisions.choose(
        "front-end",
        format!("`{manager} run {script}` in {}, before the code is published", found.dir),
        Source::detected(service.seen("frontend")),
        "the application serves what it makes; [app] build-frontend = false takes its output as it is committed",
    );
    true
}
