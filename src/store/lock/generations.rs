//! The numbered objects that a lock is made of.

use super::claim::Claim;
use crate::store::document;
use crate::store::error::StoreError;
use crate::store::objects::Objects;

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
pub(super) struct Generations {
    objects: Objects,
    folder: String,
}

impl Generations {
    /// Those in this folder.
    pub fn new(objects: Objects, folder: &str) -> Self {
        Self { objects, folder: folder.to_owned() }
    }

    /// The greatest number with what it says; `None` for a lock that nobody
    /// ever took.
    pub async fn last(&self) -> Result<Option<(u64, Claim)>, StoreError> {
        for _ in 0..LOOKS {
            let Some(number) = self.numbers().await?.pop() else { return Ok(None) };
            let name = self.object(number);
            if let Some(bytes) = self.objects.get(&name).await? {
                return Ok(Some((number, document::read(&self.objects.described(&name), &bytes)?)));
            }
        }
        Err(StoreError::failed(
            format!("read the lock of {}", self.objects.place()),
            &"it changes all the time",
        ))
    }

    /// Makes the object of a number. It counts only as the greatest one, with
    /// this very claim in it: somebody may have gone past the number, and an
    /// answer that was lost may have been a yes.
    pub async fn take(&self, number: u64, claim: &Claim) -> Result<Taken, StoreError> {
        let name = self.object(number);
        let bytes = document::write(&self.objects.described(&name), claim)?;
        self.objects.create(&name, bytes).await?;
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
            if let Err(error) = self.objects.delete(&self.object(one)).await {
                tracing::debug!(%error, "an old generation of the lock stays");
            }
        }
    }

    async fn numbers(&self) -> Result<Vec<u64>, StoreError> {
        let names = self.objects.list(&self.folder).await?;
        let number = |name: &String| name.strip_suffix(ENDING)?.parse().ok();
        let mut numbers: Vec<u64> = names.iter().filter_map(number).collect();
        numbers.sort_unstable();
        Ok(numbers)
    }

    fn object(&self, number: u64) -> String {
        format!("{}/{number:020}{ENDING}", self.folder)
    }
}
