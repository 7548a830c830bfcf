//! Which Python a project gets.

use taxiway_app::{Declaration, FrameworkName, Service};
use taxiway_diagnostics::Place;

/// The versions with a built-in image on App Service, the oldest first. Source: App Service, Python support policy; the
/// versions in community support in November 2026.
pub(crate) const OFFERED: [&str; 4] = ["3.11", "3.12", "3.13", "3.14"];

/// A version, and why it was taken.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Chosen {
    pub(crate) version: &'static str,
    /// What the project and its Django accept, as a version specifier.
    pub(crate) constraint: Option<String>,
    pub(crate) places: Vec<Place>,
    pub(crate) reason: String,
}

/// Nothing on offer satisfies the project's constraint.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct NoVersion {
    pub(crate) constraint: String,
    pub(crate) place: Option<Place>,
    pub(crate) help: &'static str,
}

/// Chooses: the constraint binds, a preference is followed where it is on offer, else the newest that Django supports.
pub(crate) fn choose(service: &Service) -> Result<Chosen, NoVersion> {
    let own = service.python.constraint.as_deref();
    let django = django(service);
    let narrows = |of_django: &&str| {
        !offered(own)
            .iter()
            .all(|version| satisfies(version, of_django))
    };
    let constraint = both(own, django.and_then(accepted_by_django).filter(narrows));
    let allowed: Vec<&'static str> = offered(constraint.as_deref());
    let (Some(oldest), Some(newest)) = (allowed.first(), allowed.last()) else {
        return Err(none(service, constraint));
    };
    let (version, places, reason) = preferred(service, &allowed, oldest).unwrap_or_else(|| {
        let (version, reason) = newest_supported(django, &allowed, oldest, newest);
        let is_by_django = django.is_some();
        let places = framework_place(service).filter(|_| is_by_django);
        (version, places.cloned().into_iter().collect(), reason)
    });
    Ok(Chosen {
        version,
        constraint,
        places,
        reason,
    })
}

/// Chooses for services that run on one machine: what the first of them wants, as far as all accept it.
pub(crate) fn choose_for_all(services: &[&Service]) -> Result<Chosen, NoVersion> {
    let each: Vec<Chosen> = services
        .iter()
        .map(|service| choose(service))
        .collect::<Result<_, _>>()?;
    let (first, others) = each.split_first().expect("one service at least");
    let mut chosen = first.clone();
    for other in others {
        let narrower = other.constraint.as_deref();
        if narrower.is_some_and(|it| chosen.constraint.as_deref() != Some(it)) {
            let each = narrower.unwrap_or_default().split("||");
            let both = each.map(|it| both(chosen.constraint.as_deref(), Some(it.trim())));
            chosen.constraint = Some(both.flatten().collect::<Vec<_>>().join(" || "));
        }
    }
    let constraint = chosen.constraint.clone().unwrap_or_default();
    // The nearest to what the first one wants, rather newer than older.
    let newer = OFFERED
        .into_iter()
        .filter(|version| minor(version) >= minor(first.version));
    let Some(version) = newer
        .chain(OFFERED.into_iter().rev())
        .find(|version| satisfies(version, &constraint))
    else {
        return Err(NoVersion {
            constraint,
            place: None,
            help: "one server of each environment runs all services: let them accept one version",
        });
    };
    if version != chosen.version {
        chosen.version = version;
        "the nearest that every service of the repository accepts".clone_into(&mut chosen.reason);
        chosen.places = each.iter().flat_map(|it| it.places.clone()).collect();
    }
    Ok(chosen)
}

fn offered(constraint: Option<&str>) -> Vec<&'static str> {
    OFFERED
        .into_iter()
        .filter(|version| satisfies(version, constraint.unwrap_or_default()))
        .collect()
}

