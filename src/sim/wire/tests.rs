use serde_json::json;

use super::*;

fn headers(pairs: &[(&'static str, &'static str)]) -> HeaderMap {
    let parse = |text: &'static str| axum::http::HeaderValue::from_static(text);
    pairs.iter().map(|(name, value)| (axum::http::HeaderName::from_static(name), parse(value))).collect()
}

fn text(reply: &Reply) -> &str {
    std::str::from_utf8(&reply.body).unwrap()
}

#[test]
fn a_query_form_becomes_nested_lists_maps_and_strings() {
    let form = b"Action=CreateTopic&Version=2010-03-31&Name=t&Tags.member.1.Key=a&Tags.member.1.Value=b\
                 &Tags.member.10.Key=z&Tags.member.2.Key=c\
                 &Attributes.entry.1.key=Policy&Attributes.entry.1.value=%7B%7D\
                 &MessageAttributes.entry.1.Name=n&MessageAttributes.entry.1.Value.DataType=String";
    let (operation, input) = decode(Protocol::Query, Service::Sns, "/", &HeaderMap::new(), form).unwrap();
    assert_eq!(operation, "CreateTopic");
    assert_eq!(
        input,
        json!({
            "Name": "t",
            "Tags": [{ "Key": "a", "Value": "b" }, { "Key": "c" }, { "Key": "z" }],
            "Attributes": { "Policy": "{}" },
            "MessageAttributes": { "n": { "DataType": "String" } }
        })
    );
}

#[test]
fn xml_writes_lists_maps_timestamps_and_escapes_text() {
    let answer = Ok(json!({
        "Topics": [{ "TopicArn": "a<b" }],
        "Attributes": { "$map": { "Policy": "{\"a\":1}" } },
        "Expiration": { "$timestamp": 1_700_000_000.5 },
        "Absent": null,
        "Enabled": true
    }));
    let reply = render(Protocol::Query, Service::Sns, "ListTopics", "id-1", &answer);
    for part in [
        "<ListTopicsResponse xmlns=\"http://sns.amazonaws.com/doc/2010-03-31/\"><ListTopicsResult>",
        "<Topics><member><TopicArn>a&lt;b</TopicArn></member></Topics>",
        "<entry><key>Policy</key><value>{&quot;a&quot;:1}</value></entry>",
        "<Expiration>2023-11-14T22:13:20.500Z</Expiration>",
        "<Enabled>true</Enabled>",
        "<RequestId>id-1</RequestId>",
    ] {
        assert!(text(&reply).contains(part), "{part} in {}", text(&reply));
    }
    assert!(!text(&reply).contains("Absent"));
}

#[test]
fn json_refuses_a_target_of_another_service() {
    let headers = headers(&[("x-amz-target", "AWSEvents.PutRule")]);
    let refused = decode(Protocol::Json { version: "1.1" }, Service::Ecs, "/", &headers, b"{}");
    assert_eq!(refused.unwrap_err().code, "UnknownOperationException");
}

