//! The files of a repository as Git sees it: what it tracks, and what it does not ignore.
//!
//! Every folder is listed, in several threads. Git's rules for what to ignore are asked only about what
//! it does not track, so they are read when the first such file or folder is met. Invariant: links are not followed.

use std::ops::Range;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};

use camino::{Utf8Path, Utf8PathBuf};
use rustix::fs::{FileType, Mode, OFlags, RawDir};
use rustix::io::Errno;
use taxiway_diagnostics::{Unread, path_order, sort_paths};

use super::rules::{Rules, Surrounding};

/// More threads than this wait for each other, not for the disk.
const MOST_THREADS: usize = 8;

/// Bytes of a folder's list that are asked for at once.
const LISTING: usize = 32 << 10;

/// What was found below a folder.
#[derive(Debug, Default)]
pub(crate) struct Walked {
    /// The files, sorted by [`path_order`].
    pub(crate) files: Vec<Utf8PathBuf>,
    /// The folders that could not be listed, sorted.
    pub(crate) unread: Vec<Unread>,
}

/// The files below `root`: those that are tracked too, also where they are ignored today, as Git keeps a committed `.env`. They
/// are listed in so many threads, one of them the one that asks.
pub(crate) fn files(root: &Utf8Path, mut tracked: Vec<Utf8PathBuf>, threads: usize) -> Walked {
    sort_paths(&mut tracked);
    let walk = Walk::new(root, &tracked);
    std::thread::scope(|scope| {
        for _ in 1..threads.min(MOST_THREADS) {
            // Where the machine gives no more threads, those that there are do it.
            let started = std::thread::Builder::new().spawn_scoped(scope, || walk.work());
            if started.is_err() {
                break;
            }
        }
        walk.work();
    });
    let Walk {
        is_found, state, ..
    } = walk;
    let State {
        mut untracked,
        mut unread,
        ..
    } = state.into_inner().unwrap_or_else(PoisonError::into_inner);
    let is_found: Vec<bool> = is_found.into_iter().map(AtomicBool::into_inner).collect();
    let mut is_found = is_found.into_iter();
    // What lies in a folder that was not listed is looked for by its name.
    tracked.retain(|path| is_found.next() == Some(true) || root.join(path).is_file());
    if !untracked.is_empty() {
        tracked.append(&mut untracked);
        sort_paths(&mut tracked);
    }
    unread.sort_by(|left, right| path_order(&left.path, &right.path));
    Walked {
        files: tracked,
        unread,
    }
}

/// A walk while it goes on.
struct Walk<'w> {
    root: &'w Utf8Path,
    /// What Git tracks, sorted.
    tracked: &'w [Utf8PathBuf],
    /// Which of that was met.
    is_found: Vec<AtomicBool>,
    state: Mutex<State>,
    /// Told when there are more folders to list, or none will come any more.
    changed: Condvar,
    surrounding: Surrounding,
}

#[derive(Default)]
struct State {
    waiting: Vec<Folder>,
    /// The folders that wait, or are being listed.
    unfinished: usize,
    untracked: Vec<Utf8PathBuf>,
    unread: Vec<Unread>,
}

/// A folder to list.
struct Folder {
    /// Relative to the root.
    path: Utf8PathBuf,
    /// Which part of what Git tracks lies below it.
    tracked: Range<usize>,
    rules: Arc<Rules>,
}

