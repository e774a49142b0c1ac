//! Opaque paging tokens over sorted keys.

/// The token that continues a list after a key.
pub fn token_after(key: &str) -> String {
    key.bytes().map(|byte| format!("{byte:02x}")).collect()
}

/// The key that a token stands for; `None` if nobody here made that token.
pub fn key_of(token: &str) -> Option<String> {
    if !token.is_ascii() || !token.len().is_multiple_of(2) {
        return None;
    }
    let bytes: Option<Vec<u8>> = (0..token.len())
        .step_by(2)
        .map(|start| u8::from_str_radix(&token[start..start + 2], 16).ok())
        .collect();
    String::from_utf8(bytes?).ok()
}

/// One page of a list, and the token of the next if there is more.
pub struct Page<T> {
    /// The items of the page.
    pub items: Vec<T>,
    /// The token of the next page.
    pub next: Option<String>,
}

/// Takes one page from a sorted sequence of keyed items, which must already
/// start after the last page's key.
pub fn take<'k, T>(rest: impl Iterator<Item = (&'k str, T)>, size: usize) -> Page<T> {
    let mut items = Vec::new();
    let mut last = None;
    for (key, item) in rest {
        if items.len() == size {
            return Page { items, next: last.map(token_after) };
        }
        items.push(item);
        last = Some(key);
    }
    Page { items, next: None }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_stands_for_the_key_it_was_made_from() {
        assert_eq!(key_of(&token_after("web/ä-1")).as_deref(), Some("web/ä-1"));
        assert_eq!(key_of("zz"), None);
        assert_eq!(key_of("abc"), None);
    }

    #[test]
    fn the_last_page_has_no_token_even_when_it_is_full() {
        let items = || [("a", 1), ("b", 2)].into_iter();
        assert_eq!(take(items(), 2).next, None);
        assert_eq!(take(items(), 1).next, Some(token_after("a")));
    }
}
