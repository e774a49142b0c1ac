//! The numbered objects that a lock is made of.

use super::claim::Claim;
use crate::store::document;
use crate::store::error::StoreError;
use crate::store::objects::Objects;

const FOLDER: &str = "lock";
const ENDING: &str = ".json";

/// How often the folder is listed again when its greatest object is deleted
/// under the reader's hands, as it is whenever the lock is renewed.
const LOOKS: usize = 5;

/// Whether a number could be taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Taken {
    /// It was, and is the greatest.
    Yes,
    /// Somebody else was there before.
    No,
}

/// The numbered objects of one lock.
#[derive(Clone)]
pub(super) struct Generations(Objects);

impl Generations {
    pub fn new(objects: Objects) -> Self {
        Self(objects)
    }

    /// The greatest number with what it says; `None` for a lock that nobody
    /// ever took.
    pub async fn last(&self) -> Result<Option<(u64, Claim)>, StoreError> {
        for _ in 0..LOOKS {
            let Some(number) = self.numbers().await?.pop() else { return Ok(None) };
            let name = object(number);
            if let Some(bytes) = self.0.get(&name).await? {
                return Ok(Some((number, document::read(&self.0.described(&name), &bytes)?)));
            }
        }
        Err(StoreError::failed(format!("read the lock of {}", self.0.place()), &"it changes all the time"))
    }

    /// Makes the object of a number. It counts only as the greatest one, with
    /// this very claim in it: somebody may have gone past the number, and an
    /// answer that was lost may have been a yes.
    pub async fn take(&self, number: u64, claim: &Claim) -> Result<Taken, StoreError> {
        let name = object(number);
        let bytes = document::write(&self.0.described(&name), claim)?;
        self.0.create(&name, bytes).await?;
        match self.last().await? {
            Some((last, said)) if last == number && said == *claim => {
                self.clear_below(number).await;
                Ok(Taken::Yes)
            }
            _ => Ok(Taken::No),
        }
    }

    /// Deletes what means nothing any more. What can't be deleted still means
    /// nothing.
    async fn clear_below(&self, number: u64) {
        let below = self.numbers().await.unwrap_or_default().into_iter().filter(|one| *one < number);
        for one in below {
            if let Err(error) = self.0.delete(&object(one)).await {
                tracing::debug!(%error, "an old generation of the lock stays");
            }
        }
    }

    async fn numbers(&self) -> Result<Vec<u64>, StoreError> {
        let names = self.0.list(FOLDER).await?;
        let number = |name: &String| name.strip_suffix(ENDING)?.parse().ok();
        let mut numbers: Vec<u64> = names.iter().filter_map(number).collect();
        numbers.sort_unstable();
        Ok(numbers)
    }
}

fn object(number: u64) -> String {
    format!("{FOLDER}/{number:020}{ENDING}")
}
