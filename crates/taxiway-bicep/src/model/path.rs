//! Paths between files: always with `/`, without `.` and `..` where they can be resolved.

use camino::{Utf8Component, Utf8Path, Utf8PathBuf};

/// The file that `reference`, written in the file `from`, names.
pub(crate) fn join(from: &Utf8Path, reference: &str) -> Utf8PathBuf {
    let folder = from.parent().unwrap_or_else(|| Utf8Path::new(""));
    normalise(&folder.join(reference.replace('\\', "/")))
}

fn normalise(path: &Utf8Path) -> Utf8PathBuf {
    let mut out = Utf8PathBuf::new();
    for component in path.components() {
        match component {
            Utf8Component::CurDir => {}
            Utf8Component::ParentDir => {
                let ends_in_name = out
                    .components()
                    .next_back()
                    .is_some_and(|last| matches!(last, Utf8Component::Normal(_)));
                if ends_in_name {
                    out.pop();
                } else {
                    out.push("..");
                }
            }
            other => out.push(other.as_str()),
        }
    }
    out
}

/// The path of the file `to`, as seen from the folder of the file `from`.
pub(crate) fn relative(from: &Utf8Path, to: &Utf8Path) -> String {
    let from: Vec<_> = from
        .parent()
        .map_or_else(Vec::new, |folder| folder.components().collect());
    let to: Vec<_> = to.components().collect();
    let common = from
        .iter()
        .zip(&to)
        .take_while(|(left, right)| left == right)
        .count();
    let mut parts = vec![".."; from.len() - common];
    parts.extend(to[common..].iter().map(Utf8Component::as_str));
    parts.join("/")
}

/// What is wrong with a path of a file as it is written, with the official code.
pub(crate) fn wrong(reference: &str) -> Option<(&'static str, String)> {
    if reference.is_empty() {
        return Some(("BCP050", "the path is empty".to_owned()));
    }
    if reference.starts_with('/') {
        let message = format!("`{reference}` is absolute; files are named relative to this one");
        return Some(("BCP051", message));
    }
    if reference.contains('\\') {
        let message = format!("`{reference}` has `\\` in it; folders are separated by `/`");
        return Some(("BCP098", message));
    }
    if reference.contains(['"', '*', ':', '<', '>', '?', '|']) {
        let message = format!("`{reference}` has letters that no path of a file has");
        return Some(("BCP085", message));
    }
    if reference.ends_with([' ', '.']) && !reference.ends_with("..") {
        let message = format!("`{reference}` ends with a letter that no path of a file ends with");
        return Some(("BCP086", message));
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn references_are_relative_to_the_file_that_holds_them() {
        assert_eq!(
            join("infra/main.bicep".into(), "./modules/../web.bicep"),
            "infra/web.bicep"
        );
        assert_eq!(join("main.bicep".into(), "../x.bicep"), "../x.bicep");
        assert_eq!(
            relative("a/b/main.bicep".into(), "a/c/x.bicep".into()),
            "../c/x.bicep"
        );
    }
}
