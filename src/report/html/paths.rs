//! The ways from an event to a room, drawn hop by hop. Those that run alike are
//! drawn once.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;

use super::places::{Named, Places};
use super::shown;
use crate::model::pass::{Hop, MadeBy, Path, PathState};
use crate::model::{Pass, Report};
use crate::report::console::link;
use crate::report::text::names::short;
use crate::report::unread::anywhere;

/// How many ways of each state are drawn.
const MOST: usize = 40;

/// The ways, the broken ones first.
#[derive(Serialize)]
pub(super) struct Paths {
    wrong: Vec<Way>,
    wrong_more: usize,
    heard: Vec<Way>,
    heard_more: usize,
}

/// Paths that run alike.
#[derive(Serialize)]
struct Way {
    tone: &'static str,
    sign: &'static str,
    state: &'static str,
    pipeline: String,
    made_by_others: bool,
    events: String,
    broken_at: Option<String>,
    why: Option<String>,
    hops: Vec<Box>,
    places: Named,
}

/// One hop, as it is drawn.
#[derive(Serialize)]
struct Box {
    tone: &'static str,
    sign: &'static str,
    word: &'static str,
    name: String,
    subject: String,
    url: Option<String>,
}

/// What paths must share to be drawn once.
type Likeness = (u8, MadeBy, String, Option<String>, Option<String>, Vec<(String, String, Option<bool>)>);

/// Paths that run alike: the first of them, and where the others are.
struct Alike<'a> {
    first: &'a Path,
    events: BTreeSet<&'a str>,
    places: Places<'a>,
}

pub(super) fn of(report: &Report) -> Paths {
    let mut ways: BTreeMap<Likeness, Alike<'_>> = BTreeMap::new();
    for pass in &report.passes {
        for path in &pass.paths {
            let first = || Alike { first: path, events: BTreeSet::new(), places: Places::default() };
            let alike = ways.entry(likeness(pass, path)).or_insert_with(first);
            alike.events.insert(&path.event);
            alike.places.add(pass, path.location);
        }
    }
    let (heard, wrong): (Vec<_>, Vec<_>) =
        ways.into_values().partition(|alike| alike.first.state == PathState::Heard);
    Paths {
        wrong: wrong.iter().take(MOST).map(way).collect(),
        wrong_more: wrong.len().saturating_sub(MOST),
        heard: heard.iter().take(MOST).map(way).collect(),
        heard_more: heard.len().saturating_sub(MOST),
    }
}

fn likeness(pass: &Pass, path: &Path) -> Likeness {
    let rank = match (path.state, path.made_by) {
        (PathState::Broken, MadeBy::Fleet) => 0,
        (PathState::Unknown, _) => 1,
        (PathState::Broken, MadeBy::Others) => 2,
        (PathState::Heard, _) => 3,
    };
    let hop =
        |hop: &Hop| (hop.name.to_string(), anywhere(short(&hop.subject), pass, path.location), hop.carries);
    let why = path.why.as_deref().map(|why| anywhere(why, pass, path.location));
    let broken_at = path.broken_at.as_deref().map(str::to_owned);
    (rank, path.made_by, path.pipeline.clone(), broken_at, why, path.hops.iter().map(hop).collect())
}

fn way(alike: &Alike<'_>) -> Way {
    let path = alike.first;
    let (tone, sign, state) = match (path.state, path.made_by) {
        (PathState::Heard, _) => ("good", "✓", "heard"),
        (PathState::Broken, MadeBy::Fleet) => ("bad", "✕", "broken"),
        (PathState::Broken, MadeBy::Others) => ("note", "i", "broken"),
        (PathState::Unknown, _) => ("unknown", "?", "unknown"),
    };
    let events: Vec<String> = alike.events.iter().map(|event| shown(event)).collect();
    Way {
        tone,
        sign,
        state,
        pipeline: shown(&path.pipeline),
        made_by_others: path.made_by == MadeBy::Others,
        events: events.join(" and "),
        broken_at: path.broken_at.as_deref().map(spaced),
        why: path.why.as_deref().map(shown),
        hops: path.hops.iter().map(|hop| drawn(hop, path)).collect(),
        places: alike.places.named(),
    }
}

fn drawn(hop: &Hop, path: &Path) -> Box {
    let (tone, sign, word) = match hop.carries {
        Some(true) => ("good", "✓", "carries it on"),
        Some(false) => ("bad", "✕", "stops it"),
        None => ("unknown", "?", "not seen"),
    };
    let is_arn = hop.subject.starts_with("arn:");
    Box {
        tone,
        sign,
        word,
        name: spaced(&hop.name),
        subject: shown(short(&hop.subject)),
        url: is_arn.then(|| link(path.location, &hop.subject)).flatten(),
    }
}

/// `topicPolicy` as `topic policy`.
fn spaced(name: &str) -> String {
    shown(name).chars().fold(String::new(), |mut words, character| {
        if character.is_ascii_uppercase() {
            words.push(' ');
        }
        words.push(character.to_ascii_lowercase());
        words
    })
}
