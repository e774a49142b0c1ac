//! How fast calls may go: a token bucket an account, Region and group of
//! operations, slowed by throttling answers, and a bound on calls in flight.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::time::Instant;

use crate::model::Region;

/// Operations that share a bucket.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum ApiGroup {
    /// ListClusters.
    EcsClusterRead,
    /// ListServices and DescribeServices.
    EcsServiceRead,
    /// UpdateService.
    EcsServiceModify,
    /// EventBridge.
    Events,
    /// SNS.
    Sns,
    /// SQS.
    Sqs,
    /// CloudWatch.
    CloudWatch,
    /// AWS Chatbot.
    Chatbot,
    /// Lambda, but for invocations.
    Lambda,
    /// Secrets Manager.
    SecretsManager,
    /// The Resource Groups Tagging API.
    Tagging,
    /// AWS Organizations.
    Organizations,
    /// STS.
    Sts,
}

/// A bucket's size, in calls, and how many come back a second.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Rate {
    pub burst: f64,
    pub per_second: f64,
}

impl ApiGroup {
    /// The rate to begin with.
    ///
    /// ECS: the figures of "Request throttling for the Amazon ECS API", with a
    /// tenth of the burst kept back, because calls do not arrive at the pace at
    /// which they are sent. STS:
    /// half of its quota of 600 a second. Lambda: two thirds of the 15 a second
    /// that all calls but GetFunction and Invoke share (Lambda developer guide,
    /// quotas). Tagging: a third of the 15 a second of GetResources (Resource
    /// Groups Tagging API, quotas). Secrets Manager: far below the 10,000 a
    /// second of GetSecretValue (Secrets Manager user guide, quotas), of which
    /// applications need the most. The others are our own choice, well
    /// below the lowest quota of the operations that are called, or, where AWS
    /// publishes none, low enough to leave room for other tools.
    fn rate(self) -> Rate {
        let (burst, per_second) = match self {
            Self::EcsClusterRead => (45.0, 20.0),
            Self::EcsServiceRead => (90.0, 20.0),
            Self::EcsServiceModify => (45.0, 5.0),
            Self::Events => (40.0, 20.0),
            Self::Sns | Self::Sqs => (40.0, 15.0),
            Self::CloudWatch => (20.0, 5.0),
            Self::Chatbot => (10.0, 5.0),
            Self::Lambda => (15.0, 10.0),
            Self::SecretsManager => (20.0, 10.0),
            Self::Tagging => (10.0, 5.0),
            Self::Organizations => (100.0, 50.0),
            Self::Sts => (600.0, 300.0),
        };
        Rate { burst, per_second }
    }
}

/// However often it is throttled, a bucket keeps this part of its rate.
const FLOOR: f64 = 1.0 / 16.0;

/// How long a bucket takes to come back from nothing to its full rate.
const RECOVERY: Duration = Duration::from_secs(30);

/// A token bucket. Callers are served in the order in which they come.
#[derive(Debug)]
pub(super) struct Bucket {
    full: Rate,
    turn: tokio::sync::Mutex<()>,
    level: Mutex<Level>,
}

#[derive(Debug, Clone, Copy)]
struct Level {
    tokens: f64,
    per_second: f64,
    at: Instant,
}

impl Bucket {
    /// A full bucket.
    pub fn new(full: Rate) -> Self {
        let level = Level { tokens: full.burst, per_second: full.per_second, at: Instant::now() };
        Self { full, turn: tokio::sync::Mutex::new(()), level: Mutex::new(level) }
    }

    /// Waits for a token and takes it.
    pub async fn take(&self) {
        let _turn = self.turn.lock().await;
        while let Err(wait) = self.try_take() {
            tokio::time::sleep(wait).await;
        }
    }

    /// Takes a token that nobody waited for: a retry's. The next caller waits
    /// for it instead.
    pub fn charge(&self) {
        self.with_level(|level| level.tokens -= 1.0);
    }

    /// Slows down: somebody's calls, perhaps not ours, have emptied the
    /// service's own bucket.
    pub fn throttled(&self) {
        let floor = self.full.per_second * FLOOR;
        self.with_level(|level| {
            level.tokens = level.tokens.min(0.0);
            level.per_second = (level.per_second / 2.0).max(floor);
        });
    }

    fn try_take(&self) -> Result<(), Duration> {
        self.with_level(|level| {
            if level.tokens < 1.0 {
                let missing = (1.0 - level.tokens) / level.per_second;
                // Rounded up, so that the wait is never for nothing.
                return Err(Duration::from_secs_f64(missing) + Duration::from_micros(1));
            }
            level.tokens -= 1.0;
            Ok(())
        })
    }

    fn with_level<T>(&self, action: impl FnOnce(&mut Level) -> T) -> T {
        let mut level = self.level.lock().unwrap_or_else(PoisonError::into_inner);
        level.advance(self.full, Instant::now());
        action(&mut level)
    }
}

