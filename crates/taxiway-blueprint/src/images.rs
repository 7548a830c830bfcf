//! The public images that generated files start from, each by its digest: a tag can be moved.
//!
//! Digests are those of the multi-platform index. A version without one here is named by its tag alone, and the file says so.

/// An image by tag, and by digest where one is known.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Image {
    tag: String,
    digest: Option<&'static str>,
}

impl Image {
    /// `name:tag@sha256:digest`.
    pub(crate) fn reference(&self) -> String {
        match self.digest {
            Some(digest) => format!("{}@sha256:{digest}", self.tag),
            None => self.tag.clone(),
        }
    }

    /// Whether it is pinned.
    pub(crate) const fn is_pinned(&self) -> bool {
        self.digest.is_some()
    }
}

fn image(name: &str, tag: &str, digests: &[(&str, &'static str)]) -> Image {
    let digest = digests.iter().find(|(known, _)| *known == tag);
    Image {
        tag: format!("{name}:{tag}"),
        digest: digest.map(|(_, digest)| *digest),
    }
}

/// PostgreSQL by its major version.
pub(crate) fn postgres(version: &str) -> Image {
    image(
        "postgres",
        version,
        &[
            (
                "16",
                "95206741a5b214807675e14165369d05b93a9cf692223b616d07cca227e74b0b",
            ),
            (
                "17",
                "d74eeac9a635390a49bc21bd49fccd973de707e2a53a76ac49b552b8712ec46f",
            ),
            (
                "18",
                "3a82e1f56c8f0f5616a11103ac3d47e632c3938698946a7ad26da0df1334744a",
            ),
        ],
    )
}

/// Redis.
pub(crate) fn redis() -> Image {
    image(
        "redis",
        "7-alpine",
        &[(
            "7-alpine",
            "6ab0b6e7381779332f97b8ca76193e45b0756f38d4c0dcda72dbb3c32061ab99",
        )],
    )
}

/// The version of uv.
pub(crate) const UV: &str = "0.12.0";
