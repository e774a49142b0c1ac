//! Foreign words made fit for a report: one line, bounded, without secrets.

/// The longest text that is kept, in characters.
const LONGEST: usize = 400;

/// A word of so many characters in base64 is taken for a token.
const LONGEST_WORD: usize = 80;

/// Where services begin to quote the signed request, session token included.
const QUOTED_REQUEST: &[&str] = &["The Canonical String", "The String-to-Sign", "Canonical request"];

/// The text on one line, cut where it gets long or quotes the request, with
/// whatever looks like a token struck out.
pub(super) fn one_line(text: &str) -> String {
    let text = QUOTED_REQUEST.iter().fold(text, |text, quote| text.split(quote).next().unwrap_or_default());
    let words: Vec<String> = text.split_whitespace().map(strike).collect();
    let line = words.join(" ");
    if line.chars().count() <= LONGEST {
        return line;
    }
    let mut cut: String = line.chars().take(LONGEST).collect();
    cut.push('…');
    cut
}

fn strike(word: &str) -> String {
    let is_opaque = |part: &str| part.len() >= LONGEST_WORD;
    let is_token = |character: char| character.is_ascii_alphanumeric() || "+/=_%".contains(character);
    if word.split(|character| !is_token(character)).any(is_opaque) {
        "[…]".to_owned()
    } else {
        word.to_owned()
    }
}
