//! An input template, cut at its placeholders.

use super::{NotJson, TransformerError};

/// The parts of a template in their order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Template(Vec<Part>);

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Part {
    /// Text that stays as it is.
    Text(String),
    /// `<name>`, inside a quoted string or as a value of its own.
    Placeholder { name: String, quoted: bool },
}

impl Template {
    /// Cuts a template. `<` that does not open a placeholder is text.
    pub(super) fn parse(template: &str) -> Self {
        let mut parts = Vec::new();
        let mut literal = String::new();
        let mut quotes = Quotes::default();
        let mut rest = template;
        while let Some(character) = rest.chars().next() {
            if let Some((name, after)) = placeholder(rest) {
                parts.push(Part::Text(std::mem::take(&mut literal)));
                parts.push(Part::Placeholder { name: name.to_owned(), quoted: quotes.open });
                rest = after;
                continue;
            }
            quotes.see(character);
            literal.push(character);
            rest = &rest[character.len_utf8()..];
        }
        parts.push(Part::Text(literal));
        Self(parts)
    }

    pub(super) fn parts(&self) -> &[Part] {
        &self.0
    }

    /// The names of the placeholders, as often as they stand there.
    pub(super) fn placeholders(&self) -> impl Iterator<Item = &str> {
        self.0.iter().filter_map(|part| match part {
            Part::Text(_) => None,
            Part::Placeholder { name, .. } => Some(name.as_str()),
        })
    }

    /// Refuses a placeholder that stands where an object's key belongs.
    pub(super) fn check_keys(&self) -> Result<(), TransformerError> {
        for (part, next) in self.0.iter().zip(self.0.iter().skip(1)) {
            if let (Part::Placeholder { name, quoted }, Part::Text(after)) = (part, next) {
                let after = if *quoted { after.strip_prefix('"').unwrap_or_default() } else { after };
                if after.trim_start().starts_with(':') {
                    return Err(TransformerError::PlaceholderAsKey(name.clone()));
                }
            }
        }
        Ok(())
    }

    /// Refuses a template that is not JSON when every bare placeholder is null
    /// and every quoted one is empty. Several strings, one to a line, are fine.
    pub(super) fn check_json(&self) -> Result<(), TransformerError> {
        let sample: String = self
            .0
            .iter()
            .map(|part| match part {
                Part::Text(text) => text.as_str(),
                Part::Placeholder { quoted: true, .. } => "",
                Part::Placeholder { quoted: false, .. } => "null",
            })
            .collect();
        let documents: Result<Vec<serde_json::Value>, _> =
            serde_json::Deserializer::from_str(&sample).into_iter().collect();
        match documents {
            Ok(documents) if documents.len() == 1 || lines(&documents) => Ok(()),
            Ok(documents) => Err(not_json(format!("found {} values instead of one", documents.len()), 1, 1)),
            Err(error) => Err(not_json(error.to_string(), error.line(), error.column())),
        }
    }
}

fn lines(documents: &[serde_json::Value]) -> bool {
    !documents.is_empty() && documents.iter().all(serde_json::Value::is_string)
}

fn not_json(reason: String, line: usize, column: usize) -> TransformerError {
    // The parser repeats the place at the end of its text.
    let reason = reason.split(" at line ").next().unwrap_or_default().to_owned();
    TransformerError::NotJson(NotJson { reason, line, column })
}

/// The name of a placeholder that the text starts with, and what follows it.
fn placeholder(text: &str) -> Option<(&str, &str)> {
    let (name, after) = text.strip_prefix('<')?.split_once('>')?;
    let letters = |letter: char| letter.is_ascii_alphanumeric() || "-_.".contains(letter);
    (!name.is_empty() && name.chars().all(letters)).then_some((name, after))
}

/// Whether the reader stands inside a quoted string.
#[derive(Default)]
struct Quotes {
    open: bool,
    escaped: bool,
}

impl Quotes {
    fn see(&mut self, character: char) {
        match character {
            _ if self.escaped => self.escaped = false,
            '\\' if self.open => self.escaped = true,
            '"' => self.open = !self.open,
            _ => {}
        }
    }
}
