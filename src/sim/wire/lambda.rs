//! restJson1 as AWS Lambda uses it: method and path name the operation, and
//! members stand in the path, the query, headers and the body.

use axum::http::request::Parts;
use axum::http::{HeaderMap, Method};
use serde_json::{Map, Value};

use super::{Reply, json};
use crate::sim::call::{Answer, ApiError};

/// Reads the operation and the input of a request, by the paths of the Lambda
/// service model of 2015-03-31.
pub fn decode(parts: &Parts, body: &[u8]) -> Result<(String, Value), ApiError> {
    let path: Vec<String> = parts.uri.path().trim_matches('/').split('/').map(unescaped).collect();
    let segments: Vec<&str> = path.iter().map(String::as_str).collect();
    let Some((operation, members)) = route(&parts.method, &segments) else {
        let message = format!("no operation {} {}", parts.method, parts.uri.path());
        return Err(ApiError::new("UnknownOperationException", message).with_status(404));
    };
    let mut input = if operation == "Invoke" { invocation(&parts.headers, body)? } else { members_of(body)? };
    add_query(&mut input, parts.uri.query().unwrap_or_default());
    input.extend(members.into_iter().map(|(name, value)| (name.to_owned(), value.into())));
    Ok((operation.to_owned(), Value::Object(input)))
}

/// A member that stands in the path.
type Member<'a> = (&'static str, &'a str);

fn route<'a>(method: &Method, segments: &[&'a str]) -> Option<(&'static str, Vec<Member<'a>>)> {
    let (operation, members) = match (method.as_str(), segments) {
        ("POST", ["2015-03-31", "functions"]) => ("CreateFunction", vec![]),
        ("GET", ["2015-03-31", "functions"]) => ("ListFunctions", vec![]),
        ("POST", ["2017-03-31", "tags", arn]) => ("TagResource", vec![("Resource", *arn)]),
        ("DELETE", ["2017-03-31", "tags", arn]) => ("UntagResource", vec![("Resource", *arn)]),
        ("GET", ["2017-03-31", "tags", arn]) => ("ListTags", vec![("Resource", *arn)]),
        ("DELETE", ["2015-03-31", "functions", name, "policy", statement]) => {
            ("RemovePermission", vec![("FunctionName", *name), ("StatementId", *statement)])
        }
        (method, [version, "functions", name, rest @ ..]) => {
            (of_function(method, version, rest)?, vec![("FunctionName", *name)])
        }
        _ => return None,
    };
    Some((operation, members))
}

fn of_function(method: &str, version: &str, rest: &[&str]) -> Option<&'static str> {
    Some(match (method, version, rest) {
        ("GET", "2015-03-31", []) => "GetFunction",
        ("DELETE", "2015-03-31", []) => "DeleteFunction",
        ("GET", "2015-03-31", ["configuration"]) => "GetFunctionConfiguration",
        ("PUT", "2015-03-31", ["configuration"]) => "UpdateFunctionConfiguration",
        ("PUT", "2015-03-31", ["code"]) => "UpdateFunctionCode",
        ("POST", "2015-03-31", ["policy"]) => "AddPermission",
        ("GET", "2015-03-31", ["policy"]) => "GetPolicy",
        ("POST", "2015-03-31", ["invocations"]) => "Invoke",
        ("PUT", "2019-09-25", ["event-invoke-config"]) => "PutFunctionEventInvokeConfig",
        ("POST", "2019-09-25", ["event-invoke-config"]) => "UpdateFunctionEventInvokeConfig",
        ("GET", "2019-09-25", ["event-invoke-config"]) => "GetFunctionEventInvokeConfig",
        ("DELETE", "2019-09-25", ["event-invoke-config"]) => "DeleteFunctionEventInvokeConfig",
        ("GET", "2019-09-30", ["concurrency"]) => "GetFunctionConcurrency",
        ("PUT", "2017-10-31", ["concurrency"]) => "PutFunctionConcurrency",
        ("DELETE", "2017-10-31", ["concurrency"]) => "DeleteFunctionConcurrency",
        _ => return None,
    })
}

fn members_of(body: &[u8]) -> Result<Map<String, Value>, ApiError> {
    match json::input(body)? {
        Value::Object(members) => Ok(members),
        _ => Ok(Map::new()),
    }
}

/// The input of Invoke, whose body is the event itself.
fn invocation(headers: &HeaderMap, body: &[u8]) -> Result<Map<String, Value>, ApiError> {
    let payload = std::str::from_utf8(body).map_err(|_| {
        ApiError::new("InvalidRequestContentException", "Could not parse request body into json: not UTF-8")
    })?;
    let mut input = Map::from_iter([("Payload".to_owned(), Value::from(payload))]);
    for (header, member) in [("x-amz-invocation-type", "InvocationType"), ("x-amz-log-type", "LogType")] {
        if let Some(text) = headers.get(header).and_then(|value| value.to_str().ok()) {
            input.insert(member.to_owned(), text.into());
        }
    }
    Ok(input)
}

