//! What to do about a hop that a canary was not seen to pass.

use std::collections::BTreeMap;

use super::course::Stop;
use crate::model::sounding::{HopKind, HopState};

/// Why a canary stopped at a hop, as far as counts tell, and what would mend
/// it.
pub fn mend(stop: &Stop, state: HopState, counts: &BTreeMap<&'static str, f64>) -> String {
    match state {
        HopState::Failed => failed(stop, counts),
        HopState::NotSeen | HopState::Reached | HopState::Unread => not_seen(stop, counts),
    }
}

fn failed(stop: &Stop, counts: &BTreeMap<&'static str, f64>) -> String {
    match stop.kind {
        HopKind::Rule | HopKind::Target | HopKind::HubRule | HopKind::HubTarget => {
            format!("EventBridge could not hand it to the {}; {}", stop.subject, refusal(stop, counts))
        }
        HopKind::Topic => format!(
            "the {} could not hand it to its subscriber: the subscriber is gone, or its policy does not let the topic in",
            stop.subject
        ),
        HopKind::Chatbot => {
            let (why, what) = if is_counted(counts, "UnsupportedEvents") {
                ("does not take its form", "`foghorn apply` writes the message that it takes")
            } else if is_counted(counts, "EventsThrottled") {
                ("had more than ten events a second to take, and dropped it", "sound again")
            } else {
                ("could not post it", "a private channel has to invite @Amazon Q first")
            };
            format!("AWS Chatbot {why}: {what}")
        }
        HopKind::Function => format!(
            "the notifier could not post it: the log group /aws/lambda/{} says why (the secret, the webhook or the room)",
            stop.name
        ),
    }
}

/// Where a target's own refusal stands.
fn refusal(stop: &Stop, counts: &BTreeMap<&'static str, f64>) -> String {
    match &stop.dead_letters {
        Some(queue) if is_counted(counts, "InvocationsSentToDlq") => {
            format!("the message in the queue {queue} says why, in its attribute ERROR_MESSAGE")
        }
        Some(queue) => {
            format!("the queue {queue} may hold it, with the reason in its attribute ERROR_MESSAGE")
        }
        None => "the pipeline keeps no dead letters that would say why".to_owned(),
    }
}

fn not_seen(stop: &Stop, counts: &BTreeMap<&'static str, f64>) -> String {
    match stop.kind {
        HopKind::Rule | HopKind::HubRule => format!(
            "no match of the {} was counted: it is disabled, or its pattern does not take canaries (`foghorn apply` mends \
             both)",
            stop.subject
        ),
        HopKind::Target | HopKind::HubTarget => format!(
            "the rule took it and nothing says that the {} did: EventBridge may still be trying, which it does for up to \
             a day, or the rule has lost its target",
            stop.subject
        ),
        HopKind::Topic if is_counted(counts, "NumberOfMessagesPublished") => {
            format!("the {} took it and has nobody to hand it to: its subscription is gone", stop.subject)
        }
        HopKind::Topic => format!("the {} counted no message", stop.subject),
        HopKind::Chatbot if is_counted(counts, "EventsProcessed") => {
            "AWS Chatbot took fewer events than canaries were due".to_owned()
        }
        HopKind::Chatbot => format!(
            "AWS Chatbot counted no event: the {} is gone, disabled or not fed by the topic (`foghorn apply` mends it)",
            stop.subject.trim_start_matches("AWS Chatbot ")
        ),
        HopKind::Function if is_counted(counts, "Invocations") => format!(
            "the {} ran and reported neither a message nor a failure: its log group /aws/lambda/{} says more",
            stop.subject, stop.name
        ),
        HopKind::Function => format!("the {} was not called", stop.subject),
    }
}

fn is_counted(counts: &BTreeMap<&'static str, f64>, metric: &str) -> bool {
    counts.get(metric).is_some_and(|count| *count > 0.0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sounding::fixtures::stop;

    #[test]
    fn what_a_person_has_to_look_at_is_named() {
        let target = Stop {
            dead_letters: Some("foghorn-stops-dead-letters".into()),
            ..stop(HopKind::Target, "stops")
        };
        let dead = BTreeMap::from([("InvocationsSentToDlq", 1.0)]);
        let published = BTreeMap::from([("NumberOfMessagesPublished", 1.0)]);
        let unsupported = BTreeMap::from([("UnsupportedEvents", 1.0)]);
        for (stop, state, counts, expected) in [
            (target, HopState::Failed, dead, "the message in the queue foghorn-stops-dead-letters says why"),
            (stop(HopKind::Rule, "stops"), HopState::NotSeen, BTreeMap::new(), "it is disabled"),
            (stop(HopKind::Topic, "stops"), HopState::NotSeen, published, "its subscription is gone"),
            (stop(HopKind::Chatbot, "room"), HopState::Failed, unsupported, "does not take its form"),
            (stop(HopKind::Function, "stops"), HopState::Failed, BTreeMap::new(), "/aws/lambda/stops"),
        ] {
            let text = mend(&stop, state, &counts);
            assert!(text.contains(expected), "{text}");
        }
    }
}
