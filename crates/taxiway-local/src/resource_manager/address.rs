//! From the path of a request to resource id, namespace and action.
//!
//! Clients double slashes, end paths with one, and mix cases; all of that is the same address.

use http::Method;
use percent_encoding::percent_decode_str;
use taxiway_arm::ResourceId;

use crate::{catalogue, error::ArmError};

/// What a path addresses. The fields are those of [`crate::provider::Request`].
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Address {
    pub(super) id: ResourceId,
    pub(super) namespace: String,
    pub(super) action: Option<String>,
}

/// The segments of a path, decoded, without empty ones.
pub(super) fn segments(path: &str) -> Result<Vec<String>, ArmError> {
    path.split('/')
        .filter(|segment| !segment.is_empty())
        .map(|segment| {
            let decoded = percent_decode_str(segment)
                .decode_utf8()
                .map_err(|_| invalid(path))?;
            if decoded.contains('/') {
                return Err(invalid(path));
            }
            Ok(decoded.into_owned())
        })
        .collect()
}

fn invalid(path: &str) -> ArmError {
    ArmError::bad_request(
        "InvalidResourceId",
        format!("The path '{path}' is not a valid resource address."),
    )
}

impl Address {
    pub(super) fn parse(segments: &[String], method: &Method) -> Result<Self, ArmError> {
        let segments = with_provider_of_deployments(segments);
        let segments: Vec<&str> = segments.iter().map(String::as_str).collect();
        let (complete, leftover) = segments.split_at(complete_pairs(&segments));
        let path = format!("/{}", segments.join("/"));
        let id = ResourceId::parse(&format!("/{}", canonical(complete).join("/")))
            .map_err(|_| invalid(&path))?;
        let is_providers = |segment: &str| segment.eq_ignore_ascii_case("providers");
        let of = |namespace: &str, action: Option<&str>| Self {
            id: id.clone(),
            namespace: namespace.to_owned(),
            action: action.map(str::to_owned),
        };
        match leftover {
            [] => Ok(of(id.namespace(), None)),
            [action] => Ok(of(id.namespace(), Some(action))),
            // The description of a provider, not a call to it.
            [providers, namespace] if is_providers(providers) => Ok(of(
                "Microsoft.Resources",
                Some(&format!("providers/{namespace}")),
            )),
            [providers, namespace, "register" | "unregister"]
                if is_providers(providers) && method == Method::POST =>
            {
                Ok(of(
                    "Microsoft.Resources",
                    Some(&format!("providers/{namespace}/register")),
                ))
            }
            [providers, namespace, action] if is_providers(providers) => {
                Ok(of(namespace, Some(action)))
            }
            _ => Err(ArmError::not_found(
                "InvalidResourceId",
                format!("No resource can stand at '{path}'."),
            )),
        }
    }
}

/// az asks for a deployment's operations without the `providers` segment.
fn with_provider_of_deployments(segments: &[String]) -> Vec<String> {
    let mut segments = segments.to_vec();
    let at = match segments.len() {
        length if length >= 6 && segments[2].eq_ignore_ascii_case("resourceGroups") => 4,
        length if length >= 4 && segments[0].eq_ignore_ascii_case("subscriptions") => 2,
        _ => return segments,
    };
    if segments[at].eq_ignore_ascii_case("deployments") {
        segments.splice(
            at..at,
            ["providers".to_owned(), "Microsoft.Resources".to_owned()],
        );
    }
    segments
}

/// The segments with the keywords and known types in the case in which Azure writes them; names stay as they are.
fn canonical(segments: &[&str]) -> Vec<String> {
    let mut canonical: Vec<String> = segments.iter().map(|text| (*text).to_owned()).collect();
    for (index, keyword) in [(0, "subscriptions"), (2, "resourceGroups")] {
        if let Some(segment) = canonical.get_mut(index)
            && segment.eq_ignore_ascii_case(keyword)
        {
            *segment = keyword.to_owned();
        }
    }
    let groups: Vec<usize> = (0..segments.len())
        .filter(|index| index % 2 == 0 && segments[*index].eq_ignore_ascii_case("providers"))
        .collect();
    for (number, start) in groups.iter().enumerate() {
        canonical[*start] = "providers".to_owned();
        let end = groups.get(number + 1).copied().unwrap_or(segments.len());
        let places: Vec<usize> = std::iter::once(start + 1)
            .chain((start + 2..end).step_by(2))
            .collect();
        let written: Vec<&str> = places.iter().map(|place| segments[*place]).collect();
        if let Some(known) = catalogue::find(&written.join("/")) {
            for (place, part) in places.iter().zip(known.name.split('/')) {
                canonical[*place] = part.to_owned();
            }
        }
    }
    canonical
}

