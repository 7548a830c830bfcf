//! The one door through which the engines read files.

use std::cmp::Ordering;
use std::collections::BTreeMap;
use std::io::{self, Read as _};

use camino::{Utf8Path, Utf8PathBuf};

/// Why a file could not be read.
#[derive(Debug)]
pub enum ReadError {
    /// There is no such file.
    NotFound,
    /// It is there, and cannot be read.
    Failed(io::Error),
}

impl std::fmt::Display for ReadError {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::NotFound => formatter.write_str("there is no such file"),
            Self::Failed(error) => write!(formatter, "it cannot be read: {error}"),
        }
    }
}

impl std::error::Error for ReadError {}

/// A folder of which it is not known what is in it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unread {
    /// The folder, relative to the root.
    pub path: Utf8PathBuf,
    /// Why it was not listed.
    pub because: String,
}

/// Files by path. Paths are relative to one root (a repository) with `/`, or absolute for files outside of it. Several threads
/// may read at once.
pub trait Sources: Sync {
    /// The bytes of a file.
    ///
    /// # Errors
    /// [`ReadError`] where there is none, or it cannot be read.
    fn read(&self, path: &Utf8Path) -> Result<Vec<u8>, ReadError>;

    /// The bytes of a file that has at most `most` of them; `None` where it has more.
    ///
    /// # Errors
    /// As [`Sources::read`].
    fn read_up_to(&self, path: &Utf8Path, most: usize) -> Result<Option<Vec<u8>>, ReadError> {
        self.read(path)
            .map(|bytes| (bytes.len() <= most).then_some(bytes))
    }

    /// Every file, relative to the root, sorted; what Git ignores may be left out.
    fn files(&self) -> Vec<Utf8PathBuf>;

    /// The folders whose files are missing from [`Sources::files`], since they could not be listed.
    fn unread(&self) -> Vec<Unread> {
        Vec::new()
    }

    /// Whether there is such a file.
    fn is_file(&self, path: &Utf8Path) -> bool {
        self.read(path).is_ok()
    }

    /// The text of a file in UTF-8, without a byte order mark.
    ///
    /// # Errors
    /// As [`Sources::read`]; text that is not UTF-8 is [`ReadError::Failed`].
    fn read_text(&self, path: &Utf8Path) -> Result<String, ReadError> {
        let text = String::from_utf8(self.read(path)?).map_err(|error| {
            ReadError::Failed(io::Error::new(io::ErrorKind::InvalidData, error))
        })?;
        let unmarked = text.strip_prefix('\u{feff}').map(str::to_owned);
        Ok(unmarked.unwrap_or(text))
    }
}

/// Files that exist in memory only.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct MemorySources {
    files: BTreeMap<Utf8PathBuf, Vec<u8>>,
}

impl MemorySources {
    /// No files.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a file, or replaces it.
    pub fn insert(&mut self, path: impl Into<Utf8PathBuf>, content: impl Into<Vec<u8>>) {
        self.files.insert(path.into(), content.into());
    }

    /// Several files out of one text: each starts with a line `--- path`; what stands before the first is a comment.
    pub fn from_text(text: &str) -> Self {
        let mut sources = Self::new();
        let mut current: Option<(Utf8PathBuf, String)> = None;
        for line in text.split_inclusive('\n') {
            if let Some(path) = line.strip_prefix("--- ") {
                if let Some((path, content)) = current.take() {
                    sources.insert(path, content);
                }
                current = Some((path.trim_end().into(), String::new()));
            } else if let Some((_, content)) = &mut current {
                content.push_str(line);
            }
        }
        if let Some((path, content)) = current {
            sources.insert(path, content);
        }
        sources
    }
}

impl<P: Into<Utf8PathBuf>, C: Into<Vec<u8>>> FromIterator<(P, C)> for MemorySources {
    fn from_iter<I: IntoIterator<Item = (P, C)>>(files: I) -> Self {
        Self {
            files: files
                .into_iter()
                .map(|(path, content)| (path.into(), content.into()))
                .collect(),
        }
    }
}

impl Sources for MemorySources {
    fn read(&self, path: &Utf8Path) -> Result<Vec<u8>, ReadError> {
        self.files.get(path).cloned().ok_or(ReadError::NotFound)
    }

    fn files(&self) -> Vec<Utf8PathBuf> {
        self.files.keys().cloned().collect()
    }

    fn is_file(&self, path: &Utf8Path) -> bool {
        self.files.contains_key(path)
    }
}

/// Files below a folder of this machine.
///
/// The list of files is given by whoever walked the folder, so that Git's ignore rules and limits stay at the edge.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DiskSources {
    root: Utf8PathBuf,
    /// In the order of [`path_order`], each once.
    listed: Vec<Utf8PathBuf>,
    unread: Vec<Unread>,
}

/// The order of paths by their parts: a folder, what is below it, then what only begins like it. Both are written without
/// `.`, `..` and doubled `/`.
pub fn path_order(left: &Utf8Path, right: &Utf8Path) -> Ordering {
    // `/` ends a part, so it comes before everything that may go on with one.
    let key = |byte: &u8| if *byte == b'/' { 0 } else { *byte };
    let (mut left, mut right) = (left.as_str().as_bytes(), right.as_str().as_bytes());
    // Most of two paths that are compared is the same: it is skipped in words, not bytes.
    while let (Some((first, rest)), Some((other, other_rest))) = (
        left.split_first_chunk::<8>(),
        right.split_first_chunk::<8>(),
    ) && first == other
    {
        (left, right) = (rest, other_rest);
    }
    let differs = left.iter().zip(right).find(|(left, right)| left != right);
    match differs {
        Some((left, right)) => key(left).cmp(&key(right)),
        None => left.len().cmp(&right.len()),
    }
}

