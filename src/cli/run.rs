//! What `plan`, `apply`, `sound` and `demo` share: from the fleet file to the report.

use std::collections::BTreeMap;
use std::io::{IsTerminal, Write};
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use serde::Serialize;
use time::OffsetDateTime;
use tokio_util::sync::CancellationToken;

use super::args::{AwsArguments, Global, Output};
use super::error::CliError;
use super::materials;
use super::memory::{self, Memory};
use super::progress::Progress;
use super::scope::{Scope, narrowing, spared};
use super::{conclude, stop, voice};
use crate::aws::{self, Aws};
use crate::controller::{Controller, Watcher};
use crate::fleet::{self, Filter, Fleet, FleetErrors, Problem};
use crate::model::extent::{Narrowing, Stop};
use crate::model::materials::Materials;
use crate::model::moment::Moment;
use crate::model::report::Metadata;
use crate::model::sounding::SoundReport;
use crate::model::{Account, Change, Mode, Outcome, Pass, Report};
use crate::plan::{self, Intent};
use crate::reconcile::{Clock, Judged, Reconciler};
use crate::report;
use crate::report::text::Style;
use crate::sound::Sounder;
use crate::store;
use crate::telemetry;

/// A run that is ready to begin.
pub struct Run {
    /// What is desired.
    pub fleet: Arc<Fleet>,
    /// The accounts that the run is about.
    pub accounts: Vec<Account>,
    aws: Aws,
    reconciler: Reconciler,
    clock: Clock,
    id: String,
    started_at: OffsetDateTime,
    interactive: bool,
    calls_before: BTreeMap<String, u64>,
    watcher: Option<Arc<dyn Watcher>>,
    /// Cancelled by the first signal.
    drain: CancellationToken,
    narrowed_to: Option<Narrowing>,
    /// Whether nobody is to hear of the run, so that no later one is compared with it.
    is_unannounced: bool,
}

impl Run {
    /// Reads the fleet file, finds the accounts and gets ready to look at them.
    pub async fn prepare(
        global: &Global,
        arguments: &AwsArguments,
        intent: Intent,
    ) -> Result<Self, CliError> {
        removes_no_part(global, intent)?;
        conclude::is_measurable(global)?;
        let file = &arguments.fleet.file;
        let fleet = Arc::new(fleet(file)?);
        selected_pipelines(&fleet, &filter(global))?;
        let aws = connect(global, &fleet).await?;
        if let Some(watcher) = telemetry::call_watcher() {
            aws.watch_calls(watcher);
        }
        aws.find_credentials().await.map_err(CliError::NoCredentials)?;
        let scope = Scope::find(global, file, fleet, &aws).await?;
        let signalled = stop::on_signal();
        let stop = signalled.child_token();
        Ok(Self { drain: signalled, ..Self::of(global, arguments, intent, scope, aws, stop)? })
    }

    /// A run over these accounts.
    pub fn of(
        global: &Global,
        arguments: &AwsArguments,
        intent: Intent,
        scope: Scope,
        aws: Aws,
        stop: CancellationToken,
    ) -> Result<Self, CliError> {
        let Scope { fleet, all, accounts } = scope;
        let clock: Clock = Arc::new(OffsetDateTime::now_utc);
        let pipelines = selected_pipelines(&fleet, &filter(global))?;
        let intent = spared(intent, &fleet, &all);
        // A removal brings nothing along.
        let materials = match intent {
            Intent::Destroy => Materials::default(),
            Intent::Converge | Intent::Prune => {
                materials::gather(&fleet, &all, arguments.notifier.as_deref())
            }
        };
        let reconciler = Reconciler {
            fleet: fleet.clone(),
            accounts: all,
            pipelines,
            intent,
            materials: Arc::new(materials),
            hubs: Arc::default(),
            aws: aws.clone(),
            clock: clock.clone(),
            stop,
        };
        let started_at = clock();
        Ok(Self {
            narrowed_to: narrowing(global, &reconciler.accounts),
            is_unannounced: arguments.no_post,
            fleet,
            accounts,
            aws,
            reconciler,
            id: run_id(),
            started_at,
            clock,
            interactive: std::io::stderr().is_terminal(),
            calls_before: BTreeMap::new(),
            watcher: None,
            drain: CancellationToken::new(),
        })
    }