/// What the project says, or the nearest to it.
fn preferred(
    service: &Service,
    allowed: &[&'static str],
    oldest: &'static str,
) -> Option<(&'static str, Vec<Place>, String)> {
    let wanted = service.python.version.as_deref()?;
    let (version, reason) = match allowed.iter().find(|version| **version == wanted) {
        Some(version) => (*version, "the project says so".to_owned()),
        None if minor(wanted) < minor(oldest) => {
            let why = if offered(service.python.constraint.as_deref()).contains(&wanted) {
                "its Django does not run on"
            } else {
                "App Service no longer offers"
            };
            (oldest, format!("{why} {wanted}; this is the nearest"))
        }
        None => return None,
    };
    let seen = service
        .seen("python.version")
        .or_else(|| service.seen("python"))
        .cloned()
        .or_else(|| declared(service, Declaration::Preference));
    Some((version, seen.into_iter().collect(), reason))
}

fn newest_supported(
    django: Option<&str>,
    allowed: &[&'static str],
    oldest: &'static str,
    newest: &'static str,
) -> (&'static str, String) {
    let Some(django) = django else {
        return (newest, "the newest on offer".to_owned());
    };
    let limit = newest_for_django(django);
    let supported = allowed
        .iter()
        .rev()
        .find(|version| limit.is_none_or(|limit| minor(version) <= Some(limit)));
    match supported {
        Some(version) => (
            version,
            format!("the newest on offer that Django {django} supports"),
        ),
        None => (
            oldest,
            "Django of this project supports none on offer; the oldest is the nearest".to_owned(),
        ),
    }
}

fn none(service: &Service, constraint: Option<String>) -> NoVersion {
    let own = service.python.constraint.as_deref();
    let (place, help) = if offered(own).is_empty() {
        (
            declared(service, Declaration::Constraint),
            "let it run on one of these, and widen the constraint",
        )
    } else {
        (
            framework_place(service).cloned(),
            "its Django runs on none of these: move it to another",
        )
    };
    NoVersion {
        constraint: constraint.unwrap_or_default(),
        place,
        help,
    }
}

fn django(service: &Service) -> Option<&str> {
    let framework = service.framework.as_ref()?;
    let is_django = framework.name == FrameworkName::Django;
    framework.version.as_deref().filter(|_| is_django)
}

fn framework_place(service: &Service) -> Option<&Place> {
    service
        .seen("framework")
        .or_else(|| service.seen("framework.version"))
}

/// The versions that satisfy both: `||`, which Poetry has, binds less than the comma.
fn both(one: Option<&str>, other: Option<&str>) -> Option<String> {
    match (one.filter(|one| !one.is_empty()), other) {
        (Some(one), Some(other)) => {
            let alternatives = one
                .split("||")
                .map(|alternative| format!("{},{other}", alternative.trim()));
            Some(alternatives.collect::<Vec<_>>().join(" || "))
        }
        (one, other) => one.or(other).map(str::to_owned),
    }
}

/// What a release of Django can run on at all, where that is not every version on offer. Sources: Django 6.0 release notes,
/// "Python compatibility"; What's new in Python 3.11, "Removed": gettext's parameter `codeset`, which Django passed until 2.1.
fn accepted_by_django(version: &str) -> Option<&'static str> {
    match pair(version)? {
        (6.., _) => Some(">=3.12"),
        (..=1, _) | (2, 0 | 1) => Some("<3.11"),
        _ => None,
    }
}

fn declared(service: &Service, strength: Declaration) -> Option<Place> {
    service
        .python
        .declarations
        .iter()
        .find(|declaration| declaration.strength == strength)
        .map(|declaration| declaration.place.clone())
}

/// The newest minor version of Python 3 that a Django release supported from its first day: what its contemporaries have
/// wheels for. Source: Django FAQ, "What Python version can I use with Django?".
fn newest_for_django(version: &str) -> Option<u32> {
    let (major, minor) = pair(version)?;
    Some(match (major, minor) {
        (..=2, _) | (3, 0 | 1) => 9,
        (3, _) | (4, 0) => 10,
        (4, 1) => 11,
        (4, _) | (5, 0) => 12,
        (5, _) => 13,
        _ => 14,
    })
}

fn minor(version: &str) -> Option<u32> {
    pair(version).map(|(_, minor)| minor)
}

fn pair(version: &str) -> Option<(u32, u32)> {
    let mut numbers = version.split('.').map(str::parse);
    Some((numbers.next()?.ok()?, numbers.next()?.ok()?))
}

/// Whether the newest patch release of `version` (`major.minor`) satisfies `constraint`: a specifier of PEP 440, or of
/// Poetry (`^3.10`, `~3.10`, `||`). A clause that can't be read is no obstacle.
pub(crate) fn satisfies(version: &str, constraint: &str) -> bool {
    let Some((major, minor)) = pair(version) else {
        return false;
    };
    // No release of Python has got that far.
    let newest_patch = [major, minor, 99];
    constraint.split("||").any(|alternative| {
        alternative
            .split([',', ' '])
            .filter(|clause| !clause.is_empty())
            .collect::<Vec<_>>()
            .iter()
            .all(|clause| satisfies_clause(newest_patch, clause))
    })
}

fn satisfies_clause(version: [u32; 3], clause: &str) -> bool {
    let digits = clause
        .find(|character: char| character.is_ascii_digit())
        .unwrap_or(clause.len());
    let (operator, bound) = clause.split_at(digits);
    let numbers: Vec<u32> = bound
        .split('.')
        .map_while(|number| number.parse().ok())
        .collect();
    let Some(first) = numbers.first() else {
        return true;
    };
    let number = |index: usize| numbers.get(index).copied().unwrap_or(0);
    let bound = [*first, number(1), number(2)];
    // What is pinned to a patch release runs on the newest one too: App Service offers no other.
    let same = version[0] == bound[0] && (numbers.len() < 2 || version[1] == bound[1]);
    match operator {
        ">=" => version >= bound,
        ">" => version > bound,
        "<" => version < bound,
        "<=" => version <= bound,
        "!=" => !same || numbers.len() > 2,
        "^" => version >= bound && version[0] == bound[0],
        "~=" if numbers.len() < 3 => version >= bound && version[0] == bound[0],
        "~=" | "~" => version >= bound && same,
        _ => same,
    }
}

#[cfg(test)]
mod tests {
    use taxiway_app::Framework;

    use super::*;

    #[test]
    fn specifiers_of_both_kinds_are_understood() {
        for (constraint, expected) in [
            ("", "3.11 3.12 3.13 3.14"),
            (">=3.12", "3.12 3.13 3.14"),
            (">=3.10,<3.13", "3.11 3.12"),
            (">=3.12.4", "3.12 3.13 3.14"),
            ("~=3.12", "3.12 3.13 3.14"),
            ("~=3.12.1", "3.12"),
            ("==3.12.*", "3.12"),
            ("^3.13", "3.13 3.14"),
            ("~3.13", "3.13"),
            ("3.12", "3.12"),
            (">=3.11,!=3.12.*", "3.11 3.13 3.14"),
            ("!=3.12.1", "3.11 3.12 3.13 3.14"),
            ("~3.11 || ^3.14", "3.11 3.14"),
            (">=3.8,<3.11", ""),
            (">=3.8, <4", "3.11 3.12 3.13 3.14"),
        ] {
            let found: Vec<_> = OFFERED
                .into_iter()
                .filter(|version| satisfies(version, constraint))
                .collect();
            assert_eq!(found.join(" "), expected, "{constraint}");
        }
    }

    fn check(version: Option<&str>, constraint: Option<&str>, django: Option<&str>) -> String {
        let mut service = Service::default();
        service.python.version = version.map(str::to_owned);
        service.python.constraint = constraint.map(str::to_owned);
        service.framework = Some(Framework {
            name: FrameworkName::Django,
            version: django.map(str::to_owned),
        });
        match choose(&service) {
            Ok(chosen) => format!("{}: {}", chosen.version, chosen.reason),
            Err(none) => format!("none for {}", none.constraint),
        }
    }

    #[test]
    fn the_constraint_binds_and_the_preference_is_followed_where_it_can_be() {
        insta::assert_snapshot!(check(Some("3.12"), Some(">=3.11"), Some("5.2")), @"3.12: the project says so");
        insta::assert_snapshot!(check(Some("3.9"), None, Some("4.2")), @"3.11: App Service no longer offers 3.9; this is the nearest");
        insta::assert_snapshot!(check(None, None, Some("4.2")), @"3.12: the newest on offer that Django 4.2 supports");
        insta::assert_snapshot!(check(None, None, Some("2.2")), @"3.11: Django of this project supports none on offer; the oldest is the nearest");
        insta::assert_snapshot!(check(None, Some("<3.11"), Some("3.2")), @"none for <3.11");
        insta::assert_snapshot!(check(None, None, None), @"3.14: the newest on offer");
    }

    #[test]
    fn what_django_runs_on_at_all_binds_too() {
        insta::assert_snapshot!(check(Some("3.11"), None, Some("6.0")), @"3.12: its Django does not run on 3.11; this is the nearest");
        insta::assert_snapshot!(check(Some("3.14"), None, Some("6.0")), @"3.14: the project says so");
        insta::assert_snapshot!(check(None, Some("<3.12"), Some("6.0")), @"none for <3.12,>=3.12");
        insta::assert_snapshot!(check(None, Some("<3.11"), Some("6.0")), @"none for <3.11");
        insta::assert_snapshot!(check(Some("3.6"), None, Some("1.10")), @"none for <3.11");
        insta::assert_snapshot!(check(None, Some("~3.11 || ^3.13"), Some("6.0")), @"3.14: the newest on offer that Django 6.0 supports");
        assert_eq!(
            both(Some("~3.11 || ^3.13"), Some(">=3.12")).as_deref(),
            Some("~3.11,>=3.12 || ^3.13,>=3.12")
        );
    }
}
