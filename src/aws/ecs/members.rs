//! What would be lost if a deployment configuration were written back.
//!
//! ECS grows new members now and then. The SDK drops those that it does not
//! know, and UpdateService then resets them. So the answer as it came over the
//! wire is held against what the SDK makes of it: the SDK's own types are the
//! list of known members, whichever version is in use.

use aws_sdk_ecs::types::DeploymentConfiguration;
use aws_smithy_schema::document::DocumentShapeSerializer;
use aws_smithy_types::{Document, Number};
use serde_json::Value;

/// JSON pointers of what the answer held and the SDK would not send back, or
/// not as it was.
pub(super) fn lost_members(raw: &Value, read: Option<&DeploymentConfiguration>) -> Vec<String> {
    let kept = read.and_then(written_back);
    let mut lost = Vec::new();
    compare(raw, kept.as_ref(), &mut String::new(), &mut lost);
    lost
}

/// The configuration as the SDK would send it.
fn written_back(configuration: &DeploymentConfiguration) -> Option<Document> {
    let mut serializer = DocumentShapeSerializer::new();
    serializer.write_struct(DeploymentConfiguration::SCHEMA, configuration).ok()?;
    serializer.finish().ok().map(aws_smithy_types::DiscriminatedDocument::into_document)
}

/// An explicit `null` says nothing, so that losing it loses nothing.
fn compare(raw: &Value, kept: Option<&Document>, pointer: &mut String, lost: &mut Vec<String>) {
    match (raw, kept) {
        (Value::Null, _) => {}
        (Value::Object(raw), Some(Document::Object(kept))) => {
            for (name, value) in raw {
                let name_in_pointer = name.replace('~', "~0").replace('/', "~1");
                within(pointer, &name_in_pointer, |pointer| compare(value, kept.get(name), pointer, lost));
            }
        }
        (Value::Array(raw), Some(Document::Array(kept))) => {
            for (index, value) in raw.iter().enumerate() {
                within(pointer, &index.to_string(), |pointer| compare(value, kept.get(index), pointer, lost));
            }
        }
        (raw, Some(kept)) if is_same_scalar(raw, kept) => {}
        _ => lost.push(pointer.clone()),
    }
}

fn within(pointer: &mut String, step: &str, action: impl FnOnce(&mut String)) {
    let length = pointer.len();
    pointer.push('/');
    pointer.push_str(step);
    action(pointer);
    pointer.truncate(length);
}

fn is_same_scalar(raw: &Value, kept: &Document) -> bool {
    match (raw, kept) {
        (Value::Bool(raw), Document::Bool(kept)) => raw == kept,
        (Value::String(raw), Document::String(kept)) => raw == kept,
        (Value::Number(raw), Document::Number(kept)) => is_same_number(raw, kept),
        _ => false,
    }
}

fn is_same_number(raw: &serde_json::Number, kept: &Number) -> bool {
    match kept {
        Number::PosInt(kept) => raw.as_u64() == Some(*kept) || raw.as_f64() == Some(*kept as f64),
        Number::NegInt(kept) => raw.as_i64() == Some(*kept) || raw.as_f64() == Some(*kept as f64),
        Number::Float(kept) => raw.as_f64() == Some(*kept),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    use aws_sdk_ecs::types::{
        CanaryConfiguration, DeploymentAlarms, DeploymentCircuitBreaker, DeploymentEarlySuccessCriteria,
        DeploymentLifecycleHook, LinearConfiguration, ThresholdConfiguration, ThresholdType,
    };
    use serde_json::json;

    fn known() -> Value {
        json!({
            "deploymentCircuitBreaker": {
                "enable": true,
                "rollback": false,
                "resetOnHealthyTask": false,
                "thresholdConfiguration": { "type": "COUNT", "value": 7 },
            },
            "maximumPercent": 200,
            "minimumHealthyPercent": 100,
            "alarms": { "alarmNames": ["a"], "enable": true, "rollback": true },
            "strategy": "ROLLING",
            "bakeTimeInMinutes": 0,
            "lifecycleHooks": [{ "hookTargetArn": "arn:f", "roleArn": "arn:r", "lifecycleStages": ["A_NEW_STAGE"] }],
            "linearConfiguration": { "stepPercent": 12.5, "stepBakeTimeInMinutes": 3 },
            "canaryConfiguration": { "canaryPercent": 5.0, "canaryBakeTimeInMinutes": 3 },
        })
    }

    fn read() -> DeploymentConfiguration {
        let threshold =
            ThresholdConfiguration::builder().r#type(ThresholdType::Count).value(7).build().unwrap();
        let breaker = DeploymentCircuitBreaker::builder()
            .enable(true)
            .reset_on_healthy_task(false)
            .threshold_configuration(threshold);
        let alarms = DeploymentAlarms::builder().alarm_names("a").enable(true).rollback(true);
        let hook = DeploymentLifecycleHook::builder()
            .hook_target_arn("arn:f")
            .role_arn("arn:r")
            .lifecycle_stages("A_NEW_STAGE".into());
        let linear = LinearConfiguration::builder().step_percent(12.5).step_bake_time_in_minutes(3);
        let canary = CanaryConfiguration::builder().canary_percent(5.0).canary_bake_time_in_minutes(3);
        DeploymentConfiguration::builder()
            .deployment_circuit_breaker(breaker.build())
            .maximum_percent(200)
            .minimum_healthy_percent(100)
            .alarms(alarms.build().unwrap())
            .strategy("ROLLING".into())
            .bake_time_in_minutes(0)
            .lifecycle_hooks(hook.build())
            .linear_configuration(linear.build())
            .canary_configuration(canary.build())
            .build()
    }

    #[test]
    fn what_the_sdk_knows_is_not_lost() {
        assert_eq!(lost_members(&known(), Some(&read())), Vec::<String>::new());
    }

    #[test]
    fn members_that_the_sdk_does_not_know_are_named_however_deep_they_lie() {
        let mut raw = known();
        raw["newMember"] = json!({ "a": 1 });
        raw["deploymentCircuitBreaker"]["newer/switch"] = json!(false);
        raw["deploymentCircuitBreaker"]["thresholdConfiguration"]["unit"] = json!("TASKS");
        raw["lifecycleHooks"][0]["patience"] = json!(1);
        let mut lost = lost_members(&raw, Some(&read()));
        lost.sort();
        let expected = [
            "/deploymentCircuitBreaker/newer~1switch",
            "/deploymentCircuitBreaker/thresholdConfiguration/unit",
            "/lifecycleHooks/0/patience",
            "/newMember",
        ];
        assert_eq!(lost, expected);
    }

    #[test]
    fn a_value_that_would_come_back_changed_counts_as_lost_and_null_does_not() {
        let mut raw = known();
        raw["maximumPercent"] = json!(150);
        raw["newMember"] = Value::Null;
        raw["earlySuccessCriteria"] = Value::Null;
        assert_eq!(lost_members(&raw, Some(&read())), ["/maximumPercent"]);
        assert_eq!(lost_members(&Value::Null, None), Vec::<String>::new());
        assert_eq!(lost_members(&json!({ "a": 1 }), None), [""]);
    }

    #[test]
    fn every_member_of_the_sdks_type_takes_part() {
        let criteria = DeploymentEarlySuccessCriteria::builder().build();
        let mut read = read();
        read.early_success_criteria = Some(criteria);
        let Some(Document::Object(members)) = written_back(&read) else { panic!("no object") };
        assert_eq!(members.len(), DeploymentConfiguration::SCHEMA.members().len());
    }
}
