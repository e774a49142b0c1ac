//! The token buckets of the real APIs, off unless switched on.
//!
//! Figures from Amazon ECS, "Request throttling for the Amazon ECS API": one
//! bucket an account, Region and group of operations.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

use tokio::time::Instant;

/// A group of operations that share a bucket.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Group {
    name: &'static str,
    burst: u32,
    per_second: u32,
}

const fn group(name: &'static str, burst: u32, per_second: u32) -> Group {
    Group { name, burst, per_second }
}

/// The group of an operation; `None` where no figure is published.
fn group_of(service: &str, operation: &str) -> Option<Group> {
    if service != "ecs" {
        return None;
    }
    match operation {
        "DescribeClusters" | "ListClusters" => Some(group("cluster read", 50, 20)),
        "DescribeServices" | "ListServices" => Some(group("service read", 100, 20)),
        "CreateService" | "UpdateService" | "DeleteService" => Some(group("service modify", 50, 5)),
        "TagResource" | "UntagResource" => Some(group("tag modify", 20, 10)),
        "ListTagsForResource" => Some(group("tag read", 50, 20)),
        _ => None,
    }
}

#[derive(Debug, Clone, Copy)]
struct Bucket {
    tokens: f64,
    at: Instant,
}

/// Buckets by account, Region and group.
type Buckets = BTreeMap<(String, String, Group), Bucket>;

/// All buckets.
#[derive(Debug, Default)]
pub struct Throttle {
    /// `None` while switched off.
    buckets: Mutex<Option<Buckets>>,
}

impl Throttle {
    /// Switches the buckets on, full, or off.
    pub fn set(&self, on: bool) {
        *self.buckets.lock().unwrap_or_else(PoisonError::into_inner) = on.then(BTreeMap::new);
    }

    /// Takes a token for a call; `false` if the bucket is empty.
    pub fn take(&self, account: &str, region: &str, service: &str, operation: &str, now: Instant) -> bool {
        let mut guard = self.buckets.lock().unwrap_or_else(PoisonError::into_inner);
        let (Some(buckets), Some(group)) = (guard.as_mut(), group_of(service, operation)) else {
            return true;
        };
        let full = Bucket { tokens: f64::from(group.burst), at: now };
        let key = (account.to_owned(), region.to_owned(), group);
        let bucket = buckets.entry(key).or_insert(full);
        let refill = (now - bucket.at).as_secs_f64() * f64::from(group.per_second);
        bucket.tokens = (bucket.tokens + refill).min(f64::from(group.burst));
        bucket.at = now;
        if bucket.tokens < 1.0 {
            return false;
        }
        bucket.tokens -= 1.0;
        true
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[test]
    fn a_bucket_gives_its_burst_then_its_refill_and_is_not_shared_between_regions() {
        let throttle = Throttle::default();
        throttle.set(true);
        let start = Instant::now();
        let take = |region, now| throttle.take("1", region, "ecs", "UpdateService", now);
        assert_eq!((0..60).filter(|_| take("eu-west-1", start)).count(), 50);
        assert!(take("us-east-1", start));
        let later = start + Duration::from_secs(2);
        assert_eq!((0..60).filter(|_| take("eu-west-1", later)).count(), 10);
    }

    #[test]
    fn the_buckets_are_off_unless_switched_on() {
        let throttle = Throttle::default();
        let now = Instant::now();
        assert!((0..200).all(|_| throttle.take("1", "r", "ecs", "UpdateService", now)));
    }
}
