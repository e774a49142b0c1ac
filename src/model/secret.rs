//! Texts that must not be shown.

use std::fmt;

use sha2::{Digest, Sha256};

/// A text that never prints: neither `Debug` nor any error or report shows it.
/// Two are told apart by their fingerprint.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Secret(String);

impl Secret {
    /// Hides a text.
    pub fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    /// The text itself, for the one call that needs it.
    pub fn reveal(&self) -> &str {
        &self.0
    }

    /// The first 16 hexadecimal digits of the text's SHA-256. A webhook URL
    /// holds far more randomness than could be guessed back from them.
    pub fn fingerprint(&self) -> String {
        let digest = Sha256::digest(self.0.as_bytes());
        digest.iter().take(8).map(|byte| format!("{byte:02x}")).collect()
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("Secret(…)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_is_never_printed() {
        let secret = Secret::new("https://example.invalid/hook/abc");
        assert_eq!(format!("{secret:?} {:#?}", Some(&secret)).matches("abc").count(), 0);
        assert!(!secret.fingerprint().contains("abc"));
    }

    #[test]
    fn the_same_secret_has_the_same_fingerprint_on_every_machine() {
        assert_eq!(Secret::new("abc").fingerprint(), "ba7816bf8f01cfea");
        assert_ne!(Secret::new("abc"), Secret::new("abd"));
    }
}
