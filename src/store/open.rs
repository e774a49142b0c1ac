//! Opening a store.

use std::path::{Path as Folder, PathBuf};
use std::sync::Arc;

use object_store::ObjectStore;
use object_store::local::LocalFileSystem;
use object_store::path::Path;
use serde::{Deserialize, Serialize};

use super::error::{StoreError, here};
use super::objects::Objects;
use super::{Settings, Store, bucket, document};
use crate::model::StoreAddress;

/// The object that says which format a fleet's part of the store has.
const MARK: &str = "store.json";

/// The settings of the other clouds' clients are taken from variables that
/// begin so, as their own tools do.
const VARIABLES: [&str; 2] = ["GOOGLE_", "AZURE_"];

/// What the mark holds beside the format.
#[derive(Serialize, Deserialize)]
struct Mark {
    kind: String,
}

impl Store {
    /// Opens the store of a fleet; `None` where none is wanted.
    ///
    /// # Errors
    /// If it can't be reached, or another version's Foghorn keeps it.
    pub async fn open(settings: Settings) -> Result<Option<Self>, StoreError> {
        let Settings { address, fleet, keep, lock_expiry, bucket, clock } = settings;
        let folder = relative(&address);
        let (store, prefix, place) = match address {
            StoreAddress::Nowhere => return Ok(None),
            StoreAddress::Folder(path) => {
                (in_folder(&path)?, String::new(), format!("file:{}", path.display()))
            }
            StoreAddress::S3 { bucket: name, prefix } => {
                let place = format!("s3://{name}/{prefix}");
                (bucket::open(&name, &bucket).await?, prefix, place)
            }
            StoreAddress::Elsewhere(url) => {
                let (store, prefix) = elsewhere(&url)?;
                (store, prefix, url)
            }
        };
        let root = Path::from(format!("{prefix}/{fleet}"));
        let objects = Objects::new(store, root, place);
        let marked = is_marked(&objects).await?;
        Ok(Some(Self { objects, folder, marked, keep, lock_expiry, clock }))
    }

    /// What messages call the store.
    pub fn place(&self) -> &str {
        self.objects.place()
    }

    /// The same with the folder that it is, if that depends on the working
    /// directory.
    pub fn whereabouts(&self) -> String {
        format!("{}{}", self.place(), self.folder.as_deref().map(here).unwrap_or_default())
    }

    /// Whether another working directory has another store.
    pub fn is_relative(&self) -> bool {
        self.folder.is_some()
    }

    /// Writes down which format all has that is written from now on.
    pub(super) async fn mark(&self) -> Result<(), StoreError> {
        if self.marked {
            return Ok(());
        }
        let mark = Mark { kind: "Store".to_owned() };
        let bytes = document::write(&self.objects.described(MARK), mark)?;
        self.objects.create(MARK, bytes).await.map(drop)
    }
}

/// Whether the store says that it has the format of this version; a store of
/// another one is not touched at all.
async fn is_marked(objects: &Objects) -> Result<bool, StoreError> {
    let Some(bytes) = objects.get(MARK).await? else { return Ok(false) };
    document::read::<Mark>(&objects.described(MARK), &bytes).map(|_| true)
}

/// The folder that a relative path means, if the working directory is known.
fn relative(address: &StoreAddress) -> Option<PathBuf> {
    match address {
        StoreAddress::Folder(path) if path.is_relative() => std::path::absolute(path).ok(),
        _ => None,
    }
}

fn in_folder(path: &Folder) -> Result<Arc<dyn ObjectStore>, StoreError> {
    let failed = |error: &dyn std::fmt::Display| {
        StoreError::failed(format!("use the folder {}", path.display()), error)
    };
    std::fs::create_dir_all(path).map_err(|error| failed(&error))?;
    let store = LocalFileSystem::new_with_prefix(path).map_err(|error| failed(&error))?;
    // Other stores have no folders that could be left behind empty.
    let store = store.with_automatic_cleanup(true);
    Ok(Arc::new(store))
}

/// Google Cloud Storage and Azure Blob Storage, by what their own tools read
/// from the environment.
fn elsewhere(url: &str) -> Result<(Arc<dyn ObjectStore>, String), StoreError> {
    let failed = |error: &dyn std::fmt::Display| StoreError::failed(format!("use {url}"), error);
    let parsed = reqwest::Url::parse(url).map_err(|error| failed(&error))?;
    let variables = std::env::vars_os().filter_map(|(name, value)| {
        let (name, value) = (name.into_string().ok()?, value.into_string().ok()?);
        VARIABLES.iter().any(|prefix| name.starts_with(prefix)).then_some((name, value))
    });
    let (store, prefix) = object_store::parse_url_opts(&parsed, variables).map_err(|error| failed(&error))?;
    Ok((Arc::from(store), prefix.to_string()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_folder_that_is_relative_depends_on_the_working_directory() {
        let here = std::env::current_dir().expect("a working directory");
        for (address, expected) in [
            ("file:.foghorn", Some(here.join(".foghorn"))),
            ("file:/srv/foghorn", None),
            ("s3://bucket/prefix", None),
            ("none", None),
        ] {
            assert_eq!(relative(&address.parse().expect("an address")), expected, "{address}");
        }
    }
}
