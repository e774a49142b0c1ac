//! What is wrong with a fleet file, and where.

use std::fmt;

/// A place in the text of a fleet file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Position {
    /// The line, counted from 1.
    pub line: usize,
    /// The column in characters, counted from 1.
    pub column: usize,
}

impl fmt::Display for Position {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}:{}", self.line, self.column)
    }
}

/// One thing that is wrong with a fleet file, or worth a warning.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Problem {
    /// Where in the text, if it is about a place in the text.
    pub position: Option<Position>,
    /// Which field, `spec.accounts[3].id` say. Empty: the file as a whole.
    pub path: String,
    /// What is wrong and what to do, on one line.
    pub message: String,
}

/// The longest message that is shown whole, in characters. A value of the file
/// can be as long as the file.
const LONGEST_MESSAGE: usize = 400;
const LONGEST_PATH: usize = 200;

impl Problem {
    /// A problem with a field; [`Positions::locate`] finds its place.
    ///
    /// Control characters, which come from values of the file, are escaped.
    ///
    /// [`Positions::locate`]: super::positions::Positions::locate
    pub fn new(path: impl AsRef<str>, message: impl AsRef<str>) -> Self {
        Self {
            position: None,
            path: one_line(&without_secrets(path.as_ref()), LONGEST_PATH),
            message: one_line(&without_secrets(message.as_ref()), LONGEST_MESSAGE),
        }
    }

    /// The same problem at a place that is known already.
    pub fn at(self, position: Position) -> Self {
        Self { position: Some(position), ..self }
    }

    /// The problem as one line: `fleet.yaml:12:7: spec.accounts[1].id: …`.
    pub fn line(&self, origin: &str) -> String {
        let position = self.position.map(|position| format!(":{position}")).unwrap_or_default();
        let path = if self.path.is_empty() { String::new() } else { format!("{}: ", self.path) };
        format!("{origin}{position}: {path}{}", self.message)
    }
}

/// Schemes of places that reports are kept in: no webhook has one.
const NO_WEBHOOKS: [&str; 4] = ["file", "s3", "gs", "az"];
fn without_secrets(text: &str) -> String {
    without_tokens(&without_urls(text))
}

/// The text with every token of Slack cut after its kind.
fn without_tokens(text: &str) -> String {
    let mut parts = text.split("xox");
    let mut shown = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let is_token = |letter: char| letter.is_ascii_alphanumeric() || letter == '-';
        let (token, rest) = part.split_at(part.find(|letter| !is_token(letter)).unwrap_or(part.len()));
        shown.push_str("xox");
        shown.push_str(if token.contains('-') { "…" } else { token });
        shown.push_str(rest);
    }
    shown
}

/// The text with every URL cut after its scheme: one that stands in a fleet
/// file is probably a webhook, which is a secret.
fn without_urls(text: &str) -> String {
    let mut parts = text.split("://");
    let mut shown = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let scheme = shown.rsplit(|letter: char| !letter.is_ascii_alphanumeric()).next();
        if scheme.is_some_and(|scheme| NO_WEBHOOKS.contains(&scheme)) {
            shown.push_str("://");
            shown.push_str(part);
            continue;
        }
        let rest = part.find(|letter: char| letter.is_whitespace() || "\"'`<>".contains(letter));
        shown.push_str("://…");
        shown.push_str(rest.map_or("", |end| &part[end..]));
    }
    shown
}

fn one_line(text: &str, longest: usize) -> String {
    let mut line = String::with_capacity(text.len().min(longest));
    for (index, character) in text.chars().enumerate() {
        if index == longest {
            line.push('…');
            break;
        }
        if character.is_control() {
            line.extend(character.escape_default());
        } else {
            line.push(character);
        }
    }
    line
}

/// Everything that is wrong with a fleet file, in the order of its text. It
/// displays as one line a problem.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{}", .problems.iter().map(|problem| problem.line(.origin)).collect::<Vec<_>>().join("\n"))]
pub struct FleetErrors {
    /// What the file is called in messages.
    pub origin: String,
    /// The problems, at least one.
    pub problems: Vec<Problem>,
}

impl FleetErrors {
    /// Whether there is no text at all: what is wrong is in no place and no field
    /// of it.
    pub fn is_unread(&self) -> bool {
        self.problems.iter().all(|problem| problem.position.is_none() && problem.path.is_empty())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_with_line_breaks_or_terminal_codes_stays_on_one_harmless_line() {
        let problem = Problem::new("spec", "`a\n\u{1b}[31m` is bad").at(Position { line: 2, column: 3 });
        assert_eq!(problem.line("f.yaml"), r"f.yaml:2:3: spec: `a\n\u{1b}[31m` is bad");
    }

    #[test]
    fn a_webhook_that_stands_where_it_should_not_is_not_repeated() {
        let message = "found \"https://example.invalid/hook?key=abc\", expected `a`";
        let problem = Problem::new("via.https://example.invalid/hook", message);
        assert_eq!(problem.line("f.yaml"), "f.yaml: via.https://…: found \"https://…\", expected `a`");
        let problem = Problem::new("", "write s3://bucket/prefix, not https://bucket/prefix?key=abc");
        assert_eq!(problem.line("f.yaml"), "f.yaml: write s3://bucket/prefix, not https://…");
    }

    #[test]
    fn a_value_as_long_as_the_file_is_cut() {
        assert_eq!(Problem::new("", "x".repeat(5000)).message.chars().count(), LONGEST_MESSAGE + 1);
    }
}
