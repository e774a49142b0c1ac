//! Text of others in Markdown: nothing of it may become a mention, a link, a
//! reference or HTML.
//!
//! What names a thing stands in code spans, in which GitHub and GitLab look for
//! nothing. In sentences, whatever means something to Markdown is escaped, and
//! a zero-width space parts what a later stage would take for a mention
//! (`@here`), a reference (`#1`, `!1`) or an address.

use crate::report::plain::plain;

/// How much of one text is shown, in characters.
const LONGEST: usize = 600;

/// What Markdown, or a formula in it, is made of. A full stop makes a list of
/// what follows a number; other signs mean nothing by themselves.
const MEANINGFUL: &str = "\\`*_{}[]()#+-!|~$^=@";

/// Parts a character from what follows, and shows nothing.
const APART: char = '\u{200b}';

/// A sentence, on one line.
pub(super) fn words(text: &str) -> String {
    let text = plain(text, LONGEST).replace('\n', " ");
    let apart = text.replace("://", ":\u{200b}//");
    let mut escaped = String::with_capacity(apart.len());
    let mut characters = apart.chars().peekable();
    while let Some(character) = characters.next() {
        match character {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '.' if escaped.ends_with(|before: char| before.is_ascii_digit()) => escaped.push_str("\\."),
            other if MEANINGFUL.contains(other) => escaped.extend(['\\', other]),
            other => escaped.push(other),
        }
        let follows = characters.peek().is_some_and(|next| next.is_alphanumeric() || *next == '_');
        let begins = matches!(character, '@' | '#' | '!' | '~' | '$' | '%' | '&' | '^');
        if (begins && follows) || is_www(&escaped) {
            escaped.push(APART);
        }
    }
    escaped
}

/// Whether what was written ends in what makes an address without a scheme.
fn is_www(escaped: &str) -> bool {
    escaped.get(escaped.len().saturating_sub(3)..).is_some_and(|end| end.eq_ignore_ascii_case("www"))
}

/// A name as a code span, which nothing in it can end.
pub(super) fn code(text: &str) -> String {
    let text = plain(text, LONGEST).replace('\n', " ");
    if text.trim().is_empty() {
        return "` `".to_owned();
    }
    let fence = "`".repeat(longest_run(&text) + 1);
    let edge = if text.starts_with(['`', ' ']) || text.ends_with(['`', ' ']) { " " } else { "" };
    format!("{fence}{edge}{text}{edge}{fence}")
}

/// The same in a cell of a table, which a vertical bar would end.
pub(super) fn in_cell(markdown: &str) -> String {
    markdown.replace('|', "\\|")
}

/// A name that leads to a page.
pub(super) fn linked(text: &str, url: Option<&str>) -> String {
    match url {
        Some(url) => format!("[{}](<{}>)", code(text), address(url)),
        None => code(text),
    }
}

/// An address without what would end it.
fn address(url: &str) -> String {
    let safe =
        |character: char| character.is_ascii_alphanumeric() || "-._~:/?#[]@!$&'()*+,;=%".contains(character);
    url.chars().map(|character| if safe(character) { character } else { '_' }).collect()
}

/// Lines in a fenced block of a language, which nothing in them can end.
pub(super) fn fenced(language: &str, lines: &[String]) -> String {
    let longest = lines.iter().map(|line| longest_run(line)).max().unwrap_or_default();
    let fence = "`".repeat(longest.max(2) + 1);
    format!("{fence}{language}\n{}\n{fence}\n", lines.join("\n"))
}

/// A line of a fenced block.
pub(super) fn line(text: &str) -> String {
    plain(text, LONGEST).replace('\n', " ")
}

/// The length of the longest run of backticks.
fn longest_run(text: &str) -> usize {
    text.split(|character| character != '`').map(str::len).max().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nobody_is_called_and_nothing_is_linked_by_a_text_of_others() {
        for (text, shown) in [
            ("@here and a@b.c", "\\@\u{200b}here and a\\@\u{200b}b.c"),
            ("see #12, !3", "see \\#\u{200b}12, \\!\u{200b}3"),
            ("https://x.y", "https:\u{200b}//x.y"),
            ("WWW.x.y", "WWW\u{200b}.x.y"),
            ("<img src=x>", "&lt;img src\\=x&gt;"),
            ("[a](b) *c* `d`", "\\[a\\]\\(b\\) \\*c\\* \\`d\\`"),
            ("one\ntwo", "one two"),
            ("1. first, it's", "1\\. first, it's"),
        ] {
            assert_eq!(words(text), shown, "{text}");
        }
    }

    #[test]
    fn a_name_cannot_end_its_code_span() {
        for (name, shown) in
            [("a", "`a`"), ("a`b", "``a`b``"), ("``", "``` `` ```"), ("", "` `"), ("a\nb", "`a b`")]
        {
            assert_eq!(code(name), shown);
        }
        assert_eq!(in_cell(&code("a|b")), "`a\\|b`");
    }

    #[test]
    fn a_link_s_address_cannot_be_ended_from_within() {
        assert_eq!(linked("a", Some("https://x/>) [b")), "[`a`](<https://x/_)_[b>)");
    }

    #[test]
    fn a_fenced_block_is_longer_fenced_than_anything_in_it() {
        assert_eq!(fenced("diff", &["+ ```x".to_owned()]), "````diff\n+ ```x\n````\n");
    }
}
