//! How much of a fleet a run is about.

use crate::model::Finding;
use crate::model::finding::Check;

/// How much of a fleet a run is about.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Scope {
    /// Whether accounts or Regions were chosen, so that others were left out.
    pub chosen_places: bool,
    /// The pipelines that were chosen; `None` stands for all and for everything
    /// besides them.
    pub pipelines: Option<Vec<String>>,
    /// Whether nobody else hears of the run. What is new in it is to be new to
    /// others still, so that no later report is compared with it.
    pub unannounced: bool,
}

impl Scope {
    /// Whether the run is about the whole fleet.
    pub fn is_whole(&self) -> bool {
        !self.chosen_places && self.pipelines.is_none()
    }

    /// Whether a run would have found this again where it looked, if it were
    /// still so. Of what other checks find nobody can tell which pipeline it
    /// belongs to.
    pub(super) fn includes(&self, finding: &Finding) -> bool {
        match &self.pipelines {
            None => true,
            Some(pipelines) => finding.check == Check::PathBroken && pipelines.contains(&finding.subject),
        }
    }
}
