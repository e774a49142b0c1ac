//! Reading the clusters and services of a Region.

use std::collections::BTreeSet;

use aws_sdk_ecs::operation::describe_services::DescribeServicesOutput;
use aws_sdk_ecs::types::{self, Failure};
use futures::future::join_all;

use super::describe::{
    ACTIVE, BATCH, DRAINING, INACTIVE, RawConfigurations, describe, describe_raw, read, unknown_members,
};
use crate::aws::answer::every_page;
use crate::aws::door::{ApiGroup, Door};
use crate::aws::error::AwsError;
use crate::aws::text::one_line;
use crate::model::arn::last_segment;
use crate::model::service::Service;
use crate::model::{Cause, Gap, Region};

/// The largest page of ListClusters and of ListServices, whose default is 10
/// (ECS service model).
const PAGE: i32 = 100;

/// Services with the gaps among them.
type Found = (Vec<Service>, Vec<Gap>);

/// How many clusters there are, the active services by ARN, and what could not
/// be read. The gap is a whole one if the clusters could not be listed.
///
/// `keep_unknown` also looks for members that this version of the SDK would
/// drop when writing a service back, which costs a second parsing.
pub(crate) async fn observe_services(
    door: &Door,
    region: Region,
    keep_unknown: bool,
) -> (usize, Vec<Service>, Vec<Gap>) {
    let clusters = match list_clusters(door, region).await {
        Ok(clusters) => clusters,
        Err(error) => return (0, Vec::new(), vec![Gap { whole: true, ..error.into_gap() }]),
    };
    let reads = clusters.iter().map(|cluster| read_cluster(door, region, cluster, keep_unknown));
    let (mut services, gaps) = gather(join_all(reads).await);
    services.sort_by(|one, other| one.arn.cmp(&other.arn));
    services.dedup_by(|one, other| one.arn == other.arn);
    (clusters.len(), services, gaps)
}

fn gather(found: impl IntoIterator<Item = Found>) -> Found {
    let (services, gaps): (Vec<_>, Vec<_>) = found.into_iter().unzip();
    (services.into_iter().flatten().collect(), gaps.into_iter().flatten().collect())
}

/// The ARNs of all clusters. Pages may overlap while clusters come and go.
async fn list_clusters(door: &Door, region: Region) -> Result<BTreeSet<String>, AwsError> {
    let clusters = every_page(|token| async move {
        let request = door.ecs(region).list_clusters().max_results(PAGE).set_next_token(token);
        let answer = door.call(region, ApiGroup::EcsClusterRead, "list clusters", request.send()).await?;
        Ok((answer.cluster_arns.unwrap_or_default(), answer.next_token))
    });
    Ok(clusters.await?.into_iter().collect())
}

/// All service ARNs of a cluster come first, so that the batches are full.
async fn read_cluster(door: &Door, region: Region, cluster: &str, keep_unknown: bool) -> Found {
    let arns = match list_services(door, region, cluster).await {
        Ok(arns) => Vec::from_iter(arns),
        Err(error) => return (Vec::new(), vec![error.into_gap()]),
    };
    let batches = arns.chunks(BATCH).map(|batch| read_batch(door, region, cluster, batch, keep_unknown));
    gather(join_all(batches).await)
}

async fn list_services(door: &Door, region: Region, cluster: &str) -> Result<BTreeSet<String>, AwsError> {
    let tried = format!("list services of cluster {}", last_segment(cluster));
    let tried = tried.as_str();
    let services = every_page(|token| async move {
        let request = door.ecs(region).list_services().cluster(cluster).max_results(PAGE);
        let request = request.set_next_token(token);
        let answer = door.call(region, ApiGroup::EcsServiceRead, tried, request.send()).await?;
        Ok((answer.service_arns.unwrap_or_default(), answer.next_token))
    });
    Ok(services.await?.into_iter().collect())
}

async fn read_batch(
    door: &Door,
    region: Region,
    cluster: &str,
    arns: &[String],
    keep_unknown: bool,
) -> Found {
    let tried = format!("describe services of cluster {}", last_segment(cluster));
    let answer = if keep_unknown {
        describe_raw(door, region, cluster, arns, &tried).await
    } else {
        let answer = describe(door, region, cluster, arns, &tried).await;
        answer.map(|answer| (answer, RawConfigurations::new()))
    };
    match answer {
        Ok((answer, raw)) => {
            let (services, mut gaps) = services(&answer, keep_unknown.then_some(&raw), &tried);
            gaps.extend(missing(&answer, arns, &tried));
            (services, gaps)
        }
        Err(error) => (Vec::new(), vec![error.into_gap()]),
    }
}

/// The services that are neither being deleted nor gone, and a gap for each of
/// which that cannot be told, or that cannot be read.
fn services(answer: &DescribeServicesOutput, raw: Option<&RawConfigurations>, tried: &str) -> Found {
    let (mut services, mut gaps) = (Vec::new(), Vec::new());
    for service in answer.services().iter().filter(|service| !is_leaving(service)) {
        match read(service).filter(|_| service.status() == Some(ACTIVE)) {
            Some(found) => {
                let unknown_members = raw.map(|raw| unknown_members(service, raw)).unwrap_or_default();
                services.push(Service { unknown_members, ..found });
            }
            None => gaps.push(unreadable(service, tried)),
        }
    }
    (services, gaps)
}

fn is_leaving(service: &types::Service) -> bool {
    matches!(service.status(), Some(DRAINING | INACTIVE))
}

