//! A zip that depends on nothing but what is in it.

use std::io::{Cursor, Write};

use zip::result::ZipError;
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, DateTime, System, ZipWriter};

use super::error::PackageError;

/// How hard to compress: twice the time of this level saves some percent.
const LEVEL: i64 = 6;

/// One file of a zip.
pub(super) struct Entry<'a> {
    /// Its name.
    pub name: &'a str,
    /// What is in it.
    pub content: &'a [u8],
}

/// Zips files, in the order in which they are given.
pub(super) fn zip(entries: &[Entry<'_>]) -> Result<Vec<u8>, PackageError> {
    write(entries).map_err(|error| PackageError::Zip(error.to_string()))
}

fn write(entries: &[Entry<'_>]) -> Result<Vec<u8>, ZipError> {
    let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
    for entry in entries {
        writer.start_file(entry.name, options())?;
        writer.write_all(entry.content)?;
    }
    Ok(writer.finish()?.into_inner())
}

/// The time of the first moment that a zip can hold, and the system and mode
/// said outright: the defaults are those of the machine. Lambda must be able
/// to start the program and to read the rest.
fn options() -> SimpleFileOptions {
    SimpleFileOptions::default()
        .compression_method(CompressionMethod::Deflated)
        .compression_level(Some(LEVEL))
        .last_modified_time(DateTime::DEFAULT)
        .system(System::Unix)
        .unix_permissions(0o755)
}
