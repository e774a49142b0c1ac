//! The report's figures as one line of CloudWatch's embedded metric format.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use crate::model::Report;
use crate::model::embedded_metric::{EmbeddedMetrics, Metric, Unit};

/// The dimension that tells fleets apart.
const DIMENSION: &str = "Fleet";

/// The line of a report, as of when its run ended. Accounts are no dimension:
/// a line holds one value a dimension, and each account would be a paid metric
/// of its own.
pub fn render(report: &Report) -> Value {
    let metadata = &report.metadata;
    let milliseconds = metadata.finished_at.unix_timestamp_nanos() / 1_000_000;
    let properties = BTreeMap::from([
        ("run", json!(metadata.run)),
        ("mode", json!(metadata.mode)),
        ("version", json!(metadata.version)),
    ]);
    let metrics = EmbeddedMetrics {
        timestamp: u64::try_from(milliseconds).unwrap_or_default(),
        dimensions: BTreeMap::from([(DIMENSION, metadata.fleet.clone())]),
        metrics: metrics(report),
        properties,
    };
    metrics.line()
}

fn metrics(report: &Report) -> Vec<Metric> {
    let summary = &report.summary;
    let count = |name, count: usize| Metric::count(name, count as u64);
    let took = report.metadata.finished_at - report.metadata.started_at;
    let incomplete = u64::from(report.is_incomplete());
    vec![
        count("Accounts", summary.accounts),
        count("Clusters", summary.clusters),
        count("Services", summary.services),
        count("Errors", summary.findings.error),
        count("Warnings", summary.findings.warning),
        count("PathsHeard", summary.paths.heard),
        count("PathsBroken", summary.paths.broken),
        count("PathsUnknown", summary.paths.unknown),
        count("LocationsSeen", summary.coverage.seen),
        count("LocationsNotSeen", summary.locations.saturating_sub(summary.coverage.seen)),
        count("ChangesApplied", summary.changes.applied),
        count("ChangesFailed", summary.changes.failed),
        Metric::count("Calls", summary.calls.total),
        Metric { name: "Incomplete", unit: Unit::None, value: json!(incomplete) },
        Metric { name: "Duration", unit: Unit::Seconds, value: json!(took.as_seconds_f64().max(0.0)) },
    ]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::fixtures::mixed;

    /// The names of units that CloudWatch takes (Amazon CloudWatch API
    /// reference, `MetricDatum`), as far as they have none of a rate.
    const UNITS: &[&str] = &[
        "Seconds",
        "Microseconds",
        "Milliseconds",
        "Bytes",
        "Kilobytes",
        "Megabytes",
        "Gigabytes",
        "Terabytes",
        "Bits",
        "Kilobits",
        "Megabits",
        "Gigabits",
        "Terabits",
        "Percent",
        "Count",
        "None",
    ];

    /// What the specification of the embedded metric format asks of a document.
    fn keeps_the_specification(line: &Value) -> Result<(), String> {
        let check = |holds: bool, what: &str| if holds { Ok(()) } else { Err(what.to_owned()) };
        check(line.to_string().len() <= 1 << 20, "a line is one mebibyte at most")?;
        check(!line.to_string().contains('\n'), "a line is one line")?;
        check(line["_aws"]["Timestamp"].is_u64(), "the time is a whole number of milliseconds")?;
        let directives = line["_aws"]["CloudWatchMetrics"].as_array().ok_or("directives are a list")?;
        for directive in directives {
            let namespace = directive["Namespace"].as_str().unwrap_or_default();
            check((1..=255).contains(&namespace.len()), "a namespace has 1 to 255 characters")?;
            let sets = directive["Dimensions"].as_array().ok_or("sets of dimensions are a list")?;
            for set in sets {
                let set = set.as_array().ok_or("a set of dimensions is a list")?;
                check(set.len() <= 30, "a set has 30 dimensions at most")?;
                for name in set {
                    let value = &line[name.as_str().ok_or("a dimension is named")?];
                    let length = value.as_str().map_or(0, str::len);
                    check(
                        (1..=1024).contains(&length),
                        "a dimension's value is text of 1 to 1024 characters",
                    )?;
                }
            }
            let metrics = directive["Metrics"].as_array().ok_or("metrics are a list")?;
            check((1..=100).contains(&metrics.len()), "a directive has 1 to 100 metrics")?;
            for metric in metrics {
                let name = metric["Name"].as_str().ok_or("a metric is named")?;
                check((1..=1024).contains(&name.len()), "a name has 1 to 1024 characters")?;
                check(line[name].is_number(), "a metric's value is a number")?;
                check(metric["Unit"].as_str().is_some_and(|unit| UNITS.contains(&unit)), "a unit is known")?;
            }
        }
        Ok(())
    }

    #[test]
    fn the_line_keeps_the_specification() {
        assert_eq!(keeps_the_specification(&render(&mixed())), Ok(()));
    }

    #[test]
    fn what_breaks_the_specification_is_found() {
        let breaks: [fn(&mut Value); 5] = [
            |line| line["_aws"]["Timestamp"] = json!("now"),
            |line| line["Fleet"] = json!(7),
            |line| line["Errors"] = json!("many"),
            |line| line["_aws"]["CloudWatchMetrics"][0]["Metrics"][0]["Unit"] = json!("Dozens"),
            |line| line["_aws"]["CloudWatchMetrics"][0]["Namespace"] = json!(""),
        ];
        for (index, spoil) in breaks.into_iter().enumerate() {
            let mut line = render(&mixed());
            spoil(&mut line);
            assert!(keeps_the_specification(&line).is_err(), "{index}: {line}");
        }
    }

    #[test]
    fn the_figures_are_those_of_the_summary() {
        let report = mixed();
        let line = render(&report);
        assert_eq!(line["Fleet"], json!(report.metadata.fleet));
        assert_eq!(line["Errors"], json!(report.summary.findings.error));
        assert_eq!(line["PathsBroken"], json!(report.summary.paths.broken));
        assert_eq!(line["run"], json!(report.metadata.run));
    }
}
