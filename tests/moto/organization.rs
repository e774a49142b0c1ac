//! An organisation in moto.

use aws_sdk_organizations::Client;
use aws_sdk_organizations::types::{OrganizationFeatureSet, Tag};

use super::{Entrance, IRELAND, ROLE};

/// An organisation, as its management account sees it.
pub struct Organization {
    /// The management account.
    pub management: Entrance,
    /// The root's id.
    pub root: String,
    client: Client,
}

impl Organization {
    /// An organisation with nothing but its management account.
    pub async fn new(url: &str) -> Self {
        let management = Entrance::fresh(url).await;
        let client = Client::new(&management.settings(IRELAND));
        let all = OrganizationFeatureSet::All;
        client.create_organization().feature_set(all).send().await.expect("an organisation");
        let roots = client.list_roots().send().await.expect("the roots");
        let root = roots.roots().first().and_then(|root| root.id()).expect("a root").to_owned();
        Self { management, root, client }
    }

    /// Adds an organisational unit and tells its id.
    pub async fn unit(&self, parent: &str, name: &str) -> String {
        let request = self.client.create_organizational_unit().parent_id(parent).name(name);
        let unit = request.send().await.expect("a unit").organizational_unit;
        unit.and_then(|unit| unit.id).expect("its id")
    }

    /// Adds an account and tells its id. moto makes accounts at once, where AWS
    /// lets one wait for them.
    pub async fn account(&self, parent: &str, name: &str) -> String {
        let request = self.client.create_account().account_name(name).role_name(ROLE);
        let request = request.email(format!("{name}@example.com"));
        let status = request.send().await.expect("an account").create_account_status;
        let id = status.and_then(|status| status.account_id).expect("its id");
        if parent != self.root {
            let request = self.client.move_account().account_id(&id);
            let request = request.source_parent_id(&self.root).destination_parent_id(parent);
            request.send().await.expect("the account moves");
        }
        id
    }

    /// Tags an account.
    pub async fn tag(&self, account: &str, key: &str, value: &str) {
        let tag = Tag::builder().key(key).value(value).build().expect("a tag");
        self.client
            .tag_resource()
            .resource_id(account)
            .tags(tag)
            .send()
            .await
            .expect("the account is tagged");
    }

    /// Closes an account.
    pub async fn close(&self, account: &str) {
        self.client.close_account().account_id(account).send().await.expect("the account is closed");
    }
}