impl Level {
    /// Lets the time until `now` pass. A slowed bucket also holds less.
    fn advance(&mut self, full: Rate, now: Instant) {
        let passed = now.saturating_duration_since(self.at).as_secs_f64();
        let recovered = full.per_second * passed / RECOVERY.as_secs_f64();
        let before = self.per_second;
        self.per_second = (before + recovered).min(full.per_second);
        let mean = f64::midpoint(before, self.per_second);
        let capacity = (full.burst * self.per_second / full.per_second).max(1.0);
        self.tokens = (self.tokens + passed * mean).min(capacity);
        self.at = now;
    }
}

/// The buckets of one account.
#[derive(Debug, Default)]
pub(super) struct Buckets(Mutex<BTreeMap<(Region, ApiGroup), Arc<Bucket>>>);

impl Buckets {
    /// The bucket of a group in a Region.
    pub fn get(&self, region: Region, group: ApiGroup) -> Arc<Bucket> {
        let mut buckets = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        Arc::clone(buckets.entry((region, group)).or_insert_with(|| Arc::new(Bucket::new(group.rate()))))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const RATE: Rate = Rate { burst: 10.0, per_second: 4.0 };

    async fn seconds_for(bucket: &Bucket, calls: usize) -> f64 {
        let start = Instant::now();
        for _ in 0..calls {
            bucket.take().await;
        }
        start.elapsed().as_secs_f64()
    }

    fn about(seconds: f64, expected: f64) -> bool {
        (seconds - expected).abs() < 0.05
    }

    #[tokio::test(start_paused = true)]
    async fn the_burst_goes_at_once_and_what_follows_at_the_refill_rate() {
        let bucket = Bucket::new(RATE);
        assert!(about(seconds_for(&bucket, 10).await, 0.0));
        assert!(about(seconds_for(&bucket, 8).await, 2.0));
    }

    #[tokio::test(start_paused = true)]
    async fn an_idle_bucket_fills_up_to_its_burst_and_no_further() {
        let bucket = Bucket::new(RATE);
        seconds_for(&bucket, 10).await;
        tokio::time::sleep(Duration::from_secs(60)).await;
        assert!(about(seconds_for(&bucket, 10).await, 0.0));
        assert!(about(seconds_for(&bucket, 4).await, 1.0));
    }

    #[tokio::test(start_paused = true)]
    async fn a_throttling_answer_drops_the_burst_and_halves_the_rate() {
        let bucket = Bucket::new(RATE);
        bucket.throttled();
        // 2 a second, and a little more with every second that passes.
        let seconds = seconds_for(&bucket, 4).await;
        assert!((1.7..2.0).contains(&seconds), "{seconds}");
    }

    #[tokio::test(start_paused = true)]
    async fn a_bucket_that_is_always_throttled_still_moves() {
        let bucket = Bucket::new(RATE);
        for _ in 0..100 {
            bucket.throttled();
        }
        let seconds = seconds_for(&bucket, 1).await;
        assert!((2.0..4.1).contains(&seconds), "{seconds}");
    }

    #[tokio::test(start_paused = true)]
    async fn half_a_minute_after_the_last_throttling_the_full_rate_is_back() {
        let bucket = Bucket::new(RATE);
        for _ in 0..100 {
            bucket.throttled();
        }
        tokio::time::sleep(RECOVERY).await;
        assert!(about(seconds_for(&bucket, 10).await, 0.0));
        assert!(about(seconds_for(&bucket, 8).await, 2.0));
    }

    #[tokio::test(start_paused = true)]
    async fn a_retry_is_paid_for_by_the_next_call() {
        let bucket = Bucket::new(RATE);
        seconds_for(&bucket, 10).await;
        bucket.charge();
        assert!(about(seconds_for(&bucket, 1).await, 0.5));
    }

    #[tokio::test(start_paused = true)]
    async fn callers_are_served_in_the_order_in_which_they_come() {
        let bucket = Arc::new(Bucket::new(Rate { burst: 1.0, per_second: 1.0 }));
        let order = Arc::new(Mutex::new(Vec::new()));
        let callers = (0..5).map(|caller| {
            let (bucket, order) = (Arc::clone(&bucket), Arc::clone(&order));
            async move {
                bucket.take().await;
                order.lock().unwrap().push(caller);
            }
        });
        futures::future::join_all(callers).await;
        assert_eq!(*order.lock().unwrap(), [0, 1, 2, 3, 4]);
    }

    #[tokio::test(start_paused = true)]
    async fn a_throttled_region_does_not_slow_another_region_or_another_group() {
        let buckets = Buckets::default();
        let [one, other] = ["us-east-1", "eu-west-1"].map(|name| name.parse().unwrap());
        for _ in 0..100 {
            buckets.get(one, ApiGroup::EcsServiceRead).throttled();
        }
        assert!(about(seconds_for(&buckets.get(other, ApiGroup::EcsServiceRead), 90).await, 0.0));
        assert!(about(seconds_for(&buckets.get(one, ApiGroup::EcsClusterRead), 45).await, 0.0));
        assert!(seconds_for(&buckets.get(one, ApiGroup::EcsServiceRead), 1).await > 0.4);
    }
}
