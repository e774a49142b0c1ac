//! Discovery in AWS Organizations.

use super::Verdict;
use super::names;
use crate::fleet::spec::Fleet;
use crate::model::AccountId;

pub(super) fn check(fleet: &Fleet, verdict: &mut Verdict) {
    let Some(organization) = &fleet.spec.organization else { return };
    for (field, ids) in [("include", &organization.include), ("exclude", &organization.exclude)] {
        for (index, id) in ids.iter().enumerate() {
            if !is_parent_or_account(id) {
                verdict.error(
                    format!("spec.organization.{field}[{index}]"),
                    format!(
                        "`{id}` is neither a root (r-ab12), nor an organisational unit \
                         (ou-ab12-11111111), nor a 12-digit account id"
                    ),
                );
            }
        }
    }
    for (index, key) in organization.labels_from_tags.iter().enumerate() {
        let path = format!("spec.organization.labelsFromTags[{index}]");
        verdict.text(path, names::length(key, "tag key", 1, 128));
    }
}

/// The patterns are those of the AWS Organizations API reference: `Root.Id`,
/// `OrganizationalUnit.Id` and `Account.Id`.
fn is_parent_or_account(id: &str) -> bool {
    let part = |text: &str, shortest: usize| {
        (shortest..=32).contains(&text.len())
            && text.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit())
    };
    match id.split('-').collect::<Vec<_>>()[..] {
        ["r", root] => part(root, 4),
        ["ou", root, unit] => part(root, 4) && part(unit, 8),
        _ => id.parse::<AccountId>().is_ok(),
    }
}
