//! The files of a repository, indexed once.
//!
//! Text is read when someone asks for it, and at most [`LARGEST_TEXT`] bytes of it. Invariant: paths are relative to the
//! repository, with `/`, and the repository itself is the empty path.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

use camino::{Utf8Path, Utf8PathBuf};
use taxiway_diagnostics::{Place, Sources, path_order};

use crate::python::Arena;

/// Files beyond this size are data, not something that people write.
const LARGEST_TEXT: usize = 4 << 20;

/// The files of a repository.
pub(crate) struct Repository<'s> {
    sources: &'s dyn Sources,
    /// In the order of [`path_order`].
    files: Vec<Utf8PathBuf>,
    /// The files directly in each folder that has any below it, by their index.
    folders: BTreeMap<String, Vec<usize>>,
    arena: Arena,
    texts: RefCell<BTreeMap<Utf8PathBuf, Option<Rc<str>>>>,
    warnings: RefCell<BTreeSet<String>>,
}

impl<'s> Repository<'s> {
    pub(crate) fn new(sources: &'s dyn Sources) -> Self {
        let mut files = sources.files();
        files.sort_by(|left, right| path_order(left, right));
        files.dedup();
        let mut folders: BTreeMap<String, Vec<usize>> = BTreeMap::new();
        for (index, file) in files.iter().enumerate() {
            let folder = folder_of(file.as_str());
            if let Some(known) = folders.get_mut(folder) {
                known.push(index);
                continue;
            }
            folders.insert(folder.to_owned(), vec![index]);
            let mut above = folder;
            while !above.is_empty() {
                above = folder_of(above);
                if folders.contains_key(above) {
                    break;
                }
                folders.insert(above.to_owned(), Vec::new());
            }
        }
        Self {
            sources,
            files,
            folders,
            arena: Arena::default(),
            texts: RefCell::default(),
            warnings: RefCell::default(),
        }
    }

    /// Every file, sorted.
    pub(crate) fn files(&self) -> &[Utf8PathBuf] {
        &self.files
    }

    pub(crate) fn is_file(&self, path: &Utf8Path) -> bool {
        let is_there = |path: &Utf8Path| {
            self.files
                .binary_search_by(|file| path_order(file, path))
                .is_ok()
        };
        let text = path.as_str();
        let is_plain = !text.contains("//") && !text.contains("/./") && !text.ends_with('/');
        if is_plain {
            is_there(path)
        } else {
            join("".into(), text).is_some_and(|path| is_there(&path))
        }
    }

    pub(crate) fn is_folder(&self, path: &Utf8Path) -> bool {
        self.folders
            .contains_key(path.as_str().trim_end_matches('/'))
    }

    /// The modules of the repository that were parsed, each once.
    pub(crate) fn arena(&self) -> &Arena {
        &self.arena
    }

    /// The files below a folder, at any depth, sorted.
    pub(crate) fn below<'a>(
        &'a self,
        folder: &'a Utf8Path,
    ) -> impl Iterator<Item = &'a Utf8Path> + 'a {
        let start = self
            .files
            .partition_point(|file| path_order(file, folder).is_lt());
        self.files[start..]
            .iter()
            .map(Utf8PathBuf::as_path)
            .take_while(move |file| is_in(file, folder))
    }

    /// The files in a folder itself, sorted.
    pub(crate) fn directly_in<'a>(
        &'a self,
        folder: &'a Utf8Path,
    ) -> impl Iterator<Item = &'a Utf8Path> + 'a {
        let indices = self.folders.get(folder.as_str());
        indices
            .into_iter()
            .flatten()
            .map(|index| self.files[*index].as_path())
    }

    /// The text of a file in whatever encoding it has; `None` where there is none, or it is data.
    pub(crate) fn text(&self, path: &Utf8Path) -> Option<Rc<str>> {
        if !self.is_file(path) {
            return None;
        }
        if let Some(text) = self.texts.borrow().get(path) {
            return text.clone();
        }
        let text = match self.sources.read_up_to(path, LARGEST_TEXT) {
            Ok(None) => {
                self.warn(format!("`{path}` is too large to be read"));
                None
            }
            Ok(Some(bytes)) => decode(bytes).map(Rc::from),
            Err(error) => {
                self.warn(format!("`{path}` was not read: {error}"));
                None
            }
        };
        self.texts
            .borrow_mut()
            .insert(path.to_owned(), text.clone());
        text
    }

    /// Notes what the reader of the document should know.
    pub(crate) fn warn(&self, warning: String) {
        self.warnings.borrow_mut().insert(warning);
    }

    pub(crate) fn warnings(&self) -> Vec<String> {
        self.warnings.borrow().iter().cloned().collect()
    }

    /// The first line of a file that holds `needle`.
    pub(crate) fn find(&self, path: &Utf8Path, needle: &str) -> Option<Place> {
        let text = self.text(path)?;
        let line = text.lines().position(|line| line.contains(needle))?;
        Some(at_line(path, line))
    }
}

