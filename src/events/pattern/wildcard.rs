//! The `wildcard` operator: `*` stands for any run of characters.

use std::fmt;

use super::PatternError;

/// Text in parts, between which any characters may stand.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Wildcard {
    parts: Vec<String>,
}

impl Wildcard {
    /// Parses a wildcard expression, in which `\*` and `\\` are literal.
    pub(super) fn parse(text: &str) -> Result<Self, PatternError> {
        let mut parts = vec![String::new()];
        let mut characters = text.char_indices().peekable();
        while let Some((position, character)) = characters.next() {
            let literal = match character {
                '*' => {
                    if characters.peek().is_some_and(|(_, next)| *next == '*') {
                        // EventBridge counts the opening quotation mark.
                        let position = position + 1;
                        return Err(PatternError::new(format!(
                            "Consecutive wildcard characters at pos {position}"
                        )));
                    }
                    parts.push(String::new());
                    continue;
                }
                '\\' => match characters.next() {
                    Some((_, escaped @ ('*' | '\\'))) => escaped,
                    _ => {
                        return Err(PatternError::new(format!(
                            "Invalid escape character at pos {}",
                            position + 1
                        )));
                    }
                },
                other => other,
            };
            if let Some(part) = parts.last_mut() {
                part.push(literal);
            }
        }
        Ok(Self { parts })
    }

    /// Whether the whole text matches.
    pub(super) fn matches(&self, text: &str) -> bool {
        let Some((first, rest)) = self.parts.split_first() else { return text.is_empty() };
        let Some((last, middle)) = rest.split_last() else { return text == first };
        let Some(after_first) = text.strip_prefix(first.as_str()) else { return false };
        let Some(mut remaining) = after_first.strip_suffix(last.as_str()) else { return false };
        for part in middle {
            match remaining.find(part.as_str()) {
                Some(at) => remaining = &remaining[at + part.len()..],
                None => return false,
            }
        }
        true
    }
}

impl fmt::Display for Wildcard {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let literal = |part: &String| part.replace('\\', "\\\\").replace('*', "\\*");
        let parts: Vec<String> = self.parts.iter().map(literal).collect();
        formatter.write_str(&parts.join("*"))
    }
}
