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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_is_put_on_one_line_and_cut_where_it_gets_long() {
        assert_eq!(one_line("no\n  such \tthing\r\n"), "no such thing");
        let long = "word ".repeat(200);
        assert_eq!(one_line(&long).chars().count(), LONGEST + 1);
    }

    #[test]
    fn a_quoted_request_with_its_session_token_is_left_out() {
        let message = "The request signature we calculated does not match.\n\nThe Canonical String for this \
                       request should have been\n'POST\n/\nx-amz-security-token:SECRET\n'";
        assert_eq!(one_line(message), "The request signature we calculated does not match.");
    }

    #[test]
    fn what_looks_like_a_token_is_struck_out_and_arns_are_not() {
        let token = "IQoJb3JpZ2luX2VjE".repeat(8);
        assert_eq!(one_line(&format!("token '{token}' is bad")), "token […] is bad");
        let arn = "arn:aws:ecs:ap-northeast-2:111111111111:service/prod-apne2-cluster/checkout-service";
        assert_eq!(one_line(&format!("denied on {arn}")), format!("denied on {arn}"));
    }
}
