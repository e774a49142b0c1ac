//! Sample reports, built by words.

use std::collections::BTreeMap;

use serde_json::{Value, json};
use time::macros::datetime;

use crate::model::news::{Age, Comparison, News, Previous, Remembered};
use crate::model::pass::{AccountSummary, Hop, MadeBy, Path, PathState};
use crate::model::report::Metadata;
use crate::model::sounding::{
    HopKind, HopState, PatternCheck, SentCanary, SoundHop, SoundMetadata, SoundReport, SoundState, Sounding,
};
use crate::model::*;

/// A report of these passes, with calls in proportion.
pub(crate) fn report(mode: Mode, passes: Vec<Pass>) -> Report {
    let metadata = Metadata {
        fleet: "acme".to_owned(),
        run: "01KAJ6Q0000000000000000000".to_owned(),
        mode,
        started_at: datetime!(2026-11-21 09:00:00.25 UTC),
        finished_at: datetime!(2026-11-21 09:00:04.5 UTC),
        version: "0.1.0".into(),
        narrowed_to: None,
        stopped: None,
        max_changes: None,
    };
    let accounts = passes.len() as u64;
    let calls = [
        ("sts:AssumeRole", 1),
        ("ecs:ListClusters", 3),
        ("ecs:ListServices", 15),
        ("ecs:DescribeServices", 30),
        ("events:DescribeRule", 3),
        ("sns:GetTopicAttributes", 3),
    ];
    let calls = calls.iter().map(|(name, count)| ((*name).to_owned(), count * accounts));
    Report::of(metadata, passes, calls.collect())
}

/// A pass over an account in which all is well so far.
pub(crate) fn pass(id: &str, name: &str, locations: &[&str]) -> Pass {
    let coverage = locations.iter().map(|name| Coverage {
        location: location(name),
        state: CoverageState::Seen,
        detail: None,
    });
    Pass {
        account: AccountSummary {
            id: id.parse().expect("a sample account id"),
            name: name.to_owned(),
            labels: BTreeMap::new(),
        },
        clusters: 4 * locations.len(),
        services: 80 * locations.len(),
        conditions: Vec::new(),
        coverage: coverage.collect(),
        findings: Vec::new(),
        changes: Vec::new(),
        paths: Vec::new(),
    }
}

pub(crate) fn location(name: &str) -> Location {
    if name == "global" { Location::Global } else { Location::Region(name.parse().expect("a sample Region")) }
}

pub(crate) fn service(region: &str, name: &str) -> String {
    format!("arn:aws:ecs:{region}:222222222222:service/{name}")
}

impl Pass {
    pub(crate) fn label(mut self, key: &str, value: &str) -> Self {
        self.account.labels.insert(key.to_owned(), value.to_owned());
        self
    }

    /// Every location is seen so well, and for this reason.
    pub(crate) fn unseen_everywhere(mut self, state: CoverageState, detail: &str) -> Self {
        for coverage in &mut self.coverage {
            (coverage.state, coverage.detail) = (state, Some(detail.to_owned()));
        }
        (self.clusters, self.services) = (0, 0);
        self
    }

    pub(crate) fn unseen(mut self, place: &str, state: CoverageState, detail: &str) -> Self {
        for coverage in self.coverage.iter_mut().filter(|coverage| coverage.location == location(place)) {
            (coverage.state, coverage.detail) = (state, Some(detail.to_owned()));
        }
        self
    }

    pub(crate) fn finding(
        self,
        severity: Severity,
        check: Check,
        place: &str,
        subject: &str,
        message: &str,
    ) -> Self {
        self.proven(severity, check, place, (subject, message), &[])
    }

    pub(crate) fn proven(
        mut self,
        severity: Severity,
        check: Check,
        place: &str,
        (subject, message): (&str, &str),
        evidence: &[(&str, Value)],
    ) -> Self {
        self.findings.push(Finding {
            check,
            severity,
            location: location(place),
            subject: subject.to_owned(),
            message: message.to_owned(),
            evidence: evidence.iter().map(|(name, value)| ((*name).to_owned(), value.clone())).collect(),
            age: None,
        });
        self
    }

