//! What was called.

use std::collections::{BTreeMap, VecDeque};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};

use serde::Serialize;

use super::authorization::Authorization;
use super::faults::Target;

/// How many calls are kept; older ones are only counted.
const CAPACITY: usize = 200_000;

/// One call.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Entry {
    /// Its number in the order of arrival.
    pub sequence: u64,
    /// The account whose credentials signed it.
    pub account: String,
    /// The ARN of the user or the session that signed it; empty if nobody whom
    /// the simulator knows.
    pub principal: String,
    /// The Region.
    pub region: String,
    /// The name before the colon in an IAM action.
    pub service: String,
    /// The operation.
    pub operation: String,
    /// Whether the operation changes anything, by its name.
    pub write: bool,
    /// What IAM would have been asked about it.
    pub authorizations: Vec<Authorization>,
    /// The HTTP status; `None` if no answer was sent.
    pub status: Option<u16>,
    /// The error code, if it was refused.
    pub code: Option<String>,
}

/// All calls of a simulator.
#[derive(Debug, Default)]
pub struct Record {
    book: Mutex<Book>,
    counts_only: AtomicBool,
    in_flight: AtomicUsize,
    peak_in_flight: AtomicUsize,
}

#[derive(Debug, Default)]
struct Book {
    /// The number of the last arrival; a reset does not touch it, so that a
    /// call in flight is never taken for a later one.
    sequence: u64,
    total: u64,
    writes: u64,
    entries: VecDeque<Entry>,
    by_operation: BTreeMap<String, BTreeMap<String, u64>>,
}

impl Record {
    /// Keeps counts but no calls, for benchmarks.
    pub fn set_counts_only(&self, on: bool) {
        self.counts_only.store(on, Ordering::Relaxed);
    }

    /// Whether the calls themselves are kept.
    pub fn keeps_calls(&self) -> bool {
        !self.counts_only.load(Ordering::Relaxed)
    }

    /// Notes a call's arrival.
    pub fn arrived(&self, target: &Target<'_>) -> Arrival<'_> {
        let in_flight = self.in_flight.fetch_add(1, Ordering::Relaxed) + 1;
        self.peak_in_flight.fetch_max(in_flight, Ordering::Relaxed);
        let mut book = self.book();
        book.count(target);
        if self.keeps_calls() {
            book.keep(target);
        }
        Arrival { record: self, sequence: book.sequence }
    }

    /// The calls, oldest first.
    pub fn entries(&self) -> Vec<Entry> {
        self.book().entries.iter().cloned().collect()
    }

    /// The calls that change something, oldest first.
    pub fn writes(&self) -> Vec<Entry> {
        self.book().entries.iter().filter(|entry| entry.write).cloned().collect()
    }

    /// How many calls arrived.
    pub fn total(&self) -> u64 {
        self.book().total
    }

    /// How many calls arrived that change something.
    pub fn total_writes(&self) -> u64 {
        self.book().writes
    }

    /// How often an operation was called; the service as in an IAM action.
    pub fn count(&self, service: &str, operation: &str) -> u64 {
        let book = self.book();
        book.by_operation
            .get(service)
            .and_then(|operations| operations.get(operation))
            .copied()
            .unwrap_or_default()
    }

    /// Counts by `service:Operation`.
    pub fn counts(&self) -> BTreeMap<String, u64> {
        let book = self.book();
        let name = |service: &str, operation: &str| format!("{service}:{operation}");
        book.by_operation
            .iter()
            .flat_map(|(service, operations)| {
                operations.iter().map(move |(operation, count)| (name(service, operation), *count))
            })
            .collect()
    }

    /// The most calls that were unanswered at one time.
    pub fn peak_in_flight(&self) -> usize {
        self.peak_in_flight.load(Ordering::Relaxed)
    }

    /// Forgets everything.
    pub fn reset(&self) {
        let mut book = self.book();
        *book = Book { sequence: book.sequence, ..Book::default() };
        let in_flight = self.in_flight.load(Ordering::Relaxed);
        self.peak_in_flight.store(in_flight, Ordering::Relaxed);
    }

    fn book(&self) -> MutexGuard<'_, Book> {
        self.book.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Book {
    fn count(&mut self, target: &Target<'_>) {
        self.sequence += 1;
        self.total += 1;
        self.writes += u64::from(target.is_write);
        // Looked up by reference first: no allocation for a known operation.
        let known = self.by_operation.get_mut(target.service);
        if let Some(count) = known.and_then(|operations| operations.get_mut(target.operation)) {
            *count += 1;
            return;
        }
        let operations = self.by_operation.entry(target.service.to_owned()).or_default();
        operations.insert(target.operation.to_owned(), 1);
    }

    fn keep(&mut self, target: &Target<'_>) {
        if self.entries.len() == CAPACITY {
            self.entries.pop_front();
        }
        self.entries.push_back(Entry {
            sequence: self.sequence,
            account: target.account.to_owned(),
            principal: String::new(),
            region: target.region.to_owned(),
            service: target.service.to_owned(),
            operation: target.operation.to_owned(),
            write: target.is_write,
            authorizations: Vec::new(),
            status: None,
            code: None,
        });
    }

    fn entry_mut(&mut self, sequence: u64) -> Option<&mut Entry> {
        let first = self.entries.front()?.sequence;
        let index = usize::try_from(sequence.checked_sub(first)?).ok()?;
        self.entries.get_mut(index).filter(|entry| entry.sequence == sequence)
    }
}

/// A call that has arrived; in flight until this is dropped.
#[derive(Debug)]
pub struct Arrival<'a> {
    record: &'a Record,
    sequence: u64,
}

impl Arrival<'_> {
    /// Notes who called, and what IAM would be asked.
    pub fn authorised_as(&self, principal: String, authorizations: Vec<Authorization>) {
        if let Some(entry) = self.record.book().entry_mut(self.sequence) {
            (entry.principal, entry.authorizations) = (principal, authorizations);
        }
    }

