//! References to modules in a registry, and where the module cache holds them.

use camino::{Utf8Path, Utf8PathBuf};

use crate::configuration::Configuration;

/// `br:registry/repository:tag`, with aliases resolved.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct RegistryReference {
    registry: String,
    repository: String,
    tag: String,
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
        let (repository, tag) = rest.rsplit_once(':')?;
        Some(Self {
            registry: registry.to_owned(),
            repository: repository.to_owned(),
            tag: tag.to_owned(),
        })
    }

    /// The whole reference, as templates name their sources.
    pub(crate) fn full(&self) -> String {
        format!("br:{}/{}:{}", self.registry, self.repository, self.tag)
    }

    /// The template in a cache laid out as the official tools do.
    pub(crate) fn cached(&self, cache: &Utf8Path) -> Utf8PathBuf {
        cache
            .join("br")
            .join(self.registry.replace(':', "$"))
            .join(self.repository.replace('/', "$"))
            .join(format!("{}$", self.tag))
            .join("main.json")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn references_name_a_place_in_the_cache() {
        let configuration = Configuration::parse(
            r#"{"moduleAliases": {"br": {"own": {"registry": "own.example:5000", "modulePath": "infra/web"}}}}"#,
        );
        for (reference, full, path) in [
            (
                "br/public:avm/res/web/site:0.1.0",
                "br:mcr.microsoft.com/bicep/avm/res/web/site:0.1.0",
                "c/br/mcr.microsoft.com/bicep$avm$res$web$site/0.1.0$/main.json",
            ),
            (
                "br/own:site:v1",
                "br:own.example:5000/infra/web/site:v1",
                "c/br/own.example$5000/infra$web$site/v1$/main.json",
            ),
        ] {
            let parsed = RegistryReference::parse(reference, &configuration).unwrap();
            assert_eq!(parsed.full(), full);
            assert_eq!(parsed.cached("c".into()), path);
        }
        assert_eq!(
            RegistryReference::parse("br/none:x:1", &configuration),
            None
        );
    }
}