fn add_query(input: &mut Map<String, Value>, query: &str) {
    let mut keys = Vec::new();
    for (name, value) in form_urlencoded::parse(query.as_bytes()) {
        if name == "tagKeys" {
            keys.push(Value::from(value.into_owned()));
        } else {
            input.insert(name.into_owned(), value.into_owned().into());
        }
    }
    if !keys.is_empty() {
        input.insert("TagKeys".to_owned(), Value::Array(keys));
    }
}

/// A path segment without its percent signs.
fn unescaped(segment: &str) -> String {
    let plain = segment.replace('+', "%2B");
    form_urlencoded::parse(plain.as_bytes()).next().map(|(name, _)| name.into_owned()).unwrap_or_default()
}

/// Writes an answer as Lambda does.
pub fn render(operation: &str, request_id: &str, answer: &Answer) -> Reply {
    let mut headers =
        vec![("content-type", "application/json".to_owned()), ("x-amzn-requestid", request_id.to_owned())];
    match answer {
        Ok(output) if operation == "Invoke" => invoked(headers, output),
        Ok(output) => {
            let status = success_status(operation);
            let body = if status == 204 { Vec::new() } else { json::body(output) };
            Reply { status, headers, body }
        }
        Err(refusal) => {
            headers.push(("x-amzn-errortype", refusal.code.clone()));
            Reply { status: refusal.status, headers, body: error_body(refusal) }
        }
    }
}

/// The answer of Invoke: only the payload stands in the body.
fn invoked(mut headers: Vec<(&'static str, String)>, output: &Value) -> Reply {
    for (member, header) in [
        ("FunctionError", "x-amz-function-error"),
        ("ExecutedVersion", "x-amz-executed-version"),
        ("LogResult", "x-amz-log-result"),
    ] {
        headers.extend(output[member].as_str().map(|text| (header, text.to_owned())));
    }
    let status = output["StatusCode"].as_u64().and_then(|status| u16::try_from(status).ok()).unwrap_or(200);
    let body = output["Payload"].as_str().unwrap_or_default().as_bytes().to_vec();
    Reply { status, headers, body }
}

/// The service model calls the text `Message` in two errors and `message` in
/// the others.
fn error_body(refusal: &ApiError) -> Vec<u8> {
    let member = match refusal.code.as_str() {
        "ResourceNotFoundException" | "ServiceException" | "AccessDeniedException" => "Message",
        _ => "message",
    };
    let kind = if refusal.status >= 500 { "Service" } else { "User" };
    serde_json::json!({ "Type": kind, member: refusal.message }).to_string().into_bytes()
}

fn success_status(operation: &str) -> u16 {
    match operation {
        "CreateFunction" | "AddPermission" => 201,
        "DeleteFunction"
        | "RemovePermission"
        | "TagResource"
        | "UntagResource"
        | "DeleteFunctionEventInvokeConfig"
        | "DeleteFunctionConcurrency" => 204,
        _ => 200,
    }
}

#[cfg(test)]
mod tests {
    use axum::http::Request;
    use serde_json::json;

    use super::*;

    fn decoded(method: &str, uri: &str, body: &str) -> Option<(String, Value)> {
        let request = Request::builder().method(method).uri(uri).header("x-amz-invocation-type", "Event");
        let (parts, ()) = request.body(()).unwrap().into_parts();
        decode(&parts, body.as_bytes()).ok()
    }

    #[test]
    fn method_and_path_name_the_operation_and_its_members() {
        let arn = "arn%3Aaws%3Alambda%3Aeu-west-1%3A111122223333%3Afunction%3Anotify";
        for (method, uri, body, operation, input) in [
            ("GET", "/2015-03-31/functions/?MaxItems=2", "", "ListFunctions", json!({"MaxItems": "2"})),
            (
                "DELETE",
                &format!("/2017-03-31/tags/{arn}?tagKeys=a&tagKeys=b"),
                "",
                "UntagResource",
                json!({"Resource": "arn:aws:lambda:eu-west-1:111122223333:function:notify", "TagKeys": ["a", "b"]}),
            ),
            (
                "POST",
                "/2015-03-31/functions/notify/invocations",
                "[1]",
                "Invoke",
                json!({"FunctionName": "notify", "InvocationType": "Event", "Payload": "[1]"}),
            ),
            (
                "POST",
                "/2015-03-31/functions/notify/policy",
                r#"{"StatementId":"s"}"#,
                "AddPermission",
                json!({"FunctionName": "notify", "StatementId": "s"}),
            ),
        ] {
            assert_eq!(decoded(method, uri, body), Some((operation.to_owned(), input)), "{uri}");
        }
        assert_eq!(decoded("PATCH", "/2015-03-31/functions/notify", ""), None);
    }

    #[test]
    fn an_invocation_s_answer_is_its_payload_and_headers() {
        let answer = json!({"StatusCode": 202, "FunctionError": "Unhandled", "Payload": "{}"});
        let reply = render("Invoke", "id", &Ok(answer));
        assert_eq!((reply.status, reply.body.as_slice()), (202, b"{}".as_slice()));
        assert!(reply.headers.contains(&("x-amz-function-error", "Unhandled".to_owned())));
    }
}
