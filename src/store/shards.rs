//! What the shards of one run tell each other.
//!
//! Whoever is first makes the set's object, which says which run all of them
//! are; the others join. Each shard hands in its part once. Whoever sees that
//! all parts are there, or has waited long enough, takes the lock of the merging
//! and makes one report of them. At its end stands the object that says that it
//! was done: until then others take over from one that died.

mod clean;

#[cfg(test)]
mod tests;

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};
use time::OffsetDateTime;
use tokio_util::sync::CancellationToken;

use super::lock::{Holder, Lock, LockError};
use super::{Store, StoreError, document};
use crate::model::{Report, Shard};

const FOLDER: &str = "shards";
const TERMS: &str = "set.json";
const MERGED: &str = "merged.json";
const HUBS: &str = "hubs-of-";
const WRITER: &str = "writer-";
const MERGING: &str = "merge";
const ENDING: &str = ".json.gz";

/// What all shards of a set have in common.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Terms {
    /// The id of the run that they share, a ULID.
    pub run: String,
    /// When the first of them began.
    #[serde(with = "time::serde::rfc3339")]
    pub begun_at: OffsetDateTime,
    /// Into how many shards the fleet is cut.
    pub shards: usize,
    /// What was asked for, in words.
    pub asked: String,
    /// What tells one fleet file from another.
    pub fleet: String,
    /// The version of Foghorn.
    pub version: String,
}

/// That a set was merged.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Merged {
    /// The shards whose parts are in the report, by index.
    pub parts: BTreeSet<usize>,
    /// When.
    #[serde(with = "time::serde::rfc3339")]
    pub at: OffsetDateTime,
}

/// That a shard is done with its hubs.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct HubsDone {
    is_changed: bool,
}

/// That a process writes for a shard, or may: one that died can't take it back.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Writer {
    shard: usize,
}

/// How far a set has come.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Progress {
    /// The shards that handed in their parts, by index.
    pub parts: BTreeSet<usize>,
    /// The shards that are done with their hubs, by index.
    pub hubs: BTreeSet<usize>,
    /// How many processes said that they were going to write, and not that they
    /// write no more.
    pub writers: usize,
    /// Whether they were merged.
    pub is_merged: bool,
}

/// The shards of one run, as the store knows them.
#[derive(Clone)]
pub struct ShardSet {
    store: Store,
    folder: String,
    terms: Terms,
}

impl Store {
    /// Joins the set of this name, or begins it on these terms if there is none.
    /// The name is one of a file.
    ///
    /// # Errors
    /// If the store does not work.
    pub async fn shard_set(&self, name: &str, terms: Terms) -> Result<ShardSet, StoreError> {
        self.mark().await?;
        let folder = format!("{FOLDER}/{name}");
        let object = format!("{folder}/{TERMS}");
        let bytes = document::write(&self.objects.described(&object), &terms)?;
        let terms = if self.objects.create(&object, bytes).await? {
            terms
        } else {
            let bytes = self.objects.get(&object).await?;
            document::read(&self.objects.described(&object), &bytes.unwrap_or_default())?
        };
        Ok(ShardSet { store: self.clone(), folder, terms })
    }
}

impl ShardSet {
    /// What all of its shards have in common, as the first of them said it.
    pub fn terms(&self) -> &Terms {
        &self.terms
    }

    /// Keeps the part of a shard, unless there is one. Says whether it did.
    ///
    /// # Errors
    /// If it can't be written.
    pub async fn hand_in(&self, shard: Shard, part: &Report) -> Result<bool, StoreError> {
        let object = self.part_object(shard);
        let bytes = document::write_compressed(&self.described(&object), part)?;
        self.store.objects.create(&object, bytes).await
    }

    /// The part of a shard; `None` if it was not handed in.
    ///
    /// # Errors
    /// If it can't be read.
    pub async fn part(&self, shard: Shard) -> Result<Option<Report>, StoreError> {
        let object = self.part_object(shard);
        let Some(bytes) = self.store.objects.get(&object).await? else { return Ok(None) };
        document::read_compressed(&self.described(&object), &bytes).map(Some)
    }

