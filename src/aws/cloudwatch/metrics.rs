//! Sums of metrics over the last day.

use std::collections::{BTreeMap, BTreeSet};

use aws_sdk_cloudwatch::types::{
    Dimension, Metric, MetricDataQuery, MetricDataResult, MetricStat, StatusCode,
};
use aws_smithy_types::DateTime;
use time::OffsetDateTime;

use crate::aws::answer::{every_page, noted};
use crate::aws::door::{ApiGroup, Door};
use crate::aws::error::AwsError;
use crate::model::rule::bus_and_name;
use crate::model::{Cause, Gap, Region};

/// How many queries GetMetricData takes (service model).
pub(super) const BATCH: usize = 500;

/// The length of a period, in seconds.
const HOUR: i64 = 3_600;

/// AWS Chatbot publishes its metrics in US East (N. Virginia) alone, wherever
/// its API and the topics are (AWS Chatbot administrator guide, monitoring with
/// CloudWatch).
const CHATBOT_METRICS_REGION: Region = Region::US_EAST_1;

/// A metric that is published for each thing of a kind.
struct Counter {
    namespace: &'static str,
    metric: &'static str,
    /// CloudWatch finds a metric only by exactly the dimensions that it is
    /// published with.
    dimensions: fn(&str) -> Vec<(&'static str, &str)>,
}

const FAILED_INVOCATIONS: Counter =
    Counter { namespace: "AWS/Events", metric: "FailedInvocations", dimensions: of_rule };

const UNSUPPORTED_EVENTS: Counter =
    Counter { namespace: "AWS/Chatbot", metric: "UnsupportedEvents", dimensions: of_configuration };

/// For a rule on the default bus the dimension is the rule's name alone; only
/// other buses add theirs (EventBridge user guide, monitoring).
fn of_rule(place: &str) -> Vec<(&'static str, &str)> {
    let (bus, name) = bus_and_name(place);
    bus.map(|bus| ("EventBusName", bus)).into_iter().chain([("RuleName", name)]).collect()
}

fn of_configuration(name: &str) -> Vec<(&'static str, &str)> {
    vec![("ConfigurationName", name)]
}

/// How many events each rule failed to deliver for good in the last 24 hours.
/// No entry where the sum could not be read.
pub(crate) async fn failed_invocations(
    door: &Door,
    region: Region,
    rules: &BTreeSet<String>,
    now: OffsetDateTime,
    gaps: &mut Vec<Gap>,
) -> BTreeMap<String, f64> {
    sums(door, region, &FAILED_INVOCATIONS, rules, now, gaps).await
}

/// How many messages AWS Chatbot dropped for each configuration in the last 24
/// hours, because it could not read them. No entry where the sum could not be
/// read.
pub(crate) async fn unsupported_events(
    door: &Door,
    configurations: &BTreeSet<String>,
    now: OffsetDateTime,
    gaps: &mut Vec<Gap>,
) -> BTreeMap<String, f64> {
    sums(door, CHATBOT_METRICS_REGION, &UNSUPPORTED_EVENTS, configurations, now, gaps).await
}

async fn sums(
    door: &Door,
    region: Region,
    counter: &Counter,
    names: &BTreeSet<String>,
    now: OffsetDateTime,
    gaps: &mut Vec<Gap>,
) -> BTreeMap<String, f64> {
    let names: Vec<&String> = names.iter().collect();
    let mut sums = BTreeMap::new();
    for batch in names.chunks(BATCH) {
        let results = noted(read(door, region, counter, batch, now).await, gaps);
        sums.extend(results.map(|results| add_up(counter, batch, &results, gaps)).unwrap_or_default());
    }
    sums
}

async fn read(
    door: &Door,
    region: Region,
    counter: &Counter,
    names: &[&String],
    now: OffsetDateTime,
) -> Result<Vec<MetricDataResult>, AwsError> {
    let client = door.cloudwatch(region);
    let queries: Vec<MetricDataQuery> =
        names.iter().enumerate().map(|(index, name)| query(counter, index, name)).collect();
    let (start, end) = window(now);
    let page = |token| {
        let request = client
            .get_metric_data()
            .set_metric_data_queries(Some(queries.clone()))
            .start_time(start)
            .end_time(end)
            .set_next_token(token);
        async move {
            let answer = door.call(region, ApiGroup::CloudWatch, tried(counter), request.send()).await?;
            Ok((answer.metric_data_results.unwrap_or_default(), answer.next_token))
        }
    };
    every_page(page).await
}

fn tried(counter: &Counter) -> String {
    format!("get sums of {}", counter.metric)
}

/// Whole hours that hold the last 24. CloudWatch counts a period as a whole,
/// so hours cut in two would lose events, or count them by chance.
fn window(now: OffsetDateTime) -> (DateTime, DateTime) {
    let this_hour = now.unix_timestamp().div_euclid(HOUR) * HOUR;
    (DateTime::from_secs(this_hour - 24 * HOUR), DateTime::from_secs(this_hour + HOUR))
}

fn query(counter: &Counter, index: usize, name: &str) -> MetricDataQuery {
    let dimensions = (counter.dimensions)(name).into_iter();
    let dimensions = dimensions.map(|(name, value)| Dimension::builder().name(name).value(value).build());
    let metric = Metric::builder()
        .namespace(counter.namespace)
        .metric_name(counter.metric)
        .set_dimensions(Some(dimensions.collect()));
    let hourly = i32::try_from(HOUR).unwrap_or(i32::MAX);
    let stat = MetricStat::builder().metric(metric.build()).period(hourly).stat("Sum");
    MetricDataQuery::builder().id(id(index)).metric_stat(stat.build()).build()
}

/// Names of rules hold characters that ids must not; ids begin with a small
/// letter.
pub(super) fn id(index: usize) -> String {
    format!("m{index}")
}

/// The sums by name. A metric that nothing was published to counts 0: these
/// metrics exist only once there is something to count.
fn add_up(
    counter: &Counter,
    names: &[&String],
    results: &[MetricDataResult],
    gaps: &mut Vec<Gap>,
) -> BTreeMap<String, f64> {
    let mut sums = BTreeMap::new();
    for (index, name) in names.iter().enumerate() {
        let id = id(index);
        let pages: Vec<_> = results.iter().filter(|result| result.id() == Some(&id)).collect();
        match shortfall(pages.last().copied()) {
            None => {
                sums.insert((*name).clone(), total(&pages));
            }
            Some(cause) => gaps.push(Gap {
                tried: format!("{} for {name}", tried(counter)),
                cause,
                detail: "CloudWatch answered without the whole of the data".to_owned(),
                whole: false,
            }),
        }
    }
    sums
}

/// The sum of no value is 0 and not the -0 that floating-point sums begin with,
/// which a report would show.
pub(super) fn total(pages: &[&MetricDataResult]) -> f64 {
    pages.iter().flat_map(|page| page.values()).fold(0.0, |sum, value| sum + value)
}

/// Why the last page of a metric does not end it, if it does not. CloudWatch
/// has a result for every query, so that none at all is no sum of 0.
pub(super) fn shortfall(last: Option<&MetricDataResult>) -> Option<Cause> {
    match last.and_then(MetricDataResult::status_code) {
        Some(StatusCode::Complete) => None,
        Some(StatusCode::Forbidden) => Some(Cause::Denied),
        Some(StatusCode::InternalError | StatusCode::PartialData) => Some(Cause::Other),
        Some(_) | None => Some(Cause::Malformed),
    }
}

#[cfg(test)]
mod tests {
    use time::macros::datetime;

