//! What goes wrong before there is a report, and what to do about it.

use std::io;

use crate::aws::AwsError;
use crate::chat::PostError;
use crate::chat::bot::ApiError;
use crate::rehearsal::event::EventError;
use crate::rehearsal::sample::UnknownSample;

/// A failure of the command itself: exit code 1.
#[derive(Debug, thiserror::Error)]
pub enum CliError {
    /// The fleet file has faults.
    #[error("the fleet file can't be used")]
    Fleet(#[source] crate::fleet::FleetErrors),
    /// A filter matches nothing.
    #[error("there is nothing to look at")]
    Selection(#[source] crate::fleet::NothingMatches),
    /// AWS Organizations could not be asked for the accounts.
    #[error("the accounts of the organisation could not be discovered")]
    Discovery(#[source] AwsError),
    /// The AWS configuration of this machine could not be read.
    #[error("the AWS configuration of this machine can't be used")]
    Connect(#[source] AwsError),
    /// Discovery found no account that is left in.
    #[error("the fleet has no account: the organisation has none that is active, included and not excluded")]
    NoAccounts,
    /// The file with the event can't be read.
    #[error("could not read the event from {origin}")]
    EventFile {
        /// The file's name.
        origin: String,
        /// Why not.
        #[source]
        source: io::Error,
    },
    /// What was given is no event.
    #[error("the event of {origin} can't be used")]
    Event {
        /// The file's name.
        origin: String,
        /// What it lacks.
        #[source]
        source: EventError,
    },
    /// A sample was asked for that there is not.
    #[error("there is nothing to try")]
    Sample(#[source] UnknownSample),
    /// Chat rooms can't be posted to from this machine.
    #[error("the rooms of spec.report can't be told from this machine")]
    Rooms(#[source] PostError),
    /// The address of Slack's Web API is none.
    #[error("FOGHORN_SLACK_API_URL can't be used")]
    SlackApi(#[source] ApiError),
    /// There is nobody to ask.
    #[error("there is no terminal to ask on: say --yes to go on without asking")]
    NobodyToAsk,
    /// A removal was asked for part of an account.
    #[error(
        "--pipeline and --region can't be combined with a removal: what rooms share would be left or lost"
    )]
    RemovesPart,
    /// The terminal or a pipe broke.
    #[error("could not {tried}")]
    Output {
        /// What was tried.
        tried: &'static str,
        /// Why it failed.
        #[source]
        source: io::Error,
    },
    /// The report could not be written as JSON.
    #[error("the report could not be written as JSON")]
    Json(#[source] serde_json::Error),
    /// The simulator could not be started, or did not do as it should.
    #[cfg(feature = "demo")]
    #[error("the demo could not go on: {0}")]
    Demo(String),
}

impl CliError {
    /// What the person at the terminal can do next.
    pub fn next_step(&self) -> Option<&'static str> {
        match self {
            Self::Fleet(_) => Some("`foghorn schema` prints what a fleet file may hold"),
            Self::Discovery(error) if error.cause() == crate::model::coverage::Cause::Denied => Some(
                "run with credentials of the management account or of a delegated administrator, or list the accounts \
                 under spec.accounts",
            ),
            Self::Connect(_) => Some("check AWS_PROFILE, AWS_REGION and ~/.aws/config"),
            Self::NoAccounts => Some("look at spec.organization.include and exclude"),
            Self::Event { .. } => Some(
                "give the whole event, as a rule hands it to a log group: `--sample task-exited -o json` shows one \
                 under event.body",
            ),
            Self::RemovesPart => {
                Some("choose accounts with --account, or take the pipeline out of the fleet file and prune")
            }
            Self::Rooms(error) => Some(error.next_step()),
            Self::SlackApi(_) => Some("leave it unset, unless Slack is reached through a proxy of your own"),
            Self::Discovery(_)
            | Self::Selection(_)
            | Self::EventFile { .. }
            | Self::Sample(_)
            | Self::NobodyToAsk
            | Self::Output { .. }
            | Self::Json(_) => None,
            #[cfg(feature = "demo")]
            Self::Demo(_) => None,
        }
    }
}
