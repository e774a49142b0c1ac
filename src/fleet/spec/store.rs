//! Where reports are kept, as the fleet file writes it. Its comments are read by
//! users of the file.

use std::borrow::Cow;
use std::fmt;
use std::time::Duration;

use schemars::{JsonSchema, Schema, SchemaGenerator};
use serde::Deserialize;
use serde::de::value::MapAccessDeserializer;
use serde::de::{Deserializer, Error, MapAccess, Visitor};

use crate::fleet::written;
use crate::model::Region;

/// Where reports are kept. A text alone is its `url`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Store {
    /// Where: see [`crate::model::StoreAddress`].
    pub url: String,
    /// The bucket's Region; `None` for the environment's, else the one that
    /// the bucket itself says.
    pub region: Option<Region>,
    /// How many runs are kept.
    pub keep: usize,
    /// How long a run that died blocks others that write.
    pub lock_expiry: Duration,
}

impl Default for Store {
    fn default() -> Self {
        Fields::default().into()
    }
}

/// Where reports are kept, in full.
#[derive(Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
#[schemars(rename = "StoreInFull")]
struct Fields {
    /// `file:FOLDER` (relative to the working directory), `s3://bucket/prefix`,
    /// `gs://bucket/prefix` or `az://container/prefix`, or `none` to keep
    /// nothing.
    #[schemars(example = &"s3://acme-foghorn/reports")]
    url: String,
    /// The Region of a bucket of Amazon S3. Absent: that of the environment,
    /// else the one that the bucket says.
    region: Option<Region>,
    /// How many runs are kept; older ones are deleted.
    #[schemars(range(min = 1, max = 1000))]
    keep: usize,
    /// How long a run that died blocks others that write, 1s to 1h.
    #[serde(deserialize_with = "written::duration")]
    #[schemars(with = "written::Written", extend("default" = "2m"))]
    lock_expiry: Duration,
}

impl Default for Fields {
    fn default() -> Self {
        Self {
            url: "file:.foghorn".to_owned(),
            region: None,
            keep: 30,
            lock_expiry: Duration::from_secs(120),
        }
    }
}

impl From<Fields> for Store {
    fn from(Fields { url, region, keep, lock_expiry }: Fields) -> Self {
        Self { url, region, keep, lock_expiry }
    }
}

impl<'de> Deserialize<'de> for Store {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(StoreVisitor)
    }
}

/// Reads the address from a text, and all of it from a mapping.
struct StoreVisitor;

impl<'de> Visitor<'de> for StoreVisitor {
    type Value = Store;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("an address such as file:.foghorn or s3://bucket/prefix, or a mapping")
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<Store, E> {
        Ok(Store { url: text.to_owned(), ..Store::default() })
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Store, A::Error> {
        Fields::deserialize(MapAccessDeserializer::new(map)).map(Store::from)
    }
}

impl JsonSchema for Store {
    fn schema_name() -> Cow<'static, str> {
        "Store".into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        schemars::json_schema!({
            "description": "Where reports are kept. A text alone is its `url`.",
            "examples": ["s3://acme-foghorn/reports"],
            "anyOf": [
                { "type": "string", "pattern": "^(none|(file|s3|gs|az):.+)$" },
                generator.subschema_for::<Fields>(),
            ]
        })
    }
}
