//! Globs, in which `*` stands for any text and nothing else is special.

/// Whether the glob matches the whole text. Takes time linear in both.
pub fn glob(pattern: &str, text: &str) -> bool {
    let Some((first, rest)) = pattern.split_once('*') else { return pattern == text };
    let (middle, last) = rest.rsplit_once('*').unwrap_or(("", rest));
    let between = text.strip_prefix(first).and_then(|text| text.strip_suffix(last));
    let Some(mut between) = between else { return false };
    // Taking each part where it first occurs leaves the most for the others.
    for part in middle.split('*') {
        let Some(start) = between.find(part) else { return false };
        between = &between[start + part.len()..];
    }
    true
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// What a glob means, in the plainest words.
    fn reference(pattern: &[char], text: &[char]) -> bool {
        match (pattern.split_first(), text.split_first()) {
            (None, None) => true,
            (Some(('*', rest)), None) => reference(rest, text),
            (Some(('*', rest)), Some((_, tail))) => reference(rest, text) || reference(pattern, tail),
            (Some((wanted, rest)), Some((found, tail))) => wanted == found && reference(rest, tail),
            _ => false,
        }
    }

    proptest! {
        #[test]
        fn a_glob_matches_what_its_meaning_says(pattern in "[ab*é]{0,8}", text in "[abé]{0,10}") {
            let characters = |text: &str| text.chars().collect::<Vec<_>>();
            prop_assert_eq!(glob(&pattern, &text), reference(&characters(&pattern), &characters(&text)));
        }
    }

    #[test]
    fn a_glob_of_many_stars_does_not_take_for_ever() {
        assert!(!glob(&format!("*{}", "a*".repeat(5_000)), &"b".repeat(100_000)));
        assert!(!glob(&format!("{}b", "*a".repeat(20_000)), &"a".repeat(100_000)));
    }
}
