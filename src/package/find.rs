//! Where the notifier's program is.

use std::path::{Path, PathBuf};

/// The file name of the notifier's program.
pub const NOTIFIER: &str = "foghorn-notifier";

/// Why there is no program to pack.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub enum NotFound {
    /// There is nothing where the caller said.
    #[error("there is no notifier at {}, which `--notifier` names", .0.display())]
    Named(PathBuf),
    /// There is nothing beside Foghorn itself.
    #[error(
        "there is no notifier at {}, beside foghorn itself: put {NOTIFIER} there, or say where it is with \
         `--notifier PATH`",
        .0.display()
    )]
    Beside(PathBuf),
    /// Nobody knows where Foghorn itself is.
    #[error(
        "could not tell where foghorn itself is, to look for {NOTIFIER} beside it: say `--notifier PATH`"
    )]
    Nowhere,
}

/// The path of the notifier's program: the one that the caller names, or else
/// the one beside the running program.
///
/// # Errors
///
/// If there is no file there.
pub fn find_notifier(explicit: Option<&Path>) -> Result<PathBuf, NotFound> {
    find(explicit, std::env::current_exe().ok().as_deref())
}

fn find(explicit: Option<&Path>, own: Option<&Path>) -> Result<PathBuf, NotFound> {
    if let Some(path) = explicit {
        return file(path.to_owned()).map_err(NotFound::Named);
    }
    let folder = own.and_then(Path::parent).ok_or(NotFound::Nowhere)?;
    file(folder.join(NOTIFIER)).map_err(NotFound::Beside)
}

fn file(path: PathBuf) -> Result<PathBuf, PathBuf> {
    if path.is_file() { Ok(path) } else { Err(path) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_notifier_is_looked_for_beside_foghorn() {
        let folder = tempfile::tempdir().unwrap();
        let own = folder.path().join("foghorn");
        let missing = find(None, Some(&own)).unwrap_err().to_string();
        let place = folder.path().join(NOTIFIER);
        for words in [place.to_str().unwrap(), "--notifier PATH"] {
            assert!(missing.contains(words), "{missing}");
        }
        std::fs::write(&place, "").unwrap();
        assert_eq!(find(None, Some(&own)), Ok(place));
    }

    #[test]
    fn a_notifier_that_the_caller_names_is_taken_or_refused_and_no_other() {
        let folder = tempfile::tempdir().unwrap();
        let own = folder.path().join("foghorn");
        std::fs::write(folder.path().join(NOTIFIER), "").unwrap();
        let named = folder.path().join("other");
        assert_eq!(find(Some(&named), Some(&own)), Err(NotFound::Named(named.clone())));
        std::fs::write(&named, "").unwrap();
        assert_eq!(find(Some(&named), Some(&own)), Ok(named));
    }

    #[test]
    fn a_folder_is_no_notifier() {
        let folder = tempfile::tempdir().unwrap();
        assert!(find(Some(folder.path()), None).is_err());
        assert_eq!(find(None, None), Err(NotFound::Nowhere));
    }
}
