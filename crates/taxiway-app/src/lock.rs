//! Lock files as pip requirements.

use std::collections::{BTreeMap, BTreeSet};

use taxiway_diagnostics::Sources;

use crate::document::Service;
use crate::manifest::lockfile::{Need, Package};
use crate::repository::Repository;
use crate::requirement::normalized_name;

/// Conditions under which something is installed; empty means always.
type Conditions = BTreeSet<String>;

/// More alternatives than this are given up for "always".
const MOST_CONDITIONS: usize = 12;

/// The production part of the service's lock as a pip requirements text, with versions and markers; `None` without a lock.
pub fn export_lock(sources: &dyn Sources, service: &Service) -> Option<String> {
    let path = service.dependencies.lockfile.as_ref()?;
    let repository = Repository::new(sources);
    let packages = repository.packages(path);
    if packages.is_empty() {
        return None;
    }
    let wanted = wanted(service, packages);
    let mut lines: BTreeSet<String> = BTreeSet::new();
    for (index, package) in packages.iter().enumerate() {
        if package.is_own {
            continue;
        }
        let Some(conditions) = wanted.get(&index) else {
            continue;
        };
        lines.insert(line(package, conditions)?);
    }
    let mut text = lines.into_iter().collect::<Vec<_>>().join("\n");
    text.push('\n');
    Some(text)
}

/// One requirement.
fn line(package: &Package, conditions: &Conditions) -> Option<String> {
    let mut line = match (&package.address, &package.version) {
        (Some(address), _) => format!("{} @ {address}", package.name),
        (None, Some(version)) => format!("{}=={version}", package.name),
        (None, None) => return Some(package.name.clone()),
    };
    let marker = match (
        &*conditions.iter().map(String::as_str).collect::<Vec<_>>(),
        &package.marker,
    ) {
        ([], None) => None,
        ([], Some(own)) => Some(own.clone()),
        ([one], None) => Some((*one).to_owned()),
        (many, None) => Some(
            many.iter()
                .map(|one| format!("({one})"))
                .collect::<Vec<_>>()
                .join(" or "),
        ),
        (_, Some(own)) => Some(own.clone()),
    };
    if let Some(marker) = marker {
        line.push_str(" ; ");
        line.push_str(&marker);
    }
    Some(line)
}

/// The distributions that production installs, by their place in the lock, with the conditions of each.
fn wanted(service: &Service, packages: &[Package]) -> BTreeMap<usize, Conditions> {
    let is_grouped = packages.iter().any(|package| package.groups.is_some());
    let groups: BTreeSet<String> = ["main", "default"]
        .into_iter()
        .map(str::to_owned)
        .chain(service.dependencies.groups.iter().cloned())
        .collect();
    if is_grouped {
        return packages
            .iter()
            .enumerate()
            .filter(|(_, package)| {
                let is_in_group = package
                    .groups
                    .as_ref()
                    .is_none_or(|own| own.intersection(&groups).next().is_some());
                is_in_group && (!package.is_optional || !service.dependencies.groups.is_empty())
            })
            .map(|(index, _)| (index, Conditions::new()))
            .collect();
    }
    let has_needs = packages.iter().any(|package| !package.needs.is_empty());
    if !has_needs {
        // Pipenv's lock holds the production part by itself.
        return (0..packages.len())
            .map(|index| (index, Conditions::new()))
            .collect();
    }
    walk(service, packages)
}

/// Follows what needs what, from the project's own requirements on.
fn walk(service: &Service, packages: &[Package]) -> BTreeMap<usize, Conditions> {
    let mut by_name: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
    for (index, package) in packages.iter().enumerate() {
        by_name.entry(&package.name).or_default().push(index);
    }
    let mut found: BTreeMap<usize, Conditions> = BTreeMap::new();
    let mut extras_of: BTreeMap<usize, BTreeSet<String>> = BTreeMap::new();
    let mut queue: Vec<(Need, Conditions)> = roots(service, packages)
        .into_iter()
        .map(|need| {
            let conditions = need.marker.iter().cloned().collect();
            (need, conditions)
        })
        .collect();
    let mut steps = 0;
    while let Some((need, conditions)) = queue.pop() {
        steps += 1;
        if steps > 50_000 {
            break;
        }
        for index in by_name.get(need.name.as_str()).into_iter().flatten() {
            let package = &packages[*index];
            // A lock with several versions says which one is needed.
            if need.version.is_some() && need.version != package.version {
                continue;
            }
            let new_extras: Vec<String> = need
                .extras
                .iter()
                .map(|extra| normalized_name(extra))
                .filter(|extra| extras_of.entry(*index).or_default().insert(extra.clone()))
                .collect();
            let has_changed = merge(&mut found, *index, &conditions);
            if !has_changed && new_extras.is_empty() {
                continue;
            }
            let conditions = found.get(index).cloned().unwrap_or_default();
            let optional = extras_of
                .get(index)
                .into_iter()
                .flatten()
                .filter_map(|extra| package.optional.get(extra))
                .flatten();
            for need in package.needs.iter().chain(optional) {
                queue.push((need.clone(), both(&conditions, need.marker.as_deref())));
            }
        }
    }
    found
}

/// What the project itself wants in production.
fn roots(service: &Service, packages: &[Package]) -> Vec<Need> {
    let own: Vec<&Package> = packages.iter().filter(|package| package.is_own).collect();
    let name = normalized_name(&service.name);
    // Of a workspace's members only the service itself.
    let own = match own.iter().find(|package| package.name == name) {
        Some(service) => vec![*service],
        None => own,
    };
    if own.is_empty() {
        return service
            .dependencies
            .distributions
            .iter()
            .map(|distribution| Need {
                name: distribution.name.clone(),
                version: None,
                extras: distribution.extras.clone(),
                marker: distribution.marker.clone(),
            })
            .collect();
    }
    let mut needs = Vec::new();
    for package in own {
        needs.extend(package.needs.iter().cloned());
        for group in &service.dependencies.groups {
            needs.extend(
                package
                    .optional
                    .get(&normalized_name(group))
                    .into_iter()
                    .flatten()
                    .cloned(),
            );
        }
    }
    needs
}

/// Adds conditions for a distribution; whether that changed anything.
fn merge(found: &mut BTreeMap<usize, Conditions>, index: usize, conditions: &Conditions) -> bool {
    match found.get_mut(&index) {
        None => {
            found.insert(index, conditions.clone());
            true
        }
        Some(known) if known.is_empty() => false,
        Some(known) if conditions.is_empty() => {
            known.clear();
            true
        }
        Some(known) => {
            let before = known.len();
            known.extend(conditions.iter().cloned());
            if known.len() > MOST_CONDITIONS {
                known.clear();
                return true;
            }
            known.len() != before
        }
    }
}

/// The conditions of a need of something that has conditions itself.
fn both(conditions: &Conditions, marker: Option<&str>) -> Conditions {
    match (conditions.is_empty(), marker) {
        (true, None) => Conditions::new(),
        (true, Some(marker)) => Conditions::from([marker.to_owned()]),
        (false, None) => conditions.clone(),
        (false, Some(marker)) => conditions
            .iter()
            .map(|condition| {
                if condition == marker {
                    return condition.clone();
                }
                let wrapped = |text: &str| {
                    if text.contains(" or ") {
                        format!("({text})")
                    } else {
                        text.to_owned()
                    }
                };
                let joined = format!("{} and {}", wrapped(condition), wrapped(marker));
                if joined.len() > 400 {
                    marker.to_owned()
                } else {
                    joined
                }
            })
            .collect(),
    }
}
