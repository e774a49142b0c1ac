//! Metrics as log lines: whatever ends up in CloudWatch Logs in the embedded
//! metric format becomes metrics there (Amazon CloudWatch user guide,
//! "Specification: Embedded metric format").

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

/// The namespace of all metrics of Foghorn.
pub const NAMESPACE: &str = "Foghorn";

/// What a metric counts: the units of Foghorn's metrics, of those that
/// CloudWatch knows (`MetricDatum` of its API reference).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unit {
    /// Things.
    Count,
    /// Seconds.
    Seconds,
    /// Neither: a yes or no as 1 or 0.
    None,
}

impl Unit {
    fn as_str(self) -> &'static str {
        match self {
            Self::Count => "Count",
            Self::Seconds => "Seconds",
            Self::None => "None",
        }
    }
}

/// One metric of a line.
#[derive(Debug, Clone, PartialEq)]
pub struct Metric {
    /// Its name.
    pub name: &'static str,
    /// What it counts.
    pub unit: Unit,
    /// How much: a number.
    pub value: Value,
}

impl Metric {
    /// So many of something.
    pub fn count(name: &'static str, count: u64) -> Self {
        Self { name, unit: Unit::Count, value: json!(count) }
    }
}

/// A line of metrics that share one set of dimensions. CloudWatch takes 100
/// metrics a line at most, and 30 dimensions.
#[derive(Debug, Clone, PartialEq)]
pub struct EmbeddedMetrics {
    /// When it was measured, in milliseconds since 1970.
    pub timestamp: u64,
    /// What tells the metrics of one source from another's.
    pub dimensions: BTreeMap<&'static str, String>,
    /// The metrics.
    pub metrics: Vec<Metric>,
    /// What can be searched for in the log and is part of no metric.
    pub properties: BTreeMap<&'static str, Value>,
}

impl EmbeddedMetrics {
    /// The line, as one JSON object.
    pub fn line(&self) -> Value {
        let names: Vec<&str> = self.dimensions.keys().copied().collect();
        let definitions: Vec<Value> = self
            .metrics
            .iter()
            .map(|metric| json!({ "Name": metric.name, "Unit": metric.unit.as_str() }))
            .collect();
        let directive = json!({ "Namespace": NAMESPACE, "Dimensions": [names], "Metrics": definitions });
        let mut line = Map::new();
        line.insert(
            "_aws".to_owned(),
            json!({ "Timestamp": self.timestamp, "CloudWatchMetrics": [directive] }),
        );
        line.extend(self.dimensions.iter().map(|(name, value)| ((*name).to_owned(), json!(value))));
        line.extend(self.metrics.iter().map(|metric| (metric.name.to_owned(), metric.value.clone())));
        line.extend(self.properties.iter().map(|(name, value)| ((*name).to_owned(), value.clone())));
        Value::Object(line)
    }
}
