//! The nearest known name to one that is not known.

/// The longest name that is compared; nobody mistypes a longer one of ours.
const LONGEST: usize = 128;

/// The known name that was probably meant: at most a third of its letters
/// differ, or only their case. The first in order wins a tie.
pub(super) fn nearest<'a>(name: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    if name.len() > LONGEST {
        return None;
    }
    let lower = name.to_lowercase();
    known
        .into_iter()
        .map(|known| (strsim::damerau_levenshtein(&known.to_lowercase(), &lower), known))
        .filter(|(distance, known)| *distance <= known.chars().count().max(3) / 3)
        .min()
        .map(|(_, known)| known)
}

/// `did you mean …?`, or which names there are.
pub(super) fn hint<'a>(name: &str, known: impl IntoIterator<Item = &'a str> + Clone) -> String {
    match nearest(name, known.clone()) {
        Some(known) => format!("did you mean `{known}`?"),
        None => format!("known here: {}", known.into_iter().collect::<Vec<_>>().join(", ")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slip_of_the_fingers_finds_the_name_that_was_meant() {
        let known = ["regions", "accounts", "access"];
        for (slip, meant) in [("region", "regions"), ("acounts", "accounts"), ("Access", "access")] {
            assert_eq!(nearest(slip, known), Some(meant));
        }
    }

    #[test]
    fn a_name_like_no_other_gets_the_list() {
        assert_eq!(hint("hub", ["regions", "accounts"]), "known here: regions, accounts");
    }
}
