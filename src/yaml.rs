//! YAML, by the one library that knows it here: `serde_yaml` is archived, and
//! this is the one file to change on the day that it has to be replaced.

use serde::Serialize;
use serde::de::DeserializeOwned;

pub use serde_yaml::Error;

/// Reads a text.
///
/// # Errors
/// Where the text is not YAML, or not what is looked for.
pub fn read<T: DeserializeOwned>(text: &str) -> Result<T, Error> {
    serde_yaml::from_str(text)
}

/// Writes a text that ends with a line end. The same value gives the same bytes.
///
/// # Errors
/// Where the value can't be written, a time beyond the year 9999 say.
pub fn write(value: &impl Serialize) -> Result<String, Error> {
    serde_yaml::to_string(value)
}
