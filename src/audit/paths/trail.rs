//! One way through the hops, and what it comes to.

use crate::model::chat::Channel;
use crate::model::pass::{Hop, PathState};

/// Whether a hop carries an event on; where it does not, why.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Step {
    Carries,
    Stops(String),
    /// It was not read.
    Unseen,
    /// It was read, and nobody can tell from it.
    Doubtful(String),
}

/// Who hears, at the end of a way.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Ear {
    Channel(Channel),
    /// Whoever the webhook of this API destination belongs to.
    Destination(String),
    /// Whoever this function tells.
    Function(String),
    /// Somebody's mail box or telephone.
    Person,
}

/// The hops of one way, in the order in which an event meets them.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Trail {
    hops: Vec<(&'static str, String, Step)>,
    /// Who hears, if the way has an end.
    pub(super) ear: Option<Ear>,
}

impl Trail {
    /// The trail with one more hop.
    pub(super) fn then(mut self, name: &'static str, subject: impl Into<String>, step: Step) -> Self {
        self.hops.push((name, subject.into(), step));
        self
    }

    /// The trail with a reason at every hop that was not read.
    pub(super) fn unseen_as(mut self, why: &str) -> Self {
        for (_, _, step) in self.hops.iter_mut().filter(|(_, _, step)| *step == Step::Unseen) {
            *step = Step::Doubtful(why.to_owned());
        }
        self
    }

    /// The trail with every stop in doubt.
    pub(super) fn in_doubt(mut self) -> Self {
        for (_, _, step) in &mut self.hops {
            if let Step::Stops(why) = step {
                *step = Step::Doubtful(std::mem::take(why));
            }
        }
        self
    }

    /// The trail with all hops of another one after it, and its end.
    pub(super) fn and(mut self, other: Self) -> Self {
        self.hops.extend(other.hops);
        self.ear = other.ear;
        self
    }

    /// The trail with a word before every reason that says where it is.
    pub(super) fn said_to_be(mut self, place: &str) -> Self {
        for (_, _, step) in &mut self.hops {
            if let Step::Stops(why) | Step::Doubtful(why) = step {
                *why = format!("{place}: {why}");
            }
        }
        self
    }

    /// The trail at its end.
    pub(super) fn heard_by(mut self, ear: Ear) -> Self {
        self.ear = Some(ear);
        self
    }

    /// Whether the event gets no further, so that there is nothing to walk on.
    pub(super) fn is_stopped(&self) -> bool {
        self.hops.iter().any(|(_, _, step)| matches!(step, Step::Stops(_)))
    }

    /// Whether a hop of this name stops the event, first or not.
    pub(super) fn stops_at(&self, hop: &str) -> bool {
        self.hops.iter().any(|(name, _, step)| *name == hop && matches!(step, Step::Stops(_)))
    }

    /// Whether the event arrives. A hop that is known to stop it settles that,
    /// whatever a gap hides.
    pub(super) fn state(&self) -> PathState {
        match self.decisive().map(|(_, _, step)| step) {
            None => PathState::Heard,
            Some(Step::Stops(_)) => PathState::Broken,
            Some(_) => PathState::Unknown,
        }
    }

    /// The hop at which it ends or is lost from sight.
    pub(super) fn broken_at(&self) -> Option<&'static str> {
        self.decisive().map(|(name, _, _)| *name)
    }

    /// Why it ends there.
    pub(super) fn why(&self) -> Option<String> {
        self.decisive().map(|(_, _, step)| match step {
            Step::Stops(why) | Step::Doubtful(why) => why.clone(),
            Step::Carries | Step::Unseen => "it could not be read; the coverage says why".to_owned(),
        })
    }

    fn decisive(&self) -> Option<&(&'static str, String, Step)> {
        let stop = self.hops.iter().find(|(_, _, step)| matches!(step, Step::Stops(_)));
        stop.or_else(|| self.hops.iter().find(|(_, _, step)| *step != Step::Carries))
    }

    /// The hops as the report shows them.
    pub(super) fn hops(&self) -> Vec<Hop> {
        let hop = |(name, subject, step): &(&'static str, String, Step)| Hop {
            name: (*name).into(),
            subject: subject.clone(),
            carries: match step {
                Step::Carries => Some(true),
                Step::Stops(_) => Some(false),
                Step::Unseen | Step::Doubtful(_) => None,
            },
        };
        self.hops.iter().map(hop).collect()
    }

    /// How good a way it is: one that arrives, then one of which nobody can
    /// tell, then the one that gets furthest.
    fn merit(&self) -> (u8, usize) {
        let state = match self.state() {
            PathState::Heard => 2,
            PathState::Unknown => 1,
            PathState::Broken => 0,
        };
        (state, self.hops.len())
    }
}

/// The best of several ways; the first of equals.
pub(super) fn best(trails: Vec<Trail>) -> Option<Trail> {
    trails.into_iter().rev().max_by_key(Trail::merit)
}

/// The worst of several ways, where all of them are needed; the first of equals.
pub(super) fn worst(trails: Vec<Trail>) -> Option<Trail> {
    trails.into_iter().min_by_key(Trail::merit)
}

/// Carries if so; stops with a reason if not.
pub(super) fn carries(does: bool, why: impl FnOnce() -> String) -> Step {
    if does { Step::Carries } else { Step::Stops(why()) }
}
