//! Lock files: the versions in them, and their production part as pip requirements.
//!
//! Sources: the documentation of uv, Poetry, PDM and Pipenv on their lock files.

use std::collections::{BTreeMap, BTreeSet};

use camino::Utf8Path;
use toml::{Table, Value};

use crate::repository::Repository;
use crate::requirement::normalized_name;

/// The version of each distribution in a lock. What the distributions need is not looked at where the lock is written as tools
/// write it.
pub(crate) fn versions(repository: &Repository<'_>, path: &Utf8Path) -> BTreeMap<String, String> {
    if let Some(versions) = repository.locked_versions(path) {
        return versions.clone();
    }
    let packages = repository.packages(path).iter();
    packages
        .filter_map(|package| Some((package.name.clone(), package.version.clone()?)))
        .collect()
}

/// The versions in a lock of uv, Poetry or PDM, by its lines; `None` for one that has to be read as a whole.
///
/// Relies on how these tools write: a package begins with `[[package]]`, its own keys stand before the next header, one on each
/// line, and a list over several lines is indented.
pub(crate) fn listed_versions(text: &str, path: &Utf8Path) -> Option<BTreeMap<String, String>> {
    let is_known = matches!(
        path.file_name(),
        Some("uv.lock" | "poetry.lock" | "pdm.lock")
    );
    if !is_known || text.contains("\"\"\"") || text.contains("'''") {
        return None;
    }
    let mut versions = BTreeMap::new();
    let (mut is_package, mut name) = (false, None);
    for line in text.lines() {
        match line.as_bytes().first() {
            None | Some(b' ' | b'#' | b']') => continue,
            Some(b'[') if line.ends_with(']') => {
                is_package = line == "[[package]]";
                name = None;
                continue;
            }
            Some(_) => {}
        }
        // Marks of a merge, for one, are no lock.
        let (key, value) = line.split_once(" = ")?;
        if !is_package {
            continue;
        }
        match key {
            "name" => name = Some(normalized_name(plain(value)?)),
            "version" => {
                versions.insert(name.take()?, plain(value)?.to_owned());
            }
            _ => {}
        }
    }
    Some(versions)
}

/// What stands between quotes, where nothing in it is escaped.
fn plain(value: &str) -> Option<&str> {
    let inner = value.strip_prefix('"')?.strip_suffix('"')?;
    (!inner.contains(['"', '\\'])).then_some(inner)
}

/// Whether a file of this name is a lock.
pub(crate) fn is_lock(name: &str) -> bool {
    matches!(
        name,
        "uv.lock" | "poetry.lock" | "pdm.lock" | "Pipfile.lock" | "pylock.toml"
    )
}

/// A locked distribution.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Package {
    pub(crate) name: String,
    pub(crate) version: Option<String>,
    /// Where it comes from, if not from the index.
    pub(crate) address: Option<String>,
    /// Whether it is the project itself, or a part of it.
    pub(crate) is_own: bool,
    /// Whether only an extra of the project wants it.
    pub(crate) is_optional: bool,
    /// The groups that want it, where the lock says so.
    pub(crate) groups: Option<BTreeSet<String>>,
    pub(crate) marker: Option<String>,
    /// What it needs: name, extras, marker.
    pub(crate) needs: Vec<Need>,
    /// What its extras and groups need.
    pub(crate) optional: BTreeMap<String, Vec<Need>>,
}

/// A distribution that another one needs.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Need {
    pub(crate) name: String,
    pub(crate) version: Option<String>,
    pub(crate) extras: Vec<String>,
    pub(crate) marker: Option<String>,
}

/// The distributions of a lock; `None` where it is none.
pub(crate) fn packages(text: &str, path: &Utf8Path) -> Option<Vec<Package>> {
    if path.file_name() == Some("Pipfile.lock") {
        return Some(pipenv(text));
    }
    // Text that is no lock as a tool writes it is read as a whole.
    let table = without_files(text)
        .parse::<Table>()
        .or_else(|_| text.parse())
        .ok()?;
    Some(table_packages(&table, path))
}

fn table_packages(table: &Table, path: &Utf8Path) -> Vec<Package> {
    let packages = table
        .get("package")
        .or_else(|| table.get("packages"))
        .and_then(Value::as_array);
    packages
        .into_iter()
        .flatten()
        .filter_map(|package| match path.file_name() {
            Some("uv.lock") => uv(package),
            _ => poetry_or_pdm(package),
        })
        .collect()
}

