//! What AWS counted since the canaries were sent.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use futures::future::join_all;
use time::OffsetDateTime;

use super::look::Looks;
use crate::aws::MetricQuery;
use crate::model::{AccountId, Region};
use crate::reconcile::Clock;
use crate::sounding::course::Stop;
use crate::sounding::questions::{Question, questions};
use crate::sounding::verdict::{Reading, Readings};

/// The longest time that one count stands for.
const SPAN: Duration = Duration::from_secs(300);

/// A metric's sum, or why it could not be read.
type Sums = BTreeMap<Question, Result<f64, String>>;

/// Questions, with what had been counted in the same minutes before.
pub(super) struct Count<'l> {
    looks: &'l Looks,
    clock: Clock,
    from: OffsetDateTime,
    before: Sums,
}

impl<'l> Count<'l> {
    /// Counts what is there already: a minute's sum holds what came before the
    /// canary in the same minute.
    pub(super) async fn begin(looks: &'l Looks, asked: BTreeSet<Question>, clock: Clock) -> Self {
        let now = clock();
        let from = floor(now);
        let before = sums(looks, asked.into_iter().collect(), from, now).await;
        Self { looks, clock, from, before }
    }

    /// What was counted since at each of these hops.
    pub(super) async fn since(&self, stops: &BTreeSet<&Stop>) -> Readings {
        let asked: BTreeSet<Question> = stops.iter().flat_map(|stop| questions(stop)).collect();
        let now = sums(self.looks, asked.into_iter().collect(), self.from, (self.clock)()).await;
        stops.iter().map(|stop| ((*stop).clone(), self.reading(stop, &now))).collect()
    }

    /// Whether it can never be known what is counted at a hop, because what had
    /// been counted before is not known.
    pub(super) fn is_hidden(&self, stop: &Stop) -> bool {
        questions(stop).iter().any(|question| matches!(self.before.get(question), Some(Err(_))))
    }

    fn reading(&self, stop: &Stop, now: &Sums) -> Reading {
        let grown = |question: Question| {
            let of = |sums: &Sums| sums.get(&question).cloned().unwrap_or(Ok(0.0));
            Ok((question.metric, (of(now)? - of(&self.before)?).max(0.0)))
        };
        questions(stop).into_iter().map(grown).collect()
    }
}

/// The last whole five minutes: SNS counts over as much, and dates its counts at
/// their beginning (Amazon SNS developer guide, monitoring topics with
/// CloudWatch).
fn floor(time: OffsetDateTime) -> OffsetDateTime {
    time - Duration::from_secs(time.unix_timestamp().rem_euclid(SPAN.as_secs().cast_signed()).unsigned_abs())
}

/// Asks everything, one call an account and Region.
async fn sums(looks: &Looks, asked: Vec<Question>, from: OffsetDateTime, to: OffsetDateTime) -> Sums {
    let mut places: BTreeMap<(AccountId, Region), Vec<Question>> = BTreeMap::new();
    for question in asked {
        places.entry((question.account.clone(), question.region)).or_default().push(question);
    }
    let answers = places.into_iter().map(|((account, region), asked)| async move {
        let sums = ask(looks, &account, region, &asked, (from, to)).await;
        let sum = |index: usize| sums.as_ref().map(|sums| sums.get(index).copied().unwrap_or_default());
        asked
            .into_iter()
            .enumerate()
            .map(|(index, question)| (question, sum(index).map_err(Clone::clone)))
            .collect::<Vec<_>>()
    });
    join_all(answers).await.into_iter().flatten().collect()
}

async fn ask(
    looks: &Looks,
    account: &AccountId,
    region: Region,
    asked: &[Question],
    (from, to): (OffsetDateTime, OffsetDateTime),
) -> Result<Vec<f64>, String> {
    let door = looks.door(account);
    let door = door.ok_or_else(|| format!("account {account} is not among the fleet's accounts"))?;
    let query = |question: &Question| MetricQuery {
        namespace: question.namespace.to_owned(),
        metric: question.metric.to_owned(),
        dimensions: question
            .dimensions
            .iter()
            .map(|(name, value)| ((*name).to_owned(), value.clone()))
            .collect(),
    };
    let queries: Vec<MetricQuery> = asked.iter().map(query).collect();
    door.metric_sums(region, &queries, from, to).await.map_err(|error| error.to_string())
}
