use time::OffsetDateTime;

use super::*;

const MANAGER: &str = "999999999999";

fn world(accounts: usize) -> World {
    let mut world = World::default();
    world.organization.management_account = MANAGER.to_owned();
    for number in 0..accounts {
        world.add_account(&format!("{:012}", 100_000_000_000 + number), "member", "foghorn", None);
    }
    world
}

fn ask(world: &mut World, account: &str, operation: &str, input: Value) -> Answer {
    let call = Call {
        account,
        region: "us-east-1",
        principal: "arn:aws:iam::999999999999:user/foghorn",
        operation,
        input: &input,
        now: OffsetDateTime::UNIX_EPOCH,
    };
    super::call(world, &call)
}

/// The sizes of all pages of a list, and how many different ids they hold.
fn pages(world: &mut World, operation: &str, input: &Value) -> (Vec<usize>, usize) {
    let (mut sizes, mut ids) = (Vec::new(), BTreeSet::new());
    let mut input = input.clone();
    loop {
        let output = ask(world, MANAGER, operation, input.clone()).unwrap();
        let accounts = output["Accounts"].as_array().unwrap();
        sizes.push(accounts.len());
        ids.extend(accounts.iter().map(|account| account["Id"].to_string()));
        match output.get("NextToken") {
            Some(token) => input["NextToken"] = token.clone(),
            None => return (sizes, ids.len()),
        }
    }
}

#[test]
fn accounts_come_in_pages_of_at_most_twenty() {
    let mut world = world(45);
    assert_eq!(pages(&mut world, "ListAccounts", &json!({})), (vec![20, 20, 5], 45));
    let refused = ask(&mut world, MANAGER, "ListAccounts", json!({ "MaxResults": 21 }));
    assert_eq!(refused.unwrap_err().code, "InvalidInputException");
}

#[test]
fn an_empty_page_with_a_token_comes_before_every_full_one_when_switched_on() {
    let mut world = world(25);
    world.knobs.empty_organization_pages = true;
    assert_eq!(pages(&mut world, "ListAccounts", &json!({})), (vec![0, 20, 0, 5], 25));
}

#[test]
fn a_parent_lists_only_its_own_accounts_and_units() {
    let mut world = world(3);
    world.organization.add_unit("ou-1", "workloads", ROOT);
    world.organization.add_unit("ou-2", "nested", "ou-1");
    world.organization.move_account("100000000001", "ou-1");
    let input = json!({ "ParentId": "ou-1" });
    assert_eq!(pages(&mut world, "ListAccountsForParent", &input), (vec![1], 1));
    assert_eq!(pages(&mut world, "ListAccountsForParent", &json!({ "ParentId": ROOT })), (vec![2], 2));
    let units = ask(&mut world, MANAGER, "ListOrganizationalUnitsForParent", input).unwrap();
    assert_eq!(units["OrganizationalUnits"][0]["Id"], "ou-2");
    let refused = ask(&mut world, MANAGER, "ListAccountsForParent", json!({ "ParentId": "ou-9" }));
    assert_eq!(refused.unwrap_err().code, "ParentNotFoundException");
}

#[test]
fn only_the_management_account_and_delegated_administrators_may_read() {
    let mut world = world(1);
    let refused = ask(&mut world, "100000000000", "ListAccounts", json!({}));
    assert_eq!(refused.unwrap_err().code, "AccessDeniedException");
    world.organization.delegated_administrators.insert("100000000000".to_owned());
    assert!(ask(&mut world, "100000000000", "ListAccounts", json!({})).is_ok());
}

#[test]
fn an_account_has_a_state_and_the_retired_status_only_when_switched_on() {
    let mut world = world(1);
    world.organization.set_account_state("100000000000", "SUSPENDED");
    let account =
        |world: &mut World| ask(world, MANAGER, "ListAccounts", json!({})).unwrap()["Accounts"][0].clone();
    assert_eq!(account(&mut world)["State"], "SUSPENDED");
    assert_eq!(account(&mut world).get("Status"), None);
    world.knobs.retired_account_status = true;
    assert_eq!(account(&mut world)["Status"], "SUSPENDED");
}

#[test]
fn an_accounts_tags_can_be_read() {
    let mut world = world(1);
    world.organization.tag_account("100000000000", "env", "prod");
    let input = json!({ "ResourceId": "100000000000" });
    let output = ask(&mut world, MANAGER, "ListTagsForResource", input).unwrap();
    assert_eq!(output, json!({ "Tags": [{ "Key": "env", "Value": "prod" }] }));
}
