//! Sums of any metric over any time.

use std::collections::BTreeMap;

use aws_sdk_cloudwatch::types::{Dimension, Metric, MetricDataQuery, MetricDataResult, MetricStat};
use aws_smithy_types::DateTime;
use time::OffsetDateTime;

use super::metrics::{BATCH, id, shortfall, total};
use crate::aws::answer::every_page;
use crate::aws::door::{ApiGroup, Door};
use crate::aws::error::AwsError;
use crate::model::Region;

/// The length of a period, in seconds.
const MINUTE: i64 = 60;

/// A metric by exactly the dimensions that it is published with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MetricQuery {
    /// `AWS/Events` say.
    pub namespace: String,
    /// `Invocations` say.
    pub metric: String,
    /// The dimensions.
    pub dimensions: BTreeMap<String, String>,
}

/// The sum of each metric over the whole minutes that hold the time between the
/// two instants, in the order of the queries. A metric that nothing was
/// published to counts 0.
///
/// # Errors
/// The first call that AWS refuses, and an answer without the whole of the data.
pub(crate) async fn metric_sums(
    door: &Door,
    region: Region,
    queries: &[MetricQuery],
    from: OffsetDateTime,
    to: OffsetDateTime,
) -> Result<Vec<f64>, AwsError> {
    let mut sums = Vec::new();
    for batch in queries.chunks(BATCH) {
        let results = read(door, region, batch, window(from, to)).await?;
        for (index, query) in batch.iter().enumerate() {
            sums.push(sum(index, query, &results)?);
        }
    }
    Ok(sums)
}

async fn read(
    door: &Door,
    region: Region,
    queries: &[MetricQuery],
    (start, end): (DateTime, DateTime),
) -> Result<Vec<MetricDataResult>, AwsError> {
    let client = door.cloudwatch(region);
    let queries: Vec<MetricDataQuery> =
        queries.iter().enumerate().map(|(index, query)| sdk_query(index, query)).collect();
    let page = |token| {
        let request = client
            .get_metric_data()
            .set_metric_data_queries(Some(queries.clone()))
            .start_time(start)
            .end_time(end)
            .set_next_token(token);
        async move {
            let call = door.call(region, ApiGroup::CloudWatch, "get sums of metrics", request.send());
            let answer = call.await?;
            Ok((answer.metric_data_results.unwrap_or_default(), answer.next_token))
        }
    };
    every_page(page).await
}

fn sdk_query(index: usize, query: &MetricQuery) -> MetricDataQuery {
    let dimensions =
        query.dimensions.iter().map(|(name, value)| Dimension::builder().name(name).value(value).build());
    let metric = Metric::builder()
        .namespace(&query.namespace)
        .metric_name(&query.metric)
        .set_dimensions(Some(dimensions.collect()));
    let period = i32::try_from(MINUTE).unwrap_or(i32::MAX);
    let stat = MetricStat::builder().metric(metric.build()).period(period).stat("Sum");
    MetricDataQuery::builder().id(id(index)).metric_stat(stat.build()).build()
}

/// CloudWatch counts a period as a whole, so a minute cut in two would lose
/// values.
fn window(from: OffsetDateTime, to: OffsetDateTime) -> (DateTime, DateTime) {
    let minutes = |time: OffsetDateTime| time.unix_timestamp().div_euclid(MINUTE);
    (DateTime::from_secs(minutes(from) * MINUTE), DateTime::from_secs((minutes(to) + 1) * MINUTE))
}

fn sum(index: usize, query: &MetricQuery, results: &[MetricDataResult]) -> Result<f64, AwsError> {
    let id = id(index);
    let pages: Vec<_> = results.iter().filter(|result| result.id() == Some(&id)).collect();
    match shortfall(pages.last().copied()) {
        None => Ok(total(&pages)),
        Some(cause) => {
            let tried = format!("get the sum of {}", query.metric);
            Err(AwsError::failed(tried, cause, "CloudWatch answered without the whole of the data"))
        }
    }
}

#[cfg(test)]
mod tests {
    use aws_sdk_cloudwatch::types::StatusCode;
    use time::macros::datetime;

    use super::*;

    #[test]
    fn a_minute_that_has_begun_counts_as_a_whole() {
        let (start, end) = window(datetime!(2026-11-21 12:00:59 UTC), datetime!(2026-11-21 12:03:01 UTC));
        assert_eq!(end.secs() - start.secs(), 4 * MINUTE);
    }

    #[test]
    fn half_an_answer_is_no_sum_and_no_value_is_none() {
        let query = MetricQuery {
            namespace: "AWS/Events".to_owned(),
            metric: "Invocations".to_owned(),
            dimensions: BTreeMap::new(),
        };
        let result = |status| vec![MetricDataResult::builder().id(id(0)).status_code(status).build()];
        assert_eq!(sum(0, &query, &result(StatusCode::Complete)), Ok(0.0));
        assert!(sum(0, &query, &result(StatusCode::PartialData)).is_err());
        assert!(sum(0, &query, &[]).is_err());
    }
}
