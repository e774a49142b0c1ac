//! Telling the rooms of `spec.report`, and the terminal of rooms that could not
//! be told.

use std::error::Error;
use std::sync::Arc;
use std::time::{SystemTime, UNIX_EPOCH};

use super::args::{AwsArguments, Global};
use super::error::CliError;
use super::run::Run;
use super::voice;
use crate::aws::Aws;
use crate::chat::{Poster, SlackApi};
use crate::fleet::Fleet;
use crate::model::{Mode, Report};
use crate::posting::{Occasion, Rooms, TellError, Told};
use crate::report::exit::{ExitCode, exit_code};

/// The variable that names another address of Slack's Web API.
const SLACK_API: &str = "FOGHORN_SLACK_API_URL";

/// Gets the rooms of a run ready, and says at once which of them can't be used.
/// The removal of a fleet is between Foghorn and the one who asked for it.
pub async fn open(
    global: &Global,
    arguments: &AwsArguments,
    run: &Run,
    mode: Mode,
) -> Result<Option<Rooms>, CliError> {
    if mode == Mode::Destroy {
        return Ok(None);
    }
    if run.fleet.spec.report.is_some() && !arguments.no_post && is_part(global) {
        voice::note("this run is about a part of the fleet, so no room is told of it");
    }
    let rooms = wanted(global, arguments, &run.fleet, run.aws()).await?;
    for (room, error) in rooms.iter().flat_map(Rooms::unusable) {
        voice::warning(&format!("room {room} can't be told: {}", explained(error)));
    }
    Ok(rooms)
}

/// The fleet's rooms; `None` where nobody is to be told: a look at a part of the
/// fleet would be taken for one at the whole.
pub async fn wanted(
    global: &Global,
    arguments: &AwsArguments,
    fleet: &Fleet,
    aws: &Aws,
) -> Result<Option<Rooms>, CliError> {
    if fleet.spec.report.is_none() || arguments.no_post || is_part(global) {
        return Ok(None);
    }
    rooms(fleet, aws).await.map(Some)
}

/// The fleet's rooms.
pub async fn rooms(fleet: &Fleet, aws: &Aws) -> Result<Rooms, CliError> {
    let poster = Arc::new(Poster::new(jitter).map_err(CliError::Rooms)?);
    Ok(Box::pin(Rooms::open(fleet, aws, poster, &slack()?)).await)
}

/// How the process ends that told these rooms of a report: the report's own exit
/// code stands in it, and is not how the process ends if a room was not told.
pub fn ended(told: &[Told], report: &Report) -> ExitCode {
    let code = exit_code(report);
    let rooms = match told.iter().filter(|told| told.failure().is_some()).count() {
        0 => return code,
        1 => "1 room was".to_owned(),
        failed => format!("{failed} rooms were"),
    };
    voice::last(
        ExitCode::Failed,
        &format!("{rooms} not told (the report alone would end with {})", code as u8),
    );
    ExitCode::Failed
}

/// Tells the rooms, and says which of them could not be told.
pub async fn announce(rooms: Option<&Rooms>, report: &Report, occasion: Occasion) -> Vec<Told> {
    let Some(rooms) = rooms else { return Vec::new() };
    let told = Box::pin(rooms.tell(report, occasion)).await;
    told.iter().filter_map(failure).for_each(|line| voice::error(&line));
    told
}

/// Why a room was not told, if it was not, and what to do.
pub fn failure(told: &Told) -> Option<String> {
    Some(format!("room {} was not told: {}", told.room, explained(told.failure()?)))
}

/// Why, down to the first cause, and what to do.
fn explained(error: &TellError) -> String {
    let mut why = error.to_string();
    let mut source = error.source();
    while let Some(cause) = source {
        why.push_str(&format!(": {cause}"));
        source = cause.source();
    }
    format!("{why} (next: {})", error.next_step())
}

/// Whether a part of the fleet was chosen.
pub fn is_part(global: &Global) -> bool {
    !(global.accounts.is_empty() && global.regions.is_empty() && global.pipelines.is_empty())
}

fn slack() -> Result<SlackApi, CliError> {
    let set = std::env::var(SLACK_API).ok().filter(|url| !url.is_empty());
    SlackApi::at(set.as_deref().unwrap_or(SlackApi::BASE)).map_err(CliError::SlackApi)
}

/// From 0 to 1, another one each time: enough to keep those apart who were
/// refused together.
pub fn jitter() -> f64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    f64::from(since.subsec_nanos() % 1_000_000) / 1_000_000.0
}
