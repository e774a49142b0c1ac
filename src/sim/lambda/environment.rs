//! The environment in which a function runs.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use time::{Duration, OffsetDateTime};

use super::{Function, place};
use crate::sim::identity::{Credentials, partition};
use crate::sim::world::World;

/// How long the credentials of a function last.
const SESSION: Duration = Duration::hours(12);

/// All that an instance of a function is started from.
#[derive(Debug, Clone)]
pub(super) struct Blueprint {
    /// The function's ARN.
    pub(super) function: String,
    /// The revision that it has now: a change makes new instances.
    pub(super) revision: String,
    pub(super) code: Arc<Vec<u8>>,
    pub(super) code_sha256: String,
    pub(super) architecture: String,
    pub(super) timeout: std::time::Duration,
    variables: BTreeMap<String, String>,
}

impl Blueprint {
    /// Takes a function's blueprint, with new credentials of its role.
    pub(super) fn of(world: &mut World, arn: &str, function: &Function, now: OffsetDateTime) -> Self {
        let settings = &function.settings;
        Self {
            function: arn.to_owned(),
            revision: function.revision.clone(),
            code: Arc::clone(&function.code),
            code_sha256: function.code_sha256.clone(),
            architecture: settings.architecture.clone(),
            timeout: std::time::Duration::from_secs(settings.timeout.unsigned_abs()),
            variables: variables(world, arn, function, now),
        }
    }

    /// The variables of a process that runs the code in a folder and asks
    /// `runtime_api`, host and port, for its events.
    pub(super) fn variables(&self, folder: &Path, runtime_api: &str) -> BTreeMap<String, String> {
        let mut variables = self.variables.clone();
        let root = folder.to_string_lossy().into_owned();
        variables.insert("LAMBDA_TASK_ROOT".to_owned(), root);
        variables.insert("AWS_LAMBDA_RUNTIME_API".to_owned(), runtime_api.to_owned());
        variables
    }
}

/// The variables that the Lambda developer guide lists under "Defined runtime
/// environment variables", the function's own, and the simulator's endpoint.
fn variables(
    world: &mut World,
    arn: &str,
    function: &Function,
    now: OffsetDateTime,
) -> BTreeMap<String, String> {
    let (account, region, name) = place(arn).unwrap_or_default();
    let settings = &function.settings;
    let credentials = session(world, (account, region, name), &settings.role, now);
    let memory = settings.memory_size.to_string();
    let group = format!("/aws/lambda/{name}");
    let stream = format!("{}/[$LATEST]{}", now.date().to_string().replace('-', "/"), function.revision);
    let mut variables = settings.variables.clone();
    let defined = [
        ("_HANDLER", settings.handler.as_str()),
        ("AWS_REGION", region),
        ("AWS_DEFAULT_REGION", region),
        ("AWS_LAMBDA_FUNCTION_NAME", name),
        ("AWS_LAMBDA_FUNCTION_VERSION", "$LATEST"),
        ("AWS_LAMBDA_FUNCTION_MEMORY_SIZE", &memory),
        ("AWS_LAMBDA_INITIALIZATION_TYPE", "on-demand"),
        ("AWS_LAMBDA_LOG_GROUP_NAME", &group),
        ("AWS_LAMBDA_LOG_STREAM_NAME", &stream),
        ("AWS_ACCESS_KEY_ID", &credentials.access_key),
        ("AWS_SECRET_ACCESS_KEY", &credentials.secret_key),
        ("AWS_SESSION_TOKEN", &credentials.token),
        ("AWS_ENDPOINT_URL", &world.endpoint),
        ("LANG", "en_US.UTF-8"),
        ("PATH", "/usr/local/bin:/usr/bin/:/bin:/opt/bin"),
        ("TZ", ":UTC"),
    ];
    variables.extend(defined.map(|(name, value)| (name.to_owned(), value.to_owned())));
    variables
}

/// A session of the function's role, named after the function.
fn session(
    world: &mut World,
    (account, region, name): (&str, &str, &str),
    role: &str,
    now: OffsetDateTime,
) -> Credentials {
    let role = role.rsplit('/').next().unwrap_or_default();
    world.identity.add_session(account, role, name, partition(region), (now, now + SESSION))
}