impl<'w> Walk<'w> {
    fn new(root: &'w Utf8Path, tracked: &'w [Utf8PathBuf]) -> Self {
        let first = Folder {
            path: Utf8PathBuf::new(),
            tracked: 0..tracked.len(),
            rules: Arc::new(Rules::of_root(root)),
        };
        Self {
            root,
            tracked,
            is_found: tracked.iter().map(|_| AtomicBool::new(false)).collect(),
            state: Mutex::new(State {
                waiting: vec![first],
                unfinished: 1,
                ..State::default()
            }),
            changed: Condvar::new(),
            surrounding: Surrounding::new(root),
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Lists folders until there are none left, in any thread.
    fn work(&self) {
        let mut memory = Vec::with_capacity(LISTING);
        while let Some(folder) = self.next() {
            let mut listed = State::default();
            self.list(&folder, &mut listed, &mut memory);
            let mut state = self.state();
            state.unfinished += listed.waiting.len();
            state.unfinished -= 1;
            let is_news = !listed.waiting.is_empty() || state.unfinished == 0;
            state.waiting.append(&mut listed.waiting);
            state.untracked.append(&mut listed.untracked);
            state.unread.append(&mut listed.unread);
            drop(state);
            if is_news {
                self.changed.notify_all();
            }
        }
    }

    /// The next folder, when there is one; `None` when all are listed.
    fn next(&self) -> Option<Folder> {
        let mut state = self.state();
        loop {
            if let Some(folder) = state.waiting.pop() {
                return Some(folder);
            }
            if state.unfinished == 0 {
                return None;
            }
            state = self
                .changed
                .wait(state)
                .unwrap_or_else(PoisonError::into_inner);
        }
    }

    /// Lists a folder. The memory for what the system says of it is used again for the next.
    fn list(&self, folder: &Folder, listed: &mut State, memory: &mut Vec<u8>) {
        let failed = |error: Errno| {
            let is_gone = matches!(error, Errno::NOENT | Errno::NOTDIR);
            (!is_gone).then(|| Unread {
                path: folder.path.clone(),
                because: std::io::Error::from(error).to_string(),
            })
        };
        let flags = OFlags::RDONLY | OFlags::DIRECTORY | OFlags::NOFOLLOW | OFlags::CLOEXEC;
        let absolute = self.root.join(&folder.path);
        let open = match rustix::fs::open(absolute.as_std_path(), flags, Mode::empty()) {
            Ok(open) => open,
            Err(error) => return listed.unread.extend(failed(error)),
        };
        let mut entries = RawDir::new(open, memory.spare_capacity_mut());
        while let Some(entry) = entries.next() {
            let entry = match entry {
                Ok(entry) => entry,
                Err(error) => return listed.unread.extend(failed(error)),
            };
            let Ok(name) = entry.file_name().to_str() else {
                continue;
            };
            if !matches!(name, "." | "..") && !is_skipped(name) {
                self.met(folder, name, entry.file_type(), listed);
            }
        }
    }

    /// Takes what is in a folder.
    fn met(&self, folder: &Folder, name: &str, kind: FileType, listed: &mut State) {
        let kind = match kind {
            // Not every file system says it at once.
            FileType::Unknown => {
                let path = self.root.join(&folder.path).join(name);
                rustix::fs::lstat(path.as_std_path()).map_or(FileType::Unknown, |known| {
                    FileType::from_raw_mode(known.st_mode)
                })
            }
            known => known,
        };
        match kind {
            FileType::Directory => listed.waiting.extend(self.below(folder, name)),
            FileType::RegularFile | FileType::Symlink => {
                if let Some(index) = self.find(folder, name) {
                    self.is_found[index].store(true, Ordering::Relaxed);
                } else if !folder.rules.ignore(name, false, &self.surrounding) {
                    listed.untracked.push(folder.path.join(name));
                }
            }
            _ => {}
        }
    }

    /// The part of a tracked path that lies below a folder which it is in.
    fn rest<'p>(folder: &Folder, path: &'p Utf8Path) -> &'p Utf8Path {
        let length = folder.path.as_str().len();
        Utf8Path::new(&path.as_str()[if length == 0 { 0 } else { length + 1 }..])
    }

    /// Which tracked file a name in a folder is.
    fn find(&self, folder: &Folder, name: &str) -> Option<usize> {
        let own = &self.tracked[folder.tracked.clone()];
        let found =
            own.binary_search_by(|path| path_order(Self::rest(folder, path), Utf8Path::new(name)));
        found.ok().map(|index| folder.tracked.start + index)
    }

    /// A folder in a folder; `None` where Git sees nothing in it.
    fn below(&self, folder: &Folder, name: &str) -> Option<Folder> {
        let own = &self.tracked[folder.tracked.clone()];
        let start = own.partition_point(|path| {
            path_order(Self::rest(folder, path), Utf8Path::new(name)).is_lt()
        });
        let count = own[start..].partition_point(|path| {
            let rest = Self::rest(folder, path).as_str().strip_prefix(name);
            rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
        });
        let holds = |path: &Utf8PathBuf| Self::rest(folder, path).as_str().len() > name.len();
        let has_tracked = own[start..start + count].iter().any(holds);
        if !has_tracked && folder.rules.ignore(name, true, &self.surrounding) {
            return None;
        }
        // Where a folder took the place of a file, the file is not below it.
        let file = usize::from(count > 0 && !holds(&own[start]));
        let start = folder.tracked.start + start;
        Some(Folder {
            path: folder.path.join(name),
            tracked: start + file..start + count,
            rules: Arc::new(Rules::below(&folder.rules, name, !has_tracked)),
        })
    }
}

fn is_skipped(name: &str) -> bool {
    matches!(
        name,
        ".git"
            | ".hg"
            | "node_modules"
            | "__pycache__"
            | ".venv"
            | "venv"
            | ".tox"
            | ".mypy_cache"
            | ".pytest_cache"
            | ".ruff_cache"
    )
}
