//! Whether a fleet that can be read also makes sense. Everything that is wrong
//! is found at once; each file looks at one part.

mod access;
mod accounts;
mod alarms;
mod breakers;
mod hubs;
mod limits;
mod names;
mod organization;
mod pipelines;
mod report;
mod rooms;
mod secrets;
mod store;
mod tags;
mod webhooks;

use time::Date;

use super::problem::Problem;
use super::spec::Fleet;

/// What was found in a fleet, without positions.
#[derive(Debug, Default)]
pub struct Verdict {
    /// What must be mended before the fleet can be used.
    pub errors: Vec<Problem>,
    /// What the user should know all the same.
    pub warnings: Vec<Problem>,
}

impl Verdict {
    fn error(&mut self, path: impl AsRef<str>, message: impl AsRef<str>) {
        self.errors.push(Problem::new(path, message));
    }

    fn warning(&mut self, path: impl AsRef<str>, message: impl AsRef<str>) {
        self.warnings.push(Problem::new(path, message));
    }

    /// Notes what a check of one text says against it.
    fn text(&mut self, path: impl AsRef<str>, checked: Result<(), String>) {
        if let Err(message) = checked {
            self.error(path, message);
        }
    }
}

/// Judges a fleet. `today` judges exemptions that expire.
pub fn validate(fleet: &Fleet, today: Date) -> Verdict {
    let mut verdict = Verdict::default();
    verdict.text("metadata.name", names::name(&fleet.metadata.name, 64));
    access::check(fleet, &mut verdict);
    accounts::check(fleet, &mut verdict);
    organization::check(fleet, &mut verdict);
    breakers::check(fleet, today, &mut verdict);
    pipelines::check(fleet, &mut verdict);
    rooms::check(fleet, &mut verdict);
    webhooks::check(fleet, &mut verdict);
    hubs::check(fleet, &mut verdict);
    alarms::check(fleet, &mut verdict);
    report::check(fleet, &mut verdict);
    tags::check(&fleet.spec.tags, &mut verdict);
    store::check(&fleet.spec.store, &mut verdict);
    limits::check(&fleet.spec.limits, &mut verdict);
    verdict
}