/// How many segments form a complete id: the root, and pairs of type and name.
fn complete_pairs(segments: &[&str]) -> usize {
    let is = |index: usize, keyword: &str| {
        segments
            .get(index)
            .is_some_and(|segment| segment.eq_ignore_ascii_case(keyword))
    };
    let mut index = match (is(0, "subscriptions"), is(2, "resourceGroups")) {
        (true, true) if segments.len() >= 4 => 4,
        (true, _) if segments.len() >= 2 => 2,
        _ => 0,
    };
    let mut in_provider = false;
    loop {
        let rest = segments.len() - index;
        if is(index, "providers") {
            if rest < 4 {
                return index;
            }
            index += 4;
            in_provider = true;
        } else if in_provider && rest >= 2 {
            index += 2;
        } else {
            return index;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(method: &Method, path: &str, expected: (&str, &str, Option<&str>)) {
        let segments = segments(path).expect("a decodable path");
        let address = Address::parse(&segments, method).expect(path);
        assert_eq!(
            (
                address.id.as_str(),
                address.namespace.as_str(),
                address.action.as_deref()
            ),
            expected,
            "{path}"
        );
    }

    #[test]
    fn paths_become_addresses() {
        const WEB: &str = "Microsoft.Web";
        const RESOURCES: &str = "Microsoft.Resources";
        let site = "/subscriptions/s/resourceGroups/g/providers/Microsoft.Web/sites/shop";
        check(
            &Method::GET,
            "/subscriptions",
            ("/", RESOURCES, Some("subscriptions")),
        );
        check(
            &Method::GET,
            "//subscriptions/s/",
            ("/subscriptions/s", RESOURCES, None),
        );
        check(
            &Method::GET,
            "/subscriptions/s/resourcegroups",
            ("/subscriptions/s", RESOURCES, Some("resourcegroups")),
        );
        check(&Method::GET, site, (site, WEB, None));
        check(
            &Method::POST,
            &format!("{site}/restart"),
            (site, WEB, Some("restart")),
        );
        check(
            &Method::POST,
            &format!("{site}/config/appsettings/list"),
            (&format!("{site}/config/appsettings"), WEB, Some("list")),
        );
        check(
            &Method::GET,
            "/subscriptions/s/resourceGroups/g/providers/Microsoft.Web/sites",
            ("/subscriptions/s/resourceGroups/g", WEB, Some("sites")),
        );
        check(
            &Method::GET,
            &format!("{site}/providers/microsoft.insights//metrics"),
            (site, "microsoft.insights", Some("metrics")),
        );
        check(
            &Method::GET,
            "/subscriptions/s/providers/Microsoft.Web",
            (
                "/subscriptions/s",
                RESOURCES,
                Some("providers/Microsoft.Web"),
            ),
        );
        check(
            &Method::GET,
            "/subscriptions/s/resourcegroups/g/deployments/d/operations",
            (
                "/subscriptions/s/resourceGroups/g/providers/Microsoft.Resources/deployments/d",
                RESOURCES,
                Some("operations"),
            ),
        );
        check(
            &Method::GET,
            "/Subscriptions/s/RESOURCEGROUPS/G/Providers/microsoft.keyvault/VAULTS/Kv/Secrets/A",
            (
                "/subscriptions/s/resourceGroups/G/providers/Microsoft.KeyVault/vaults/Kv/secrets/A",
                "Microsoft.KeyVault",
                None,
            ),
        );
        check(
            &Method::GET,
            "/providers/Microsoft.Web/webAppStacks",
            ("/", WEB, Some("webAppStacks")),
        );
    }

    #[test]
    fn nonsense_is_refused() {
        for path in [
            "/subscriptions/s/nothing/here",
            "/a/b/c",
            "/subscriptions/a%2Fb",
        ] {
            let address = segments(path).and_then(|s| Address::parse(&s, &Method::GET));
            assert!(address.is_err(), "{path}");
        }
    }
}
