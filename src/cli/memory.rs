//! What a fleet remembers, as commands use it. A store that does not work is
//! said, and keeps no run from its work.

use std::sync::{Arc, OnceLock};

use time::OffsetDateTime;
use tokio_util::sync::CancellationToken;

use super::args::{Global, Output};
use super::error::CliError;
use super::holder::holder;
use super::voice;
use crate::aws::Aws;
use crate::fleet::Fleet;
use crate::model::moment::Moment;
use crate::model::{Report, StoreAddress};
use crate::store::{BucketAccess, KeySource, Lock, LockError, Scope, Settings, Store, StoreError};

/// The memory of a fleet: nothing, where none is wanted or none works.
pub struct Memory {
    store: Option<Store>,
    scope: Scope,
    /// What first went wrong with the store, and what that means.
    trouble: OnceLock<String>,
}

impl Memory {
    /// Opens the memory of a fleet for runs over this part of it.
    pub async fn open(fleet: &Fleet, aws: &Aws, scope: Scope) -> Self {
        let mut memory = Self { store: None, scope, trouble: OnceLock::new() };
        match open(fleet, aws).await {
            Ok(store) => memory.store = store,
            Err(error) => memory.went_wrong(
                "the run goes on without memory of earlier ones and without a lock: see that no other writes",
                &error,
            ),
        }
        memory
    }

    /// What first went wrong with the store; `None` where all went well.
    pub fn trouble(&self) -> Option<&str> {
        self.trouble.get().map(String::as_str)
    }

    fn went_wrong(&self, what: &str, error: &StoreError) {
        let told = warn(what, error);
        self.trouble.get_or_init(|| told);
    }

    /// Takes the lock for a run that writes; `None` where there is no store that
    /// works. `stop` is cancelled if the lock is lost.
    ///
    /// # Errors
    /// If another run holds it.
    pub async fn lock(&self, run: &str, stop: &CancellationToken) -> Result<Option<Lock>, CliError> {
        let Some(store) = &self.store else { return Ok(None) };
        match store.lock(holder(run), stop.clone()).await {
            Ok(lock) => Ok(Some(lock)),
            Err(held @ LockError::Held { .. }) => Err(CliError::Locked(held)),
            Err(LockError::Store(error)) => {
                self.went_wrong("the run goes on without a lock: see that no other writes", &error);
                Ok(None)
            }
        }
    }

    /// Says in the report what is new since the last one.
    pub async fn compare(&mut self, report: &mut Report) {
        let Some(store) = &self.store else { return };
        if let Err(error) = store.compare(report, &self.scope).await {
            self.went_wrong("nobody can tell what is new since the last run", &error);
            if error.is_newer() {
                self.store = None;
            }
        }
    }

    /// The figures of the runs before this one, where the form that was asked for
    /// shows them.
    pub async fn moments(&self, global: &Global, report: &Report) -> Vec<Moment> {
        match &self.store {
            Some(store) => moments(global, store, &report.metadata.run).await,
            None => Vec::new(),
        }
    }

    /// Deletes the report of a run that this one took the place of.
    pub async fn forget(&self, run: &str) {
        let Some(store) = &self.store else { return };
        if let Err(error) = store.forget(run).await {
            self.went_wrong("the report of a look in between stays", &error);
        }
    }

    /// Keeps the report for later runs.
    pub async fn save(&self, report: &Report) {
        let Some(store) = &self.store else { return };
        if let Err(error) = store.save(report, &self.scope).await {
            self.went_wrong("the report is not kept", &error);
        }
    }
}

/// The figures of the runs up to this one, where the form that was asked for
/// shows them.
pub async fn moments(global: &Global, store: &Store, run: &str) -> Vec<Moment> {
    if global.output != Output::Html {
        return Vec::new();
    }
    store.moments(run).await.unwrap_or_else(|error| {
        warn("nothing is shown of earlier runs", &error);
        Vec::new()
    })
}

/// The part of the fleet that a run is about, as it was asked for.
pub fn scope(global: &Global, pipelines: Option<Vec<String>>) -> Scope {
    let chosen_places = !(global.accounts.is_empty() && global.regions.is_empty());
    Scope { chosen_places, pipelines, unannounced: false }
}

/// Opens the store of a fleet; `None` where none is wanted.
///
/// # Errors
/// If it can't be used.
pub async fn open(fleet: &Fleet, aws: &Aws) -> Result<Option<Store>, StoreError> {
    let store = &fleet.spec.store;
    // The fleet file was validated.
    let address = store.url.parse().unwrap_or(StoreAddress::Nowhere);
    let settings = Settings {
        address,
        fleet: fleet.metadata.name.clone(),
        keep: store.keep,
        lock_expiry: store.lock_expiry,
        bucket: BucketAccess {
            keys: keys(aws.clone()),
            region: store.region.or(aws.caller_region()),
            endpoint: aws.bucket_endpoint().map(str::to_owned),
        },
        clock: Arc::new(OffsetDateTime::now_utc),
    };
    Box::pin(Store::open(settings)).await
}

fn keys(aws: Aws) -> KeySource {
    Arc::new(move || {
        let aws = aws.clone();
        Box::pin(async move { aws.caller_keys().await.map_err(|error| error.to_string()) })
    })
}

fn warn(what: &str, error: &StoreError) -> String {
    let told = format!("{what}: {error} (next: {})", error.next_step());
    voice::warning(&told);
    told
}
