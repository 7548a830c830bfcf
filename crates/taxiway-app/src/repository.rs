//! The files of a repository, indexed once.
//!
//! Text is read when someone asks for it, and at most [`LARGEST_TEXT`] bytes of it. Invariant: paths are relative to the
//! repository, with `/`, and the repository itself is the empty path.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};

use camino::{Utf8Path, Utf8PathBuf};
use taxiway_diagnostics::{Place, Sources, path_order, sort_paths};
use taxiway_yaml::Node;

use crate::ahead::Ahead;
use crate::evidence::yaml;
use crate::manifest::lockfile::{self, Package};
use crate::python::Source;

/// Files beyond this size are data, not something that people write.
const LARGEST_TEXT: usize = 4 << 20;

/// Texts that were looked through without a find are kept up to this, for whoever asks again.
const MOST_KEPT: usize = 12 << 20;

/// The files of a repository.
pub(crate) struct Repository<'s> {
    sources: &'s dyn Sources,
    /// In the order of [`path_order`].
    files: Vec<Utf8PathBuf>,
    /// The files directly in each folder that has any below it, by their index.
    folders: BTreeMap<String, Vec<usize>>,
    /// Those that [`Repository::descriptions`] gives, by their index.
    descriptions: OnceLock<Vec<usize>>,
    /// What was read of each file, where somebody asked.
    contents: Vec<OnceLock<Box<Content>>>,
    ahead: Ahead,
    /// Bytes of texts that were looked through.
    kept: AtomicUsize,
    warnings: Mutex<BTreeSet<String>>,
    /// Whether nobody waits for an answer any more: then no file can be read.
    is_given_up: AtomicBool,
}

/// What was read of a file, as far as somebody asked.
#[derive(Default)]
struct Content {
    text: OnceLock<Text>,
    module: OnceLock<Option<Source>>,
    table: OnceLock<Option<Arc<toml::Table>>>,
    documents: OnceLock<Arc<[Node]>>,
    versions: OnceLock<Option<BTreeMap<String, String>>>,
    packages: OnceLock<Option<Vec<Package>>>,
}

/// The text of a file, or what whoever asks for it is warned of.
struct Text {
    text: Option<String>,
    warning: Option<String>,
}

impl<'s> Repository<'s> {
    pub(crate) fn new(sources: &'s dyn Sources) -> Self {
        let mut files = sources.files();
        sort_paths(&mut files);
        let unread = sources.unread().into_iter().map(|unread| {
            format!(
                "the folder `{}` cannot be read: {}",
                unread.path, unread.because
            )
        });
        Self {
            sources,
            folders: folders(&files),
            descriptions: OnceLock::new(),
            contents: files.iter().map(|_| OnceLock::new()).collect(),
            files,
            ahead: Ahead::default(),
            kept: AtomicUsize::new(0),
            warnings: Mutex::new(unread.collect()),
            is_given_up: AtomicBool::new(false),
        }
    }

    /// Makes every file one that can't be read, so that whoever asks comes to an end soon.
    pub(crate) fn give_up(&self) {
        self.is_given_up.store(true, Ordering::Relaxed);
    }

