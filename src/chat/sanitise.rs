//! A piece of a room's answer, fit for a log: one short line without secrets.

use super::clean::clean;
use super::webhook::WebhookUrl;

/// The longest piece that is kept, in characters.
const LONGEST: usize = 160;

/// A word of so many letters and digits is taken for a token: error words of the
/// rooms are shorter.
const LONGEST_WORD: usize = 40;

/// Parts of a URL as short as this are no secrets: `services`, `v1`.
const LONGEST_PLAIN_PART: usize = 8;

/// The beginning of an answer, with parts of the room's URL, other URLs and
/// whatever looks like a token struck out. A web page is not quoted at all.
pub(super) fn piece(answer: &str, url: &WebhookUrl) -> String {
    piece_without(answer, &secret_parts(url))
}

/// The same without these secrets.
pub(super) fn piece_without(answer: &str, secrets: &[String]) -> String {
    if is_html(answer) {
        return "a web page".to_owned();
    }
    let mut answer = answer.to_owned();
    for secret in secrets {
        answer = answer.replace(secret, "[…]");
    }
    let words: Vec<String> = answer.split_whitespace().map(strike).collect();
    let line = clean(&words.join(" "));
    match line.char_indices().nth(LONGEST) {
        Some((end, _)) => format!("{}…", &line[..end]),
        None => line,
    }
}

/// Whether a room's answer is a page for people: of a proxy, a login or an
/// outage.
pub(super) fn is_html(answer: &str) -> bool {
    let start: String = answer.trim_start().chars().take(20).collect::<String>().to_ascii_lowercase();
    ["<!doctype", "<html", "<head", "<body", "<?xml"].iter().any(|tag| start.starts_with(tag))
}

/// Path segments and query values, as sent and decoded, the longest first.
fn secret_parts(url: &WebhookUrl) -> Vec<String> {
    let url = url.reveal();
    let raw = [url.path(), url.query().unwrap_or_default(), url.fragment().unwrap_or_default()];
    let mut parts: Vec<String> =
        raw.iter().flat_map(|text| text.split(['/', '&', '='])).map(str::to_owned).collect();
    parts.extend(url.query_pairs().map(|(_, value)| value.into_owned()));
    parts.retain(|part| part.chars().count() > LONGEST_PLAIN_PART);
    parts.sort_by_key(|part| std::cmp::Reverse(part.len()));
    parts
}

fn strike(word: &str) -> String {
    let is_token = |letter: char| letter.is_ascii_alphanumeric() || "+/=_%-".contains(letter);
    let is_opaque = word.split(|letter| !is_token(letter)).any(|part| part.len() >= LONGEST_WORD);
    if is_opaque || word.contains("://") { "[…]".to_owned() } else { word.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::secret::Secret;

    fn url() -> WebhookUrl {
        let url = "https://example.invalid/services/T0SESAME9/B0SESAME9/sesameOpenSesame?token=open%3Dsesame";
        WebhookUrl::parse(&Secret::new(url)).expect("a URL")
    }

    #[test]
    fn an_error_word_is_kept() {
        assert_eq!(
            piece(" posting_to_general_channel_denied\n", &url()),
            "posting_to_general_channel_denied"
        );
    }

    #[test]
    fn an_answer_that_quotes_the_url_is_kept_without_it() {
        let answer = "no hook T0SESAME9 at /services/T0SESAME9/B0SESAME9/sesameOpenSesame, token open=sesame or \
                      open%3Dsesame; see https://example.invalid/x";
        let piece = piece(answer, &url());
        assert!(!piece.to_lowercase().contains("sesame"), "{piece}");
        assert!(piece.starts_with("no hook […] at") && piece.ends_with("see […]"), "{piece}");
    }

    #[test]
    fn a_long_answer_and_a_web_page_are_not_quoted_in_full() {
        assert_eq!(piece(&"word ".repeat(200), &url()).chars().count(), LONGEST + 1);
        assert_eq!(piece("\n<!DOCTYPE html><title>Sign in</title>", &url()), "a web page");
        assert_eq!(piece(&"aB3".repeat(20), &url()), "[…]");
    }
}
