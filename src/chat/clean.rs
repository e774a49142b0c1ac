//! Foreign text made fit to be shown, whatever the room.

/// What stands where there is no text: Slack refuses a block with an empty one.
const NOTHING: &str = "–";

/// The text without control characters, and without those that turn the
/// direction of what follows them. Line breaks and tabs stay.
pub(super) fn clean(text: &str) -> String {
    let kept: String = text.replace("\r\n", "\n").chars().filter(|letter| !is_dropped(*letter)).collect();
    match kept.trim() {
        "" => NOTHING.to_owned(),
        trimmed => trimmed.to_owned(),
    }
}

/// The text on one line.
pub(super) fn one_line(text: &str) -> String {
    let words: Vec<String> = text.split_whitespace().map(str::to_owned).collect();
    clean(&words.join(" "))
}

/// Right-to-left letters are fine: only the characters that override or embed a
/// direction, and may be left open, can garble the rest of the message.
fn is_dropped(letter: char) -> bool {
    let turns = matches!(letter, '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}');
    let breaks = matches!(letter, '\u{2028}' | '\u{2029}' | '\u{FEFF}');
    turns || breaks || (letter.is_control() && letter != '\n' && letter != '\t')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn control_characters_and_turned_directions_are_left_out() {
        assert_eq!(clean("a\u{0}b\u{1b}[31mc\u{202E}d\u{7f}\r\ne\tf"), "ab[31mcd\ne\tf");
    }

    #[test]
    fn a_text_in_a_script_from_right_to_left_is_kept() {
        assert_eq!(clean("שירות נכשל"), "שירות נכשל");
    }

    #[test]
    fn a_text_without_anything_to_see_is_a_dash() {
        for text in ["", " \n", "\u{0}", "\u{202E}"] {
            assert_eq!((clean(text).as_str(), one_line(text).as_str()), ("–", "–"), "{text:?}");
        }
    }

    #[test]
    fn a_text_on_one_line_has_no_line_breaks() {
        assert_eq!(one_line("a\r\n b\n\nc"), "a b c");
    }
}
