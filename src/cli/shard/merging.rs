//! The report of all shards, by one of them.

use std::collections::{BTreeMap, BTreeSet};

use time::OffsetDateTime;
use tokio_util::sync::CancellationToken;

use super::{Member, store_failed};
use crate::cli::conclude::{Audience, conclude};
use crate::cli::error::CliError;
use crate::cli::holder::holder;
use crate::cli::{tell, voice};
use crate::model::{AccountId, Pass, Report, Shard};
use crate::report::exit::ExitCode;
use crate::shards;
use crate::store::{Merged, StoreError};

/// The parts of a set, as far as there are any.
struct Parts {
    others: Vec<Report>,
    merged: Merged,
    /// Why there is none of a shard.
    missing: BTreeMap<Shard, String>,
}

impl Member<'_> {
    /// Reports the run; `None` while, or because, another process does.
    pub(super) async fn try_to_report(&self, part: &Report) -> Result<Option<ExitCode>, CliError> {
        let stop = CancellationToken::new();
        let claim = self.set.claim(holder(self.run.id()), stop.clone()).await.map_err(store_failed)?;
        let Some(claim) = claim else { return Ok(None) };
        // Another process may have done it since this one looked.
        let code = match self.set.merged().await.map_err(store_failed)? {
            Some(_) => Ok(None),
            None => Box::pin(self.report(part, &stop)).await,
        };
        claim.release().await;
        code
    }

    /// What says that the run was reported is written last: if this process dies
    /// before, another one reports it.
    async fn report(&self, part: &Report, stop: &CancellationToken) -> Result<Option<ExitCode>, CliError> {
        let Parts { others, merged, missing } = self.parts().await?;
        let unread = self.unread(part, &others, &missing);
        let report = shards::merge(&self.set.terms().run, part.clone(), others, unread);
        let rooms =
            tell::open(self.assignment.global, self.assignment.arguments, &self.run, self.assignment.mode)
                .await?;
        let memory = self.run.memory(self.assignment.global).await;
        if stop.is_cancelled() {
            return Ok(None);
        }
        let code = conclude(self.assignment.global, Audience { memory, rooms }, report).await;
        self.set.conclude(&merged).await.map_err(store_failed)?;
        if let Err(error) = self.store.forget_old_sets().await {
            tracing::warn!(%error, "old parts of shards could not be deleted");
        }
        code.map(Some)
    }

    async fn parts(&self) -> Result<Parts, CliError> {
        let own = self.shard();
        let merged = Merged { parts: [own.index()].into(), at: OffsetDateTime::now_utc() };
        let mut parts = Parts { others: Vec::new(), merged, missing: BTreeMap::new() };
        for shard in Shard::all(own.count()).filter(|shard| *shard != own) {
            match self.set.part(shard).await {
                Ok(Some(part)) => {
                    parts.others.push(part);
                    parts.merged.parts.insert(shard.index());
                }
                Ok(None) => {
                    let wait = humantime::format_duration(self.assignment.membership.wait);
                    parts.missing.insert(shard, format!("shard {shard} did not report within {wait}"));
                }
                Err(error @ StoreError::Failed { .. }) => return Err(store_failed(error)),
                Err(error) => {
                    parts.missing.insert(shard, format!("what shard {shard} handed in is lost: {error}"));
                }
            }
        }
        Ok(parts)
    }

    /// Passes over the accounts of which nobody knows how they stand. A shard that
    /// handed in its part may have found fewer accounts than this one: who belongs
    /// to the organisation changes while they begin.
    fn unread(&self, part: &Report, others: &[Report], missing: &BTreeMap<Shard, String>) -> Vec<Pass> {
        let reports = std::iter::once(part).chain(others);
        let seen: BTreeSet<&AccountId> =
            reports.flat_map(|report| &report.passes).map(|pass| &pass.account.id).collect();
        let mut unread = Vec::new();
        for shard in Shard::all(self.shard().count()) {
            let reason = missing.get(&shard);
            let why =
                reason.cloned().unwrap_or_else(|| format!("not among the accounts that shard {shard} found"));
            let is_left = |id: &AccountId| shard.takes(id) && !seen.contains(id);
            let left = self.all.iter().filter(|account| is_left(&account.id));
            let passes: Vec<Pass> = left.map(|account| self.run.reconciler().unread(account, &why)).collect();
            if reason.is_some() || !passes.is_empty() {
                voice::warning(&format!("{why}; accounts that nobody looked at: {}", passes.len()));
            }
            unread.extend(passes);
        }
        unread
    }
}
