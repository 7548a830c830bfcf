//! The actions, images and tools that workflows use, each pinned: a tag can be moved, a commit or digest can't.
//!
//! Dependabot moves the actions forward in the repository; Taxiway's next version brings the merge.

/// An action at one commit.
#[derive(Clone, Copy, Debug)]
pub(super) struct Action {
    pub(super) name: &'static str,
    pub(super) commit: &'static str,
    pub(super) tag: &'static str,
}

macro_rules! actions {
    ($($constant:ident = $name:literal $tag:literal $commit:literal;)*) => {
        $(pub(super) const $constant: Action = Action { name: $name, commit: $commit, tag: $tag };)*
        #[cfg(test)]
        const ALL: &[Action] = &[$($constant),*];
    };
}

actions! {
    CHECKOUT = "actions/checkout" "v7.0.1" "3d3c42e5aac5ba805825da76410c181273ba90b1";
    CACHE = "actions/cache" "v5.0.5" "27d5ce7f107fe9357f9df03efb73ab90386fccae";
    UPLOAD_ARTIFACT = "actions/upload-artifact" "v7.0.0" "bbbca2ddaa5d8feaa63e36b76fdaad77386f024f";
    DOWNLOAD_ARTIFACT = "actions/download-artifact" "v8.0.1" "3e5f45b2cfb9172054b4087a40e8e0b5a5461e7c";
    SETUP_NODE = "actions/setup-node" "v6.4.0" "48b55a011bda9f5d6aeb4c2d9c7362e8dae4041e";
    SETUP_UV = "astral-sh/setup-uv" "v10.0.1" "20cfd1bf945f4377ade1205e4dbc17946fc9a30d";
    AZURE_LOGIN = "Azure/login" "v3.0.1" "f5d393ae46f8fde4be8b75f32e3fc50e654ad0ca";
    UPLOAD_SARIF = "github/codeql-action/upload-sarif" "v4.36.2" "8aad20d150bbac5944a9f9d289da16a4b0d87c1e";
    SETUP_BUILDX = "docker/setup-buildx-action" "v4.3.0" "37fe631027851001ddb9b187196cc803df7f5f0e";
    BUILD_PUSH = "docker/build-push-action" "v7.3.0" "53b7df96c91f9c12dcc8a07bcb9ccacbed38856a";
}

/// The runner: a version, because `ubuntu-latest` changes under one's feet.
pub(super) const RUNNER: &str = "ubuntu-24.04";

/// Tools that a project does not install itself, by exact version.
pub(super) const PIP_AUDIT: &str = "pip-audit@2.10.1";
pub(super) const SEMGREP: &str = "semgrep@1.185.0";

/// Scans a repository and its history for secrets.
pub(super) const GITLEAKS: &str = "ghcr.io/gitleaks/gitleaks:v8.30.1@sha256:c00b6bd0aeb3071cbcb79009cb16a60dd9e0a7c60e2be9ab65d25e6bc8abbb7f";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_pin_is_a_whole_commit_with_its_release() {
        for action in ALL {
            assert_eq!(action.commit.len(), 40, "{}", action.name);
            assert!(
                action.commit.bytes().all(|byte| byte.is_ascii_hexdigit()),
                "{}",
                action.name
            );
            assert!(
                action.tag.starts_with('v') && action.tag.matches('.').count() == 2,
                "{}",
                action.name
            );
        }
    }
}
