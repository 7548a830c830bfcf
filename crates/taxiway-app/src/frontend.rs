//! JavaScript and CSS builds.

use camino::{Utf8Path, Utf8PathBuf};
use taxiway_diagnostics::Place;

use crate::document::Frontend;
use crate::evidence::Survey;
use crate::evidence::role::is_vendored;
use crate::manifest::line_of;
use crate::repository::{Repository, is_named, join, parts_of, shown};

/// Distributions that make something to deliver, rather than check the source.
const BUILDERS: [&str; 26] = [
    "webpack",
    "vite",
    "rollup",
    "parcel",
    "esbuild",
    "gulp",
    "grunt",
    "react-scripts",
    "next",
    "nuxt",
    "@angular/cli",
    "vue-cli-service",
    "tailwindcss",
    "@tailwindcss/cli",
    "sass",
    "node-sass",
    "postcss-cli",
    "postcss",
    "browserify",
    "laravel-mix",
    "svelte",
    "@babel/cli",
    "less",
    "snowpack",
    "astro",
    "@vue/cli-service",
];

/// A front end and whether the service serves what it makes.
pub(crate) struct Found {
    pub(crate) frontend: Frontend,
    pub(crate) place: Place,
}

/// The front ends of a repository, the nearest to the service first.
pub(crate) fn read(
    repository: &Repository<'_>,
    root: &Utf8Path,
    app_dir: &Utf8Path,
    survey: &Survey,
) -> Vec<Found> {
    let mut found: Vec<Found> = repository
        .files()
        .iter()
        .filter(|file| {
            is_named(file, "package.json") && !is_vendored(file) && parts_of(file).count() <= 5
        })
        .filter(|file| !crate::evidence::role::is_development_path(file))
        .filter_map(|file| one(repository, file, root, app_dir, survey))
        .collect();
    found.sort_by_key(|found| {
        let dir = &found.frontend.dir;
        (
            !found.frontend.bundled,
            dir.components().count(),
            dir.clone(),
        )
    });
    found
}

fn one(
    repository: &Repository<'_>,
    file: &Utf8Path,
    root: &Utf8Path,
    app_dir: &Utf8Path,
    survey: &Survey,
) -> Option<Found> {
    let text = repository.text(file)?;
    let json: serde_json::Value = serde_json::from_str(text).ok()?;
    let folder = file.parent().unwrap_or("".into());
    let scripts = json.get("scripts").and_then(serde_json::Value::as_object)?;
    let script = |name: &str| scripts.get(name).and_then(serde_json::Value::as_str);
    let in_image = script_in_image(survey, folder, root, scripts);
    let build = in_image
        .into_iter()
        .chain([
            "build",
            "build:prod",
            "build-prod",
            "production",
            "prod",
            "build:production",
            "dist",
            "build:css",
            "compile",
            "webpack",
        ])
        .find(|name| script(name).is_some())
        .or_else(|| {
            scripts
                .keys()
                .map(String::as_str)
                .find(|name| name.starts_with("build"))
        })?;
    let command = script(build)?;
    let depends = |name: &str| {
        ["dependencies", "devDependencies"]
            .iter()
            .any(|key| json.get(key).and_then(|table| table.get(name)).is_some())
    };
    let builds = BUILDERS.iter().any(|name| depends(name))
        || BUILDERS.iter().any(|name| command.contains(name));
    if !builds {
        return None;
    }
    let output = output(repository, folder, command);
    let output = output.or_else(|| {
        ["dist", "build"]
            .into_iter()
            .find(|name| {
                command.contains(&format!("rimraf {name}"))
                    || command.contains(&format!("rm -rf {name}"))
            })
            .and_then(|name| join(folder, name))
    });
    let is_written_into = output.as_ref().is_some_and(|output| {
        output.starts_with(app_dir)
            && (app_dir != "" || folder == root || !output.starts_with(folder))
    });
    let is_in_image = in_image.is_some()
        || survey.dockerfiles.first().is_some_and(|image| {
            image.stages.iter().any(|stage| {
                (stage.base.contains("node") || stage.base.contains("bun"))
                    || stage.instructions.iter().any(|instruction| {
                        instruction.keyword == "RUN"
                            && [
                                "npm run",
                                "yarn build",
                                "yarn run",
                                "pnpm run",
                                "pnpm build",
                                "bun run",
                            ]
                            .iter()
                            .any(|needle| instruction.text.contains(needle))
                    })
            }) && (folder == root || image_mentions(image, folder))
        });
    let bundled = is_written_into
        || is_in_image
        || folder == root
        || (folder.starts_with(app_dir) && folder != app_dir && app_dir != "");
    Some(Found {
        place: crate::repository::at_line(file, line_of(text, &format!("\"{build}\""))),
        frontend: Frontend {
            dir: shown(folder),
            package_manager: Some(package_manager(repository, folder, &json)),
            build: Some(build.to_owned()),
            output,
            bundled,
        },
    })
}

