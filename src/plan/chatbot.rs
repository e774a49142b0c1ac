//! The way through AWS Chatbot: a topic that feeds the configuration of the
//! room, which `room` makes.

use crate::events::parts::Part;
use crate::fleet::spec::Chatbot;
use crate::model::desired::{Desired, Room};
use crate::model::topic::Topic;
use crate::model::{Resource, arn};

use super::expand::want;
use super::leg::{Endpoint, Leg};
use super::{names, policies, room};

pub(super) fn endpoint(leg: &Leg<'_>, parts: &[Part], chatbot: &Chatbot, desired: &mut Desired) -> Endpoint {
    let adopt = match chatbot {
        Chatbot::Slack(slack) => slack.adopt,
        Chatbot::Teams(teams) => teams.adopt,
    };
    desired.rooms.insert(room::channel(chatbot), Room { adopt });
    let topic = want(desired, Resource::Topic(topic(leg, parts)), Vec::new());
    Endpoint {
        id: names::TOPIC_TARGET,
        arn: arn::topic(leg.region, leg.account_id(), &names::topic(&leg.pipeline.name)),
        role_arn: None,
        needs: vec![topic],
    }
}

/// The topic that a leg's rules publish to.
pub(super) fn topic(leg: &Leg<'_>, parts: &[Part]) -> Topic {
    let name = names::topic(&leg.pipeline.name);
    Topic {
        region: leg.region,
        policy: policies::event_topic(leg.region, leg.account_id(), &name, &leg.rule_places(parts)),
        name,
        tags: leg.scope.tags.clone(),
    }
}
