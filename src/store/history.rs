//! The reports of past runs.

use std::fmt;

use futures::StreamExt;
use futures::stream;

use super::error::StoreError;
use super::scope::Scope;
use super::{Store, comparison, document};
use crate::model::moment::Moment;
use crate::model::{Mode, Report};

const FOLDER: &str = "runs";
const ENDING: &str = ".json.gz";
const ASIDE: &str = ".aside";
const UNTOLD: &str = ".untold";

/// How many reports are read at a time, each of which may be large.
const READ_AT_ONCE: usize = 4;

/// A run whose report is kept. The newest sorts last.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct RunName {
    /// The run's id, a ULID.
    pub run: String,
    /// Whether no other report is compared with it: it is of a part of the
    /// fleet, of a removal, or of a run that was stopped, or nobody was told of it.
    pub aside: bool,
    /// Whether it is aside for no other reason than that nobody was told of it,
    /// so that it can still be told.
    pub untold: bool,
}

impl RunName {
    fn of(report: &Report, scope: &Scope) -> Self {
        let metadata = &report.metadata;
        let is_part = !scope.is_whole() || metadata.mode == Mode::Destroy || metadata.stopped.is_some();
        let untold = scope.unannounced && !is_part;
        Self { run: metadata.run.clone(), aside: is_part || untold, untold }
    }

    fn parse(name: &str) -> Option<Self> {
        let name = name.strip_suffix(ENDING)?;
        let [untold, part] = [UNTOLD, ASIDE].map(|ending| name.strip_suffix(ending));
        let run = untold.or(part).unwrap_or(name);
        run.parse::<ulid::Ulid>().ok()?;
        Some(Self { run: run.to_owned(), aside: run != name, untold: untold.is_some() })
    }

    fn object(&self) -> String {
        let mark = match (self.aside, self.untold) {
            (_, true) => UNTOLD,
            (true, false) => ASIDE,
            (false, false) => "",
        };
        format!("{FOLDER}/{}{mark}{ENDING}", self.run)
    }
}

impl fmt::Display for RunName {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.run)
    }
}

impl Store {
    /// The runs whose reports are kept, oldest first.
    ///
    /// # Errors
    /// If the store can't be listed.
    pub async fn history(&self) -> Result<Vec<RunName>, StoreError> {
        let names = self.objects.list(FOLDER).await?;
        let mut runs: Vec<RunName> = names.iter().filter_map(|name| RunName::parse(name)).collect();
        runs.sort();
        Ok(runs)
    }

    /// The report of a run.
    ///
    /// # Errors
    /// If it can't be had, or is of another format.
    pub async fn report(&self, run: &RunName) -> Result<Report, StoreError> {
        let name = run.object();
        let bytes = self.objects.get(&name).await?.ok_or_else(|| self.no_such_run(&run.run))?;
        document::read_compressed(&self.objects.described(&name), &bytes)
    }

    /// The report of the run with this id, or of the newest one.
    ///
    /// # Errors
    /// If there is none, or it can't be had.
    pub async fn find(&self, run: Option<&str>) -> Result<Report, StoreError> {
        self.find_in(self.history().await?, run, "any run").await
    }

    /// The same, of runs over the whole fleet alone: what others are told is
    /// nothing else.
    ///
    /// # Errors
    /// If there is none, or it can't be had.
    pub async fn find_whole(&self, run: Option<&str>) -> Result<Report, StoreError> {
        let mut history = self.history().await?;
        history.retain(|name| !name.aside || name.untold);
        self.find_in(history, run, "any run over the whole fleet").await
    }

    async fn find_in(
        &self,
        mut history: Vec<RunName>,
        run: Option<&str>,
        any: &str,
    ) -> Result<Report, StoreError> {
        let found = match run {
            None => history.pop(),
            Some(wanted) => history.into_iter().find(|name| name.run.eq_ignore_ascii_case(wanted)),
        };
        let wanted = run.map_or_else(|| any.to_owned(), |run| format!("run {run}"));
        self.report(&found.ok_or_else(|| self.no_such_run(&wanted))?).await
    }

    /// Deletes the report of a run that a later one took the place of.
    ///
    /// # Errors
    /// If it can't be deleted.
    pub async fn forget(&self, run: &str) -> Result<(), StoreError> {
        for (aside, untold) in [(false, false), (true, false), (true, true)] {
            let name = RunName { run: run.to_owned(), aside, untold };
            self.objects.delete(&name.object()).await?;
        }
        Ok(())
    }

    /// The figures of the whole fleet's runs up to this one, oldest first. What
    /// can't be read is left out.
    ///
    /// # Errors
    /// If the store can't be listed.
    pub async fn moments(&self, run: &str) -> Result<Vec<Moment>, StoreError> {
        let history = self.history().await?;
        let whole = history.into_iter().filter(|name| !name.aside && name.run.as_str() <= run);
        let reports = stream::iter(whole).map(async |name| self.report(&name).await.ok());
        let reports = reports.buffered(READ_AT_ONCE);
        Ok(reports.filter_map(async |report| Some(Moment::of(&report?))).collect().await)
    }

    /// Compares a report with the newest one of the whole fleet, if there is
    /// one: see [`comparison::compare`]. A removal is compared with nothing.
    ///
    /// # Errors
    /// If that can't be read; the report is then as it was.
    pub async fn compare(&self, report: &mut Report, scope: &Scope) -> Result<(), StoreError> {
        if report.metadata.mode == Mode::Destroy {
            return Ok(());
        }
        let history = self.history().await?;
        let is_last = |name: &&RunName| !name.aside && name.run != report.metadata.run;
        if let Some(last) = history.iter().rev().find(is_last) {
            comparison::compare(&self.report(last).await?, report, scope);
        }
        Ok(())
    }

    /// Keeps a report, and deletes the oldest that are too many. The newest of
    /// the whole fleet is never deleted.
    ///
    /// # Errors
    /// If it can't be written. What can't be deleted is left to the next run.
    pub async fn save(&self, report: &Report, scope: &Scope) -> Result<(), StoreError> {
        let name = RunName::of(report, scope).object();
        let bytes = document::write_compressed(&self.objects.described(&name), report)?;
        self.mark().await?;
        self.objects.create(&name, bytes).await?;
        if let Err(error) = self.prune().await {
            tracing::warn!(%error, "old reports could not be deleted");
        }
        Ok(())
    }

    async fn prune(&self) -> Result<(), StoreError> {
        for run in superfluous(self.history().await?, self.keep) {
            self.objects.delete(&run.object()).await?;
        }
        Ok(())
    }

    fn no_such_run(&self, wanted: &str) -> StoreError {
        StoreError::NoSuchRun {
            wanted: wanted.to_owned(),
            place: self.objects.place().to_owned(),
            folder: self.folder.clone(),
        }
    }
}

/// The runs, oldest first, that are too many.
fn superfluous(mut history: Vec<RunName>, keep: usize) -> Vec<RunName> {
    let last = history.iter().rev().find(|name| !name.aside).cloned();
    history.truncate(history.len().saturating_sub(keep));
    history.retain(|name| Some(name) != last.as_ref());
    history
}

#[cfg(test)]
mod tests;
