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

/// Python on Debian without what an application does not need.
pub(crate) fn python(version: &str) -> Image {
    image(
        "python",
        &format!("{version}-slim"),
        &[
            (
                "3.11-slim",
                "9c900dea9e8fb7e16277c179b555cc72d29a352dbc33cff48ad5a0412fd5bfc7",
            ),
            (
                "3.12-slim",
                "78387bc3881b8273120a12ebe6c1ab22b018ccc2c9adf565ae1ac9b536e184ea",
            ),
            (
                "3.13-slim",
                "7c61056e61ac89e852de05f3dc6fa51a6dd2181797bceed46aa725dd7cb2cd3b",
            ),
            (
                "3.14-slim",
                "b877e50bd90de10af8d82c57a022fc2e0dc731c5320d762a27986facfc3355c1",
            ),
        ],
    )
}

/// Node by its major version, on Debian.
pub(crate) fn node(version: u32) -> Image {
    image(
        "node",
        &format!("{version}-slim"),
        &[
            (
                "22-slim",
                "83f487e0a63425e5b4d146fb5e5be574bcbe1b7b843d3ebafdd95eaf7767a7e5",
            ),
            (
                "24-slim",
                "a9f5f7c91a432850b2a8a7797adf5eadb6c733ceed61167806cee7ea7fbc29df",
            ),
        ],
    )
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

/// uv, for its one program.
pub(crate) fn uv() -> Image {
    image(
        "ghcr.io/astral-sh/uv",
        UV,
        &[(
            UV,
            "606e70c71c852d03f611b1e56a195d08648507018a7057fab82c4974c4eae105",
        )],
    )
}

/// The version of uv.
pub(crate) const UV: &str = "0.12.0";
