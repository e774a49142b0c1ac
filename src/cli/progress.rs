//! What a person sees on a terminal while a run goes on.

use std::collections::BTreeSet;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

/// How many accounts in flight are named.
const NAMED: usize = 3;

/// A line on standard error that says how far the run is. It can be told of
/// accounts from many tasks at once.
#[derive(Debug)]
pub struct Progress {
    bar: ProgressBar,
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    phase: String,
    in_flight: BTreeSet<String>,
    trouble: usize,
}

impl Progress {
    /// Progress over so many accounts. Where it is not enabled nothing is ever
    /// written; the caller enables it only where standard error is a terminal.
    pub fn new(enabled: bool, total_accounts: usize) -> Self {
        let target = if enabled { ProgressDrawTarget::stderr() } else { ProgressDrawTarget::hidden() };
        let progress = Self::on(target, total_accounts);
        if enabled {
            progress.bar.enable_steady_tick(Duration::from_millis(100));
        }
        progress
    }

    fn on(target: ProgressDrawTarget, total_accounts: usize) -> Self {
        let bar = ProgressBar::with_draw_target(Some(total_accounts as u64), target);
        bar.set_style(style());
        let state = State { phase: "reading".to_owned(), ..State::default() };
        bar.set_message(state.message());
        Self { bar, state: Mutex::new(state) }
    }

    /// Names what is being done from now on, `applying` say, and counts the
    /// accounts from the beginning.
    pub fn phase(&self, phase: &str) {
        let mut state = self.state();
        *state = State { phase: phase.to_owned(), ..State::default() };
        self.bar.set_position(0);
        self.bar.set_message(state.message());
    }

    /// An account's pass has begun.
    pub fn account_started(&self, name: &str) {
        let mut state = self.state();
        state.in_flight.insert(name.to_owned());
        self.bar.set_message(state.message());
    }

    /// An account's pass has ended; `ok` unless part of it failed.
    pub fn account_finished(&self, name: &str, ok: bool) {
        let mut state = self.state();
        state.in_flight.remove(name);
        state.trouble += usize::from(!ok);
        self.bar.set_message(state.message());
        self.bar.inc(1);
    }

    /// Removes the line, so that what is printed next stands on clear ground.
    pub fn finish(&self) {
        self.bar.finish_and_clear();
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        self.finish();
    }
}

impl State {
    fn message(&self) -> String {
        let named: Vec<&str> = self.in_flight.iter().take(NAMED).map(String::as_str).collect();
        let mut message = format!("{} {}", self.phase, named.join(", "));
        if self.in_flight.len() > NAMED {
            message.push_str(&format!(" and {} more", self.in_flight.len() - NAMED));
        }
        if self.trouble > 0 {
            message.push_str(&format!(" ({} with errors)", self.trouble));
        }
        message
    }
}

fn style() -> ProgressStyle {
    let template = "{spinner} [{bar:24}] {pos}/{len} accounts, {elapsed}: {wide_msg}";
    let style = ProgressStyle::with_template(template).unwrap_or_else(|_| ProgressStyle::default_bar());
    style.progress_chars("=> ").tick_chars(r"|/-\ ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io;
    use std::sync::Arc;

    /// A terminal that keeps all that is written to it.
    #[derive(Debug, Clone, Default)]
    struct Recorder(Arc<Mutex<String>>);

    impl Recorder {
        fn push(&self, text: &str) -> io::Result<()> {
            self.0.lock().unwrap_or_else(PoisonError::into_inner).push_str(text);
            Ok(())
        }

        fn text(&self) -> String {
            self.0.lock().unwrap_or_else(PoisonError::into_inner).clone()
        }
    }

    impl indicatif::TermLike for Recorder {
        fn width(&self) -> u16 {
            120
        }
        fn move_cursor_up(&self, _: usize) -> io::Result<()> {
            Ok(())
        }
        fn move_cursor_down(&self, _: usize) -> io::Result<()> {
            Ok(())
        }
        fn move_cursor_right(&self, _: usize) -> io::Result<()> {
            Ok(())
        }
        fn move_cursor_left(&self, _: usize) -> io::Result<()> {
            Ok(())
        }
        fn write_line(&self, text: &str) -> io::Result<()> {
            self.push(text)?;
            self.push("\n")
        }
        fn write_str(&self, text: &str) -> io::Result<()> {
            self.push(text)
        }
        fn clear_line(&self) -> io::Result<()> {
            self.push("<cleared>")
        }
        fn flush(&self) -> io::Result<()> {
            Ok(())
        }
    }

    fn on(recorder: &Recorder, total: usize) -> Progress {
        Progress::on(ProgressDrawTarget::term_like(Box::new(recorder.clone())), total)
    }

    #[test]
    fn the_accounts_in_flight_and_those_in_trouble_are_named() {
        let recorder = Recorder::default();
        let progress = on(&recorder, 5);
        ["dev", "prod", "shop", "data"].iter().for_each(|name| progress.account_started(name));
        progress.account_finished("dev", false);
        progress.bar.force_draw();
        assert!(recorder.text().contains("1/5 accounts"), "{}", recorder.text());
        assert!(recorder.text().contains("reading data, prod, shop (1 with errors)"), "{}", recorder.text());
    }

    #[test]
    fn a_new_phase_counts_from_the_beginning() {
        let recorder = Recorder::default();
        let progress = on(&recorder, 2);
        progress.account_started("dev");
        progress.account_finished("dev", true);
        progress.phase("applying");
        progress.account_started("prod");
        progress.bar.force_draw();
        assert!(recorder.text().contains("0/2 accounts"), "{}", recorder.text());
        assert!(recorder.text().contains("applying prod"), "{}", recorder.text());
    }

    #[test]
    fn the_line_is_gone_when_the_run_ends() {
        let recorder = Recorder::default();
        on(&recorder, 2).finish();
        assert!(recorder.text().ends_with("<cleared>"), "{}", recorder.text());
    }

    #[test]
    fn nothing_is_drawn_where_progress_is_not_wanted() {
        let progress = Progress::new(false, 3);
        assert!(progress.bar.is_hidden());
    }

    #[test]
    fn many_tasks_may_report_at_once() {
        let progress = on(&Recorder::default(), 64);
        std::thread::scope(|scope| {
            for index in 0..64 {
                let progress = &progress;
                scope.spawn(move || {
                    progress.account_started(&index.to_string());
                    progress.account_finished(&index.to_string(), index % 2 == 0);
                });
            }
        });
        assert_eq!(progress.bar.position(), 64);
        assert_eq!(progress.state().trouble, 32);
        assert!(progress.state().in_flight.is_empty());
    }
}
