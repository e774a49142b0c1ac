//! Pages of the AWS console for what findings and changes are about.

use crate::model::{Check, Finding, Kind, Location, Region};

/// Where AWS Chatbot, which has one page for all Regions, is set up (AWS Chatbot
/// Administrator Guide, getting started).
const CHATBOT: &str = "https://us-east-2.console.aws.amazon.com/chatbot/home";

/// The page of what a finding is about, or where things of its kind are listed.
pub fn page_of(finding: &Finding) -> Option<String> {
    let (subject, is_arn) = (finding.subject.as_str(), finding.subject.starts_with("arn:"));
    let kind = kind(finding);
    let region = match finding.location {
        Location::Region(region) => region,
        Location::Global => {
            return (kind == Some(Kind::ChatConfiguration)).then(|| CHATBOT.to_owned());
        }
    };
    match kind {
        Some(Kind::ChatConfiguration) => Some(CHATBOT.to_owned()),
        Some(kind) if finding.check == Check::PathBroken => {
            // Its subject is a pipeline, which is nothing that AWS knows.
            Some(address(region, &list_of(kind, region)))
        }
        Some(kind) if !is_arn => Some(address(region, &place_of(kind, region, subject))),
        _ => link(finding.location, subject),
    }
}

/// What kind of thing the subject of a finding is; for a broken path, what
/// stands at the hop where it stops.
fn kind(finding: &Finding) -> Option<Kind> {
    let evidence = |name| finding.evidence.get(name);
    match finding.check {
        Check::AlarmFiring | Check::AlarmMuted | Check::AlarmHeardOnlyThroughItself => Some(Kind::Alarm),
        Check::DeadLetters => Some(Kind::Queue),
        Check::MetricNonZero if finding.location == Location::Global => Some(Kind::ChatConfiguration),
        Check::MetricNonZero | Check::PatternNeverMatches | Check::MessageUnsafe => Some(Kind::Rule),
        Check::NameTaken | Check::Orphan => serde_json::from_value(evidence("kind")?.clone()).ok(),
        Check::RoomNotAuthorised => Some(Kind::ChatConfiguration),
        Check::PathBroken => Some(at_hop(evidence("brokenAt")?.as_str()?)),
        Check::WebhookUnusable => Some(Kind::Connection),
        Check::BreakerDisabled
        | Check::RollbackDisabled
        | Check::BreakerNotApplicable
        | Check::BreakerNotJudged
        | Check::ExemptionExpired
        | Check::ClusterLeftOut => None,
    }
}

/// What stands at a hop of a path.
fn at_hop(hop: &str) -> Kind {
    match hop {
        "topic" | "topicPolicy" => Kind::Topic,
        "subscription" | "chatConfiguration" | "room" => Kind::ChatConfiguration,
        "function" | "functionPolicy" => Kind::Function,
        "connection" => Kind::Connection,
        "destination" => Kind::ApiDestination,
        "bus" | "busPolicy" => Kind::EventBus,
        _ => Kind::Rule,
    }
}

/// The path of the page of a thing with this name, or of the list of its kind
/// where the name alone does not lead there.
fn place_of(kind: Kind, region: Region, name: &str) -> String {
    let arn = match kind {
        Kind::Alarm => format!("arn:aws:cloudwatch:::alarm:{name}"),
        Kind::Function => format!("arn:aws:lambda:::function:{name}"),
        Kind::Rule => format!("arn:aws:events:::rule/{name}"),
        _ => return list_of(kind, region),
    };
    page(region, &arn).unwrap_or_else(|| list_of(kind, region))
}

/// The path of the page that lists the things of a kind.
fn list_of(kind: Kind, region: Region) -> String {
    let home = |service: &str, page: &str| format!("{service}/home?region={region}#{page}");
    match kind {
        Kind::Alarm => home("cloudwatch", "alarmsV2:"),
        Kind::Queue => home("sqs/v3", "/queues"),
        Kind::Topic | Kind::Subscription => home("sns/v3", "/topics"),
        Kind::Function => home("lambda", "/functions"),
        Kind::EventBus => home("events", "/eventbuses"),
        Kind::Connection | Kind::ApiDestination => home("events", "/apidestinations"),
        Kind::Rule | Kind::Target => home("events", "/rules"),
        Kind::Breaker | Kind::ChatConfiguration => format!("ecs/v2/clusters?region={region}"),
    }
}