    /// The repository with other files; of those with the same path, what was read is kept.
    pub(crate) fn over<'t>(self, sources: &'t dyn Sources) -> Repository<'t> {
        let mut repository = Repository::new(sources);
        let mut known = self.files.iter().zip(self.contents).peekable();
        for (file, content) in repository.files.iter().zip(&mut repository.contents) {
            while known
                .next_if(|(other, _)| path_order(other, file).is_lt())
                .is_some()
            {}
            if let Some((_, read)) = known.next_if(|(other, _)| *other == file) {
                *content = read;
            }
        }
        repository.kept = self.kept;
        repository
    }

    /// Every file, sorted.
    pub(crate) fn files(&self) -> &[Utf8PathBuf] {
        &self.files
    }

    /// The files that may say how something is built, run or deployed, sorted: all but what is a program, a page, a style, a
    /// picture, a font, a translation or a text for people by its name.
    pub(crate) fn descriptions(&self) -> impl Iterator<Item = &Utf8Path> {
        let chosen = self.descriptions.get_or_init(|| {
            let files = self.files.iter().enumerate();
            let chosen = files.filter(|(_, file)| !is_program_or_page(file));
            chosen.map(|(index, _)| index).collect()
        });
        chosen.iter().map(|index| self.files[*index].as_path())
    }

    pub(crate) fn is_file(&self, path: &Utf8Path) -> bool {
        self.index(path).is_some()
    }

    /// Which file a path means, however it is written.
    fn index(&self, path: &Utf8Path) -> Option<usize> {
        let search = |path: &Utf8Path| {
            self.files
                .binary_search_by(|file| path_order(file, path))
                .ok()
        };
        let text = path.as_str();
        let is_plain = !text.contains("//") && !text.contains("/./") && !text.ends_with('/');
        if is_plain {
            search(path)
        } else {
            search(&join("".into(), text)?)
        }
    }

    pub(crate) fn is_folder(&self, path: &Utf8Path) -> bool {
        self.folders
            .contains_key(path.as_str().trim_end_matches('/'))
    }

    /// The way to the thread that reads ahead.
    pub(crate) fn ahead(&self) -> &Ahead {
        &self.ahead
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
    pub(crate) fn directly_in(
        &self,
        folder: &Utf8Path,
    ) -> impl Iterator<Item = &Utf8Path> + use<'_, 's> {
        let indices = self.folders.get(folder.as_str());
        indices
            .into_iter()
            .flatten()
            .map(|index| self.files[*index].as_path())
    }

    /// The text of a file in whatever encoding it has; `None` where there is none, or it is data.
    pub(crate) fn text(&self, path: &Utf8Path) -> Option<&str> {
        let text = self.content(path)?.text(self, path);
        if let Some(warning) = &text.warning {
            self.warn(warning.clone());
        }
        text.text.as_deref()
    }

    /// Whether a file holds what is looked for. Of files that do not, only so much is kept in memory.
    pub(crate) fn holds(&self, path: &Utf8Path, is_there: impl FnOnce(&str) -> bool) -> bool {
        let Some(content) = self.content(path) else {
            return false;
        };
        if content.text.get().is_some() {
            return self.text(path).is_some_and(is_there);
        }
        let read = self.read(path);
        let is_held = read.text.as_deref().is_some_and(is_there);
        let length = read.text.as_ref().map_or(0, String::len);
        let is_small = self.kept.fetch_add(length, Ordering::Relaxed) < MOST_KEPT;
        if let Some(warning) = &read.warning {
            self.warn(warning.clone());
        }
        if is_held || is_small {
            // Where another thread was first, it read the same.
            let _same = content.text.set(read);
        }
        is_held
    }

    fn content(&self, path: &Utf8Path) -> Option<&Content> {
        if self.is_given_up.load(Ordering::Relaxed) {
            return None;
        }
        let content = &self.contents[self.index(path)?];
        Some(content.get_or_init(Box::default))
    }

    fn read(&self, path: &Utf8Path) -> Text {
        let (text, warning) = match self.sources.read_up_to(path, LARGEST_TEXT) {
            Ok(Some(bytes)) => (decode(bytes), None),
            Ok(None) => (None, Some(format!("`{path}` is too large to be read"))),
            Err(error) => (None, Some(format!("`{path}` was not read: {error}"))),
        };
        Text { text, warning }
    }

    /// A module, parsed once; `None` where the file can't be one that people wrote.
    pub(crate) fn module(&self, path: &Utf8Path) -> Option<&Source> {
        self.text(path)?;
        self.parsed(path)
    }

    /// A module as [`Repository::module`] gives it, for somebody who may not need it.
    pub(crate) fn parsed(&self, path: &Utf8Path) -> Option<&Source> {
        let content = self.content(path)?;
        let parse = || Source::parse(content.text(self, path).text.as_deref()?);
        content.module.get_or_init(parse).as_ref()
    }

    /// A TOML file, parsed once; one that is none is warned of.
    pub(crate) fn toml(&self, path: &Utf8Path) -> Option<Arc<toml::Table>> {
        let text = self.text(path)?;
        let table = &self.content(path)?.table;
        let table = table.get_or_init(|| text.parse().ok().map(Arc::new));
        if table.is_none() {
            self.warn(format!("`{path}` is no valid TOML"));
        }
        table.clone()
    }

    /// The documents of a YAML file, parsed once; none where it is no YAML.
    pub(crate) fn yaml(&self, path: &Utf8Path) -> Arc<[Node]> {
        self.text(path);
        let content = self.content(path);
        content.map_or_else(Arc::default, |content| {
            content.documents(self, path).clone()
        })
    }

    /// The distributions of a lock file, read once; one that can't be read is warned of.
    pub(crate) fn packages(&self, path: &Utf8Path) -> &[Package] {
        self.text(path);
        let content = self.content(path);
        match content.map(|content| content.packages(self, path)) {
            Some(Some(packages)) => packages,
            Some(None) => {
                self.warn(format!("`{path}` is no valid TOML"));
                &[]
            }
            None => &[],
        }
    }

    /// The versions in a lock, where its lines tell them.
    pub(crate) fn locked_versions(&self, path: &Utf8Path) -> Option<&BTreeMap<String, String>> {
        self.text(path);
        self.content(path)?.versions(self, path).as_ref()
    }

    /// Reads a lock or a YAML file for somebody who may ask for it.
    pub(crate) fn prepare(&self, path: &Utf8Path) {
        let Some(content) = self.content(path) else {
            return;
        };
        if lockfile::is_lock(name_of(path)) {
            if content.versions(self, path).is_none() {
                content.packages(self, path);
            }
        } else {
            content.documents(self, path);
        }
    }

    /// Notes what the reader of the document should know.
    pub(crate) fn warn(&self, warning: String) {
        self.known_warnings().insert(warning);
    }

    pub(crate) fn warnings(&self) -> Vec<String> {
        self.known_warnings().iter().cloned().collect()
    }

    fn known_warnings(&self) -> MutexGuard<'_, BTreeSet<String>> {
        self.warnings.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The first line of a file that holds `needle`.
    pub(crate) fn find(&self, path: &Utf8Path, needle: &str) -> Option<Place> {
        let text = self.text(path)?;
        let line = text.lines().position(|line| line.contains(needle))?;
        Some(at_line(path, line))
    }
}

