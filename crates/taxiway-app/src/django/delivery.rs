//! Static files, uploads and e-mail of the production settings.

use camino::Utf8PathBuf;

use super::Settings;
use super::settings::alternatives;
use crate::document::{Email, Media, MediaStorage, StaticFiles, StaticStrategy};
use crate::evidence::Survey;
use crate::python::{HOLE, ROOT, Value};

/// Who serves static files, and where `collectstatic` puts them.
pub(crate) fn static_files(settings: &Settings<'_, '_>, survey: &Survey) -> StaticFiles {
    let storages = storages(settings, "staticfiles", "STATICFILES_STORAGE");
    let has_whitenoise = settings
        .texts("MIDDLEWARE")
        .iter()
        .any(|(name, _)| name.starts_with("whitenoise."))
        || storages
            .iter()
            .any(|(name, _)| name.starts_with("whitenoise."));
    let is_remote = storages
        .iter()
        .any(|(name, _)| storage_kind(name).is_some());
    let served_by_default = storages
        .iter()
        .any(|(name, is_default)| *is_default && storage_kind(name).is_some());
    let has_server = has_server(survey);
    let strategy = if served_by_default {
        Some(StaticStrategy::Storage)
    } else if has_whitenoise {
        Some(StaticStrategy::Whitenoise)
    } else if has_server {
        Some(StaticStrategy::Server)
    } else if is_remote {
        Some(StaticStrategy::Storage)
    } else {
        None
    };
    let root = inside(settings.get("STATIC_ROOT"));
    let has_root = settings
        .get("STATIC_ROOT")
        .is_some_and(|value| !matches!(value, Value::None));
    StaticFiles {
        strategy,
        collectstatic: has_root || is_remote,
        root,
        url: settings.text("STATIC_URL").map(str::to_owned),
    }
}

/// Whether a web server in front serves files: nginx beside it, or uWSGI's static maps.
fn has_server(survey: &Survey) -> bool {
    let beside = survey
        .compose
        .iter()
        .flat_map(|file| &file.services)
        .any(|service| {
            let image = service.image.as_deref().unwrap_or_default();
            ["nginx", "caddy", "apache", "httpd"]
                .iter()
                .any(|server| image.contains(server) || service.name.contains(server))
                && !image.contains("proxy-manager")
                && !image.contains("nginx-proxy")
        });
    beside
        || survey.commands.iter().any(|command| {
            (command.program() == "uwsgi"
                && command
                    .option(&["--static-map"])
                    .is_some_and(|map| map.contains("static")))
                || command.program() == "nginx"
        })
}

/// The storage backends of an alias, with whether an empty environment leaves them in place.
fn storages<'s>(
    settings: &Settings<'s, '_>,
    alias: &str,
    old_setting: &str,
) -> Vec<(&'s str, bool)> {
    let mut found = Vec::new();
    for (value, is_default) in settings.alternatives("STORAGES") {
        for (storage, own) in value.get(alias).map(alternatives).unwrap_or_default() {
            for (backend, backend_default) in
                storage.get("BACKEND").map(alternatives).unwrap_or_default()
            {
                if let Some(name) = backend.as_text() {
                    found.push((name, is_default && own && backend_default));
                }
            }
        }
    }
    for (value, is_default) in settings.alternatives(old_setting) {
        if let Some(name) = value.as_text() {
            found.push((name, is_default));
        }
    }
    found
}

/// The object storage behind a backend's dotted path.
fn storage_kind(backend: &str) -> Option<MediaStorage> {
    let lower = backend.to_lowercase();
    Some(
        if lower.contains("s3")
            || lower.contains("boto")
            || lower.contains("minio")
            || lower.contains("digitalocean")
        {
            MediaStorage::S3
        } else if lower.contains("gcloud") || lower.contains("google") {
            MediaStorage::Gcs
        } else if lower.contains("azure") {
            MediaStorage::Azure
        } else {
            return None;
        },
    )
}

/// Where uploads are kept.
pub(crate) fn media(settings: &Settings<'_, '_>) -> Option<Media> {
    let mut kinds: Vec<MediaStorage> = Vec::new();
    let mut has_local = false;
    for (backend, _) in storages(settings, "default", "DEFAULT_FILE_STORAGE") {
        match storage_kind(backend) {
            Some(kind) if !kinds.contains(&kind) => kinds.push(kind),
            Some(_) => {}
            None => has_local = true,
        }
    }
    let root = settings.get("MEDIA_ROOT");
    let has_root =
        root.is_some_and(|value| !matches!(value, Value::None) && value.as_text() != Some(""));
    let storage = match (&*kinds, has_local || has_root) {
        ([], false) => return None,
        ([], true) if !has_root => return None,
        ([], true) => MediaStorage::Local,
        ([kind], false) => *kind,
        // A media folder beside an unconditional object storage is a leftover.
        ([kind], true) if !has_local && is_unconditional(settings) => *kind,
        _ => MediaStorage::Configurable,
    };
    Some(Media {
        storage,
        root: inside(root),
    })
}

