//! Metric data.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};
use time::OffsetDateTime;

use super::validation;
use crate::sim::call::{Answer, ApiError, Call};
use crate::sim::members::{double, list as elements, timestamp, without_nulls};
use crate::sim::paging;
use crate::sim::world::World;

/// What a metric is known by.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Metric {
    pub(super) namespace: String,
    pub(super) name: String,
    pub(super) dimensions: BTreeMap<String, String>,
}

/// Values of a metric at one time, summed up.
#[derive(Debug, Clone, Copy)]
pub(super) struct Sample {
    pub(super) at: OffsetDateTime,
    pub(super) count: f64,
    pub(super) sum: f64,
    pub(super) minimum: f64,
    pub(super) maximum: f64,
}

impl Sample {
    pub(super) fn one(at: OffsetDateTime, value: f64) -> Self {
        Self { at, count: 1.0, sum: value, minimum: value, maximum: value }
    }

    /// Both samples together, at the first one's time.
    pub(super) fn and(self, other: Self) -> Self {
        Self {
            at: self.at,
            count: self.count + other.count,
            sum: self.sum + other.sum,
            minimum: self.minimum.min(other.minimum),
            maximum: self.maximum.max(other.maximum),
        }
    }

    /// The value of a statistic that CloudWatch computes from a sample.
    pub(super) fn statistic(&self, name: &str) -> Option<f64> {
        match name {
            "SampleCount" => Some(self.count),
            "Sum" => Some(self.sum),
            "Average" => Some(self.sum / self.count),
            "Minimum" => Some(self.minimum),
            "Maximum" => Some(self.maximum),
            _ => None,
        }
    }
}

/// A metric from the members `Namespace`, `MetricName` and `Dimensions`.
pub(super) fn read_metric(members: &Value) -> Metric {
    let text = |member: &str| members[member].as_str().unwrap_or_default().to_owned();
    let dimensions = elements(members.get("Dimensions"))
        .iter()
        .filter_map(|dimension| {
            Some((dimension["Name"].as_str()?.to_owned(), dimension["Value"].as_str()?.to_owned()))
        })
        .collect();
    Metric { namespace: text("Namespace"), name: text("MetricName"), dimensions }
}

/// Adds one value to a metric, as an AWS service does for its own.
#[expect(
    clippy::too_many_arguments,
    reason = "a metric is known by all of these, and callers read best in one line"
)]
pub fn add_metric(
    world: &mut World,
    account: &str,
    region: &str,
    namespace: &str,
    metric: &str,
    dimensions: &[(&str, &str)],
    value: f64,
    at: OffsetDateTime,
) {
    let dimensions =
        dimensions.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
    let metric = Metric { namespace: namespace.to_owned(), name: metric.to_owned(), dimensions };
    let metrics = &mut world.region(account, region).cloudwatch.metrics;
    metrics.entry(metric).or_default().push(Sample::one(at, value));
}

/// The sum of all values that a metric ever had.
pub fn sum(
    world: &World,
    account: &str,
    region: &str,
    namespace: &str,
    metric: &str,
    dimensions: &[(&str, &str)],
) -> f64 {
    let dimensions =
        dimensions.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
    let metric = Metric { namespace: namespace.to_owned(), name: metric.to_owned(), dimensions };
    let state = world.accounts.get(account).and_then(|account| account.regions.get(region));
    let samples = state.and_then(|region| region.cloudwatch.metrics.get(&metric));
    samples.into_iter().flatten().map(|sample| sample.sum).sum()
}

pub(super) fn put(world: &mut World, call: &Call<'_>) -> Answer {
    let namespace = call.string("Namespace").unwrap_or_default();
    if namespace.is_empty() || namespace.starts_with(':') {
        return Err(ApiError::new("MissingParameter", "The parameter Namespace is required."));
    }
    if namespace.starts_with("AWS/") {
        let message = "The value AWS/ for parameter Namespace is invalid.";
        return Err(ApiError::new("InvalidParameterValue", message));
    }
    for datum in elements(call.input.get("MetricData")) {
        let mut metric = read_metric(datum);
        namespace.clone_into(&mut metric.namespace);
        let at = timestamp(datum.get("Timestamp")).unwrap_or(call.now);
        let samples = samples(datum, at)?;
        world.region(call.account, call.region).cloudwatch.metrics.entry(metric).or_default().extend(samples);
    }
    Ok(json!({}))
}

fn samples(datum: &Value, at: OffsetDateTime) -> Result<Vec<Sample>, ApiError> {
    if let Some(value) = double(datum.get("Value")) {
        return Ok(vec![Sample::one(at, value)]);
    }
    let set = &datum["StatisticValues"];
    let [count, sum, minimum, maximum] =
        ["SampleCount", "Sum", "Minimum", "Maximum"].map(|member| double(set.get(member)));
    if let (Some(count), Some(sum), Some(minimum), Some(maximum)) = (count, sum, minimum, maximum) {
        return Ok(vec![Sample { at, count, sum, minimum, maximum }]);
    }
    let values = elements(datum.get("Values"));
    if values.is_empty() {
        let message = "At least one of the parameters Value, Values or StatisticValues must be specified.";
        return Err(ApiError::new("InvalidParameterCombination", message));
    }
    let counts = elements(datum.get("Counts"));
    let counted = |(index, value): (usize, &Value)| {
        let (value, count) = (double(Some(value))?, double(counts.get(index)).unwrap_or(1.0));
        Some(Sample { at, count, sum: value * count, minimum: value, maximum: value })
    };
    values
        .iter()
        .enumerate()
        .map(counted)
        .collect::<Option<_>>()
        .ok_or_else(|| validation("Values must be numbers."))
}

pub(super) fn list(world: &mut World, call: &Call<'_>) -> Answer {
    let wanted = |member: &str, actual: &str| call.string(member).is_none_or(|wanted| wanted == actual);
    let filters = elements(call.input.get("Dimensions"));
    let start = call.string("NextToken").and_then(paging::key_of);
    let metrics = &world.region(call.account, call.region).cloudwatch.metrics;
    let keyed: BTreeSet<(String, &Metric)> = metrics
        .keys()
        .filter(|metric| wanted("Namespace", &metric.namespace) && wanted("MetricName", &metric.name))
        .filter(|metric| filters.iter().all(|filter| has_dimension(metric, filter)))
        .map(|metric| (format!("{metric:?}"), metric))
        .collect();
    let rest = keyed
        .iter()
        .filter(|(key, _)| start.as_deref().is_none_or(|start| key.as_str() > start))
        .map(|(key, metric)| (key.as_str(), shown(metric)));
    let page = paging::take(rest, 500);
    Ok(without_nulls(json!({"Metrics": page.items, "NextToken": page.next})))
}

fn has_dimension(metric: &Metric, filter: &Value) -> bool {
    let actual = filter["Name"].as_str().and_then(|name| metric.dimensions.get(name));
    actual.is_some_and(|actual| filter["Value"].as_str().is_none_or(|wanted| wanted == actual))
}

fn shown(metric: &Metric) -> Value {
    let dimensions: Vec<Value> =
        metric.dimensions.iter().map(|(name, value)| json!({"Name": name, "Value": value})).collect();
    json!({"Namespace": metric.namespace, "MetricName": metric.name, "Dimensions": dimensions})
}
