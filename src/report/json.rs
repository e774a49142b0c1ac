//! The report for programs. Public interface; changes are additive only.

use serde::Serialize;

/// A report, a rehearsal or a sounding, as indented JSON with a line end. The
/// same report gives the same bytes. Fails only where a time cannot be written,
/// one beyond the year 9999.
pub fn render(report: &impl Serialize) -> Result<String, serde_json::Error> {
    let mut text = serde_json::to_string_pretty(report)?;
    text.push('\n');
    Ok(text)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Report;
    use crate::model::pass::{Condition, ConditionStatus, ConditionType};
    use crate::model::sounding::{MissedSample, SoundState};
    use crate::report::fixtures::{applied, mixed, sounded, sounding};
    use serde_json::{Value, json};
    use time::macros::datetime;

    fn value(report: &Report) -> Value {
        serde_json::from_str(&render(report).expect("a report")).expect("JSON")
    }

    /// The shape that the public interface promises. Members beyond it are
    /// allowed; a member of it that is missing or of another type is not.
    fn promised() -> Value {
        json!({
            "apiVersion": "foghorn.dev/v1alpha1", "kind": "Report",
            "metadata": { "fleet": "", "run": "", "mode": "", "startedAt": "", "finishedAt": "", "version": "" },
            "summary": {
                "accounts": 0, "locations": 0, "clusters": 0, "services": 0,
                "coverage": { "seen": 0, "partial": 0, "denied": 0, "throttled": 0, "unreachable": 0, "skipped": 0 },
                "findings": { "error": 0, "warning": 0, "info": 0 },
                "changes": { "create": 0, "update": 0, "delete": 0, "conflict": 0, "withheld": 0, "applied": 0, "failed": 0 },
                "paths": { "heard": 0, "broken": 0 },
                "calls": { "total": 0, "byOperation": { "ecs:DescribeServices": 0 } } },
            "passes": [{
                "account": { "id": "", "name": "", "labels": {} },
                "conditions": [{ "type": "", "status": "", "reason": "", "message": "", "lastTransitionTime": "" }],
                "coverage": [{ "location": "", "state": "", "detail": null }],
                "findings": [{ "check": "", "severity": "", "location": "", "subject": "", "message": "", "evidence": {} }],
                "changes": [{ "action": "", "kind": "", "location": "", "name": "",
                    "fields": [{ "path": "", "observed": null, "desired": null }], "outcome": "" }],
                "paths": [{ "pipeline": "", "event": "", "location": "", "state": "", "brokenAt": null, "why": null, "hops": [] }],
            }],
        })
    }

    fn assert_holds(promised: &Value, found: &Value, place: &str) {
        match (promised, found) {
            (Value::Object(promised), Value::Object(found)) => {
                for (name, value) in promised {
                    let place = format!("{place}/{name}");
                    assert_holds(
                        value,
                        found.get(name).unwrap_or_else(|| panic!("{place} is missing")),
                        &place,
                    );
                }
            }
            (Value::Array(promised), Value::Array(found)) => {
                for value in
                    promised.iter().flat_map(|promised| found.iter().map(move |found| (promised, found)))
                {
                    assert_holds(value.0, value.1, place);
                }
            }
            (Value::Null, _) => {}
            (promised, found) => assert_eq!(
                std::mem::discriminant(promised),
                std::mem::discriminant(found),
                "{place} is {found}"
            ),
        }
    }

    #[test]
    fn every_promised_member_is_in_every_report() {
        let mut report = mixed();
        report.passes[1].conditions.push(Condition {
            kind: ConditionType::Heard,
            status: ConditionStatus::False,
            reason: "PathBroken".into(),
            message: "1 of 2 paths is broken".to_owned(),
            last_transition_time: datetime!(2026-11-21 09:00:04.9 UTC),
        });
        let found = value(&report);
        assert_holds(&promised(), &found, "");
        assert_eq!(
            found["passes"][1]["conditions"][0],
            json!({ "type": "Heard", "status": "False", "reason": "PathBroken",
                "message": "1 of 2 paths is broken", "lastTransitionTime": "2026-11-21T09:00:04Z" })
        );
    }

    #[test]
    fn a_member_without_a_value_is_null_and_not_missing() {
        let found = value(&mixed());
        assert_eq!(found["passes"][0]["coverage"][0]["detail"], Value::Null);
        assert_eq!(found["passes"][0]["paths"][0].get("brokenAt"), Some(&Value::Null));
        assert_eq!(found["passes"][0]["paths"][0].get("why"), Some(&Value::Null));
    }

    #[test]
    fn the_words_are_those_of_the_public_interface() {
        let found = value(&applied());
        assert_eq!(found["metadata"]["mode"], "apply");
        assert_eq!(found["metadata"]["startedAt"], "2026-11-21T09:00:00Z");
        assert_eq!(
            found["passes"][0]["changes"][0],
            json!({ "action": "update", "kind": "Rule", "location": "us-east-1", "name": "foghorn-deploys",
                "fields": [{ "path": "/state", "observed": "DISABLED", "desired": "ENABLED" }], "outcome": "applied" })
        );
        assert_eq!(found["summary"]["changes"]["skipped"], 1);
    }

    #[test]
    fn the_whole_form_is_kept() {
        insta::with_settings!({ omit_expression => true, prepend_module_to_snapshot => false }, {
            insta::assert_snapshot!("applied_json", render(&applied()).expect("a report"));
        });
    }

    #[test]
    fn a_report_that_was_written_is_read_back_whole() {
        for report in [mixed(), applied()] {
            let text = render(&report).expect("a report");
            let read: Report = serde_json::from_str(&text).expect("what was written");
            assert_eq!(render(&read).ok(), Some(text));
        }
    }

    #[test]
    fn a_sounding_has_every_promised_member() {
        let mut one = sounding(SoundState::NotSeen);
        one.patterns.missed = vec![MissedSample {
            sample: "task-exited".into(),
            family: "taskFailed",
            rules: vec!["r".into()],
        }];
        let text = render(&sounded(vec![one])).expect("a report");
        let found: Value = serde_json::from_str(&text).expect("JSON");
        let promised = json!({
            "apiVersion": "foghorn.dev/v1alpha1", "kind": "Sound",
            "metadata": { "fleet": "", "run": "", "startedAt": "", "finishedAt": "", "timeoutSeconds": 0, "version": "" },
            "summary": { "sent": 0, "arrived": 0, "failed": 0, "notSeen": 0, "notSent": 0, "unread": 0, "off": 0,
                "missedSamples": 0, "calls": { "total": 0, "byOperation": { "events:PutEvents": 0 } } },
            "unread": [],
            "soundings": [{
                "account": { "id": "", "name": "", "labels": {} }, "location": "", "pipeline": "",
                "state": "", "stoppedAt": null, "why": null, "settingsSay": null,
                "canary": { "rule": "", "source": "", "detailType": "", "event": "", "sentAt": "" },
                "hops": [{ "name": "", "subject": "", "state": "", "counts": { "Invocations": 0 } }],
                "patterns": { "samples": 0, "missed": [{ "sample": "", "family": "", "rules": [""] }], "unread": null } }],
        });
        assert_holds(&promised, &found, "");
        assert_eq!((&found["kind"], &found["soundings"][0]["state"]), (&json!("Sound"), &json!("notSeen")));
        assert_eq!(found["soundings"][0]["hops"][0]["name"], "hubTarget");
    }

    #[test]
    fn the_same_report_gives_the_same_bytes() {
        assert_eq!(render(&mixed()).ok(), render(&mixed()).ok());
    }
}
