//! A digest in lines, as every room tells it.

use time::UtcOffset;
use time::macros::format_description;

use crate::chat::clean::one_line;
use crate::chat::cut::cut;
use crate::model::digest::{AccountDigest, Chapter, Detail, Digest, Item, Level, Section, Subject};
use crate::model::news::News;
use crate::model::number::{counted, thousands};
use crate::model::pass::AccountSummary;
use crate::model::report::Mode;

/// The most characters of a sentence, of a name, and of a link. A longer link
/// is left out, since half of it leads nowhere.
const SENTENCE: usize = 400;
const NAME: usize = 100;
const LINK: usize = 400;

/// With more accounts than this, only so many are told in full.
const MANY: usize = 6;
const IN_FULL: usize = 3;

/// What a digest says, room by room the same.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Story {
    /// The sign, the fleet and the headline.
    pub title: String,
    /// The figures.
    pub lead: Vec<Line>,
    /// One group an account, and one for all that are told in a line.
    pub accounts: Vec<Group>,
    /// What to do next.
    pub next: Vec<Line>,
    /// One group a kind of detail and account.
    pub details: Vec<Group>,
    /// Which run it is of.
    pub foot: String,
    /// What tells the run's messages from those of others.
    pub thread: String,
}

/// Lines that belong together.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Group {
    /// Whether each line is counted where the group is left out, or the group as
    /// one.
    pub is_list: bool,
    pub head: Line,
    pub lines: Vec<Line>,
}

/// One line.
#[derive(Debug, Clone, PartialEq, Default)]
pub(super) struct Line {
    /// Whether it stands beneath the line before it.
    pub beneath: bool,
    pub spans: Vec<Span>,
}

/// A piece of a line, free of control characters and otherwise as it was.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Span {
    Plain(String),
    Strong(String),
    Link { text: String, url: String },
}

impl Story {
    pub(super) fn of(digest: &Digest) -> Self {
        let fleet = cut(&one_line(&digest.fleet), NAME, |_| 1);
        Self {
            title: format!("{} {fleet}: {}", sign(digest.level), sentence(&digest.headline)),
            lead: digest.facts.iter().map(|fact| Line::plain(fact)).collect(),
            accounts: accounts(&digest.accounts),
            next: digest.next.iter().map(|step| Line::plain(&format!("Next: {step}"))).collect(),
            details: digest.chapters.iter().flat_map(chapter).collect(),
            foot: foot(digest, &fleet),
            thread: format!("foghorn/{fleet}/{}", one_line(&digest.run)),
        }
    }
}

impl Line {
    /// A sentence that came from anywhere.
    pub(super) fn plain(text: &str) -> Self {
        Self { beneath: false, spans: vec![Span::Plain(sentence(text))] }
    }

    fn beneath(spans: Vec<Span>) -> Self {
        Self { beneath: true, spans }
    }

    /// The same with nothing but the beginning of its text.
    pub(super) fn shortened(&self) -> Self {
        let text = cut(&self.text(), NAME, |_| 1);
        Self { beneath: self.beneath, spans: vec![Span::Plain(text)] }
    }

    /// The line without marks.
    pub(super) fn text(&self) -> String {
        self.spans.iter().map(Span::text).collect()
    }
}

impl Span {
    pub(super) fn text(&self) -> &str {
        match self {
            Self::Plain(text) | Self::Strong(text) | Self::Link { text, .. } => text,
        }
    }
}

fn sentence(text: &str) -> String {
    cut(&one_line(text), SENTENCE, |_| 1)
}

fn name(text: &str) -> String {
    cut(&one_line(text), NAME, |_| 1)
}

/// The sign that a line begins with, so that a glance is enough.
fn sign(level: Level) -> &'static str {
    match level {
        Level::Error => "🔴",
        Level::Unknown => "❓",
        Level::Warning => "🟠",
        Level::Info => "🔵",
        Level::Clear => "🟢",
    }
}

fn foot(digest: &Digest, fleet: &str) -> String {
    let mode = match digest.mode {
        Mode::Plan => "plan",
        Mode::Apply => "apply",
        Mode::Destroy => "destroy",
    };
    let format = format_description!("[year]-[month]-[day] [hour]:[minute] UTC");
    let time = digest.finished_at.to_offset(UtcOffset::UTC).format(format).unwrap_or_default();
    let labels: Vec<String> = digest.labels.iter().map(|(name, value)| format!("{name}={value}")).collect();
    let part =
        if labels.is_empty() { String::new() } else { format!(" · accounts with {}", labels.join(", ")) };
    sentence(&format!("Foghorn {mode} of {fleet} · {time} · run {}{part}", digest.run))
}

/// `prod` with its id, unless that is its name, and its labels.
fn title(level: Level, account: &AccountSummary) -> Line {
    let labels: String = account.labels.iter().map(|(name, value)| format!(" {name}={value}")).collect();
    let labels = if labels.is_empty() { labels } else { format!(" {}", name(&labels)) };
    Line {
        beneath: false,
        spans: vec![
            Span::Plain(format!("{} ", sign(level))),
            Span::Strong(name(&account.name)),
            Span::Plain(format!("{}{labels}", id_of(account))),
        ],
    }
}

