//! Metrics as log lines: Lambda's logs are read by CloudWatch.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use crate::model::embedded_metric::{EmbeddedMetrics, Metric};

/// The dimension that tells functions apart.
const DIMENSION: &str = "FunctionName";

/// What one invocation did.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Counts {
    /// Messages that are in the room.
    pub posted: u64,
    /// Messages that are not.
    pub failed: u64,
    /// Messages that were in the room already.
    pub duplicates: u64,
}

/// The line that counts what an invocation did. `timestamp` is in milliseconds
/// since 1970.
pub(super) fn of_invocation(function: &str, timestamp: u64, counts: Counts) -> Value {
    let metrics = [
        ("MessagesPosted", counts.posted),
        ("MessagesFailed", counts.failed),
        ("DuplicatesDropped", counts.duplicates),
    ];
    line(function, timestamp, &metrics)
}

/// The line that counts a canary that is in the room. The run that sent it is
/// a property, not a dimension: each run would be a metric of its own.
pub(super) fn of_canary(function: &str, timestamp: u64, run: &str) -> Value {
    let mut line = line(function, timestamp, &[("CanariesPosted", 1)]);
    line["CanaryRun"] = json!(run);
    line
}

fn line(function: &str, timestamp: u64, metrics: &[(&'static str, u64)]) -> Value {
    let dimensions = BTreeMap::from([(DIMENSION, function.to_owned())]);
    let metrics = metrics.iter().map(|(name, count)| Metric::count(name, *count)).collect();
    EmbeddedMetrics { timestamp, dimensions, metrics, properties: BTreeMap::new() }.line()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_invocation_is_counted_in_the_form_that_cloudwatch_makes_metrics_of() {
        let counts = Counts { posted: 3, failed: 1, duplicates: 2 };
        let expected = json!({
            "_aws": {
                "Timestamp": 1_795_168_800_000_u64,
                "CloudWatchMetrics": [{
                    "Namespace": "Foghorn",
                    "Dimensions": [["FunctionName"]],
                    "Metrics": [
                        { "Name": "MessagesPosted", "Unit": "Count" },
                        { "Name": "MessagesFailed", "Unit": "Count" },
                        { "Name": "DuplicatesDropped", "Unit": "Count" }
                    ]
                }]
            },
            "FunctionName": "foghorn-deploys",
            "MessagesPosted": 3, "MessagesFailed": 1, "DuplicatesDropped": 2
        });
        assert_eq!(of_invocation("foghorn-deploys", 1_795_168_800_000, counts), expected);
    }

    #[test]
    fn a_canary_is_found_by_its_run_and_counted_with_all_others() {
        let line = of_canary("foghorn-deploys", 1, "01KAJ");
        assert_eq!((&line["CanariesPosted"], &line["CanaryRun"]), (&json!(1), &json!("01KAJ")));
        let directive = &line["_aws"]["CloudWatchMetrics"][0];
        assert_eq!(directive["Metrics"], json!([{ "Name": "CanariesPosted", "Unit": "Count" }]));
        assert_eq!(directive["Dimensions"], json!([["FunctionName"]]));
    }

    #[test]
    fn every_metric_and_dimension_that_a_line_names_is_in_it() {
        for line in [of_invocation("f", 1, Counts::default()), of_canary("f", 1, "r")] {
            let directive = &line["_aws"]["CloudWatchMetrics"][0];
            for metric in directive["Metrics"].as_array().unwrap() {
                assert!(line[metric["Name"].as_str().unwrap()].is_u64(), "{line}");
            }
            assert!(line[directive["Dimensions"][0][0].as_str().unwrap()].is_string(), "{line}");
        }
    }
}