/// Brings paths into the order of [`path_order`], each once. Most lists are in that order already, and then nothing is moved.
pub fn sort_paths(paths: &mut Vec<Utf8PathBuf>) {
    let is_sorted = paths
        .windows(2)
        .all(|pair| path_order(&pair[0], &pair[1]) == Ordering::Less);
    if !is_sorted {
        paths.sort_by(|left, right| path_order(left, right));
        // By their letters: to compare paths part by part takes many times as long.
        paths.dedup_by(|left, right| left.as_str() == right.as_str());
    }
}

impl DiskSources {
    /// The folder `root`, of which `listed` are the files to know about.
    pub fn new(
        root: impl Into<Utf8PathBuf>,
        listed: impl IntoIterator<Item = Utf8PathBuf>,
    ) -> Self {
        let mut listed: Vec<Utf8PathBuf> = listed.into_iter().collect();
        sort_paths(&mut listed);
        Self {
            root: root.into(),
            listed,
            unread: Vec::new(),
        }
    }

    /// The same, where some folders could not be listed.
    #[must_use]
    pub fn without(mut self, unread: Vec<Unread>) -> Self {
        self.unread = unread;
        self
    }

    /// The folder.
    pub fn root(&self) -> &Utf8Path {
        &self.root
    }

    /// The path and the length of a regular file. Of what is none, such as a pipe or a device, nothing is read: it may have no
    /// end.
    fn regular_file(&self, path: &Utf8Path) -> Result<(Utf8PathBuf, u64), ReadError> {
        let path = self.root.join(path);
        let metadata = std::fs::metadata(&path).map_err(failed)?;
        if metadata.is_file() {
            Ok((path, metadata.len()))
        } else {
            Err(ReadError::NotFound)
        }
    }
}

fn failed(error: io::Error) -> ReadError {
    match error.kind() {
        io::ErrorKind::NotFound | io::ErrorKind::NotADirectory | io::ErrorKind::IsADirectory => {
            ReadError::NotFound
        }
        _ => ReadError::Failed(error),
    }
}

impl Sources for DiskSources {
    fn read(&self, path: &Utf8Path) -> Result<Vec<u8>, ReadError> {
        let (path, _) = self.regular_file(path)?;
        std::fs::read(path).map_err(failed)
    }

    fn read_up_to(&self, path: &Utf8Path, most: usize) -> Result<Option<Vec<u8>>, ReadError> {
        let (path, length) = self.regular_file(path)?;
        let Some(size) = usize::try_from(length).ok().filter(|size| *size <= most) else {
            return Ok(None);
        };
        let mut bytes = Vec::with_capacity(size);
        // What is appended meanwhile is left for the next reading.
        std::fs::File::open(&path)
            .and_then(|file| file.take(length).read_to_end(&mut bytes))
            .map_err(failed)?;
        Ok(Some(bytes))
    }

    fn files(&self) -> Vec<Utf8PathBuf> {
        self.listed.clone()
    }

    fn unread(&self) -> Vec<Unread> {
        self.unread.clone()
    }

    fn is_file(&self, path: &Utf8Path) -> bool {
        let is_listed = self.listed.binary_search_by(|own| path_order(own, path));
        is_listed.is_ok() || self.root.join(path).is_file()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_path_stays_once() {
        let mut paths: Vec<Utf8PathBuf> = ["a-b", "a/b", "b", "a/b", "a"].map(Into::into).into();
        sort_paths(&mut paths);
        assert_eq!(paths, ["a", "a/b", "a-b", "b"]);
        sort_paths(&mut paths);
        assert_eq!(paths, ["a", "a/b", "a-b", "b"]);
        let mut twice: Vec<Utf8PathBuf> = ["a", "a"].map(Into::into).into();
        sort_paths(&mut twice);
        assert_eq!(twice, ["a"]);
    }

    #[test]
    fn paths_are_ordered_by_their_parts() {
        let mut paths = [
            "a-b/c", "a/b", "a", "ab", "a.py", "a/b/c", "a/b.py", "", "b",
        ]
        .map(Utf8Path::new);
        let mut expected = paths;
        expected.sort_unstable();
        paths.sort_unstable_by(|left, right| path_order(left, right));
        assert_eq!(paths, expected);
    }

    #[test]
    fn one_text_holds_several_files() {
        let sources = MemorySources::from_text("# why\n--- a.py\nx = 1\n--- b/c.py\ny = 2\n");
        assert_eq!(sources.files(), ["a.py", "b/c.py"]);
        assert_eq!(sources.read_text("a.py".into()).unwrap(), "x = 1\n");
    }

    #[test]
    fn a_byte_order_mark_is_not_text() {
        let sources: MemorySources = [("a", "\u{feff}x")].into_iter().collect();
        assert_eq!(sources.read_text("a".into()).unwrap(), "x");
    }
}
