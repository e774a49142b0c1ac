//! `foghorn bootstrap`: the CloudFormation of the roles that every account
//! needs once.

use super::args::{BootstrapArguments, Global};
use super::error::CliError;
use super::{run as output, tell};
use crate::fleet::spec::Via;
use crate::fleet::{Filter, Fleet};
use crate::policy::{self, Accounts};
use crate::report::exit::ExitCode;

/// The template, as the repository holds it.
pub const TEMPLATE: &str = include_str!("../../manifests/cloudformation/bootstrap.yaml");

/// What no stack can do (AWS Chatbot administrator guide, getting started).
const AUTHORISATION: &str = "# Then, once in every account that AWS Chatbot posts from and by hand, let it into your Slack workspace:\n\
     #   https://us-east-2.console.aws.amazon.com/chatbot/home (Configure new client, Slack, Configure, Allow)\n";

/// What shapes the roles of pipelines, and not that of Foghorn in an account.
const OF_PIPELINES: [&str; 6] =
    ["Slack", "Teams", "ApiDestinations", "Functions", "HubBuses", "WebhookSecrets"];

/// What a fleet is told whose one account Foghorn works in as the caller.
const NO_MEMBER_ROLE: &str = "# This fleet has no spec.access: Foghorn assumes no role. What its own has to be allowed:\n\
     #   foghorn policy --mode <plan, apply, sound or destroy> --for controller -f <the fleet file>\n";

/// Prints the template, headed by the command that rolls it out.
pub fn run(global: &Global, arguments: &BootstrapArguments) -> Result<ExitCode, CliError> {
    if tell::is_part(global) {
        return Err(CliError::NotToChoose {
            command: "bootstrap",
            flags: "--account, --region and --pipeline",
            reason: "every account gets the same stack",
        });
    }
    let fleet = arguments.file.as_deref().map(output::fleet).transpose()?;
    output::write_out(&format!("{}{TEMPLATE}", header(fleet.as_ref())?))?;
    Ok(ExitCode::Clean)
}

fn header(fleet: Option<&Fleet>) -> Result<String, CliError> {
    match fleet {
        Some(fleet) if fleet.spec.access.is_none() => of_caller_alone(fleet),
        _ => of_member_accounts(fleet),
    }
}

/// For accounts that Foghorn enters through a role.
fn of_member_accounts(fleet: Option<&Fleet>) -> Result<String, CliError> {
    let mut parameters = of_member_role(fleet);
    parameters.extend(fleet.map(of_fleet).transpose()?.unwrap_or_default());
    let authorisation = if fleet.is_none_or(is_via_chatbot) { AUTHORISATION } else { "" };
    Ok(format!(
        "# One account by hand; for all of them, make a StackSet of this template with the same parameters:\n{}{authorisation}",
        deployment(&parameters)
    ))
}

/// For the one account that the caller is in.
fn of_caller_alone(fleet: &Fleet) -> Result<String, CliError> {
    if fleet.spec.pipelines.is_empty() {
        return Ok(format!("{NO_MEMBER_ROLE}# It has no pipeline either, so that no stack is needed.\n"));
    }
    let mut parameters = vec![("ControllerPrincipalArn", "none".to_owned())];
    parameters.extend(of_fleet(fleet)?.into_iter().filter(|(name, _)| OF_PIPELINES.contains(name)));
    let authorisation = if is_via_chatbot(fleet) { AUTHORISATION } else { "" };
    Ok(format!(
        "{NO_MEMBER_ROLE}# The roles of its pipelines, in the fleet's account:\n{}{authorisation}",
        deployment(&parameters)
    ))
}

fn deployment(parameters: &[(&str, String)]) -> String {
    let parameters: Vec<String> =
        parameters.iter().map(|(name, value)| format!("#     {name}={value}")).collect();
    let parameters = parameters.join(" \\\n");
    format!(
        "#   aws cloudformation deploy --stack-name foghorn --template-file <this file> \\\n\
         #     --capabilities CAPABILITY_NAMED_IAM --parameter-overrides \\\n\
         {parameters}\n"
    )
}

/// The parameters that only the user knows.
fn of_member_role(fleet: Option<&Fleet>) -> Vec<(&'static str, String)> {
    let access = fleet.and_then(|fleet| fleet.spec.access.as_ref());
    let mut parameters = vec![
        ("ControllerPrincipalArn", "<the role that Foghorn runs as>".to_owned()),
        // The file does not say, and more than a plan is nothing to be had unasked.
        ("Mode", "<what Foghorn is run for: plan, apply, sound, destroy, or all>".to_owned()),
    ];
    if fleet.is_none() || access.is_some_and(|access| access.external_id.is_some()) {
        parameters.push(("ExternalId", "<spec.access.externalId of the fleet file>".to_owned()));
    }
    parameters
}

fn of_fleet(fleet: &Fleet) -> Result<Vec<(&'static str, String)>, CliError> {
    let known = fleet.accounts(Vec::new(), &Filter::default()).map_err(CliError::Selection)?;
    let accounts = Accounts { known: &known, and_more: fleet.spec.organization.is_some() };
    Ok(policy::parameters(fleet, accounts))
}

fn is_via_chatbot(fleet: &Fleet) -> bool {
    fleet.spec.pipelines.iter().any(|pipeline| matches!(pipeline.via, Via::Chatbot(_)))
}
