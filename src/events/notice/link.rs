//! Pages of the AWS console, in its second version.

use crate::model::notice::Link;
use crate::model::{Partition, Region};

/// The clusters of a Region.
pub(super) fn clusters(region: &str) -> Option<Link> {
    page(region, "")
}

/// A service with its deployments and its health; the Region's clusters where
/// the cluster is not known.
pub(super) fn service(region: &str, cluster: &str, service: &str) -> Option<Link> {
    match (cluster, service) {
        ("", _) | (_, "") => clusters(region),
        _ => page(region, &format!("/{}/services/{}/health", encoded(cluster), encoded(service))),
    }
}

/// A task; the Region's clusters where the cluster is not known.
pub(super) fn task(region: &str, cluster: &str, task: &str) -> Option<Link> {
    match (cluster, task) {
        ("", _) | (_, "") => clusters(region),
        _ => page(region, &format!("/{}/tasks/{}/configuration", encoded(cluster), encoded(task))),
    }
}

/// An alarm.
pub(super) fn alarm(region: &str, name: &str) -> Option<Link> {
    let host = host(region)?;
    let url = format!("https://{host}/cloudwatch/home?region={region}#alarmsV2:alarm/{}", encoded(name));
    Some(Link { text: "View in console".to_owned(), url })
}

fn page(region: &str, path: &str) -> Option<Link> {
    let host = host(region)?;
    let url = format!("https://{host}/ecs/v2/clusters{path}?region={region}");
    Some(Link { text: "View in console".to_owned(), url })
}

/// The console's host for a Region, which may be newer than the list of those
/// that are known. What is no Region's name at all could lead anywhere.
fn host(region: &str) -> Option<String> {
    let is_name = !region.is_empty()
        && region.len() <= 32
        && region.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-');
    let partition = region.parse::<Region>().map_or(Partition::Aws, |region| region.partition());
    is_name.then(|| format!("{region}.{}", partition.console_domain()))
}

/// A text as one segment of a path (RFC 3986, unreserved characters).
fn encoded(text: &str) -> String {
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~".contains(&byte);
    let bytes = text.bytes();
    bytes
        .map(|byte| if is_plain(byte) { char::from(byte).to_string() } else { format!("%{byte:02X}") })
        .collect()
}
