//! What goes wrong with a store. None of it keeps a run from its work.

use std::path::{Path, PathBuf};

/// A store, or a part of it, that can't be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum StoreError {
    /// It could not be reached, read or written.
    #[error("could not {tried}: {detail}")]
    Failed {
        /// What was tried on what.
        tried: String,
        /// Why it failed, on one line.
        detail: String,
    },
    /// A newer Foghorn wrote it. Nothing is written beside it.
    #[error("{what} is of format {found}, which a newer Foghorn wrote; this one knows format {known}")]
    Newer {
        /// What was read.
        what: String,
        /// Its format.
        found: u64,
        /// The format of this version.
        known: u64,
    },
    /// It is of a format that this version no longer reads.
    #[error("{what} is of format {found}, which this Foghorn no longer reads; it knows format {known}")]
    Older {
        /// What was read.
        what: String,
        /// Its format.
        found: u64,
        /// The format of this version.
        known: u64,
    },
    /// It is nothing that Foghorn wrote, or it was damaged since.
    #[error("{what} can't be understood: {detail}")]
    Garbage {
        /// What was read.
        what: String,
        /// What is wrong with it.
        detail: String,
    },
    /// There is no such run.
    #[error("there is no report of {wanted} in {place}{}", folder.as_deref().map(here).unwrap_or_default())]
    NoSuchRun {
        /// What was asked for.
        wanted: String,
        /// Where it was looked for.
        place: String,
        /// The folder that this is here, if that depends on the working directory.
        folder: Option<PathBuf>,
    },
}

/// The longest detail that is shown, in characters.
const LONGEST_DETAIL: usize = 300;

/// What is to be done about words of Amazon S3 (Amazon S3 API reference, error
/// responses), or of the library that met with a redirection.
const ADVICE: [(&str, &str); 4] = [
    ("AuthorizationHeaderMalformed", OTHER_REGION),
    ("PermanentRedirect", OTHER_REGION),
    ("Received redirect", OTHER_REGION),
    (
        "AccessDenied",
        "allow s3:GetObject, s3:PutObject and s3:DeleteObject on the objects and s3:ListBucket on the bucket",
    ),
];
const OTHER_REGION: &str = "set spec.store.region to the bucket's Region";

impl StoreError {
    /// A failure, with the words of a library on one line.
    pub(super) fn failed(tried: impl Into<String>, detail: &dyn std::fmt::Display) -> Self {
        let words = detail.to_string();
        let advice = ADVICE.iter().find(|(word, _)| words.contains(word));
        let advice = advice.map(|(_, advice)| format!(" ({advice})")).unwrap_or_default();
        Self::Failed { tried: tried.into(), detail: format!("{}{advice}", one_line(&words)) }
    }

    /// A document that can't be understood.
    pub(super) fn garbage(what: &str, detail: &dyn std::fmt::Display) -> Self {
        Self::Garbage { what: what.to_owned(), detail: one_line(detail) }
    }

    /// What a person does about it.
    pub fn next_step(&self) -> &'static str {
        match self {
            Self::Failed { .. } => {
                "see that the place under spec.store can be reached, read and written from here"
            }
            Self::Newer { .. } => "run the newer Foghorn, or name another place under spec.store",
            Self::Older { .. } => {
                "name another place under spec.store, or delete this one: only the past is lost"
            }
            Self::Garbage { .. } => "delete it: only the past is lost",
            Self::NoSuchRun { folder: Some(_), .. } => {
                "run it in the folder that the runs were made in, or name an absolute one under spec.store; `foghorn \
                 report --list -f …` shows the runs whose reports are kept here"
            }
            Self::NoSuchRun { folder: None, .. } => {
                "`foghorn report --list -f …` shows the runs whose reports are kept"
            }
        }
    }

    /// Whether a newer Foghorn wrote it, so that this one must not write there.
    pub fn is_newer(&self) -> bool {
        matches!(self, Self::Newer { .. })
    }
}

/// Which folder a relative path means.
pub(super) fn here(folder: &Path) -> String {
    format!(", which is {} here: a relative path depends on the working directory", folder.display())
}

fn one_line(detail: &dyn std::fmt::Display) -> String {
    let words = detail.to_string();
    let line = words.split_whitespace().collect::<Vec<_>>().join(" ");
    match line.char_indices().nth(LONGEST_DETAIL) {
        Some((end, _)) => format!("{}…", &line[..end]),
        None => line,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_words_of_a_library_stay_on_one_line_of_bearable_length_with_what_to_do() {
        let error = StoreError::failed("read it", &"one\n two");
        assert_eq!(error.to_string(), "could not read it: one two");
        let denied = StoreError::failed("read it", &"403 Forbidden: <Code>AccessDenied</Code>").to_string();
        assert!(denied.ends_with("and s3:ListBucket on the bucket)"), "{denied}");
        let long = StoreError::failed("read it", &"é".repeat(1000)).to_string();
        assert_eq!(long.chars().count(), "could not read it: ".len() + LONGEST_DETAIL + 1);
    }

    #[test]
    fn a_run_that_is_not_in_a_relative_folder_is_met_with_the_folder_that_it_is_here() {
        let missing = |folder: Option<&str>| StoreError::NoSuchRun {
            wanted: "any run".to_owned(),
            place: "file:.foghorn".to_owned(),
            folder: folder.map(PathBuf::from),
        };
        let here = missing(Some("/home/ana/.foghorn"));
        let words = "in file:.foghorn, which is /home/ana/.foghorn here: a relative path depends on the working directory";
        assert!(here.to_string().ends_with(words), "{here}");
        assert!(here.next_step().starts_with("run it in the folder that the runs were made in"));
        assert!(missing(None).to_string().ends_with("any run in file:.foghorn"));
    }
}