    /// Notes how the call was answered.
    pub fn answered(&self, status: u16, code: Option<&str>) {
        if let Some(entry) = self.record.book().entry_mut(self.sequence) {
            entry.status = Some(status);
            entry.code = code.map(str::to_owned);
        }
    }
}

impl Drop for Arrival<'_> {
    fn drop(&mut self) {
        self.record.in_flight.fetch_sub(1, Ordering::Relaxed);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const CALL: Target<'static> = Target {
        account: "1",
        region: "eu-west-1",
        service: "ecs",
        operation: "UpdateService",
        is_write: true,
    };

    #[test]
    fn calls_are_kept_in_order_with_their_outcome() {
        let record = Record::default();
        record.arrived(&CALL).answered(200, None);
        let hung = record.arrived(&Target { operation: "ListServices", is_write: false, ..CALL });
        record.arrived(&CALL).answered(400, Some("ClientException"));
        drop(hung);

        let outcomes: Vec<_> = record
            .entries()
            .into_iter()
            .map(|entry| (entry.sequence, entry.operation, entry.status, entry.code))
            .collect();
        assert_eq!(
            outcomes,
            [
                (1, "UpdateService".to_owned(), Some(200), None),
                (2, "ListServices".to_owned(), None, None),
                (3, "UpdateService".to_owned(), Some(400), Some("ClientException".to_owned())),
            ]
        );
        assert_eq!((record.total(), record.total_writes()), (3, 2));
        assert_eq!(record.count("ecs", "UpdateService"), 2);
        assert_eq!(record.peak_in_flight(), 2);
    }

    #[test]
    fn what_iam_would_be_asked_is_kept_with_the_call() {
        let record = Record::default();
        let asked = Authorization {
            action: "ecs:UpdateService".to_owned(),
            resource: "*".to_owned(),
            conditions: BTreeMap::new(),
        };
        record.arrived(&CALL).authorised_as("somebody".to_owned(), vec![asked.clone()]);
        let [entry] = &record.entries()[..] else { panic!("one call") };
        assert_eq!((entry.principal.as_str(), &entry.authorizations[..]), ("somebody", &[asked][..]));
    }

    #[test]
    fn counts_alone_are_kept_when_asked() {
        let record = Record::default();
        record.set_counts_only(true);
        record.arrived(&CALL).answered(200, None);
        assert_eq!(record.entries(), []);
        assert_eq!(record.counts(), BTreeMap::from([("ecs:UpdateService".to_owned(), 1)]));
    }
}
