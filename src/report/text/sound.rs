//! What canaries came to, for people.

use std::collections::BTreeMap;

use crate::model::AccountId;
use crate::model::pass::AccountSummary;
use crate::model::sounding::{HopKind, HopState, SoundHop, SoundReport, SoundState, Sounding, UnreadAccount};
use crate::report::exit::{ExitCode, sound_exit_code};

use super::Style;
use super::account::title;
use super::counts::{counted, duration, nonzero};
use super::coverage::blindness_of;
use super::line::{Line, Lines, Role};
use super::names::listed;

/// How many soundings are few enough to show every hop of those that are fine.
const USUAL: usize = 10;

/// The whole report.
pub fn render_sound(report: &SoundReport, style: &Style) -> String {
    let mut lines = Lines::new(*style);
    let is_brief = report.soundings.len() > USUAL && style.verbose == 0;
    for account in accounts(report) {
        title(account, lines.add(0));
        report
            .unread
            .iter()
            .filter(|one| one.account.id == account.id)
            .for_each(|one| unread(one, &mut lines));
        of(report, &account.id).for_each(|sounding| show(sounding, is_brief, &mut lines));
        lines.blank();
    }
    show_figures(report, &mut lines);
    lines.finish()
}

/// Every account that there is something to say of, by id.
fn accounts(report: &SoundReport) -> Vec<&AccountSummary> {
    let sounded = report.soundings.iter().map(|one| &one.account);
    let mut accounts: Vec<_> = sounded.chain(report.unread.iter().map(|one| &one.account)).collect();
    accounts.sort_by(|one, other| one.id.cmp(&other.id));
    accounts.dedup_by(|one, other| one.id == other.id);
    accounts
}

fn of<'a>(report: &'a SoundReport, account: &AccountId) -> impl Iterator<Item = &'a Sounding> {
    report.soundings.iter().filter(move |sounding| sounding.account.id == *account)
}

fn unread(account: &UnreadAccount, lines: &mut Lines) {
    for blind in blindness_of(&account.coverage) {
        blind.show(2, lines);
    }
}

fn show(sounding: &Sounding, is_brief: bool, lines: &mut Lines) {
    let line = lines.add(2);
    mark(sounding.state, line);
    line.text(Role::Strong, &sounding.pipeline).plain(" in ").plain(sounding.location.as_str()).plain(": ");
    line.plain(in_words(sounding));
    if let Some(canary) = &sounding.canary {
        let id = canary.event.as_deref().map(|id| format!(" (event {id})"));
        line.text(Role::Dim, &id.unwrap_or_default());
    }
    if sounding.canary.as_ref().is_some_and(|canary| canary.event.is_none()) {
        lines
            .add(4)
            .mark(Role::Doubtful, '?')
            .plain("EventBridge did not answer, so nobody knows whether it was sent; it is not sent again");
    }
    if is_brief && is_fine(sounding) {
        return;
    }
    if sounding.hops.is_empty() {
        why(sounding, 4, lines);
    }
    let shown = sounding.hops.iter().position(|hop| hop.state != HopState::Reached);
    for hop in sounding.hops.iter().take(shown.map_or(sounding.hops.len(), |stopped| stopped + 1)) {
        show_hop(hop, lines);
    }
    if !sounding.hops.is_empty() {
        why(sounding, 6, lines);
    }
    show_beyond(sounding, lines);
    show_patterns(sounding, lines);
}

/// Whether there is nothing to say of it but that it is fine.
fn is_fine(sounding: &Sounding) -> bool {
    let patterns = &sounding.patterns;
    matches!(sounding.state, SoundState::Arrived | SoundState::Off)
        && sounding.settings_say.is_none()
        && patterns.missed.is_empty()
        && patterns.unread.is_none()
}