impl Content {
    fn text(&self, repository: &Repository<'_>, path: &Utf8Path) -> &Text {
        self.text.get_or_init(|| repository.read(path))
    }

    fn documents(&self, repository: &Repository<'_>, path: &Utf8Path) -> &Arc<[Node]> {
        self.documents.get_or_init(|| {
            let text = self.text(repository, path).text.as_deref();
            text.map(yaml::documents).unwrap_or_default().into()
        })
    }

    fn versions(
        &self,
        repository: &Repository<'_>,
        path: &Utf8Path,
    ) -> &Option<BTreeMap<String, String>> {
        self.versions.get_or_init(|| {
            let text = self.text(repository, path).text.as_deref();
            text.and_then(|text| lockfile::listed_versions(text, path))
        })
    }

    fn packages(&self, repository: &Repository<'_>, path: &Utf8Path) -> &Option<Vec<Package>> {
        self.packages.get_or_init(|| {
            let text = self.text(repository, path).text.as_deref();
            text.map_or_else(|| Some(Vec::new()), |text| lockfile::packages(text, path))
        })
    }
}

/// Whether the ending of a name says that the file describes neither how something is built nor how it is run.
fn is_program_or_page(file: &Utf8Path) -> bool {
    const ENDINGS: [&str; 35] = [
        "py", "pyi", "js", "mjs", "cjs", "jsx", "ts", "tsx", "vue", "svelte", "html", "htm", "css",
        "scss", "sass", "less", "map", "po", "mo", "pot", "png", "jpg", "jpeg", "gif", "svg",
        "ico", "webp", "woff", "woff2", "ttf", "otf", "eot", "md", "rst", "pdf",
    ];
    let ending = file.as_str().rsplit_once('.');
    ending.is_some_and(|(_, ending)| ENDINGS.contains(&ending)) && !is_named(file, "noxfile.py")
}

