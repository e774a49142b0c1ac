//! `foghorn run`: plan and apply at an interval, as a service.

use std::collections::BTreeSet;
use std::io;
use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use time::OffsetDateTime;
use tokio::net::TcpListener;
use tokio::sync::mpsc;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use super::args::{Global, Output, PrunableArguments, RunArguments};
use super::conclude::{self, Audience};
use super::error::CliError;
use super::memory::Memory;
use super::run::{self, Run};
use super::scope::Scope;
use super::shard::ShardError;
use super::stop::Signals;
use super::tell;
use super::voice;
use crate::aws::Aws;
use crate::aws::watch::CallWatcher;
use crate::fleet::Fleet;
use crate::model::secret::Secret;
use crate::model::{Change, Mode, Pass, Report};
use crate::plan::Intent;
use crate::plan::guard::Allowance;
use crate::posting::{Occasion, Outcome, Told};
use crate::report::exit::ExitCode;
use crate::service::file::WatchedFile;
use crate::service::http::gate::Gate;
use crate::service::http::{self, Site};
use crate::service::live::Live;
use crate::service::metrics::Metrics;
use crate::service::observer::Observer;
use crate::service::schedule::{Due, Schedule};
use crate::service::{Concluded, Fault, Service, Work};
use crate::store::Lock;
use crate::telemetry;

/// A loop that does nothing for longer is dead, whatever the fleet's limits.
const STALLS_AFTER: Duration = Duration::from_secs(600);

/// The part of the grace period that is left for storing and telling, once what
/// was in hand had to be cut off.
const LAST_PART: u32 = 5;

/// Works until a signal ends it.
pub async fn run(global: &Global, arguments: &PrunableArguments<RunArguments>) -> Result<ExitCode, CliError> {
    if arguments.command.fleet.shard.is_given() {
        return Err(CliError::Shard(ShardError::Service));
    }
    voice::log_from_now_on();
    let intent = arguments.intent();
    let arguments = &arguments.command;
    run::removes_no_part(global, intent)?;
    let path = &arguments.fleet.fleet.file;
    // Looked at before it is read: what changes meanwhile is read again.
    let file = WatchedFile::new(path.clone());
    let fleet = Arc::new(usable(global, path)?);
    let gate = Gate { token: token(arguments)?, is_loopback: http::is_loopback(arguments.listen) };
    let listener = listen(arguments.listen).await?;
    let wiring = Wiring::new(fleet.spec.limits.account_timeout);
    let aws = run::connect(global, &fleet).await?;
    let work = Rounds {
        global,
        arguments,
        intent,
        fleet,
        aws,
        scope: None,
        ending: None,
        allowance: Allowance::default(),
        recheck: None,
        wiring: wiring.clone(),
    };
    work.watch_calls();
    end_on_signal(arguments.grace, &wiring);
    let (sender, requests) = mpsc::channel(1);
    let served = CancellationToken::new();
    let server = tokio::spawn(http::serve(listener, wiring.site(sender, gate), served.clone()));
    let schedule = Schedule::new(arguments.interval, Box::new(random), Instant::now());
    let Wiring { live, metrics, observer, drain, .. } = wiring;
    let clock = OffsetDateTime::now_utc;
    Service { work, schedule, file, live, metrics, observer, requests, drain, clock }.run().await;
    served.cancel();
    // What the endpoints came to changes nothing about how the work ended.
    let _ = server.await;
    Ok(ExitCode::Clean)
}

/// What the loop, its rounds and its endpoints share.
#[derive(Clone)]
struct Wiring {
    live: Arc<Live>,
    metrics: Arc<Metrics>,
    observer: Arc<Observer>,
    /// Nothing is begun any more once this is cancelled.
    drain: CancellationToken,
    /// What is in hand ends once this is cancelled.
    cut: CancellationToken,
}

