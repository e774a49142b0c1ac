//! What can be typed after `policy`.

use clap::{Args, ValueEnum};

use super::FleetArguments;

/// Options of `policy`.
#[derive(Debug, Clone, Args)]
#[command(
    after_help = "Without --account the policy is for every account of the fleet, so that one role fits all of them. AWS \
                  is not called: of accounts that only AWS Organizations knows, any labels are taken to be possible."
)]
pub struct PolicyArguments {
    /// Which fleet.
    #[command(flatten)]
    pub fleet: FleetArguments,
    /// What Foghorn is run for; each policy is enough by itself
    #[arg(long, value_enum, value_name = "MODE")]
    pub mode: PolicyMode,
    /// Whose policy: the role in each account, or the one that Foghorn itself runs as
    #[arg(long = "for", value_enum, value_name = "ROLE", default_value_t = PolicyFor::Member)]
    pub role: PolicyFor,
}

/// What Foghorn is run for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum PolicyMode {
    /// `plan`, with --prune or without
    Plan,
    /// `apply`, with --prune or without, and `run`
    Apply,
    /// `sound`
    Sound,
    /// `destroy`
    Destroy,
}

/// Whose policy.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum PolicyFor {
    /// The role that is assumed in each account (spec.access.roleName)
    Member,
    /// The role that Foghorn itself runs as
    Controller,
}