/// A lock without the addresses and hashes of files, which are most of it and of no use here.
///
/// Relies on how uv, Poetry and PDM write them: a list over several lines ends with a line that starts with `]`.
fn without_files(text: &str) -> String {
    let mut kept = String::with_capacity(text.len() / 2);
    let mut lines = text.split_inclusive('\n');
    while let Some(line) = lines.next() {
        let value = ["wheels = ", "files = ", "sdist = "]
            .iter()
            .find_map(|key| line.strip_prefix(key));
        match value.map(str::trim_end) {
            None => kept.push_str(line),
            Some(value) if value.ends_with([']', '}']) => {}
            Some(_) => {
                lines.find(|line| line.starts_with(']'));
            }
        }
    }
    kept
}

fn text(value: &Value, key: &str) -> Option<String> {
    value.get(key)?.as_str().map(str::to_owned)
}

fn texts(value: Option<&Value>) -> Vec<String> {
    value
        .and_then(Value::as_array)
        .into_iter()
        .flatten()
        .filter_map(|item| item.as_str().map(str::to_owned))
        .collect()
}

fn uv(package: &Value) -> Option<Package> {
    let source = package.get("source");
    let from = |key: &str| source.and_then(|source| text(source, key));
    let needs = |listed: &Value| -> Vec<Need> {
        listed
            .as_array()
            .into_iter()
            .flatten()
            .filter_map(|need| {
                Some(Need {
                    name: normalized_name(need.get("name")?.as_str()?),
                    version: text(need, "version"),
                    extras: texts(need.get("extra")),
                    marker: text(need, "marker"),
                })
            })
            .collect()
    };
    let mut optional = BTreeMap::new();
    for key in ["optional-dependencies", "dev-dependencies"] {
        for (name, listed) in package
            .get(key)
            .and_then(Value::as_table)
            .into_iter()
            .flatten()
        {
            optional.insert(normalized_name(name), needs(listed));
        }
    }
    Some(Package {
        name: normalized_name(package.get("name")?.as_str()?),
        version: text(package, "version"),
        address: from("git")
            .map(|git| format!("git+{}", git.replace('#', "@").replace("?rev=", "@")))
            .or_else(|| from("url")),
        is_own: ["editable", "virtual", "directory"]
            .iter()
            .any(|key| from(key).is_some()),
        is_optional: false,
        groups: None,
        marker: None,
        needs: package.get("dependencies").map(needs).unwrap_or_default(),
        optional,
    })
}

fn poetry_or_pdm(package: &Value) -> Option<Package> {
    let mut groups: Option<BTreeSet<String>> = package
        .get("groups")
        .map(|groups| texts(Some(groups)).into_iter().collect());
    if let Some(category) = text(package, "category") {
        groups = Some(BTreeSet::from([category]));
    }
    let marker = match package.get("markers").or_else(|| package.get("marker")) {
        Some(Value::String(marker)) => Some(marker.clone()),
        Some(Value::Table(by_group)) => by_group
            .get("main")
            .or_else(|| by_group.get("default"))
            .and_then(Value::as_str)
            .map(str::to_owned),
        _ => None,
    };
    let mut needs = Vec::new();
    match package.get("dependencies") {
        Some(Value::Table(table)) => {
            for (name, value) in table {
                let all = match value {
                    Value::Array(items) => items.clone(),
                    one => vec![one.clone()],
                };
                for one in all {
                    if one.get("optional").and_then(Value::as_bool) == Some(true) {
                        continue;
                    }
                    needs.push(Need {
                        name: normalized_name(name),
                        version: None,
                        extras: texts(one.get("extras")),
                        marker: text(&one, "markers"),
                    });
                }
            }
        }
        Some(Value::Array(items)) => {
            for item in items.iter().filter_map(Value::as_str) {
                if let Some(found) =
                    crate::requirement::parse(item, taxiway_diagnostics::Place::new("", 1))
                {
                    needs.push(Need {
                        name: found.name,
                        version: None,
                        extras: found.extras,
                        marker: found.marker,
                    });
                }
            }
        }
        _ => {}
    }
    let mut optional = BTreeMap::new();
    for (extra, listed) in package
        .get("extras")
        .and_then(Value::as_table)
        .into_iter()
        .flatten()
    {
        let needs = texts(Some(listed))
            .iter()
            .filter_map(|item| {
                let name = item
                    .split([' ', '(', '[', ';', '<', '>', '=', '!'])
                    .next()?;
                Some(Need {
                    name: normalized_name(name),
                    ..Need::default()
                })
            })
            .collect();
        optional.insert(normalized_name(extra), needs);
    }
    let address = package.get("source").and_then(|source| {
        let url = text(source, "url")?;
        match text(source, "type")?.as_str() {
            "git" => Some(format!(
                "git+{url}@{}",
                text(source, "resolved_reference").or_else(|| text(source, "reference"))?
            )),
            "url" => Some(url),
            _ => None,
        }
    });
    Some(Package {
        name: normalized_name(package.get("name")?.as_str()?),
        version: text(package, "version"),
        address: address.or_else(|| text(package, "git").map(|git| format!("git+{git}"))),
        is_own: package.get("path").is_some(),
        is_optional: package.get("optional").and_then(Value::as_bool) == Some(true),
        groups,
        marker,
        needs,
        optional,
    })
}

