//! Which application production starts.

use camino::{Utf8Path, Utf8PathBuf};
use taxiway_diagnostics::Place;

use crate::document::{Entrypoint, FrameworkName};
use crate::reading::Reading;
use crate::repository::Repository;
use crate::web::WebApp;

/// The folder from which a file is the module of that name.
pub(super) fn folder_for(file: &Utf8Path, module: &str) -> Option<Utf8PathBuf> {
    let tail = module.replace('.', "/");
    let stem = file.as_str().strip_suffix(".py")?;
    let stem = stem.strip_suffix("/__init__").unwrap_or(stem);
    if stem == tail {
        return Some(Utf8PathBuf::new());
    }
    let folder = stem.strip_suffix(&tail)?.strip_suffix('/')?;
    Some(folder.into())
}

/// The application that production starts: what a command names, else the likeliest.
pub(super) fn choose(
    reading: &Reading<'_>,
    repository: &Repository<'_>,
    root: &Utf8Path,
    apps: &[&WebApp],
) -> Option<WebApp> {
    let started = target_of(reading, apps, repository, root);
    if let Some(app) = started {
        return Some(app);
    }
    let mut ranked: Vec<&WebApp> = apps
        .iter()
        .copied()
        .filter(|app| app.framework != FrameworkName::Streamlit)
        .collect();
    ranked.sort_by_key(|app| rank(app, root));
    ranked.first().map(|app| (*app).clone())
}

/// What a command of the project points a server at.
pub(super) fn target_of(
    reading: &Reading<'_>,
    apps: &[&WebApp],
    repository: &Repository<'_>,
    root: &Utf8Path,
) -> Option<WebApp> {
    let target = start_target(reading, root)?;
    let Entrypoint::Callable {
        module,
        attribute,
        is_factory,
    } = &target
    else {
        return None;
    };
    let tail = module.replace('.', "/");
    apps.iter()
        .filter(|app| {
            let path = app
                .file
                .as_str()
                .trim_end_matches(".py")
                .trim_end_matches("/__init__");
            path == tail || path.ends_with(&format!("/{tail}"))
        })
        .max_by_key(|app| (app.symbol == *attribute, app.is_factory == *is_factory))
        .map(|app| {
            let mut app = (*app).clone();
            // A function must be called, whether the command says so or leaves that to the server.
            app.is_factory = *is_factory || (app.is_factory && app.symbol == *attribute);
            app.symbol.clone_from(attribute);
            app
        })
        .or_else(|| {
            // The object is made elsewhere and only passed on by the module that is named.
            let file = [root.to_owned(), root.join("src")]
                .into_iter()
                .find_map(|folder| {
                    let base = folder.join(&tail);
                    [
                        Utf8PathBuf::from(format!("{base}.py")),
                        base.join("__init__.py"),
                    ]
                    .into_iter()
                    .find(|path| repository.is_file(path))
                })?;
            let framework = apps
                .iter()
                .map(|app| app.framework)
                .min_by_key(|framework| *framework == FrameworkName::Streamlit)?;
            Some(WebApp {
                framework,
                place: Place::new(&file, 1),
                file,
                symbol: attribute.clone(),
                is_factory: *is_factory,
            })
        })
}

pub(super) fn start_target(reading: &Reading<'_>, root: &Utf8Path) -> Option<Entrypoint> {
    if let Some(target) = reading
        .start
        .as_ref()
        .and_then(|start| start.target.clone())
    {
        return Some(target);
    }
    let path = root.join("pyproject.toml");
    let declared = crate::manifest::pyproject::Pyproject::read(reading.repository, &path)
        .and_then(|file| file.text_at("tool.fastapi.entrypoint")?.parse().ok());
    declared.or_else(|| by_variable(reading, root))
}

