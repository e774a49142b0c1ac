use std::collections::{BTreeMap, BTreeSet};

use super::document::{Effect, LARGEST, Statement};
use super::*;
use crate::fleet::{Discovered, Filter, parse};

/// A fleet of everything: every Region of AWS, every way to a room, a hub, and
/// webhooks with names of some length.
fn largest() -> Fleet {
    let regions = "af-south-1, ap-east-1, ap-east-2, ap-northeast-1, ap-northeast-2, ap-northeast-3, ap-south-1, ap-south-2, \
        ap-southeast-1, ap-southeast-2, ap-southeast-3, ap-southeast-4, ap-southeast-5, ap-southeast-6, ap-southeast-7, \
        ca-central-1, ca-west-1, eu-central-1, eu-central-2, eu-north-1, eu-south-1, eu-south-2, eu-west-1, eu-west-2, \
        eu-west-3, il-central-1, me-central-1, me-south-1, mx-central-1, sa-east-1, us-east-1, us-east-2, us-west-1, us-west-2";
    let mut webhooks = String::new();
    for number in 0..8 {
        let name = format!("platform/notifications/foghorn/google-chat-{number}");
        webhooks += &format!(
            "    - {{ name: f{number}, events: [taskFailed], via: {{ lambda: {{ topic: true, googleChat: {{ webhook: {{ secretsManager: {name} }} }} }} }} }}\n"
        );
    }
    fleet(&format!(
        "
  access: {{ roleName: foghorn, externalId: some-id }}
  organization: {{ exclude: [ou-ab12-cdefghij], labelsFromTags: [env] }}
  regions: [{regions}]
  accounts: [{{ id: \"111111111111\", name: hub }}]
  breakers: {{ remediate: true }}
  store: s3://company-foghorn/reports
  report:
    to:
      - {{ googleChat: {{ webhook: {{ secretsManager: foghorn/report }} }} }}
      - {{ sns: {{ topicArn: \"arn:aws:sns:us-east-1:111111111111:foghorn-report\" }} }}
  pipelines:
    - {{ name: slack, events: [deploymentFailed], via: {{ chatbot: {{ slack: {{ workspaceId: T0123ABCD, channelId: C0123ABCD, adopt: true }} }} }} }}
    - name: teams
      events: [deploymentFailed]
      hub: {{ account: \"111111111111\", region: eu-west-1 }}
      via: {{ chatbot: {{ teams: {{ tenantId: 11111111-2222-3333-4444-555555555555, teamId: 4e6f0b5c-0d6c-4a6f-9f4e-0a2b7c9d1e3f, channelId: \"19%3Aab12%40thread.tacv2\" }} }} }}
    - {{ name: posts, events: [taskStopped], via: {{ apiDestination: {{ slack: {{ webhook: {{ secretsManager: foghorn/slack }} }} }} }} }}
{webhooks}"
    ))
}

fn fleet(spec: &str) -> Fleet {
    let text =
        format!("apiVersion: foghorn.dev/v1alpha1\nkind: Fleet\nmetadata: {{ name: acme }}\nspec:{spec}");
    parse(&text, "fleet.yaml", time::macros::date!(2026 - 11 - 21)).expect("a good fleet").fleet
}

/// The policy for some accounts, or for all.
fn policy(fleet: &Fleet, chosen: &[&str], mode: Mode, role: Role) -> Document {
    let filter = Filter { accounts: chosen.iter().map(|id| (*id).to_owned()).collect(), ..Filter::default() };
    let more = chosen.iter().filter(|_| fleet.spec.organization.is_some());
    let discovered = |id: &&str| Discovered {
        id: id.parse().expect("an id"),
        name: (*id).to_owned(),
        labels: Default::default(),
    };
    let known = fleet.accounts(more.map(discovered).collect(), &filter).expect("accounts");
    let and_more = chosen.is_empty() && fleet.spec.organization.is_some();
    document(fleet, Accounts { known: &known, and_more }, mode, role)
}

fn sids(document: &Document) -> BTreeSet<&str> {
    document.statement.iter().map(|statement| statement.sid.as_str()).collect()
}

fn statement<'d>(document: &'d Document, sid: &str) -> &'d Statement {
    document.statement.iter().find(|statement| statement.sid == sid).expect("the statement")
}

const TWO: &str = "
  access: { roleName: foghorn }
  regions: [eu-west-1, us-east-2]
  accounts: [{ id: \"111111111111\", name: hub }, { id: \"222222222222\", name: dev }]
  guard: { deny: [\"333333333333\"] }
  pipelines:
    - name: deploys
      events: [deploymentFailed]
      hub: { account: \"111111111111\", region: eu-west-1 }
      via: { lambda: { slack: { webhook: { secretsManager: foghorn/slack } } } }
";

#[test]
fn the_policy_of_the_largest_fleet_fits_into_a_role_s_inline_policies() {
    for mode in Mode::ALL {
        for role in [Role::Member, Role::Controller] {
            let length = policy(&largest(), &[], mode, role).length().expect("a length");
            assert!(length <= LARGEST, "{mode:?} {role:?}: {length} characters of {LARGEST}");
        }
    }
}

#[test]
fn apply_may_do_all_that_a_plan_may() {
    let [plan, apply] = [Mode::Plan, Mode::Apply].map(|mode| policy(&largest(), &[], mode, Role::Member));
    for statement in &plan.statement {
        assert!(apply.statement.contains(statement), "{}", statement.sid);
    }
}

#[test]
fn a_plan_may_write_nothing() {
    let is_read = |action: &str| {
        let (_, operation) = action.split_once(':').unwrap_or_default();
        ["Get", "List", "Describe"].iter().any(|verb| operation.starts_with(verb))
    };
    let plan = policy(&largest(), &[], Mode::Plan, Role::Member);
    let allowed = plan.statement.iter().filter(|statement| statement.effect == Effect::Allow);
    let writes: Vec<&String> =
        allowed.flat_map(|one| &one.action).filter(|action| !is_read(action)).collect();
    assert_eq!(writes, [""; 0]);
}

#[test]
fn every_statement_has_an_id_that_iam_takes_and_no_other_has() {
    let all = [Role::Member, Role::Controller].map(|role| policy(&largest(), &[], Mode::Apply, role));
    for document in &all {
        assert_eq!(sids(document).len(), document.statement.len());
        for statement in &document.statement {
            assert!(statement.sid.chars().all(|letter| letter.is_ascii_alphanumeric()), "{}", statement.sid);
            assert!(!statement.resource.is_empty(), "{}", statement.sid);
        }
    }
}

#[test]
fn a_hub_may_make_what_stands_behind_it_and_a_member_may_only_forward() {
    let fleet = fleet(TWO);
    let hub = policy(&fleet, &["111111111111"], Mode::Apply, Role::Member);
    let member = policy(&fleet, &["222222222222"], Mode::Apply, Role::Member);
    for sid in ["MakeBuses", "OpenBuses", "MakeFunctions", "PassTheNotifiersRole", "ReadWebhooks"] {
        assert!(sids(&hub).contains(sid) && !sids(&member).contains(sid), "{sid}");
    }
    assert!(sids(&member).contains("PassTheForwardRole"));
    let rules = &statement(&member, "MakeRules").resource;
    assert_eq!(*rules, ["arn:aws:events:*:222222222222:rule/foghorn-*"]);
}

#[test]
fn the_roles_of_the_template_reach_the_secrets_and_the_hubs_of_the_file_and_no_others() {
    let more = "
    - name: tasks
      events: [taskFailed]
      hub: { account: \"111111111111\", region: us-east-2 }
      via: { lambda: { googleChat: { webhook: { secretsManager: google-chat } } } }
";
    let fleet = fleet(&format!("{}{}", TWO.trim_end(), more));
    let known = fleet.accounts(Vec::new(), &Filter::default()).expect("accounts");
    let given: BTreeMap<_, _> =
        parameters(&fleet, Accounts { known: &known, and_more: false }).into_iter().collect();
    let apply = policy(&fleet, &[], Mode::Apply, Role::Member);
    assert_eq!(given["WebhookSecrets"], statement(&apply, "ReadWebhooks").resource.join(","));
    assert_eq!(
        given["WebhookSecrets"],
        "arn:aws:secretsmanager:*:*:secret:foghorn/slack-??????,arn:aws:secretsmanager:*:*:secret:google-chat-??????"
    );
    assert_eq!(
        given["HubBuses"],
        "arn:aws:events:eu-west-1:111111111111:event-bus/foghorn-*,arn:aws:events:us-east-2:111111111111:event-bus/foghorn-*"
    );
}

#[test]
fn the_code_of_a_function_of_others_is_shown_to_nobody() {
    for mode in Mode::ALL {
        for one in policy(&largest(), &[], mode, Role::Member).statement {
            let shows_code = one.action.iter().any(|action| action == "lambda:GetFunction");
            let is_own = one.resource.iter().all(|arn| arn.contains(":function:foghorn-"));
            assert!(!shows_code || is_own, "{mode:?} {}: {:?}", one.sid, one.resource);
        }
    }
}

#[test]
fn an_account_that_is_never_written_to_needs_no_right_to_write() {
    let text = TWO.replace("333333333333", "222222222222");
    let fleet = fleet(&text);
    let [plan, apply] =
        [Mode::Plan, Mode::Apply].map(|mode| policy(&fleet, &["222222222222"], mode, Role::Member));
    assert_eq!(plan, apply);
}

#[test]
fn a_fleet_in_china_needs_nothing_of_aws_chatbot() {
    let fleet = fleet(
        "\n  access: { roleName: foghorn }\n  regions: [cn-north-1]\n  accounts: [{ id: \"111111111111\" }]\n",
    );
    let apply = policy(&fleet, &[], Mode::Apply, Role::Member);
    let text = apply.to_json().expect("JSON");
    assert!(!text.contains("chatbot") && !text.contains("us-east-1") && !text.contains("arn:aws:"), "{text}");
}

#[test]
fn what_is_removed_carries_the_fleet_s_mark() {
    let destroy = policy(&fleet(TWO), &[], Mode::Destroy, Role::Member);
    for sid in ["Remove", "RemoveRooms"] {
        let condition = &statement(&destroy, sid).condition["StringLike"];
        assert_eq!(condition["aws:ResourceTag/foghorn.dev/fleet"], ["acme"]);
    }
}

#[test]
fn foghorn_itself_may_enter_the_accounts_that_are_named_and_keep_reports_in_its_folder() {
    let named = policy(&fleet(TWO), &[], Mode::Plan, Role::Controller);
    let roles = &statement(&named, "EnterAccounts").resource;
    assert_eq!(*roles, ["arn:aws:iam::111111111111:role/foghorn", "arn:aws:iam::222222222222:role/foghorn"]);

    let discovered = policy(&largest(), &[], Mode::Plan, Role::Controller);
    assert_eq!(statement(&discovered, "EnterAccounts").resource, ["arn:aws:iam::*:role/foghorn"]);
    assert_eq!(
        statement(&discovered, "KeepReports").resource,
        ["arn:aws:s3:::company-foghorn/reports/acme/*"]
    );
    assert_eq!(statement(&discovered, "ListReports").resource, ["arn:aws:s3:::company-foghorn"]);
    for sid in ["ListTheOrganization", "ListUnits", "ReadLabels", "ReadRoomsSecrets", "TellTopics"] {
        assert!(sids(&discovered).contains(sid), "{sid}");
    }
    let sound = policy(&largest(), &[], Mode::Sound, Role::Controller);
    assert!(!sids(&sound).contains("KeepReports"), "a sounding keeps no report");
}

#[test]
fn a_caller_with_its_own_credentials_needs_what_a_member_role_would() {
    let fleet =
        fleet("\n  regions: [eu-west-1]\n  accounts: [{ id: \"111111111111\" }]\n  store: s3://bucket/x\n");
    let own = policy(&fleet, &[], Mode::Plan, Role::Controller);
    assert!(sids(&own).contains("KeepReports") && sids(&own).contains("ReadRules"));
    assert!(!sids(&own).contains("EnterAccounts"));
}

#[test]
fn the_documentation_tells_of_every_permission() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/docs/permissions.md");
    let text = std::fs::read_to_string(path).expect("docs/permissions.md");
    let table = markdown();
    assert!(text.contains(&table), "docs/permissions.md must hold this:\n\n{table}");
}
