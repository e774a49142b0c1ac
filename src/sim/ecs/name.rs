//! Names and ARNs.

use crate::sim::identity::partition;

/// An account and a Region.
#[derive(Debug, Clone, Copy)]
pub struct Place<'a> {
    /// The 12-digit account.
    pub account: &'a str,
    /// The Region.
    pub region: &'a str,
}

impl Place<'_> {
    fn arn(self, resource: std::fmt::Arguments<'_>) -> String {
        let Place { account, region } = self;
        format!("arn:{}:ecs:{region}:{account}:{resource}", partition(region))
    }

    /// A cluster's ARN.
    pub fn cluster(self, name: &str) -> String {
        self.arn(format_args!("cluster/{name}"))
    }

    /// A service's ARN.
    pub fn service(self, cluster: &str, name: &str) -> String {
        self.arn(format_args!("service/{cluster}/{name}"))
    }

    /// A service's ARN as it was before ARNs named the cluster; services from
    /// that time keep it (ECS, "Amazon Resource Names and IDs").
    pub fn short_service(self, name: &str) -> String {
        self.arn(format_args!("service/{name}"))
    }

    /// A task definition's ARN.
    pub fn task_definition(self, family: &str, revision: u32) -> String {
        self.arn(format_args!("task-definition/{family}:{revision}"))
    }

    /// What follows the type in an ARN of this place; a bare name as it is.
    /// `None` for an ARN of another place or type.
    fn resource<'r>(self, reference: &'r str, kind: &str) -> Option<&'r str> {
        if !reference.starts_with("arn:") {
            return Some(reference);
        }
        let parts: Vec<&str> = reference.splitn(6, ':').collect();
        let ["arn", named_partition, "ecs", region, account, resource] = parts[..] else {
            return None;
        };
        let here = (partition(self.region), self.region, self.account);
        let name = resource.strip_prefix(kind)?.strip_prefix('/')?;
        ((named_partition, region, account) == here).then_some(name)
    }
}

/// The name in a cluster's name or ARN.
pub fn cluster_name<'r>(reference: &'r str, place: Place<'_>) -> Option<&'r str> {
    place.resource(reference, "cluster")
}

/// The name in a service's name or ARN, short or long.
pub fn service_name<'r>(reference: &'r str, place: Place<'_>) -> Option<&'r str> {
    let resource = place.resource(reference, "service")?;
    resource.rsplit('/').next()
}

/// A deployment's number, which never changes for the same words and counter:
/// 19 digits, as ECS has them. (FNV-1a.)
pub fn deployment_number(words: &[&str], counter: u64) -> u64 {
    const OFFSET: u64 = 0xcbf2_9ce4_8422_2325;
    const PRIME: u64 = 0x0100_0000_01b3;
    let counter = counter.to_le_bytes();
    let bytes = words.iter().flat_map(|word| word.bytes().chain([b'/'])).chain(counter);
    let hash = bytes.fold(OFFSET, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(PRIME));
    1_000_000_000_000_000_000 + hash % 8_000_000_000_000_000_000
}

#[cfg(test)]
mod tests {
    use super::*;

    const PLACE: Place<'static> = Place { account: "111111111111", region: "cn-north-1" };

    #[test]
    fn an_arn_is_understood_only_in_its_own_place() {
        let arn = PLACE.service("prod", "web");
        assert_eq!(arn, "arn:aws-cn:ecs:cn-north-1:111111111111:service/prod/web");
        assert_eq!(service_name(&arn, PLACE), Some("web"));
        assert_eq!(service_name(&PLACE.short_service("web"), PLACE), Some("web"));
        assert_eq!(service_name("web", PLACE), Some("web"));
        let elsewhere = Place { region: "eu-west-1", ..PLACE };
        assert_eq!(service_name(&arn, elsewhere), None);
        assert_eq!(cluster_name(&arn, PLACE), None);
    }

    #[test]
    fn a_deployment_number_has_nineteen_digits_and_is_stable() {
        let number = deployment_number(&["111111111111", "web"], 1);
        assert_eq!(number.to_string().len(), 19);
        assert_eq!(number, deployment_number(&["111111111111", "web"], 1));
        assert_ne!(number, deployment_number(&["111111111111", "web"], 2));
    }
}
