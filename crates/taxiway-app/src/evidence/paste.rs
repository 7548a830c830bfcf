//! Paste's configuration files, which say what Pyramid serves and how.
//!
//! Sources: documentation of PasteDeploy, Pyramid and Gunicorn (`--paste`).

use std::collections::BTreeMap;

use camino::{Utf8Path, Utf8PathBuf};
use taxiway_diagnostics::Place;

use crate::document::{Entrypoint, Port};
use crate::manifest::pyproject::Pyproject;
use crate::repository::{Repository, at_line, join};
use crate::requirement::normalized_name;

/// Pipelines and compositions point at each other; nobody writes more of them.
const MOST_HOPS: u8 = 8;

/// What a configuration file says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Paste {
    /// The function that makes the application.
    pub(crate) factory: Option<Entrypoint>,
    /// The distribution of the server.
    pub(crate) server: Option<String>,
    pub(crate) port: Option<Port>,
    pub(crate) place: Place,
}

/// Sections by name, with their options and the line they start on.
type Sections = BTreeMap<String, (usize, BTreeMap<String, String>)>;

/// Reads a configuration file; `None` where it is none of Paste's.
pub(crate) fn read(repository: &Repository<'_>, path: &Utf8Path) -> Option<Paste> {
    let text = repository.text(path)?;
    let sections = sections(text);
    let main = [
        "pipeline:main",
        "composite:main",
        "app:main",
        "application:main",
    ]
    .into_iter()
    .find(|name| sections.contains_key(*name))
    .or_else(|| {
        sections
            .keys()
            .map(String::as_str)
            .find(|name| name.starts_with("app:"))
    })?;
    let (line, _) = sections.get(main)?;
    let folder = path.parent().unwrap_or("".into());
    let factory = factory(repository, folder, &sections, main, 0);
    let (server, port) = server(&sections);
    Some(Paste {
        factory,
        server,
        port,
        place: at_line(path, *line),
    })
}

/// The file that production is likely to use, in the folder of a project.
pub(crate) fn of_production(repository: &Repository<'_>, folder: &Utf8Path) -> Option<Paste> {
    [
        "production.ini",
        "conf/production.ini",
        "config/production.ini",
        "deployment.ini",
    ]
    .iter()
    .find_map(|name| read(repository, &folder.join(name)))
}

fn sections(text: &str) -> Sections {
    let mut found = Sections::new();
    let mut section = String::new();
    let mut key = String::new();
    for (number, line) in text.lines().enumerate() {
        let bare = line.trim();
        if bare.is_empty() || bare.starts_with(['#', ';']) {
            continue;
        }
        if let Some(name) = bare
            .strip_prefix('[')
            .and_then(|rest| rest.strip_suffix(']'))
        {
            section = name.split_whitespace().collect::<Vec<_>>().join("");
            key.clear();
            found
                .entry(section.clone())
                .or_insert((number, BTreeMap::new()));
            continue;
        }
        let Some((_, options)) = found.get_mut(&section) else {
            continue;
        };
        if line.starts_with(char::is_whitespace) && !key.is_empty() {
            if let Some(value) = options.get_mut(&key) {
                value.push(' ');
                value.push_str(bare);
            }
        } else if let Some((name, value)) = bare.split_once(['=', ':']) {
            name.trim().clone_into(&mut key);
            options.insert(key.clone(), value.trim().to_owned());
        }
    }
    found
}

fn factory(
    repository: &Repository<'_>,
    folder: &Utf8Path,
    sections: &Sections,
    name: &str,
    hops: u8,
) -> Option<Entrypoint> {
    if hops > MOST_HOPS {
        return None;
    }
    let (_, options) = sections.get(name)?;
    let next = match name.split(':').next()? {
        "pipeline" => options.get("pipeline")?.split_whitespace().last(),
        "composite" | "composit" => options.get("/").map(String::as_str),
        _ => options
            .get("use")
            .map(String::as_str)
            .filter(|target| !target.contains(':')),
    };
    if let Some(next) = next {
        return ["app", "application", "pipeline", "composite"]
            .iter()
            .find_map(|kind| {
                factory(
                    repository,
                    folder,
                    sections,
                    &format!("{kind}:{next}"),
                    hops + 1,
                )
            });
    }
    if let Some(named) = options.get("paste.app_factory") {
        return parse(named);
    }
    let (scheme, target) = options.get("use")?.split_once(':')?;
    match scheme.trim() {
        "call" => parse(target),
        "egg" => {
            let (distribution, entry) = target.split_once('#').unwrap_or((target, "main"));
            entry_point(repository, folder, distribution.trim(), entry.trim())
        }
        _ => None,
    }
}

fn parse(target: &str) -> Option<Entrypoint> {
    let (module, attribute) = target.trim().split_once(':')?;
    Some(Entrypoint::factory(module.trim(), attribute.trim()))
}

