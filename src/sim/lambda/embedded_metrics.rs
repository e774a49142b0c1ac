//! Metrics in log lines: the CloudWatch embedded metric format.
//!
//! The form is that of the Amazon CloudWatch user guide, "Specification:
//! Embedded metric format".

use std::collections::BTreeMap;

use serde_json::Value;
use time::OffsetDateTime;

use crate::sim::members::list;

/// One value of a metric.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Datum {
    pub(super) namespace: String,
    pub(super) name: String,
    pub(super) dimensions: BTreeMap<String, String>,
    pub(super) value: f64,
    pub(super) at: OffsetDateTime,
}

/// The metrics in a log line; none if it is no such line. A line without a
/// timestamp that can be read counts at `now`.
pub(super) fn read(line: &str, now: OffsetDateTime) -> Vec<Datum> {
    if !line.starts_with('{') || !line.contains("\"_aws\"") {
        return Vec::new();
    }
    let document: Value = serde_json::from_str(line).unwrap_or_default();
    let at = document["_aws"]["Timestamp"]
        .as_i64()
        .and_then(|stamp| OffsetDateTime::from_unix_timestamp_nanos(i128::from(stamp) * 1_000_000).ok());
    let directives = list(document["_aws"].get("CloudWatchMetrics"));
    directives.iter().flat_map(|directive| directed(directive, &document, at.unwrap_or(now))).collect()
}

/// The metrics of one directive: every metric under every set of dimensions.
fn directed(directive: &Value, document: &Value, at: OffsetDateTime) -> Vec<Datum> {
    let Some(namespace) = directive["Namespace"].as_str() else { return Vec::new() };
    let sets = list(directive.get("Dimensions"));
    let none = [Value::Array(Vec::new())];
    let sets = if sets.is_empty() { &none } else { sets };
    let mut data = Vec::new();
    for set in sets {
        // A set that names a member the document lacks makes no metric.
        let Some(dimensions) = dimensions(set, document) else { continue };
        for metric in list(directive.get("Metrics")) {
            let Some(name) = metric["Name"].as_str() else { continue };
            data.extend(values(&document[name]).into_iter().map(|value| Datum {
                namespace: namespace.to_owned(),
                name: name.to_owned(),
                dimensions: dimensions.clone(),
                value,
                at,
            }));
        }
    }
    data
}

fn dimensions(set: &Value, document: &Value) -> Option<BTreeMap<String, String>> {
    let names = list(Some(set)).iter();
    names
        .map(|name| {
            let name = name.as_str()?;
            Some((name.to_owned(), document[name].as_str()?.to_owned()))
        })
        .collect()
}

/// A value or many.
fn values(value: &Value) -> Vec<f64> {
    match value {
        Value::Array(values) => values.iter().filter_map(Value::as_f64).collect(),
        single => single.as_f64().into_iter().collect(),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;
    use time::macros::datetime;

    use super::*;

    const NOW: OffsetDateTime = datetime!(2026-11-20 10:00:00 UTC);

    #[test]
    fn a_line_gives_every_metric_under_every_set_of_dimensions_at_its_own_time() {
        let line = json!({
            "_aws": {"Timestamp": 1_795_000_000_000_i64, "CloudWatchMetrics": [{
                "Namespace": "Foghorn", "Dimensions": [["Room"], []],
                "Metrics": [{"Name": "Delivered", "Unit": "Count"}, {"Name": "Took"}],
            }]},
            "Room": "deploys", "Delivered": 1, "Took": [2.0, 3.0],
        });
        let data = read(&line.to_string(), NOW);
        let seen: Vec<(&str, usize, f64)> =
            data.iter().map(|datum| (datum.name.as_str(), datum.dimensions.len(), datum.value)).collect();
        assert_eq!(
            seen,
            [
                ("Delivered", 1, 1.0),
                ("Took", 1, 2.0),
                ("Took", 1, 3.0),
                ("Delivered", 0, 1.0),
                ("Took", 0, 2.0),
                ("Took", 0, 3.0)
            ]
        );
        assert!(data.iter().all(|datum| datum.at.unix_timestamp() == 1_795_000_000));
    }

    #[test]
    fn other_lines_give_none() {
        for line in ["", "plain", "{\"_aws\": 1}", "{\"_aws\"", "{\"level\": \"info\"}"] {
            assert_eq!(read(line, NOW), [], "{line}");
        }
        let lacking = json!({"_aws": {"CloudWatchMetrics": [{
            "Namespace": "F", "Dimensions": [["Room"]], "Metrics": [{"Name": "A"}]}]}, "A": 1});
        assert_eq!(read(&lacking.to_string(), NOW), []);
    }
}
