//! The resources of a template with what connects them.

use std::collections::BTreeMap;

use taxiway_arm::ResourceId;

use crate::evaluated::Evaluated;
use crate::node::{Node, Part};

/// What kind of environment a template is for, as far as its resources say so.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Stage {
    /// It carries what users need.
    Production,
    /// Development, test, staging.
    Other,
    /// The local cloud.
    Local,
    /// It does not say.
    Unknown,
}

/// The resources of one template.
#[derive(Debug)]
pub(crate) struct Graph<'e> {
    pub(crate) evaluated: &'e Evaluated,
    pub(crate) nodes: Vec<Node<'e>>,
    by_kind: BTreeMap<String, Vec<usize>>,
    by_id: BTreeMap<&'e str, usize>,
    stage: Stage,
}

impl<'e> Graph<'e> {
    pub(crate) fn new(evaluated: &'e Evaluated) -> Self {
        let nodes: Vec<Node<'e>> = evaluated
            .resources
            .iter()
            .enumerate()
            .map(|(index, resource)| Node {
                index,
                resource,
                kind: resource.resource_type.to_ascii_lowercase(),
            })
            .collect();
        let mut by_kind: BTreeMap<String, Vec<usize>> = BTreeMap::new();
        for node in &nodes {
            by_kind
                .entry(node.kind.clone())
                .or_default()
                .push(node.index);
        }
        let by_id = nodes
            .iter()
            .map(|node| (node.resource.id.key(), node.index))
            .collect();
        let stage = stage(&nodes);
        Self {
            evaluated,
            nodes,
            by_kind,
            by_id,
            stage,
        }
    }

    /// The resources of a type.
    pub(crate) fn of(&self, kind: &str) -> impl Iterator<Item = &Node<'e>> {
        self.by_kind
            .get(&kind.to_ascii_lowercase())
            .into_iter()
            .flatten()
            .map(|index| &self.nodes[*index])
    }

    /// The resource with this id.
    pub(crate) fn get(&self, id: &str) -> Option<&Node<'e>> {
        let key = id.to_ascii_lowercase();
        let key = key.strip_suffix('/').unwrap_or(&key);
        self.by_id.get(key).map(|index| &self.nodes[*index])
    }

    /// Whether the template does not deploy the same resource once more: who counts or compares resources takes the last.
    pub(crate) fn is_last(&self, node: &Node<'_>) -> bool {
        self.by_id.get(node.id().key()) == Some(&node.index)
    }

    /// The resource whose id the part is.
    pub(crate) fn referred(&self, part: &Part<'_>) -> Option<&Node<'e>> {
        self.get(part.text_or_expression()?)
    }

    /// The direct children of a resource, of this last type segment (`slots`).
    pub(crate) fn children<'g>(
        &'g self,
        parent: &Node<'_>,
        segment: &str,
    ) -> impl Iterator<Item = &'g Node<'e>> {
        let kind = format!("{}/{}", parent.kind, segment.to_ascii_lowercase());
        let parent = parent.id().clone();
        let indices = self.by_kind.get(&kind).map_or(&[][..], Vec::as_slice);
        indices
            .iter()
            .map(|index| &self.nodes[*index])
            .filter(move |node| node.id().parent().as_ref() == Some(&parent))
    }

    /// The resource that a child belongs to.
    pub(crate) fn parent(&self, node: &Node<'_>) -> Option<&Node<'e>> {
        self.get(node.id().parent()?.as_str())
    }

    /// The resources that extend one, such as its diagnostic settings and role assignments.
    pub(crate) fn extensions<'g>(
        &'g self,
        of: &Node<'_>,
        kind: &str,
    ) -> impl Iterator<Item = &'g Node<'e>> {
        let id = of.id().clone();
        self.of(kind)
            .filter(move |node| node.id().extended().as_ref() == Some(&id))
    }

    pub(crate) fn is_production(&self) -> bool {
        self.stage == Stage::Production
    }

    pub(crate) const fn stage(&self) -> Stage {
        self.stage
    }

    pub(crate) fn has(&self, kind: &str) -> bool {
        self.by_kind.contains_key(&kind.to_ascii_lowercase())
    }
}

/// Whether a text in lower case holds the id, and not one that only starts alike.
pub(crate) fn mentions(text: &str, id: &ResourceId) -> bool {
    text.match_indices(id.key()).any(|(start, found)| {
        let next = text[start + found.len()..].chars().next();
        !next.is_some_and(|next| next.is_alphanumeric() || matches!(next, '-' | '_' | '.' | '/'))
    })
}

fn stage(nodes: &[Node<'_>]) -> Stage {
    for node in nodes {
        for tag in ["environment", "env", "stage"] {
            if let Some(text) = node.at("tags").at(tag).text() {
                return stage_named(text);
            }
        }
    }
    Stage::Unknown
}

fn stage_named(text: &str) -> Stage {
    match text.to_ascii_lowercase().as_str() {
        "local" => Stage::Local,
        "prod" | "production" | "prd" | "live" => Stage::Production,
        _ => Stage::Other,
    }
}