/// The function behind an entry point of the project's own distribution.
fn entry_point(
    repository: &Repository<'_>,
    folder: &Utf8Path,
    distribution: &str,
    entry: &str,
) -> Option<Entrypoint> {
    let folders: Vec<&Utf8Path> = folder.ancestors().collect();
    for folder in &folders {
        let declared =
            Pyproject::read(repository, &folder.join("pyproject.toml")).and_then(|file| {
                let groups = file.get("project.entry-points")?.as_table()?;
                parse(groups.get("paste.app_factory")?.get(entry)?.as_str()?)
            });
        let declared = declared.or_else(|| {
            ["setup.py", "setup.cfg"]
                .iter()
                .find_map(|name| declared_in_setup(repository.text(&folder.join(name))?, entry))
        });
        if declared.is_some() {
            return declared;
        }
    }
    let package = normalized_name(distribution).replace('-', "_");
    folders.iter().find_map(|folder| {
        let file = [
            join(folder, &format!("{package}/__init__.py"))?,
            join(folder, &format!("src/{package}/__init__.py"))?,
        ]
        .into_iter()
        .find(|file| repository.is_file(file))?;
        repository
            .find(&file, &format!("def {entry}("))
            .map(|_| Entrypoint::factory(package.clone(), entry))
    })
}

/// `main = package:main` below `paste.app_factory`, in a `setup.py` or `setup.cfg`.
fn declared_in_setup(text: &str, entry: &str) -> Option<Entrypoint> {
    let (_, after) = text.split_once("paste.app_factory")?;
    after.lines().take(8).find_map(|line| {
        let bare = line
            .trim()
            .trim_matches(['"', '\'', ',', '[', ']', ' ', ':']);
        let (name, target) = bare.split_once('=')?;
        let name = name.trim_matches(['"', '\'', '[', ']', ' ', ':', '}', '{']);
        // The line may go on with what closes the call.
        let target = target.trim().split(['"', '\'', ' ', ']', ',']).next()?;
        (name == entry).then(|| parse(target))?
    })
}

fn server(sections: &Sections) -> (Option<String>, Option<Port>) {
    let Some((_, options)) = sections.get("server:main") else {
        return (None, None);
    };
    let name = options
        .get("use")
        .and_then(|target| target.strip_prefix("egg:"))
        .and_then(|target| target.split('#').next())
        .map(normalized_name);
    let port = ["listen", "port", "http_port", "bind"]
        .iter()
        .find_map(|key| options.get(*key))
        .and_then(|value| {
            let last = value.split_whitespace().next()?.rsplit(':').next()?;
            last.parse().ok().map(Port::Number)
        });
    (name, port)
}

/// The file that a command names, in one of these folders.
pub(crate) fn named(
    repository: &Repository<'_>,
    folders: &[Utf8PathBuf],
    written: &str,
) -> Option<Paste> {
    let written = written.trim_start_matches("config:");
    let written = written.split('#').next().unwrap_or(written);
    folders
        .iter()
        .filter_map(|folder| join(folder, written.trim_start_matches('/')))
        .find_map(|path| read(repository, &path))
}

#[cfg(test)]
mod tests {
    use taxiway_diagnostics::MemorySources;

    use super::*;

    fn shown(text: &str) -> String {
        let sources = MemorySources::from_text(text);
        let repository = Repository::new(&sources);
        match of_production(&repository, "".into()) {
            Some(paste) => format!(
                "{} {} {:?} {}",
                paste
                    .factory
                    .map_or("-".to_owned(), |entry| entry.to_string()),
                paste.server.unwrap_or_default(),
                paste.port,
                paste.place
            ),
            None => "none".to_owned(),
        }
    }

    #[test]
    fn factories_are_found() {
        let egg = "--- production.ini\n[app:main]\nuse = egg:Guest_Book\n\n[server:main]\nuse = egg:waitress#main\nlisten = 0.0.0.0:6543\n--- guest_book/__init__.py\ndef main(global_config, **settings):\n    pass\n";
        let declared = "--- production.ini\n[app:main]\nuse = egg:book#web\n--- setup.py\nsetup(entry_points={\n  'paste.app_factory': [\n    'web = book.server:make',\n  ],\n})\n";
        let on_one_line = "--- production.ini\n[app:main]\nuse = egg:book\n--- setup.py\nsetup(entry_points={'paste.app_factory': ['main = book:main']})\n";
        let piped = "--- conf/production.ini\n[pipeline:main]\npipeline =\n    proxy\n    site\n[app:site]\nuse = call:book.app:create\n";
        let loop_ = "--- production.ini\n[app:main]\nuse = main\n";
        insta::assert_snapshot!(
            [egg, declared, on_one_line, piped, loop_, "--- production.ini\n[loggers]\nkeys = root\n"].map(shown).join("\n"),
            @r#"
        guest_book:main() waitress Some(Number(6543)) production.ini:1
        book.server:make()  None production.ini:1
        book:main()  None production.ini:1
        book.app:create()  None conf/production.ini:1
        -  None production.ini:1
        none
        "#
        );
    }
}
