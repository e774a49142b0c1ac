//! What would become of an event, for people.

use serde_json::Value;

use super::Style;
use super::line::{Lines, Role};
use super::names::listed;
use crate::model::rehearsal::{
    Delivery, Rehearsal, RehearsalOutcome, Rehearsals, RehearsedPipeline, RehearsedRoom, RulePlace,
};

/// One event in full: every pipeline, and the message of each that takes it.
pub fn render_rehearsal(rehearsal: &Rehearsal, style: &Style) -> String {
    let mut lines = Lines::new(*style);
    show_event(rehearsal, &mut lines);
    // Reasons are a line each and stand together; messages stand apart.
    let mut is_long = true;
    for pipeline in &rehearsal.pipelines {
        let was_long = std::mem::replace(&mut is_long, is_taken(pipeline));
        if was_long || is_long {
            lines.blank();
        }
        show_pipeline(pipeline, &mut lines);
    }
    lines.blank();
    let heard = heard_by(rehearsal).len();
    let all = rehearsal.pipelines.len();
    let pipelines = if all == 1 { "pipeline" } else { "pipelines" };
    lines.add(0).plain(&format!("{heard} of {all} {pipelines} would tell a room of it."));
    lines.finish()
}

/// Many events in short: a line each.
pub fn render_rehearsals(rehearsals: &Rehearsals, style: &Style) -> String {
    let mut lines = Lines::new(*style);
    let name = |rehearsal: &Rehearsal| rehearsal.event.sample.unwrap_or_default();
    let widest = rehearsals.items.iter().map(|rehearsal| name(rehearsal).len()).max().unwrap_or_default();
    if let Some(first) = rehearsals.items.first() {
        let place = format!("every sample, in {}, {}", account(first), first.event.region);
        lines.add(0).text(Role::Strong, &place);
        show_notes(&first.notes, 0, &mut lines);
    }
    for rehearsal in &rehearsals.items {
        let heard = heard_by(rehearsal);
        let line = lines.add(0);
        let (role, mark) = if heard.is_empty() { (Role::Dim, '-') } else { (Role::Good, '=') };
        let by = if heard.is_empty() { "nobody".to_owned() } else { listed(&heard) };
        line.mark(role, mark).plain(&format!("{:widest$}  {by}", name(rehearsal)));
        show_refusals(rehearsal, &mut lines);
    }
    lines.finish()
}

fn heard_by(rehearsal: &Rehearsal) -> Vec<&str> {
    let heard = rehearsal.pipelines.iter().filter(|pipeline| pipeline.is_heard());
    heard.map(|pipeline| pipeline.pipeline.as_str()).collect()
}

fn is_taken(pipeline: &RehearsedPipeline) -> bool {
    matches!(pipeline.outcome, RehearsalOutcome::Taken { .. })
}

/// The account's name with its id.
fn account(rehearsal: &Rehearsal) -> String {
    let event = &rehearsal.event;
    if event.account_name == event.account.as_str() {
        return format!("account {}", event.account);
    }
    format!("account {} ({})", event.account_name, event.account)
}

fn show_event(rehearsal: &Rehearsal, lines: &mut Lines) {
    let event = &rehearsal.event;
    let sample = event.sample.map(|name| format!("sample {name}: ")).unwrap_or_default();
    lines
        .add(0)
        .text(Role::Strong, &format!("{sample}{} from {}", event.detail_type, event.source))
        .plain(&format!(", in {}, {}", account(rehearsal), event.region));
    show_notes(&rehearsal.notes, 0, lines);
}

fn show_notes(notes: &[String], indent: usize, lines: &mut Lines) {
    for note in notes {
        lines.add(indent).mark(Role::Note, 'i').plain(note);
    }
}

fn show_pipeline(pipeline: &RehearsedPipeline, lines: &mut Lines) {
    let name = &pipeline.pipeline;
    match &pipeline.outcome {
        RehearsalOutcome::NotTaken { message, .. } => {
            lines
                .add(0)
                .mark(Role::Dim, '-')
                .text(Role::Strong, name)
                .plain(&format!(": not taken: {message}"));
        }
        RehearsalOutcome::Taken { deliveries } => {
            for delivery in deliveries {
                show_delivery(name, delivery, lines);
            }
        }
    }
    show_notes(&pipeline.notes, 2, lines);
}

fn show_delivery(pipeline: &str, delivery: &Delivery, lines: &mut Lines) {
    let room = room(&delivery.room);
    match &delivery.refused {
        None => {
            lines.add(0).mark(Role::Good, '=').text(Role::Strong, pipeline).plain(&format!(": to {room}"))
        }
        Some(why) => lines
            .add(0)
            .mark(Role::Bad, 'x')
            .text(Role::Strong, pipeline)
            .plain(&format!(": to {room}, which would not show it: {why}")),
    };
    show_rules(delivery, lines);
    for line in delivery.text.lines() {
        lines.add(4).text(Role::Dim, "| ").plain(line);
    }
    if lines.style.verbose > 0 {
        show_json(&delivery.message, lines);
    }
}

fn room(room: &RehearsedRoom) -> String {
    let through = match room.via {
        "chatbot" => return format!("{} channel {} through AWS Chatbot", room.service, room.end),
        "apiDestination" => "API destination",
        _ => "function",
    };
    format!("{} through {through} {}", room.service, room.end)
}

fn show_rules(delivery: &Delivery, lines: &mut Lines) {
    let rule = &delivery.rule;
    match &delivery.hub {
        None => _ = lines.add(2).plain(&format!("by rule {}{}", rule.name, one_of(rule))),
        Some(hub) => {
            let bus = hub.bus.as_deref().unwrap_or("default");
            let to = format!("bus {bus} of the hub in account {}, {}", hub.account, hub.region);
            lines.add(2).plain(&format!("rule {}{} forwards it to {to}", rule.name, one_of(rule)));
            lines.add(2).plain(&format!("by the hub's rule {}{}", hub.name, one_of(hub)));
        }
    }
}

/// Where a pipeline needs several rules, which of them it was.
fn one_of(rule: &RulePlace) -> String {
    if rule.of < 2 { String::new() } else { format!(", one of {}", rule.of) }
}

fn show_json(message: &Value, lines: &mut Lines) {
    let text = match message {
        Value::String(text) => text.clone(),
        message => format!("{message:#}"),
    };
    lines.add(2).plain("as the room is given it:");
    for line in text.lines() {
        lines.add(4).text(Role::Dim, line);
    }
}

fn show_refusals(rehearsal: &Rehearsal, lines: &mut Lines) {
    for pipeline in &rehearsal.pipelines {
        let RehearsalOutcome::Taken { deliveries } = &pipeline.outcome else { continue };
        for why in deliveries.iter().filter_map(|delivery| delivery.refused.as_ref()) {
            lines.add(4).mark(Role::Bad, 'x').plain(&format!("{}: {why}", pipeline.pipeline));
        }
    }
}
