//! The log of a child: lines in rotating files, and the same lines live for whoever listens.
//!
//! Files have mode 600. A line that is longer than [`LONGEST_LINE`] comes in pieces. A write that fails (disk full) loses the
//! line in the file, never the child.

use std::{
    collections::VecDeque,
    fs::{File, OpenOptions},
    io::{self, Write},
    os::unix::fs::{DirBuilderExt, OpenOptionsExt},
    sync::{Arc, Mutex, PoisonError},
};

use camino::{Utf8Path, Utf8PathBuf};
use jiff::Timestamp;
use tokio::sync::broadcast;

/// The most bytes of one line.
pub(super) const LONGEST_LINE: usize = 16 * 1024;

/// A log file is put aside when it has this many bytes.
const FULL: u64 = 8 * 1024 * 1024;

/// How many full files are kept beside the current one.
const KEPT: u32 = 3;

/// Lines that a slow listener may lag behind before it misses some.
const BACKLOG_LINES: usize = 2048;

/// The lines that [`Log::last_lines`] can give at most.
const REMEMBERED: usize = 400;

/// One log. Clones write to the same file.
#[derive(Clone, Debug)]
pub(crate) struct Log {
    shared: Arc<Shared>,
}

#[derive(Debug)]
struct Shared {
    path: Utf8PathBuf,
    file: Mutex<LogFile>,
    live: broadcast::Sender<Arc<str>>,
}

#[derive(Debug)]
struct LogFile {
    file: Option<File>,
    bytes: u64,
    remembered: VecDeque<Arc<str>>,
}

impl Log {
    /// A log at `path`; its folder and file are made when the first line comes.
    pub(crate) fn new(path: &Utf8Path) -> Self {
        let (live, _) = broadcast::channel(BACKLOG_LINES);
        Self {
            shared: Arc::new(Shared {
                path: path.to_owned(),
                file: Mutex::new(LogFile {
                    file: None,
                    bytes: 0,
                    remembered: VecDeque::new(),
                }),
                live,
            }),
        }
    }

    /// A log that keeps no file.
    pub(crate) fn nowhere() -> Self {
        Self::new(Utf8Path::new(""))
    }

    pub(crate) fn path(&self) -> &Utf8Path {
        &self.shared.path
    }

    /// Writes one line with the time before it.
    pub(crate) fn line(&self, text: &str) {
        self.raw(&format!("{:.3} {text}", Timestamp::now()));
    }

    /// Writes one line as it is.
    pub(crate) fn raw(&self, text: &str) {
        let line: Arc<str> = Arc::from(text);
        let mut file = self.lock();
        if let Err(error) = file.append(&self.shared.path, text) {
            file.file = None;
            tracing::debug!(path = %self.shared.path, %error, "a log line was lost");
        }
        if file.remembered.len() == REMEMBERED {
            file.remembered.pop_front();
        }
        file.remembered.push_back(line.clone());
        // Nobody may be listening.
        self.shared.live.send(line).ok();
    }

    /// The lines written from now on.
    pub(crate) fn follow(&self) -> broadcast::Receiver<Arc<str>> {
        self.shared.live.subscribe()
    }

    /// The newest lines that this process wrote, oldest first.
    pub(crate) fn last_lines(&self, count: usize) -> Vec<Arc<str>> {
        let file = self.lock();
        let skipped = file.remembered.len().saturating_sub(count);
        file.remembered.iter().skip(skipped).cloned().collect()
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, LogFile> {
        self.shared
            .file
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }
}

impl LogFile {
    fn append(&mut self, path: &Utf8Path, text: &str) -> io::Result<()> {
        if path.as_str().is_empty() {
            return Ok(());
        }
        if self.file.is_none() {
            self.open(path)?;
        }
        if self.bytes >= FULL {
            self.file = None;
            rotate(path)?;
            self.open(path)?;
        }
        let Some(file) = &mut self.file else {
            return Ok(());
        };
        let mut line = String::with_capacity(text.len() + 1);
        line.push_str(text);
        line.push('\n');
        file.write_all(line.as_bytes())?;
        self.bytes += line.len() as u64;
        Ok(())
    }

    fn open(&mut self, path: &Utf8Path) -> io::Result<()> {
        if let Some(folder) = path.parent() {
            std::fs::DirBuilder::new()
                .recursive(true)
                .mode(0o700)
                .create(folder)?;
        }
        let file = OpenOptions::new()
            .append(true)
            .create(true)
            .mode(0o600)
            .open(path)?;
        self.bytes = file.metadata()?.len();
        self.file = Some(file);
        Ok(())
    }
}

fn rotate(path: &Utf8Path) -> io::Result<()> {
    for number in (1..KEPT).rev() {
        let older = format!("{path}.{number}");
        if std::fs::exists(&older)? {
            std::fs::rename(older, format!("{path}.{}", number + 1))?;
        }
    }
    std::fs::rename(path, format!("{path}.1"))
}

/// Cuts a stream of bytes into lines.
#[derive(Debug, Default)]
pub(super) struct Lines {
    rest: Vec<u8>,
}

impl Lines {
    /// Takes the next bytes and gives every line that they complete.
    pub(super) fn push(&mut self, bytes: &[u8], mut take: impl FnMut(&str)) {
        for part in bytes.split_inclusive(|byte| *byte == b'\n') {
            self.rest.extend_from_slice(part);
            if part.ends_with(b"\n") || self.rest.len() >= LONGEST_LINE {
                self.finish(&mut take);
            }
        }
    }

    /// Gives the last line, which had no end.
    pub(super) fn finish(&mut self, mut take: impl FnMut(&str)) {
        if self.rest.is_empty() {
            return;
        }
        let text = String::from_utf8_lossy(&self.rest);
        take(text.trim_end_matches(['\n', '\r']));
        self.rest.clear();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lines_of(chunks: &[&[u8]]) -> Vec<String> {
        let mut found = Vec::new();
        let mut lines = Lines::default();
        for chunk in chunks {
            lines.push(chunk, |line| found.push(line.to_owned()));
        }
        lines.finish(|line| found.push(line.to_owned()));
        found
    }

    #[test]
    fn lines_are_put_together_from_pieces() {
        assert_eq!(
            lines_of(&[b"one\ntw", b"o\r\n", b"\nrest"]),
            ["one", "two", "", "rest"]
        );
        assert_eq!(lines_of(&[b"a\xffb\n"]), ["a\u{fffd}b"]);
        assert_eq!(lines_of(&[&vec![b'x'; LONGEST_LINE + 5]]).len(), 1);
        assert_eq!(
            lines_of(&[&vec![b'x'; LONGEST_LINE], b"yy\n"]),
            ["x".repeat(LONGEST_LINE), "yy".to_owned()]
        );
    }

    #[test]
    fn a_full_file_is_put_aside() {
        let folder = tempfile::tempdir().unwrap();
        let path = Utf8PathBuf::from_path_buf(folder.path().join("x.log")).unwrap();
        std::fs::write(&path, vec![b'x'; usize::try_from(FULL).unwrap()]).unwrap();
        let log = Log::new(&path);
        log.raw("after");
        assert_eq!(std::fs::read_to_string(&path).unwrap(), "after\n");
        assert_eq!(std::fs::metadata(format!("{path}.1")).unwrap().len(), FULL);
    }
}
