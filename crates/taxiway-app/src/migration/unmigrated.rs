//! Applications of Django whose models have no migrations: nothing ever makes their tables.

use camino::{Utf8Path, Utf8PathBuf};
use taxiway_diagnostics::{Place, Sources};

use crate::document::{MigrationTool, Service};
use crate::repository::{Repository, at_line, folder_of, is_python, name_of};

/// An installed application with models and without migrations.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unmigrated {
    /// Its label, as `manage.py makemigrations` takes it.
    pub app: String,
    /// Its first model that has a table.
    pub place: Place,
    /// The file without which Django does not look into its folder of migrations, where that alone is missing.
    pub lacks: Option<Utf8PathBuf>,
}

/// The project's own applications whose tables nothing makes. Sources: Django, "Migrations", on adding them to apps;
/// `MigrationLoader`, on namespace packages.
pub fn unmigrated(sources: &dyn Sources, service: &Service) -> Vec<Unmigrated> {
    let is_django = service
        .migrations
        .as_ref()
        .is_some_and(|it| it.tool == MigrationTool::Django);
    let repository = Repository::new(sources);
    let root = match service.app_dir.as_str() {
        "." => Utf8Path::new(""),
        folder => Utf8Path::new(folder),
    };
    if !is_django || keeps_them_elsewhere(&repository, root) {
        return Vec::new();
    }
    let folders = service.installed_apps.iter().map(|app| {
        // `shop`, or `shop.apps.ShopConfig`.
        let module = app.split(".apps.").next().unwrap_or(app);
        root.join(module.replace('.', "/"))
    });
    folders
        .filter_map(|folder| {
            let marker = folder.join("migrations/__init__.py");
            let is_package = repository.is_file(&marker);
            let has_migrations = has_migrations(&repository, &folder);
            if is_package && has_migrations {
                return None;
            }
            let place = model_files(&repository, &folder)
                .into_iter()
                .find_map(|file| first_table(&repository, &file))?;
            let app = super::label(&repository, &folder.join("migrations/0001_initial.py"))?;
            let lacks = has_migrations.then_some(marker);
            Some(Unmigrated { app, place, lacks })
        })
        .collect()
}

/// Whether settings name other modules for migrations. Source: Django, settings reference, `MIGRATION_MODULES`.
fn keeps_them_elsewhere(repository: &Repository<'_>, root: &Utf8Path) -> bool {
    repository
        .below(root)
        .filter(|file| is_python(file) && file.as_str().contains("settings"))
        .any(|file| {
            repository
                .text(file)
                .is_some_and(|text| text.contains("MIGRATION_MODULES"))
        })
}

fn has_migrations(repository: &Repository<'_>, folder: &Utf8Path) -> bool {
    let migrations = folder.join("migrations");
    let mut files = repository.below(&migrations);
    files.any(|file| is_python(file) && name_of(file) != "__init__.py")
}

fn model_files(repository: &Repository<'_>, folder: &Utf8Path) -> Vec<Utf8PathBuf> {
    let package = folder.join("models");
    let below = repository.below(folder).filter(|file| {
        is_python(file)
            && (**file == folder.join("models.py") || folder_of(file) == package.as_path())
    });
    below.map(Utf8Path::to_owned).collect()
}

/// The first model of a file that has a table of its own: neither abstract nor a proxy nor somebody else's.
fn first_table(repository: &Repository<'_>, file: &Utf8Path) -> Option<Place> {
    let lines: Vec<&str> = repository.text(file)?.lines().collect();
    let is_model = |line: &str| line.starts_with("class ") && line.contains("(models.Model)");
    (0..lines.len())
        .filter(|at| is_model(lines[*at]))
        .find(|at| {
            let body = lines[at + 1..]
                .iter()
                .take_while(|line| line.is_empty() || line.starts_with([' ', '\t', '#']));
            let without = |line: &str| {
                let line: String = line.split_whitespace().collect();
                ["abstract=True", "proxy=True", "managed=False"].contains(&line.as_str())
            };
            !body.into_iter().any(|line| without(line))
        })
        .map(|at| at_line(file, at))
}

#[cfg(test)]
mod tests {
    use taxiway_diagnostics::MemorySources;

    use super::unmigrated;
    use crate::document::Service;

    /// The applications that are found among `apps`, in a repository of these files.
    fn found(files: &[(&str, &str)]) -> Vec<String> {
        let mut sources = MemorySources::new();
        for (path, text) in files {
            sources.insert(*path, *text);
        }
        let service: Service = serde_json::from_value(serde_json::json!({
            "name": "site", "root": ".", "app_dir": "site", "python": {}, "dependencies": {},
            "migrations": {"tool": "django"}, "installed_apps": ["django.contrib.admin", "dogs", "inner.cats.apps.CatsConfig"],
        }))
        .unwrap();
        let found = unmigrated(&sources, &service);
        found
            .iter()
            .map(|it| {
                let lacks = it.lacks.as_ref().map(|it| format!(" lacks {it}"));
                format!("{} {}{}", it.app, it.place, lacks.unwrap_or_default())
            })
            .collect()
    }

    const MODEL: &str = "from django.db import models\n\n\nclass Dog(models.Model):\n    name = models.TextField()\n";

    #[test]
    fn models_whose_tables_nothing_makes_are_found() {
        let cats = "class Base(models.Model):\n    class Meta:\n        abstract = True\n\n\nclass Cat(models.Model):\n    pass\n";
        let files = [
            ("site/dogs/models.py", MODEL),
            ("site/dogs/migrations/__init__.py", ""),
            ("site/inner/cats/models/cat.py", cats),
            ("site/inner/cats/migrations/0001_initial.py", ""),
            (
                "site/inner/cats/apps.py",
                "class CatsConfig:\n    label = \"felines\"\n",
            ),
        ];
        assert_eq!(
            found(&files),
            [
                "dogs site/dogs/models.py:4",
                "felines site/inner/cats/models/cat.py:6 lacks site/inner/cats/migrations/__init__.py"
            ]
        );
    }

    #[test]
    fn where_there_is_nothing_to_make_nothing_is_said() {
        let migration = ("site/dogs/migrations/0001_initial.py", "");
        let marker = ("site/dogs/migrations/__init__.py", "");
        let elsewhere = (
            "site/site/settings.py",
            "MIGRATION_MODULES = {\"dogs\": \"db.dogs\"}\n",
        );
        let unmanaged = "class Dog(models.Model):\n    class Meta:\n        managed = False\n\n\nclass Form(forms.Form):\n    pass\n";
        for files in [
            [("site/dogs/models.py", MODEL), migration, marker],
            [("site/dogs/models.py", MODEL), elsewhere, marker],
            [
                ("site/dogs/models.py", unmanaged),
                ("site/dogs/a.py", ""),
                marker,
            ],
            [
                ("site/parrots/models.py", MODEL),
                ("site/dogs/a.py", ""),
                marker,
            ],
        ] {
            assert_eq!(found(&files), Vec::<String>::new(), "{files:?}");
        }
    }
}