/// The indices of the files in each folder, and the folders that hold only folders.
fn folders(files: &[Utf8PathBuf]) -> BTreeMap<String, Vec<usize>> {
    let mut folders: BTreeMap<String, Vec<usize>> = BTreeMap::new();
    // What lies in one folder mostly stands together.
    let mut files = files.iter().enumerate().peekable();
    while let Some((index, file)) = files.next() {
        let folder = folder_of(file).as_str();
        let mut own = vec![index];
        while let Some((index, _)) = files.next_if(|(_, file)| folder_of(file).as_str() == folder) {
            own.push(index);
        }
        if let Some(known) = folders.get_mut(folder) {
            known.append(&mut own);
            continue;
        }
        folders.insert(folder.to_owned(), own);
        let mut above = Utf8Path::new(folder);
        while !above.as_str().is_empty() {
            above = folder_of(above);
            if folders.contains_key(above.as_str()) {
                break;
            }
            folders.insert(above.as_str().to_owned(), Vec::new());
        }
    }
    folders
}

// The paths of a repository are written without `.`, `..` and doubled `/`, so their parts are what lies between the `/`. This
// is what `camino` says of them too, after it has looked at every byte for what can't be there.

/// The folder of a path; that of what lies at the top is empty.
pub(crate) fn folder_of(path: &Utf8Path) -> &Utf8Path {
    let folder = path.as_str().rsplit_once('/');
    Utf8Path::new(folder.map_or("", |(folder, _)| folder))
}

/// The last part of a path.
pub(crate) fn name_of(path: &Utf8Path) -> &str {
    let path = path.as_str();
    path.rsplit_once('/').map_or(path, |(_, name)| name)
}

/// Whether the last part of a path is this.
pub(crate) fn is_named(path: &Utf8Path, name: &str) -> bool {
    let folder = path.as_str().strip_suffix(name);
    folder.is_some_and(|folder| folder.is_empty() || folder.ends_with('/'))
}

/// The parts of a path.
pub(crate) fn parts_of(path: &Utf8Path) -> impl Iterator<Item = &str> {
    path.as_str().split('/')
}

/// A path as seen from a folder that it is in, or else as it is.
pub(crate) fn seen_from<'p>(folder: &Utf8Path, path: &'p Utf8Path) -> &'p Utf8Path {
    if folder.as_str().is_empty() || !is_in(path, folder) {
        return path;
    }
    let rest = &path.as_str()[folder.as_str().len()..];
    Utf8Path::new(rest.trim_start_matches('/'))
}

/// Whether a file is a module of Python, by its name.
pub(crate) fn is_python(file: &Utf8Path) -> bool {
    file.as_str().ends_with(".py")
}

/// Whether a file lies in a folder or below, or is that path itself.
pub(crate) fn is_in(file: &Utf8Path, folder: &Utf8Path) -> bool {
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
    fn descriptions_are_neither_programs_nor_pages() {
        let sources = MemorySources::from_text(
            "--- Dockerfile\n--- bin/start\n--- noxfile.py\n--- shop/views.py\n--- shop/logo.png\n--- uv.lock\n--- ci.py/job\n",
        );
        let repository = Repository::new(&sources);
        let descriptions: Vec<_> = repository.descriptions().collect();
        assert_eq!(
            descriptions,
            [
                "Dockerfile",
                "bin/start",
                "ci.py/job",
                "noxfile.py",
                "uv.lock"
            ]
        );
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
