//! Lines of styled text, wrapped and painted when all is known.
//!
//! Much of what is shown was written by others: service names, tags, AWS's
//! own words. A control character among it could rewrite what a terminal
//! already shows, so none passes here.

use time::OffsetDateTime;

use super::Style;
use crate::report::plain::plain_character;

/// How many columns a mark and its space take. Wrapping after no more than
/// that would gain nothing.
const MARK: usize = 2;

/// What a piece of text is for, which decides its colour.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Role {
    Plain,
    Strong,
    Dim,
    Good,
    Bad,
    Doubtful,
    Note,
}

impl Role {
    /// The parameter of the ANSI sequence that switches it on.
    fn ansi(self) -> Option<&'static str> {
        match self {
            Self::Plain => None,
            Self::Strong => Some("1"),
            Self::Dim => Some("2"),
            Self::Good => Some("32"),
            Self::Bad => Some("31"),
            Self::Doubtful => Some("33"),
            Self::Note => Some("36"),
        }
    }
}

/// One character, and what it is part of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Glyph {
    role: Role,
    /// Which of the line's links it is part of.
    link: Option<usize>,
    character: char,
}

impl Glyph {
    fn is(&self, character: char) -> bool {
        self.character == character
    }
}

/// One logical line.
#[derive(Debug, Default)]
pub(super) struct Line {
    indent: usize,
    hang: usize,
    glyphs: Vec<Glyph>,
    links: Vec<String>,
}

impl Line {
    /// Adds text of a role. A line feed in it starts a new line under the text.
    pub(super) fn text(&mut self, role: Role, text: &str) -> &mut Self {
        self.glyphs(role, None, text)
    }

    /// Adds plain text that opens a page, where the terminal can. A page whose
    /// address could end the link early is left out.
    pub(super) fn linked(&mut self, text: &str, url: Option<&str>) -> &mut Self {
        let url = url.filter(|url| url.bytes().all(|byte| byte.is_ascii_graphic()));
        let link = url.map(|url| {
            self.links.push(url.to_owned());
            self.links.len() - 1
        });
        self.glyphs(Role::Plain, link, text)
    }

    fn glyphs(&mut self, role: Role, link: Option<usize>, text: &str) -> &mut Self {
        let characters = text.chars().map(plain_character);
        self.glyphs.extend(characters.map(|character| Glyph { role, link, character }));
        self
    }

    /// Adds plain text.
    pub(super) fn plain(&mut self, text: &str) -> &mut Self {
        self.text(Role::Plain, text)
    }

    /// Adds a one-character mark and a space.
    pub(super) fn mark(&mut self, role: Role, mark: char) -> &mut Self {
        self.text(role, mark.encode_utf8(&mut [0; 4])).plain(" ")
    }

    /// How many columns the line takes if it is not wrapped.
    pub(super) fn width(&self) -> usize {
        self.indent + width(&self.glyphs)
    }

    /// Wraps what doesn't fit this much further right than the line begins.
    pub(super) fn hang(&mut self, columns: usize) -> &mut Self {
        self.hang = self.indent + columns;
        self
    }

    fn write(&self, style: Style, text: &mut String) {
        let mut indent = self.indent;
        for paragraph in self.glyphs.split(|glyph| glyph.is('\n')) {
            self.write_paragraph(paragraph, indent, style, text);
            text.push('\n');
            indent = self.hang;
        }
    }

    fn write_paragraph(&self, paragraph: &[Glyph], indent: usize, style: Style, text: &mut String) {
        let (mut row, mut column) = (Vec::new(), indent);
        push_spaces(indent, text);
        for (index, word) in paragraph.split_inclusive(|glyph| glyph.is(' ')).enumerate() {
            let (whole, visible) = (width(word), width(without_space(word)));
            if index > 0 && style.width > 0 && column + visible > style.width && column > self.hang + MARK {
                self.paint(without_space(&row), style, text);
                text.push('\n');
                push_spaces(self.hang, text);
                (row, column) = (Vec::new(), self.hang);
            }
            row.extend_from_slice(word);
            column += whole;
        }
        self.paint(&row, style, text);
    }

    /// Writes a row, each run of one role in its colour, and links as terminals
    /// take them (OSC 8).
    fn paint(&self, row: &[Glyph], style: Style, text: &mut String) {
        for run in row.chunk_by(|one, other| (one.role, one.link) == (other.role, other.link)) {
            let Some(first) = run.first() else { continue };
            let ansi = first.role.ansi().filter(|_| style.color);
            let url = first.link.and_then(|link| self.links.get(link)).filter(|_| style.hyperlinks);
            if let Some(url) = url {
                text.push_str(&format!("\u{1b}]8;;{url}\u{1b}\\"));
            }
            if let Some(ansi) = ansi {
                text.push_str(&format!("\u{1b}[{ansi}m"));
            }
            text.extend(run.iter().map(|glyph| glyph.character));
            if ansi.is_some() {
                text.push_str("\u{1b}[0m");
            }
            if url.is_some() {
                text.push_str("\u{1b}]8;;\u{1b}\\");
            }
        }
    }
}

