//! What a run brings along from outside AWS: the notifier and webhooks.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use super::voice;
use crate::fleet::Fleet;
use crate::fleet::spec::{SecretReference, Via};
use crate::model::Account;
use crate::model::function::Code;
use crate::model::materials::{Materials, Notifier};
use crate::model::notifier::{AccountName, AccountNames, accounts_json};
use crate::model::secret::Secret;
use crate::package::{Package, PackageError, find_notifier};

/// Brings along what the fleet's pipelines need. What can't be had is said by
/// the pipelines that need it, account by account: the others go on.
pub fn gather(fleet: &Fleet, accounts: &[Account], notifier: Option<&Path>) -> Materials {
    let pipelines = fleet.spec.pipelines.iter().filter(|pipeline| matches!(pipeline.via, Via::Lambda(_)));
    let hubs: Vec<bool> = pipelines.map(|pipeline| pipeline.hub.is_some()).collect();
    let accounts = if hubs.contains(&true) { accounts } else { &[] };
    Materials {
        notifier: (!hubs.is_empty()).then(|| packed(accounts, notifier)),
        webhooks: webhooks(fleet, |name| std::env::var(name).ok()),
    }
}

/// The notifier, with the names of these accounts for a hub; without any there
/// is no hub.
fn packed(accounts: &[Account], path: Option<&Path>) -> Result<Notifier, String> {
    let path = find_notifier(path).map_err(|error| error.to_string())?;
    let binary =
        std::fs::read(&path).map_err(|error| format!("could not read {}: {error}", path.display()))?;
    let notifier = pack(&binary, accounts).map_err(|error| format!("{}: {error}", path.display()))?;
    Ok(notifier)
}

fn pack(binary: &[u8], accounts: &[Account]) -> Result<Notifier, PackageError> {
    let package = Package::of(binary, None)?;
    for warning in package.warnings() {
        voice::warning(&warning.to_string());
    }
    let architecture = package.architecture().as_str().to_owned();
    let code = code(package);
    let hub_code = if accounts.is_empty() { code.clone() } else { hub_code(binary, accounts)? };
    Ok(Notifier { architecture, code, hub_code })
}

fn hub_code(binary: &[u8], accounts: &[Account]) -> Result<Code, PackageError> {
    Ok(code(Package::of(binary, Some(&accounts_json(&names(accounts))))?))
}

fn code(package: Package) -> Code {
    Code { sha256: package.code_sha256(), zip: Arc::from(package.zip()) }
}

fn names(accounts: &[Account]) -> AccountNames {
    let name = |account: &Account| AccountName { name: account.name.clone(), labels: account.labels.clone() };
    accounts.iter().map(|account| (account.id.clone(), name(account))).collect()
}

/// The webhooks that are given where Foghorn runs, by pipeline.
fn webhooks(
    fleet: &Fleet,
    variable: impl Fn(&str) -> Option<String>,
) -> BTreeMap<String, Result<Secret, String>> {
    let given = fleet.spec.pipelines.iter().filter_map(|pipeline| {
        let Via::ApiDestination(destination) = &pipeline.via else { return None };
        let webhook = match destination.room.webhook() {
            SecretReference::Env(name) => from_environment(name, variable(name)),
            SecretReference::File(file) => from_file(file),
            SecretReference::SecretsManager(_) => return None,
        };
        Some((pipeline.name.clone(), webhook))
    });
    given.collect()
}

fn from_environment(name: &str, value: Option<String>) -> Result<Secret, String> {
    let value = value.ok_or_else(|| format!("the environment variable {name} is not set"))?;
    filled(&value).ok_or_else(|| format!("the environment variable {name} is empty"))
}

fn from_file(file: &str) -> Result<Secret, String> {
    let text =
        std::fs::read_to_string(file).map_err(|error| format!("could not read the file {file}: {error}"))?;
    filled(&text).ok_or_else(|| format!("the file {file} is empty"))
}

/// What editors and `echo` put around a secret is not part of it.
fn filled(text: &str) -> Option<Secret> {
    let text = text.trim();
    (!text.is_empty()).then(|| Secret::new(text.to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fleet;

    fn fleet(reference: &str) -> Fleet {
        let text = format!(
            "apiVersion: foghorn.dev/v1alpha1\nkind: Fleet\nmetadata: {{ name: acme }}\nspec:\n  regions: \
             [us-east-1]\n  accounts: [{{ id: \"111111111111\", name: dev }}]\n  pipelines:\n    - name: stops\n      \
             events: [taskStopped]\n      via: {{ apiDestination: {{ slack: {{ webhook: {reference} }} }} }}\n"
        );
        let today = time::macros::date!(2026 - 11 - 21);
        fleet::parse(&text, "fleet.yaml", today).expect("a fleet").fleet
    }

    fn webhook(reference: &str, value: Option<&str>) -> Result<String, String> {
        let mut webhooks = webhooks(&fleet(reference), |_| value.map(str::to_owned));
        webhooks.remove("stops").expect("a webhook").map(|secret| secret.reveal().to_owned())
    }

    #[test]
    fn a_webhook_comes_from_the_environment_without_the_space_around_it() {
        let reference = "{ env: STOPS_WEBHOOK }";
        assert_eq!(webhook(reference, Some(" a secret\n")), Ok("a secret".to_owned()));
        let missing = "the environment variable STOPS_WEBHOOK is not set".to_owned();
        assert_eq!(webhook(reference, None), Err(missing));
        let empty = "the environment variable STOPS_WEBHOOK is empty".to_owned();
        assert_eq!(webhook(reference, Some(" \n")), Err(empty));
    }

    #[test]
    fn a_webhook_comes_from_a_file() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("webhook");
        let reference = format!("{{ file: {} }}", file.display());
        assert!(webhook(&reference, None).unwrap_err().contains("could not read the file"));
        std::fs::write(&file, "").unwrap();
        assert!(webhook(&reference, None).unwrap_err().ends_with("is empty"));
        std::fs::write(&file, "a secret\n").unwrap();
        assert_eq!(webhook(&reference, None), Ok("a secret".to_owned()));
    }

    #[test]
    fn what_is_no_program_is_no_notifier_and_is_named() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("notifier");
        std::fs::write(&path, "#!/bin/sh\n").unwrap();
        let why = packed(&[], Some(&path)).unwrap_err();
        assert!(why.contains(path.to_str().unwrap()) && why.contains("build it for Linux"), "{why}");
    }
}
