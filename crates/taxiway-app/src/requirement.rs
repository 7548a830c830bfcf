//! Requirements as `pip` and the standards write them. Source: PEP 508.

use taxiway_diagnostics::Place;

use crate::document::Distribution;

/// A distribution's name as indexes compare it: lower case, with one `-` for each run of `-`, `_` and `.`. Source: PEP 503.
pub fn normalized_name(name: &str) -> String {
    let mut normalized = String::with_capacity(name.len());
    for character in name.trim().chars() {
        if !matches!(character, '-' | '_' | '.') {
            normalized.extend(character.to_lowercase());
        } else if !normalized.ends_with('-') {
            normalized.push('-');
        }
    }
    normalized
}

/// Reads one requirement: `name[extra]>=1,<2; marker`, `name @ address`, an address or a path.
pub(crate) fn parse(text: &str, place: Place) -> Option<Distribution> {
    let text = text.trim();
    let is_address = text.starts_with("git+")
        || text.starts_with("hg+")
        || text.contains("://") && !text.contains(" @ ") && !text.contains("@ http")
        || text.starts_with("./")
        || text.starts_with("../")
        || text.starts_with('/');
    if is_address {
        return from_address(text, place);
    }
    let (requirement, marker) = match text.split_once(';') {
        Some((requirement, marker)) => (requirement, Some(marker.trim())),
        None => (text, None),
    };
    let name_end = requirement
        .find(|character: char| {
            !(character.is_ascii_alphanumeric() || matches!(character, '-' | '_' | '.'))
        })
        .unwrap_or(requirement.len());
    let name = &requirement[..name_end];
    if !name.starts_with(|first: char| first.is_ascii_alphanumeric()) {
        return None;
    }
    let mut rest = requirement[name_end..].trim();
    let mut extras = Vec::new();
    if let Some(inner) = rest.strip_prefix('[') {
        let (listed, after) = inner.split_once(']')?;
        extras = listed
            .split(',')
            .map(normalized_name)
            .filter(|extra| !extra.is_empty())
            .collect();
        rest = after.trim();
    }
    let (specifier, url) = match rest.strip_prefix('@') {
        Some(url) => (String::new(), Some(url.trim().to_owned())),
        None => {
            let specifier = rest.trim_matches(['(', ')']).trim();
            if !specifier.is_empty() && !specifier.starts_with(['=', '<', '>', '!', '~', '^', '*'])
            {
                return None;
            }
            (
                specifier.split_whitespace().collect::<Vec<_>>().join(""),
                None,
            )
        }
    };
    Some(Distribution {
        name: normalized_name(name),
        version: pinned(&specifier),
        specifier,
        extras,
        marker: marker
            .filter(|marker| !marker.is_empty())
            .map(str::to_owned),
        url,
        place,
    })
}

fn from_address(text: &str, place: Place) -> Option<Distribution> {
    let (address, marker) = match text.split_once(" ;") {
        Some((address, marker)) => (address.trim(), Some(marker.trim().to_owned())),
        None => (text, None),
    };
    let name = match address
        .split_once("#egg=")
        .or_else(|| address.split_once("&egg="))
    {
        Some((_, egg)) => egg.split(['&', '[']).next().unwrap_or(egg),
        None => {
            let path = address.split(['#', '?']).next().unwrap_or(address);
            let last = path.trim_end_matches('/').rsplit('/').next()?;
            let last = last.split('@').next().unwrap_or(last);
            let stem = last.strip_suffix(".git").unwrap_or(last);
            let is_file = [".whl", ".tar.gz", ".zip"]
                .iter()
                .any(|ending| stem.ends_with(ending));
            if is_file {
                stem.split('-').next().unwrap_or(stem)
            } else {
                stem
            }
        }
    };
    let name = normalized_name(name);
    let is_name = name.starts_with(|first: char| first.is_ascii_alphanumeric());
    is_name.then(|| Distribution {
        name,
        version: None,
        specifier: String::new(),
        extras: Vec::new(),
        marker,
        url: Some(address.to_owned()),
        place,
    })
}

/// The one version that a specifier allows.
pub(crate) fn pinned(specifier: &str) -> Option<String> {
    let version = specifier
        .strip_prefix("===")
        .or_else(|| specifier.strip_prefix("=="))?;
    let is_one = !version.contains(['*', ',', '<', '>', '!', '~']);
    is_one.then(|| version.trim().to_owned())
}

/// The `major.minor` that a specifier settles, from its version or its lower bound.
pub(crate) fn minor_version(specifier: &str) -> Option<String> {
    let bound = specifier.split(',').map(str::trim).find(|part| {
        part.starts_with("==")
            || part.starts_with("~=")
            || part.starts_with('^')
            || part.starts_with('~')
            || part.starts_with(">=")
            || part.starts_with(|first: char| first.is_ascii_digit())
    })?;
    crate::evidence::dockerfile::version_in(bound.trim_start_matches(['=', '~', '>', '^', ' ']))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(text: &str) -> String {
        match parse(text, Place::new("requirements.txt", 1)) {
            Some(found) => format!(
                "{} {:?} {} {:?} {:?} {:?}",
                found.name, found.version, found.specifier, found.extras, found.marker, found.url
            ),
            None => "none".to_owned(),
        }
    }

    #[test]
    fn requirements_are_read() {
        let lines = [
            "Django==5.2.1",
            "psycopg[binary, pool] >= 3.2, < 4 ; python_version >= '3.10'",
            "zope.Interface_x",
            "uvicorn @ https://example.org/uvicorn-0.30-py3-none-any.whl",
            "git+https://github.com/org/My_App.git@main#egg=my-app",
            "git+https://github.com/org/other.git@v1",
            "./libs/core",
            "foo (>=1.0)",
            "--hash=sha256:00",
            "not a requirement",
            "",
        ];
        insta::assert_snapshot!(lines.map(shown).join("\n"), @r#"
        django Some("5.2.1") ==5.2.1 [] None None
        psycopg None >=3.2,<4 ["binary", "pool"] Some("python_version >= '3.10'") None
        zope-interface-x None  [] None None
        uvicorn None  [] None Some("https://example.org/uvicorn-0.30-py3-none-any.whl")
        my-app None  [] None Some("git+https://github.com/org/My_App.git@main#egg=my-app")
        other None  [] None Some("git+https://github.com/org/other.git@v1")
        core None  [] None Some("./libs/core")
        foo None >=1.0 [] None None
        none
        none
        none
        "#);
    }
}
