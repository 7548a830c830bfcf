//! References to modules in a registry, and where the module cache holds them.

use std::fmt;

use camino::{Utf8Path, Utf8PathBuf};

use crate::configuration::Configuration;

/// Which of a module's versions.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ModuleVersion {
    /// A tag, as its publisher chose it.
    Tag(String),
    /// `sha256:…`: the content itself.
    Digest(String),
}

/// A module in a registry: `br:registry/repository:tag`, with aliases resolved.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RegistryReference {
    /// The host, with a port if it has one.
    pub registry: String,
    /// The path in the registry.
    pub repository: String,
    /// Which version.
    pub version: ModuleVersion,
}

impl RegistryReference {
    /// Reads `br:…` and `br/alias:…`; `None` where it is neither, or the alias is unknown.
    pub(crate) fn parse(reference: &str, configuration: &Configuration) -> Option<Self> {
        let full = match reference.strip_prefix("br/") {
            Some(rest) => {
                let (alias, path) = rest.split_once(':')?;
                format!("{}/{path}", configuration.registry_alias(alias)?)
            }
            None => reference.strip_prefix("br:")?.to_owned(),
        };
        let (registry, rest) = full.split_once('/')?;
        let (repository, version) = match rest.split_once('@') {
            Some((repository, digest)) => (repository, ModuleVersion::Digest(digest.to_owned())),
            None => {
                let (repository, tag) = rest.rsplit_once(':')?;
                (repository, ModuleVersion::Tag(tag.to_owned()))
            }
        };
        let reference = Self {
            registry: registry.to_owned(),
            repository: repository.to_owned(),
            version,
        };
        reference.is_safe().then_some(reference)
    }

    /// Whether no part of it could lead out of the cache or of the registry's addresses.
    ///
    /// Source: OCI distribution specification, "Pulling manifests".
    fn is_safe(&self) -> bool {
        let is_word = |text: &str, more: &str| {
            let is_fine =
                |character: char| character.is_ascii_alphanumeric() || more.contains(character);
            !text.is_empty() && text.chars().all(is_fine) && !text.starts_with(['.', '-'])
        };
        let version = match &self.version {
            ModuleVersion::Tag(tag) => is_word(tag, "._-") && tag.len() <= 128,
            ModuleVersion::Digest(digest) => digest.strip_prefix("sha256:").is_some_and(|hex| {
                hex.len() == 64 && hex.chars().all(|digit| digit.is_ascii_hexdigit())
            }),
        };
        is_word(&self.registry, ".-:")
            && self.repository.split('/').all(|part| is_word(part, "._-"))
            && version
    }

    /// Its folder in a cache laid out as the official tools do.
    pub fn folder(&self, cache: &Utf8Path) -> Utf8PathBuf {
        let version = match &self.version {
            ModuleVersion::Tag(tag) => encoded(tag),
            ModuleVersion::Digest(digest) => digest.replace(':', "#"),
        };
        cache
            .join("br")
            .join(self.registry.replace(':', "$").to_ascii_lowercase())
            .join(self.repository.replace('/', "$"))
            .join(version)
    }

    /// The template in such a cache.
    pub fn template(&self, cache: &Utf8Path) -> Utf8PathBuf {
        self.folder(cache).join("main.json")
    }
}

/// The whole reference, as templates name their sources.
impl fmt::Display for RegistryReference {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            registry,
            repository,
            version,
        } = self;
        match version {
            ModuleVersion::Tag(tag) => write!(formatter, "br:{registry}/{repository}:{tag}"),
            ModuleVersion::Digest(digest) => {
                write!(formatter, "br:{registry}/{repository}@{digest}")
            }
        }
    }
}

/// A tag as the name of a folder where file systems do not tell case: which letters are capitals follows in hexadecimal.
fn encoded(tag: &str) -> String {
    let mut capitals = [0u64; 2];
    for (position, _) in tag
        .char_indices()
        .filter(|(_, letter)| letter.is_ascii_uppercase())
    {
        if let Some(half) = capitals.get_mut(position / 64) {
            *half |= 1 << (position % 64);
        }
    }
    match capitals {
        [0, 0] => format!("{tag}$"),
        [low, 0] => format!("{tag}${low:x}"),
        [low, high] => format!("{tag}${high:x}{low:016x}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn configuration() -> Configuration {
        Configuration::parse(
            r#"{"moduleAliases": {"br": {"own": {"registry": "own.example:5000", "modulePath": "infra/web"}}}}"#,
        )
    }

    #[test]
    fn references_name_a_place_in_the_cache() {
        let digest = "a".repeat(64);
        for (reference, full, path) in [
            (
                "br/public:avm/res/web/site:0.1.0",
                "br:mcr.microsoft.com/bicep/avm/res/web/site:0.1.0".to_owned(),
                "c/br/mcr.microsoft.com/bicep$avm$res$web$site/0.1.0$/main.json".to_owned(),
            ),
            (
                "br/own:site:v1",
                "br:own.example:5000/infra/web/site:v1".to_owned(),
                "c/br/own.example$5000/infra$web$site/v1$/main.json".to_owned(),
            ),
            (
                "br:Own.example/site:V1-Rc",
                "br:Own.example/site:V1-Rc".to_owned(),
                "c/br/own.example/site/V1-Rc$9/main.json".to_owned(),
            ),
            (
                &format!("br:own.example/site@sha256:{digest}"),
                format!("br:own.example/site@sha256:{digest}"),
                format!("c/br/own.example/site/sha256#{digest}/main.json"),
            ),
        ] {
            let parsed = RegistryReference::parse(reference, &configuration()).unwrap();
            assert_eq!(parsed.to_string(), full);
            assert_eq!(parsed.template("c".into()), path);
        }
    }

    #[test]
    fn what_leads_elsewhere_is_no_reference() {
        for reference in [
            "br/none:x:1",
            "br:own.example/../../x:1",
            "br:own.example/a//b:1",
            "br:own.example/x:..",
            "br:own.example/x@sha256:12",
            "br:../x:1",
            "br:own.example/x?y:1",
        ] {
            assert_eq!(
                RegistryReference::parse(reference, &configuration()),
                None,
                "{reference}"
            );
        }
    }
}