fn mark(state: SoundState, line: &mut Line) {
    match state {
        SoundState::Arrived => line.mark(Role::Good, '='),
        SoundState::Failed | SoundState::NotSeen | SoundState::NotSent => line.mark(Role::Bad, 'x'),
        SoundState::Unread => line.mark(Role::Doubtful, '?'),
        SoundState::Off => line.mark(Role::Note, '-'),
    };
}

fn in_words(sounding: &Sounding) -> &'static str {
    match sounding.state {
        SoundState::Arrived => "arrived, as far as can be seen",
        SoundState::Failed => "the canary was refused",
        SoundState::NotSeen => "the canary was not seen to arrive in time",
        SoundState::NotSent => "no canary was sent",
        SoundState::Unread if sounding.canary.is_some() => "how far the canary got could not be read",
        SoundState::Unread => "no canary was sent, for it could not be read whether anything would take it",
        SoundState::Off => "no canary was sent, for the fleet file says `canary: false`",
    }
}

fn show_hop(hop: &SoundHop, lines: &mut Lines) {
    let line = lines.add(4);
    let (subject, passed) = (hop.subject.as_str(), passed(hop.name));
    match hop.state {
        HopState::Reached => line.mark(Role::Good, '=').plain(subject).plain(" ").plain(passed),
        HopState::Failed => {
            line.mark(Role::Bad, 'x').text(Role::Strong, subject).plain(" ").plain(refused(hop.name))
        }
        HopState::NotSeen => {
            let line = line.mark(Role::Bad, 'x').plain("no count says that ");
            line.text(Role::Strong, subject).plain(" ").plain(passed)
        }
        HopState::Unread => {
            let line = line.mark(Role::Doubtful, '?').plain("nobody knows whether ");
            line.text(Role::Strong, subject).plain(" ").plain(passed)
        }
    };
    let counts: Vec<String> = hop.counts.iter().map(|(metric, count)| format!("{metric} {count}")).collect();
    if !counts.is_empty() {
        line.text(Role::Dim, &format!(" ({})", counts.join(", ")));
    }
}

fn passed(kind: HopKind) -> &'static str {
    match kind {
        HopKind::Rule | HopKind::HubRule | HopKind::Chatbot => "took it",
        HopKind::Target | HopKind::HubTarget => "was handed it",
        HopKind::Topic => "handed it on",
        HopKind::Function => "posted it",
    }
}

fn refused(kind: HopKind) -> &'static str {
    match kind {
        HopKind::Rule | HopKind::HubRule | HopKind::Target | HopKind::HubTarget => "could not be handed it",
        HopKind::Topic => "could not hand it on",
        HopKind::Chatbot => "did not post it",
        HopKind::Function => "could not post it",
    }
}

/// Why it stopped, and what stands in the way by the account's settings.
fn why(sounding: &Sounding, indent: usize, lines: &mut Lines) {
    if let Some(why) = &sounding.why {
        lines.add(indent).plain(why);
    }
    if let Some(say) = &sounding.settings_say {
        lines.add(indent).text(Role::Strong, "its settings say: ").plain("a failure ").plain(say);
    }
}

/// The hops that nothing is known of, because the canary stopped before.
fn show_beyond(sounding: &Sounding, lines: &mut Lines) {
    let unreached = sounding.hops.iter().skip_while(|hop| hop.state == HopState::Reached).skip(1);
    let mut names: Vec<&str> = unreached.map(|hop| hop.subject.as_str()).collect();
    names.dedup();
    if !names.is_empty() {
        lines.add(4).text(Role::Dim, &format!("beyond it, and not proven: {}", listed(&names)));
    }
}

