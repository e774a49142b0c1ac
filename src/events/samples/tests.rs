use std::collections::BTreeSet;

use super::*;
use crate::events::families;
use crate::events::pattern::Pattern;

fn taken(family: EventFamily, clusters: &[String], account: &AccountId, event: &Value) -> bool {
    let pattern = families::pattern(&BTreeSet::from([family]), clusters, Region::US_EAST_1, account);
    Pattern::parse(&pattern).expect("a valid pattern").matches(event)
}

#[test]
fn each_sample_is_taken_by_its_family_and_no_other_and_ordinary_ones_by_none() {
    let account: AccountId = "111111111111".parse().expect("an id");
    for clusters in [vec![], vec!["web-*".to_owned()], vec!["prod".to_owned()]] {
        let cluster = sample_cluster(&clusters);
        let scene = Scene {
            account: &account,
            region: Region::US_EAST_1,
            cluster: &cluster,
            time: "2026-11-20T10:00:00Z",
        };
        for sample in samples(&scene) {
            for family in EventFamily::ALL {
                let is_taken = taken(family, &clusters, &account, &sample.event);
                assert_eq!(is_taken, sample.is_of(family), "{} by {}", sample.name, family.name());
            }
        }
    }
}

#[test]
fn every_family_has_several_samples_and_every_sample_a_name_and_an_id_of_its_own() {
    let account = AccountId::default();
    let scene =
        Scene { account: &account, region: Region::US_EAST_1, cluster: "prod", time: "2026-11-20T10:00:00Z" };
    let samples = samples(&scene);
    for family in EventFamily::ALL.map(Some).into_iter().chain([None]) {
        assert!(samples.iter().filter(|sample| sample.family == family).count() > 1, "{family:?}");
    }
    let names: BTreeSet<&str> = names().into_iter().collect();
    let ids: BTreeSet<String> = samples.iter().map(|sample| sample.event["id"].to_string()).collect();
    assert_eq!((names.len(), ids.len()), (samples.len(), samples.len()));
    assert!(names.iter().all(|name| sample(name, &scene).is_some()));
    assert_eq!(sample("no-such-sample", &scene), None);
}

#[test]
fn a_sample_s_cluster_fits_the_globs() {
    for (globs, cluster) in [(vec![], "sample"), (vec!["web-*"], "web-sample"), (vec!["prod", "x"], "prod")] {
        let globs: Vec<String> = globs.into_iter().map(str::to_owned).collect();
        assert_eq!(sample_cluster(&globs), cluster);
    }
}
