//! What can be typed after `init`.

use std::path::PathBuf;

use clap::{Args, ValueEnum};

/// Options of `init`. What is not given is asked for, where there is a terminal.
#[derive(Debug, Clone, Args)]
pub struct InitArguments {
    /// The file to write; `-` prints it
    #[arg(short, long, value_name = "FILE", default_value = "fleet.yaml")]
    pub file: PathBuf,
    /// Write over a file that is there
    #[arg(long)]
    pub force: bool,
    /// The fleet's name: it marks all that Foghorn makes
    #[arg(long, value_name = "NAME")]
    pub name: Option<String>,
    /// The accounts, by id, with a name if you like; commas or spaces separate them
    #[arg(long, value_name = "ID[=NAME]", value_delimiter = ',', num_args = 1.., conflicts_with = "organization")]
    pub accounts: Vec<String>,
    /// Discover the accounts: all of the organisation, or those below these roots and units
    #[arg(long, value_name = "UNIT", value_delimiter = ',', num_args = 0..)]
    pub organization: Option<Vec<String>>,
    /// The Regions of every account; commas or spaces separate them
    #[arg(long, value_name = "REGION", value_delimiter = ',', num_args = 1..)]
    pub regions: Vec<String>,
    /// The role to assume in every account [default: foghorn, but for one account alone: the caller's credentials]
    #[arg(long, value_name = "NAME")]
    pub role: Option<String>,
    /// The external id that the role asks for
    #[arg(long, value_name = "ID")]
    pub external_id: Option<String>,
    /// What people shall hear of
    #[arg(
        long,
        value_name = "EVENT",
        value_delimiter = ',',
        default_values = ["deploymentFailed", "serviceImpaired"]
    )]
    pub events: Vec<String>,
    /// The way to the room
    #[arg(long, value_enum, value_name = "WAY")]
    pub via: Option<InitVia>,
    /// The channel that AWS Chatbot posts to: WORKSPACE/CHANNEL of Slack, TENANT/TEAM/CHANNEL of Teams
    #[arg(long, value_name = "IDS")]
    pub channel: Option<String>,
    /// The secret in AWS Secrets Manager that holds the webhook's URL
    #[arg(long, value_name = "NAME")]
    pub secret: Option<String>,
}

/// Ways to a room.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum InitVia {
    /// AWS Chatbot to a Slack channel
    ChatbotSlack,
    /// AWS Chatbot to a Microsoft Teams channel
    ChatbotTeams,
    /// EventBridge itself to a Slack webhook
    DestinationSlack,
    /// EventBridge itself to a Google Chat webhook
    DestinationGoogleChat,
    /// A Lambda function to a Slack webhook
    LambdaSlack,
    /// A Lambda function to a Google Chat webhook
    LambdaGoogleChat,
    /// A Lambda function to a Microsoft Teams workflow
    LambdaTeams,
}
