//! Noticing that the fleet file is another. Its content counts: a ConfigMap of
//! Kubernetes is swapped by a symbolic link, and editors write new files.

use std::fs::File;
use std::io::Read;
use std::path::PathBuf;

use sha2::{Digest, Sha256};

/// No larger file is a fleet: what lies beyond is not looked at.
const LARGEST: u64 = 8 << 20;

/// What a file held; `None` where it could not be read.
type Content = Option<[u8; 32]>;

/// A file, and what it held when it was last taken up.
#[derive(Debug, Clone)]
pub struct WatchedFile {
    path: PathBuf,
    taken_up: Content,
    seen: Content,
}

impl WatchedFile {
    /// A file that is taken up as it is now.
    pub fn new(path: PathBuf) -> Self {
        let taken_up = content(&path);
        Self { path, taken_up, seen: taken_up }
    }

    /// Whether the file is another than the one that was last taken up, and no
    /// longer being written: two looks in a row found the same. It counts as
    /// taken up then.
    pub fn is_new(&mut self) -> bool {
        let content = content(&self.path);
        self.settles(content)
    }

    fn settles(&mut self, content: Content) -> bool {
        let is_steady = self.seen == content;
        self.seen = content;
        let is_new = is_steady && self.taken_up != content;
        if is_new {
            self.taken_up = content;
        }
        is_new
    }
}

fn content(path: &PathBuf) -> Content {
    let mut bytes = Vec::new();
    File::open(path).ok()?.take(LARGEST).read_to_end(&mut bytes).ok()?;
    Some(Sha256::digest(&bytes).into())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn file() -> (tempfile::TempDir, WatchedFile) {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("fleet.yaml");
        std::fs::write(&path, "one").expect("a file");
        (folder, WatchedFile::new(path))
    }

    fn write(file: &WatchedFile, text: &str) {
        std::fs::write(&file.path, text).expect("a file");
    }

    #[test]
    fn a_file_that_is_written_again_with_the_same_content_is_no_new_one() {
        let (_folder, mut file) = file();
        write(&file, "one");
        assert!(![file.is_new(), file.is_new()].contains(&true));
    }

    #[test]
    fn a_new_content_is_taken_up_once_it_stays_the_same() {
        let (_folder, mut file) = file();
        write(&file, "tw");
        assert!(!file.is_new());
        write(&file, "two");
        assert!(!file.is_new());
        assert!(file.is_new());
        assert!(!file.is_new());
    }

    #[test]
    fn a_file_that_is_gone_is_new_and_so_is_the_old_one_when_it_is_back() {
        let (_folder, mut file) = file();
        std::fs::remove_file(&file.path).expect("a file to remove");
        assert_eq!([file.is_new(), file.is_new(), file.is_new()], [false, true, false]);
        write(&file, "one");
        assert_eq!([file.is_new(), file.is_new()], [false, true]);
    }

    #[cfg(unix)]
    #[test]
    fn a_link_that_leads_to_another_file_is_seen() {
        let folder = tempfile::tempdir().expect("a folder");
        let [one, two, link, new] = ["one", "two", "link", "new"].map(|name| folder.path().join(name));
        std::fs::write(&one, "one").expect("a file");
        std::fs::write(&two, "two").expect("a file");
        std::os::unix::fs::symlink(&one, &link).expect("a link");
        let mut file = WatchedFile::new(link.clone());
        std::os::unix::fs::symlink(&two, &new).expect("a link");
        std::fs::rename(&new, &link).expect("a swap");
        assert_eq!([file.is_new(), file.is_new()], [false, true]);
    }
}