/// What the variables of Flask's, Quart's and Litestar's own commands name.
fn by_variable(reading: &Reading<'_>, root: &Utf8Path) -> Option<Entrypoint> {
    const NAMES: [&str; 3] = ["FLASK_APP", "QUART_APP", "LITESTAR_APP"];
    let set = reading
        .survey
        .variables
        .iter()
        .filter(|variable| NAMES.contains(&variable.name.as_str()))
        .map(|variable| variable.value.clone());
    let written = [".flaskenv", ".quartenv"]
        .iter()
        .filter_map(|name| reading.repository.text(&root.join(name)))
        .filter_map(|text| {
            text.lines().find_map(|line| {
                let (name, value) = line.trim_start_matches("export ").split_once('=')?;
                NAMES
                    .contains(&name.trim())
                    .then(|| value.trim().to_owned())
            })
        })
        .collect::<Vec<_>>();
    set.chain(written).find_map(|value| {
        let value = value.trim_matches(['"', '\'']);
        let (module, attribute) = value.split_once(':')?;
        let module = module.trim_end_matches(".py").replace('/', ".");
        let name = attribute.split('(').next().unwrap_or(attribute);
        let folders = [root.to_owned(), root.join("src")];
        crate::start::is_importable(reading.repository, &module, &folders).then(|| {
            if attribute.contains('(') || name.starts_with("create") || name.starts_with("make") {
                Entrypoint::factory(module, name)
            } else {
                Entrypoint::callable(module, name)
            }
        })
    })
}

/// How likely an application is not the one; less is more.
pub(super) fn rank(app: &WebApp, root: &Utf8Path) -> (bool, bool, bool, usize, usize, Utf8PathBuf) {
    const TOOLS: [&str; 5] = ["bin", "contrib", "hack", "misc", "tools"];
    const NAMES: [&str; 13] = [
        "wsgi",
        "asgi",
        "main",
        "app",
        "application",
        "server",
        "run",
        "api",
        "index",
        "web",
        "__init__",
        "manage",
        "start",
    ];
    let stem = app.file.file_stem().unwrap_or_default();
    let by_name = NAMES
        .iter()
        .position(|name| *name == stem)
        .unwrap_or(NAMES.len());
    let depth = app
        .file
        .components()
        .count()
        .saturating_sub(root.components().count());
    // Gradio's blocks are often mounted in another framework's application.
    let is_part = app.framework == FrameworkName::Gradio || app.symbol.is_empty();
    let inside = crate::repository::seen_from(root, &app.file);
    let is_tool = crate::repository::parts_of(inside).any(|part| TOOLS.contains(&part));
    (
        is_tool,
        is_part,
        app.is_factory,
        by_name + depth * 3,
        depth,
        app.file.clone(),
    )
}

/// The main script of a Streamlit app.
pub(super) fn streamlit_script(reading: &Reading<'_>, apps: &[&WebApp]) -> Option<WebApp> {
    let scripts: Vec<&WebApp> = apps
        .iter()
        .copied()
        .filter(|app| app.framework == FrameworkName::Streamlit)
        .collect();
    let commands = reading
        .survey
        .commands
        .iter()
        .chain(&reading.survey.development);
    for command in commands {
        if command.program() != "streamlit"
            || command.words.get(1).map(String::as_str) != Some("run")
        {
            continue;
        }
        let Some(path) = command
            .words
            .iter()
            .skip(2)
            .find(|word| word.ends_with(".py"))
        else {
            continue;
        };
        let tail = path
            .trim_start_matches("./")
            .rsplit('/')
            .next()
            .unwrap_or(path);
        let named = scripts
            .iter()
            .find(|app| app.file.file_name() == Some(tail))
            .map(|app| (*app).clone());
        if named.is_some() {
            return named;
        }
    }
    let has_other = apps
        .iter()
        .any(|app| app.framework != FrameworkName::Streamlit && !app.is_factory);
    if has_other || scripts.is_empty() {
        return None;
    }
    let has_pages = |app: &WebApp| {
        let folder = app.file.parent().unwrap_or("".into()).join("pages");
        reading.repository.is_folder(&folder)
    };
    let mut ranked: Vec<&&WebApp> = scripts
        .iter()
        .filter(|app| !app.file.components().any(|part| part.as_str() == "pages"))
        .collect();
    ranked.sort_by_key(|app| {
        let stem = app.file.file_stem().unwrap_or_default().to_lowercase();
        let names = ["streamlit_app", "app", "main", "home", "index"];
        let by_name = names
            .iter()
            .position(|name| *name == stem)
            .unwrap_or(names.len());
        (
            !has_pages(app),
            app.file.components().count(),
            by_name,
            app.file.clone(),
        )
    });
    ranked.first().map(|app| (**app).clone())
}
