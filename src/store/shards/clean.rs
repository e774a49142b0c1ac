//! Sets that are too old to matter.

use futures::StreamExt;
use futures::stream;

use super::{FOLDER, TERMS, Terms};
use crate::store::{Store, StoreError, document};

/// How many sets are looked into at a time.
const READ_AT_ONCE: usize = 8;

impl Store {
    /// Deletes the oldest sets of shards, those beyond as many as runs are kept.
    ///
    /// # Errors
    /// If the store does not work; what is left is deleted another time.
    pub async fn forget_old_sets(&self) -> Result<(), StoreError> {
        let names = self.objects.folders(FOLDER).await?;
        if names.len() <= self.keep {
            return Ok(());
        }
        let begun = stream::iter(names).map(async |name| Some((self.begun(&name).await?, name)));
        let mut sets: Vec<(String, String)> =
            begun.buffered(READ_AT_ONCE).filter_map(async |set| set).collect().await;
        sets.sort();
        let superfluous = sets.len().saturating_sub(self.keep);
        for (_, name) in sets.into_iter().take(superfluous) {
            self.forget_set(&name).await?;
        }
        Ok(())
    }

    /// The id of a set's run, which sorts by time; `None` where none can be read:
    /// nobody knows what that is.
    async fn begun(&self, name: &str) -> Option<String> {
        let object = format!("{FOLDER}/{name}/{TERMS}");
        let bytes = self.objects.get(&object).await.ok()??;
        document::read::<Terms>(&object, &bytes).ok().map(|terms| terms.run)
    }

    /// What says that there is a set goes last, so that a deletion that is cut
    /// short is taken up again.
    async fn forget_set(&self, name: &str) -> Result<(), StoreError> {
        let folder = format!("{FOLDER}/{name}");
        for object in self.objects.list_below(&folder).await? {
            if object != TERMS {
                self.objects.delete(&format!("{folder}/{object}")).await?;
            }
        }
        self.objects.delete(&format!("{folder}/{TERMS}")).await
    }
}