    /// The same run as one round of many: somebody else hears how it goes on, no
    /// pass is begun once `drain` is cancelled, and only what is called after
    /// `calls_before` is counted.
    pub fn as_round(
        self,
        watcher: Arc<dyn Watcher>,
        drain: CancellationToken,
        calls_before: BTreeMap<String, u64>,
    ) -> Self {
        Self { watcher: Some(watcher), interactive: false, drain, calls_before, ..self }
    }

    /// Looks at every account.
    ///
    /// # Errors
    /// If AWS refused the caller's own credentials, so that none could be entered.
    pub async fn plan(&self) -> Result<Vec<Pass>, CliError> {
        let before = self.aws.recognition();
        let (controller, progress) = self.controller(self.accounts.len(), "looking");
        let passes = controller.plan(&self.accounts).await;
        progress.finish();
        match self.aws.rejection_since(before) {
            Some(error) if passes.iter().all(Pass::is_unread) => Err(CliError::RejectedCredentials(error)),
            _ => Ok(passes),
        }
    }

    /// Makes the changes that the passes hold, and looks again, everywhere if a
    /// hub has changed meanwhile.
    pub async fn apply(&self, passes: Vec<Pass>, hub_changed: bool) -> Vec<Pass> {
        let due = passes.iter().filter(|pass| pass.changes.iter().any(|change| change.is_write())).count();
        let (controller, progress) = self.controller(due, "applying");
        let passes = controller.apply(&self.accounts, passes, hub_changed).await;
        progress.finish();
        passes
    }

    /// Sends a canary down every pipeline and follows them for so long.
    ///
    /// # Errors
    /// As [`Self::plan`].
    pub async fn sound(&self, timeout: Duration) -> Result<SoundReport, CliError> {
        let before = self.aws.recognition();
        let progress = Arc::new(Progress::new(self.interactive, self.accounts.len()));
        let (reconciler, run, watcher) = (self.reconciler.clone(), self.id.clone(), progress.clone());
        let report = Sounder { reconciler, run, timeout, watcher }.sound(&self.accounts).await;
        progress.finish();
        self.aws.rejection_since(before).map_or(Ok(report), |error| Err(CliError::RejectedCredentials(error)))
    }

    /// The run's id, a ULID.
    pub fn id(&self) -> &str {
        &self.id
    }

    /// Opens what the fleet remembers, for a run over this part of it.
    pub async fn memory(&self, global: &Global) -> Memory {
        let scope = memory::scope(global, self.reconciler.pipelines.clone());
        let scope = store::Scope { unannounced: self.is_unannounced, ..scope };
        Memory::open(&self.fleet, &self.aws, scope).await
    }

    /// AWS, as the run sees it.
    pub fn aws(&self) -> &Aws {
        &self.aws
    }

    /// Cancelled once the run is to end early.
    pub fn stop(&self) -> &CancellationToken {
        &self.reconciler.stop
    }

    /// What judges the accounts.
    pub fn reconciler(&self) -> &Reconciler {
        &self.reconciler
    }

    /// The report of these passes.
    pub fn report(&self, mode: Mode, passes: Vec<Pass>) -> Report {
        let metadata = Metadata {
            fleet: self.fleet.metadata.name.clone(),
            run: self.id.clone(),
            mode,
            started_at: self.started_at,
            finished_at: (self.clock)(),
            version: env!("CARGO_PKG_VERSION").into(),
            narrowed_to: self.narrowed_to.clone(),
            stopped: self.stopped(mode, &passes),
            max_changes: Some(self.fleet.spec.guard.max_changes),
        };
        let since = |(call, count): (String, u64)| {
            let count = count - self.calls_before.get(&call).copied().unwrap_or_default().min(count);
            (count > 0).then_some((call, count))
        };
        Report::of(metadata, passes, self.aws.calls().into_iter().filter_map(since).collect())
    }