/// The folder of a path; that of what lies at the top is empty.
fn folder_of(path: &str) -> &str {
    path.rsplit_once('/').map_or("", |(folder, _)| folder)
}

/// Whether a file lies in a folder or below, or is that path itself.
fn is_in(file: &Utf8Path, folder: &Utf8Path) -> bool {
    let rest = file.as_str().strip_prefix(folder.as_str());
    rest.is_some_and(|rest| folder.as_str().is_empty() || rest.is_empty() || rest.starts_with('/'))
}

/// The place of a line that counts from 0.
pub(crate) fn at_line(path: &Utf8Path, line: usize) -> Place {
    Place::new(path, u32::try_from(line + 1).unwrap_or(u32::MAX))
}

/// A folder as the document writes it: the repository itself is `.`.
pub(crate) fn shown(folder: &Utf8Path) -> Utf8PathBuf {
    if folder.as_str().is_empty() {
        ".".into()
    } else {
        folder.to_owned()
    }
}

/// `folder/path` without `.` and `..`; `None` where it leaves the repository.
pub(crate) fn join(folder: &Utf8Path, path: &str) -> Option<Utf8PathBuf> {
    let mut joined = Utf8PathBuf::new();
    let absolute = path.starts_with('/');
    let start = if absolute { "" } else { folder.as_str() };
    for part in start.split('/').chain(path.split('/')) {
        match part {
            "" | "." => {}
            ".." => {
                if !joined.pop() {
                    return None;
                }
            }
            name => joined.push(name),
        }
    }
    Some(joined)
}

/// Text in UTF-8 or UTF-16 with a byte order mark, UTF-16 without one, or else Windows-1252; `None` for data.
fn decode(bytes: Vec<u8>) -> Option<String> {
    if let Some((encoding, mark)) = encoding_rs::Encoding::for_bom(&bytes) {
        return Some(
            encoding
                .decode_without_bom_handling(&bytes[mark..])
                .0
                .into_owned(),
        );
    }
    let zeros = |start: usize| {
        let half = bytes.iter().skip(start).step_by(2);
        half.clone().count() > 1
            && half.take(64).filter(|byte| **byte == 0).count() * 4 > 64.min(bytes.len() / 2) * 3
    };
    if bytes.contains(&0) {
        let encoding = if zeros(1) {
            encoding_rs::UTF_16LE
        } else if zeros(0) {
            encoding_rs::UTF_16BE
        } else {
            return None;
        };
        return Some(encoding.decode_without_bom_handling(&bytes).0.into_owned());
    }
    Some(String::from_utf8(bytes).unwrap_or_else(|error| {
        encoding_rs::WINDOWS_1252
            .decode_without_bom_handling(error.as_bytes())
            .0
            .into_owned()
    }))
}

#[cfg(test)]
mod tests {
    use taxiway_diagnostics::MemorySources;

    use super::*;

    #[test]
    fn text_is_read_in_any_encoding() {
        let utf16: Vec<u8> = "Django==5.2\r\ngunicorn\r\n"
            .encode_utf16()
            .flat_map(u16::to_le_bytes)
            .collect();
        let with_mark = [vec![0xff, 0xfe], utf16.clone()].concat();
        for bytes in [utf16, with_mark, b"Django==5.2\r\ngunicorn\r\n".to_vec()] {
            assert_eq!(decode(bytes).unwrap(), "Django==5.2\r\ngunicorn\r\n");
        }
        assert_eq!(decode(b"caf\xe9".to_vec()).unwrap(), "café");
        assert_eq!(decode(vec![0, 1, 2, 3, 0, 0, 9, 9]), None);
    }

    #[test]
    fn folders_are_listed() {
        let sources = MemorySources::from_text("--- a/b/c.py\n--- a/d.py\n--- e.py\n");
        let repository = Repository::new(&sources);
        let below: Vec<_> = repository.below("a".into()).collect();
        assert_eq!(below, ["a/b/c.py", "a/d.py"]);
        let directly: Vec<_> = repository.directly_in("".into()).collect();
        assert_eq!(directly, ["e.py"]);
        assert!(repository.is_folder("a/b".into()));
    }
}