#[test]
fn json_writes_a_timestamp_as_a_number_and_an_error_as_its_type() {
    let json = Protocol::Json { version: "1.1" };
    let answer = Ok(json!({ "at": { "$timestamp": 5.25 }, "tags": { "$map": { "a": "b" } } }));
    let reply = render(json, Service::Ecs, "X", "id", &answer);
    assert_eq!(text(&reply), r#"{"at":5.25,"tags":{"a":"b"}}"#);

    let reply = render(json, Service::Ecs, "X", "id", &Err(ApiError::new("ClientException", "no")));
    assert_eq!(reply.status, 400);
    assert_eq!(text(&reply), r#"{"__type":"ClientException","message":"no"}"#);
}

#[test]
fn json_text_is_written_as_it_is_and_understood_by_the_other_protocols() {
    let answer = Ok(json!({ "events": { "$json": "[{\"id\":1}]" } }));
    let json = Protocol::Json { version: "1.1" };
    let reply = render(json, Service::Ecs, "X", "id", &answer);
    assert_eq!(text(&reply), r#"{"events":[{"id":1}]}"#);
    let reply = render(Protocol::Query, Service::Sns, "X", "id", &answer);
    assert!(text(&reply).contains("<events><member><id>1</id></member></events>"));
}

#[test]
fn rest_json_names_the_error_in_a_header() {
    let refusal = Err(ApiError::new("ConflictException", "taken").with_status(409));
    let reply = render(Protocol::RestJson, Service::Chatbot, "CreateX", "id", &refusal);
    assert_eq!(reply.status, 409);
    assert!(reply.headers.contains(&("x-amzn-errortype", "ConflictException".to_owned())));
}

#[test]
fn rest_json_paths_name_operations() {
    let operation =
        |path: &str| decode(Protocol::RestJson, Service::Chatbot, path, &HeaderMap::new(), b"").unwrap().0;
    assert_eq!(operation("/create-slack-channel-configuration"), "CreateSlackChannelConfiguration");
    assert_eq!(operation("/list-ms-teams-configured-teams"), "ListMicrosoftTeamsConfiguredTeams");
    assert_eq!(operation("/delete-ms-teams-configured-teams"), "DeleteMicrosoftTeamsConfiguredTeam");
}

#[test]
fn cbor_reads_what_it_writes_and_tags_timestamps() {
    let answer =
        Ok(json!({ "Threshold": 1.0, "N": -3, "At": { "$timestamp": 1_700_000_000.5 }, "L": ["a", true] }));
    let reply = render(Protocol::Cbor, Service::CloudWatch, "DescribeAlarms", "id", &answer);
    assert!(reply.headers.contains(&("smithy-protocol", "rpc-v2-cbor".to_owned())));
    // 0xc1 is tag 1, 0xfb a double.
    let position = reply.body.windows(2).position(|pair| pair == [0xc1, 0xfb]);
    assert!(position.is_some(), "a tagged double in {:x?}", reply.body);

    let path = "/service/GraniteServiceVersion20100801/operation/PutMetricData";
    let read = decode(Protocol::Cbor, Service::CloudWatch, path, &HeaderMap::new(), &reply.body);
    let expected = json!({ "Threshold": 1.0, "N": -3, "At": 1_700_000_000.5, "L": ["a", true] });
    assert_eq!(read.unwrap(), ("PutMetricData".to_owned(), expected));
}

#[test]
fn a_query_compatible_service_names_both_the_shape_and_the_old_code() {
    let refusal = Err(ApiError::new("InvalidParameterValue", "no").with_status(400));
    let reply = render(Protocol::Cbor, Service::CloudWatch, "PutMetricAlarm", "id", &refusal);
    let header = ("x-amzn-query-error", "InvalidParameterValue;Sender".to_owned());
    assert!(reply.headers.contains(&header), "{:?}", reply.headers);
    let body: ciborium::Value = ciborium::from_reader(reply.body.as_slice()).unwrap();
    let shape = ciborium::Value::from("InvalidParameterValueException");
    assert!(body.as_map().unwrap().iter().any(|(_, value)| *value == shape));
}

#[test]
fn a_compressed_request_is_refused() {
    let headers = headers(&[("content-encoding", "gzip")]);
    let refused = decode(Protocol::Query, Service::CloudWatch, "/", &headers, b"");
    assert_eq!(refused.unwrap_err().status, 415);
}

#[test]
fn the_protocol_is_read_from_the_headers() {
    let target = ("x-amz-target", "AmazonSQS.ListQueues");
    let json_1_0 = headers(&[("content-type", "application/x-amz-json-1.0"), target]);
    assert_eq!(protocol(Service::Sqs, &json_1_0), Protocol::Json { version: "1.0" });
    assert_eq!(
        protocol(Service::CloudWatch, &headers(&[("smithy-protocol", "rpc-v2-cbor")])),
        Protocol::Cbor
    );
    assert_eq!(protocol(Service::Chatbot, &HeaderMap::new()), Protocol::RestJson);
    assert_eq!(protocol(Service::Sts, &HeaderMap::new()), Protocol::Query);
}
