//! The questions, on the terminal.

use dialoguer::theme::{ColorfulTheme, SimpleTheme, Theme};
use dialoguer::{Input, MultiSelect, Select};

use super::words::{self, Said};
use crate::cli::args::InitVia;
use crate::cli::error::CliError;
use crate::fleet::first::{Access, Accounts, Answers};
use crate::model::EventFamily;

/// Asks for what was not said yet.
pub fn the_rest(mut said: Said) -> Result<Answers, CliError> {
    let theme = theme();
    let theme = theme.as_ref();
    if said.name.is_none() {
        said.name = Some(line(theme, "Name of the fleet (it marks all that Foghorn makes)", "acme", Ok)?);
    }
    if said.accounts.is_none() {
        said.accounts = Some(accounts(theme)?);
        if said.access.is_none() {
            said.access = access(theme)?;
        }
    }
    if said.regions.is_empty() {
        let read = |text: String| words::regions(&listed(&text));
        said.regions = line(theme, "Regions", "us-east-1", read)?;
    }
    said.events = events(theme, &said.events)?;
    let via = match said.via {
        Some(via) => via,
        None => via(theme)?,
    };
    said.via = Some(via);
    if said.room.is_none() {
        said.room = Some(room(theme, via)?);
    }
    said.whole().map_err(|missing| CliError::Unanswered(missing.join(", ")))
}

/// Colours where the terminal has them, as elsewhere.
fn theme() -> Box<dyn Theme> {
    if std::env::var_os("NO_COLOR").is_none_or(|value| value.is_empty()) {
        Box::new(ColorfulTheme::default())
    } else {
        Box::new(SimpleTheme)
    }
}

/// Asks until the answer can be read.
fn line<T>(
    theme: &dyn Theme,
    question: &str,
    proposal: &str,
    read: impl Fn(String) -> Result<T, String>,
) -> Result<T, CliError> {
    let validate = |text: &String| read(text.clone()).map(|_| ());
    let mut input = Input::<String>::with_theme(theme).with_prompt(question).validate_with(validate);
    if !proposal.is_empty() {
        input = input.default(proposal.to_owned());
    }
    let text = input.interact_text().map_err(failed)?;
    read(text).map_err(CliError::Answer)
}

fn choose(theme: &dyn Theme, question: &str, choices: &[&str]) -> Result<usize, CliError> {
    Select::with_theme(theme).with_prompt(question).items(choices).default(0).interact().map_err(failed)
}

fn accounts(theme: &dyn Theme) -> Result<Accounts, CliError> {
    let choices = ["These accounts, by id", "All active accounts of the organisation", "Some of its units"];
    match choose(theme, "Which accounts", &choices)? {
        0 => {
            let read = |text: String| {
                let read: Result<Vec<_>, _> = listed(&text).iter().map(|one| words::account(one)).collect();
                read.map(Accounts::Listed)
            };
            line(theme, "Account ids, with names if you like (111111111111=dev, …)", "", read)
        }
        1 => Ok(Accounts::Organization(Vec::new())),
        _ => line(theme, "Roots or units (ou-ab12-11111111, …)", "", |text| {
            Ok(Accounts::Organization(listed(&text)))
        }),
    }
}

fn access(theme: &dyn Theme) -> Result<Option<Access>, CliError> {
    let choices =
        ["A role in every account (the bootstrap stack makes it)", "My own credentials: one account"];
    if choose(theme, "How does Foghorn get in", &choices)? == 1 {
        return Ok(None);
    }
    let role_name = line(theme, "Name of the role", "foghorn", Ok)?;
    let external_id = Input::<String>::with_theme(theme)
        .with_prompt("External id that the role asks for (empty for none)")
        .allow_empty(true)
        .interact_text()
        .map_err(failed)?;
    Ok(Some(Access { role_name, external_id: (!external_id.is_empty()).then_some(external_id) }))
}

fn events(theme: &dyn Theme, said: &[EventFamily]) -> Result<Vec<EventFamily>, CliError> {
    let item = |family: &EventFamily| (family.name(), said.contains(family));
    let chosen = MultiSelect::with_theme(theme)
        .with_prompt("What shall people hear of (space chooses, enter ends)")
        .items_checked(EventFamily::ALL.iter().map(item))
        .interact()
        .map_err(failed)?;
    let chosen: Vec<_> =
        chosen.into_iter().filter_map(|index| EventFamily::ALL.get(index).copied()).collect();
    Ok(if chosen.is_empty() { said.to_vec() } else { chosen })
}

fn via(theme: &dyn Theme) -> Result<InitVia, CliError> {
    const WAYS: [(InitVia, &str); 7] = [
        (InitVia::ChatbotSlack, "Slack, through AWS Chatbot"),
        (InitVia::ChatbotTeams, "Microsoft Teams, through AWS Chatbot"),
        (InitVia::LambdaGoogleChat, "Google Chat, through a Lambda function"),
        (InitVia::LambdaSlack, "Slack webhook, through a Lambda function"),
        (InitVia::LambdaTeams, "Microsoft Teams Workflows, through a Lambda function"),
        (InitVia::DestinationSlack, "Slack webhook, straight from EventBridge"),
        (InitVia::DestinationGoogleChat, "Google Chat webhook, straight from EventBridge"),
    ];
    let chosen = choose(theme, "Which room", &WAYS.map(|(_, words)| words))?;
    Ok(WAYS.get(chosen).map_or(InitVia::ChatbotSlack, |(via, _)| *via))
}

fn room(theme: &dyn Theme, via: InitVia) -> Result<crate::fleet::first::Room, CliError> {
    let (question, proposal, is_secret) = match via {
        InitVia::ChatbotSlack => ("Slack channel as WORKSPACE/CHANNEL (T0123ABCD/C0123ABCD)", "", false),
        InitVia::ChatbotTeams => ("Teams channel as TENANT/TEAM/CHANNEL", "", false),
        _ => ("Name of the secret that holds the webhook's URL", "foghorn/webhook", true),
    };
    line(theme, question, proposal, |text| {
        let (channel, secret) = if is_secret { (None, Some(&*text)) } else { (Some(&*text), None) };
        words::room(via, channel, secret)?.ok_or_else(|| "an answer is needed".to_owned())
    })
}

/// The parts of a text between commas.
fn listed(text: &str) -> Vec<String> {
    text.split(',').map(str::trim).filter(|part| !part.is_empty()).map(str::to_owned).collect()
}

fn failed(error: dialoguer::Error) -> CliError {
    let dialoguer::Error::IO(source) = error;
    CliError::Output { tried: "ask on the terminal", source }
}
