//! A repository on GitHub, and how its tokens call it.

/// A repository on GitHub.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Repository {
    /// The user or organisation.
    pub owner: String,
    /// Its name.
    pub name: String,
    /// The numbers of owner and repository, where they are known.
    pub ids: Option<(u64, u64)>,
    /// Whether subjects hold the numbers; `None` where GitHub was not asked.
    pub is_immutable: Option<bool>,
    /// The branch that is deployed.
    pub branch: String,
}

impl Repository {
    /// `OWNER/NAME`, or the address of a remote: `https://github.com/OWNER/NAME.git`, `git@github.com:OWNER/NAME.git`.
    pub fn parse(text: &str) -> Option<(String, String)> {
        let text = text.trim().trim_end_matches('/').trim_end_matches(".git");
        let path = ["https://", "ssh://", "http://"]
            .iter()
            .find_map(|scheme| text.strip_prefix(scheme))
            .map_or_else(
                || {
                    text.rsplit_once(':')
                        .filter(|(host, _)| host.contains('@'))
                        .map(|(_, path)| path)
                },
                |rest| rest.split_once('/').map(|(_, path)| path),
            )
            .unwrap_or(text);
        let (owner, name) = path.split_once('/')?;
        let is_name = |text: &str| {
            !text.is_empty()
                && text
                    .chars()
                    .all(|it| it.is_ascii_alphanumeric() || "-_.".contains(it))
        };
        (is_name(owner) && is_name(name)).then(|| (owner.to_owned(), name.to_owned()))
    }

    /// `OWNER/NAME`.
    pub fn slug(&self) -> String {
        format!("{}/{}", self.owner, self.name)
    }

    /// How subjects may begin. Repositories made, renamed or transferred since 15 July 2026 have their numbers in it, older ones
    /// where they asked for it. Source: GitHub, OpenID Connect reference, immutable subject claims.
    pub(crate) fn prefixes(&self) -> Vec<String> {
        let plain = format!("repo:{}/{}", self.owner, self.name);
        let immutable = self
            .ids
            .map(|(owner, id)| format!("repo:{}@{owner}/{}@{id}", self.owner, self.name));
        match self.is_immutable {
            Some(false) => vec![plain],
            Some(true) => vec![immutable.unwrap_or_else(|| {
                format!("repo:{}@OWNER_ID/{}@REPOSITORY_ID", self.owner, self.name)
            })],
            None => std::iter::once(plain).chain(immutable).collect(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn remotes_are_told_apart() {
        let cases = [
            ("octo/shop", Some("octo/shop")),
            ("https://github.com/octo/shop.git", Some("octo/shop")),
            ("https://token@github.com/octo/shop", Some("octo/shop")),
            ("git@github.com:octo/shop.git", Some("octo/shop")),
            ("ssh://git@github.com/octo/shop.git", Some("octo/shop")),
            ("shop", None),
            ("octo/shop/more", None),
            ("octo/$(id)", None),
        ];
        for (text, expected) in cases {
            let found = Repository::parse(text).map(|(owner, name)| format!("{owner}/{name}"));
            assert_eq!(found.as_deref(), expected, "{text}");
        }
    }
}