    /// Why the run was stopped, if anything was left undone because of it.
    fn stopped(&self, mode: Mode, passes: &[Pass]) -> Option<Stop> {
        let is_left = |change: &Change| change.is_write() && change.outcome != Outcome::Applied;
        let is_cut =
            |pass: &Pass| pass.is_incomplete() || (mode != Mode::Plan && pass.changes.iter().any(is_left));
        match (self.drain.is_cancelled(), self.stop().is_cancelled()) {
            _ if !passes.iter().any(is_cut) => None,
            (true, _) => Some(Stop::Signal),
            (false, true) => Some(Stop::LostLock),
            (false, false) => None,
        }
    }

    fn controller(&self, accounts: usize, phase: &'static str) -> (Controller, Arc<Progress>) {
        let progress = Arc::new(Progress::new(self.interactive, accounts));
        progress.phase(phase);
        let watcher = self.watcher.clone().unwrap_or_else(|| progress.clone());
        (Controller::new(self.reconciler.clone(), watcher).until(self.drain.clone()), progress)
    }
}

impl Watcher for Progress {
    fn started(&self, account: &Account) {
        self.account_started(&account.name);
    }

    fn finished(&self, account: &Account, judged: &Judged) {
        let whole = judged.pass.coverage.iter().all(|one| one.state == crate::model::CoverageState::Seen);
        self.account_finished(&account.name, whole);
    }
}

/// Reads a fleet file and tells its warnings.
pub fn fleet(file: &Path) -> Result<Fleet, CliError> {
    let loaded = fleet::load(file, OffsetDateTime::now_utc().date()).map_err(CliError::Fleet)?;
    let origin = file.display().to_string();
    for warning in &loaded.warnings {
        voice::warning(&warning.line(&origin));
    }
    match oversized(&loaded) {
        problems if problems.is_empty() => Ok(loaded.fleet),
        problems => Err(CliError::Fleet(FleetErrors { origin, problems })),
    }
}

fn oversized(loaded: &fleet::Loaded) -> Vec<Problem> {
    let problem = |(index, length): (usize, usize)| {
        let message = format!(
            "these make an event pattern of {length} characters, and EventBridge takes {}: use fewer names or more `*`",
            crate::events::families::PATTERN_LIMIT
        );
        loaded.positions.locate(Problem::new(format!("spec.pipelines[{index}].clusters"), message))
    };
    plan::oversized_patterns(&loaded.fleet).into_iter().map(problem).collect()
}

/// Writes a report in the form that was asked for. `history` holds the figures of
/// the runs before it, for the form that shows them.
pub fn print(global: &Global, report: &Report, history: &[Moment]) -> Result<(), CliError> {
    let text = match global.output {
        Output::Text => report::text::render(report, &style(global, &std::io::stdout())),
        Output::Table => report::text::render_table(report, &style(global, &std::io::stdout())),
        Output::Json => report::json::render(report).map_err(CliError::Json)?,
        Output::Yaml => report::yaml::render(report).map_err(CliError::Yaml)?,
        Output::Markdown => report::markdown::render(report, markdown_limit(global)),
        Output::Html => report::html::render(report, history, None).map_err(CliError::Html)?,
        Output::Sarif => report::sarif::render(report).map_err(CliError::Json)?,
        Output::Junit => report::junit::render(report).map_err(CliError::Junit)?,
    };
    write_out(&format!("{}\n", text.trim_end()))
}

/// The longest text that can be posted: as a comment, or, if more is asked for,
/// as a job summary.
fn markdown_limit(global: &Global) -> usize {
    if global.verbose > 0 { report::markdown::JOB_SUMMARY } else { report::markdown::COMMENT }
}