impl Wiring {
    fn new(account_timeout: Duration) -> Self {
        let stalls_after = STALLS_AFTER.max(account_timeout * 4);
        let live = Arc::new(Live::new(stalls_after, Instant::now()));
        let metrics = Arc::new(Metrics::new(env!("CARGO_PKG_VERSION")));
        let observer = Arc::new(Observer::new(Arc::clone(&live), Arc::clone(&metrics)));
        Self { live, metrics, observer, drain: CancellationToken::new(), cut: CancellationToken::new() }
    }

    /// What the endpoints answer with.
    fn site(&self, requests: mpsc::Sender<()>, gate: Gate) -> Arc<Site> {
        let (live, metrics) = (Arc::clone(&self.live), Arc::clone(&self.metrics));
        Arc::new(Site { live, metrics, requests, gate, rendered: http::Rendered::default() })
    }
}

/// What a round of the service does.
struct Rounds<'a> {
    global: &'a Global,
    arguments: &'a RunArguments,
    intent: Intent,
    fleet: Arc<Fleet>,
    aws: Aws,
    /// The accounts that the last sweep found.
    scope: Option<Scope>,
    /// Who hears of the round in hand, and its lock.
    ending: Option<(Audience, Option<Lock>)>,
    /// How many changes may still be made until the next sweep.
    allowance: Allowance,
    /// The last look in between whose report is kept.
    recheck: Option<String>,
    wiring: Wiring,
}

impl Work for Rounds<'_> {
    async fn reload(&mut self) -> Result<(), Fault> {
        let fleet = Arc::new(usable(self.global, &self.arguments.fleet.fleet.file)?);
        let (before, now) = (&self.fleet.spec, &fleet.spec);
        // Credentials and the pace of calls outlive a new file, unless it is
        // about them.
        if before.access != now.access || before.limits != now.limits {
            self.aws = run::connect(self.global, &fleet).await?;
            self.watch_calls();
        }
        self.fleet = fleet;
        self.scope = None;
        Ok(())
    }

    async fn look(&mut self, due: &Due) -> Result<Report, Fault> {
        self.find_credentials().await?;
        let calls_before = self.aws.calls();
        let scope = self.scope(due).await?;
        let (aws, wiring) = (self.aws.clone(), &self.wiring);
        // A lock that is lost ends the round, not the service.
        let stop = wiring.cut.child_token();
        let run = Run::of(self.global, &self.arguments.fleet, self.intent, scope, aws, stop.clone())?;
        let run = run.as_round(wiring.observer.clone(), wiring.drain.clone(), calls_before);
        let rooms = tell::wanted(self.global, &self.arguments.fleet, &self.fleet, &self.aws).await?;
        let memory = run.memory(self.global).await;
        let lock = if self.arguments.plan_only { None } else { memory.lock(run.id(), &stop).await? };
        let looked = run.plan().await;
        self.ending = Some((Audience { memory, rooms }, lock));
        let passes = match looked {
            Ok(passes) => self.allowed(due, passes),
            Err(error) => return Err(self.begin_anew(error).await.into()),
        };
        let passes = if writes(&passes) > 0 && !self.arguments.plan_only {
            run.apply(passes, false).await
        } else {
            passes
        };
        Ok(run.report(self.mode(), passes))
    }

    async fn conclude(&mut self, mut report: Report, due: &Due) -> Concluded {
        let Some((mut audience, lock)) = self.ending.take() else {
            return Concluded { report, trouble: None };
        };
        let untold = self.conclude_round(&mut audience, &mut report, due).await.err().map(Into::into);
        let forgotten = audience.memory.trouble();
        self.wiring.metrics.remembered(forgotten.is_none());
        let trouble = untold.or_else(|| forgotten.map(Into::into));
        if let Some(lock) = lock {
            lock.release().await;
        }
        Concluded { report, trouble }
    }
}

