//! `foghorn bootstrap`: the CloudFormation of the roles that every account
//! needs once.

use super::args::BootstrapArguments;
use super::error::CliError;
use super::run as output;
use crate::fleet::spec::Fleet;
use crate::report::exit::ExitCode;

/// The template, as the repository holds it.
pub const TEMPLATE: &str = include_str!("../../manifests/cloudformation/bootstrap.yaml");

/// Prints the template, headed by the command that rolls it out.
pub fn run(arguments: &BootstrapArguments) -> Result<ExitCode, CliError> {
    let fleet = arguments.file.as_deref().map(output::fleet).transpose()?;
    output::write_out(&format!("{}{TEMPLATE}", header(fleet.as_ref())))?;
    Ok(ExitCode::Clean)
}

fn header(fleet: Option<&Fleet>) -> String {
    let access = fleet.and_then(|fleet| fleet.spec.access.as_ref());
    let role = access.map_or("foghorn", |access| access.role_name.as_str());
    let external_id = match access {
        Some(access) if access.external_id.is_none() => "",
        _ => " \\\n#     ExternalId=<spec.access.externalId of the fleet file>",
    };
    let remediate = fleet.is_some_and(|fleet| fleet.spec.breakers.remediate);
    format!(
        "# One account by hand; for all of them, make a StackSet of this template with the same parameters:\n\
         #   aws cloudformation deploy --stack-name foghorn --template-file <this file> \\\n\
         #     --capabilities CAPABILITY_NAMED_IAM --parameter-overrides \\\n\
         #     ControllerPrincipalArn=<the role that Foghorn runs as> \\\n\
         #     RoleName={role} RemediateBreakers={remediate}{external_id}\n\
         # Then, once in every account and by hand, let AWS Chatbot into your Slack workspace:\n\
         #   https://us-east-2.console.aws.amazon.com/chatbot/home (Configure new client, Slack, Configure, Allow)\n"
    )
}