    /// How far it has come.
    ///
    /// # Errors
    /// If the store can't be listed.
    pub async fn progress(&self) -> Result<Progress, StoreError> {
        let names = self.store.objects.list(&self.folder).await?;
        let part = |name: &String| {
            let (index, count) = name.strip_suffix(ENDING)?.split_once("-of-")?;
            let shard = Shard::new(index.parse().ok()?, count.parse().ok()?).ok()?;
            (shard.count() == self.terms.shards).then(|| shard.index())
        };
        let hub = |name: &String| name.strip_prefix(HUBS)?.strip_suffix(".json")?.parse().ok();
        let writers = names.iter().filter(|name| name.starts_with(WRITER)).count();
        let (parts, hubs) = (names.iter().filter_map(part).collect(), names.iter().filter_map(hub).collect());
        Ok(Progress { parts, hubs, writers, is_merged: names.iter().any(|name| name == MERGED) })
    }

    /// Says that a process is going to write for a shard. `process` is an id of
    /// its own: two may do the same shard.
    ///
    /// # Errors
    /// If it can't be written.
    pub async fn begin_to_write(&self, shard: Shard, process: &str) -> Result<(), StoreError> {
        let object = self.writer_object(process);
        let bytes = document::write(&self.described(&object), Writer { shard: shard.index() })?;
        self.store.objects.create(&object, bytes).await.map(drop)
    }

    /// Says that it writes no more.
    ///
    /// # Errors
    /// If that can't be written.
    pub async fn end_to_write(&self, process: &str) -> Result<(), StoreError> {
        self.store.objects.delete(&self.writer_object(process)).await
    }

    /// Says that a shard is done with its hubs, and whether it changed any, unless
    /// that was said.
    ///
    /// # Errors
    /// If it can't be written.
    pub async fn say_hubs_are_done(&self, shard: Shard, is_changed: bool) -> Result<(), StoreError> {
        let object = self.hubs_object(shard);
        let bytes = document::write(&self.described(&object), HubsDone { is_changed })?;
        self.store.objects.create(&object, bytes).await.map(drop)
    }

    /// Whether a shard said that it changed a hub.
    ///
    /// # Errors
    /// If it can't be read.
    pub async fn hubs_changed(&self, shard: Shard) -> Result<bool, StoreError> {
        let object = self.hubs_object(shard);
        let Some(bytes) = self.store.objects.get(&object).await? else { return Ok(false) };
        document::read::<HubsDone>(&self.described(&object), &bytes).map(|done| done.is_changed)
    }

    /// Takes the merging upon oneself; `None` while another process does it.
    /// `stop` is cancelled if another one took over.
    ///
    /// # Errors
    /// If the store does not work.
    pub async fn claim(&self, holder: Holder, stop: CancellationToken) -> Result<Option<Lock>, StoreError> {
        match self.store.lock_at(&format!("{}/{MERGING}", self.folder), holder, stop).await {
            Ok(lock) => Ok(Some(lock)),
            Err(LockError::Held { .. }) => Ok(None),
            Err(LockError::Store(error)) => Err(error),
        }
    }

    /// That it was merged; `None` if it was not yet.
    ///
    /// # Errors
    /// If it can't be read.
    pub async fn merged(&self) -> Result<Option<Merged>, StoreError> {
        let object = format!("{}/{MERGED}", self.folder);
        let Some(bytes) = self.store.objects.get(&object).await? else { return Ok(None) };
        document::read(&self.described(&object), &bytes).map(Some)
    }

    /// Says that it was merged.
    ///
    /// # Errors
    /// If it can't be written.
    pub async fn conclude(&self, merged: &Merged) -> Result<(), StoreError> {
        let object = format!("{}/{MERGED}", self.folder);
        let bytes = document::write(&self.described(&object), merged)?;
        self.store.objects.create(&object, bytes).await.map(drop)
    }

    fn part_object(&self, shard: Shard) -> String {
        format!("{}/{}-of-{}{ENDING}", self.folder, shard.index(), shard.count())
    }

    fn writer_object(&self, process: &str) -> String {
        format!("{}/{WRITER}{process}.json", self.folder)
    }

    fn hubs_object(&self, shard: Shard) -> String {
        format!("{}/{HUBS}{}.json", self.folder, shard.index())
    }

    fn described(&self, object: &str) -> String {
        self.store.objects.described(object)
    }
}
