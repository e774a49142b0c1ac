//! One API call, free of its wire protocol.

use serde_json::Value;
use time::OffsetDateTime;

/// A call as a service handler sees it. The server has already decided, from
/// the signature, which account calls and in which Region.
#[derive(Debug)]
pub struct Call<'a> {
    /// The 12-digit account whose credentials signed the call.
    pub account: &'a str,
    /// The Region of the signature's scope.
    pub region: &'a str,
    /// The ARN of the role or user that signed the call.
    pub principal: &'a str,
    /// The operation's name as in the service model, `ListServices` say.
    pub operation: &'a str,
    /// The input in JSON form, members named as in the service model.
    /// Query-protocol lists are arrays and maps are objects; every scalar of a
    /// query-protocol input is a string, and so is an empty list (`""`). A
    /// timestamp is epoch seconds, or ISO 8601 text in a query-protocol input.
    pub input: &'a Value,
    /// The simulated time.
    pub now: OffsetDateTime,
}

impl Call<'_> {
    /// A string member of the input.
    pub fn string(&self, member: &str) -> Option<&str> {
        self.input.get(member).and_then(Value::as_str)
    }

    /// A whole-number member of the input, from whichever protocol.
    pub fn integer(&self, member: &str) -> Option<i64> {
        match self.input.get(member)? {
            Value::String(text) => text.parse().ok(),
            number => number.as_i64(),
        }
    }

    /// The strings of a list member of the input; none if it was not sent.
    pub fn strings(&self, member: &str) -> Vec<&str> {
        let list = self.input.get(member).and_then(Value::as_array);
        list.into_iter().flatten().filter_map(Value::as_str).collect()
    }

    /// The refusal of an operation that the service does not have.
    pub fn unknown_operation(&self) -> ApiError {
        ApiError::new("UnknownOperationException", format!("no operation {}", self.operation))
    }
}

/// What a handler answers: the output in JSON form, members named as in the
/// service model. Markers stand for what JSON cannot say: `{"$timestamp":
/// seconds}` is a timestamp, written as each protocol writes one, and `{"$map":
/// {…}}` is a map, which XML writes as entries. `{"$json": "text"}` is JSON that
/// is text already, where building it up would cost too much. A member
/// that the model calls a double must be a JSON float (`1.0`, not `1`): CBOR
/// tells the two apart, and so do its readers.
pub type Answer = Result<Value, ApiError>;

/// A refusal by the service.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ApiError {
    /// The error code, `AccessDeniedException` say.
    pub code: String,
    /// The text for a person.
    pub message: String,
    /// The HTTP status.
    pub status: u16,
}

impl ApiError {
    /// A refusal with HTTP status 400, which most refusals carry.
    pub fn new(code: &str, message: impl Into<String>) -> Self {
        Self { code: code.to_owned(), message: message.into(), status: 400 }
    }

    /// The same refusal under another HTTP status.
    pub fn with_status(mut self, status: u16) -> Self {
        self.status = status;
        self
    }
}