    use super::*;

    #[test]
    fn only_a_rule_on_another_bus_is_counted_under_its_bus() {
        assert_eq!(of_rule("deploys"), [("RuleName", "deploys")]);
        assert_eq!(of_rule("hub/deploys"), [("EventBusName", "hub"), ("RuleName", "deploys")]);
    }

    fn result(id: &str, status: StatusCode, values: &[f64]) -> MetricDataResult {
        MetricDataResult::builder().id(id).status_code(status).set_values(Some(values.to_vec())).build()
    }

    fn added(names: &[&str], results: &[MetricDataResult]) -> (BTreeMap<String, f64>, Vec<Gap>) {
        let names: Vec<String> = names.iter().map(|name| (*name).to_owned()).collect();
        let mut gaps = Vec::new();
        let sums = add_up(&FAILED_INVOCATIONS, &names.iter().collect::<Vec<_>>(), results, &mut gaps);
        (sums, gaps)
    }

    #[test]
    fn the_window_is_whole_hours_that_hold_the_last_day() {
        let now = datetime!(2026-11-21 09:18:20 UTC);
        let (start, end) = window(now);
        assert_eq!(start.secs(), datetime!(2026-11-20 09:00 UTC).unix_timestamp());
        assert_eq!(end.secs(), datetime!(2026-11-21 10:00 UTC).unix_timestamp());
    }

    #[test]
    fn a_sum_runs_over_all_pages_and_no_data_is_zero() {
        let results = [
            result("m0", StatusCode::PartialData, &[1.0, 2.0]),
            result("m1", StatusCode::Complete, &[]),
            result("m0", StatusCode::Complete, &[4.0]),
        ];
        let (sums, gaps) = added(&["a", "b"], &results);
        let expected = [("a", 7.0), ("b", 0.0)].map(|(name, sum)| (name.to_owned(), sum));
        assert_eq!(sums, BTreeMap::from(expected));
        assert!(sums.values().all(|sum| sum.is_sign_positive()));
        assert_eq!(gaps, []);
    }

    #[test]
    fn a_sum_that_cloudwatch_withholds_is_a_gap_and_not_zero() {
        for (status, cause) in [
            (StatusCode::Forbidden, Cause::Denied),
            (StatusCode::InternalError, Cause::Other),
            (StatusCode::PartialData, Cause::Other),
            (StatusCode::from("SomethingNew"), Cause::Malformed),
        ] {
            let (sums, gaps) = added(&["a"], &[result("m0", status, &[1.0])]);
            assert_eq!(sums, BTreeMap::new());
            assert_eq!(gaps.iter().map(|gap| gap.cause).collect::<Vec<_>>(), [cause]);
        }
    }

    #[test]
    fn a_metric_that_the_answer_passes_over_is_a_gap_and_not_zero() {
        let unsaid = MetricDataResult::builder().id("m0").build();
        for results in [&[][..], &[unsaid]] {
            let (sums, gaps) = added(&["a"], results);
            assert_eq!(sums, BTreeMap::new());
            assert_eq!(gaps.iter().map(|gap| gap.cause).collect::<Vec<_>>(), [Cause::Malformed]);
        }
    }
}
