//! Where reports are kept.

use std::time::Duration;

use super::Verdict;
use crate::fleet::spec::Store;
use crate::model::StoreAddress;

const MOST_KEPT: usize = 1000;
const SHORTEST_EXPIRY: Duration = Duration::from_secs(1);
const LONGEST_EXPIRY: Duration = Duration::from_secs(60 * 60);

pub(super) fn check(store: &Store, verdict: &mut Verdict) {
    let Store { url, region, keep, lock_expiry } = store;
    match url.parse::<StoreAddress>() {
        Err(invalid) => verdict.error("spec.store.url", invalid.to_string()),
        Ok(StoreAddress::S3 { .. }) => {}
        Ok(_) if region.is_some() => {
            verdict.error("spec.store.region", "only an address that begins with s3:// has a Region");
        }
        Ok(_) => {}
    }
    if !(1..=MOST_KEPT).contains(keep) {
        verdict.error("spec.store.keep", format!("{keep} is not between 1 and {MOST_KEPT}"));
    }
    if !(SHORTEST_EXPIRY..=LONGEST_EXPIRY).contains(lock_expiry) {
        let shown = humantime::format_duration(*lock_expiry);
        verdict.error("spec.store.lockExpiry", format!("{shown} is not between 1s and 1h"));
    }
}