    pub(crate) fn breaker_off(self, region: &str, service_name: &str) -> Self {
        let message =
            "the deployment circuit breaker is off, so ECS neither notices nor announces a failed deployment";
        let evidence = [("enable", json!(false)), ("rollback", json!(false))];
        let subject = service(region, service_name);
        self.proven(Severity::Error, Check::BreakerDisabled, region, (&subject, message), &evidence)
    }

    pub(crate) fn change(mut self, action: Action, kind: Kind, place: &str, name: &str) -> Self {
        self.changes.push(Change {
            action,
            key: Key::new(kind, location(place), name),
            resource: None,
            arn: None,
            owner: None,
            fields: Vec::new(),
            needs: Vec::new(),
            why: None,
            outcome: Outcome::Planned,
        });
        self
    }

    /// Adds a field to the change named last.
    pub(crate) fn field(mut self, path: &str, observed: Value, desired: Value) -> Self {
        self.changes.last_mut().expect("a change").fields.push(FieldChange::new(path, observed, desired));
        self
    }

    /// Says why of the change named last.
    pub(crate) fn because(mut self, why: &str) -> Self {
        self.changes.last_mut().expect("a change").why = Some(why.to_owned());
        self
    }

    /// Says what became of the change named last.
    pub(crate) fn came_to(mut self, outcome: Outcome) -> Self {
        self.changes.last_mut().expect("a change").outcome = outcome;
        self
    }

    pub(crate) fn heard(mut self, pipeline: &str, event: &str, places: &[&str]) -> Self {
        self.paths.extend(places.iter().map(|place| path(pipeline, event, place, PathState::Heard, None)));
        self
    }

    pub(crate) fn broken(
        self,
        pipeline: &str,
        event: &str,
        place: &str,
        hop: &'static str,
        why: &str,
    ) -> Self {
        self.not_heard(PathState::Broken, pipeline, event, place, (hop, why))
    }

