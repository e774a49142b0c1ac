//! Metric data asked for.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};
use time::OffsetDateTime;

use super::metrics::{Metric, Sample, read_metric};
use super::validation;
use crate::sim::call::{Answer, ApiError, Call};
use crate::sim::members::{self, list, without_nulls};
use crate::sim::world::World;

/// Queries in one GetMetricData call, from the API reference.
const MAX_QUERIES: usize = 500;
/// Values in one answer to GetMetricData.
const MAX_DATAPOINTS: usize = 100_800;
/// Values that one GetMetricStatistics call may ask for.
const MAX_STATISTICS: i64 = 1440;

/// A stretch of time cut in periods.
#[derive(Clone, Copy)]
struct Window {
    start: OffsetDateTime,
    end: OffsetDateTime,
    period: i64,
}

/// Values of one query by the start of their period, in epoch seconds.
type Series = Vec<(i64, f64)>;

impl Window {
    fn read(call: &Call<'_>, period: Option<i64>) -> Result<Self, ApiError> {
        let start = members::timestamp(call.input.get("StartTime"));
        let end = members::timestamp(call.input.get("EndTime"));
        let (Some(start), Some(end)) = (start, end) else {
            return Err(ApiError::new(
                "MissingParameter",
                "The parameters StartTime and EndTime are required.",
            ));
        };
        if start >= end {
            return Err(validation("The parameter StartTime must be less than the parameter EndTime."));
        }
        let period = period.unwrap_or(300);
        if period < 1 || period > 60 && period % 60 != 0 {
            return Err(ApiError::new(
                "InvalidParameterValue",
                "The parameter Period must be a multiple of 60.",
            ));
        }
        Ok(Self { start, end, period })
    }

    /// The samples of each period that has any, by the period's start.
    fn buckets(self, samples: &[Sample]) -> BTreeMap<i64, Sample> {
        let mut buckets: BTreeMap<i64, Sample> = BTreeMap::new();
        for sample in samples.iter().filter(|sample| self.start <= sample.at && sample.at < self.end) {
            let seconds = sample.at.unix_timestamp();
            let start = seconds - seconds.rem_euclid(self.period);
            buckets.entry(start).and_modify(|sum| *sum = sum.and(*sample)).or_insert(*sample);
        }
        buckets
    }
}

fn samples<'w>(world: &'w mut World, call: &Call<'_>, metric: &Metric) -> &'w [Sample] {
    world.region(call.account, call.region).cloudwatch.metrics.get(metric).map_or(&[], Vec::as_slice)
}

pub(super) fn get_metric_data(world: &mut World, call: &Call<'_>) -> Answer {
    let queries = list(call.input.get("MetricDataQueries"));
    check_queries(queries)?;
    let mut all = Vec::new();
    for query in queries.iter().filter(|query| members::boolean(query.get("ReturnData")).unwrap_or(true)) {
        let mut series = series(world, call, query)?;
        if call.string("ScanBy") != Some("TimestampAscending") {
            series.reverse();
        }
        all.push((query, series));
    }
    page(&all, call)
}

fn check_queries(queries: &[Value]) -> Result<(), ApiError> {
    if queries.is_empty() {
        return Err(validation("The collection MetricDataQueries must not have a size less than 1."));
    }
    if queries.len() > MAX_QUERIES {
        return Err(validation("The collection MetricDataQueries must not have a size greater than 500."));
    }
    let mut ids: Vec<&str> = queries.iter().filter_map(|query| query["Id"].as_str()).collect();
    ids.sort_unstable();
    ids.dedup();
    if ids.len() != queries.len() {
        return Err(validation("The values for parameter id in MetricDataQueries are not unique."));
    }
    Ok(())
}

fn series(world: &mut World, call: &Call<'_>, query: &Value) -> Result<Series, ApiError> {
    let Some(stat) = query.get("MetricStat") else {
        return Err(validation("Metric math expressions are not simulated."));
    };
    let window = Window::read(call, stat["Period"].as_i64())?;
    let name = stat["Stat"].as_str().unwrap_or_default();
    let buckets = window.buckets(samples(world, call, &read_metric(&stat["Metric"])));
    let value = |(at, sample): (i64, Sample)| sample.statistic(name).map(|value| (at, value));
    buckets
        .into_iter()
        .map(value)
        .collect::<Option<_>>()
        .ok_or_else(|| validation(format!("The statistic {name} is not simulated.")))
}

/// One page of values. A token says how many values came before.
fn page(all: &[(&Value, Series)], call: &Call<'_>) -> Answer {
    let mut skip = match call.string("NextToken") {
        Some(token) => token
            .parse()
            .map_err(|_| ApiError::new("InvalidNextToken", "The next token specified is invalid."))?,
        None => 0usize,
    };
    let size =
        call.integer("MaxDatapoints").and_then(|most| usize::try_from(most).ok()).unwrap_or(MAX_DATAPOINTS);
    let mut room = size.clamp(1, MAX_DATAPOINTS);
    let (seen, total) = (skip + room, all.iter().map(|(_, series)| series.len()).sum::<usize>());
    let mut results = Vec::new();
    for (query, series) in all {
        let passed = skip.min(series.len());
        skip -= passed;
        let values = &series[passed..series.len().min(passed + room)];
        room -= values.len();
        // A query is in an answer for its values, or for having none.
        if !values.is_empty() || series.is_empty() && call.string("NextToken").is_none() {
            results.push(result(query, values, passed + values.len() == series.len()));
        }
    }
    let next = (seen < total).then(|| seen.to_string());
    Ok(without_nulls(json!({"MetricDataResults": results, "Messages": [], "NextToken": next})))
}

fn result(query: &Value, values: &[(i64, f64)], complete: bool) -> Value {
    let label = query["Label"].as_str().or(query["MetricStat"]["Metric"]["MetricName"].as_str());
    let timestamps: Vec<Value> = values.iter().map(|(at, _)| json!({"$timestamp": at})).collect();
    json!({
        "Id": query["Id"],
        "Label": label.unwrap_or_default(),
        "Timestamps": timestamps,
        "Values": values.iter().map(|(_, value)| value).collect::<Vec<_>>(),
        "StatusCode": if complete { "Complete" } else { "PartialData" },
    })
}

pub(super) fn get_metric_statistics(world: &mut World, call: &Call<'_>) -> Answer {
    let window = Window::read(call, call.integer("Period"))?;
    let asked = (window.end - window.start).whole_seconds() / window.period;
    if asked > MAX_STATISTICS {
        let message = format!(
            "You have requested up to {asked} datapoints, which exceeds the limit of 1,440. You may reduce the datapoints requested by increasing Period, or decreasing the time range."
        );
        return Err(ApiError::new("InvalidParameterCombination", message));
    }
    let wanted = call.strings("Statistics");
    let metric = read_metric(call.input);
    let datapoints: Vec<Value> = window
        .buckets(samples(world, call, &metric))
        .into_iter()
        .map(|(at, sample)| {
            let mut datapoint = Map::from_iter([("Timestamp".to_owned(), json!({"$timestamp": at}))]);
            datapoint.extend(
                wanted.iter().filter_map(|name| Some(((*name).to_owned(), json!(sample.statistic(name)?)))),
            );
            datapoint.insert("Unit".to_owned(), "Count".into());
            Value::Object(datapoint)
        })
        .collect();
    Ok(json!({"Label": metric.name, "Datapoints": datapoints}))
}
