//! What the room gets: the text that EventBridge makes for its target, or the
//! message that the notifier makes of the event.

use std::collections::BTreeMap;

use serde_json::Value;

use crate::events::accept::{Refusal, chatbot_accepts, google_chat_accepts, slack_webhook_accepts};
use crate::events::notice;
use crate::events::transformer::{Invocation, Transformer};
use crate::fleet::spec::{Chatbot, DestinationRoom, Pipeline, Via};
use crate::model::notifier::{AccountName, AccountNames, RoomService, Settings};
use crate::model::rehearsal::RehearsedRoom;
use crate::model::{AccountId, Resource, arn};
use crate::plan::names;

use super::readable;
use super::way::{Ground, Site, Taken};

/// A message in every form that it is shown in.
#[derive(Debug)]
pub(super) struct Written {
    /// As the room is given it.
    pub message: Value,
    /// As a person reads it.
    pub text: String,
    /// Why the room would not show it.
    pub refused: Option<String>,
}

/// The room of a pipeline.
pub(super) fn room(pipeline: &Pipeline) -> RehearsedRoom {
    let name = &pipeline.name;
    let (service, via, end) = match &pipeline.via {
        Via::Chatbot(Chatbot::Slack(slack)) => {
            (RoomService::Slack, "chatbot", format!("{}/{}", slack.workspace_id, slack.channel_id))
        }
        Via::Chatbot(Chatbot::Teams(teams)) => {
            (RoomService::Teams, "chatbot", format!("{}/{}", teams.team_id, teams.channel_id))
        }
        Via::ApiDestination(destination) => {
            let service = match destination.room {
                DestinationRoom::Slack(_) => RoomService::Slack,
                DestinationRoom::GoogleChat(_) => RoomService::GoogleChat,
            };
            (service, "apiDestination", names::destination(name))
        }
        Via::Lambda(lambda) => (lambda.room.parts().0, "lambda", names::function(name)),
    };
    RehearsedRoom { service: service.to_string(), via, end }
}

/// What the room of a pipeline gets of the event by a rule and its target.
pub(super) fn written(
    ground: &Ground<'_>,
    pipeline: &Pipeline,
    site: &Site<'_>,
    taken: &Taken<'_>,
) -> Written {
    let body = match sent(ground, taken) {
        Ok(body) => body,
        Err(why) => return Written { message: Value::Null, text: String::new(), refused: Some(why) },
    };
    match &pipeline.via {
        Via::Chatbot(_) => judged(&body, chatbot_accepts, readable::chatbot),
        Via::ApiDestination(destination) => match destination.room {
            DestinationRoom::Slack(_) => judged(&body, slack_webhook_accepts, readable::slack),
            DestinationRoom::GoogleChat(_) => judged(&body, google_chat_accepts, readable::google_chat),
        },
        Via::Lambda(lambda) => by_notifier(ground, site, lambda.room.parts().0),
    }
}

/// The text that EventBridge gives the target.
fn sent(ground: &Ground<'_>, taken: &Taken<'_>) -> Result<String, String> {
    let event = ground.event;
    let Some(transformer) = &taken.target.settings.transformer else { return Ok(event.body.to_string()) };
    let transformer = Transformer::new(&transformer.paths, &transformer.template)
        .map_err(|error| format!("EventBridge would refuse the transformer: {error}"))?;
    let rule_arn = arn::rule(taken.rule.region, &taken.place.account, &taken.rule.key().name);
    let invocation =
        Invocation { rule_arn: &rule_arn, rule_name: &taken.rule.name, ingestion_time: event.time() };
    Ok(transformer.render(&event.body, &invocation))
}

/// A body as it is, with what its room makes of it.
fn judged(body: &str, accepts: fn(&str) -> Result<(), Refusal>, readable: fn(&Value) -> String) -> Written {
    let message = serde_json::from_str(body).unwrap_or_else(|_| Value::String(body.to_owned()));
    let refused = accepts(body).err().map(|refusal| format!("the message {refusal}"));
    Written { text: readable(&message), message, refused }
}

/// What the notifier posts. Its own messages keep the limits of Microsoft
/// Teams, for which there is nothing else to hold them to.
fn by_notifier(ground: &Ground<'_>, site: &Site<'_>, room: RoomService) -> Written {
    let known = account_names(ground, site);
    let names = |id: &str| {
        let account = known.get(&id.parse::<AccountId>().ok()?)?;
        Some((account.name.clone(), account.labels.clone()))
    };
    let body = room.message(&notice::notice(&ground.event.body, &names)).to_string();
    match room {
        RoomService::Slack => judged(&body, slack_webhook_accepts, readable::slack),
        RoomService::GoogleChat => judged(&body, google_chat_accepts, readable::google_chat),
        RoomService::Teams => judged(&body, |_| Ok(()), readable::teams),
    }
}

/// The accounts whose names the function knows: those of its settings, and in a
/// hub, which has none there, all of the fleet.
fn account_names(ground: &Ground<'_>, site: &Site<'_>) -> AccountNames {
    let functions = site.desired.resources.values().filter_map(|wanted| match &wanted.resource {
        Resource::Function(function) if function.region == site.region => {
            Some(&function.settings.environment)
        }
        _ => None,
    });
    let settings = functions.filter_map(|environment: &BTreeMap<String, String>| {
        serde_json::from_str::<Settings>(environment.get(Settings::VARIABLE)?).ok()
    });
    let own: AccountNames = settings.flat_map(|settings| settings.accounts).collect();
    if !own.is_empty() {
        return own;
    }
    let listed = ground.accounts.all.iter();
    listed
        .map(|account| {
            let name = AccountName { name: account.name.clone(), labels: account.labels.clone() };
            (account.id.clone(), name)
        })
        .collect()
}
