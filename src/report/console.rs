//! Pages of the AWS console for what findings and changes are about.

use crate::model::{Location, Region};

/// The page of a thing, which an ARN or its name alone stands for; the Region's
/// ECS clusters where its own page is not known. `None` in no Region: AWS
/// Chatbot's page is one for all.
pub fn link(location: Location, subject: &str) -> Option<String> {
    let Location::Region(region) = location else { return None };
    let path = page(region, subject).unwrap_or_else(|| format!("ecs/v2/clusters?region={region}"));
    Some(format!("https://{region}.{}/{path}", region.partition().console_domain()))
}

/// The path of the page that shows what an ARN names.
fn page(region: Region, arn: &str) -> Option<String> {
    let mut parts = arn.strip_prefix("arn:")?.splitn(5, ':');
    let (_, service, _, _, name) =
        (parts.next()?, parts.next()?, parts.next()?, parts.next()?, parts.next()?);
    match (service, name.split_once(['/', ':'])) {
        ("ecs", Some(("service", name))) => {
            let (cluster, service) = name.split_once('/')?;
            let (cluster, service) = (encoded(cluster), encoded(service));
            Some(format!("ecs/v2/clusters/{cluster}/services/{service}/health?region={region}"))
        }
        ("ecs", Some(("cluster", name))) => {
            Some(format!("ecs/v2/clusters/{}/services?region={region}", encoded(name)))
        }
        ("events", Some(("rule", name))) => {
            let (bus, rule) = name.split_once('/').unwrap_or(("default", name));
            let (bus, rule) = (encoded(bus), encoded(rule));
            Some(format!("events/home?region={region}#/eventbus/{bus}/rules/{rule}"))
        }
        ("cloudwatch", Some(("alarm", name))) => {
            Some(format!("cloudwatch/home?region={region}#alarmsV2:alarm/{}", encoded(name)))
        }
        ("lambda", Some(("function", name))) => {
            Some(format!("lambda/home?region={region}#/functions/{}", encoded(name)))
        }
        ("sns", _) => Some(format!("sns/v3/home?region={region}#/topic/{arn}")),
        _ => None,
    }
}

/// A text as one segment of a path (RFC 3986, unreserved characters).
fn encoded(text: &str) -> String {
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~".contains(&byte);
    let bytes = text.bytes();
    bytes
        .map(|byte| if is_plain(byte) { char::from(byte).to_string() } else { format!("%{byte:02X}") })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn seoul(subject: &str) -> Option<String> {
        link("ap-northeast-2".parse::<Region>().ok()?.into(), subject)
    }

    #[test]
    fn a_link_opens_the_page_of_what_it_is_about() {
        for (arn, page) in [
            (
                "ecs:ap-northeast-2:1:service/prod/api",
                "ecs/v2/clusters/prod/services/api/health?region=ap-northeast-2",
            ),
            ("ecs:ap-northeast-2:1:cluster/prod", "ecs/v2/clusters/prod/services?region=ap-northeast-2"),
            ("events:ap-northeast-2:1:rule/r", "events/home?region=ap-northeast-2#/eventbus/default/rules/r"),
            ("events:ap-northeast-2:1:rule/b/r", "events/home?region=ap-northeast-2#/eventbus/b/rules/r"),
            ("lambda:ap-northeast-2:1:function:f", "lambda/home?region=ap-northeast-2#/functions/f"),
            (
                "cloudwatch:ap-northeast-2:1:alarm:a b",
                "cloudwatch/home?region=ap-northeast-2#alarmsV2:alarm/a%20b",
            ),
        ] {
            let url = format!("https://ap-northeast-2.console.aws.amazon.com/{page}");
            assert_eq!(seoul(&format!("arn:aws:{arn}")), Some(url));
        }
    }

    #[test]
    fn what_has_no_page_of_its_own_leads_to_the_clusters_of_its_region() {
        let clusters = "https://ap-northeast-2.console.aws.amazon.com/ecs/v2/clusters?region=ap-northeast-2";
        for subject in
            ["foghorn-deploys", "arn:aws:ecs:ap-northeast-2:1:service/api", "arn:aws:sqs:r:1:queue"]
        {
            assert_eq!(seoul(subject).as_deref(), Some(clusters), "{subject}");
        }
        assert_eq!(link(Location::Global, "foghorn-T0-C0"), None);
    }

    #[test]
    fn china_has_a_console_of_its_own() {
        let region: Region = "cn-north-1".parse().unwrap_or(Region::CN_NORTHWEST_1);
        let url = link(region.into(), "x").unwrap_or_default();
        assert!(url.starts_with("https://cn-north-1.console.amazonaws.cn/"), "{url}");
    }
}
