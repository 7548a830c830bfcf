//! The user's repository as files: what Git would track, read from disk.

mod index;
mod rules;
pub(crate) mod walk;

use std::mem::ManuallyDrop;
use std::num::NonZero;
use std::sync::OnceLock;
use std::thread::ScopedJoinHandle;

use camino::{Utf8Path, Utf8PathBuf};
use taxiway_app::{App, Reader};
use taxiway_blueprint::Handwritten;
use taxiway_diagnostics::DiskSources;

use crate::failure::Failure;
use crate::programs;

/// Files that say: a project starts here.
const MANIFESTS: [&str; 6] = [
    "manage.py",
    "pyproject.toml",
    "requirements.txt",
    "Pipfile",
    "setup.py",
    "setup.cfg",
];

/// The root of the project that `folder` lies in: the nearest folder upwards with `taxiway.toml`; else `folder` itself where
/// it is named or has a manifest; else the Git repository around it, or what has a `.github` folder.
///
/// # Errors
/// [`Failure`] where `folder` is not a folder that can be read.
pub(crate) fn root(folder: Option<&Utf8Path>) -> Result<Utf8PathBuf, Failure> {
    let given = folder.unwrap_or(Utf8Path::new("."));
    let start = given
        .canonicalize_utf8()
        .map_err(|error| Failure::usage(format!("`{given}` cannot be read")).because(&error))?;
    if !start.is_dir() {
        return Err(Failure::usage(format!("`{given}` is not a folder"))
            .next("name one", "taxiway -C FOLDER …"));
    }
    Ok(root_above(&start, folder.is_some()).to_owned())
}

/// The root of the project that a folder lies in, which is one itself where it was named as such.
pub(crate) fn root_above(start: &Utf8Path, is_named: bool) -> &Utf8Path {
    let above = |marker: &str| {
        start
            .ancestors()
            .find(|folder| folder.join(marker).exists())
    };
    let is_project = is_named
        || MANIFESTS
            .iter()
            .any(|manifest| start.join(manifest).is_file());
    match above("taxiway.toml") {
        Some(configured) => configured,
        None if is_project => start,
        None => above(".git").or_else(|| above(".github")).unwrap_or(start),
    }
}

/// The files below `root` that Git tracks or would track, `.taxiway/` included.
pub(crate) fn sources(root: &Utf8Path) -> DiskSources {
    let tracked = index(root).unwrap_or_else(|| asked(root));
    listed(root, tracked, processors())
}

/// The files below `root`, and what they are.
///
/// Mostly there are those that Git's index has, and no others. So these are read while the folders are listed, and where there
/// are others, the reading goes on over those.
pub(crate) fn read(root: &Utf8Path) -> (DiskSources, App) {
    let tracked = index(root).filter(|tracked| !tracked.is_empty() && processors() > 1);
    let Some(tracked) = tracked else {
        let sources = sources(root);
        let app = leave(Reader::new(&Handwritten::new(&sources)), Reader::read);
        return (sources, app);
    };
    let likely = DiskSources::new(root, tracked.iter().cloned());
    let handwritten = Handwritten::new(&likely);
    let early = Reader::new(&handwritten);
    let (listing, app) = std::thread::scope(|scope| {
        let list = || {
            // Another processor reads.
            let sources = listed(root, tracked, processors() - 1);
            if sources != likely {
                early.give_up();
            }
            sources
        };
        // A machine may have no more threads to give.
        let listing = std::thread::Builder::new().spawn_scoped(scope, list).ok();
        let app = early.read();
        (listing.map(ScopedJoinHandle::join), app)
    });
    let sources = match listing {
        Some(listed) => listed.unwrap_or_else(|panic| std::panic::resume_unwind(panic)),
        None => sources(root),
    };
    let app = if sources == likely {
        leave(early, |_| app)
    } else {
        leave(early.over(&Handwritten::new(&sources)), Reader::read)
    };
    (sources, app)
}

/// Uses a reader, and leaves its memory to the process: to give back one piece of syntax after the other takes a tenth of the
/// time that the reading takes.
fn leave<'s, T>(reader: Reader<'s>, use_it: impl FnOnce(&Reader<'s>) -> T) -> T {
    use_it(&ManuallyDrop::new(reader))
}

