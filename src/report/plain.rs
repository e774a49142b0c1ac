//! Text of others, made fit to be shown: service names, tags, AWS's own words.
//! A control character among it could rewrite what a terminal already shows,
//! and a direction mark makes text read in another order than it stands.

/// The character as it may be shown. A line feed stays.
pub(super) fn plain_character(character: char) -> char {
    match character {
        '\n' => '\n',
        '\t' => ' ',
        other if other.is_control() || is_direction_mark(other) => char::REPLACEMENT_CHARACTER,
        other => other,
    }
}

/// The text as it may be shown, of at most so many characters.
pub(super) fn plain(text: &str, most: usize) -> String {
    let mut characters = text.chars().map(plain_character);
    let mut shown: String = characters.by_ref().take(most).collect();
    if characters.next().is_some() {
        shown.push('…');
    }
    shown
}

fn is_direction_mark(character: char) -> bool {
    matches!(character, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_cannot_steer_what_shows_it() {
        assert_eq!(plain("a\u{1b}[2J\u{202e}b\tc\nd", 100), "a\u{fffd}[2J\u{fffd}b c\nd");
    }

    #[test]
    fn a_long_text_is_cut_between_characters() {
        assert_eq!(plain("결제 서비스", 3), "결제 …");
        assert_eq!(plain("abc", 3), "abc");
    }
}
