//! What can be typed to share a run among several processes.

use std::time::Duration;

use clap::Args;

use crate::cli::shard::{Membership, ShardError};
use crate::model::Shard;
use crate::model::shard::InvalidShard;

/// The pod's number in an Indexed Job, from 0 (Kubernetes documentation, Jobs,
/// completion mode).
const JOB_COMPLETION_INDEX: &str = "JOB_COMPLETION_INDEX";

/// What says which part of the accounts this process does.
const SHARD: &str = "FOGHORN_SHARD";

/// What says into how many parts they are cut.
const SHARDS: &str = "FOGHORN_SHARDS";

/// The longest name of a set, in characters.
const LONGEST_NAME: usize = 128;

/// Where these options stand in the help.
pub(super) const HEADING: &str = "Sharing a run among several processes";

/// Options of commands whose run several processes may share.
#[derive(Debug, Clone, Args)]
pub struct ShardArguments {
    /// Only this part of the accounts, `0/8` say: counted from 0
    #[arg(long, value_name = "INDEX/COUNT", env = SHARD, hide_env_values = true, help_heading = HEADING)]
    shard: Option<String>,
    /// The same, with the index from JOB_COMPLETION_INDEX, as in an Indexed Job of Kubernetes
    #[arg(long, value_name = "COUNT", env = SHARDS, hide_env_values = true, help_heading = HEADING)]
    shards: Option<String>,
    /// The run that the parts belong to: the same text for all of them, and another one for each run
    #[arg(long, value_name = "NAME", env = "FOGHORN_SHARD_SET", hide_env_values = true, help_heading = HEADING)]
    shard_set: Option<String>,
    /// How long a shard that is done waits for the others before what is missing is reported as such
    #[arg(
        long,
        value_name = "TIME",
        env = "FOGHORN_SHARD_WAIT",
        hide_env_values = true,
        help_heading = HEADING,
        default_value = "10m",
        value_parser = humantime::parse_duration
    )]
    shard_wait: Duration,
}

impl ShardArguments {
    /// Those of a process that has its run to itself.
    pub fn none() -> Self {
        Self { shard: None, shards: None, shard_set: None, shard_wait: Duration::ZERO }
    }

    /// Those that variables alone say, for a command without these options.
    pub fn of_environment() -> Self {
        let variable = |name| std::env::var(name).ok();
        Self { shard: variable(SHARD), shards: variable(SHARDS), ..Self::none() }
    }

    /// What this process's part in a run is; `None` where it does all of it. A
    /// fleet that is cut into one shard is not cut.
    ///
    /// # Errors
    /// If that can't be told, or the run has no name.
    pub fn membership(&self) -> Result<Option<Membership>, ShardError> {
        let Some(shard) = self.shard()? else { return Ok(None) };
        let set = filled(self.shard_set.as_deref()).ok_or(ShardError::NoSet)?;
        if !is_name(set) {
            return Err(ShardError::SetName(set.to_owned()));
        }
        Ok(Some(Membership { shard, set: set.to_owned(), wait: self.shard_wait }))
    }

    /// Which part of the accounts it does; `None` where it does all of them.
    ///
    /// # Errors
    /// If that can't be told.
    pub fn shard(&self) -> Result<Option<Shard>, ShardError> {
        let index = std::env::var(JOB_COMPLETION_INDEX).ok();
        let index = filled(index.as_deref());
        let shard: Shard = match (filled(self.shard.as_deref()), filled(self.shards.as_deref()), index) {
            (Some(_), Some(_), _) => return Err(ShardError::Twice),
            (Some(shard), None, _) => shard.parse().map_err(ShardError::Invalid)?,
            (None, Some(count), index) => of_job(count, index)?,
            (None, None, Some(index)) => return Err(ShardError::NoCount(index.to_owned())),
            (None, None, None) => return Ok(None),
        };
        Ok((shard.count() > 1).then_some(shard))
    }

    /// Whether anything was said of shards.
    pub fn is_given(&self) -> bool {
        filled(self.shard.as_deref()).or(filled(self.shards.as_deref())).is_some()
    }
}

fn of_job(count: &str, index: Option<&str>) -> Result<Shard, ShardError> {
    let invalid = |text: &str| ShardError::Invalid(InvalidShard::Form(text.to_owned()));
    let of = count.parse().map_err(|_| ShardError::Count(count.to_owned()))?;
    match index {
        Some(index) => {
            let number = index.parse().map_err(|_| invalid(&format!("{index}/{count}")))?;
            Shard::new(number, of).map_err(ShardError::Invalid)
        }
        // One shard needs no number.
        None if of == 1 => Shard::new(0, 1).map_err(ShardError::Invalid),
        None => Err(ShardError::NoIndex(of)),
    }
}

/// A variable that is set to nothing is not set.
fn filled(text: Option<&str>) -> Option<&str> {
    text.map(str::trim).filter(|text| !text.is_empty())
}

/// Whether it can be the name of a folder in every store.
fn is_name(text: &str) -> bool {
    text.len() <= LONGEST_NAME
        && text.starts_with(|first: char| first.is_ascii_alphanumeric())
        && text.chars().all(|one| one.is_ascii_alphanumeric() || "._:+-".contains(one))
}