/// Lists what is below `root`, in so many threads.
fn listed(root: &Utf8Path, tracked: Vec<Utf8PathBuf>, threads: usize) -> DiskSources {
    let walked = walk::files(root, tracked, threads);
    DiskSources::new(root, walked.files).without(walked.unread)
}

/// What Git tracks, as its index says; `None` where there is none that can be read, as in a folder below the repository's own.
fn index(root: &Utf8Path) -> Option<Vec<Utf8PathBuf>> {
    let index = std::fs::read(root.join(".git/index")).ok()?;
    index::tracked(&index)
}

/// What Git tracks, as Git itself says.
fn asked(root: &Utf8Path) -> Vec<Utf8PathBuf> {
    let is_in_repository = root.ancestors().any(|above| above.join(".git").exists());
    if is_in_repository {
        programs::tracked(root)
    } else {
        Vec::new()
    }
}

/// How many processors there are; to ask takes the time of reading a file or two.
fn processors() -> usize {
    static KNOWN: OnceLock<usize> = OnceLock::new();
    *KNOWN.get_or_init(|| std::thread::available_parallelism().map_or(1, NonZero::get))
}

#[cfg(test)]
mod tests {
    use super::*;
    use taxiway_diagnostics::Sources as _;

    #[test]
    fn a_project_is_found_from_inside() {
        let folder = tempfile::tempdir().unwrap();
        let top = Utf8Path::from_path(folder.path())
            .unwrap()
            .canonicalize_utf8()
            .unwrap();
        for made in [".git", "docs", "shop/catalog", "blog/posts"] {
            std::fs::create_dir_all(top.join(made)).unwrap();
        }
        std::fs::write(top.join("shop/taxiway.toml"), "").unwrap();
        std::fs::write(top.join("blog/manage.py"), "").unwrap();
        for (from, expected) in [("shop/catalog", "shop"), ("blog", "blog"), ("shop", "shop")] {
            assert_eq!(
                root(Some(&top.join(from))).unwrap(),
                top.join(expected),
                "from {from}"
            );
        }
        assert_eq!(
            root(Some(&top.join("nowhere"))).unwrap_err().exit,
            crate::exit::Exit::Usage
        );
    }

    #[test]
    fn ignored_files_and_environments_are_left_out() {
        let folder = tempfile::tempdir().unwrap();
        let root = Utf8Path::from_path(folder.path()).unwrap();
        for (path, text) in [
            ("manage.py", ""),
            (".gitignore", "*.log\n"),
            ("debug.log", ""),
            ("shop/settings.py", ""),
            (".venv/lib/django/__init__.py", ""),
            (".env", "SECRET=1"),
        ] {
            let path = root.join(path);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(path, text).unwrap();
        }
        assert_eq!(
            sources(root).files(),
            [".env", ".gitignore", "manage.py", "shop/settings.py"]
        );
    }

