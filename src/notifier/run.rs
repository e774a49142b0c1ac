//! The loop with which Lambda runs the notifier.

use std::time::{Duration, Instant, SystemTime};

use lambda_runtime::{Context, Error, LambdaEvent, service_fn};
use serde_json::{Value, json};

use super::error::NotifierError;
use super::handler::{Invocation, Notifier};

/// How long before Lambda ends an invocation everything must be done: an error
/// that is answered in time says more than a timeout.
const MARGIN: Duration = Duration::from_secs(2);

/// What the runtime can't do without (AWS Lambda developer guide, defined
/// runtime environment variables).
const NEEDED: [&str; 4] = [
    "AWS_LAMBDA_RUNTIME_API",
    "AWS_LAMBDA_FUNCTION_NAME",
    "AWS_LAMBDA_FUNCTION_MEMORY_SIZE",
    "AWS_LAMBDA_FUNCTION_VERSION",
];

/// The program was started by something else than Lambda.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "the environment variable {0} is not set: this program is the code of an AWS Lambda function, which Lambda \
     starts; `foghorn apply` puts it there"
)]
pub struct NotInLambda(&'static str);

/// Answers invocations until Lambda ends the program.
///
/// # Errors
///
/// If the program does not run in Lambda, or can't reach it.
pub async fn run() -> Result<(), Error> {
    if let Some(missing) = NEEDED.into_iter().find(|name| std::env::var_os(name).is_none()) {
        return Err(NotInLambda(missing).into());
    }
    let notifier = &Notifier::default();
    lambda_runtime::run(service_fn(move |event| answer(notifier, event))).await
}

async fn answer(notifier: &Notifier, event: LambdaEvent<Value>) -> Result<Value, NotifierError> {
    let (payload, context) = event.into_parts();
    let invocation = invocation(&context, SystemTime::now(), Instant::now());
    let counts = Box::pin(notifier.handle(payload, &invocation)).await?;
    Ok(json!({ "posted": counts.posted, "duplicates": counts.duplicates }))
}

/// Lambda tells the deadline by the wall clock, which may be set while the
/// invocation runs.
fn invocation(context: &Context, now: SystemTime, instant: Instant) -> Invocation {
    let left = context.deadline().duration_since(now).unwrap_or_default();
    Invocation {
        request: context.request_id.clone(),
        function: context.env_config.function_name.clone(),
        deadline: instant + left.saturating_sub(MARGIN),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn deadline_after(deadline: u64, now: u64) -> Duration {
        let mut context = Context::default();
        context.deadline = deadline;
        let start = Instant::now();
        invocation(&context, SystemTime::UNIX_EPOCH + Duration::from_millis(now), start).deadline - start
    }

    #[test]
    fn an_invocation_ends_before_lambda_ends_it() {
        assert_eq!(deadline_after(60_000, 0), Duration::from_secs(58));
        assert_eq!(deadline_after(60_000, 59_000), Duration::ZERO);
        assert_eq!(deadline_after(60_000, 99_000), Duration::ZERO);
    }
}