/// The script that the production image builds the front end with.
fn script_in_image<'j>(
    survey: &Survey,
    folder: &Utf8Path,
    root: &Utf8Path,
    scripts: &'j serde_json::Map<String, serde_json::Value>,
) -> Option<&'j str> {
    let image = survey.dockerfiles.first()?;
    if folder != root && !image_mentions(image, folder) {
        return None;
    }
    let instructions = image.stages.iter().flat_map(|stage| &stage.instructions);
    let words = instructions
        .filter(|instruction| instruction.keyword == "RUN")
        .flat_map(|instruction| instruction.text.split_whitespace())
        .map(|word| word.trim_matches([';', '&', '"', '\'', ',', '[', ']']));
    let words: Vec<&str> = words.collect();
    words.windows(3).chain(words.windows(2)).find_map(|window| {
        let (manager, rest) = window.split_first()?;
        let script = match rest {
            ["run", script, ..] => script,
            [script] if *manager != "npm" => script,
            _ => return None,
        };
        let is_build = !script.starts_with(['-', '.'])
            && ![
                "install",
                "start",
                "test",
                "lint",
                "dev",
                "serve",
                "add",
                "global",
                "config",
                "run",
                "build:dev",
            ]
            .contains(script);
        let is_manager = matches!(*manager, "npm" | "yarn" | "pnpm" | "bun");
        let (name, _) = scripts
            .get_key_value(*script)
            .filter(|_| is_manager && is_build)?;
        Some(name.as_str())
    })
}

fn image_mentions(image: &crate::evidence::Dockerfile, folder: &Utf8Path) -> bool {
    let name = folder.file_name().unwrap_or_default();
    let names = |path: &str| {
        let path = Utf8Path::new(path.trim_matches(['"', '\'', '[', ']', ',']));
        // `/app` is where images keep an application, whatever the folder is called.
        let inside = if path.is_absolute() { 2 } else { 0 };
        path.components()
            .skip(inside)
            .any(|part| part.as_str() == name)
    };
    image
        .stages
        .iter()
        .flat_map(|stage| &stage.instructions)
        .any(|instruction| match instruction.keyword.as_str() {
            "COPY" | "ADD" | "WORKDIR" => instruction.text.split_whitespace().any(names),
            "RUN" => instruction.text.contains(&format!("cd {name}")),
            _ => false,
        })
}

fn package_manager(
    repository: &Repository<'_>,
    folder: &Utf8Path,
    json: &serde_json::Value,
) -> String {
    const LOCKS: [(&str, &str); 6] = [
        ("package-lock.json", "npm"),
        ("yarn.lock", "yarn"),
        ("pnpm-lock.yaml", "pnpm"),
        ("bun.lock", "bun"),
        ("bun.lockb", "bun"),
        ("npm-shrinkwrap.json", "npm"),
    ];
    if let Some(text) = json
        .get("packageManager")
        .and_then(serde_json::Value::as_str)
    {
        return text.split('@').next().unwrap_or(text).to_owned();
    }
    let mut current = Some(folder);
    while let Some(path) = current {
        for (lock, manager) in LOCKS {
            if repository.is_file(&path.join(lock)) {
                return manager.to_owned();
            }
        }
        current = path.parent();
    }
    "npm".to_owned()
}

/// The folder that a build writes to, by its command and its configuration.
fn output(repository: &Repository<'_>, folder: &Utf8Path, command: &str) -> Option<Utf8PathBuf> {
    for file in repository.directly_in(folder) {
        let name = file.file_name().unwrap_or_default();
        let is_configuration = [
            "vite.config",
            "rollup.config",
            "webpack.",
            "esbuild",
            "angular.json",
            "vue.config",
            "gulpfile",
            "postcss.config",
        ]
        .iter()
        .any(|prefix| name.starts_with(prefix));
        if !is_configuration {
            continue;
        }
        let text = repository.text(file)?;
        let named = |keys: &'static [&'static str]| {
            text.lines()
                .map(str::trim)
                .filter(move |line| keys.iter().any(|key| line.starts_with(key)))
        };
        let lines =
            named(&["outDir", "outputDir", "outputPath"]).chain(named(&["file:", "dir:", "path:"]));
        for bare in lines {
            if let Some(path) = last_quoted(bare) {
                let path = path.trim_start_matches("./");
                let joined = join(folder, path)?;
                let is_file = joined.extension().is_some();
                return Some(if is_file {
                    joined.parent()?.to_owned()
                } else {
                    joined
                });
            }
        }
    }
    let mut words = command.split_whitespace();
    while let Some(word) = words.next() {
        if matches!(word, "-o" | "--output" | "--outdir" | "--out-dir" | "-d") {
            let path = join(folder, words.next()?)?;
            return Some(if path.extension().is_some() {
                path.parent()?.to_owned()
            } else {
                path
            });
        }
        if let Some(path) = word
            .strip_prefix("--outdir=")
            .or_else(|| word.strip_prefix("--outDir="))
        {
            return join(folder, path);
        }
    }
    None
}

fn last_quoted(line: &str) -> Option<&str> {
    let end = line.rfind(['"', '\''])?;
    let quote = line[end..].chars().next()?;
    let start = line[..end].rfind(quote)?;
    let text = &line[start + 1..end];
    (!text.is_empty() && !text.contains(' ')).then_some(text)
}