/// The worst in full, and, where there are many, the others in a line each.
fn accounts(accounts: &[AccountDigest]) -> Vec<Group> {
    let full = if accounts.len() > MANY { IN_FULL } else { accounts.len() };
    let (worst, others) = accounts.split_at(full);
    let mut groups: Vec<Group> = worst.iter().map(account).collect();
    if !others.is_empty() {
        let head = Line { beneath: false, spans: vec![Span::Strong("Other accounts".to_owned())] };
        groups.push(Group { is_list: true, head, lines: others.iter().map(in_a_line).collect() });
    }
    groups
}

/// `team-08 000000000008 env=prod: 50 findings, 1 new: the breaker is off`.
fn in_a_line(one: &AccountDigest) -> Line {
    let Line { mut spans, .. } = title(one.level, &one.account);
    let new = if one.new > 0 { format!(", {} new", thousands(one.new)) } else { String::new() };
    let findings =
        if one.count > 0 { format!("{}{new}: ", counted(one.count, "finding")) } else { String::new() };
    let worst = one.items.first().map(|item| cut(&one_line(&item.text), NAME, |_| 1)).unwrap_or_default();
    spans.push(Span::Plain(format!(": {findings}{worst}")));
    Line { beneath: false, spans }
}

fn account(account: &AccountDigest) -> Group {
    let mut lines: Vec<Line> = account.items.iter().flat_map(item).collect();
    if account.more > 0 {
        lines.push(Line::plain(&format!("… and {} more", thousands(account.more))));
    }
    Group { is_list: false, head: title(account.level, &account.account), lines }
}

fn id_of(account: &AccountSummary) -> String {
    if account.name == account.id.as_str() { String::new() } else { format!(" {}", account.id) }
}

/// One line for one thing; for several, one that says what they have in common
/// and one with their names.
fn item(item: &Item) -> Vec<Line> {
    let mark = Span::Plain(format!("{} ", sign(item.level)));
    let news = match (item.news(), item.new) {
        (Some(News::New), _) => " (new)".to_owned(),
        (None, Some(new)) => format!(" ({} new)", thousands(new)),
        _ => String::new(),
    };
    let text = sentence(&item.text);
    match item.subjects.as_slice() {
        [] => vec![Line { beneath: false, spans: vec![mark, Span::Plain(text)] }],
        [only] if item.count == 1 => {
            vec![Line {
                beneath: false,
                spans: vec![mark, subject(only), Span::Plain(format!("{news}: {text}"))],
            }]
        }
        subjects => {
            let head = Span::Strong(counted(item.count, item.noun));
            let line =
                Line { beneath: false, spans: vec![mark, head, Span::Plain(format!("{news}: {text}"))] };
            vec![line, Line::beneath(names(subjects, item.count))]
        }
    }
}

fn names(subjects: &[Subject], count: usize) -> Vec<Span> {
    let mut spans = Vec::new();
    for (index, one) in subjects.iter().enumerate() {
        spans.extend((index > 0).then(|| Span::Plain(", ".to_owned())));
        spans.push(subject(one));
    }
    let hidden = count.saturating_sub(subjects.len());
    spans.extend((hidden > 0).then(|| Span::Plain(format!(" … and {} more", thousands(hidden)))));
    spans
}

fn subject(subject: &Subject) -> Span {
    let text = name(&subject.name);
    match subject.link.as_deref().and_then(web_link) {
        Some(url) => Span::Link { text, url },
        None => Span::Strong(text),
    }
}

/// A link that may be shown: one to a web page, written out in full, without
/// the characters that end a link in any room's markup.
fn web_link(url: &str) -> Option<String> {
    let url = reqwest::Url::parse(url).ok()?;
    let url = String::from(url.clone())
        .replace('|', "%7C")
        .replace('(', "%28")
        .replace(')', "%29")
        .replace('\'', "%27");
    (url.starts_with("https://") && url.len() <= LINK).then_some(url)
}

fn chapter(chapter: &Chapter) -> Vec<Group> {
    chapter.sections.iter().map(|section| details(chapter.title, section)).collect()
}

fn details(title: &str, section: &Section) -> Group {
    let account = name(&section.account.name);
    let head = Line {
        beneath: false,
        spans: vec![Span::Strong(account), Span::Plain(format!("{} · {title}", id_of(&section.account)))],
    };
    Group { is_list: false, head, lines: section.details.iter().flat_map(detail).collect() }
}

fn detail(detail: &Detail) -> Vec<Line> {
    let beneath = detail.beneath.iter().map(|text| Line { beneath: true, ..Line::plain(text) });
    [Line::plain(&detail.text)].into_iter().chain(beneath).collect()
}
