//! Packages that lie in `src`, where only an installed project finds them.
//!
//! The build installs what a project requires, and not the project itself: what it would be built with may need the history of
//! its repository, and what its package leaves out is missing. The overlay, which is imported first, puts the folder on the path.

use camino::{Utf8Path, Utf8PathBuf};
use taxiway_diagnostics::Sources;
use taxiway_platform::WebService;

use crate::{GeneratedFile, relative};

/// The usual folder. Source: Python Packaging User Guide, "src layout vs flat layout".
const NAME: &str = "src";

/// The files of the overlay, such that the project's modules are found.
pub(crate) fn on_path(
    sources: &dyn Sources,
    web: &WebService,
    overlay: Vec<GeneratedFile>,
) -> Vec<GeneratedFile> {
    let Some(folder) = find(sources, web) else {
        return overlay;
    };
    let from_app = relative::below(&folder, &web.app_dir);
    let package = relative::join(&web.app_dir, "taxiway_runtime/__init__.py");
    let mut overlay = overlay;
    for file in overlay.iter_mut().filter(|file| file.path == package) {
        let lines = format!(
            "\nimport pathlib\nimport sys\n\n\
             # The project's packages are there; they are imported as if it were installed.\n\
             sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / \"{from_app}\"))\n"
        );
        file.text.push_str(&lines);
    }
    overlay
}

/// The folder below the one that the service runs from, where its modules are and from where they are not found.
fn find(sources: &dyn Sources, web: &WebService) -> Option<Utf8PathBuf> {
    let loaded = web.wrapped.as_ref().unwrap_or(&web.entrypoint);
    let module = web.settings_module.as_deref().or_else(|| loaded.module())?;
    let folder = relative::join(&web.app_dir, NAME);
    let has = |folder: &Utf8Path, name: &str| {
        let module = folder.join(format!("{name}.py"));
        let package = folder.join(name);
        sources.is_file(&module) || sources.files().iter().any(|it| it.starts_with(&package))
    };
    let app_dir = match web.app_dir.as_str() {
        "." => Utf8Path::new(""),
        folder => Utf8Path::new(folder),
    };
    let mut parts = module.split('.');
    let mut top = parts.next()?;
    if top == NAME {
        // Named from outside, and importing its siblings from inside.
        top = parts.next()?;
        if !sources.is_file(&folder.join(top).join("__init__.py")) {
            return None;
        }
    }
    (!has(app_dir, top) && has(&folder, top)).then_some(folder)
}

#[cfg(test)]
mod tests {
    use taxiway_app::App;
    use taxiway_diagnostics::MemorySources;
    use taxiway_platform::{Config, WebService, decide};

    use super::find;

    fn web(entrypoint: &str) -> WebService {
        let document = serde_json::json!({"schema": "taxiway.detect/v1", "kind": "app", "services": [{
            "name": "shop", "root": "api", "app_dir": "api", "framework": {"name": "fastapi"}, "interface": "asgi",
            "entrypoint": entrypoint, "python": {"version": "3.12"},
            "dependencies": {"manager": "pip", "manifests": ["api/pyproject.toml"]},
        }]});
        let app: App = serde_json::from_value(document).unwrap();
        decide(&app, &Config::default()).unwrap().service
    }

    #[test]
    fn only_a_folder_that_is_needed_is_put_on_the_path() {
        for (files, entrypoint, expected) in [
            (
                ["api/src/shop/__init__.py", "api/pyproject.toml"],
                "shop.main:app",
                true,
            ),
            (["api/src/shop.py", "api/pyproject.toml"], "shop:app", true),
            // It is found without.
            (
                ["api/src/shop/__init__.py", "api/shop/main.py"],
                "shop.main:app",
                false,
            ),
            // `src` is the package: what is inside names it so.
            (
                ["api/src/main.py", "api/src/routers.py"],
                "src.main:app",
                false,
            ),
            (
                ["api/src/shop/main.py", "api/src/shop/__init__.py"],
                "src.shop.main:app",
                true,
            ),
            (["api/other/main.py", "api/x.py"], "shop.main:app", false),
        ] {
            let mut sources = MemorySources::new();
            for file in files {
                sources.insert(file, "");
            }
            let found = find(&sources, &web(entrypoint));
            let expected = expected.then(|| "api/src".into());
            assert_eq!(found, expected, "{entrypoint} in {files:?}");
        }
    }
}
