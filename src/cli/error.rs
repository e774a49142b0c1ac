//! What goes wrong before there is a report, and what to do about it.

use std::io;

use super::shard::ShardError;
use crate::aws::AwsError;
use crate::chat::PostError;
use crate::chat::bot::ApiError;
use crate::rehearsal::event::EventError;
use crate::rehearsal::sample::UnknownSample;
use crate::store::{LockError, StoreError};

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
    /// Nobody says who the caller is.
    #[error("no AWS credentials were found")]
    NoCredentials(#[source] AwsError),
    /// AWS takes the caller for nobody.
    #[error("AWS refused the caller's own credentials, and no account could be looked at")]
    RejectedCredentials(#[source] AwsError),
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
    /// The file with the report can't be read.
    #[error("could not read a report from {origin}")]
    ReportFile {
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
    /// A service could not tell all of its rooms: a sentence for each.
    #[error("{0}")]
    NotTold(String),
    /// The fleet file names no room.
    #[error("there is nobody to tell: the fleet file has no spec.report")]
    NoRooms,
    /// The address of Slack's Web API is none.
    #[error("FOGHORN_SLACK_API_URL can't be used")]
    SlackApi(#[source] ApiError),
    /// There is nobody to ask.
    #[error("there is no terminal to ask on: say --yes to go on without asking")]
    NobodyToAsk,
    /// Questions are open, and there is nobody to answer them.
    #[error("there is no terminal to ask on, and these are not given: {0}")]
    Unanswered(String),
    /// An answer makes no fleet file.
    #[error("this makes no fleet file: {0}")]
    Answer(String),
    /// A file is in the way.
    #[error("{0} is there already, and is left as it is")]
    FileExists(String),
    /// A command has one form alone.
    #[error("{0} gives text, and no other form")]
    OnlyText(&'static str),
    /// There is no such check.
    #[error("there is no check `{name}`{hint}")]
    UnknownCheck {
        /// What was asked for.
        name: String,
        /// The nearest, if any is near.
        hint: String,
    },
    /// A choice was made that the command knows nothing of.
    #[error("{command} can't be combined with {flags}: {reason}")]
    NotToChoose {
        /// The command.
        command: &'static str,
        /// The flags that were given, or are alike.
        flags: &'static str,
        /// Why not.
        reason: &'static str,
    },
    /// A removal was asked for part of an account.
    #[error(
        "--pipeline and --region can't be combined with a removal: what rooms share would be left or lost"
    )]
    RemovesPart,
    /// Another run writes.
    #[error("another run is writing to this fleet, so nothing was done")]
    Locked(#[source] LockError),
    /// One of several processes that share a run.
    #[error("the shard could not do its part")]
    Shard(#[source] ShardError),
    /// The store of reports can't be used by a command that is about nothing else.
    #[error("the reports that are kept can't be had")]
    Store(#[source] StoreError),
    /// What is printed could not be read any more with a line of metrics behind it.
    #[error("--metrics emf writes a line behind the report, which would spoil a document of this form")]
    MetricsSpoil,
    /// A part of a report was asked for.
    #[error(
        "a report is shown as its run left it: --account, --region, --pipeline and --metrics can't be combined with it"
    )]
    ReportIsWhole,
    /// A report is not for the rooms, which are told of the whole fleet.
    #[error("{0}, so no room is told of it")]
    NotForRooms(String),
    /// The fleet file says that no report is kept.
    #[error("no report is kept: the fleet file says `store: none`")]
    NothingKept,
    /// The token of whoever asks for a sweep can't be had.
    #[error("could not read the token that POST /reconcile asks for")]
    Token {
        /// Why not.
        #[source]
        source: io::Error,
    },
    /// The address of the endpoints is taken, or not this machine's.
    #[error("could not serve the status page on {address}")]
    Listen {
        /// The address.
        address: std::net::SocketAddr,
        /// Why not.
        #[source]
        source: io::Error,
    },
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
    /// The report could not be written as YAML.
    #[error("the report could not be written as YAML")]
    Yaml(#[source] crate::yaml::Error),
    /// The report could not be written as HTML.
    #[error("the report could not be written as HTML")]
    Html(#[source] crate::report::html::HtmlError),
    /// The report could not be written as JUnit XML.
    #[error("the report could not be written as JUnit XML")]
    Junit(#[source] quick_junit::SerializeError),
    /// A form was asked for that the command does not have.
    #[error(
        "this command can't write that form: table, markdown, html, sarif and junit are forms of the report of plan, apply and destroy"
    )]
    NoSuchForm,
    /// The simulator could not be started, or did not do as it should.
    #[cfg(feature = "demo")]
    #[error("the demo could not go on: {0}")]
    Demo(String),
}

/// What to do where AWS does not take the caller for anybody.
const LOG_IN_AGAIN: &str = "log in again, or check AWS_PROFILE and its keys";

impl CliError {
    /// What the person at the terminal can do next.
    pub fn next_step(&self) -> Option<&'static str> {
        match self {
            Self::Fleet(errors) if errors.is_unread() => {
                Some("`foghorn init` writes a first fleet file; -f names another one")
            }
            Self::Fleet(_) => Some("`foghorn schema` prints what a fleet file may hold"),
            Self::Discovery(error) if error.cause() == crate::model::coverage::Cause::Denied => Some(
                "run with credentials of the management account or of a delegated administrator, or list the accounts \
                 under spec.accounts",
            ),
            Self::Discovery(error) if error.cause() == crate::model::coverage::Cause::Credentials => {
                Some(LOG_IN_AGAIN)
            }
            Self::NoCredentials(_) => Some("log in, set AWS_PROFILE, or run where a role is attached"),
            Self::RejectedCredentials(_) => Some(LOG_IN_AGAIN),
            Self::Connect(error) if error.tried.starts_with("use the endpoint") => Some(
                "correct --endpoint-url or the variable AWS_ENDPOINT_URL…, or leave it unset to reach AWS itself",
            ),
            Self::Connect(_) => Some("check AWS_PROFILE, AWS_REGION and ~/.aws/config"),
            Self::NoAccounts => Some("look at spec.organization.include and exclude"),
            Self::Event { .. } => Some(
                "give the whole event, as a rule hands it to a log group: `--sample task-exited -o json` shows one \
                 under event.body",
            ),
            Self::Locked(_) => Some(
                "wait until it has ended and run this again; one that died holds the lock no longer than it says",
            ),
            Self::MetricsSpoil => Some(
                "choose -o text, table or json; `foghorn report` gives the other forms of a report that is kept",
            ),
            Self::ReportIsWhole => Some(
                "`foghorn plan --account … --no-post` looks at a part; `-o json` gives programs all of a report",
            ),
            Self::NotForRooms(_) => Some(
                "`foghorn report --list -f …` shows the runs over the whole fleet; `foghorn plan -f …` makes one and tells \
                 the rooms",
            ),
            Self::Shard(error) => Some(error.next_step()),
            Self::NothingKept => Some("say under spec.store where reports are to be kept"),
            Self::RemovesPart => {
                Some("choose accounts with --account, or take the pipeline out of the fleet file and prune")
            }
            Self::Rooms(error) => Some(error.next_step()),
            Self::NoRooms => Some("name rooms under spec.report.to"),
            Self::NotTold(_) => Some("`foghorn report --post` tells them once more"),
            Self::SlackApi(_) => Some("leave it unset, unless Slack is reached through a proxy of your own"),
            Self::Listen { .. } => Some("choose another address with --listen; port 0 takes a free one"),
            Self::Token { .. } => {
                Some("put a token into the file that --token-file names, or into FOGHORN_TOKEN")
            }
            Self::Selection(_) => Some(
                "`foghorn validate` says what the fleet file holds; look at --account, --region and --pipeline",
            ),
            Self::ReportFile { .. } => {
                Some("give a file that `foghorn plan -o json` or `apply -o json` wrote")
            }
            Self::EventFile { .. } => Some("`--sample all` tries events that Foghorn brings along"),
            Self::Sample(_) => Some("`--sample all` tries every sample, each by name"),
            Self::Unanswered(_) | Self::Answer(_) => Some("`foghorn init --help` says what each flag takes"),
            Self::FileExists(_) => Some("name another with --file, print it with `--file -`, or say --force"),
            Self::OnlyText(_) => Some("leave out -o"),
            Self::UnknownCheck { .. } => Some("`foghorn explain` lists all checks"),
            Self::NobodyToAsk => Some("`foghorn plan` shows what would be changed"),
            Self::Discovery(_) => {
                Some("see whether AWS Organizations can be reached from here, and run again")
            }
            Self::NoSuchForm => Some("choose -o text, json or yaml"),
            Self::NotToChoose { .. } => Some("leave out what it can't be combined with"),
            Self::Store(error) => Some(error.next_step()),
            Self::Output { .. } | Self::Json(_) | Self::Yaml(_) | Self::Html(_) | Self::Junit(_) => None,
            #[cfg(feature = "demo")]
            Self::Demo(_) => None,
        }
    }
}
