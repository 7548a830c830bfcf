//! YAML that people left in a repository.

use taxiway_yaml::Node;

/// No file that says how to run something is larger; locks of npm are, and nobody asks for them here.
const MOST_BYTES: usize = 1 << 20;

/// The first document of a text; `None` where it is no YAML.
pub(crate) fn parse(text: &str) -> Option<Node> {
    documents(text).into_iter().next()
}

/// All documents of a text; none where it is no YAML.
pub(crate) fn documents(text: &str) -> Vec<Node> {
    if text.len() > MOST_BYTES {
        return Vec::new();
    }
    taxiway_yaml::documents(text).unwrap_or_default()
}

/// A command as text: a scalar, or a list of words.
pub(crate) fn command(node: &Node) -> Option<String> {
    if let Some(text) = node.text() {
        return Some(text.to_owned());
    }
    let words: Vec<&str> = node.items().iter().filter_map(Node::text).collect();
    // A list of one text with spaces is a script, which the image's entry point gives to a shell.
    if let [script] = &*words
        && script.trim().contains(' ')
    {
        return Some((*script).to_owned());
    }
    let json = serde_json::to_string(&words).ok()?;
    (!words.is_empty()).then(|| super::dockerfile::as_shell(&json))
}
