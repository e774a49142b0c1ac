//! How much of its fleet a run was about, and whether it got to its end.

use serde::{Deserialize, Serialize};

/// The part of the fleet that was asked for, in the words in which it was.
/// Public interface.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Narrowing {
    /// Accounts by id or name, `*` standing for any text; empty for all.
    pub accounts: Vec<String>,
    /// Regions; empty for all.
    pub regions: Vec<String>,
    /// Pipelines; empty for all.
    pub pipelines: Vec<String>,
    /// How many accounts the whole fleet has.
    pub fleet_accounts: usize,
}

impl Narrowing {
    /// Whether nothing was left out.
    pub fn is_none(&self) -> bool {
        self.accounts.is_empty() && self.regions.is_empty() && self.pipelines.is_empty()
    }

    /// The same part on a command line: `--account dev --region eu-west-1`.
    pub fn flags(&self) -> String {
        let flags = [("account", &self.accounts), ("region", &self.regions), ("pipeline", &self.pipelines)];
        let flags =
            flags.into_iter().flat_map(|(flag, values)| values.iter().map(move |value| (flag, value)));
        flags.map(|(flag, value)| format!("--{flag} {}", quoted(value))).collect::<Vec<_>>().join(" ")
    }
}

/// A word as a shell takes it.
fn quoted(word: &str) -> String {
    let is_plain = |letter: char| letter.is_ascii_alphanumeric() || "-_./:@%+=,".contains(letter);
    if !word.is_empty() && word.chars().all(is_plain) {
        return word.to_owned();
    }
    format!("'{}'", word.replace('\'', r"'\''"))
}

/// Why a run ended before it was done. Public interface.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Stop {
    /// It was asked to: SIGTERM, or SIGINT as Ctrl-C sends it.
    Signal,
    /// It could not keep the fleet's lock, so that another run may write.
    LostLock,
}

impl Stop {
    /// By what it was stopped, for people.
    pub fn by(self) -> &'static str {
        match self {
            Self::Signal => "a signal",
            Self::LostLock => "the loss of its lock",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_part_that_was_asked_for_can_be_typed_again() {
        let narrowing = Narrowing {
            accounts: vec!["dev".to_owned(), "team *".to_owned()],
            pipelines: vec!["it's".to_owned()],
            ..Narrowing::default()
        };
        assert_eq!(narrowing.flags(), r"--account dev --account 'team *' --pipeline 'it'\''s'");
        assert!(!narrowing.is_none() && Narrowing::default().is_none());
    }
}
