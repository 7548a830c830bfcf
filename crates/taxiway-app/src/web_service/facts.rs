//! Other services, migrations, files, health checks, e-mail and findings.

use std::collections::BTreeMap;

use camino::{Utf8Path, Utf8PathBuf};
use taxiway_diagnostics::Place;

use super::WebReading;
use crate::django::{backing, security};
use crate::document::{
    Backing, Email, Finding, FrameworkName, Media, MediaStorage, MigrationTool, Migrations,
    StaticFiles, StaticStrategy,
};
use crate::repository::{folder_of, is_python, name_of};
use crate::web_environment;

impl WebReading<'_> {
    pub(super) fn backing(&mut self, values: &[web_environment::Named<'_>]) -> Vec<Backing> {
        let mut found: BTreeMap<&'static str, Backing> = BTreeMap::new();
        let installation = &self.base.installation;
        for named in values {
            let Some(kind) = backing::kind_of_setting(&named.name, &named.value) else {
                continue;
            };
            let client = match kind {
                "redis" => [
                    "redis",
                    "aioredis",
                    "rq",
                    "arq",
                    "celery",
                    "fakeredis",
                    "redis-om",
                    "fastapi-cache2",
                    "flask-caching",
                    "coredis",
                    "walrus",
                    "huey",
                ]
                .iter()
                .any(|name| installation.installs(name)),
                "elasticsearch" => installation
                    .distributions
                    .iter()
                    .any(|own| own.name.starts_with("elasticsearch")),
                _ => true,
            };
            if !client {
                continue;
            }
            let entry = found.entry(kind).or_insert_with(|| Backing {
                kind: kind.to_owned(),
                roles: Vec::new(),
                required: false,
                env: Vec::new(),
                places: Vec::new(),
            });
            for name in named.value.names() {
                if !entry.env.iter().any(|known| **known == *name) {
                    entry.env.push(name.to_string());
                }
            }
            entry.places.extend(named.places.iter().cloned());
            let is_open = named.value.names().is_empty();
            let is_always = crate::django::settings::alternatives(&named.value)
                .iter()
                .any(|(value, is_default)| {
                    *is_default && (value.pattern().is_some_and(|text| text.contains("://")))
                });
            let is_required_variable = self.base.service.env.iter().any(|variable| {
                variable.required && named.value.names().contains(variable.name.as_str())
            });
            entry.required |= (is_always && !is_open) || is_required_variable;
        }
        found.into_values().collect()
    }

    pub(super) fn migrations(&mut self) {
        let root = self.base.root;
        let alembic =
            self.base.repository.below(root).find(|file| {
                name_of(file) == "alembic.ini" && !crate::django::project::is_decoy(file)
            });
        let tool = if self.base.installation.installs("flask-migrate") {
            Some(MigrationTool::FlaskMigrate)
        } else if alembic.is_some() {
            Some(MigrationTool::Alembic)
        } else {
            None
        };
        if let Some(tool) = tool {
            let place = alembic.map(|file| Place::new(file, 1));
            let declared = self.base.service.distribution("flask-migrate");
            let declared = declared.map(|own| own.place.clone());
            self.base.saw("migrations", place.or(declared));
            self.base.service.migrations = Some(Migrations { tool });
        }
    }

    pub(super) fn static_files(&mut self) {
        let repository = self.base.repository;
        let framework = self.app.framework;
        let folder = self.app.file.parent().unwrap_or("".into());
        let has_folder = |folder: &Utf8Path| repository.is_folder(&folder.join("static"));
        let serves = match framework {
            FrameworkName::Flask | FrameworkName::Quart => {
                has_folder(folder)
                    || has_folder(&self.base.app_dir)
                    || repository.below(&self.base.app_dir).any(|file| {
                        name_of(folder_of(file)) == "static"
                            || (file.as_str().contains("/static/")
                                && !crate::evidence::role::is_vendored(file))
                    })
            }
            _ => repository
                .below(&self.base.app_dir)
                .filter(|file| is_python(file) && !crate::django::project::is_decoy(file))
                .take(400)
                .any(|file| {
                    repository.text(file).is_some_and(|text| {
                        text.contains("StaticFiles(")
                            || text.contains("add_static_view(")
                            || text.contains(".add_static(")
                            || text.contains(".frontend(")
                            || text.contains(".static(")
                    })
                }),
        };
        let has_whitenoise = self.base.installation.installs("whitenoise");
        let strategy = if has_whitenoise {
            Some(StaticStrategy::Whitenoise)
        } else {
            (serves && framework != FrameworkName::Streamlit).then_some(StaticStrategy::Framework)
        };
        self.base.service.static_files = strategy.map(|strategy| StaticFiles {
            strategy: Some(strategy),
            ..StaticFiles::default()
        });
    }

    pub(super) fn health(&mut self) {
        if let Some((path, place)) = self
            .base
            .survey
            .health
            .iter()
            .find(|(path, _)| path != "/")
            .cloned()
        {
            self.base.service.health = Some(path);
            self.base.saw("health", [place]);
            return;
        }
        let repository = self.base.repository;
        let files: Vec<Utf8PathBuf> = repository
            .below(&self.base.app_dir)
            .filter(|file| {
                is_python(file)
                    && !name_of(file).starts_with("test")
                    && !crate::django::project::is_decoy(file)
                    && !crate::evidence::role::is_vendored(file)
            })
            .take(600)
            .map(Utf8Path::to_owned)
            .collect();
        for file in files {
            let Some(text) = repository.text(&file) else {
                continue;
            };
            for (number, line) in text.lines().enumerate() {
                let bare = line.trim();
                let is_route = bare.starts_with('@')
                    && [".get(", ".route(", ".head(", ".api_route("]
                        .iter()
                        .any(|needle| bare.contains(needle))
                    || bare.starts_with("Route(");
                if !is_route {
                    continue;
                }
                if let Some(path) =
                    crate::django::health::quoted(bare).and_then(crate::django::health::health_path)
                {
                    self.base.service.health = Some(path);
                    self.base
                        .saw("health", [crate::repository::at_line(&file, number)]);
                    return;
                }
            }
        }
    }

    pub(super) fn email_and_media(&mut self) {
        let has = |wanted: &[&str]| {
            self.base
                .service
                .env
                .iter()
                .find(|variable| wanted.contains(&variable.name.to_uppercase().as_str()))
                .map(|variable| variable.name.clone())
        };
        let smtp = has(&[
            "MAIL_SERVER",
            "SMTP_HOST",
            "SMTP_SERVER",
            "MAIL_HOST",
            "EMAIL_HOST",
        ]);
        let sendgrid = has(&["SENDGRID_API_KEY"]);
        if let Some(name) = smtp {
            self.base.service.email = Some(Email {
                backend: "smtp".to_owned(),
                env: vec![name],
            });
        } else if let Some(name) = sendgrid {
            self.base.service.email = Some(Email {
                backend: "sendgrid".to_owned(),
                env: vec![name],
            });
        }
        if has(&["UPLOAD_FOLDER", "UPLOAD_DIR", "MEDIA_ROOT", "UPLOADS_DIR"]).is_some() {
            self.base.service.media = Some(Media {
                storage: MediaStorage::Local,
                root: None,
            });
        }
    }

    pub(super) fn security(&mut self, values: &[web_environment::Named<'_>]) {
        for named in values {
            if named.name.to_uppercase() != "SECRET_KEY" {
                continue;
            }
            if let Some(id) = security::key_finding(&named.value)
                && !self
                    .base
                    .service
                    .security
                    .iter()
                    .any(|finding| finding.id == id)
            {
                self.base.service.security.push(Finding {
                    id: id.to_owned(),
                    places: named.places.clone(),
                });
            }
        }
    }
}
