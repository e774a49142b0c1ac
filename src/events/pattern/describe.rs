//! What a condition asks for, in words that go on after "must be".

use std::fmt;

use super::matcher::{Matcher, Range};

impl fmt::Display for Matcher {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Equals(value) => value.fmt(formatter),
            Self::EqualsIgnoreCase(text) => write!(formatter, "{text:?} in any case"),
            Self::Prefix(text) => write!(formatter, "a text that begins with {text:?}"),
            Self::PrefixIgnoreCase(text) => write!(formatter, "a text that begins with {text:?} in any case"),
            Self::Suffix(text) => write!(formatter, "a text that ends with {text:?}"),
            Self::SuffixIgnoreCase(text) => write!(formatter, "a text that ends with {text:?} in any case"),
            Self::Wildcard(wildcard) => write!(formatter, "a text like \"{wildcard}\""),
            Self::Numeric(range) => range.fmt(formatter),
            Self::Network(network) => write!(formatter, "an address in {network}"),
            Self::Exists(true) => formatter.write_str("there"),
            Self::Exists(false) => formatter.write_str("absent"),
            Self::AnythingBut(excluded) => {
                let excluded: Vec<String> = excluded.iter().map(Self::to_string).collect();
                write!(formatter, "there and anything but {}", excluded.join(" and "))
            }
        }
    }
}

impl fmt::Display for Range {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let (Some(bottom), Some(top)) = (self.bottom, self.top)
            && bottom == top
        {
            return write!(formatter, "the number {}", bottom.value);
        }
        let sign =
            |strict: &'static str, inclusive| if inclusive { format!("{strict}=") } else { strict.into() };
        let bottom = self.bottom.map(|bound| format!("{} {}", sign(">", bound.inclusive), bound.value));
        let top = self.top.map(|bound| format!("{} {}", sign("<", bound.inclusive), bound.value));
        let bounds: Vec<String> = bottom.into_iter().chain(top).collect();
        write!(formatter, "a number {}", bounds.join(" and "))
    }
}
