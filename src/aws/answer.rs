//! What answers amount to: pages joined, things seen or absent, and gaps.

use std::collections::{BTreeMap, BTreeSet};
use std::future::Future;

use futures::future::join_all;

use super::error::{AwsError, Class};
use crate::model::{Cause, Gap, Sight};

/// One page of a list, with the token that the next one is asked for by.
pub(super) type Page<T> = (Vec<T>, Option<String>);

/// Reads every page of a list.
///
/// # Errors
/// The first page that fails, and a service that answers with a token that it
/// gave before: following it would never end.
pub(super) async fn every_page<T, F>(read: impl Fn(Option<String>) -> F) -> Result<Vec<T>, AwsError>
where
    F: Future<Output = Result<Page<T>, AwsError>>,
{
    let (mut things, mut token) = read(None).await?;
    let mut seen = BTreeSet::new();
    while let Some(asked) = token.filter(|token| !token.is_empty()) {
        if !seen.insert(asked.clone()) {
            let detail = "the answer names a page as the next that was read before";
            return Err(malformed("read the next page of a list", detail));
        }
        let (more, next) = read(Some(asked)).await?;
        things.extend(more);
        token = next;
    }
    Ok(things)
}

/// Reads every name at once, and notes what could not be read.
pub(super) async fn observe_each<T, F>(
    names: &BTreeSet<String>,
    gaps: &mut Vec<Gap>,
    read: impl Fn(String) -> F,
) -> BTreeMap<String, Sight<T>>
where
    F: Future<Output = Result<(T, Vec<Gap>), AwsError>>,
{
    let nothing_yet = names.iter().map(|name| (name.clone(), ())).collect();
    complete_each(nothing_yet, gaps, |name, ()| read(name)).await
}

/// Reads what is still missing of everything found, all at once, and notes what
/// could not be read. How many calls are in flight is the door's business.
///
/// A read gives the thing with the gaps in those parts of it that may be
/// missing without making the thing unknown.
pub(super) async fn complete_each<S, T, F>(
    found: BTreeMap<String, S>,
    gaps: &mut Vec<Gap>,
    read: impl Fn(String, S) -> F,
) -> BTreeMap<String, Sight<T>>
where
    F: Future<Output = Result<(T, Vec<Gap>), AwsError>>,
{
    let names: Vec<String> = found.keys().cloned().collect();
    let reads = join_all(found.into_iter().map(|(name, start)| read(name, start))).await;
    names.into_iter().zip(reads).map(|(name, read)| (name, sight(read, gaps))).collect()
}

/// A sight of nothing, for every name.
pub(super) fn all_unknown<T>(names: &BTreeSet<String>) -> BTreeMap<String, Sight<T>> {
    names.iter().map(|name| (name.clone(), Sight::Unknown)).collect()
}

/// The thing, or a gap that says why there is none.
pub(super) fn noted<T>(read: Result<T, AwsError>, gaps: &mut Vec<Gap>) -> Option<T> {
    read.map_err(|error| gaps.push(error.into_gap())).ok()
}

/// A part of a thing that may be missing without making the thing unknown. An
/// absence is none of these: the whole thing went away while it was read.
///
/// # Errors
/// That absence.
pub(super) fn part<T>(read: Result<T, AwsError>, gaps: &mut Vec<Gap>) -> Result<Option<T>, AwsError> {
    match read {
        Err(error) if error.is_not_found() => Err(error),
        read => Ok(noted(read, gaps)),
    }
}

/// An answer, or a request, that makes no sense.
pub(super) fn malformed(tried: impl Into<String>, detail: impl Into<String>) -> AwsError {
    AwsError { tried: tried.into(), class: Class::Failed(Cause::Malformed), detail: detail.into() }
}

fn sight<T>(read: Result<(T, Vec<Gap>), AwsError>, gaps: &mut Vec<Gap>) -> Sight<T> {
    match read {
        Ok((thing, missing)) => {
            gaps.extend(missing);
            Sight::Seen(thing)
        }
        Err(error) if error.is_not_found() => Sight::Absent,
        Err(error) => {
            gaps.push(error.into_gap());
            Sight::Unknown
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn failed(class: Class) -> AwsError {
        AwsError { tried: "read a".to_owned(), class, detail: "no".to_owned() }
    }

    fn names(names: &[&str]) -> BTreeSet<String> {
        names.iter().map(|name| (*name).to_owned()).collect()
    }

    #[tokio::test]
    async fn every_page_of_a_list_is_read_even_after_an_empty_one() {
        let pages = |token: Option<String>| async move {
            Ok(match token.as_deref() {
                None => (vec![1], Some("a".to_owned())),
                Some("a") => (vec![], Some("b".to_owned())),
                Some(_) => (vec![2], None),
            })
        };
        assert_eq!(every_page(pages).await, Ok(vec![1, 2]));
    }

    #[tokio::test]
    async fn a_list_that_names_itself_as_its_next_page_is_refused() {
        let read = |_| async { Ok((vec![1], Some("a".to_owned()))) };
        assert_eq!(every_page(read).await.map_err(|error| error.class), Err(Class::Failed(Cause::Malformed)));
    }

    #[tokio::test]
    async fn a_list_whose_pages_lead_in_a_circle_is_refused() {
        let read = |token: Option<String>| async move {
            let next = if token.as_deref() == Some("a") { "b" } else { "a" };
            Ok((vec![1], Some(next.to_owned())))
        };
        assert_eq!(every_page(read).await.map_err(|error| error.class), Err(Class::Failed(Cause::Malformed)));
    }

    #[tokio::test]
    async fn what_is_absent_makes_no_gap_and_what_is_denied_does() {
        let mut gaps = Vec::new();
        let read = |name: String| async move {
            match name.as_str() {
                "here" => Ok((1, Vec::new())),
                "gone" => Err(failed(Class::NotFound)),
                _ => Err(failed(Class::Failed(Cause::Denied))),
            }
        };
        let seen = observe_each(&names(&["denied", "gone", "here"]), &mut gaps, read).await;
        assert_eq!(seen.into_values().collect::<Vec<_>>(), [Sight::Unknown, Sight::Absent, Sight::Seen(1)]);
        assert_eq!(gaps.iter().map(|gap| gap.cause).collect::<Vec<_>>(), [Cause::Denied]);
    }

    #[test]
    fn a_part_that_is_gone_takes_the_whole_thing_with_it() {
        let mut gaps = Vec::new();
        assert!(part::<()>(Err(failed(Class::NotFound)), &mut gaps).is_err());
        assert_eq!(part::<()>(Err(failed(Class::Failed(Cause::Throttled))), &mut gaps), Ok(None));
        assert_eq!(gaps.len(), 1);
    }
}
