//! Lines of styled text, wrapped and painted when all is known.
//!
//! Much of what is shown was written by others: service names, tags, AWS's
//! own words. A control character among it could rewrite what a terminal
//! already shows, so none passes here.

use time::OffsetDateTime;

use super::Style;

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

/// One logical line.
#[derive(Debug, Default)]
pub(super) struct Line {
    indent: usize,
    hang: usize,
    characters: Vec<(Role, char)>,
}

impl Line {
    /// Adds text of a role. A line feed in it starts a new line under the text.
    pub(super) fn text(&mut self, role: Role, text: &str) -> &mut Self {
        let safe = |character: char| match character {
            '\n' => '\n',
            '\t' => ' ',
            other if other.is_control() || is_direction_mark(other) => char::REPLACEMENT_CHARACTER,
            other => other,
        };
        self.characters.extend(text.chars().map(|character| (role, safe(character))));
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
        self.indent + self.characters.iter().map(|(_, character)| columns(*character)).sum::<usize>()
    }

    /// Wraps what doesn't fit this much further right than the line begins.
    pub(super) fn hang(&mut self, columns: usize) -> &mut Self {
        self.hang = self.indent + columns;
        self
    }

    fn write(&self, style: Style, text: &mut String) {
        let mut indent = self.indent;
        for paragraph in self.characters.split(|(_, character)| *character == '\n') {
            self.write_paragraph(paragraph, indent, style, text);
            text.push('\n');
            indent = self.hang;
        }
    }

    fn write_paragraph(&self, paragraph: &[(Role, char)], indent: usize, style: Style, text: &mut String) {
        let (mut row, mut column) = (Vec::new(), indent);
        push_spaces(indent, text);
        for (index, word) in paragraph.split_inclusive(|(_, character)| *character == ' ').enumerate() {
            let width = |word: &[(Role, char)]| word.iter().map(|(_, character)| columns(*character)).sum();
            let (whole, visible): (usize, usize) = (width(word), width(without_space(word)));
            if index > 0 && style.width > 0 && column + visible > style.width && column > self.hang + MARK {
                paint(without_space(&row), style, text);
                text.push('\n');
                push_spaces(self.hang, text);
                (row, column) = (Vec::new(), self.hang);
            }
            row.extend_from_slice(word);
            column += whole;
        }
        paint(&row, style, text);
    }
}

fn without_space(word: &[(Role, char)]) -> &[(Role, char)] {
    match word {
        [init @ .., (_, ' ')] => init,
        word => word,
    }
}

/// Characters that make a terminal show text in another order than it stands.
fn is_direction_mark(character: char) -> bool {
    matches!(character, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
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

/// Writes a row, each run of one role in its colour.
fn paint(row: &[(Role, char)], style: Style, text: &mut String) {
    for run in row.chunk_by(|(one, _), (other, _)| one == other) {
        let ansi = run.first().and_then(|(role, _)| role.ansi()).filter(|_| style.color);
        let characters = run.iter().map(|(_, character)| character);
        match ansi {
            Some(ansi) => {
                text.push_str(&format!("\u{1b}[{ansi}m"));
                text.extend(characters);
                text.push_str("\u{1b}[0m");
            }
            None => text.extend(characters),
        }
    }
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
        self.lines.push(Line { indent, hang: indent + 2, characters: Vec::new() });
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
}
