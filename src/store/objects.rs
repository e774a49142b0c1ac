//! The objects of one fleet, by names below its folder. The object library's
//! types stop here and where a store is opened.

use std::sync::Arc;

use futures::StreamExt;
use object_store::path::Path;
use object_store::{Error, ObjectStore, ObjectStoreExt, PutMode};

use super::error::StoreError;

/// The objects of one fleet. Clones share everything.
#[derive(Clone)]
pub(super) struct Objects {
    store: Arc<dyn ObjectStore>,
    root: Path,
    place: String,
}

impl Objects {
    /// The objects below `root`; `place` is what messages call the store.
    pub fn new(store: Arc<dyn ObjectStore>, root: Path, place: String) -> Self {
        Self { store, root, place }
    }

    /// What messages call the store.
    pub fn place(&self) -> &str {
        &self.place
    }

    /// What messages call an object.
    pub fn described(&self, name: &str) -> String {
        format!("{name} of {}", self.place)
    }

    /// The bytes of an object; `None` where there is none of this name.
    pub async fn get(&self, name: &str) -> Result<Option<Vec<u8>>, StoreError> {
        let failed = |error: &Error| StoreError::failed(format!("read {}", self.described(name)), error);
        let found = match self.store.get(&self.path(name)).await {
            Err(Error::NotFound { .. }) => return Ok(None),
            found => found.map_err(|error| failed(&error))?,
        };
        Ok(Some(found.bytes().await.map_err(|error| failed(&error))?.to_vec()))
    }

    /// Makes an object, unless there is one of this name. Says whether it did.
    pub async fn create(&self, name: &str, bytes: Vec<u8>) -> Result<bool, StoreError> {
        match self.store.put_opts(&self.path(name), bytes.into(), PutMode::Create.into()).await {
            Ok(_) => Ok(true),
            Err(Error::AlreadyExists { .. }) => Ok(false),
            Err(error) => Err(StoreError::failed(format!("write {}", self.described(name)), &error)),
        }
    }

    /// Deletes an object; one that is gone already is no failure.
    pub async fn delete(&self, name: &str) -> Result<(), StoreError> {
        match self.store.delete(&self.path(name)).await {
            Ok(()) | Err(Error::NotFound { .. }) => Ok(()),
            Err(error) => Err(StoreError::failed(format!("delete {}", self.described(name)), &error)),
        }
    }

    /// The names of the objects of a folder, without the folder's, sorted.
    pub async fn list(&self, folder: &str) -> Result<Vec<String>, StoreError> {
        let paths = self.listed(folder).await?;
        let mut names: Vec<String> =
            paths.iter().filter_map(|path| path.filename().map(str::to_owned)).collect();
        names.sort();
        Ok(names)
    }

    async fn listed(&self, folder: &str) -> Result<Vec<Path>, StoreError> {
        let failed = |error: Error| {
            let tried = format!("list {folder} of {}", self.place);
            StoreError::failed(tried, &error)
        };
        let mut found = self.store.list(Some(&self.path(folder)));
        let mut paths = Vec::new();
        while let Some(object) = found.next().await {
            paths.push(object.map_err(failed)?.location);
        }
        Ok(paths)
    }

    /// The names of the objects of a folder and of those within it, each with
    /// its way from there, sorted.
    pub async fn list_below(&self, folder: &str) -> Result<Vec<String>, StoreError> {
        let path = self.path(folder);
        let inside = |object: &Path| {
            let parts: Vec<_> = object.prefix_match(&path)?.map(|part| part.as_ref().to_owned()).collect();
            Some(parts.join("/"))
        };
        let mut names: Vec<String> = self.listed(folder).await?.iter().filter_map(inside).collect();
        names.sort();
        Ok(names)
    }

    /// The names of the folders of a folder, without the folder's, sorted.
    pub async fn folders(&self, folder: &str) -> Result<Vec<String>, StoreError> {
        let found = self.store.list_with_delimiter(Some(&self.path(folder))).await.map_err(|error| {
            let tried = format!("list the folders of {folder} of {}", self.place);
            StoreError::failed(tried, &error)
        })?;
        let names = found.common_prefixes.iter().filter_map(|path| path.filename().map(str::to_owned));
        let mut names: Vec<String> = names.collect();
        names.sort();
        Ok(names)
    }

    fn path(&self, name: &str) -> Path {
        Path::from(format!("{}/{name}", self.root))
    }
}
