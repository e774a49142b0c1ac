//! A function's configuration, as Lambda keeps and shows it.

use std::collections::BTreeMap;

use serde_json::{Value, json};
use time::OffsetDateTime;
use time::format_description::BorrowedFormatItem;
use time::macros::format_description;

use super::{Function, checks, function_arn};
use crate::sim::base64;
use crate::sim::call::{ApiError, Call};
use crate::sim::clock;
use crate::sim::members::{string_map, without_nulls};
use crate::sim::world::World;

/// What the callers set. A member that is not sent has Lambda's default.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Settings {
    pub(super) runtime: String,
    /// The role's ARN.
    pub(super) role: String,
    pub(super) handler: String,
    pub(super) description: String,
    /// In seconds.
    pub(super) timeout: i64,
    /// In MB.
    pub(super) memory_size: i64,
    pub(super) variables: BTreeMap<String, String>,
    /// The ARN of the queue for events that failed.
    pub(super) dead_letter_target: Option<String>,
    /// `x86_64` or `arm64`.
    pub(super) architecture: String,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            runtime: String::new(),
            role: String::new(),
            handler: String::new(),
            description: String::new(),
            timeout: 3,
            memory_size: 128,
            variables: BTreeMap::new(),
            dead_letter_target: None,
            architecture: "x86_64".to_owned(),
        }
    }
}

impl Settings {
    /// The settings with those that a call sends in place of their own.
    ///
    /// # Errors
    /// What Lambda refuses to store.
    pub(super) fn replaced(mut self, world: &World, call: &Call<'_>) -> Result<Self, ApiError> {
        let texts = [
            ("Runtime", &mut self.runtime),
            ("Role", &mut self.role),
            ("Handler", &mut self.handler),
            ("Description", &mut self.description),
        ];
        for (member, setting) in texts {
            if let Some(text) = call.string(member) {
                text.clone_into(setting);
            }
        }
        self.timeout = call.integer("Timeout").unwrap_or(self.timeout);
        self.memory_size = call.integer("MemorySize").unwrap_or(self.memory_size);
        if let Some(environment) = call.input.get("Environment").filter(|value| !value.is_null()) {
            self.variables = string_map(environment.get("Variables"));
        }
        if let Some(queue) = call.input.get("DeadLetterConfig").filter(|value| !value.is_null()) {
            let target = queue["TargetArn"].as_str().unwrap_or_default();
            self.dead_letter_target = (!target.is_empty()).then(|| target.to_owned());
        }
        if let Some(first) = call.strings("Architectures").first() {
            (*first).clone_into(&mut self.architecture);
        }
        checks::settings(&self, world, call)?;
        Ok(self)
    }
}

/// How Lambda writes when a function was modified.
const MODIFIED: &[BorrowedFormatItem<'static>] =
    format_description!("[year]-[month]-[day]T[hour]:[minute]:[second].[subsecond digits:3]+0000");

/// The members of FunctionConfiguration at a time.
pub(super) fn shown(function: &Function, name: &str, call: &Call<'_>, now: OffsetDateTime) -> Value {
    let settings = &function.settings;
    let mut shown = json!({
        "FunctionName": name,
        "FunctionArn": function_arn(call.account, call.region, name),
        "Runtime": settings.runtime,
        "Role": settings.role,
        "Handler": settings.handler,
        "CodeSize": function.code.len(),
        "Description": settings.description,
        "Timeout": settings.timeout,
        "MemorySize": settings.memory_size,
        "LastModified": clock::text(function.modified, MODIFIED),
        "CodeSha256": function.code_sha256,
        "Version": "$LATEST",
        "DeadLetterConfig": settings.dead_letter_target.as_ref().map(|arn| json!({"TargetArn": arn})),
        "Environment": (!settings.variables.is_empty()).then(|| json!({"Variables": settings.variables})),
        "TracingConfig": {"Mode": "PassThrough"},
        "RevisionId": function.revision,
        "PackageType": "Zip",
        "Architectures": [settings.architecture],
        "EphemeralStorage": {"Size": 512},
        "SnapStart": {"ApplyOn": "None", "OptimizationStatus": "Off"},
        "LoggingConfig": {"LogFormat": "Text", "LogGroup": format!("/aws/lambda/{name}")},
    });
    for (member, value) in states(function, now) {
        shown[member] = value.into();
    }
    without_nulls(shown)
}

/// The members that say how far the last change has come.
fn states(function: &Function, now: OffsetDateTime) -> Vec<(&'static str, String)> {
    let change = &function.change;
    let waiting = now < change.ready;
    let (state, update) = match (&change.failure, waiting, change.creation) {
        (_, true, true) => ("Pending", "InProgress"),
        (_, true, false) => ("Active", "InProgress"),
        (None, false, _) => ("Active", "Successful"),
        (Some(_), false, true) => ("Failed", "Failed"),
        (Some(_), false, false) => ("Active", "Failed"),
    };
    let mut states = vec![("State", state.to_owned()), ("LastUpdateStatus", update.to_owned())];
    let reason = change.failure.clone().filter(|_| !waiting);
    if let Some(code) = reason.clone().or((state == "Pending").then(|| "Creating".to_owned())) {
        if state != "Active" {
            states.push(("StateReason", format!("The function is {state}: {code}.")));
            states.push(("StateReasonCode", code.clone()));
        }
        states.push(("LastUpdateStatusReason", format!("The last update: {code}.")));
        states.push(("LastUpdateStatusReasonCode", code));
    }
    states
}

/// The digest of a zip file as Lambda shows it.
pub(super) fn digest(code: &[u8]) -> String {
    use sha2::{Digest, Sha256};
    base64::encode(&Sha256::digest(code))
}