/// How many columns glyphs take in one row.
fn width(glyphs: &[Glyph]) -> usize {
    glyphs.iter().map(|glyph| columns(glyph.character)).sum()
}

fn without_space(word: &[Glyph]) -> &[Glyph] {
    match word {
        [init @ .., last] if last.is(' ') => init,
        word => word,
    }
}

/// How many columns a terminal gives a character: East Asian ones take two.
fn columns(character: char) -> usize {
    match character {
        '\u{1100}'..='\u{115f}'
        | '\u{2e80}'..='\u{a4cf}'
        | '\u{ac00}'..='\u{d7a3}'
        | '\u{f900}'..='\u{faff}'
        | '\u{fe30}'..='\u{fe6f}'
        | '\u{ff00}'..='\u{ff60}'
        | '\u{ffe0}'..='\u{ffe6}' => 2,
        _ => 1,
    }
}

fn push_spaces(count: usize, text: &mut String) {
    text.extend(std::iter::repeat_n(' ', count));
}

/// Lines in the making.
#[derive(Debug)]
pub(super) struct Lines {
    pub(super) style: Style,
    /// When the run ended, which ages are told by.
    pub(super) now: Option<OffsetDateTime>,
    lines: Vec<Line>,
}

impl Lines {
    pub(super) fn new(style: Style) -> Self {
        Self { style, now: None, lines: Vec::new() }
    }

    /// A new line that begins at a column.
    pub(super) fn add(&mut self, indent: usize) -> &mut Line {
        let index = self.lines.len();
        self.lines.push(Line { indent, hang: indent + 2, ..Line::default() });
        &mut self.lines[index]
    }

    /// An empty line.
    pub(super) fn blank(&mut self) {
        self.lines.push(Line::default());
    }

    /// The text.
    pub(super) fn finish(self) -> String {
        let mut text = String::new();
        for line in &self.lines {
            line.write(self.style, &mut text);
        }
        text
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written(style: Style, build: impl FnOnce(&mut Line)) -> String {
        let mut lines = Lines::new(style);
        build(lines.add(2));
        lines.finish()
    }

    #[test]
    fn a_long_message_wraps_under_its_own_text() {
        let text = written(Style { width: 14, ..Style::default() }, |line| {
            line.plain("x one two three four");
        });
        assert_eq!(text, "  x one two\n    three four\n");
    }

    #[test]
    fn a_word_longer_than_the_terminal_stays_whole_so_that_it_can_be_copied() {
        let arn = "arn:aws:sns:us-east-1:111111111111:foghorn";
        let text = written(Style { width: 20, ..Style::default() }, |line| {
            line.plain("x ").plain(arn).plain(" is gone");
        });
        assert_eq!(text, format!("  x {arn}\n    is gone\n"));
    }

    #[test]
    fn colour_takes_no_room_in_wrapping() {
        let build = |line: &mut Line| {
            line.mark(Role::Bad, 'x').text(Role::Strong, "prod").plain(": breakers are off");
        };
        let plain = Style { width: 16, ..Style::default() };
        let colored = written(Style { color: true, ..plain }, build);
        assert!(colored.contains("\u{1b}[31mx\u{1b}[0m \u{1b}[1mprod\u{1b}[0m:"), "{colored:?}");
        let bare = ["\u{1b}[31m", "\u{1b}[1m", "\u{1b}[0m"]
            .iter()
            .fold(colored, |text, ansi| text.replace(ansi, ""));
        assert_eq!(bare, written(plain, build));
    }

    #[test]
    fn a_name_cannot_steer_the_terminal() {
        let text = written(Style { color: true, ..Style::default() }, |line| {
            line.plain("web\u{1b}[2J\u{7}\u{9b}\u{202e}\r");
        });
        assert_eq!(text, "  web\u{fffd}[2J\u{fffd}\u{fffd}\u{fffd}\u{fffd}\n");
    }

    #[test]
    fn a_message_of_several_lines_keeps_them() {
        let text = written(Style::default(), |line| {
            line.plain("x do this:\n1. open\n2. allow");
        });
        assert_eq!(text, "  x do this:\n    1. open\n    2. allow\n");
    }

    #[test]
    fn korean_names_take_two_columns_each() {
        let text = written(Style { width: 12, ..Style::default() }, |line| {
            line.plain("결제 서비스 운영");
        });
        assert_eq!(text, "  결제\n    서비스\n    운영\n");
    }

    #[test]
    fn a_link_is_for_terminals_that_can_and_takes_no_room() {
        let linked = |style: Style, url: &str| {
            let mut lines = Lines::new(style);
            lines.add(0).plain("see ").linked("prod/api", Some(url)).plain(" now");
            lines.finish()
        };
        let style = Style { hyperlinks: true, width: 16, ..Style::default() };
        let url = "https://console.aws.amazon.com/ecs";
        assert_eq!(
            linked(style, url),
            format!("see \u{1b}]8;;{url}\u{1b}\\prod/api\u{1b}]8;;\u{1b}\\ now\n")
        );
        assert_eq!(linked(Style::default(), url), "see prod/api now\n");
        assert_eq!(linked(style, "https://a/\u{1b}\\b"), "see prod/api now\n");
    }
}
