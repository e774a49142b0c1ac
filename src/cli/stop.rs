//! Signals that ask the process to end.

use std::future::pending;

use tokio::signal::unix::{Signal, SignalKind, signal};
use tokio_util::sync::CancellationToken;

use super::voice;

/// The signals that ask the process to end. None is missed once this was made,
/// also while nobody waits for the next one.
pub struct Signals {
    terminate: Option<Signal>,
    interrupt: Option<Signal>,
}

impl Signals {
    /// Hears of every signal from now on.
    pub fn heard() -> Self {
        let [terminate, interrupt] =
            [SignalKind::terminate(), SignalKind::interrupt()].map(|kind| signal(kind).ok());
        Self { terminate, interrupt }
    }

    /// Waits until the process is asked to end, once more; for ever where that
    /// can't be heard.
    pub async fn next(&mut self) {
        tokio::select! {
            () = next_of(&mut self.terminate) => {}
            () = next_of(&mut self.interrupt) => {}
        }
    }
}

async fn next_of(signal: &mut Option<Signal>) {
    let heard = match signal {
        Some(signal) => signal.recv().await,
        None => None,
    };
    if heard.is_none() {
        pending::<()>().await;
    }
}

/// The first signal ends the run in good order; the second one at once.
pub fn on_signal() -> CancellationToken {
    let stop = CancellationToken::new();
    let signalled = stop.clone();
    let mut signals = Signals::heard();
    tokio::spawn(async move {
        signals.next().await;
        voice::note("stopping: what is under way is finished, the rest is left to the next run");
        signalled.cancel();
        signals.next().await;
        std::process::exit(130);
    });
    stop
}
