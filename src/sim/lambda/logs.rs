//! What functions write to their standard streams.

use std::collections::{BTreeMap, VecDeque};

use crate::sim::base64;
use crate::sim::world::World;

/// How many lines are kept of each function.
const LINES: usize = 10_000;

/// The bytes of the log's end that Invoke shows (Lambda API reference,
/// "Invoke", `LogType`).
const TAIL_BYTES: usize = 4096;

/// Lines by the function's ARN, oldest first.
#[derive(Debug, Default)]
pub(super) struct Logs {
    lines: BTreeMap<String, VecDeque<String>>,
}

impl Logs {
    /// Adds lines to a function's log.
    pub(super) fn add(&mut self, function: &str, lines: &[String]) {
        let kept = self.lines.entry(function.to_owned()).or_default();
        kept.extend(lines.iter().cloned());
        let surplus = kept.len().saturating_sub(LINES);
        kept.drain(..surplus);
    }
}

/// The lines that a function wrote to its standard output and standard error,
/// oldest first.
pub fn log(world: &World, function_arn: &str) -> Vec<String> {
    let lines = world.functions.logs.lines.get(function_arn);
    lines.into_iter().flatten().cloned().collect()
}

/// The end of some lines, in base64.
pub(super) fn tail(lines: &[String]) -> String {
    let text: String = lines.iter().map(|line| format!("{line}\n")).collect();
    let bytes = text.as_bytes();
    base64::encode(&bytes[bytes.len().saturating_sub(TAIL_BYTES)..])
}
