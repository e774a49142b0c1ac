//! Signals that ask the process to end.

use tokio_util::sync::CancellationToken;

use super::voice;

/// The first signal ends the run in good order; the second one at once.
pub fn on_signal() -> CancellationToken {
    let stop = CancellationToken::new();
    let signalled = stop.clone();
    tokio::spawn(async move {
        if wait_for_signal().await {
            voice::note("stopping: what is under way is finished, the rest is left to the next run");
            signalled.cancel();
        }
        if wait_for_signal().await {
            std::process::exit(130);
        }
    });
    stop
}

/// Waits until the process is asked to end; `false` if that can't be heard.
pub async fn wait_for_signal() -> bool {
    use tokio::signal::unix::{SignalKind, signal};
    match signal(SignalKind::terminate()) {
        Ok(mut terminate) => tokio::select! {
            interrupt = tokio::signal::ctrl_c() => interrupt.is_ok(),
            _ = terminate.recv() => true,
        },
        Err(_) => tokio::signal::ctrl_c().await.is_ok(),
    }
}
