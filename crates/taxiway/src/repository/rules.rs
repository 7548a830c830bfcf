//! Git's rules for what to ignore, folder by folder, read when somebody asks.

use std::sync::{Arc, OnceLock};

use camino::{Utf8Path, Utf8PathBuf};
use ignore::Match;
use ignore::gitignore::{Gitignore, GitignoreBuilder};

/// The rules that hold in a folder.
pub(super) struct Rules {
    /// The folder, absolute.
    folder: Utf8PathBuf,
    above: Option<Arc<Rules>>,
    /// `.gitignore` of the folder.
    own: OnceLock<Gitignore>,
    /// `info/exclude` of the repository that begins in the folder.
    exclude: OnceLock<Gitignore>,
    /// Whether the folder itself is ignored, and with it all that Git does not track in it.
    is_ignored: OnceLock<bool>,
}

/// The user's rules for all repositories.
pub(super) struct Surrounding {
    root: Utf8PathBuf,
    user: OnceLock<Gitignore>,
}

impl Surrounding {
    pub(super) fn new(root: &Utf8Path) -> Self {
        Self {
            root: root.to_owned(),
            user: OnceLock::new(),
        }
    }

    fn user(&self) -> &Gitignore {
        self.user
            .get_or_init(|| GitignoreBuilder::new(&self.root).build_global().0)
    }
}

impl Rules {
    pub(super) fn of_root(root: &Utf8Path) -> Self {
        Self {
            folder: root.to_owned(),
            above: None,
            own: OnceLock::new(),
            exclude: OnceLock::new(),
            is_ignored: OnceLock::from(false),
        }
    }

    /// The rules in a folder below, which `is_known` not to be ignored.
    pub(super) fn below(above: &Arc<Self>, name: &str, is_known: bool) -> Self {
        Self {
            folder: above.folder.join(name),
            above: Some(above.clone()),
            own: OnceLock::new(),
            exclude: OnceLock::new(),
            is_ignored: if is_known {
                OnceLock::from(false)
            } else {
                OnceLock::new()
            },
        }
    }

    /// Whether what has this name in the folder is ignored, unless Git tracks it.
    pub(super) fn ignore(&self, name: &str, is_folder: bool, surrounding: &Surrounding) -> bool {
        self.is_ignored(surrounding) || self.matches(name, is_folder, surrounding)
    }

    fn is_ignored(&self, surrounding: &Surrounding) -> bool {
        *self.is_ignored.get_or_init(|| {
            let name = self.folder.file_name().unwrap_or_default();
            self.above
                .as_ref()
                .is_some_and(|above| above.ignore(name, true, surrounding))
        })
    }

    /// What the nearest rule says: a `.gitignore` before `info/exclude` before the user's own.
    fn matches(&self, name: &str, is_folder: bool, surrounding: &Surrounding) -> bool {
        let path = self.folder.join(name);
        let levels = || std::iter::successors(Some(self), |rules| rules.above.as_deref());
        levels()
            .map(Self::own)
            .chain(levels().map(Self::exclude))
            .chain(std::iter::once_with(|| surrounding.user()))
            .find_map(|rules| match rules.matched(&path, is_folder) {
                Match::None => None,
                Match::Ignore(_) => Some(true),
                Match::Whitelist(_) => Some(false),
            })
            .unwrap_or(false)
    }

    fn own(&self) -> &Gitignore {
        self.own
            .get_or_init(|| read(&self.folder, &self.folder.join(".gitignore")))
    }

    fn exclude(&self) -> &Gitignore {
        self.exclude.get_or_init(|| {
            common_folder(&self.folder.join(".git")).map_or_else(Gitignore::empty, |git| {
                read(&self.folder, &git.join("info/exclude"))
            })
        })
    }
}

/// The rules in a file, for a folder; none where there is no such file, and without those lines that are no rules.
fn read(folder: &Utf8Path, file: &Utf8Path) -> Gitignore {
    if !file.is_file() {
        return Gitignore::empty();
    }
    let mut builder = GitignoreBuilder::new(folder);
    let _unreadable = builder.add(file);
    builder.build().unwrap_or_else(|_| Gitignore::empty())
}

/// Where a repository keeps what its worktrees share: `.git`, or what a file of this name points to. Source:
/// gitrepository-layout(5).
fn common_folder(git: &Utf8Path) -> Option<Utf8PathBuf> {
    let kind = std::fs::metadata(git).ok()?;
    if kind.is_dir() {
        return Some(git.to_owned());
    }
    let pointer = std::fs::read_to_string(git)
        .ok()
        .filter(|_| kind.is_file())?;
    let own = git.parent()?.join(pointer.strip_prefix("gitdir:")?.trim());
    let shared = std::fs::read_to_string(own.join("commondir")).ok();
    Some(shared.map_or_else(|| own.clone(), |shared| own.join(shared.trim())))
}