impl Rounds<'_> {
    /// A round is printed if it is a sweep, and told and kept in any case, so that
    /// what is new in the next one is new to everybody.
    async fn conclude_round(
        &mut self,
        audience: &mut Audience,
        report: &mut Report,
        due: &Due,
    ) -> Result<(), CliError> {
        let (occasion, is_sweep) = match due {
            Due::Sweep => (Occasion::Run, true),
            Due::Accounts(_) => (Occasion::Recheck, false),
        };
        audience.memory.compare(report).await;
        let printed = if is_sweep { self.print(report) } else { Ok(()) };
        // Kept before it is told: rooms may take their time, and the grace period
        // may end meanwhile.
        self.keep(&audience.memory, report, is_sweep).await;
        let told = if report.metadata.stopped.is_some() {
            // That not all accounts were looked at is no news to anybody.
            Vec::new()
        } else {
            tokio::select! {
                () = self.wiring.cut.cancelled() => {
                    return Err(CliError::NotTold("the service was ended before the rooms were told".to_owned()));
                }
                told = tell::announce(audience.rooms.as_ref(), report, occasion) => told,
            }
        };
        told.iter().for_each(|told| self.count(told));
        if is_sweep {
            conclude::measure(self.global, report)?;
        } else {
            telemetry::show(report);
        }
        printed?;
        let failures: Vec<String> = told.iter().filter_map(tell::failure).collect();
        if failures.is_empty() { Ok(()) } else { Err(CliError::NotTold(failures.join("; "))) }
    }

    /// The passes as far as `maxChanges` allows until the next sweep.
    fn allowed(&mut self, due: &Due, passes: Vec<Pass>) -> Vec<Pass> {
        let guard = &self.fleet.spec.guard;
        if *due == Due::Sweep {
            self.allowance = Allowance::of(guard);
        }
        self.allowance.spend(guard, passes)
    }

    /// Keeps a report. Of looks in between the last one is enough, or they would
    /// crowd out the sweeps.
    async fn keep(&mut self, memory: &Memory, report: &Report, is_sweep: bool) {
        memory.save(report).await;
        let run = report.metadata.run.clone();
        if let Some(before) = std::mem::replace(&mut self.recheck, (!is_sweep).then_some(run)) {
            memory.forget(&before).await;
        }
    }

    /// A room that there was nothing to tell counts as neither.
    fn count(&self, told: &Told) {
        match told.outcome {
            Outcome::Posted => self.wiring.metrics.told(&told.room, true),
            Outcome::Failed(_) => self.wiring.metrics.told(&told.room, false),
            Outcome::NothingToTell => {}
        }
    }

    fn mode(&self) -> Mode {
        if self.arguments.plan_only { Mode::Plan } else { Mode::Apply }
    }

    /// The accounts that are due. The organisation is asked for them once a sweep.
    async fn scope(&mut self, due: &Due) -> Result<Scope, CliError> {
        let known = match (due, &self.scope) {
            (Due::Accounts(_), Some(scope)) => scope.clone(),
            _ => {
                let file = &self.arguments.fleet.fleet.file;
                Scope::find(self.global, file, Arc::clone(&self.fleet), &self.aws).await?
            }
        };
        self.scope = Some(known.clone());
        let is_due = |id| match due {
            Due::Sweep => true,
            Due::Accounts(accounts) => BTreeSet::contains(accounts, id),
        };
        let accounts = known.accounts.iter().filter(|account| is_due(&account.id)).cloned().collect();
        Ok(Scope { accounts, ..known })
    }

    /// Finds the caller's credentials, or begins anew.
    async fn find_credentials(&mut self) -> Result<(), CliError> {
        let Err(error) = self.aws.find_credentials().await else { return Ok(()) };
        Err(self.begin_anew(CliError::NoCredentials(error)).await)
    }

    /// Gives up a round for want of credentials, and looks for others in the next:
    /// the SDK reads profiles once, and remembers that there was none.
    async fn begin_anew(&mut self, error: CliError) -> CliError {
        if let Some((_, Some(lock))) = self.ending.take() {
            lock.release().await;
        }
        match run::connect(self.global, &self.fleet).await {
            Ok(aws) => {
                self.aws = aws;
                self.watch_calls();
                error
            }
            Err(error) => error,
        }
    }

    fn watch_calls(&self) {
        let own: Arc<dyn CallWatcher> = self.wiring.metrics.clone();
        let watchers: Vec<Arc<dyn CallWatcher>> =
            [Some(own), telemetry::call_watcher()].into_iter().flatten().collect();
        self.aws.watch_calls(Arc::new(watchers));
    }

    /// A service's reports are for programs: each is one line.
    fn print(&self, report: &Report) -> Result<(), CliError> {
        if self.global.output != Output::Json {
            return Ok(());
        }
        let line = serde_json::to_string(report).map_err(CliError::Json)?;
        run::write_out(&format!("{line}\n"))
    }
}