/// Writes what has no form but text, JSON and YAML.
pub fn print_document<T: Serialize>(
    global: &Global,
    what: &T,
    render: fn(&T, &Style) -> String,
) -> Result<(), CliError> {
    let text = match global.output {
        Output::Text => render(what, &style(global, &std::io::stdout())),
        Output::Json => report::json::render(what).map_err(CliError::Json)?,
        Output::Yaml => report::yaml::render(what).map_err(CliError::Yaml)?,
        Output::Table | Output::Markdown | Output::Html | Output::Sarif | Output::Junit => {
            return Err(CliError::NoSuchForm);
        }
    };
    write_out(&format!("{}\n", text.trim_end()))
}

/// Refuses a form that the command does not have, before it does anything.
pub fn has_form(global: &Global) -> Result<(), CliError> {
    if global.output.is_general() { Ok(()) } else { Err(CliError::NoSuchForm) }
}

/// Writes a text to standard output. A reader that has gone away is no fault.
pub fn write_out(text: &str) -> Result<(), CliError> {
    let mut out = std::io::stdout().lock();
    let written = out.write_all(text.as_bytes()).and_then(|()| out.flush());
    match written {
        Err(error) if error.kind() == std::io::ErrorKind::BrokenPipe => Ok(()),
        written => written.map_err(|source| CliError::Output { tried: "write to standard output", source }),
    }
}

/// How text is shown on this stream, standard output say.
pub fn style(global: &Global, stream: &impl IsTerminal) -> Style {
    let terminal = stream.is_terminal();
    let color = terminal && std::env::var_os("NO_COLOR").is_none_or(|value| value.is_empty());
    let width = if terminal { terminal_width() } else { 0 };
    let hyperlinks = color && supports_hyperlinks::supports_hyperlinks();
    Style { color, hyperlinks, width, verbose: global.verbose }
}

/// The width of the terminal; 0, which folds nothing, where it won't say.
fn terminal_width() -> usize {
    terminal_size::terminal_size().map_or(0, |(width, _)| usize::from(width.0))
}

/// What is shared belongs to several pipelines and Regions, so that an account
/// is pruned or cleared as a whole.
pub fn removes_no_part(global: &Global, intent: Intent) -> Result<(), CliError> {
    let is_part = !(global.pipelines.is_empty() && global.regions.is_empty());
    if is_part && intent != Intent::Converge { Err(CliError::RemovesPart) } else { Ok(()) }
}

/// The way to AWS that a fleet asks for. AWS is not called yet.
pub async fn connect(global: &Global, fleet: &Fleet) -> Result<Aws, CliError> {
    Aws::connect(options(global, fleet)).await.map_err(CliError::Connect)
}

/// How AWS is reached.
pub fn options(global: &Global, fleet: &Fleet) -> aws::Options {
    let access = fleet.spec.access.as_ref().map(|access| aws::Access {
        role_name: access.role_name.clone(),
        external_id: access.external_id.clone(),
        sts_region: access.sts_region,
        chatbot_region: access.chatbot_region,
    });
    aws::Options {
        endpoint_url: global.endpoint_url.clone(),
        access,
        calls_in_flight: fleet.spec.limits.calls_in_flight,
        call_timeout: fleet.spec.limits.call_timeout,
    }
}

/// The part of the fleet that was chosen.
pub fn filter(global: &Global) -> Filter {
    Filter {
        accounts: global.accounts.clone(),
        regions: global.regions.clone(),
        pipelines: global.pipelines.clone(),
    }
}

/// The pipelines that were asked for; `None` where none was named.
pub fn selected_pipelines(fleet: &Fleet, filter: &Filter) -> Result<Option<Vec<String>>, CliError> {
    if filter.pipelines.is_empty() {
        return Ok(None);
    }
    let selected = filter.pipelines(fleet).map_err(CliError::Selection)?;
    Ok(Some(selected.into_iter().map(|pipeline| pipeline.name.clone()).collect()))
}

fn run_id() -> String {
    ulid::Ulid::new().to_string()
}
