//! What requests are made from.

use aws_smithy_types::error::operation::BuildError;

use super::answer::malformed;
use super::error::AwsError;
use crate::model::FieldChange;

/// How a thing is written.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Write<'a> {
    /// It is made.
    Create,
    /// It is brought into its desired form, from which it differs in these
    /// fields.
    Update(&'a [FieldChange]),
}

/// Which calls an update needs: tags have a call of their own, because the
/// calls that write the content ignore tags of what exists already.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Asked {
    /// Some tag differs.
    pub(super) tags: bool,
    /// Something else differs.
    pub(super) content: bool,
}

impl Asked {
    /// What the fields that differ ask for.
    pub(super) fn by(fields: &[FieldChange]) -> Self {
        let is_tag = |field: &FieldChange| field.path.starts_with("/tags/");
        Self { tags: fields.iter().any(is_tag), content: !fields.iter().all(is_tag) }
    }
}

/// A request that lacks what its service requires.
pub(super) fn unbuildable(tried: &str) -> impl Fn(BuildError) -> AwsError {
    move |error| malformed(tried, error.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asked(paths: &[&str]) -> Asked {
        let fields: Vec<FieldChange> = paths.iter().map(|path| FieldChange::new(path, 1, 2)).collect();
        Asked::by(&fields)
    }

    #[test]
    fn an_update_calls_only_for_what_differs() {
        for (paths, tags, content) in [
            (&[][..], false, false),
            (&["/tags/foghorn.dev~1fleet"], true, false),
            (&["/policy"], false, true),
            (&["/policy", "/tags/team"], true, true),
        ] {
            assert_eq!(asked(paths), Asked { tags, content }, "{paths:?}");
        }
    }
}
