//! Documents as they are kept: JSON with the number of their format, the long
//! ones compressed.

use std::io::{Read, Write};

use flate2::Compression;
use flate2::read::GzDecoder;
use flate2::write::GzEncoder;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use super::error::StoreError;

/// The format that this version writes, and the only one that it reads. It is
/// raised with every change that an earlier version would stumble over: a new
/// check, say.
pub(super) const FORMAT: u64 = 1;

/// The longest document that is unpacked, in bytes: fifty times the report of
/// ten thousand accounts.
const LONGEST: u64 = 1 << 30;

#[derive(Serialize, Deserialize)]
struct Document<T> {
    format: u64,
    content: T,
}

/// What every format has, a later one too.
#[derive(Deserialize)]
struct Header {
    format: u64,
}

/// The document of this content; `what` names it where that fails.
pub(super) fn write<T: Serialize>(what: &str, content: T) -> Result<Vec<u8>, StoreError> {
    serde_json::to_vec(&Document { format: FORMAT, content })
        .map_err(|error| StoreError::failed(format!("write {what}"), &error))
}

/// The content of a document; `what` names it where it can't be read.
pub(super) fn read<T: DeserializeOwned>(what: &str, bytes: &[u8]) -> Result<T, StoreError> {
    match serde_json::from_slice::<Document<T>>(bytes) {
        Ok(document) if document.format == FORMAT => Ok(document.content),
        Ok(document) => Err(other_format(what, document.format)),
        Err(error) => Err(match serde_json::from_slice::<Header>(bytes) {
            Ok(header) if header.format != FORMAT => other_format(what, header.format),
            _ => StoreError::garbage(what, &error),
        }),
    }
}

fn other_format(what: &str, found: u64) -> StoreError {
    let (what, known) = (what.to_owned(), FORMAT);
    if found > FORMAT {
        StoreError::Newer { what, found, known }
    } else {
        StoreError::Older { what, found, known }
    }
}

/// The same, compressed.
pub(super) fn write_compressed<T: Serialize>(what: &str, content: T) -> Result<Vec<u8>, StoreError> {
    let failed = |error| StoreError::failed(format!("compress {what}"), &error);
    let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
    encoder.write_all(&write(what, content)?).map_err(failed)?;
    encoder.finish().map_err(failed)
}

/// The content of a document that was compressed.
pub(super) fn read_compressed<T: DeserializeOwned>(what: &str, bytes: &[u8]) -> Result<T, StoreError> {
    let mut text = Vec::new();
    let mut decoder = GzDecoder::new(bytes).take(LONGEST);
    decoder.read_to_end(&mut text).map_err(|error| StoreError::garbage(what, &error))?;
    read(what, &text)
}

#[cfg(test)]
mod tests {
    use super::*;

    const WHAT: &str = "the report";

    #[test]
    fn what_was_written_is_read_back() {
        let bytes = write_compressed(WHAT, vec!["a".repeat(1000)]).expect("a document");
        assert!(bytes.len() < 100);
        assert_eq!(read_compressed::<Vec<String>>(WHAT, &bytes), Ok(vec!["a".repeat(1000)]));
    }

    #[test]
    fn a_document_of_another_format_is_told_from_one_that_is_damaged() {
        for (text, told) in [
            (r#"{"format":2,"content":[]}"#, "a newer Foghorn wrote"),
            (r#"{"format":2,"of":"another shape"}"#, "a newer Foghorn wrote"),
            (r#"{"format":0,"content":[]}"#, "no longer reads"),
            (r#"{"format":1,"content":{}}"#, "can't be understood"),
            (r#"{"content":[]}"#, "can't be understood"),
            ("", "can't be understood"),
            ("\u{0}\u{1}", "can't be understood"),
        ] {
            let error = read::<Vec<String>>(WHAT, text.as_bytes()).expect_err(text).to_string();
            assert!(error.starts_with(WHAT) && error.contains(told), "{text}: {error}");
        }
        assert!(read_compressed::<Vec<String>>(WHAT, b"no gzip").is_err());
        let whole = write_compressed(WHAT, vec!["abc"]).expect("a document");
        assert!(read_compressed::<Vec<String>>(WHAT, &whole[..whole.len() / 2]).is_err());
    }
}
