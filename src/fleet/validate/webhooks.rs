//! Where the webhooks of pipelines are found.

use super::Verdict;
use super::secrets::{reference, secret};
use crate::fleet::spec::{DestinationRoom, Fleet, Via};

pub(super) fn check(fleet: &Fleet, verdict: &mut Verdict) {
    for (index, pipeline) in fleet.spec.pipelines.iter().enumerate() {
        let path = format!("spec.pipelines[{index}].via");
        match &pipeline.via {
            Via::Chatbot(_) => {}
            Via::ApiDestination(destination) => {
                let path = format!("{path}.apiDestination");
                if !(1..=300).contains(&destination.rate_per_second) {
                    verdict.error(
                        format!("{path}.ratePerSecond"),
                        format!("{} posts a second: EventBridge takes 1 to 300", destination.rate_per_second),
                    );
                }
                let room = match destination.room {
                    DestinationRoom::Slack(_) => "slack",
                    DestinationRoom::GoogleChat(_) => "googleChat",
                };
                reference(&format!("{path}.{room}.webhook"), destination.room.webhook(), verdict);
            }
            Via::Lambda(function) => {
                let (room, name) = function.room.parts();
                verdict.text(format!("{path}.lambda.{}.webhook.secretsManager", room.as_str()), secret(name));
            }
        }
    }
}
