//! The objects of one fleet, by names below its folder. The object library's
//! types stop here and where a store is opened.

use std::sync::Arc;
use std::time::Duration;

use futures::StreamExt;
use object_store::path::Path;
use object_store::{Error, ObjectStore, ObjectStoreExt, PutMode, PutPayload};

use super::error::StoreError;

/// How often an object is made that others were just about to make or delete.
const TRIES: u32 = 5;

/// How long to wait before the second try; twice as long before each further one.
const FIRST_WAIT: Duration = Duration::from_millis(100);

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
    ///
    /// Amazon S3 also answers with a conflict while another request for the same
    /// object is under way, whatever becomes of that one, and wants to be asked
    /// again (Amazon S3 API reference, PutObject, `If-None-Match`). The library
    /// takes it for an object that exists, so that this is looked at.
    pub async fn create(&self, name: &str, bytes: Vec<u8>) -> Result<bool, StoreError> {
        let failed = |detail: &dyn std::fmt::Display| {
            StoreError::failed(format!("write {}", self.described(name)), detail)
        };
        let (path, payload) = (self.path(name), PutPayload::from(bytes));
        for tries in 0..TRIES {
            match self.store.put_opts(&path, payload.clone(), PutMode::Create.into()).await {
                Ok(_) => return Ok(true),
                Err(Error::AlreadyExists { .. }) if self.exists(name).await? => return Ok(false),
                Err(Error::AlreadyExists { .. }) => {
                    tokio::time::sleep(FIRST_WAIT * 2_u32.pow(tries)).await;
                }
                Err(error) => return Err(failed(&error)),
            }
        }
        Err(failed(&"others write or delete it all the time"))
    }

    async fn exists(&self, name: &str) -> Result<bool, StoreError> {
        match self.store.head(&self.path(name)).await {
            Ok(_) => Ok(true),
            Err(Error::NotFound { .. }) => Ok(false),
            Err(error) => Err(StoreError::failed(format!("look for {}", self.described(name)), &error)),
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

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};

    use axum::Router;
    use axum::http::{Method, StatusCode, header};
    use object_store::aws::AmazonS3Builder;
    use tokio::net::TcpListener;

    use super::*;

    /// A bucket that answers so many requests to make an object with a conflict,
    /// and has none until it made one.
    async fn bucket(conflicts: usize) -> Objects {
        let puts = Arc::new(AtomicUsize::new(0));
        let answer = move |method: Method| {
            let puts = puts.clone();
            async move {
                let headers =
                    [(header::ETAG, "\"1\""), (header::LAST_MODIFIED, "Sat, 21 Nov 2026 09:00:00 GMT")];
                let status = match method {
                    Method::PUT if puts.fetch_add(1, Ordering::SeqCst) < conflicts => StatusCode::CONFLICT,
                    Method::HEAD if puts.load(Ordering::SeqCst) <= conflicts => StatusCode::NOT_FOUND,
                    _ => StatusCode::OK,
                };
                (status, headers, "<Error><Code>ConditionalRequestConflict</Code></Error>")
            }
        };
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let endpoint = format!("http://{}", listener.local_addr().expect("an address"));
        tokio::spawn(async move { axum::serve(listener, Router::new().fallback(answer)).await });
        let builder =
            AmazonS3Builder::new().with_allow_http(true).with_endpoint(endpoint).with_bucket_name("acme");
        let builder =
            builder.with_region("eu-west-1").with_access_key_id("one").with_secret_access_key("two");
        let store = Arc::new(builder.build().expect("a bucket"));
        Objects::new(store, Path::from("fleet"), "s3://acme/fleet".to_owned())
    }

    #[tokio::test]
    async fn a_conflict_over_an_object_that_nobody_made_is_tried_again() {
        let objects = bucket(2).await;
        assert_eq!(objects.create("part", b"one".to_vec()).await, Ok(true));
    }

    #[tokio::test]
    async fn an_object_over_which_others_never_cease_to_fight_is_said_not_to_be_written() {
        let objects = bucket(usize::MAX).await;
        let error = objects.create("part", b"one".to_vec()).await.expect_err("no object");
        assert!(error.to_string().starts_with("could not write part of s3://acme/fleet: others"), "{error}");
    }
}
