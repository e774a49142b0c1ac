//! Every permission with what it is for, for people.

use super::permission::{Bound, Permission, Place};
use super::{controller, member};

/// The tables of the member role and of Foghorn's own, in Markdown.
pub fn markdown() -> String {
    let members: String = member::TABLES.into_iter().flatten().map(row).collect();
    let own: String = controller::PERMISSIONS.iter().map(row).collect();
    let kept: Vec<String> = member::KEPT.iter().map(|action| code(action)).collect();
    let heading = "| Statement | What for | When | Actions | On |\n| --- | --- | --- | --- | --- |\n";
    format!(
        "### In every account\n\n{heading}{members}| `{}` | Denies all of these outside the fleet's Regions | always | {} | `*` outside of `aws:RequestedRegion` |\n\n\
         ### Where Foghorn runs\n\n{heading}{own}",
        member::REGIONS,
        kept.join("<br>"),
    )
}

fn row<N>(permission: &Permission<N>) -> String {
    let actions: Vec<String> = permission.actions.iter().map(|action| code(action)).collect();
    let mut places: Vec<String> = permission.resources.iter().map(|place| on(*place)).collect();
    places.extend(bounded(permission.bound));
    let needed = if permission.needed.is_empty() { "always" } else { permission.needed };
    format!(
        "| `{}` | {} | {needed} | {} | {} |\n",
        permission.sid,
        permission.purpose,
        actions.join("<br>"),
        places.join("<br>"),
    )
}

fn code(text: &str) -> String {
    format!("`{text}`")
}

fn on(place: Place) -> String {
    match place {
        Place::Any => code("*"),
        Place::In(service, resource) => code(&format!("{service}:*:<account>:{resource}")),
        Place::Global(service, resource) => code(&format!("{service}::<account>:{resource}")),
        Place::Webhooks => "the secrets that pipelines name".to_owned(),
        Place::Rooms => format!(
            "{}, or any name where the fleet adopts",
            code("chatbot::<account>:chat-configuration/*/foghorn-*")
        ),
        Place::MemberRoles => {
            format!("the role {} of each account, or of any if they are many", code("spec.access.roleName"))
        }
        Place::ReportSecrets => "the secrets that `spec.report` names".to_owned(),
        Place::ReportTopics => "the topics that `spec.report` names".to_owned(),
        Place::Bucket => "the bucket".to_owned(),
        Place::Objects => "the fleet's folder in the bucket".to_owned(),
    }
}

fn bounded(bound: Bound) -> Option<String> {
    Some(match bound {
        Bound::None => return None,
        Bound::Owned => "with the tag `foghorn.dev/fleet` of the fleet".to_owned(),
        Bound::ChatbotEndpoint => "at the one endpoint of AWS Chatbot".to_owned(),
        Bound::PassedTo(service) => format!("to {}", code(service)),
        Bound::MadeFor(service) => format!("for {}", code(service)),
        Bound::Canary => "with the source `foghorn.canary`".to_owned(),
    })
}