    /// Git itself says what it tracks and what it would.
    #[test]
    fn what_git_ignores_is_what_git_says() {
        let folder = tempfile::tempdir().unwrap();
        let root = Utf8Path::from_path(folder.path()).unwrap();
        let git = |arguments: &[&str]| {
            let all = [&["-C", root.as_str()], arguments].concat();
            assert!(programs::succeeds("git", &all), "{arguments:?}");
        };
        let write = |paths: &[&str], text: &str| {
            for path in paths {
                let path = root.join(path);
                std::fs::create_dir_all(path.parent().unwrap()).unwrap();
                std::fs::write(path, text).unwrap();
            }
        };
        git(&["init", "--quiet"]);
        let tracked = [
            "kept/a.log",
            "built/out/b.txt",
            "src/a.py",
            "src-b/c.py",
            "src/deep/a.py",
            "became/folder",
            "lost.py",
        ];
        write(&tracked, "x");
        git(&["add", "."]);
        std::fs::remove_file(root.join("lost.py")).unwrap();
        std::fs::remove_dir_all(root.join("became")).unwrap();
        write(&["became"], "a file now");
        write(
            &[".gitignore"],
            "*.log\n/built/\n!important.log\ncache/\n/src/*.tmp\n",
        );
        write(&["src/.gitignore"], "!again.log\n/local.py\n*.py[co]\n");
        write(&[".git/info/exclude"], "private.txt\n");
        write(
            &[
                "kept/b.log",
                "kept/important.log",
                "built/new.txt",
                "built/out/new.txt",
                "built/other/new.txt",
                "src/again.log",
                "src/deep/again.log",
                "src/local.py",
                "src/deep/local.py",
                "src/a.pyc",
                "src/x.tmp",
                "src/deep/x.tmp",
                "src/cache/a.py",
                "cache",
                "private.txt",
                "src/private.txt",
                "new/folder/a.py",
            ],
            "x",
        );
        let listed = |options: &[&str]| {
            let all = [&["-C", root.as_str(), "ls-files", "-z"], options].concat();
            programs::output("git", &all).unwrap()
        };
        let seen = listed(&["--cached", "--others", "--exclude-standard"]);
        let mut expected: Vec<&str> = seen
            .split('\0')
            .filter(|path| !path.is_empty() && root.join(path).is_file())
            .collect();
        expected.sort_by(|left, right| {
            taxiway_diagnostics::path_order(Utf8Path::new(left), Utf8Path::new(right))
        });
        assert_eq!(sources(root).files(), expected);
        assert!(expected.contains(&"src/again.log") && !expected.contains(&"src/local.py"));
    }

    /// What Git's index has is a guess: files come and go without it.
    #[test]
    fn what_was_read_is_what_is_there() {
        let folder = tempfile::tempdir().unwrap();
        let root = Utf8Path::from_path(folder.path()).unwrap();
        let git = |arguments: &[&str]| {
            let all = [&["-C", root.as_str()], arguments].concat();
            assert!(programs::succeeds("git", &all), "{arguments:?}");
        };
        let agrees = |kind: taxiway_app::Kind| {
            let (sources, app) = read(root);
            assert_eq!(sources, super::sources(root));
            assert_eq!(app, taxiway_app::read(&sources));
            assert_eq!(app.kind, kind, "{:?}", sources.files());
        };
        git(&["init", "--quiet"]);
        agrees(taxiway_app::Kind::Other);
        let app = "from flask import Flask\napp = Flask(__name__)\n";
        std::fs::write(root.join("requirements.txt"), "flask\ngunicorn\n").unwrap();
        std::fs::write(root.join("app.py"), app).unwrap();
        agrees(taxiway_app::Kind::App);
        git(&["add", "."]);
        agrees(taxiway_app::Kind::App);
        std::fs::write(root.join("Procfile"), "web: gunicorn app:app\n").unwrap();
        agrees(taxiway_app::Kind::App);
        std::fs::remove_file(root.join("app.py")).unwrap();
        std::fs::remove_file(root.join("requirements.txt")).unwrap();
        agrees(taxiway_app::Kind::Other);
    }

    #[test]
    fn what_is_no_file_is_neither_listed_nor_waited_for() {
        use std::os::unix::fs::symlink;

        let folder = tempfile::tempdir().unwrap();
        let root = Utf8Path::from_path(folder.path()).unwrap();
        std::fs::create_dir(root.join("shop")).unwrap();
        std::fs::write(root.join("shop/data.py"), [0, 159, 146, 150]).unwrap();
        nix::unistd::mkfifo(
            root.join("manage.py").as_std_path(),
            nix::sys::stat::Mode::S_IRWXU,
        )
        .unwrap();
        let _socket =
            std::os::unix::net::UnixListener::bind(root.join("requirements.txt")).unwrap();
        symlink("..", root.join("shop/up")).unwrap();
        symlink("round", root.join("round")).unwrap();
        symlink("manage.py", root.join("wsgi.py")).unwrap();
        let sources = sources(root);
        assert_eq!(
            sources.files(),
            ["round", "shop/data.py", "shop/up", "wsgi.py"]
        );
        for path in ["round", "shop/up", "wsgi.py", "manage.py"] {
            assert!(sources.read_up_to(path.into(), 100).is_err(), "{path}");
        }
        assert_eq!(taxiway_app::read(&sources).services, []);
    }
}
