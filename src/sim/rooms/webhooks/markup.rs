//! Text markup that Slack and Google Chat share.

use crate::sim::rooms::Link;

/// The text with its links, `<https://…|label>`, told by their labels, and the
/// links.
pub(super) fn without_links(text: &str) -> (String, Vec<Link>) {
    let (mut plain, mut links, mut rest) = (String::new(), Vec::new(), text);
    while let Some(start) = rest.find("<http") {
        let Some(length) = rest[start..].find('>') else { break };
        let inside = &rest[start + 1..start + length];
        let (url, label) = inside.split_once('|').unwrap_or((inside, inside));
        plain.push_str(&rest[..start]);
        plain.push_str(label);
        links.push(Link { label: unescaped(label), url: unescaped(url) });
        rest = &rest[start + length + 1..];
    }
    plain.push_str(rest);
    (unescaped(&plain), links)
}

/// Text whose three characters of control were written as entities.
pub(super) fn unescaped(text: &str) -> String {
    text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_link_is_told_by_its_label() {
        let (text, links) = without_links("see <https://example.com/?a=1&amp;b=2|the &lt;page&gt;> now");
        assert_eq!(text, "see the <page> now");
        let link = Link { label: "the <page>".to_owned(), url: "https://example.com/?a=1&b=2".to_owned() };
        assert_eq!(links, [link]);
        assert_eq!(without_links("a <http").0, "a <http");
    }
}
