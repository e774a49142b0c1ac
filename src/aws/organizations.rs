//! Discovering accounts in AWS Organizations, with the caller's credentials.

use std::collections::{BTreeMap, BTreeSet};
use std::future::Future;

use aws_sdk_organizations::Client;
use aws_sdk_organizations::types::{Account, AccountState, AccountStatus};
use futures::future::{BoxFuture, FutureExt, try_join_all};
use futures::stream::{self, StreamExt, TryStreamExt};

use super::advice::{for_endpoint, for_identity};
use super::answer::{every_page, malformed};
use super::error::AwsError;
use super::limiter::ApiGroup;
use super::shared::Shared;
use crate::model::{AccountId, Cause, Partition, Region};

/// The largest page of every list (Organizations service model).
const PAGE: i32 = 20;

/// How many accounts are asked for their tags at a time.
const TAG_CALLS: usize = 16;

/// Which accounts to discover.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Discovery {
    /// Roots, organisational units with all below them, and accounts. Empty:
    /// the whole organisation.
    pub include: Vec<String>,
    /// Organisational units with all below them, and accounts, to leave out.
    pub exclude: Vec<String>,
    /// The account tags that become labels. With none, no tags are read.
    pub labels_from_tags: Vec<String>,
}

/// An active account of the organisation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DiscoveredAccount {
    /// The id.
    pub id: AccountId,
    /// The name that it has in the organisation.
    pub name: String,
    /// The wanted tags that it has.
    pub labels: BTreeMap<String, String>,
}

/// Accounts by id, which is how duplicates go.
type Accounts = BTreeMap<String, Account>;

/// The active accounts that were asked for, by id.
pub(super) async fn discover(
    shared: &Shared,
    callers_region: Option<Region>,
    request: &Discovery,
) -> Result<Vec<DiscoveredAccount>, AwsError> {
    let organization = Organization::new(shared, callers_region);
    let included = organization.included(&request.include);
    let excluded = organization.ids_of(&request.exclude);
    let (mut included, excluded) = futures::try_join!(included, excluded)?;
    included.retain(|id, account| is_active(account) && !excluded.contains(id));
    let found = included.into_values().map(|account| organization.complete(account, request));
    stream::iter(found).buffered(TAG_CALLS).try_collect().await
}

/// The organisation, as its management account or a delegated one sees it.
struct Organization<'a> {
    shared: &'a Shared,
    region: Region,
    client: Client,
}

impl<'a> Organization<'a> {
    fn new(shared: &'a Shared, callers_region: Option<Region>) -> Self {
        let partition = callers_region.map_or(Partition::Aws, |region| region.partition());
        let region = home(partition);
        Self { shared, region, client: shared.clients().organizations(region) }
    }

    async fn included(&self, include: &[String]) -> Result<Accounts, AwsError> {
        if include.is_empty() { self.everything().await } else { self.all_of(include).await }
    }

    /// The accounts that are named, and those below the parents that are named.
    async fn all_of(&self, names: &[String]) -> Result<Accounts, AwsError> {
        let each = names.iter().map(|name| async move {
            match name.parse::<AccountId>() {
                Ok(id) => self.account(&id).await,
                Err(_) => self.below(name.clone()).await,
            }
        });
        Ok(try_join_all(each).await?.into_iter().flatten().collect())
    }

    /// The ids of the same. An account that is named needs no look: it may be
    /// long gone, and that is no reason to see no other.
    async fn ids_of(&self, names: &[String]) -> Result<BTreeSet<String>, AwsError> {
        let (accounts, parents): (Vec<&String>, Vec<&String>) =
            names.iter().partition(|name| name.parse::<AccountId>().is_ok());
        let below = try_join_all(parents.into_iter().map(|parent| self.below(parent.clone()))).await?;
        let below = below.into_iter().flat_map(Accounts::into_keys);
        Ok(below.chain(accounts.into_iter().cloned()).collect())
    }

    async fn everything(&self) -> Result<Accounts, AwsError> {
        let tried = "list the accounts of the organisation";
        let accounts = every_page(|token| async move {
            let request = self.client.list_accounts().max_results(PAGE).set_next_token(token);
            let answer = self.call(tried, request.send()).await?;
            Ok((answer.accounts.unwrap_or_default(), answer.next_token))
        });
        Ok(by_id(accounts.await?))
    }