fn show_patterns(sounding: &Sounding, lines: &mut Lines) {
    let patterns = &sounding.patterns;
    if patterns.samples > 0 && patterns.missed.is_empty() && patterns.unread.is_none() {
        let text = format!("EventBridge says that the rules take {}", counted_samples(patterns.samples));
        lines.add(4).mark(Role::Good, '=').plain(&text);
    }
    let mut alike: BTreeMap<(&[String], &str), Vec<&str>> = BTreeMap::new();
    for missed in &patterns.missed {
        alike.entry((&missed.rules, missed.family)).or_default().push(&missed.sample);
    }
    for ((rules, family), samples) in alike {
        let line = lines.add(4).mark(Role::Bad, 'x');
        line.plain("EventBridge says that ").plain(&whose(rules));
        let noun = if samples.len() == 1 { "sample" } else { "samples" };
        line.plain(&format!(" the {noun} ")).text(Role::Strong, &listed(&samples));
        line.plain(&format!(" of {family}: `foghorn apply` mends the pattern"));
    }
    if let Some(unread) = &patterns.unread {
        lines
            .add(4)
            .mark(Role::Doubtful, '?')
            .plain("the patterns could not be tried in full: ")
            .plain(unread);
    }
}

/// `the rule r does not take`, in the form that fits how many there are.
fn whose(rules: &[String]) -> String {
    match rules {
        [only] => format!("the rule {only} takes none of"),
        rules => format!("none of the rules {} takes", listed(rules)),
    }
}

fn counted_samples(count: usize) -> String {
    match count {
        1 => "the one sample event of its families".to_owned(),
        count => format!("all {count} sample events of its families"),
    }
}

fn show_figures(report: &SoundReport, lines: &mut Lines) {
    let (summary, metadata) = (&report.summary, &report.metadata);
    let parts = [
        (summary.arrived, "arrived"),
        (summary.failed, "refused"),
        (summary.not_seen, "not seen"),
        (summary.unread, "unknown"),
        (summary.not_sent, "not sent"),
        (summary.off, "switched off"),
    ];
    let parts = nonzero(&parts);
    let parts = if parts.is_empty() { "the fleet has no pipeline here".to_owned() } else { parts };
    let sent = match summary.sent {
        1 => "1 canary sent".to_owned(),
        count => format!("{count} canaries sent"),
    };
    lines.add(0).text(Role::Strong, &metadata.fleet).plain(&format!(", sound: {sent}; {parts}."));
    if summary.sent > 0 {
        let what =
            "one event each on the account's default bus: source foghorn.canary, detail-type Foghorn Canary";
        lines.add(2).hang(10).text(Role::Dim, "sent      ").plain(what);
    }
    let time = duration(metadata.finished_at - metadata.started_at);
    lines.add(2).text(Role::Dim, "run       ").plain(&format!("{} in {time}", metadata.run));
    let calls = counted(usize::try_from(summary.calls.total).unwrap_or(usize::MAX), "call");
    lines.add(2).text(Role::Dim, "calls     ").plain(&calls);
    if summary.sent > 0 {
        show_limits(report, lines);
    }
    show_exit(report, lines);
}

/// What no metric can prove.
fn show_limits(report: &SoundReport, lines: &mut Lines) {
    let look = format!(
        "look in each room for the message with `Run {}`: no metric says that a person sees it",
        report.metadata.run
    );
    lines.add(0).text(Role::Strong, "next: ").hang(6).plain(&look);
    let late = "AWS counts some minutes late and at best effort, and tells no event from another of the same \
                minutes: a hop that was not seen may have been passed, and one that was passed may have been passed by \
                another event";
    lines.add(0).text(Role::Strong, "note: ").hang(6).plain(late);
}

fn show_exit(report: &SoundReport, lines: &mut Lines) {
    let code = sound_exit_code(report);
    let (role, meaning) = match code {
        ExitCode::Clean if report.summary.sent == 0 => {
            (Role::Good, "nothing is wrong, and no canary was sent")
        }
        ExitCode::Clean => (Role::Good, "every canary passed the last hop that can be seen"),
        ExitCode::Drift => (Role::Doubtful, "something did not arrive, or would not be taken"),
        ExitCode::Incomplete | ExitCode::Failed => (Role::Doubtful, code.meaning()),
    };
    lines.add(0).text(role, &format!("exit {}", code as u8)).plain(": ").plain(meaning);
}
