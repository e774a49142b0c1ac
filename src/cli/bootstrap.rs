//! `foghorn bootstrap`: the CloudFormation of the roles that every account
//! needs once.

use super::args::BootstrapArguments;
use super::error::CliError;
use super::run as output;
use crate::fleet::spec::Via;
use crate::fleet::{Filter, Fleet};
use crate::policy::{self, Accounts};
use crate::report::exit::ExitCode;

/// The template, as the repository holds it.
pub const TEMPLATE: &str = include_str!("../../manifests/cloudformation/bootstrap.yaml");

/// What no stack can do (AWS Chatbot administrator guide, getting started).
const AUTHORISATION: &str = "# Then, once in every account that AWS Chatbot posts from and by hand, let it into your Slack workspace:\n\
     #   https://us-east-2.console.aws.amazon.com/chatbot/home (Configure new client, Slack, Configure, Allow)\n";

/// Prints the template, headed by the command that rolls it out.
pub fn run(arguments: &BootstrapArguments) -> Result<ExitCode, CliError> {
    let fleet = arguments.file.as_deref().map(output::fleet).transpose()?;
    output::write_out(&format!("{}{TEMPLATE}", header(fleet.as_ref())?))?;
    Ok(ExitCode::Clean)
}

fn header(fleet: Option<&Fleet>) -> Result<String, CliError> {
    let access = fleet.and_then(|fleet| fleet.spec.access.as_ref());
    let mut parameters = vec![
        ("ControllerPrincipalArn", "<the role that Foghorn runs as>".to_owned()),
        // The file does not say, and more than a plan is nothing to be had unasked.
        ("Mode", "<what Foghorn is run for: plan, apply, sound, destroy, or all>".to_owned()),
    ];
    if fleet.is_none() || access.is_some_and(|access| access.external_id.is_some()) {
        parameters.push(("ExternalId", "<spec.access.externalId of the fleet file>".to_owned()));
    }
    if let Some(fleet) = fleet {
        let known = fleet.accounts(Vec::new(), &Filter::default()).map_err(CliError::Selection)?;
        let accounts = Accounts { known: &known, and_more: fleet.spec.organization.is_some() };
        parameters.extend(policy::parameters(fleet, accounts));
    }
    let parameters: Vec<String> =
        parameters.into_iter().map(|(name, value)| format!("#     {name}={value}")).collect();
    let parameters = parameters.join(" \\\n");
    Ok(format!(
        "# One account by hand; for all of them, make a StackSet of this template with the same parameters:\n\
         #   aws cloudformation deploy --stack-name foghorn --template-file <this file> \\\n\
         #     --capabilities CAPABILITY_NAMED_IAM --parameter-overrides \\\n\
         {parameters}\n{}",
        if fleet.is_none_or(is_via_chatbot) { AUTHORISATION } else { "" }
    ))
}

fn is_via_chatbot(fleet: &Fleet) -> bool {
    fleet.spec.pipelines.iter().any(|pipeline| matches!(pipeline.via, Via::Chatbot(_)))
}