fn writes(passes: &[Pass]) -> usize {
    passes.iter().flat_map(|pass| &pass.changes).filter(|change: &&Change| change.is_write()).count()
}

/// The fleet file, if what was asked for can be done with it.
fn usable(global: &Global, file: &Path) -> Result<Fleet, CliError> {
    let fleet = run::fleet(file)?;
    run::selected_pipelines(&fleet, &run::filter(global))?;
    Ok(fleet)
}

/// The token that whoever asks for a sweep must know, if there is one.
fn token(arguments: &RunArguments) -> Result<Option<Secret>, CliError> {
    let failed = |source| CliError::Token { source };
    let (text, origin) = match &arguments.token_file {
        Some(file) => (std::fs::read_to_string(file).map_err(failed)?, "the file"),
        None => match std::env::var("FOGHORN_TOKEN") {
            Ok(token) => (token, "FOGHORN_TOKEN"),
            Err(_) => return Ok(None),
        },
    };
    let token = text.trim();
    if token.is_empty() {
        return Err(failed(io::Error::other(format!("{origin} is empty"))));
    }
    Ok(Some(Secret::new(token.to_owned())))
}

async fn listen(address: SocketAddr) -> Result<TcpListener, CliError> {
    let bound = async {
        let listener = TcpListener::bind(address).await?;
        let address = listener.local_addr()?;
        Ok((listener, address))
    };
    let (listener, address) = bound.await.map_err(|source| CliError::Listen { address, source })?;
    tracing::info!(%address, "serving the status page on http://{address}/");
    Ok(listener)
}

/// The first signal ends the service within the grace period: what is in hand is
/// finished, or cut off in good order near its end. The second one ends it at once.
fn end_on_signal(grace: Duration, wiring: &Wiring) {
    let Wiring { live, drain, cut, .. } = wiring.clone();
    let mut signals = Signals::heard();
    tokio::spawn(async move {
        signals.next().await;
        tracing::info!("ending: the passes in hand are finished, and no other is begun");
        live.tell(|status| status.is_ending = true);
        drain.cancel();
        let last = grace / LAST_PART;
        tokio::select! {
            () = signals.next() => std::process::exit(130),
            () = tokio::time::sleep(grace - last) => {}
        }
        tracing::warn!(
            "the grace period is nearly over: what is in hand is cut off, the rest is left to the next run"
        );
        cut.cancel();
        tokio::select! {
            () = signals.next() => std::process::exit(130),
            () = tokio::time::sleep(last) => {}
        }
        tracing::error!("the grace period is over");
        std::process::exit(i32::from(ExitCode::Failed as u8));
    });
}

/// A number from 0 to 1.
fn random() -> f64 {
    const PARTS: u32 = 1 << 20;
    let random = ulid::Ulid::new().random() % u128::from(PARTS);
    f64::from(u32::try_from(random).unwrap_or_default()) / f64::from(PARTS)
}
