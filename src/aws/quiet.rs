//! Calls that carry a webhook URL in the clear, of which nothing may be logged.

use std::future::Future;

use tracing::instrument::WithSubscriber;
use tracing::subscriber::NoSubscriber;

use super::error::AwsError;
use crate::model::secret::Secret;

/// A part of a URL of so many characters may be the one that nobody can guess.
const TELLING: usize = 8;

/// Runs a call of which nothing is logged, whatever the user asked to see: at
/// its finest level the SDK logs bodies of requests and answers as they are.
pub(super) async fn quietly<T>(call: impl Future<Output = T>) -> T {
    call.with_subscriber(NoSubscriber::default()).await
}

/// The failure without a URL and without any telling part of the secret: a
/// service may quote the value that it refuses.
pub(super) fn without(secret: &Secret, error: AwsError) -> AwsError {
    let parts: Vec<&str> = secret
        .reveal()
        .split(|letter: char| !letter.is_ascii_alphanumeric())
        .filter(|part| part.len() >= TELLING)
        .collect();
    let tells = |word: &str| word.contains("://") || parts.iter().any(|part| word.contains(part));
    let words: Vec<&str> =
        error.detail.split(' ').map(|word| if tells(word) { "[…]" } else { word }).collect();
    AwsError { detail: words.join(" "), ..error }
}

#[cfg(test)]
mod tests {
    use std::io::Write;
    use std::sync::{Arc, Mutex};

    use super::*;
    use crate::model::Cause;

    #[test]
    fn a_refusal_that_quotes_the_webhook_is_told_without_it() {
        let secret = Secret::new("https://hooks.example.invalid/services/T0/abcdefgh123");
        let quoted = "ValidationException: the value https://hooks.example.invalid/services/T0/abcdefgh123 \
                      (path services/T0/abcdefgh123) is bad";
        let told = without(&secret, AwsError::failed("create it", Cause::Other, quoted));
        assert_eq!(told.detail, "ValidationException: the value […] (path […] is bad");
    }

    #[derive(Clone, Default)]
    struct Log(Arc<Mutex<Vec<u8>>>);

    impl Write for Log {
        fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
            self.0.lock().unwrap().extend_from_slice(bytes);
            Ok(bytes.len())
        }

        fn flush(&mut self) -> std::io::Result<()> {
            Ok(())
        }
    }

    #[tokio::test]
    async fn nothing_is_logged_of_a_quiet_call() {
        let log = Log::default();
        let writer = log.clone();
        let subscriber = tracing_subscriber::fmt()
            .with_max_level(tracing::Level::TRACE)
            .with_writer(move || writer.clone())
            .finish();
        let call = async {
            tracing::trace!("before");
            quietly(async { tracing::trace!("https://hooks.example.invalid/abc") }).await;
            tracing::trace!("after");
        };
        call.with_subscriber(subscriber).await;
        let log = String::from_utf8(log.0.lock().unwrap().clone()).unwrap();
        assert!(log.contains("before") && log.contains("after") && !log.contains("hooks"), "{log}");
    }
}