/// The page of a thing, which an ARN or its name alone stands for; the Region's
/// ECS clusters where its own page is not known. `None` in no Region: AWS
/// Chatbot's page is one for all.
pub fn link(location: Location, subject: &str) -> Option<String> {
    let Location::Region(region) = location else { return None };
    let path = page(region, subject).unwrap_or_else(|| format!("ecs/v2/clusters?region={region}"));
    Some(address(region, &path))
}

fn address(region: Region, path: &str) -> String {
    format!("https://{region}.{}/{path}", region.partition().console_domain())
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
        ("sqs", _) => Some(format!("sqs/v3/home?region={region}#/queues")),
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
    use crate::report::fixtures::pass;

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
        for subject in ["foghorn-deploys", "arn:aws:ecs:ap-northeast-2:1:service/api"] {
            assert_eq!(seoul(subject).as_deref(), Some(clusters), "{subject}");
        }
        assert_eq!(link(Location::Global, "foghorn-T0-C0"), None);
    }

    #[test]
    fn a_finding_leads_to_the_console_of_what_it_is_about_and_not_to_ecs() {
        use crate::model::Severity;
        let found = |check, subject: &str, evidence: (&str, &str)| {
            let place = if check == Check::RoomNotAuthorised { "global" } else { "ap-northeast-2" };
            let evidence = [(evidence.0, evidence.1.into())];
            let pass = pass("111111111111", "dev", &[]);
            let pass = pass.proven(Severity::Error, check, place, (subject, ""), &evidence);
            page_of(&pass.findings[0]).unwrap_or_default()
        };
        let none = ("none", "");
        for (check, subject, evidence, page) in [
            (
                Check::AlarmFiring,
                "an alarm",
                none,
                "cloudwatch/home?region=ap-northeast-2#alarmsV2:alarm/an%20alarm",
            ),
            (Check::DeadLetters, "queue", none, "sqs/v3/home?region=ap-northeast-2#/queues"),
            (
                Check::MetricNonZero,
                "rule",
                none,
                "events/home?region=ap-northeast-2#/eventbus/default/rules/rule",
            ),
            (
                Check::PathBroken,
                "deploys",
                ("brokenAt", "topicPolicy"),
                "sns/v3/home?region=ap-northeast-2#/topics",
            ),
            (
                Check::PathBroken,
                "deploys",
                ("brokenAt", "function"),
                "lambda/home?region=ap-northeast-2#/functions",
            ),
            (
                Check::PathBroken,
                "deploys",
                ("brokenAt", "pattern"),
                "events/home?region=ap-northeast-2#/rules",
            ),
            (
                Check::NameTaken,
                "foghorn-deploys",
                ("kind", "Topic"),
                "sns/v3/home?region=ap-northeast-2#/topics",
            ),
            (Check::Orphan, "foghorn-old", ("kind", "Queue"), "sqs/v3/home?region=ap-northeast-2#/queues"),
        ] {
            let url = format!("https://ap-northeast-2.console.aws.amazon.com/{page}");
            assert_eq!(found(check, subject, evidence), url, "{check}");
        }
        assert_eq!(found(Check::RoomNotAuthorised, "T0123ABC", none), CHATBOT);
        assert_eq!(found(Check::PathBroken, "deploys", ("brokenAt", "room")), CHATBOT);
        let service = "arn:aws:ecs:ap-northeast-2:1:service/prod/api";
        assert!(found(Check::BreakerDisabled, service, none).contains("/services/api/"));
    }

    #[test]
    fn china_has_a_console_of_its_own() {
        let region: Region = "cn-north-1".parse().unwrap_or(Region::CN_NORTHWEST_1);
        let url = link(region.into(), "x").unwrap_or_default();
        assert!(url.starts_with("https://cn-north-1.console.amazonaws.cn/"), "{url}");
    }
}