fn unreadable(service: &types::Service, tried: &str) -> Gap {
    let name = service.service_name().or_else(|| service.service_arn().map(last_segment));
    let name = name.unwrap_or("a service without a name");
    let lacking = [
        ("name", service.service_name()),
        ("ARN", service.service_arn()),
        ("cluster", service.cluster_arn()),
        ("status", service.status()),
    ];
    let lacking = lacking.into_iter().find(|(_, member)| member.is_none());
    let detail = match (lacking, service.status()) {
        (Some((member, _)), _) => format!("the answer holds no {member} of {name}"),
        (None, status) => format!("{name} has the unknown status {}", status.unwrap_or_default()),
    };
    Gap { tried: tried.to_owned(), cause: Cause::Malformed, detail: one_line(&detail), whole: false }
}

/// A gap for each service that was asked for and did not come, in the
/// service's own words where it has some.
fn missing(answer: &DescribeServicesOutput, arns: &[String], tried: &str) -> Vec<Gap> {
    let reported = answer.failures().iter().map(|failure| refused(failure, tried));
    let came: BTreeSet<&str> = answer.services().iter().filter_map(|service| service.service_arn()).collect();
    let refused: BTreeSet<&str> = answer.failures().iter().filter_map(Failure::arn).collect();
    let unspoken =
        arns.iter().map(String::as_str).filter(|arn| !came.contains(arn) && !refused.contains(arn));
    // A failure may name its service in another form of the ARN.
    let unspoken =
        unspoken.skip(refused.iter().filter(|arn| !arns.iter().any(|asked| asked == *arn)).count());
    let unspoken = unspoken.map(|arn| Gap {
        tried: tried.to_owned(),
        cause: Cause::Malformed,
        detail: format!("the answer does not mention {}", last_segment(arn)),
        whole: false,
    });
    reported.chain(unspoken).collect()
}

fn refused(failure: &Failure, tried: &str) -> Gap {
    let name = failure.arn().map_or("a service", last_segment);
    let reason = failure.reason().unwrap_or("no reason given");
    let detail = failure.detail().map(|detail| format!(": {detail}")).unwrap_or_default();
    let cause = if reason.contains("DENIED") { Cause::Denied } else { Cause::Other };
    let detail = one_line(&format!("{name} could not be described: {reason}{detail}"));
    Gap { tried: tried.to_owned(), cause, detail, whole: false }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ARN: &str = "arn:aws:ecs:eu-west-1:111111111111:service/prod/web";

    fn gaps(answer: DescribeServicesOutput, asked: &[&str]) -> Vec<(Cause, String)> {
        let asked: Vec<String> = asked.iter().map(|arn| (*arn).to_owned()).collect();
        let gaps = missing(&answer, &asked, "describe services of cluster prod");
        gaps.into_iter().map(|gap| (gap.cause, gap.detail)).collect()
    }

    fn answer() -> aws_sdk_ecs::operation::describe_services::builders::DescribeServicesOutputBuilder {
        DescribeServicesOutput::builder()
    }

    fn failure(arn: &str) -> Failure {
        Failure::builder().arn(arn).reason("MISSING").detail("it is gone").build()
    }

    #[test]
    fn a_service_that_ecs_reports_as_failed_is_a_gap_in_its_own_words() {
        let refused = answer().failures(failure(ARN)).build();
        let words = "web could not be described: MISSING: it is gone".to_owned();
        assert_eq!(gaps(refused, &[ARN]), [(Cause::Other, words)]);
    }

    #[test]
    fn a_service_that_an_answer_passes_over_in_silence_is_a_gap_too() {
        let words = "the answer does not mention web".to_owned();
        assert_eq!(gaps(answer().build(), &[ARN]), [(Cause::Malformed, words)]);
        let service = types::Service::builder().service_arn(ARN).build();
        assert_eq!(gaps(answer().services(service).build(), &[ARN]), []);
    }

    #[test]
    fn a_failure_that_names_its_service_in_short_is_one_gap_and_not_two() {
        let short = "arn:aws:ecs:eu-west-1:111111111111:service/web";
        assert_eq!(gaps(answer().failures(failure(short)).build(), &[ARN]).len(), 1);
    }

    #[test]
    fn services_that_are_being_deleted_are_left_out() {
        let service = |status: &str| {
            let service = types::Service::builder().service_arn(ARN).service_name("web").cluster_arn("arn:c");
            service.status(status).build()
        };
        let all = ["ACTIVE", "DRAINING", "INACTIVE"].map(service).to_vec();
        let (services, gaps) = services(&answer().set_services(Some(all)).build(), None, "describe");
        assert_eq!((services.len(), gaps), (1, vec![]));
    }

    #[test]
    fn a_service_that_cannot_be_read_is_a_gap_and_never_left_out_in_silence() {
        let service = || types::Service::builder().service_arn(ARN).service_name("web").cluster_arn("arn:c");
        let nameless = || types::Service::builder().service_arn(ARN).cluster_arn("arn:c").status("ACTIVE");
        for (service, words) in [
            (service().build(), "no status of web"),
            (service().status("PAUSED").build(), "web has the unknown status PAUSED"),
            (nameless().build(), "no name of web"),
            (service().status("ACTIVE").set_service_arn(None).build(), "no ARN of web"),
            (service().status("ACTIVE").set_cluster_arn(None).build(), "no cluster of web"),
        ] {
            let (services, gaps) = services(&answer().services(service).build(), None, "describe");
            assert_eq!(services, []);
            assert_eq!(gaps.iter().map(|gap| gap.cause).collect::<Vec<_>>(), [Cause::Malformed]);
            assert!(gaps[0].detail.contains(words), "{gaps:?}");
        }
    }
}
