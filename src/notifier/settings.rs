//! The notifier's settings.

use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use crate::model::notifier::{AccountNames, Settings};

/// Why there are no settings.
#[derive(Debug, thiserror::Error)]
pub(super) enum SettingsError {
    /// The variable is not there.
    #[error(
        "the environment variable {} is not set: Foghorn sets it when it makes the function",
        Settings::VARIABLE
    )]
    Missing,
    /// The variable holds something else.
    #[error("could not read the environment variable {} as settings", Settings::VARIABLE)]
    Variable(#[source] serde_json::Error),
    /// The file can't be read.
    #[error("could not read {}", .0.display())]
    File(PathBuf, #[source] std::io::Error),
    /// The file holds something else.
    #[error("could not read {} as names of accounts", .0.display())]
    Names(PathBuf, #[source] serde_json::Error),
}

/// The settings of this function: those of the environment, with the names of
/// the file beside the program, if there is one.
///
/// # Errors
///
/// If the environment has none, or either is not understood.
pub(super) fn from_environment() -> Result<Settings, SettingsError> {
    let variable = std::env::var(Settings::VARIABLE).ok();
    let program = std::env::current_exe().ok();
    let folder = program.as_deref().and_then(Path::parent);
    read(variable.as_deref(), folder)
}

fn read(variable: Option<&str>, folder: Option<&Path>) -> Result<Settings, SettingsError> {
    let text = variable.ok_or(SettingsError::Missing)?;
    let mut settings: Settings = serde_json::from_str(text).map_err(SettingsError::Variable)?;
    if let Some(folder) = folder {
        let mut accounts = names(folder.join(Settings::ACCOUNTS_FILE))?;
        // What the environment says of an account stands: it is the newer of the two.
        accounts.append(&mut settings.accounts);
        settings.accounts = accounts;
    }
    Ok(settings)
}

fn names(path: PathBuf) -> Result<AccountNames, SettingsError> {
    let text = match fs::read_to_string(&path) {
        Ok(text) => text,
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(AccountNames::new()),
        Err(error) => return Err(SettingsError::File(path, error)),
    };
    serde_json::from_str(&text).map_err(|error| SettingsError::Names(path, error))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::notifier::RoomService;

    const SETTINGS: &str = r#"{ "pipeline": "deploys", "room": "teams", "secret": "foghorn/teams",
        "accounts": { "111111111111": { "name": "dev" } } }"#;

    #[test]
    fn settings_are_read_from_the_environment() {
        let settings = read(Some(SETTINGS), None).unwrap();
        assert_eq!((settings.pipeline.as_str(), settings.room), ("deploys", RoomService::Teams));
        assert_eq!(settings.secret, "foghorn/teams");
        assert_eq!(settings.accounts[&"111111111111".parse().unwrap()].name, "dev");
    }

    #[test]
    fn names_come_from_the_file_too_and_the_environment_s_stand() {
        let folder = tempfile::tempdir().unwrap();
        let file = r#"{ "111111111111": { "name": "old" }, "222222222222": { "name": "prod", "labels": { "a": "b" } } }"#;
        fs::write(folder.path().join("accounts.json"), file).unwrap();
        let settings = read(Some(SETTINGS), Some(folder.path())).unwrap();
        let names: Vec<&str> = settings.accounts.values().map(|account| account.name.as_str()).collect();
        assert_eq!(names, ["dev", "prod"]);
    }

    #[test]
    fn a_function_without_a_file_of_names_has_those_of_its_environment() {
        let folder = tempfile::tempdir().unwrap();
        assert_eq!(read(Some(SETTINGS), Some(folder.path())).unwrap().accounts.len(), 1);
    }

    #[test]
    fn settings_that_are_missing_or_broken_are_named() {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("accounts.json"), "[]").unwrap();
        for (variable, folder, words) in [
            (None, None, "FOGHORN_SETTINGS is not set"),
            (Some(""), None, "FOGHORN_SETTINGS as settings"),
            (
                Some(r#"{ "pipeline": "a", "room": "irc", "secret": "s" }"#),
                None,
                "FOGHORN_SETTINGS as settings",
            ),
            (Some(SETTINGS), Some(folder.path()), "accounts.json as names of accounts"),
        ] {
            let error = read(variable, folder).unwrap_err().to_string();
            assert!(error.contains(words), "{error}");
        }
    }
}
