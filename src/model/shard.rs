//! One of several parts into which a fleet is cut, so that as many processes can
//! share a run.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::account::AccountId;

/// More processes than this would meet at the store more than they work.
pub const MOST_SHARDS: usize = 1000;

/// One of several parts into which a fleet is cut. Counted from 0, as
/// Kubernetes counts the pods of an Indexed Job.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Shard {
    index: usize,
    count: usize,
}

/// Why something is no shard.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum InvalidShard {
    /// It is not of the form INDEX/COUNT.
    #[error("`{0}` is not of the form INDEX/COUNT, 0/8 say")]
    Form(String),
    /// A fleet can't be cut into so many.
    #[error("a fleet is cut into 1 to {MOST_SHARDS} shards, and not into {0}")]
    Count(usize),
    /// There is no such shard.
    #[error("there is no shard {index} of {count}: they are counted from 0 to {}", count - 1)]
    Index {
        /// The shard.
        index: usize,
        /// How many there are.
        count: usize,
    },
}

impl Shard {
    /// The shard of this index, from 0, of so many.
    ///
    /// # Errors
    /// If there is none.
    pub fn new(index: usize, count: usize) -> Result<Self, InvalidShard> {
        if !(1..=MOST_SHARDS).contains(&count) {
            Err(InvalidShard::Count(count))
        } else if index >= count {
            Err(InvalidShard::Index { index, count })
        } else {
            Ok(Self { index, count })
        }
    }

    /// All shards of so many; none for a number that no fleet is cut into.
    pub fn all(count: usize) -> impl Iterator<Item = Self> {
        (0..count).filter_map(move |index| Self::new(index, count).ok())
    }

    /// Which of them, from 0.
    pub fn index(self) -> usize {
        self.index
    }

    /// How many there are.
    pub fn count(self) -> usize {
        self.count
    }

    /// Whether an account belongs to it: the first eight bytes of the SHA-256 of
    /// the id, as a number with the most significant byte first, modulo the
    /// count. It depends on nothing else, so that all processes of all versions
    /// agree.
    pub fn takes(self, account: &AccountId) -> bool {
        let digest = Sha256::digest(account.to_string());
        let number = digest.iter().take(8).fold(0_u64, |number, byte| (number << 8) | u64::from(*byte));
        u64::try_from(self.count).is_ok_and(|count| u64::try_from(self.index) == Ok(number % count))
    }
}

impl fmt::Display for Shard {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}/{}", self.index, self.count)
    }
}

impl FromStr for Shard {
    type Err = InvalidShard;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let form = || InvalidShard::Form(text.to_owned());
        let (index, count) = text.split_once('/').ok_or_else(form)?;
        let number = |text: &str| text.trim().parse().map_err(|_| form());
        Self::new(number(index)?, number(count)?)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn account(number: u64) -> AccountId {
        format!("{number:012}").parse().expect("an account id")
    }

    fn shard(text: &str) -> Result<Shard, String> {
        text.parse().map_err(|error: InvalidShard| error.to_string())
    }

    proptest! {
        #[test]
        fn every_account_is_in_exactly_one_shard(number in 0..1_000_000_000_000_u64, count in 1..=MOST_SHARDS) {
            let takers = Shard::all(count).filter(|shard| shard.takes(&account(number))).count();
            prop_assert_eq!(takers, 1);
        }
    }

    #[test]
    fn which_shard_an_account_is_in_never_changes() {
        let index = |id: u64, count| Shard::all(count).position(|shard| shard.takes(&account(id)));
        let of = |id| [2, 3, 8, 100].map(|count| index(id, count).expect("a shard"));
        for (id, indices) in [
            (0, [1, 0, 3, 19]),
            (111_111_111_111, [0, 1, 2, 26]),
            (222_222_222_222, [1, 2, 7, 15]),
            (123_456_789_012, [0, 1, 2, 34]),
            (999_999_999_999, [0, 1, 4, 32]),
        ] {
            assert_eq!(of(id), indices, "{id}");
        }
    }

    #[test]
    fn shards_are_of_about_the_same_size() {
        for count in [2, 8] {
            for shard in Shard::all(count) {
                let taken =
                    (0..10_000).filter(|number| shard.takes(&account(100_000_000_001 + number))).count();
                let fair = 10_000 / count;
                assert!(taken.abs_diff(fair) < fair / 10, "{shard}: {taken} of {fair}");
            }
        }
    }

    #[test]
    fn a_shard_is_written_as_index_and_count() {
        assert_eq!(
            shard("3/8").map(|shard| (shard.index(), shard.count(), shard.to_string())),
            Ok((3, 8, "3/8".to_owned()))
        );
        for (text, told) in [
            ("", "INDEX/COUNT"),
            ("3", "INDEX/COUNT"),
            ("-1/8", "INDEX/COUNT"),
            ("a/b", "INDEX/COUNT"),
            ("8/8", "counted from 0 to 7"),
            ("0/0", "1 to 1000 shards"),
            ("0/1001", "1 to 1000 shards"),
        ] {
            let error = shard(text).expect_err(text);
            assert!(error.contains(told), "{text}: {error}");
        }
    }
}
