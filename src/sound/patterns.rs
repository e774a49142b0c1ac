//! Whether the rules, as they are, take what ECS sends: EventBridge itself is
//! asked, so that no pattern matcher of our own has the last word.

use super::look::Looks;
use crate::aws::AccountDoor;
use crate::events::pattern::Pattern;
use crate::events::samples::Sample;
use crate::model::sounding::PatternCheck;
use crate::model::{Region, Sight};
use crate::sounding::course::{Course, Leg};
use crate::sounding::samples::{missed, samples_of};

/// The patterns of a leg that were read, by the places of their rules.
struct Patterns<'a> {
    door: &'a AccountDoor,
    region: Region,
    known: Vec<serde_json::Value>,
    /// Why one is not known.
    hidden: Option<String>,
}

/// Holds the samples of a course's families against its rules.
pub(super) async fn check(course: &Course, looks: &Looks) -> PatternCheck {
    let samples = samples_of(&course.account, &course.route);
    let mut check = PatternCheck::default();
    for leg in &course.legs {
        let patterns = match read(leg, looks) {
            Ok(Some(patterns)) => patterns,
            Ok(None) => continue,
            Err(why) => {
                check.unread.get_or_insert(why);
                continue;
            }
        };
        check.samples = samples.len();
        for sample in &samples {
            match patterns.take(sample).await {
                Ok(true) => {}
                Ok(false) => check.missed.push(missed(sample, &course.route, &leg.rules)),
                Err(why) => _ = check.unread.get_or_insert(why),
            }
        }
    }
    check
}

/// What was read of a leg's rules; `None` where there are none yet.
fn read<'a>(leg: &Leg, looks: &'a Looks) -> Result<Option<Patterns<'a>>, String> {
    let sight = looks.sights().get(&leg.account).zip(looks.door(&leg.account));
    let Some((sight, door)) = sight else {
        return Err(format!("account {} is not among the fleet's accounts", leg.account));
    };
    let region = sight.snapshot.regions.get(&leg.region);
    let mut patterns = Patterns { door, region: leg.region, known: Vec::new(), hidden: None };
    for rule in &leg.rules {
        match region.and_then(|region| region.rules.get(rule)) {
            Some(Sight::Seen(observed)) => patterns.known.extend(observed.pattern.clone()),
            Some(Sight::Unknown) => patterns.hidden = Some(format!("the rule {rule} could not be read")),
            Some(Sight::Absent) | None => {}
        }
    }
    let is_any = !patterns.known.is_empty() || patterns.hidden.is_some();
    Ok(is_any.then_some(patterns))
}

impl Patterns<'_> {
    /// Whether one of them takes a sample. The likeliest is asked first.
    async fn take(&self, sample: &Sample) -> Result<bool, String> {
        let event = sample.event.to_string();
        let (likely, others): (Vec<_>, Vec<_>) = self
            .known
            .iter()
            .partition(|pattern| Pattern::parse(pattern).is_ok_and(|pattern| pattern.matches(&sample.event)));
        for pattern in likely.into_iter().chain(others) {
            let asked = self.door.test_pattern(self.region, &pattern.to_string(), &event).await;
            if asked.map_err(|error| error.to_string())? {
                return Ok(true);
            }
        }
        self.hidden.clone().map_or(Ok(false), Err)
    }
}
