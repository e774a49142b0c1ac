//! Where the text of a fleet file comes from: a file, or a variable of the
//! environment, since a container may have nowhere to put a file.

use std::fs::File;
use std::io::Read;
use std::path::Path;

/// The largest file that is read, in bytes: ten thousand accounts with labels
/// take about one mebibyte.
pub const LARGEST_FILE: u64 = 4 << 20;

/// How a path begins that is the name of a variable and not of a file.
const VARIABLE: &str = "env:";

/// Reads the text, or says why not.
pub fn read(path: &Path) -> Result<String, String> {
    match path.to_str().and_then(|path| path.strip_prefix(VARIABLE)) {
        Some(name) => variable(name, std::env::var(name).ok()),
        None => file(path),
    }
}

fn variable(name: &str, text: Option<String>) -> Result<String, String> {
    let is_text = |text: &String| !text.trim().is_empty();
    text.filter(is_text)
        .ok_or_else(|| format!("name a file with -f, or put its text into the variable {name}"))
}

fn file(path: &Path) -> Result<String, String> {
    let cannot = |error: std::io::Error| format!("cannot read the fleet file: {error}");
    let file = File::open(path).map_err(cannot)?;
    let metadata = file.metadata().map_err(cannot)?;
    if metadata.is_dir() {
        return Err("cannot read the fleet file: it is a directory".to_owned());
    }
    let mut bytes = Vec::new();
    if metadata.len() <= LARGEST_FILE {
        // A pipe has no length beforehand.
        file.take(LARGEST_FILE + 1).read_to_end(&mut bytes).map_err(cannot)?;
    }
    if metadata.len().max(bytes.len() as u64) > LARGEST_FILE {
        return Err(format!("the file is larger than {} MiB, which no fleet needs", LARGEST_FILE >> 20));
    }
    String::from_utf8(bytes).map_err(|error| {
        let offset = error.utf8_error().valid_up_to();
        format!("the file is not UTF-8 text: byte {offset} does not belong")
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_variable_that_is_empty_or_absent_is_no_fleet_and_says_what_to_give() {
        for text in [None, Some(String::new()), Some("\n ".to_owned())] {
            let message = variable("FOGHORN_FLEET", text).expect_err("a refusal");
            assert_eq!(message, "name a file with -f, or put its text into the variable FOGHORN_FLEET");
        }
        assert_eq!(variable("FOGHORN_FLEET", Some("kind: Fleet".to_owned())), Ok("kind: Fleet".to_owned()));
    }
}
