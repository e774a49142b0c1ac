//! Zip files: checked when they are sent, unpacked when they are run.

use std::io::Cursor;
use std::path::Path;

use serde_json::Value;
use zip::ZipArchive;

use super::invalid;
use crate::sim::base64;
use crate::sim::call::{ApiError, Call};

/// The largest request, in bytes: a zip file of 50 MB and its base64 (the
/// number stands in Lambda's own refusal).
const REQUEST_BYTES: usize = 70_167_211;

/// The largest zip file that can be sent, in bytes (Lambda developer guide,
/// "Lambda quotas").
const ZIP_BYTES: usize = 50 * 1024 * 1024;

/// What all files of a function may have together, in bytes.
const UNPACKED_BYTES: u64 = 262_144_000;

/// What all functions of an account may have together in a Region, in bytes.
pub(super) const STORAGE_BYTES: usize = 75 * 1024 * 1024 * 1024;

/// Processors as an ELF header's `e_machine` names them (System V ABI).
const X86_64: u16 = 62;
const AARCH64: u16 = 183;

/// The zip file in the member `ZipFile` of a structure.
///
/// # Errors
/// What Lambda refuses: no zip file, or one that is too large.
pub(super) fn read(holder: &Value, call: &Call<'_>) -> Result<Vec<u8>, ApiError> {
    let Some(text) = holder["ZipFile"].as_str() else {
        return Err(invalid("Please provide a source for function code."));
    };
    if text.len() > REQUEST_BYTES || text.len() / 4 * 3 > ZIP_BYTES + 2 {
        let message = format!(
            "Request must be smaller than {REQUEST_BYTES} bytes for the {} operation",
            call.operation
        );
        return Err(ApiError::new("RequestEntityTooLargeException", message).with_status(413));
    }
    let bytes = base64::decode(text)
        .ok_or_else(|| ApiError::new("SerializationException", "ZipFile is not base64"))?;
    check(&bytes)?;
    Ok(bytes)
}

fn check(bytes: &[u8]) -> Result<(), ApiError> {
    let broken =
        || invalid("Could not unzip uploaded file. Please check your file, then try to upload again.");
    let mut archive = ZipArchive::new(Cursor::new(bytes)).map_err(|_| broken())?;
    if archive.is_empty() {
        return Err(invalid("Uploaded file must be a non-empty zip"));
    }
    let mut unpacked = 0;
    for index in 0..archive.len() {
        unpacked += archive.by_index(index).map_err(|_| broken())?.size();
    }
    if unpacked >= UNPACKED_BYTES {
        return Err(invalid(format!("Unzipped size must be smaller than {UNPACKED_BYTES} bytes")));
    }
    Ok(())
}

/// Unpacks a zip file into a folder, file modes and all.
///
/// # Errors
/// If the zip file or the folder is at fault.
pub(super) fn unpack(zip: &[u8], folder: &Path) -> Result<(), zip::result::ZipError> {
    ZipArchive::new(Cursor::new(zip))?.extract(folder)
}

/// Whether a program was built for the function's processor; `None` for a
/// script, which runs on either.
pub(super) fn runs_on(program: &[u8], architecture: &str) -> Option<bool> {
    if !program.starts_with(b"\x7fELF") {
        return None;
    }
    // Lambda's processors are little-endian, and so is the field `e_machine`.
    let machine = program.get(18..20).map(|bytes| u16::from(bytes[0]) | u16::from(bytes[1]) << 8)?;
    let expected = if architecture == "arm64" { AARCH64 } else { X86_64 };
    Some(machine == expected)
}