/// Where a project keeps what its users bring, without Django's `MEDIA_ROOT`, and where that is said.
pub(crate) fn own_uploads(
    settings: &Settings<'_, '_>,
) -> Option<(Media, Vec<taxiway_diagnostics::Place>)> {
    const WHAT: [&str; 7] = [
        "UPLOAD",
        "UPLOADS",
        "ASSET",
        "ATTACHMENT",
        "ATTACHMENTS",
        "MEDIA",
        "DOCUMENT",
    ];
    const WHERE: [&str; 6] = ["FOLDER", "DIR", "DIRECTORY", "ROOT", "PATH", "LOCATION"];
    settings.all().find_map(|(name, binding)| {
        let parts: Vec<&str> = name.split('_').collect();
        let is_folder = parts.last().is_some_and(|last| WHERE.contains(last))
            && parts.iter().any(|part| WHAT.contains(part));
        // A path: what is below the project, or an absolute one.
        let is_path = alternatives(&binding.value).iter().any(|(value, _)| {
            crate::python::as_path(value)
                .or_else(|| value.pattern())
                .is_some_and(|path| path.starts_with('/'))
        });
        if !is_folder || !is_path {
            return None;
        }
        let media = Media {
            storage: MediaStorage::Local,
            root: inside(Some(&binding.value)),
        };
        Some((media, settings.places(name)))
    })
}

fn is_unconditional(settings: &Settings<'_, '_>) -> bool {
    storages(settings, "default", "DEFAULT_FILE_STORAGE")
        .iter()
        .all(|(_, is_default)| *is_default)
}

/// A folder as a path of the repository, where it lies inside of it.
fn inside(value: Option<&Value<'_>>) -> Option<Utf8PathBuf> {
    let value = value?;
    let all = alternatives(value);
    let known = all
        .iter()
        .filter(|(_, is_default)| *is_default)
        .chain(all.iter().filter(|(_, is_default)| !is_default))
        .find_map(|(value, _)| crate::python::as_path(value).or_else(|| value.pattern()))?;
    let relative = match known.strip_prefix(ROOT) {
        Some(relative) => relative.trim_start_matches('/'),
        None if known.starts_with('/') => return None,
        None => &known,
    };
    let path = crate::repository::join("".into(), relative)?;
    (!path.as_str().contains(HOLE) && !path.as_str().is_empty()).then_some(path)
}

/// How e-mail leaves.
pub(crate) fn email(settings: &Settings<'_, '_>) -> Option<Email> {
    let mut kinds: Vec<&'static str> = Vec::new();
    let all = settings.alternatives("EMAIL_BACKEND");
    for (value, _) in &all {
        let Some(backend) = value.as_text() else {
            continue;
        };
        let kind = backend_kind(backend);
        if let Some(kind) = kind
            && !kinds.contains(&kind)
        {
            kinds.push(kind);
        }
    }
    // Django 6.1 names several ways to send in one setting.
    for (value, _) in settings.alternatives("MAILERS") {
        let backends = value
            .get("default")
            .and_then(|mailer| mailer.get("BACKEND"));
        for (backend, _) in backends.map(alternatives).unwrap_or_default() {
            if let Some(kind) = backend.as_text().and_then(backend_kind)
                && !kinds.contains(&kind)
            {
                kinds.push(kind);
            }
        }
    }
    let host = settings.get("EMAIL_HOST").is_some() || settings.get("EMAIL_HOST_USER").is_some();
    let is_open = !all.is_empty() && kinds.is_empty();
    let backend = match &*kinds {
        [] if host || is_open => {
            if is_open && !host {
                "configurable"
            } else {
                "smtp"
            }
        }
        [] => return None,
        [kind] => kind,
        _ => "configurable",
    };
    let env = settings
        .all()
        .filter(|(name, _)| name.starts_with("EMAIL_") || name.starts_with("ANYMAIL"))
        .flat_map(|(_, binding)| binding.value.names())
        .map(|name| name.to_string())
        .collect::<std::collections::BTreeSet<_>>();
    Some(Email {
        backend: backend.to_owned(),
        env: env.into_iter().collect(),
    })
}

fn backend_kind(backend: &str) -> Option<&'static str> {
    let lower = backend.to_lowercase();
    Some(if lower.contains("anymail") {
        match lower.split('.').rev().nth(1) {
            Some("sendgrid") => "sendgrid",
            Some("mailgun") => "mailgun",
            Some("amazon_ses") => "ses",
            _ => "anymail",
        }
    } else if lower.contains("django_ses") || lower.contains("sesbackend") {
        "ses"
    } else if lower.contains("sendgrid") {
        "sendgrid"
    } else if lower.contains("mailgun") {
        "mailgun"
    } else if lower.contains("console") {
        "console"
    } else if lower.contains("smtp")
        || lower.contains("post_office")
        || lower.contains("djcelery_email")
    {
        "smtp"
    } else {
        return None;
    })
}