    pub(crate) fn not_heard(
        mut self,
        state: PathState,
        pipeline: &str,
        event: &str,
        place: &str,
        end: (&'static str, &str),
    ) -> Self {
        self.paths.push(path(pipeline, event, place, state, Some(end)));
        self
    }
}

fn path(
    pipeline: &str,
    event: &str,
    place: &str,
    state: PathState,
    end: Option<(&'static str, &str)>,
) -> Path {
    let rule = format!("arn:aws:events:{place}:222222222222:rule/foghorn-{pipeline}");
    let last = end.map(|(hop, _)| Hop {
        name: hop.into(),
        subject: format!("foghorn-{pipeline}"),
        carries: (state == PathState::Broken).then_some(false),
    });
    Path {
        made_by: MadeBy::Fleet,
        pipeline: pipeline.to_owned(),
        event: event.to_owned(),
        location: location(place),
        state,
        broken_at: end.map(|(hop, _)| hop.into()),
        why: end.map(|(_, why)| why.to_owned()),
        hops: [Hop { name: "rule".into(), subject: rule, carries: Some(true) }]
            .into_iter()
            .chain(last)
            .collect(),
    }
}

const SEOUL: &str = "ap-northeast-2";
const VIRGINIA: &str = "us-east-1";
const EVENTS: [&str; 2] = ["deploymentFailed", "serviceImpaired"];

/// An account with nothing wrong.
pub(crate) fn fine(id: &str, name: &str) -> Pass {
    let pass = pass(id, name, &[SEOUL, VIRGINIA, "global"]);
    EVENTS.iter().fold(pass, |pass, event| pass.heard("deploys", event, &[SEOUL, VIRGINIA]))
}

/// Nothing is wrong anywhere.
pub(crate) fn all_fine() -> Report {
    report(
        Mode::Plan,
        vec![
            fine("111111111111", "dev").label("env", "dev"),
            fine("222222222222", "prod").label("env", "prod"),
        ],
    )
}

/// One account of four is looked at, and nothing is wrong there.
pub(crate) fn narrowed() -> Report {
    let mut report = report(Mode::Plan, vec![fine("111111111111", "dev")]);
    report.metadata.narrowed_to = Some(extent::Narrowing {
        accounts: vec!["dev".to_owned()],
        fleet_accounts: 4,
        ..extent::Narrowing::default()
    });
    report
}

/// One of each thing that goes wrong.
pub(crate) fn mixed() -> Report {
    report(
        Mode::Plan,
        vec![
            fine("111111111111", "dev").label("env", "dev"),
            prod(),
            shop(),
            denied(),
            throttled(),
            unauthorised(),
            frozen(),
            noted(),
        ],
    )
}

/// The same, with a condition in every account.
pub(crate) fn mixed_with_conditions() -> Report {
    let mut report = mixed();
    for pass in &mut report.passes {
        pass.conditions.push(Condition {
            kind: ConditionType::Heard,
            status: ConditionStatus::Unknown,
            reason: "Gap".into(),
            message: "part of the way could not be seen".to_owned(),
            last_transition_time: report.metadata.started_at,
        });
    }
    report
}

/// Breakers off, and a rule that someone disabled and changed by hand.
fn prod() -> Pass {
    let breakers = ["web", "api", "cart", "pay", "mail", "search", "login"];
    let pass =
        pass("222222222222", "prod", &[SEOUL, VIRGINIA, "global"]).label("env", "prod").label("team", "shop");
    let pass = breakers.iter().fold(pass, |pass, name| pass.breaker_off(SEOUL, &format!("prod/{name}")));
    let pass = pass
        .breaker_off(SEOUL, "batch/nightly")
        .finding(
            Severity::Info,
            Check::BreakerNotApplicable,
            SEOUL,
            &service(SEOUL, "prod/blue"),
            "CodeDeploy deploys this service, so the circuit breaker does not apply",
        )
        .finding(
            Severity::Warning,
            Check::AlarmMuted,
            VIRGINIA,
            "foghorn-deploys-failed-invocations",
            "the alarm's actions are switched off, so nobody would hear it",
        )
        .change(Action::Update, Kind::Topic, VIRGINIA, "foghorn-deploys")
        .field("/policy", json!([publish("rule/foghorn-deploys-old")]), json!([publish("rule/foghorn-deploys")]))
        .change(Action::Update, Kind::Rule, VIRGINIA, "foghorn-deploys")
        .field("/state", json!("DISABLED"), json!("ENABLED"))
        .field(
            "/pattern",
            json!({ "source": ["aws.ecs"], "detail-type": ["ECS Service Action"] }),
            json!({ "source": ["aws.ecs"], "detail-type": ["ECS Deployment State Change"], "detail": { "eventName": ["SERVICE_DEPLOYMENT_FAILED"] } }),
        )
        .change(Action::Update, Kind::Target, VIRGINIA, "foghorn-deploys/room")
        .field("/transformer", transformer("Deployment failed"), transformer("ECS deployment failed"));
    let why = "the rule is DISABLED, so it takes no event";
    let pass = EVENTS.iter().fold(pass, |pass, event| {
        pass.heard("deploys", event, &[SEOUL]).broken("deploys", event, VIRGINIA, "rule", why)
    });
    pass.finding(Severity::Error, Check::PathBroken, VIRGINIA, "deploys", why)
}

fn publish(rule: &str) -> Value {
    json!({
        "Sid": "FoghornEvents", "Effect": "Allow",
        "Principal": { "Service": "events.amazonaws.com" },
        "Action": "sns:Publish", "Resource": "arn:aws:sns:us-east-1:222222222222:foghorn-deploys",
        "Condition": { "ArnEquals": { "aws:SourceArn": format!("arn:aws:events:us-east-1:222222222222:{rule}") } },
    })
}

fn transformer(title: &str) -> Value {
    json!({
        "paths": { "service": "$.resources[0]", "reason": "$.detail.reason" },
        "template": format!(
            r#"{{"version":"1.0","source":"custom","content":{{"textType":"client-markdown","title":"{title} in <service>","description":<reason>}}}}"#
        ),
    })
}

/// Someone else's topic stands where the fleet's should.
fn shop() -> Pass {
    let why = "a topic of this name exists and carries no tag foghorn.dev/fleet=acme: \
               rename the pipeline, or tag the topic to hand it over";
    pass("333333333333", "shop", &[SEOUL, "global"])
        .finding(
            Severity::Error,
            Check::NameTaken,
            SEOUL,
            "arn:aws:sns:ap-northeast-2:333333333333:foghorn-deploys",
            why,
        )
        .change(Action::Create, Kind::Queue, SEOUL, "foghorn-deploys-dead-letters")
        .change(Action::Conflict, Kind::Topic, SEOUL, "foghorn-deploys")
        .because(why)
        .change(Action::Withheld, Kind::Rule, SEOUL, "foghorn-deploys")
        .because("it needs Topic foghorn-deploys in ap-northeast-2, which is a conflict")
        .broken("deploys", EVENTS[0], SEOUL, "rule", "there is no rule foghorn-deploys")
}

fn denied() -> Pass {
    let hidden = ("rule", "it could not be read; the coverage says why");
    let pass = pass("444444444444", "logs", &[SEOUL, VIRGINIA, "global"]);
    pass.not_heard(PathState::Unknown, "deploys", EVENTS[0], SEOUL, hidden).unseen_everywhere(
        CoverageState::Denied,
        "assume role arn:aws:iam::444444444444:role/foghorn: AccessDenied: \
         User: arn:aws:sts::999999999999:assumed-role/ci/foghorn is not authorized to perform: sts:AssumeRole",
    )
}

fn throttled() -> Pass {
    let detail = "list clusters: ThrottlingException: Rate exceeded";
    let hidden = ("rule", "it could not be read; the coverage says why");
    pass("555555555555", "data", &[SEOUL, VIRGINIA, "global"])
        .unseen(VIRGINIA, CoverageState::Throttled, detail)
        .heard("deploys", EVENTS[0], &[SEOUL])
        .not_heard(PathState::Unknown, "deploys", EVENTS[0], VIRGINIA, hidden)
}

/// Nobody has authorised the workspace yet.
fn unauthorised() -> Pass {
    let message = "Slack workspace T0123ABC is not authorised in this account, which no API can do";
    let steps = json!([
        "sign in to account 666666666666 and open https://console.aws.amazon.com/chatbot/",
        "choose Configure new client, Slack, and allow access for workspace T0123ABC",
        "invite the app to the channel: /invite @Amazon Q",
    ]);
    let pass = pass("666666666666", "ai", &[SEOUL, VIRGINIA, "global"])
        .proven(
            Severity::Error,
            Check::RoomNotAuthorised,
            "global",
            ("T0123ABC", message),
            &[("steps", steps)],
        )
        .change(Action::Withheld, Kind::ChatConfiguration, "global", "foghorn-C0123ABC")
        .because("workspace T0123ABC is not authorised");
    [SEOUL, VIRGINIA].iter().fold(pass, |pass, region| {
        pass.broken(
            "deploys",
            EVENTS[0],
            region,
            "workspace",
            "workspace T0123ABC is not authorised in this account",
        )
        .change(Action::Create, Kind::Queue, region, "foghorn-deploys-dead-letters")
        .change(Action::Create, Kind::Topic, region, "foghorn-deploys")
        .change(Action::Create, Kind::Rule, region, "foghorn-deploys")
        .change(Action::Create, Kind::Target, region, "foghorn-deploys/room")
    })
}

/// The guard keeps Foghorn from writing here.
fn frozen() -> Pass {
    let why = "spec.guard.deny names this account";
    fine("777777777777", "bank")
        .change(Action::Withheld, Kind::Rule, VIRGINIA, "foghorn-deploys")
        .field("/description", json!("by hand"), json!("Foghorn: deploys"))
        .because(why)
        .change(Action::Withheld, Kind::Alarm, VIRGINIA, "foghorn-deploys-failed-invocations")
        .field("/threshold", json!(5.0), json!(1.0))
        .because(why)
}

/// Nothing is wrong, but something is worth knowing.
fn noted() -> Pass {
    fine("888888888888", "web").finding(
        Severity::Info,
        Check::BreakerNotApplicable,
        SEOUL,
        &service(SEOUL, "web/green"),
        "CodeDeploy deploys this service, so the circuit breaker does not apply",
    )
}

/// An apply of which one change failed, with what depends on it.
pub(crate) fn applied() -> Report {
    let refused =
        "PutRule: LimitExceededException: The requested resource exceeds the maximum number allowed";
    let dev = fine("111111111111", "dev")
        .change(Action::Update, Kind::Rule, VIRGINIA, "foghorn-deploys")
        .field("/state", json!("DISABLED"), json!("ENABLED"))
        .came_to(Outcome::Applied);
    let prod = pass("222222222222", "prod", &[SEOUL, "global"])
        .broken("deploys", EVENTS[0], SEOUL, "rule", "there is no rule foghorn-deploys")
        .change(Action::Create, Kind::Topic, SEOUL, "foghorn-deploys")
        .came_to(Outcome::Applied)
        .change(Action::Create, Kind::Rule, SEOUL, "foghorn-deploys")
        .because(refused)
        .came_to(Outcome::Failed)
        .change(Action::Create, Kind::Target, SEOUL, "foghorn-deploys/room")
        .because("it needs Rule foghorn-deploys in ap-northeast-2, which failed")
        .came_to(Outcome::Skipped);
    report(Mode::Apply, vec![dev, prod, fine("333333333333", "shop")])
}

/// The mixed report a day later: some findings are new, some were there, some
/// are gone, and one could not be looked at again.
pub(crate) fn remembered() -> Report {
    let mut report = mixed();
    let since = datetime!(2026-11-18 09:00 UTC);
    let findings = report.passes.iter_mut().flat_map(|pass| &mut pass.findings).enumerate();
    for (index, finding) in findings {
        let news = if index % 3 == 0 { News::New } else { News::Still };
        let since = if news == News::New { report.metadata.finished_at } else { since };
        finding.age = Some(Age { news, since });
    }
    let gone = |id: &str, name: &str, service_name: &str| {
        let mut pass = pass(id, name, &[SEOUL]).breaker_off(SEOUL, service_name);
        let mut finding = pass.findings.remove(0);
        finding.age = Some(Age { news: News::Still, since });
        Remembered { account: pass.account, finding, newly_unseen: false }
    };
    let all = report.passes.iter().flat_map(|pass| &pass.findings);
    let new =
        all.clone().filter(|finding| finding.age.as_ref().is_some_and(|age| age.news == News::New)).count();
    report.comparison = Some(Comparison {
        previous: Previous {
            run: "01KAFS000000000000000000".to_owned(),
            finished_at: datetime!(2026-11-20 09:00:05 UTC),
        },
        new,
        still: all.count() - new,
        resolved: vec![gone("111111111111", "dev", "dev/worker"), gone("111111111111", "dev", "dev/web")],
        unseen: vec![gone("444444444444", "logs", "prod/shipper")],
        left: vec![gone("999999999999", "old", "prod/legacy")],
    });
    report
}

/// Texts that would be more than text where they are not escaped.
pub(crate) const HOSTILE: [&str; 12] = [
    "</script><script>alert(1)</script>",
    "<img src=x onerror=alert(1)> & \"quoted\" 'single'",
    "@here @channel <!channel> #12 user@example.com",
    "https://example.com/ www.example.com [link](https://example.com)",
    "``` `code` ~~~ | cell | **bold** _it_ ---",
    "\u{202e}desrever\u{202c} \u{1b}[31mred\u{7}",
    "{{ policy }} {% raw %} {0} {r} ${x} %s",
    "]]> <!-- --> <![CDATA[ &amp; &#64;",
    "🚨 경보 ünïcödé \u{2028}\u{2029}",
    "line one\nline two\r\n\ttab",
    "- item\n# title\n> quote\n: yes\n? key",
    "",
];

/// A report in which others wrote whatever they liked, wherever they can.
pub(crate) fn hostile() -> Report {
    let long = "x<\"&`@".repeat(1_700);
    let texts = HOSTILE.iter().copied().chain([long.as_str()]);
    let passes = texts.enumerate().map(|(index, text)| {
        let id = format!("1{index:011}");
        hostile_pass(pass(&id, text, &[SEOUL, "global"]), text)
    });
    let mut report = report(Mode::Plan, passes.collect());
    report.metadata.fleet = HOSTILE[0].to_owned();
    report
}

fn hostile_pass(pass: Pass, text: &str) -> Pass {
    let subject = service(SEOUL, text);
    pass.label("note", text)
        .label(text, "key")
        .proven(Severity::Error, Check::BreakerDisabled, SEOUL, (&subject, text), &[("cluster", json!(text))])
        .proven(Severity::Info, Check::MessageUnsafe, SEOUL, (text, text), &[("steps", json!([text]))])
        .broken(text, text, SEOUL, "topicPolicy", text)
        .change(Action::Update, Kind::Rule, SEOUL, text)
        .field("/description", json!(text), json!({ text: [text] }))
        .because(text)
        .unseen("global", CoverageState::Denied, text)
}

/// A thousand services without a breaker in one account, and many accounts
/// that are fine.
pub(crate) fn thousand_breakers() -> Report {
    let clusters = ["api", "batch", "data", "edge", "jobs", "mail", "pay", "shop", "test", "web"];
    let names = clusters
        .iter()
        .flat_map(|cluster| (0..100).map(move |index| format!("{cluster}/service-{index:02}")));
    let prod =
        names.fold(pass("222222222222", "prod", &[SEOUL]), |pass, name| pass.breaker_off(SEOUL, &name));
    let others = (0..42).map(|index| fine(&format!("3{index:011}"), &format!("member-{index}")));
    report(Mode::Plan, others.chain([prod]).collect())
}

/// Every breaker is to be switched on by Foghorn.
pub(crate) fn remediated_breakers() -> Report {
    let pass = (0..40).fold(pass("222222222222", "prod", &[SEOUL]), |pass, index| {
        let name = format!("prod/service-{index:02}");
        pass.breaker_off(SEOUL, &name)
            .change(Action::Update, Kind::Breaker, SEOUL, &service(SEOUL, &name))
            .field("/enable", json!(false), json!(true))
            .field("/rollback", json!(false), json!(true))
    });
    report(Mode::Plan, vec![pass])
}

/// A sounding of one pipeline that came to this, with a hop.
pub(crate) fn sounding(state: SoundState) -> Sounding {
    let sent_at = datetime!(2026-11-21 09:00:01 UTC);
    let (source, detail_type) = ("foghorn.canary", "Foghorn Canary");
    let rule = "foghorn-deploys".to_owned();
    Sounding {
        account: pass("111111111111", "dev", &[]).account,
        location: "us-east-1".parse().expect("a sample Region"),
        pipeline: "deploys".to_owned(),
        state,
        stopped_at: None,
        why: None,
        settings_say: None,
        canary: Some(SentCanary { rule, source, detail_type, event: Some("e-1".to_owned()), sent_at }),
        hops: vec![SoundHop {
            name: HopKind::HubTarget,
            subject: "topic foghorn-deploys".to_owned(),
            state: HopState::NotSeen,
            counts: BTreeMap::from([("Invocations", 1.0)]),
        }],
        patterns: PatternCheck { samples: 2, ..PatternCheck::default() },
    }
}

/// A report of these soundings.
pub(crate) fn sounded(soundings: Vec<Sounding>) -> SoundReport {
    let metadata = SoundMetadata {
        fleet: "acme".to_owned(),
        run: "01KAJ6Q0000000000000000000".to_owned(),
        started_at: datetime!(2026-11-21 09:00:00.25 UTC),
        finished_at: datetime!(2026-11-21 09:00:04.5 UTC),
        timeout_seconds: 300,
        version: "0.1.0",
    };
    SoundReport::of(metadata, soundings, Vec::new(), BTreeMap::from([("events:PutEvents".to_owned(), 1)]))
}

/// The report an hour after another, which had neither what stands in `new` nor
/// lacked what it resolved.
pub(crate) fn compared_with(mut report: Report, new: &[&str]) -> Report {
    let earlier = datetime!(2026-11-21 08:00 UTC);
    let age = |subject: &str| match new.iter().any(|name| subject.ends_with(name)) {
        true => Age { news: News::New, since: report.metadata.finished_at },
        false => Age { news: News::Still, since: earlier },
    };
    for finding in report.passes.iter_mut().flat_map(|pass| &mut pass.findings) {
        finding.age = Some(age(&finding.subject));
    }
    let gone = pass("111111111111", "dev", &[SEOUL]).label("env", "dev").breaker_off(SEOUL, "prod/old");
    let account = gone.account.clone();
    let remembered = |finding| Remembered { account: account.clone(), finding, newly_unseen: false };
    let news = |news| {
        report
            .passes
            .iter()
            .flat_map(|pass| &pass.findings)
            .filter(move |finding| finding.age.as_ref().is_some_and(|age| age.news == news))
    };
    report.comparison = Some(Comparison {
        previous: Previous { run: "01KAJ300000000000000000000".to_owned(), finished_at: earlier },
        new: news(News::New).count(),
        still: news(News::Still).count(),
        resolved: gone.findings.into_iter().map(remembered).collect(),
        unseen: Vec::new(),
        left: Vec::new(),
    });
    report
}

/// An incident: every breaker of 5,000 services in 50 accounts is off, and one
/// account holds most of them.
pub(crate) fn incident() -> Report {
    let account = |number: usize| {
        let services = if number == 7 { 2550 } else { 50 };
        let pass = pass(&format!("{number:012}"), &format!("team-{number:02}"), &[SEOUL, VIRGINIA]);
        let pass = pass.label("env", "prod").label("team", &format!("t{}", number % 5));
        (0..services).fold(pass, |pass, index| {
            let region = if index % 2 == 0 { SEOUL } else { VIRGINIA };
            pass.breaker_off(region, &format!("prod/service-{index:04}"))
        })
    };
    report(Mode::Plan, (1..=50).map(account).collect())
}

/// The mixed report, compared with one of the day before: what is about
/// breakers is old but for two, the rest is new.
pub(crate) fn compared() -> Report {
    let mut report = mixed();
    let previous = Previous {
        run: "01KAG4JQ000000000000000000".to_owned(),
        finished_at: datetime!(2026-11-20 09:00:04.5 UTC),
    };
    let old = |since| Age { news: News::Still, since };
    let (mut new, mut still) = (0, 0);
    for finding in report.passes.iter_mut().flat_map(|pass| &mut pass.findings) {
        let age = match finding.check {
            Check::BreakerDisabled if finding.subject.ends_with('h') => None,
            Check::BreakerDisabled | Check::RoomNotAuthorised => Some(old(datetime!(2026-11-02 09:00 UTC))),
            Check::AlarmMuted => Some(old(previous.finished_at)),
            _ => None,
        };
        *if age.is_some() { &mut still } else { &mut new } += 1;
        finding.age = age.or(Some(Age { news: News::New, since: report.metadata.finished_at }));
    }
    let remembered = |pass: Pass| {
        let Pass { account, findings, .. } = pass;
        let aged = move |finding| Finding { age: Some(old(datetime!(2026-11-20 03:00 UTC))), ..finding };
        findings.into_iter().map(move |finding| Remembered {
            account: account.clone(),
            finding: aged(finding),
            newly_unseen: false,
        })
    };
    let dev = pass("111111111111", "dev", &[SEOUL]).breaker_off(SEOUL, "prod/web").finding(
        Severity::Error,
        Check::PathBroken,
        SEOUL,
        "deploys",
        "there is no rule",
    );
    let logs = pass("444444444444", "logs", &[SEOUL]).breaker_off(SEOUL, "prod/ship");
    let old = pass("999999999999", "old", &[SEOUL]).breaker_off(SEOUL, "prod/legacy");
    report.comparison = Some(Comparison {
        previous,
        new,
        still,
        resolved: remembered(dev).collect(),
        unseen: remembered(logs).collect(),
        left: remembered(old).collect(),
    });
    report
}
