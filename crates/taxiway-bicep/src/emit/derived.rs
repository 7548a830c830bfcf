//! Types that are those of an Azure resource's properties.

use crate::json::{Json, Members};
use crate::model::Workspace;

/// `resourceInput<'T@v'>` or `resourceOutput<'T@v'>`, or a part of it.
pub(super) struct Derived {
    /// `T@v`
    kind: String,
    is_output: bool,
    /// The path to the part, as a JSON pointer.
    path: String,
}

impl Derived {
    pub(super) fn new(kind: &str, is_output: bool) -> Self {
        let kind = kind.strip_prefix("az:").unwrap_or(kind);
        let known = kind.split_once('@').and_then(|(name, version)| {
            let name = crate::azure_types::canonical_name(name, version)?;
            Some(format!("{name}@{version}"))
        });
        Self {
            kind: known.unwrap_or_else(|| kind.to_owned()),
            is_output,
            path: String::new(),
        }
    }

    pub(super) fn part(mut self, pointer: &str) -> Self {
        self.path.push_str(pointer);
        self
    }

    /// `{type, metadata}`; what the type holds is looked up by whoever reads the template.
    pub(super) fn schema(&self, _workspace: &Workspace<'_>) -> Members {
        let mut schema = Members::new();
        if let Some(kind) = crate::azure_types::kind_at(&self.kind, &self.path) {
            schema.insert("type".to_owned(), kind.into());
        }
        let mut source: Members = [(
            "source".to_owned(),
            Json::from(if self.path.is_empty() {
                self.kind.clone()
            } else {
                format!("{}#{}", self.kind, &self.path[1..])
            }),
        )]
        .into_iter()
        .collect();
        if self.is_output {
            source.insert("output".to_owned(), true.into());
        }
        let metadata: Members = [(
            "__bicep_resource_derived_type!".to_owned(),
            Json::from(source),
        )]
        .into_iter()
        .collect();
        schema.insert("metadata".to_owned(), metadata.into());
        schema
    }
}