    /// All accounts below a root or unit, however deep. ListAccountsForParent
    /// itself does not descend.
    fn below(&self, parent: String) -> BoxFuture<'_, Result<Accounts, AwsError>> {
        async move {
            let (accounts, units) = futures::try_join!(self.accounts_in(&parent), self.units_in(&parent))?;
            let deeper = units.into_iter().map(|unit| self.below(unit));
            let deeper = try_join_all(deeper).await?.into_iter().flatten();
            Ok(by_id(accounts).into_iter().chain(deeper).collect())
        }
        .boxed()
    }

    async fn accounts_in(&self, parent: &str) -> Result<Vec<Account>, AwsError> {
        let tried = format!("list the accounts in {parent}");
        let tried = tried.as_str();
        every_page(|token| async move {
            let request = self.client.list_accounts_for_parent().parent_id(parent);
            let request = request.max_results(PAGE).set_next_token(token);
            let answer = self.call(tried, request.send()).await?;
            Ok((answer.accounts.unwrap_or_default(), answer.next_token))
        })
        .await
    }

    async fn units_in(&self, parent: &str) -> Result<Vec<String>, AwsError> {
        let tried = format!("list the organisational units in {parent}");
        let tried = tried.as_str();
        every_page(|token| async move {
            let request = self.client.list_organizational_units_for_parent().parent_id(parent);
            let request = request.max_results(PAGE).set_next_token(token);
            let answer = self.call(tried, request.send()).await?;
            let units = answer.organizational_units.unwrap_or_default();
            Ok((units.into_iter().filter_map(|unit| unit.id).collect(), answer.next_token))
        })
        .await
    }

    async fn account(&self, id: &AccountId) -> Result<Accounts, AwsError> {
        let tried = format!("describe account {id}");
        let request = self.client.describe_account().account_id(id.as_str());
        let answer = self.call(tried.as_str(), request.send()).await?;
        let account = answer.account.ok_or_else(|| malformed(tried, "the answer holds no account"))?;
        Ok(by_id([account]))
    }

    /// The account with its labels.
    async fn complete(&self, account: Account, request: &Discovery) -> Result<DiscoveredAccount, AwsError> {
        let id = account.id.unwrap_or_default();
        let id: AccountId =
            id.parse().map_err(|_| malformed("read an account", format!("`{id}` is not an account id")))?;
        let labels = if request.labels_from_tags.is_empty() {
            BTreeMap::new()
        } else {
            let wanted: BTreeSet<&String> = request.labels_from_tags.iter().collect();
            let tags = self.tags(&id).await?;
            tags.into_iter().filter(|(key, _)| wanted.contains(key)).collect()
        };
        let name = account.name.unwrap_or_else(|| id.to_string());
        Ok(DiscoveredAccount { id, name, labels })
    }

    async fn tags(&self, id: &AccountId) -> Result<Vec<(String, String)>, AwsError> {
        let tried = format!("list the tags of account {id}");
        let tried = tried.as_str();
        every_page(|token| async move {
            let request = self.client.list_tags_for_resource().resource_id(id.as_str());
            let answer = self.call(tried, request.set_next_token(token).send()).await?;
            let tags = answer.tags.unwrap_or_default();
            Ok((tags.into_iter().map(|tag| (tag.key, tag.value)).collect(), answer.next_token))
        })
        .await
    }

    async fn call<T, E>(
        &self,
        tried: &str,
        call: impl Future<Output = Result<T, super::call::SdkFailure<E>>>,
    ) -> Result<T, AwsError>
    where
        E: aws_smithy_types::error::metadata::ProvideErrorMetadata + std::error::Error + 'static,
    {
        let answer = self.shared.call_as_caller(self.region, ApiGroup::Organizations, tried, call).await;
        let endpoints = self.shared.endpoints();
        answer.map_err(|error| with_advice(for_endpoint(error, "ORGANIZATIONS", endpoints)))
    }
}

/// Where Organizations is served from: one Region a partition (AWS General
/// Reference, AWS Organizations endpoints).
fn home(partition: Partition) -> Region {
    match partition {
        Partition::Aws => Region::US_EAST_1,
        Partition::AwsCn => Region::CN_NORTHWEST_1,
        Partition::AwsUsGov => Region::US_GOV_WEST_1,
    }
}

fn by_id(accounts: impl IntoIterator<Item = Account>) -> Accounts {
    accounts.into_iter().map(|account| (account.id.clone().unwrap_or_default(), account)).collect()
}

/// `State` took the place of `Status` in September 2026 (Organizations API
/// reference, Account); older endpoints still send only that.
fn is_active(account: &Account) -> bool {
    match account.state() {
        Some(state) => *state == AccountState::Active,
        None => account.status() == Some(&AccountStatus::Active),
    }
}

fn with_advice(error: AwsError) -> AwsError {
    match error.cause() {
        Cause::Denied => {
            let advice = "only the organisation's management account or a delegated administrator may ask";
            AwsError { detail: format!("{} ({advice})", error.detail), ..error }
        }
        _ => for_identity(error),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_account_is_active_by_its_state_and_by_its_retired_status_only_without_one() {
        use AccountState as State;
        use AccountStatus as Status;
        for (state, status, expected) in [
            (Some(State::Active), None, true),
            (Some(State::Active), Some(Status::Suspended), true),
            (Some(State::Suspended), Some(Status::Active), false),
            (Some(State::PendingClosure), None, false),
            (None, Some(Status::Active), true),
            (None, Some(Status::PendingClosure), false),
            (None, None, false),
        ] {
            let account = Account::builder().set_state(state.clone()).set_status(status.clone()).build();
            assert_eq!(is_active(&account), expected, "{state:?} {status:?}");
        }
    }

    #[test]
    fn every_partition_has_its_own_home_of_the_service() {
        for partition in [Partition::Aws, Partition::AwsCn, Partition::AwsUsGov] {
            assert_eq!(home(partition).partition(), partition);
        }
    }
}
