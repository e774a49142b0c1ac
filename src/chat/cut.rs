//! Cutting texts to what a room takes, with a note of how much is left out.

use crate::model::number::thousands;

/// What a character takes up in a room's message, escaped as it will be.
pub(super) type Cost = fn(char) -> usize;

/// What is left of a message's limit. Parts are taken from it in the order of
/// their worth, so that the last ones get less and nothing ever fails.
#[derive(Debug)]
pub(super) struct Allowance {
    left: usize,
    cost: Cost,
}

impl Allowance {
    /// The whole of a limit.
    pub(super) fn new(limit: usize, cost: Cost) -> Self {
        Self { left: limit, cost }
    }

    /// A part that others can't eat into.
    pub(super) fn part(&mut self, most: usize) -> Self {
        let part = most.min(self.left);
        self.left -= part;
        Self { left: part, cost: self.cost }
    }

    /// Gives back what a part did not use.
    pub(super) fn give_back(&mut self, part: Self) {
        self.left += part.left;
    }

    /// Takes a fixed amount, such as the JSON around a text; `false`, and
    /// nothing taken, where that is more than is left.
    pub(super) fn take(&mut self, amount: usize) -> bool {
        let fits = amount <= self.left;
        self.left -= if fits { amount } else { 0 };
        fits
    }

    /// Takes a text whole, or not at all.
    pub(super) fn take_whole(&mut self, text: &str) -> bool {
        self.take(total(text, self.cost))
    }

    /// Takes a text, cut to what is left and to the most that it may take up.
    pub(super) fn text(&mut self, text: &str, most: usize) -> String {
        let text = cut(text, most.min(self.left), self.cost);
        self.left = self.left.saturating_sub(total(&text, self.cost));
        text
    }
}

/// The text, or its beginning and a note. Where not even the note fits, its
/// beginning alone.
pub(super) fn cut(text: &str, most: usize, cost: Cost) -> String {
    if total(text, cost) <= most {
        return text.to_owned();
    }
    let all = text.chars().count();
    let room_for_note = total(&note(all, all, "characters"), cost);
    let beginning = beginning(text, most.saturating_sub(room_for_note), cost);
    if beginning.is_empty() {
        return self::beginning(text, most, cost).to_owned();
    }
    format!("{beginning}{}", note(beginning.chars().count(), all, "characters"))
}

/// `… (cut, 8,123 of 10,000 characters)`.
pub(super) fn note(shown: usize, all: usize, what: &str) -> String {
    format!("… (cut, {} of {} {what})", thousands(shown), thousands(all))
}

/// What a text takes up.
pub(super) fn total(text: &str, cost: Cost) -> usize {
    text.chars().map(cost).sum()
}

/// What a character takes up within JSON, in units of which it takes up
/// `plain` where it needs no escape.
pub(super) fn in_json(letter: char, plain: usize) -> usize {
    match letter {
        '"' | '\\' | '\n' | '\t' => 2,
        letter if letter < ' ' => 6,
        _ => plain,
    }
}

/// The bytes of a text within JSON, without its quotes.
pub(super) fn json_bytes(text: &str) -> usize {
    text.chars().map(|letter| in_json(letter, letter.len_utf8())).sum()
}

/// As much of a text's beginning as fits, not ending within an emoji that is
/// made of several characters, nor between a letter and its accents.
fn beginning(text: &str, most: usize, cost: Cost) -> &str {
    let mut spent = 0;
    let mut end = 0;
    let mut previous = ' ';
    for (start, letter) in text.char_indices() {
        if !continues(previous, letter) {
            end = start;
        }
        spent += cost(letter);
        if spent > most {
            // One that alone is too long is torn all the same.
            return &text[..if end == 0 { start } else { end }];
        }
        previous = letter;
    }
    text
}

fn continues(previous: char, letter: char) -> bool {
    const JOINER: char = '\u{200D}';
    let modifies =
        matches!(letter, '\u{300}'..='\u{36F}' | '\u{FE00}'..='\u{FE0F}' | '\u{1F3FB}'..='\u{1F3FF}');
    previous == JOINER || letter == JOINER || modifies
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn bytes(letter: char) -> usize {
        in_json(letter, letter.len_utf8())
    }

    #[test]
    fn a_cut_text_says_how_much_of_it_is_shown() {
        let text = cut(&"a".repeat(10_000), 8000, |_| 1);
        assert!(text.ends_with("a… (cut, 7,964 of 10,000 characters)"), "{}", &text[7950..]);
        assert!(text.chars().count() <= 8000);
    }

    #[test]
    fn a_text_that_fits_is_left_alone() {
        assert_eq!(cut("ok", 2, |_| 1), "ok");
    }

    #[test]
    fn what_has_no_room_for_a_note_is_cut_without_one() {
        assert_eq!(cut("abcdef", 3, |_| 1), "abc");
        assert_eq!(cut("abcdef", 0, |_| 1), "");
    }

    #[test]
    fn an_emoji_of_several_characters_is_not_torn() {
        let family = "👩\u{200D}👩\u{200D}👧";
        assert_eq!(cut(&format!("a{family}"), 5, |_| 1), "a");
        assert_eq!(cut("ae\u{301}", 2, |_| 1), "a");
    }

    #[test]
    fn a_text_that_is_one_endless_emoji_is_cut_like_any_other() {
        assert_eq!(cut(&"👩\u{200D}".repeat(9), 4, |_| 1), "👩\u{200D}👩\u{200D}");
    }

    #[test]
    fn what_a_part_does_not_use_goes_back() {
        let mut all = Allowance::new(10, |_| 1);
        let mut part = all.part(6);
        assert!(part.take(2) && !part.take(5));
        all.give_back(part);
        assert_eq!(all.text("12345678", 20), "12345678");
        assert!(!all.take(1));
    }

    proptest! {
        #[test]
        fn a_cut_text_never_takes_up_more_than_it_may(text in "(?s).{0,300}", most in 0_usize..400) {
            let written = cut(&text, most, bytes);
            prop_assert!(total(&written, bytes) <= most);
        }

        #[test]
        fn the_cost_of_a_text_is_what_json_makes_of_it(text in "(?s).{0,100}") {
            let text = crate::chat::clean::clean(&text);
            let written = serde_json::to_string(&text).expect("JSON");
            prop_assert_eq!(json_bytes(&text), written.len() - 2);
        }
    }
}