fn pipenv(text: &str) -> Vec<Package> {
    let Ok(json) = serde_json::from_str::<serde_json::Value>(text) else {
        return Vec::new();
    };
    let listed = json.get("default").and_then(serde_json::Value::as_object);
    listed
        .into_iter()
        .flatten()
        .map(|(name, value)| {
            let text = |key: &str| value.get(key).and_then(serde_json::Value::as_str);
            Package {
                name: normalized_name(name),
                version: text("version").map(|version| version.trim_start_matches('=').to_owned()),
                address: text("git").map(|git| match text("ref") {
                    Some(reference) => format!("git+{git}@{reference}"),
                    None => format!("git+{git}"),
                }),
                is_own: value.get("path").is_some(),
                is_optional: false,
                groups: None,
                marker: text("markers").map(str::to_owned),
                needs: Vec::new(),
                optional: BTreeMap::new(),
            }
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Locks as the tools write them, also where a list of files is short or a text looks like one.
    const LOCKS: [(&str, &str); 3] = [
        (
            "uv.lock",
            r#"version = 1
[[package]]
name = "django"
version = "5.2"
source = { registry = "https://packages.example/simple" }
dependencies = [
    { name = "asgiref" },
]
sdist = { url = "https://files/Django.tar.gz", hash = "sha256:1", size = 1 }
wheels = [
    { url = "https://files/django.whl", hash = "sha256:2", size = 2 },
]

[package.optional-dependencies]
argon2 = [
    { name = "argon2-cffi" },
]

[[package]]
name = "asgiref"
version = "3.9"
source = { registry = "https://packages.example/simple" }
"#,
        ),
        (
            "poetry.lock",
            r#"[[package]]
name = "flask"
version = "3.1"
description = "files = ["
optional = false
groups = ["main"]
files = [
    {file = "flask.whl", hash = "sha256:1"},
]

[package.dependencies]
werkzeug = ">=3.1"

[[package]]
name = "werkzeug"
version = "3.1"
optional = false
files = []
"#,
        ),
        (
            "pdm.lock",
            "[[package]]\nname = \"attrs\"\nversion = \"25.1\"\nsummary = \"\"\"\nfiles = [\n\"\"\"\nfiles = [\n    {file = \"a\"},\n]\n",
        ),
    ];

    #[test]
    fn versions_are_the_same_by_lines_and_as_a_whole() {
        let whole = |text: &str, name: &str| -> BTreeMap<String, String> {
            let packages = packages(text, name.into()).unwrap_or_default().into_iter();
            packages
                .filter_map(|package| Some((package.name, package.version?)))
                .collect()
        };
        for (name, text) in &LOCKS[..2] {
            let versions = listed_versions(text, (*name).into());
            assert_eq!(versions, Some(whole(text, name)), "{name}");
        }
        // A text over several lines, a mark of a merge, a name that is escaped, an order that no tool has.
        for text in [
            LOCKS[2].1,
            "[[package]]\n<<<<<<< ours\nname = \"a\"\nversion = \"1\"\n",
            "[[package]]\nname = \"\\u0061\"\nversion = \"1\"\n",
            "[[package]]\nversion = \"1\"\nname = \"a\"\n",
        ] {
            assert_eq!(listed_versions(text, "pdm.lock".into()), None, "{text}");
        }
    }

    #[test]
    fn a_lock_says_the_same_without_its_files() {
        for (name, text) in LOCKS {
            let read = packages(text, name.into()).unwrap();
            let whole = table_packages(&text.parse().unwrap(), name.into());
            assert_eq!(read, whole, "{name}");
            assert!(!read.is_empty(), "{name}");
        }
    }
}
