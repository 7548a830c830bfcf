//! Git's index, as far as it says which files are tracked.
//!
//! Read here rather than asked of Git, which takes as long to start as all the rest takes. What this does not know, such as a
//! split or a sparse index, is `None`: then Git is asked. Source: gitformat-index(5).

use camino::Utf8PathBuf;

const SIGNATURE: &[u8] = b"DIRC";

/// The length of what precedes the hash in an entry: times, device, inode, mode, owner, size.
const STAT: usize = 40;

/// Where the mode lies in it.
const MODE: usize = 24;

/// The length of a hash, at the end of the file too.
const HASH: usize = 20;

/// The longest length of a name that the flags hold; a longer one is searched for its end.
const LONGEST_NOTED: usize = 0xfff;

const IS_EXTENDED: u16 = 0x4000;

/// The regular files and links in an index, in its order; `None` where it is none that this reads.
pub(super) fn tracked(index: &[u8]) -> Option<Vec<Utf8PathBuf>> {
    let mut rest = index.strip_prefix(SIGNATURE)?;
    let version = number(take(&mut rest, 4)?);
    let count = number(take(&mut rest, 4)?);
    if !matches!(version, 2..=4) {
        return None;
    }
    let mut tracked = Vec::new();
    let mut name: Vec<u8> = Vec::new();
    for _ in 0..count {
        let (mode, path) = entry(&mut rest, version, &mut name)?;
        if matches!(mode >> 12, 0o10 | 0o12) {
            tracked.push(path);
        }
    }
    ends_well(rest).then_some(tracked)
}

/// The mode and the path of an entry. `name` is the path of the one before, which version 4 builds upon.
fn entry(rest: &mut &[u8], version: u32, name: &mut Vec<u8>) -> Option<(u32, Utf8PathBuf)> {
    let whole = *rest;
    let stat = take(rest, STAT)?;
    let mode = number(&stat[MODE..MODE + 4]);
    take(rest, HASH)?;
    let flags = u16::from_be_bytes(take(rest, 2)?.try_into().ok()?);
    if flags & IS_EXTENDED != 0 {
        take(rest, 2)?;
    }
    if version == 4 {
        let dropped = offset(rest)?;
        name.truncate(name.len().checked_sub(dropped)?);
    } else {
        name.clear();
    }
    let noted = usize::from(flags) & LONGEST_NOTED;
    let is_noted = version < 4 && noted < LONGEST_NOTED;
    let length = if is_noted {
        noted
    } else {
        rest.iter().position(|byte| *byte == 0)?
    };
    name.extend_from_slice(take(rest, length)?);
    // One zero ends a name; up to version 3 more of them fill the entry up to a multiple of eight.
    let read = whole.len() - rest.len();
    let zeros = if version == 4 { 1 } else { 8 - read % 8 };
    let is_ended = take(rest, zeros)?.iter().all(|byte| *byte == 0);
    let path = std::str::from_utf8(name).ok().filter(|_| is_ended)?;
    Some((mode, path.into()))
}

/// Whether what follows the entries is what this knows: optional extensions, and the hash of it all.
fn ends_well(mut rest: &[u8]) -> bool {
    while rest.len() > HASH {
        let Some((name, length)) = take(&mut rest, 4).zip(take(&mut rest, 4)) else {
            return false;
        };
        // Those in lower case change what the entries mean.
        let is_optional = name[0].is_ascii_uppercase();
        let is_there = usize::try_from(number(length))
            .ok()
            .and_then(|length| take(&mut rest, length))
            .is_some();
        if !is_optional || !is_there {
            return false;
        }
    }
    rest.len() == HASH
}

/// A number of variable length, as pack files have them for offsets.
fn offset(rest: &mut &[u8]) -> Option<usize> {
    let mut value = 0usize;
    loop {
        let byte = take(rest, 1)?[0];
        value = value
            .checked_mul(128)?
            .checked_add(usize::from(byte & 0x7f))?;
        if byte & 0x80 == 0 {
            return Some(value);
        }
        value = value.checked_add(1)?;
    }
}

fn take<'b>(rest: &mut &'b [u8], length: usize) -> Option<&'b [u8]> {
    let (taken, left) = rest.split_at_checked(length)?;
    *rest = left;
    Some(taken)
}

fn number(bytes: &[u8]) -> u32 {
    bytes
        .iter()
        .fold(0, |number, byte| number << 8 | u32::from(*byte))
}

#[cfg(test)]
mod tests {
    use camino::Utf8Path;

    use super::*;
    use crate::programs;

    /// A repository with the index that Git itself writes.
    fn repository(version: &str) -> tempfile::TempDir {
        let folder = tempfile::tempdir().unwrap();
        let root = Utf8Path::from_path(folder.path()).unwrap();
        let deep = "d".repeat(200);
        let long = format!("{deep}/{deep}/{}", "f".repeat(100));
        for path in ["a.py", "b/c.py", "b/caf\u{e9}.py", "b-c.py", ".env", &long] {
            let path = root.join(path);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(path, "x").unwrap();
        }
        for arguments in [&["init", "--quiet"][..], &["add", "."]] {
            let option = format!("index.version={version}");
            let mut all = vec!["-C", root.as_str(), "-c", &option];
            all.extend(arguments);
            assert!(programs::succeeds("git", &all));
        }
        folder
    }

    #[test]
    fn an_index_says_what_git_says() {
        for version in ["2", "4"] {
            let folder = repository(version);
            let index = std::fs::read(folder.path().join(".git/index")).unwrap();
            assert_eq!(index[7].to_string(), version);
            let root = Utf8Path::from_path(folder.path()).unwrap();
            assert_eq!(tracked(&index).unwrap(), programs::tracked(root));
        }
    }

    #[test]
    fn what_is_cut_off_or_unknown_is_not_guessed_at() {
        let folder = repository("2");
        let index = std::fs::read(folder.path().join(".git/index")).unwrap();
        for length in 0..index.len() {
            assert_eq!(tracked(&index[..length]), None, "{length}");
        }
        let split = [&index[..index.len() - HASH], b"link\0\0\0\0", &[0; HASH]].concat();
        assert_eq!(tracked(&split), None);
    }
}
